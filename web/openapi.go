package web

import (
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Document describes operations as OpenAPI 3.1. It is read off the same rows that are served: paths, who may, input
// and output, so it can't say anything else than the server does.
func Document(ops []Op, version string) map[string]any {
	d := &document{defs: map[string]any{}, names: map[described]string{}}
	paths := map[string]map[string]any{}
	for i := range ops {
		path := plainPath(ops[i].Path)
		if paths[path] == nil {
			paths[path] = map[string]any{}
		}
		paths[path][strings.ToLower(ops[i].Method)] = d.operation(&ops[i])
	}
	return map[string]any{
		"openapi": "3.1.0",
		"info": map[string]any{"title": "Sailplane", "version": version,
			"description": "The API of a Sailplane server. What the web frontend uses takes a session's cookie; /api/v1/ takes a key in X-Api-Key, or as Authorization: Bearer KEY.",
			"license":     map[string]any{"name": "AGPL-3.0-only", "identifier": "AGPL-3.0-only"}},
		"servers": []any{map[string]any{"url": "/", "description": "This server"}},
		"paths":   paths,
		"components": map[string]any{
			"schemas":   d.withRefusals(),
			"responses": refusals(),
			"securitySchemes": map[string]any{
				"key":     map[string]any{"type": "apiKey", "in": "header", "name": "X-Api-Key"},
				"bearer":  map[string]any{"type": "http", "scheme": "bearer", "description": "The same key."},
				"session": map[string]any{"type": "apiKey", "in": "cookie", "name": SessionCookie},
				"admin":   map[string]any{"type": "apiKey", "in": "cookie", "name": AdminSessionCookie},
			},
		},
	}
}

type document struct {
	defs  map[string]any
	names map[described]string
}

// plainPath drops the converters: {pk:uuid} is {pk}.
func plainPath(path string) string { return strings.ReplaceAll(path, ":uuid}", "}") }

func (d *document) operation(op *Op) map[string]any {
	out := map[string]any{"summary": op.Summary, "operationId": operationID(op), "tags": []string{tag(op.Path)},
		"x-allow": op.Allow, "responses": d.responses(op), "security": []any{}}
	if op.explained != "" {
		out["description"] = op.explained
	}
	if scope := op.KeyScope(); scope != "" {
		out["x-key-scope"] = scope
	}
	if !op.Offered() {
		out["x-not-offered"] = true
	}
	if params := append(pathParameters(op.Path), queryParameters(op.In)...); len(params) > 0 {
		out["parameters"] = params
	}
	if body := d.requestBody(op); body != nil {
		out["requestBody"] = body
	}
	for _, s := range security(op) { // any one of them will do
		out["security"] = append(out["security"].([]any), map[string]any{s: []string{}})
	}
	return out
}

// requestBody describes the fields that an operation reads, or the form with files that it takes; nil for none.
func (d *document) requestBody(op *Op) map[string]any {
	plan := newInput(op.In, op.Method)
	props, required := map[string]any{}, []string{}
	for _, f := range plan.body {
		props[f.name] = f.checks.describe(d.inputSchema(op.In.FieldByIndex(f.index)))
		if f.checks.required && !plan.partial {
			required = append(required, f.name)
		}
	}
	schema := map[string]any{"type": "object"}
	if len(props) > 0 {
		schema["properties"] = props
	}
	if len(required) > 0 {
		slices.Sort(required)
		schema["required"] = required
	}
	kinds := map[string]any{}
	switch media := map[string]any{"schema": schema}; {
	case plan.parts != nil:
		kinds["multipart/form-data"] = media
	case op.form:
		kinds["application/x-www-form-urlencoded"] = media
	case len(props) > 0:
		kinds["application/json"] = media
	case plan.raw != nil:
		kinds["application/json"] = map[string]any{"schema": map[string]any{}}
	}
	if len(kinds) == 0 {
		return nil
	}
	return map[string]any{"content": withExample(kinds, op.example.Request), "required": len(required) > 0}
}

func security(op *Op) []string {
	switch {
	case op.Allow.Open():
		return nil
	case strings.HasPrefix(op.Path, "/api/v1/"):
		return []string{"key", "bearer"}
	case CookieFor(op.Path) == AdminSessionCookie:
		return []string{"admin"}
	case op.either:
		return []string{"session", "key", "bearer"}
	}
	return []string{"session"}
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

// queryParameters describes what an operation reads from the query: its In says it.
func queryParameters(in reflect.Type) []any {
	params := []any{}
	if in.Kind() != reflect.Struct {
		return params
	}
	for _, f := range reflect.VisibleFields(in) {
		name := f.Tag.Get("query")
		if name == "" {
			continue
		}
		if several, ok := reflect.Zero(f.Type).Interface().(Several); ok {
			kinds := several.Parameters()
			for _, name := range slices.Sorted(maps.Keys(kinds)) {
				params = append(params, parameter(name, kinds[name]))
			}
			continue
		}
		params = append(params, queryParameter(name, f))
	}
	return params
}

// chosen is a text that is one of a few.
type chosen interface{ Choices() []string }

// patterned is a chosen text that may also be like a pattern.
type patterned interface{ Pattern() string }

func queryParameter(name string, f reflect.StructField) map[string]any {
	t := f.Type
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	p := parameter(name, f.Tag.Get("type"))
	if c, ok := reflect.Zero(t).Interface().(chosen); ok {
		p["schema"] = map[string]any{"type": "string", "enum": c.Choices()}
		if like, ok := c.(patterned); ok {
			p["schema"] = map[string]any{
				"anyOf": []any{p["schema"], map[string]any{"type": "string", "pattern": like.Pattern()}},
			}
		}
	}
	if example := f.Tag.Get("example"); example != "" {
		p["example"] = example
	}
	if t.Kind() == reflect.Slice {
		p["schema"], p["explode"] = map[string]any{"type": "array", "items": p["schema"]}, true
	}
	return p
}

func parameter(name, kind string) map[string]any {
	p := map[string]any{"name": name, "in": "query"}
	if p["schema"] = describeKind(kind); p["schema"].(map[string]any)["type"] == "array" {
		p["style"], p["explode"] = "form", false // with commas
	}
	return p
}

// describeKind describes what the text of a parameter stands for, in the words of type:"…":
//
//	text (or nothing)       any text
//	integer, integer 1..9   a whole number, between bounds
//	boolean                 true or false
//	uuid, date, date-time   those
//	cursor                  the place of a page, as answers name it
//	json                    a JSON document
//	ids, integers, words    several with commas; ids may have None among them
//	days                    "2026-05-01;after", "2_weeks;before;fromnow" or a bare day, several with commas
//	uuids, objects, object  in a body: a list of ids, one of objects, an object
//	a|b|c                   one of these
func describeKind(kind string) map[string]any {
	list := func(items map[string]any) map[string]any { return map[string]any{"type": "array", "items": items} }
	switch kind {
	case "", "text":
		return map[string]any{"type": "string"}
	case "integer", "boolean":
		return map[string]any{"type": kind}
	case "uuid", "date", "date-time":
		return map[string]any{"type": "string", "format": kind}
	case "cursor":
		return map[string]any{"type": "string", "pattern": `^[0-9.]+:-?[0-9]+:-?[0-9]+$`}
	case "json":
		return map[string]any{"type": "string", "contentMediaType": "application/json"}
	case "ids":
		return list(map[string]any{"anyOf": []any{map[string]any{"type": "string", "format": "uuid"},
			map[string]any{"const": "None"}}})
	case "integers":
		return list(map[string]any{"type": "integer"})
	case "uuids":
		return list(map[string]any{"type": "string", "format": "uuid"})
	case "objects":
		return list(map[string]any{"type": "object"})
	case "object":
		return map[string]any{"type": "object"}
	case "words":
		return list(map[string]any{"type": "string"})
	case "days":
		return list(map[string]any{"type": "string",
			"examples": []string{"2026-05-01;after", "2_weeks;before;fromnow", "2026-05-01"}})
	}
	if bounds, ok := strings.CutPrefix(kind, "integer "); ok {
		low, high, _ := strings.Cut(bounds, "..")
		from, err1 := strconv.Atoi(low)
		to, err2 := strconv.Atoi(high)
		if err1 == nil && err2 == nil {
			return map[string]any{"type": "integer", "minimum": from, "maximum": to}
		}
	}
	if choices := strings.Split(kind, "|"); len(choices) > 1 {
		return map[string]any{"type": "string", "enum": choices}
	}
	panic("web: unknown kind of parameter " + kind)
}
