package move

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"github.com/sailplane/sailplane/store"
)

// readRow reads a line; what the file does not have is nil.
func readRow(line []byte, columns []store.Column) ([]any, error) {
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	var row map[string]any
	if err := d.Decode(&row); err != nil || row == nil {
		return nil, fmt.Errorf("a line is no row: %w", err)
	}
	values := make([]any, len(columns))
	for i, c := range columns {
		v := row[c.Name]
		delete(row, c.Name)
		if v == nil {
			if c.Required {
				return nil, fmt.Errorf("a row has no %s", c.Name)
			}
			continue
		}
		var ok bool
		if values[i], ok = readValue(c, v); !ok {
			return nil, fmt.Errorf("a row has a %s that is none", c.Name)
		}
	}
	for name := range row {
		return nil, fmt.Errorf("a row has a column %q, which this version does not know", name)
	}
	return values, nil
}

func readValue(c store.Column, v any) (value any, ok bool) {
	if n, isNumber := v.(json.Number); isNumber {
		var err error
		switch c.Kind {
		case store.KindInteger:
			value, err = n.Int64()
		case store.KindReal:
			value, err = n.Float64()
		default:
			return nil, false
		}
		return value, err == nil
	}
	if yes, isBoolean := v.(bool); isBoolean {
		return yes, c.Kind == store.KindBoolean
	}
	text, ok := v.(string)
	if !ok {
		return nil, false
	}
	switch c.Kind {
	case store.KindTime:
		at, err := time.Parse(time.RFC3339Nano, text)
		return at.UTC(), err == nil
	case store.KindBytes:
		raw, err := base64.StdEncoding.DecodeString(text)
		return raw, err == nil
	case store.KindInteger, store.KindReal, store.KindBoolean:
		return nil, false
	}
	return text, c.Refers == "" || store.IsID(text)
}
