package web

import (
	"encoding/json"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Document describes operations as OpenAPI 3.1. It is read off the same rows that are served: paths, who may, input
// and output, so it can't say anything else than the server does.
func Document(ops []Op, version string) map[string]any {
	d := &document{defs: map[string]any{}, names: map[reflect.Type]string{}}
	paths := map[string]map[string]any{}
	for i := range ops {
		path := plainPath(ops[i].Path)
		if paths[path] == nil {
			paths[path] = map[string]any{}
		}
		paths[path][strings.ToLower(ops[i].Method)] = d.operation(&ops[i])
	}
	d.defs["Error"] = map[string]any{"type": "object", "description": "What was wrong: error or detail as text, or lists of texts by field."}
	return map[string]any{
		"openapi": "3.1.0",
		"info": map[string]any{"title": "Sailplane", "version": version,
			"description": "The API of a Sailplane server. What the web frontend uses takes a session's cookie; /api/v1/ takes a key in X-Api-Key."},
		"paths": paths,
		"components": map[string]any{"schemas": d.defs, "securitySchemes": map[string]any{
			"key":     map[string]any{"type": "apiKey", "in": "header", "name": "X-Api-Key"},
			"session": map[string]any{"type": "apiKey", "in": "cookie", "name": SessionCookie},
			"admin":   map[string]any{"type": "apiKey", "in": "cookie", "name": AdminSessionCookie},
		}},
	}
}

type document struct {
	defs  map[string]any
	names map[reflect.Type]string
}

// plainPath drops the converters: {pk:uuid} is {pk}.
func plainPath(path string) string { return strings.ReplaceAll(path, ":uuid}", "}") }

func (d *document) operation(op *Op) map[string]any {
	out := map[string]any{
		"summary": op.Summary, "operationId": operationID(op), "tags": []string{tag(op.Path)}, "x-allow": op.Allow,
		"responses": map[string]any{strconv.Itoa(op.Status): d.response(op), "default": map[string]any{"description": "What was wrong",
			"content": content(map[string]any{"$ref": "#/components/schemas/Error"})}},
	}
	params := pathParameters(op.Path)
	body, required := map[string]any{}, []string{}
	if op.In.Kind() == reflect.Struct {
		for _, f := range reflect.VisibleFields(op.In) {
			if name := f.Tag.Get("query"); name != "" {
				params = append(params, map[string]any{"name": name, "in": "query", "schema": map[string]any{"type": "string"}})
			}
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name == "" || name == "-" || f.Anonymous {
				continue
			}
			c := parseChecks(f.Tag.Get("check"))
			body[name] = c.describe(d.schema(f.Type))
			if c.required && op.Method != http.MethodPatch {
				required = append(required, name)
			}
		}
	}
	if len(params) > 0 {
		out["parameters"] = params
	}
	if len(body) > 0 {
		schema := map[string]any{"type": "object", "properties": body}
		if len(required) > 0 {
			slices.Sort(required)
			schema["required"] = required
		}
		out["requestBody"] = map[string]any{"content": content(schema)}
	}
	if s := security(op); s != "" {
		out["security"] = []any{map[string]any{s: []string{}}}
	}
	return out
}

func (d *document) response(op *Op) map[string]any {
	r := map[string]any{"description": http.StatusText(op.Status)}
	if op.Out != reflect.TypeFor[Nothing]() && op.Out != reflect.TypeFor[Reply]() && op.Status != http.StatusNoContent {
		r["content"] = content(d.schema(op.Out))
	}
	return r
}

func content(schema any) map[string]any {
	return map[string]any{"application/json": map[string]any{"schema": schema}}
}

func security(op *Op) string {
	switch {
	case op.Allow.Open():
		return ""
	case strings.HasPrefix(op.Path, "/api/v1/"):
		return "key"
	case CookieFor(op.Path) == AdminSessionCookie:
		return "admin"
	}
	return "session"
}

func tag(path string) string {
	parts := strings.FieldsFunc(path, func(c rune) bool { return c == '/' })
	for i := len(parts) - 1; i >= 0; i-- {
		if !strings.HasPrefix(parts[i], "{") {
			return parts[i]
		}
	}
	return "root"
}

// operationID names an operation once and for all: get_api_workspaces_slug_projects.
func operationID(op *Op) string {
	path := strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' {
			return c
		}
		return '_'
	}, strings.NewReplacer(":uuid}", "", "{", "", "}", "").Replace(op.Path))
	return strings.ToLower(op.Method) + strings.TrimSuffix(path, "_")
}

