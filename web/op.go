// Package web turns route tables into a server: it finds the operation of a request, lets in who may, reads the input,
// calls a typed handler and writes the answer. The API description comes from the same tables.
package web

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"reflect"
	"slices"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
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

	data    reflect.Type         // of the messages of a stream; nil: it is none
	media   []string             // what is sent in place of JSON
	also    map[int]reflect.Type // further successes: their statuses and bodies
	refuses []int                // further statuses of refusals
	absent  bool                 // the operation is published, and not offered here: see Absent

	unseen    error // what a guest is told of a work item that is not their own; nil: the usual words
	missing   error // what is said of whatever the operation does not find; nil: the rule's words
	form      bool  // what a browser posts: refusals are pages
	look      Look  // nil: refusals are JSON
	problems  bool  // refusals are problems of RFC 9457
	explained string
	example   Example

	scope string // that keys need: group:read or group:write; see scopeOf
	reads bool   // in spite of its method
	wide  bool   // looks at no more than the projects of the call's Access, wherever they are

	counted string // what requests count as, by the client's network; empty: as usual
	either  bool   // elsewhere: a key is as good as a session
	session bool   // below /api/v1/, where others want a key: who calls is known by a session
	heed    *Heed  // looks at what is asked for; nil: nobody does
	run     func(c *app.Call, r *http.Request, args argSource) (any, error)
}

// Do declares an operation. In is read from the path, the query and the body by its tags (see Input); Out is written as
// JSON with the status, unless it is a Reply.
func Do[In, Out any](method, path string, allow Rule, status int, summary string,
	handle func(*app.Call, In) (Out, error)) Op {
	fresh := func() (any, rule) {
		in := new(In)
		return in, func(c *app.Call) (any, error) { return handle(c, *in) }
	}
	return declare(method, path, allow, status, summary, reflect.TypeFor[In](), reflect.TypeFor[Out](), fresh)
}

// rule is a handler with the input that it looks at.
type rule = func(*app.Call) (any, error)

// declare is no part of Do so that it is compiled once, and not for every operation. fresh is asked for each request:
// it returns where the input goes, and the handler of it.
func declare(method, path string, allow Rule, status int, summary string, in, out reflect.Type,
	fresh func() (any, rule)) Op {
	plan := newInput(in, method)
	return Op{Method: method, Path: path, Allow: allow, Status: status, Summary: summary, In: in, Out: out,
		run: func(c *app.Call, r *http.Request, args argSource) (any, error) {
			in, handle := fresh()
			names, err := plan.read(reflect.ValueOf(in).Elem(), r, args)
			if err != nil {
				return nil, err
			}
			return app.Looking(c, func(c *app.Call) (any, error) {
				out, err := handle(c)
				return out, names.rename(err)
			})
		}}
}

// UpTo gives an operation a limit of its own for the size of request bodies.
func (op Op) UpTo(limit func(*app.Config) int64) Op {
	op.MaxBody = limit
	return op
}

// Unseen gives an operation words of its own for guests who see only their own work items.
func (op Op) Unseen(refusal error) Op {
	op.unseen = refusal
	return op
}

// Missing gives an operation one refusal for whatever it does not find.
func (op Op) Missing(refusal error) Op {
	op.missing = refusal
	return op
}

// told is what the caller hears of a handler's error.
func (op *Op) told(err error) error {
	if op.missing != nil && (errors.Is(err, store.ErrNotFound) || errors.Is(err, app.NotFound)) {
		return op.missing
	}
	return err
}

// smallBody is the largest body of what strangers send to sign in.
const smallBody = 64 << 10

// Small bounds the bodies of operations that take only a few short values, whoever sends them.
func Small(ops []Op) []Op {
	for i := range ops {
		ops[i].MaxBody = func(cfg *app.Config) int64 { return min(smallBody, cfg.Server.MaxBody) }
	}
	return ops
}

// BySession lets an operation below /api/v1/ know who calls by the session, and not by a key.
func (op Op) BySession() Op {
	op.session = true
	return op
}

// OrKey lets an operation outside of /api/v1/ know who calls by a key as well as by a session.
func (op Op) OrKey() Op {
	op.either = true
	return op
}

// Reads says that an operation changes nothing, whatever its method.
func (op Op) Reads() Op {
	op.reads = true
	return op
}

// Narrowed says that an operation of a whole workspace looks at no more than the projects that the call's Access has,
// so that it is also for keys of some projects.
func (op Op) Narrowed() Op {
	op.wide = true
	return op
}

// Sends says that a success is no JSON but of these media types.
func (op Op) Sends(media ...string) Op {
	op.media = media
	return op
}

// Also names a further status with which the operation succeeds, with a body of that type.
func (op Op) Also(status int, body reflect.Type) Op {
	op.also = maps.Clone(op.also)
	if op.also == nil {
		op.also = map[int]reflect.Type{}
	}
	op.also[status] = body
	return op
}

// Refuses names statuses of refusals beside those that follow from the rule, the path and the body.
func (op Op) Refuses(statuses ...int) Op {
	op.refuses = append(slices.Clone(op.refuses), statuses...)
	return op
}

// Absent is an operation that is published for servers like this one, and that this one does not offer: whoever may
// make it is told so, by why. It is in the description as not offered.
func Absent(method, path string, allow Rule, summary string, why error) Op {
	op := Do(method, path, allow, http.StatusNoContent, summary,
		func(*app.Call, Nothing) (Nothing, error) { return Nothing{}, why })
	op.absent = true
	return op
}

// Offered says whether an operation is more than a refusal: see Absent.
func (op *Op) Offered() bool { return !op.absent }

// long says whether the answer may be a long one: a list, which is put together in memory.
func (op Op) long() bool {
	switch t := op.Out; {
	case op.Method != http.MethodGet || t == reflect.TypeFor[json.RawMessage]():
		return false
	case t.Kind() == reflect.Slice || t.Implements(reflect.TypeFor[Appender]()) || t == reflect.TypeFor[any]():
		return true
	case t.Kind() == reflect.Struct:
		_, paged := t.FieldByName("Envelope")
		return paged
	}
	return false
}

// Nothing is the In of operations that read nothing, and the Out of those that answer without a body.
type Nothing struct{}

// Map turns rows into wire structs; it never returns nil, so that an empty list is [] on the wire.
func Map[A, B any](as []A, f func(A) B) []B {
	bs := make([]B, len(as))
	for i, a := range as {
		bs[i] = f(a)
	}
	return bs
}
