package web

import (
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// responses describes every answer that an operation has: its success, the others that its row names, and refusals.
func (d *document) responses(op *Op) map[string]any {
	all := map[string]any{"5XX": map[string]any{"$ref": "#/components/responses/Fault"}}
	refused := map[string]any{"$ref": "#/components/responses/Refused"}
	if op.problems {
		refused = map[string]any{"description": "The request is refused; the body says why", "content": map[string]any{
			problemJSON: map[string]any{"schema": d.schema(reflect.TypeFor[Problem](), asAnswer)}}}
		all["5XX"] = refused
	}
	for _, status := range op.refusals() {
		all[strconv.Itoa(status)] = refused
	}
	if !op.Offered() {
		return all
	}
	all[strconv.Itoa(op.Status)] = d.response(op.Status, op.Out, op.media)
	if op.data != nil { // OpenAPI has no words for the messages of a stream
		schema := map[string]any{"type": "string", "contentMediaType": EventStream, "x-data": d.schema(op.data, asAnswer)}
		all[strconv.Itoa(op.Status)] = map[string]any{"description": "Messages, each with an id and this data",
			"content": map[string]any{EventStream: map[string]any{"schema": schema}}}
	}
	if done := all[strconv.Itoa(op.Status)].(map[string]any); done["content"] != nil {
		done["content"] = withExample(done["content"].(map[string]any), op.example.Answer)
	}
	if op.form {
		page := map[string]any{"description": "A page that says why the form is refused"}
		page["content"] = map[string]any{"text/html": map[string]any{"schema": map[string]any{"type": "string"}}}
		all["200"] = page
	}
	for status, body := range op.also {
		all[strconv.Itoa(status)] = d.response(status, body, nil)
	}
	return all
}

// refusals are the statuses with which an operation may refuse a request; the row tells of those that its rule and its
// input don't.
func (op *Op) refusals() []int {
	all := append([]int{http.StatusBadRequest}, op.refuses...)
	if !op.Allow.Open() {
		all = append(all, http.StatusUnauthorized)
	}
	if !op.Allow.Open() || op.Method != http.MethodGet || strings.HasPrefix(op.Path, "/api/v1/") {
		all = append(all, http.StatusForbidden)
	}
	if strings.Contains(op.Path, "{") || !op.Allow.Open() { // what belongs to the caller may be missing, too
		all = append(all, http.StatusNotFound)
	}
	if op.Method != http.MethodGet {
		all = append(all, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	if throttled(op.Path) {
		all = append(all, http.StatusTooManyRequests)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func throttled(path string) bool {
	return slices.ContainsFunc([]string{"/api/v1/", "/api/v2/", "/auth/", "/api/instances/admins/sign-"},
		func(p string) bool { return strings.HasPrefix(path, p) })
}

func (d *document) response(status int, body reflect.Type, media []string) map[string]any {
	r := map[string]any{"description": http.StatusText(status)}
	switch {
	case status >= 300 && status < 400:
		r["headers"] = map[string]any{"Location": map[string]any{"required": true,
			"schema": map[string]any{"type": "string", "format": "uri-reference"}}}
	case len(media) > 0:
		content := map[string]any{}
		for _, kind := range media {
			content[kind] = map[string]any{"schema": map[string]any{}}
		}
		r["content"] = content
	case body != reflect.TypeFor[Nothing]() && body != reflect.TypeFor[Reply]() && status != http.StatusNoContent:
		r["content"] = content(d.schema(body, asAnswer))
		if s, ok := reflect.Zero(body).Interface().(stands); ok &&
			slices.Contains(s.DescribesAny(), reflect.TypeFor[Nothing]()) {
			r["description"], r["x-may-be-empty"] = "OK; without a body where there is nothing to show", true
		}
	}
	return r
}

func content(schema any) map[string]any {
	return map[string]any{"application/json": map[string]any{"schema": schema}}
}

// refusals are the answers that are none of an operation's own.
func refusals() map[string]any {
	return map[string]any{
		"Refused": map[string]any{"description": "The request is refused; the body says why",
			"content": content(ref("Refusal"))},
		"Fault": map[string]any{"description": "The server, not the request, is at fault",
			"content": content(ref("Refusal"))},
	}
}

func ref(name string) map[string]any { return map[string]any{"$ref": "#/components/schemas/" + name} }

// withRefusals are all schemas, those of refusals too.
func (d *document) withRefusals() map[string]any {
	text := map[string]any{"type": "string"}
	texts := map[string]any{"type": "array", "items": text}
	object := func(keys ...string) map[string]any { // of these texts, and perhaps more
		props := map[string]any{}
		for _, k := range keys {
			props[k] = text
		}
		return map[string]any{"type": "object", "properties": props, "required": keys[:1], "additionalProperties": true}
	}
	d.defs["Refusal"] = map[string]any{"description": "Why a request is refused: in one sentence, by a code, or field by field",
		"anyOf": []any{object("error", "id"), object("detail"), object("message", "code"), ref("RefusalByCode"),
			ref("RefusedFields"), texts,
			map[string]any{"type": "array", "items": ref("RefusedFields")}}}
	d.defs["RefusalByCode"] = map[string]any{"type": "object", "required": []string{"error_code", "error_message"},
		"additionalProperties": true,
		"properties":           map[string]any{"error_code": map[string]any{"type": "integer"}, "error_message": text}}
	d.defs["RefusedFields"] = map[string]any{"type": "object",
		"description": "What is wrong, by the names of fields, within fields by theirs",
		"additionalProperties": map[string]any{"anyOf": []any{texts, text, ref("RefusedFields"),
			map[string]any{"type": "array", "items": ref("RefusedFields")}}}}
	return d.defs
}
