package filter

import (
	"encoding/json"
	"strings"

	"github.com/sailplane/sailplane/store"
)

// lookups says under which name of the reference's query language a filter is kept. Plane: utils/issue_filters.py
var lookups = map[string]string{
	"state": "state__in", "state_group": "state__group__in", "estimate_point": "estimate_point__in",
	"priority": "priority__in", "parent": "parent__in", "labels": "labels__in", "assignees": "assignees__in",
	"mentions": "issue_mention__mention__id__in", "created_by": "created_by__in", "logged_by": "logged_by__in",
	"name": "name__icontains", "start_date": "start_date", "target_date": "target_date", "project": "project__in",
	"cycle": "issue_cycle__cycle_id__in", "module": "issue_module__module_id__in",
	"inbox_status": "issue_intake__status__in", "subscriber": "issue_subscribers__subscriber_id__in",
}

// living are the conditions that come with filters on linked rows: links that were taken away don't count.
var living = map[string]string{
	"labels": "label_issue__deleted_at__isnull", "assignees": "issue_assignee__deleted_at__isnull",
	"cycle": "issue_cycle__deleted_at__isnull", "module": "issue_module__deleted_at__isnull",
	"subscriber": "issue_subscribers__deleted_at__isnull",
}

// Stored derives from a view's filters the form in which the reference keeps them for its database; clients only read
// it.
func Stored(filters store.JSON) (store.JSON, error) {
	var in map[string]json.RawMessage
	if json.Unmarshal(filters, &in) != nil {
		return nil, nil // any JSON is taken for filters; only an object says anything
	}
	out := map[string]any{}
	for key, value := range in {
		if name, ok := lookups[key]; ok && says(value) {
			out[name] = value
		}
		if name, ok := living[key]; ok {
			out[name] = true
		}
	}
	return json.Marshal(out)
}

func says(value json.RawMessage) bool {
	switch string(value) {
	case "", "null", `""`, `"null"`, "[]", "{}", "0", "false":
		return false
	}
	return true
}

// Parameters turns the filters that a view keeps into those of a request: lists become texts with commas.
func Parameters(filters store.JSON) Params {
	var in map[string]json.RawMessage
	if json.Unmarshal(filters, &in) != nil {
		return nil
	}
	q := Params{}
	for key, value := range in {
		if !says(value) {
			continue
		}
		var list []json.RawMessage
		if json.Unmarshal(value, &list) != nil {
			list = []json.RawMessage{value}
		}
		words := make([]string, len(list))
		for i, word := range list {
			if json.Unmarshal(word, &words[i]) != nil {
				words[i] = string(word)
			}
		}
		q[key] = strings.Join(words, ",")
	}
	return q
}
