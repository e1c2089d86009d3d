package ydoc

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// appendJSON encodes a value as JavaScript's JSON.stringify: undefined is left out of objects, elsewhere it is null.
func appendJSON(b []byte, v any, depth int) ([]byte, error) {
	if depth < 0 {
		return nil, fmt.Errorf("%w: a value is nested too deeply", ErrTooLarge)
	}
	switch v := v.(type) {
	case nil, undefined:
		return append(b, "null"...), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case string:
		return appendQuoted(b, v), nil
	case []any:
		b = append(b, '[')
		for i, element := range v {
			var err error
			if i > 0 {
				b = append(b, ',')
			}
			if b, err = appendJSON(b, element, depth-1); err != nil {
				return nil, err
			}
		}
		return append(b, ']'), nil
	case map[string]any:
		return appendJSONObject(b, v, depth)
	default:
		n, ok := number(v)
		if !ok {
			return nil, fmt.Errorf("%w: a value of type %T", ErrMalformed, v)
		}
		return appendJSONNumber(b, n), nil
	}
}

func appendJSONObject(b []byte, object map[string]any, depth int) ([]byte, error) {
	b = append(b, '{')
	first := true
	for _, key := range keys(object) {
		if object[key] == Undefined {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		var err error
		if b, err = appendJSON(append(appendQuoted(b, key), ':'), object[key], depth-1); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

func appendJSONNumber(b []byte, n float64) []byte {
	if n == 0 || math.IsNaN(n) || math.IsInf(n, 0) {
		if n == 0 {
			return append(b, '0')
		}
		return append(b, "null"...)
	}
	text, _ := json.Marshal(n) // in the format of JavaScript
	return append(b, text...)
}

func appendQuoted(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for i := range len(s) {
		c := s[i]
		switch at := strings.IndexByte("\b\t\n\f\r", c); {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case at >= 0:
			b = append(b, '\\', "btnfr"[at])
		case c < 0x20:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}

// keys returns the keys of an object in an order that JavaScript keeps: array indices first, by size.
func keys(object map[string]any) []string {
	return slices.SortedFunc(maps.Keys(object), func(a, b string) int {
		x, xIsIndex := arrayIndex(a)
		y, yIsIndex := arrayIndex(b)
		switch {
		case xIsIndex && yIsIndex:
			return int(x) - int(y)
		case xIsIndex:
			return -1
		case yIsIndex:
			return 1
		default:
			return strings.Compare(a, b)
		}
	})
}

func arrayIndex(key string) (uint32, bool) {
	if key == "" || key[0] < '0' || key[0] > '9' || key[0] == '0' && len(key) > 1 {
		return 0, false
	}
	n, err := strconv.ParseUint(key, 10, 32)
	return uint32(n), err == nil && n < math.MaxUint32
}
