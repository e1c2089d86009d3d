package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sailplane/sailplane/app"
)

// input is how an In struct is read. Its fields say where they come from:
//
//	path:"pk"       a parameter of the path
//	query:"search"  a parameter of the query: string, *string where absent matters, []string for all of them; of one that is
//	                given twice the last counts. type:"…" says what its text stands for, for the API description (see kinds)
//	query:"*"       several parameters, of a type that says which: see Several
//	header:"Accept" a header, string
//	cookie:"name"   a cookie's value, string
//	json:"name"     a key of the body, JSON or form (see checks in check.go for check:"…"); alias:"a,b" are other names of it,
//	                of which the first that is there counts where its own is not
//	body:"raw"      the whole body, []byte
//	body:"parts"    the parts of a multipart form as they arrive, *multipart.Reader; what is no form is refused, or with check:"null" has none
//	body:"faults"   what is wrong with the body, app.Fields: the operation refuses it, together with what only it can know
//
// The body's fields are checked all together and refused with every fault in the reference's words.
type input struct {
	path, query, body []inputField
	header, cookie    []inputField
	raw, faults       []int           // index of the body:"raw" and body:"faults" fields
	parts             []int           // index of the body:"parts" field
	keys              map[string]bool // of the body's fields, with their aliases
	formless          bool            // what is no form has no parts
	partial           bool            // PATCH: nothing is required
}

type inputField struct {
	index   []int
	name    string
	checks  checks
	aliases []string
}

func newInput(t reflect.Type, method string) *input {
	in := &input{partial: method == http.MethodPatch, keys: map[string]bool{}}
	for _, f := range reflect.VisibleFields(t) {
		if f.Anonymous || !f.IsExported() {
			continue
		}
		if name := f.Tag.Get("path"); name != "" {
			in.path = append(in.path, inputField{index: f.Index, name: name})
		} else if name := f.Tag.Get("query"); name != "" {
			in.query = append(in.query, inputField{index: f.Index, name: name})
			describeKind(f.Tag.Get("type")) // what is unknown panics at the start, as unknown checks do
		} else if name := f.Tag.Get("header"); name != "" {
			in.header = append(in.header, inputField{index: f.Index, name: name})
		} else if name := f.Tag.Get("cookie"); name != "" {
			in.cookie = append(in.cookie, inputField{index: f.Index, name: name})
		} else if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
			in.body = append(in.body, inputField{f.Index, name, parseChecks(f.Tag.Get("check")), aliasesOf(f)})
			for _, key := range append(aliasesOf(f), name) {
				in.keys[key] = true
			}
		} else if f.Tag.Get("body") == "raw" {
			in.raw = f.Index
		} else if f.Tag.Get("body") == "parts" {
			in.parts, in.formless = f.Index, parseChecks(f.Tag.Get("check")).null
		} else if f.Tag.Get("body") == "faults" {
			in.faults = f.Index
		}
	}
	return in
}

func aliasesOf(f reflect.StructField) []string {
	if names := f.Tag.Get("alias"); names != "" {
		return strings.Split(names, ",")
	}
	return nil
}

// find returns what a body has of a field, and what it calls it.
func (f *inputField) find(object map[string]json.RawMessage) (raw json.RawMessage, sent string, there bool) {
	if raw, there = object[f.name]; there {
		return raw, f.name, true
	}
	for _, name := range f.aliases {
		if raw, there = object[name]; there {
			return raw, name, true
		}
	}
	return nil, f.name, false
}

// sentNames are the names under which a request has fields that are known by another one.
type sentNames map[string]string

// rename has a refusal call the fields what the request calls them.
func (s sentNames) rename(err error) error {
	var e *app.Error
	if len(s) == 0 || !errors.As(err, &e) {
		return err
	}
	if e.Fields == nil {
		return err
	}
	named := make(app.Fields, len(e.Fields))
	for name, fault := range e.Fields {
		if other, ok := s[name]; ok {
			name = other
		}
		named[name] = fault
	}
	renamed := *e
	renamed.Fields = named
	return &renamed
}

