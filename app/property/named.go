package property

import (
	"encoding/json"
	"strings"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store"
)

// ByName puts the ids of options where a value of a property says their names, as plane-compose does, in whatever
// letters. What is an id, and what is no option's name, stays.
func ByName(t *store.Tx, p *store.ItemProperty, raw json.RawMessage) (json.RawMessage, error) {
	if p.PropertyType != store.PropertyOption {
		return raw, nil
	}
	var one string
	var several []string
	switch {
	case json.Unmarshal(raw, &one) == nil:
		several = []string{one}
	case json.Unmarshal(raw, &several) != nil:
		return raw, nil
	}
	ids := make([]string, len(several))
	named := map[string]string{}
	for i, text := range several {
		ids[i] = text
		if text == "" || store.IsID(strings.ToLower(text)) {
			continue
		}
		if len(named) == 0 {
			rows, err := store.PropertyOptions.List(t, dbx.HashExp{"property_id": p.ID, "is_active": true})
			if err != nil {
				return nil, err
			}
			for _, o := range rows {
				named[strings.ToLower(o.Name)] = o.ID
			}
		}
		if id := named[strings.ToLower(text)]; id != "" {
			ids[i] = id
		}
	}
	if len(named) == 0 {
		return raw, nil
	}
	if one != "" {
		return json.Marshal(ids[0])
	}
	return json.Marshal(ids)
}
