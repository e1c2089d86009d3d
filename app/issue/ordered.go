package issue

import (
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
)

// object is a JSON object whose keys stay in order, so that the first fault is the one that is named.
type object []member

type member struct {
	key   string
	value any // object, []any, string, json.Number, bool or nil
}

// parseOrdered reads one JSON document.
func parseOrdered(raw string) (any, error) {
	if !json.Valid([]byte(raw)) {
		return nil, errors.New("no JSON document")
	}
	dec := json.NewDecoder(strings.NewReader(raw))
	dec.UseNumber()
	v, err := orderedValue(dec)
	if err != nil {
		return nil, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("text after the document")
	}
	return v, nil
}

func orderedValue(dec *json.Decoder) (any, error) {
	token, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		o := object{}
		for dec.More() {
			key, err := dec.Token()
			if err != nil {
				return nil, err
			}
			v, err := orderedValue(dec)
			if err != nil {
				return nil, err
			}
			o = o.with(key.(string), v)
		}
		_, err = dec.Token()
		return o, err
	case json.Delim('['):
		list := []any{}
		for dec.More() {
			v, err := orderedValue(dec)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err = dec.Token()
		return list, err
	}
	return token, nil
}

// with sets a key; of one that is given twice the last value counts.
func (o object) with(key string, v any) object {
	if at := slices.IndexFunc(o, func(m member) bool { return m.key == key }); at >= 0 {
		o[at].value = v
		return o
	}
	return append(o, member{key, v})
}

// isFalsy says whether Python would take the value for false.
func isFalsy(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case bool:
		return !v
	case string:
		return v == ""
	case json.Number:
		f, err := v.Float64()
		return err == nil && f == 0
	case []any:
		return len(v) == 0
	case object:
		return len(v) == 0
	}
	return false
}

// pythonString is the text that a value becomes as a parameter; of a list the last item counts.
func pythonString(v any) string {
	switch v := v.(type) {
	case string:
		return strings.ReplaceAll(v, "\x00", "")
	case bool:
		if v {
			return "True"
		}
		return "False"
	case json.Number:
		if f, err := v.Float64(); err == nil && strings.ContainsAny(v.String(), ".eE") {
			return strconv.FormatFloat(f, 'g', -1, 64)
		}
		return v.String()
	case []any:
		if last := v[len(v)-1]; last != nil {
			return pythonString(last)
		}
		return "None"
	}
	return ""
}
