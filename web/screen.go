package web

import (
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"reflect"

	"github.com/sailplane/sailplane/app"
)

// Look shows a person why they do not get what they asked for. The call is nil when not even that is known who asks.
type Look func(c *app.Call, r *http.Request, status int, err error) Reply

// errForged refuses a form that does not prove to come from a page of ours.
var errForged = app.Refuse(app.Forbidden, "The form was open for too long, or was sent by another site, or this "+
	"browser keeps no cookies. Nothing was changed. Go back, load the page again and send it once more.")

// Screen declares a page that people use in a browser, without any frontend, or what a form of it does. The handler
// gets the request too, which says what to come back to. Refusals are pages, and what changes something has to prove
// that it comes from a page of ours.
func Screen[In any](method, path string, allow Rule, summary string, look Look,
	handle func(*app.Call, *http.Request, In) (Reply, error)) Op {
	return screen(method, path, allow, summary, look, handle, proven)
}

// ScreenByLink is Screen for an address that is proof enough by itself, and that others than browsers send to: nobody
// knows it but who was told.
func ScreenByLink[In any](method, path, summary string, look Look,
	handle func(*app.Call, *http.Request, In) (Reply, error)) Op {
	return screen(method, path, Public(), summary, look, handle, func(*app.Call, *http.Request) error { return nil })
}

// WithFile is the input of a form with a file: embedded in the In of ScreenWithFile.
type WithFile struct {
	Parts *multipart.Reader `body:"parts" check:"null"` // what follows the token
}

func (f WithFile) parts() *multipart.Reader { return f.Parts }

// FileForm is an input with WithFile in it.
type FileForm interface{ parts() *multipart.Reader }

// ScreenWithFile is Screen for a form that a file comes with, which is read as it arrives: the form's first field is
// the token that proves that it comes from a page of ours.
func ScreenWithFile[In FileForm](path string, allow Rule, summary string, look Look,
	limit func(*app.Config) int64, handle func(*app.Call, *http.Request, In) (Reply, error)) Op {
	return screen("POST", path, allow, summary, look, func(c *app.Call, r *http.Request, in In) (Reply, error) {
		if in.parts() != nil && !repeats(c, r, firstField(in.parts())) {
			return Reply{}, errForged
		}
		return handle(c, r, in)
	}, func(c *app.Call, r *http.Request) error {
		if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "multipart/form-data" {
			return nil // its parts are read once
		}
		r.Body = http.MaxBytesReader(nil, r.Body, smallBody)
		return proven(c, r)
	}).UpTo(limit)
}

// firstField is the token that a form begins with; empty: it begins with something else.
func firstField(parts *multipart.Reader) string {
	part, err := parts.NextPart()
	if err != nil || part.FormName() != csrfField {
		return ""
	}
	token, err := io.ReadAll(io.LimitReader(part, csrfSize+1))
	if err != nil {
		return ""
	}
	return string(token)
}

// proven refuses a form that may be another site's.
func proven(c *app.Call, r *http.Request) error {
	ok, err := csrfOK(c, r)
	if err == nil && !ok {
		err = errForged
	}
	return err
}

func screen[In any](method, path string, allow Rule, summary string, look Look,
	handle func(*app.Call, *http.Request, In) (Reply, error), proof func(*app.Call, *http.Request) error) Op {
	return declareScreen(method, path, allow, summary, look, reflect.TypeFor[In](), proof, func() (any, screenRule) {
		in := new(In)
		return in, func(c *app.Call, r *http.Request) (Reply, error) { return handle(c, r, *in) }
	})
}

// screenRule is a handler with the input that it looks at.
type screenRule = func(*app.Call, *http.Request) (Reply, error)

// declareScreen is compiled once, as declare is.
func declareScreen(method, path string, allow Rule, summary string, look Look, in reflect.Type,
	proof func(*app.Call, *http.Request) error, fresh func() (any, screenRule)) Op {
	plan := newInput(in, method)
	op := Op{Method: method, Path: path, Allow: allow, Status: http.StatusOK, Summary: summary, look: look, In: in,
		Out: reflect.TypeFor[Reply]()}
	op.run = func(c *app.Call, r *http.Request, args argSource) (any, error) {
		if method != http.MethodGet {
			if err := proof(c, r); err != nil {
				return nil, err
			}
			if !isForm(r) {
				r.Body = http.NoBody
			}
		}
		in, handle := fresh()
		if _, err := plan.read(reflect.ValueOf(in).Elem(), r, args); err != nil {
			return nil, err
		}
		return app.Looking(c, func(c *app.Call) (Reply, error) { return handle(c, r) })
	}
	return Small([]Op{op})[0]
}

// Counted has requests count as sign-ins do: see limits.auth_per_minute.
func (o Op) Counted() Op { return o.CountedAs(signIns) }

// CountedAs has requests count apart, under that name, with the same limit.
func (o Op) CountedAs(what string) Op {
	o.counted = what
	return o
}

// lookOf is how refusals of a route look, if they are pages.
func lookOf(methods map[string]*Op) Look {
	for _, op := range methods {
		if op.look != nil {
			return op.look
		}
	}
	return nil
}