func pathParameters(path string) []any {
	params := []any{}
	for rest := path; ; {
		_, after, ok := strings.Cut(rest, "{")
		if !ok {
			return params
		}
		name, more, _ := strings.Cut(after, "}")
		name, kind, _ := strings.Cut(name, ":")
		schema := map[string]any{"type": "string"}
		if kind == "uuid" {
			schema["format"] = "uuid"
		}
		params = append(params, map[string]any{"name": name, "in": "path", "required": true, "schema": schema})
		rest = more
	}
}

// describe adds what the checks ask for to a field's schema.
func (c checks) describe(schema map[string]any) map[string]any {
	if c.max > 0 {
		schema["maxLength"] = c.max
	}
	if c.choice != nil {
		if schema["type"] == "string" {
			schema["enum"] = c.choice
		} else {
			schema["description"] = "One of " + strings.Join(c.choice, ", ")
		}
	}
	if c.uuid || c.pk {
		schema["format"] = "uuid"
	}
	if c.date {
		schema["format"] = "date"
	}
	return schema
}

var described = map[reflect.Type]map[string]any{
	reflect.TypeFor[time.Time]():       {"type": "string", "format": "date-time"},
	reflect.TypeFor[app.WrittenTime](): {"type": "string", "format": "date-time"},
	reflect.TypeFor[store.Date]():      {"type": "string", "format": "date"},
	reflect.TypeFor[store.JSON]():      {},
	reflect.TypeFor[store.NullJSON]():  {},
	reflect.TypeFor[json.RawMessage](): {},
}

// stand is a type that another one stands for in the description: wrappers that write themselves.
type stand interface{ Describes() reflect.Type }

func (d *document) schema(t reflect.Type) map[string]any {
	if s, ok := reflect.Zero(t).Interface().(stand); ok && t.Kind() != reflect.Pointer {
		return d.schema(s.Describes())
	}
	if s, ok := described[t]; ok {
		return maps.Clone(s)
	}
	if t.Implements(reflect.TypeFor[optional]()) || reflect.PointerTo(t).Implements(reflect.TypeFor[optional]()) {
		f, _ := t.FieldByName("V")
		return d.schema(f.Type)
	}
	switch t.Kind() {
	case reflect.Pointer:
		inner := d.schema(t.Elem())
		if kind, ok := inner["type"].(string); ok {
			inner["type"] = []string{kind, "null"}
			return inner
		}
		return map[string]any{"anyOf": []any{inner, map[string]any{"type": "null"}}}
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			return map[string]any{}
		}
		return map[string]any{"type": "array", "items": d.schema(t.Elem())}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": d.schema(t.Elem())}
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int, reflect.Int32, reflect.Int64:
		return map[string]any{"type": "integer"}
	case reflect.Float64:
		return map[string]any{"type": "number"}
	case reflect.Struct:
		return d.object(t)
	}
	return map[string]any{}
}

func (d *document) object(t reflect.Type) map[string]any {
	if t.Name() == "" {
		return d.properties(t)
	}
	name, ok := d.names[t]
	if !ok {
		name = t.Name()
		if d.defs[name] != nil { // the same name in another API
			name = strings.ReplaceAll(t.String(), ".", "_")
		}
		name = strings.Map(func(c rune) rune {
			if strings.ContainsRune("[]/*, ", c) {
				return '_'
			}
			return c
		}, name)
		d.names[t] = name
		d.defs[name] = map[string]any{} // so that a type within itself ends
		d.defs[name] = d.properties(t)
	}
	return map[string]any{"$ref": "#/components/schemas/" + name}
}

func (d *document) properties(t reflect.Type) map[string]any {
	props := map[string]any{}
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || !f.IsExported() || name == "-" || name == "" {
			continue
		}
		props[name] = d.schema(f.Type)
	}
	return map[string]any{"type": "object", "properties": props}
}