// read fills dest, and returns the fields that the request has under another name.
func (in *input) read(dest reflect.Value, r *http.Request, args argSource) (sentNames, error) {
	for _, f := range in.path {
		dest.FieldByIndex(f.index).SetString(args.Get(f.name))
	}
	for _, f := range in.header {
		dest.FieldByIndex(f.index).SetString(r.Header.Get(f.name))
	}
	for _, f := range in.cookie {
		if cookie, err := r.Cookie(f.name); err == nil {
			dest.FieldByIndex(f.index).SetString(cookie.Value)
		}
	}
	if len(in.query) > 0 {
		in.readQuery(dest, parameters(r))
	}
	if in.parts != nil {
		parts, err := r.MultipartReader()
		if err != nil && in.formless {
			return nil, nil
		}
		if err != nil {
			return nil, Detail(http.StatusUnsupportedMediaType,
				"Unsupported media type \""+r.Header.Get("Content-Type")+"\" in request.")
		}
		dest.FieldByIndex(in.parts).Set(reflect.ValueOf(parts))
		return nil, nil
	}
	if in.raw == nil && len(in.body) == 0 {
		return nil, nil
	}
	body, whole := r.Body.(*received)
	raw, err := readBody(r)
	if err != nil {
		return nil, err
	}
	if in.raw != nil {
		if err := boundJSON(raw); err != nil {
			return nil, err
		}
		dest.FieldByIndex(in.raw).SetBytes(raw)
	}
	if len(in.body) == 0 {
		return nil, nil
	}
	object, err := parseBody(r, raw)
	if err != nil {
		return nil, err
	}
	if whole {
		body.unknown = in.unknown(object)
	}
	return in.readBody(dest, object)
}

// Several is a field of several parameters of the query: a map[string]string of those that are there. It names all that
// it takes, with what each stands for (see kinds).
type Several interface{ Parameters() map[string]string }

func (in *input) readQuery(dest reflect.Value, q url.Values) {
	for _, f := range in.query {
		v := dest.FieldByIndex(f.index)
		if several, ok := v.Interface().(Several); ok {
			v.Set(reflect.MakeMap(v.Type()))
			for name := range several.Parameters() {
				if vs := q[name]; len(vs) > 0 {
					v.SetMapIndex(reflect.ValueOf(name), reflect.ValueOf(vs[len(vs)-1]))
				}
			}
			continue
		}
		vs := q[f.name]
		switch {
		case len(vs) == 0:
		case v.Kind() == reflect.Slice:
			v.Set(reflect.ValueOf(vs))
		case v.Kind() == reflect.Pointer:
			text := reflect.New(v.Type().Elem())
			text.Elem().SetString(vs[len(vs)-1])
			v.Set(text)
		default:
			v.SetString(vs[len(vs)-1])
		}
	}
}

func (in *input) readBody(dest reflect.Value, object map[string]json.RawMessage) (sentNames, error) {
	faults := app.Fields{}
	var names sentNames
	for i := range in.body {
		f := &in.body[i]
		raw, sent, there := f.find(object)
		if !there {
			if f.checks.required && !in.partial {
				faults.Add(f.name, "This field is required.")
			}
			continue
		}
		if sent != f.name {
			if names == nil {
				names = sentNames{}
			}
			names[f.name] = sent
		}
		if fault := f.checks.set(dest.FieldByIndex(f.index), raw); fault != nil {
			faults[f.name] = fault
		}
	}
	if in.faults != nil {
		dest.FieldByIndex(in.faults).Set(reflect.ValueOf(faults))
		return names, nil
	}
	return names, names.rename(faults.Err())
}

// parseBody returns the keys of a JSON object or of a form.
func parseBody(r *http.Request, raw []byte) (map[string]json.RawMessage, error) {
	kind, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case len(raw) == 0:
		return nil, nil
	case kind == "application/x-www-form-urlencoded":
		if bytes.Count(raw, []byte{'&'}) >= maxKeys {
			return nil, Detail(http.StatusBadRequest, "The form has more than "+strconv.Itoa(maxKeys)+" fields.")
		}
		form, err := url.ParseQuery(string(raw))
		if err != nil {
			return nil, Detail(http.StatusBadRequest, "The form can't be read.")
		}
		return formObject(form), nil
	case kind == "multipart/form-data":
		r.Body = io.NopCloser(bytes.NewReader(raw))
		if err := r.ParseMultipartForm(1 << 20); err != nil || params["boundary"] == "" {
			return nil, Detail(http.StatusBadRequest, "Multipart form parse error - Invalid boundary in multipart")
		}
		return formObject(r.PostForm), nil
	case kind != "application/json" && kind != "":
		return nil, Detail(http.StatusUnsupportedMediaType,
			`Unsupported media type "`+r.Header.Get("Content-Type")+`" in request.`)
	}
	return parseObject(raw)
}

