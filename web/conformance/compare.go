package conformance

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// differences says where a result is not as it is wanted, both ways; where is the path of the two.
func differences(where string, want, got any) []string {
	if want == "<any>" || got == "<any>" {
		return nil
	}
	if kind, ok := anyOf(want); ok {
		if kindOf(got) == kind || got == want {
			return nil
		}
		return []string{fmt.Sprintf("%s: want any %s, got %s", where, kind, short(got))}
	}
	switch want := want.(type) {
	case map[string]any:
		if got, ok := got.(map[string]any); ok {
			return inObjects(where, want, got)
		}
	case []any:
		if got, ok := got.([]any); ok {
			return inLists(where, want, got)
		}
	default:
		if want == got {
			return nil
		}
	}
	return []string{fmt.Sprintf("%s: want %s, got %s", where, short(want), short(got))}
}

func inObjects(where string, want, got map[string]any) (all []string) {
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if v, ok := got[key]; ok {
			all = append(all, differences(where+"."+key, want[key], v)...)
		} else {
			all = append(all, fmt.Sprintf("%s.%s: missing, want %s", where, key, short(want[key])))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[key]; !ok {
			all = append(all, fmt.Sprintf("%s.%s: not in the reference, got %s", where, key, short(got[key])))
		}
	}
	return all
}

func inLists(where string, want, got []any) (all []string) {
	if len(want) != len(got) {
		all = append(all, fmt.Sprintf("%s: want %d items, got %d", where, len(want), len(got)))
	}
	for i := range min(len(want), len(got)) {
		all = append(all, differences(fmt.Sprintf("%s[%d]", where, i), want[i], got[i])...)
	}
	return all
}

// anyOf reads <any:KIND>.
func anyOf(want any) (kind string, ok bool) {
	s, _ := want.(string)
	if kind, ok = strings.CutPrefix(s, "<any:"); ok {
		return strings.TrimSuffix(kind, ">"), true
	}
	return "", false
}

// kindOf names the JSON type of a value.
func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "bool"
	case float64:
		return "number"
	case string:
		return "string"
	case []any:
		return "list"
	}
	return "object"
}

// short is a value as JSON, cut to what fits on a line.
func short(v any) string {
	s := string(asJSON(v))
	if len(s) > 120 {
		return strings.ToValidUTF8(s[:120], "") + "…"
	}
	return s
}

// mask replaces the values that masks name. A mask is a dotted path: * is any key or index, ** any depth, and a final ?
// lets null in; otherwise the type of the value is compared still.
func mask(v any, masks []string, path ...string) any {
	for _, m := range masks {
		if pattern, ok := strings.CutSuffix(m, "?"); ok && covers(strings.Split(pattern, "."), path) {
			return "<any>"
		}
	}
	for _, m := range masks {
		if covers(strings.Split(m, "."), path) {
			return "<any:" + kindOf(v) + ">"
		}
	}
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, value := range v {
			out[key] = mask(value, masks, append(slices.Clip(path), key)...)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, value := range v {
			out[i] = mask(value, masks, append(slices.Clip(path), strconv.Itoa(i))...)
		}
		return out
	}
	return v
}

func covers(pattern, path []string) bool {
	if len(pattern) == 0 {
		return len(path) == 0
	}
	if pattern[0] == "**" {
		for i := range len(path) + 1 {
			if covers(pattern[1:], path[i:]) {
				return true
			}
		}
		return false
	}
	return len(path) > 0 && (pattern[0] == "*" || pattern[0] == path[0]) && covers(pattern[1:], path[1:])
}

// inAnyOrder sorts every list of a value by content.
func inAnyOrder(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, value := range v {
			out[key] = inAnyOrder(value)
		}
		return out
	case []any:
		type item struct {
			value any
			text  string
		}
		items := make([]item, len(v))
		for i, value := range v {
			value = inAnyOrder(value)
			items[i] = item{value, string(asJSON(value))}
		}
		slices.SortStableFunc(items, func(a, b item) int { return cmp.Compare(a.text, b.text) })
		out := make([]any, len(v))
		for i, item := range items {
			out[i] = item.value
		}
		return out
	}
	return v
}

// asJSON encodes a value of JSON.
func asJSON(v any) []byte {
	var out strings.Builder
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // only values of JSON come here
	}
	return []byte(strings.TrimSuffix(out.String(), "\n"))
}

// fromJSON decodes a value that is known to be JSON.
func fromJSON(raw []byte) any {
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		return string(raw)
	}
	return v
}
