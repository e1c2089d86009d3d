package web

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// use is what a described type is there for: the same type has other keys that must be there in a body than in an
// answer.
type use int

const (
	asAnswer use = iota // every key is there but those with omitempty
	asPart              // of an answer: the keys that were asked for
	asInput
)

// described is a type with what it is there for: one schema of the description.
type described struct {
	of  reflect.Type
	use use
}

var plainTypes = map[reflect.Type]map[string]any{
	reflect.TypeFor[time.Time]():       {"type": "string", "format": "date-time"},
	reflect.TypeFor[app.WrittenTime](): {"type": "string", "format": "date-time"},
	reflect.TypeFor[store.Date]():      {"type": "string", "format": "date"},
	reflect.TypeFor[store.JSON]():      {},
	reflect.TypeFor[store.NullJSON]():  {},
	reflect.TypeFor[json.RawMessage](): {},
}

// stand is a type that another one stands for in the description: wrappers that write themselves.
type stand interface{ Describes() reflect.Type }

// stands is a type whose values have the shape of one of several types.
type stands interface{ DescribesAny() []reflect.Type }

// Partial is T with the keys that the client asked for only, in the description.
type Partial[T any] struct{}

func (Partial[T]) whole() reflect.Type { return reflect.TypeFor[T]() }

type partial interface{ whole() reflect.Type }

func (d *document) schema(t reflect.Type, u use) map[string]any {
	if t.Kind() != reflect.Pointer && t.Kind() != reflect.Interface {
		switch s := reflect.Zero(t).Interface().(type) {
		case partial:
			return d.schema(s.whole(), asPart)
		case stand:
			return d.schema(s.Describes(), u)
		case stands:
			return d.union(s.DescribesAny(), u)
		}
	}
	if s, ok := plainTypes[t]; ok {
		return maps.Clone(s)
	}
	if t.Implements(reflect.TypeFor[optional]()) || reflect.PointerTo(t).Implements(reflect.TypeFor[optional]()) {
		f, _ := t.FieldByName("V")
		return d.schema(f.Type, u)
	}
	switch t.Kind() {
	case reflect.Pointer:
		return orNull(d.schema(t.Elem(), u))
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 { // bytes that nobody wrote are null
			return map[string]any{"type": []string{"string", "null"}, "contentEncoding": "base64"}
		}
		return map[string]any{"type": "array", "items": d.schema(t.Elem(), u)}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": d.schema(t.Elem(), u)}
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int, reflect.Int32, reflect.Int64:
		return map[string]any{"type": "integer"}
	case reflect.Float64:
		return map[string]any{"type": "number"}
	case reflect.Struct:
		return d.object(t, u)
	}
	return map[string]any{}
}

// inputSchema describes a field of a body; of what the operation reads itself, type:"…" says what it is (see
// describeKind).
func (d *document) inputSchema(f reflect.StructField) map[string]any {
	if kind := f.Tag.Get("type"); kind != "" {
		return describeKind(kind)
	}
	return d.schema(f.Type, asInput)
}

func (d *document) union(types []reflect.Type, u use) map[string]any {
	var each []any
	for _, t := range types {
		each = append(each, d.schema(t, u))
	}
	return map[string]any{"anyOf": each}
}

// orNull is a schema or null.
func orNull(s map[string]any) map[string]any {
	switch kind := s["type"].(type) {
	case string:
		s["type"] = []string{kind, "null"}
		if choices, ok := s["enum"].([]any); ok {
			s["enum"] = append(slices.Clone(choices), nil)
		}
		return s
	case []string:
		return s // null already
	}
	if len(s) == 0 {
		return s // anything already
	}
	return map[string]any{"anyOf": []any{s, map[string]any{"type": "null"}}}
}

func (d *document) object(t reflect.Type, u use) map[string]any {
	if t.Name() == "" {
		return d.properties(t, u)
	}
	key := described{t, u}
	name, ok := d.names[key]
	if !ok {
		name = d.nameOf(t, u)
		d.names[key] = name
		d.defs[name] = map[string]any{} // so that a type within itself ends
		d.defs[name] = d.properties(t, u)
	}
	return map[string]any{"$ref": "#/components/schemas/" + name}
}