func parseObject(raw []byte) (map[string]json.RawMessage, error) {
	if !utf8.Valid(raw) {
		return nil, Detail(http.StatusBadRequest, "JSON parse error - the text is not valid UTF-8")
	}
	if err := boundJSON(raw); err != nil {
		return nil, err
	}
	if !json.Valid(raw) {
		return nil, Detail(http.StatusBadRequest, "JSON parse error - "+jsonFault(raw))
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(raw, &object) != nil || object == nil {
		return nil, app.Field("non_field_errors", "Invalid data. Expected a dictionary, but got "+pythonType(raw)+".")
	}
	return object, nil
}

// formObject has the last value of each field, and all of those whose names end with [].
func formObject(form url.Values) map[string]json.RawMessage {
	object := map[string]json.RawMessage{}
	for k, vs := range form {
		if strings.HasSuffix(k, "[]") {
			object[k], _ = json.Marshal(vs)
		} else if len(vs) > 0 {
			object[k], _ = json.Marshal(vs[len(vs)-1]) // strings always encode
		}
	}
	return object
}

// jsonFault says what is wrong with a text as the reference's parser (Python's json) does for the usual faults.
func jsonFault(raw []byte) string {
	var syntax *json.SyntaxError
	at := len(raw)
	if errors.As(json.Unmarshal(raw, new(any)), &syntax) {
		at = max(int(syntax.Offset)-1, 0)
	}
	if at >= len(raw)-1 && !strings.ContainsAny(string(raw[max(at, 0):]), "}]") {
		at = min(at+1, len(raw))
	}
	before := strings.TrimRight(string(raw[:min(at, len(raw))]), " \t\r\n")
	what := "Expecting value"
	switch {
	case strings.HasSuffix(before, "{"):
		what = "Expecting property name enclosed in double quotes"
	case strings.HasSuffix(before, `"`) && strings.Count(before, `"`)%2 == 0:
		what = "Expecting ',' delimiter"
	}
	line := 1 + strings.Count(string(raw[:at]), "\n")
	column := at - strings.LastIndex(string(raw[:at]), "\n")
	return what + ": line " + strconv.Itoa(line) + " column " + strconv.Itoa(column) + " (char " + strconv.Itoa(at) + ")"
}

// pythonType names the type of a JSON value as the reference does.
func pythonType(raw []byte) string {
	switch raw = bytes.TrimSpace(raw); {
	case len(raw) == 0 || raw[0] == 'n':
		return "NoneType"
	case raw[0] == '{':
		return "dict"
	case raw[0] == '[':
		return "list"
	case raw[0] == '"':
		return "str"
	case raw[0] == 't' || raw[0] == 'f':
		return "bool"
	case bytes.ContainsAny(raw, ".eE"):
		return "float"
	}
	return "int"
}

// AsSent leaves a refusal as it is: for a body without nested objects, whose fields are named after the operation.
func AsSent(err error) error { return err }

// Nested reads one object of a list in a body by the json and check tags of *dest; its faults are the error's body.
// Named has the refusals of what is done with it call the fields as the request does.
func Nested[T any](raw json.RawMessage, dest *T) (named func(error) error, err error) {
	return nested(raw, dest, http.MethodPost)
}

// NestedPart is Nested where nothing is required, as in a change.
func NestedPart[T any](raw json.RawMessage, dest *T) (named func(error) error, err error) {
	return nested(raw, dest, http.MethodPatch)
}

func nested[T any](raw json.RawMessage, dest *T, method string) (func(error) error, error) {
	object, err := parseObject(raw)
	if err != nil {
		return nil, err
	}
	names, err := newInput(reflect.TypeFor[T](), method).readBody(reflect.ValueOf(dest).Elem(), object)
	return names.rename, err
}

// NestedAll reads objects of a list in a body, which are refused together: by a list of their faults, {} for those
// without.
func NestedAll[T any](raw []json.RawMessage, check func(*T) error) ([]T, error) {
	rows, faults, bad := make([]T, len(raw)), make([]any, len(raw)), false
	for i := range raw {
		faults[i] = map[string]any{}
		_, err := Nested(raw[i], &rows[i])
		if err == nil {
			err = check(&rows[i])
		}
		var fault *app.Error
		if errors.As(err, &fault) {
			faults[i], bad = fault.Fields, true
		} else if err != nil {
			return nil, err
		}
	}
	if bad {
		return nil, &Refusal{Status: http.StatusBadRequest, Body: faults}
	}
	return rows, nil
}

// parameters are those of the request's address. A semicolon is part of a value, as filters by day have it; net/url
// would drop such parameters.
func parameters(r *http.Request) url.Values {
	q, _ := url.ParseQuery(strings.ReplaceAll(r.URL.RawQuery, ";", "%3B")) // what is malformed is passed over
	return q
}

// Parameter is one of the request's address, for what every page of a kind reads; empty for none.
func Parameter(r *http.Request, name string) string { return parameters(r).Get(name) }
