package webtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/pb33f/jsonschema/v6"

	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/mux"
)

// Contract is the description of the API, as /api/schema/ gives it out, to check answers against: by a validator of
// JSON Schema that is not ours.
type Contract struct {
	paths   map[string]any // of the description
	routes  *mux.Mux[web.Op]
	schemas *jsonschema.Compiler

	mu       sync.Mutex
	compiled map[string]*jsonschema.Schema
}

const description = "http://contract/api/schema/"

// NewContract reads the description of the operations.
func NewContract(ops []web.Op) (*Contract, error) {
	raw, err := json.Marshal(web.Document(ops, "test"))
	if err != nil {
		return nil, err
	}
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	doc, _ := parsed.(map[string]any)
	closeObjects(doc["components"])
	closeObjects(doc["paths"])
	table := map[string]map[string]web.Op{}
	for _, op := range ops {
		if table[op.Path] == nil {
			table[op.Path] = map[string]web.Op{}
		}
		table[op.Path][op.Method] = op
	}
	c := &Contract{routes: mux.New(table), schemas: jsonschema.NewCompiler(), compiled: map[string]*jsonschema.Schema{}}
	c.paths, _ = doc["paths"].(map[string]any)
	c.schemas.DefaultDraft(jsonschema.Draft2020)
	c.schemas.AssertFormat()
	return c, c.schemas.AddResource(description, doc)
}

// closeObjects forbids keys that are not described: an answer that has more than it says is not described either.
func closeObjects(v any) {
	switch v := v.(type) {
	case map[string]any:
		if v["type"] == "object" && v["properties"] != nil && v["additionalProperties"] == nil {
			v["additionalProperties"] = false
		}
		for _, inner := range v {
			closeObjects(inner)
		}
	case []any:
		for _, inner := range v {
			closeObjects(inner)
		}
	}
}

// Operation finds the described operation of a request; nil for what is none.
func (c *Contract) Operation(method, path string) (key string, described map[string]any) {
	path, _, _ = strings.Cut(path, "?")
	route, _ := c.routes.Find(path)
	if route == nil {
		return "", nil
	}
	key = strings.ReplaceAll(route.Pattern, ":uuid}", "}")
	item, _ := c.paths[key].(map[string]any)
	described, _ = item[strings.ToLower(method)].(map[string]any)
	return key, described
}

// Check says how an answer contradicts the description. Requests that are no operations have none.
func (c *Contract) Check(method, path string, a Answer) error {
	key, op := c.Operation(method, path)
	if op == nil {
		return nil
	}
	responses, _ := op["responses"].(map[string]any)
	status := strconv.Itoa(a.Status)
	if responses[status] == nil && a.Status >= 500 {
		status = "5XX"
	}
	response, _ := responses[status].(map[string]any)
	if response == nil {
		return fmt.Errorf("the status is not described: %d", a.Status)
	}
	at := "/paths/" + escape(key) + "/" + strings.ToLower(method) + "/responses/" + status
	if ref, ok := response["$ref"].(string); ok {
		at = strings.TrimPrefix(ref, "#")
		response = refused
	}
	content, _ := response["content"].(map[string]any)
	if err := checkHeaders(response, content, a); err != nil || len(a.Raw) == 0 {
		return err
	}
	if content["application/json"] == nil || !isJSON(a) {
		return nil
	}
	return c.checkBody(at+"/content/"+escape("application/json")+"/schema", a.Raw)
}

// refused is the response that all refusals refer to.
var refused = map[string]any{"content": map[string]any{"application/json": map[string]any{}}}

func escape(key string) string {
	return strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(key)
}

func isJSON(a Answer) bool {
	kind, _, _ := mime.ParseMediaType(a.Header.Get("Content-Type"))
	return kind == "application/json"
}

func checkHeaders(response, content map[string]any, a Answer) error {
	kind, _, _ := mime.ParseMediaType(a.Header.Get("Content-Type"))
	switch {
	case response["headers"] != nil && a.Header.Get("Location") == "":
		return errors.New("there is no Location")
	case len(a.Raw) == 0 && content["application/json"] != nil && response["x-may-be-empty"] == nil && a.Status < 400:
		return errors.New("a body is described and there is none")
	case len(a.Raw) > 0 && len(content) == 0:
		return fmt.Errorf("a body of %d bytes is not described: %.100s", len(a.Raw), a.Raw)
	case len(a.Raw) > 0 && content[kind] == nil && content["*/*"] == nil:
		return fmt.Errorf("the media type is not described: %q", a.Header.Get("Content-Type"))
	}
	return nil
}

func (c *Contract) checkBody(at string, raw []byte) error {
	schema, err := c.schema(at)
	if err != nil {
		return err
	}
	body, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return fmt.Errorf("the body is no JSON: %w", err)
	}
	err = schema.Validate(body)
	var faults *jsonschema.ValidationError
	if errors.As(err, &faults) {
		return errors.New("the body is not as described: " + strings.Join(reasons(faults, nil), "; "))
	}
	return err
}

// reasons are the innermost faults, each once.
func reasons(e *jsonschema.ValidationError, all []string) []string {
	if len(all) > 8 {
		return all
	}
	for _, cause := range e.Causes {
		all = reasons(cause, all)
	}
	if len(e.Causes) == 0 {
		if text := e.Error(); !slices.Contains(all, text) {
			all = append(all, strings.TrimPrefix(strings.ReplaceAll(text, description, ""), "jsonschema "))
		}
	}
	return all
}

func (c *Contract) schema(at string) (*jsonschema.Schema, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.compiled[at] == nil {
		s, err := c.schemas.Compile(description + "#" + at)
		if err != nil {
			return nil, err
		}
		c.compiled[at] = s
	}
	return c.compiled[at], nil
}

// CheckExample says how the example of an operation contradicts its description.
func (c *Contract) CheckExample(op web.Op) error {
	path := strings.ReplaceAll(op.Path, ":uuid}", "}")
	item, _ := c.paths[path].(map[string]any)
	described, _ := item[strings.ToLower(op.Method)].(map[string]any)
	at := "/paths/" + escape(path) + "/" + strings.ToLower(op.Method)
	media := "/content/" + escape("application/json") + "/schema"
	if sent := op.Example().Request; sent != "" {
		if described["requestBody"] == nil {
			return errors.New("a request is shown that has no body")
		}
		body, _ := described["requestBody"].(map[string]any)
		kinds, _ := body["content"].(map[string]any)
		of := media
		if kinds["multipart/form-data"] != nil { // its fields, as an object
			of = "/content/" + escape("multipart/form-data") + "/schema"
		}
		if err := c.checkBody(at+"/requestBody"+of, []byte(sent)); err != nil {
			return fmt.Errorf("the request: %w", err)
		}
	}
	if answer := op.Example().Answer; answer != "" {
		if err := c.checkBody(at+"/responses/"+strconv.Itoa(op.Status)+media, []byte(answer)); err != nil {
			return fmt.Errorf("the answer: %w", err)
		}
	}
	return nil
}