// nameOf names a schema; the same name in another API gets its package in front.
func (d *document) nameOf(t reflect.Type, u use) string {
	clean := func(s string) string {
		return strings.Map(func(c rune) rune {
			if strings.ContainsRune("[]/*, ·", c) {
				return '_'
			}
			return c
		}, s)
	}
	suffix := []string{"", "Part", "Input"}[u]
	name := clean(t.Name()) + suffix
	if d.defs[name] != nil {
		name = clean(strings.ReplaceAll(t.String(), ".", "_")) + suffix
	}
	return name
}

func (d *document) properties(t reflect.Type, u use) map[string]any {
	props, required := map[string]any{}, []string{}
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || !f.IsExported() || name == "-" || name == "" {
			continue
		}
		if u == asInput {
			c := parseChecks(f.Tag.Get("check"))
			if props[name] = c.describe(d.inputSchema(f)); c.required {
				required = append(required, name)
			}
			continue
		}
		props[name] = d.schema(f.Type, u.within())
		if f.Tag.Get("null") != "" { // a list or a map that may be nil
			props[name] = orNull(props[name].(map[string]any))
		}
		formatByName(name, f.Tag.Get("format"), props[name].(map[string]any))
		if u == asAnswer && !strings.Contains(options, "omit") {
			required = append(required, name)
		}
	}
	s := map[string]any{"type": "object", "properties": props}
	if len(required) > 0 {
		slices.Sort(required)
		s["required"] = required
	}
	return s
}

// within is what the types inside of one are there for: only the outermost keys are picked.
func (u use) within() use {
	if u == asPart {
		return asAnswer
	}
	return u
}

// formatByName adds what is meant by the names that the whole wire uses alike; format:"…" says otherwise.
func formatByName(name, given string, s map[string]any) {
	kind, _ := s["type"].(string)
	if kinds, ok := s["type"].([]string); ok && len(kinds) == 2 {
		kind = kinds[0]
	}
	if kind != "string" || s["format"] != nil || s["enum"] != nil || s["contentEncoding"] != nil {
		return
	}
	switch {
	case given == "-":
	case given != "":
		s["format"] = given
	case name == "id", slices.Contains(idNames, name):
		s["format"] = "uuid"
	case strings.HasSuffix(name, "_at"):
		s["format"] = "date-time"
	}
}

// idNames are the keys that name another row by its id, wherever they are texts.
var idNames = []string{"workspace_id", "project_id", "issue_id", "state_id", "parent_id", "cycle_id", "module_id",
	"created_by", "updated_by", "created_by_id", "updated_by_id", "owned_by", "actor"}

// describe adds what the checks ask for to a field's schema.
func (c checks) describe(s map[string]any) map[string]any {
	if items, ok := s["items"].(map[string]any); ok {
		each := c
		each.null = false
		s["items"] = each.describe(items)
	} else {
		c.describeValue(s)
	}
	if c.null {
		return orNull(s)
	}
	return s
}

func (c checks) describeValue(s map[string]any) {
	kind, _ := s["type"].(string)
	if kinds, ok := s["type"].([]string); ok {
		kind = kinds[0]
	}
	switch {
	case c.uuid || c.pk:
		s["format"] = "uuid"
	case c.date:
		s["format"] = "date"
	case c.zone:
		s["description"] = "The name of a time zone, as Europe/Berlin"
	case kind == "string" && s["format"] == nil && !c.blank && c.choice == nil:
		s["minLength"] = 1
	}
	if c.max > 0 {
		s["maxLength"] = c.max
	}
	if c.choice != nil {
		s["enum"] = c.choices(kind)
		if kinds, ok := s["type"].([]string); ok && slices.Contains(kinds, "null") {
			s["enum"] = append(s["enum"].([]any), nil)
		}
	}
	if kind == "integer" {
		s["minimum"], s["maximum"] = bound(c.from, -1<<31), bound(c.to, 1<<31-1)
	}
}

// choices are those of a text or a number.
func (c checks) choices(kind string) []any {
	all := make([]any, 0, len(c.choice)+1)
	for _, word := range c.choice {
		if kind == "integer" {
			all = append(all, json.Number(word))
		} else {
			all = append(all, word)
		}
	}
	if c.blank && kind == "string" && !slices.Contains(c.choice, "") {
		all = append(all, "")
	}
	return all
}

func bound(text string, usual int64) any {
	if text == "" {
		return usual
	}
	return json.Number(text)
}
