package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// QueryParameter is a parameter of the query that an operation reads.
type QueryParameter struct {
	Name string
	Kind string // what its text stands for: see describeKind
}

// Parameters are those that an operation reads, as its In says.
func (op Op) Parameters() []QueryParameter {
	var all []QueryParameter
	if op.In.Kind() != reflect.Struct {
		return nil
	}
	for _, f := range reflect.VisibleFields(op.In) {
		name := f.Tag.Get("query")
		if name == "" {
			continue
		}
		if several, ok := reflect.Zero(f.Type).Interface().(Several); ok {
			for name, kind := range several.Parameters() {
				all = append(all, QueryParameter{name, kind})
			}
			continue
		}
		all = append(all, QueryParameter{name, f.Tag.Get("type")})
	}
	return all
}

// Heed says what of a request is passed over, a sentence each.
type Heed struct {
	Query func(q url.Values) (notes []string, err error) // before the operation runs; it may refuse the parameters
	Body  func(unknown []string) (note string)           // of keys that the operation does not read, at least one
}

// Heeding has the requests of an operation looked at. What is passed over is said in Warning headers.
func (op Op) Heeding(heed Heed) Op {
	op.heed = &heed
	return op
}

// heedQuery says what of the parameters is passed over, or refuses them.
func (op *Op) heedQuery(x *exchange, r *http.Request) error {
	if op.heed == nil {
		return nil
	}
	notes, err := op.heed.Query(parameters(r))
	if err == nil {
		warn(x.Header(), notes)
	}
	return err
}

// heedBody says what of the body was passed over, once it is read.
func (op *Op) heedBody(x *exchange) {
	if op.heed != nil && x.body != nil && len(x.body.unknown) > 0 {
		warn(x.Header(), []string{op.heed.Body(x.body.unknown)})
	}
}

// unknown are the keys of a body that are no field's, sorted.
func (in *input) unknown(object map[string]json.RawMessage) []string {
	return slices.Sorted(func(yield func(string) bool) {
		for key := range object {
			if !in.keys[key] && !yield(key) {
				return
			}
		}
	})
}

const (
	maxWarnings = 8   // headers of one answer
	maxWarning  = 400 // bytes of one
)

// warn writes notes as Warning headers (RFC 7234, 5.5): the code 299 is for whatever stays true, the agent has no name.
func warn(h http.Header, notes []string) {
	if len(notes) > maxWarnings {
		more := len(notes) - maxWarnings + 1
		notes = append(notes[:maxWarnings-1:maxWarnings-1], "And "+strconv.Itoa(more)+" more.")
	}
	for _, note := range notes {
		h.Add("Warning", `299 - "`+quotable(note)+`"`)
	}
}

// quotable is a text that can stand within the quotes of a header: printable ASCII, with quotes and backslashes marked.
func quotable(text string) string {
	var b strings.Builder
	for _, r := range text {
		if b.Len() >= maxWarning {
			b.WriteString("...")
			break
		}
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteByte(byte(r))
		case r < ' ' || r > '~':
			b.WriteString(url.QueryEscape(string(r)))
		default:
			b.WriteByte(byte(r))
		}
	}
	return b.String()
}
