// Package web turns route tables into a server: it finds the operation of a request, lets in who may, reads the input,
// calls a typed handler and writes the answer. The API description comes from the same tables.
package web

import (
	"net/http"
	"reflect"

	"github.com/sailplane/sailplane/app"
)

// Op is one operation of the API: a row of a route table.
type Op struct {
	Method  string
	Path    string // with {name}, {name:uuid} and {a}-{b} parameters
	Allow   Rule
	Status  int // of a success
	Summary string
	In, Out reflect.Type // read by the API description

	// MaxBody is how large a request's body may be; nil: as server.max_body says.
	MaxBody func(*app.Config) int64

	form    bool // what a browser posts: refusals are pages
	session bool // below /api/v1/, where others want a key: who calls is known by a session
	run     func(c *app.Call, r *http.Request, args argSource) (any, error)
}

// Do declares an operation. In is read from the path, the query and the body by its tags (see Input); Out is written as
// JSON with the status, unless it is a Reply.
func Do[In, Out any](method, path string, allow Rule, status int, summary string, handle func(*app.Call, In) (Out, error)) Op {
	plan := newInput(reflect.TypeFor[In](), method)
	return Op{Method: method, Path: path, Allow: allow, Status: status, Summary: summary, In: reflect.TypeFor[In](), Out: reflect.TypeFor[Out](),
		run: func(c *app.Call, r *http.Request, args argSource) (any, error) {
			var in In
			if err := plan.read(reflect.ValueOf(&in).Elem(), r, args); err != nil {
				return nil, err
			}
			return app.Looking(c, func(c *app.Call) (Out, error) { return handle(c, in) })
		}}
}

// UpTo gives an operation a limit of its own for the size of request bodies.
func (op Op) UpTo(limit func(*app.Config) int64) Op {
	op.MaxBody = limit
	return op
}

// BySession lets an operation below /api/v1/ know who calls by the session, and not by a key.
func (op Op) BySession() Op {
	op.session = true
	return op
}

// Nothing is the In of operations that read nothing, and the Out of those that answer without a body.
type Nothing struct{}

// Map turns rows into wire structs; it never answers nil, so that an empty list is [] on the wire.
func Map[A, B any](as []A, f func(A) B) []B {
	bs := make([]B, len(as))
	for i, a := range as {
		bs[i] = f(a)
	}
	return bs
}
