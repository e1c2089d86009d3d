package web

import (
	"bytes"
	"crypto/subtle"
	"encoding/json"
	"io"
	"mime"
	"net/http"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/embed"
)

// CSRFCookie carries the token that a form has to repeat, in the field csrfmiddlewaretoken or in the header
// X-CSRFToken. Another site can make a browser send the cookie, but it can't read it.
const CSRFCookie = "csrftoken"

const (
	csrfField = "csrfmiddlewaretoken"
	csrfSize  = 64
)

// csrfFailurePage says that a request does not prove to come from a page of ours.
var csrfFailurePage = Reply{Status: http.StatusOK, HTML: embed.CSRFPage}

// Form declares an operation that a browser posts as a form and that answers with a redirect. A request that does not
// prove to come from a page of ours is answered with a page that says so, with status 200 as in the reference.
func Form[In any](path, summary string, handle func(*app.Call, In) (Reply, error)) Op {
	op := Small([]Op{Do("POST", path, Public(), http.StatusFound, summary, handle)})[0]
	run := op.run
	op.form = true
	op.run = func(c *app.Call, r *http.Request, args argSource) (any, error) {
		ok, err := csrfOK(c, r)
		if err != nil {
			return nil, err
		}
		if !ok {
			return csrfFailurePage, nil
		}
		if !isForm(r) {
			r.Body = http.NoBody // a form without fields, as in the reference
		}
		return run(c, r, args)
	}
	return op
}

// isForm says whether the body is that of a form.
func isForm(r *http.Request) bool {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return kind == "application/x-www-form-urlencoded" || kind == "multipart/form-data"
}

// BrowserGET declares an operation that a browser opens and that answers with a redirect.
func BrowserGET[In any](path, summary string, handle func(*app.Call, In) (Reply, error)) Op {
	op := Do("GET", path, Public(), http.StatusFound, summary, handle)
	op.form = true
	return op
}

// Guarded is the operation with the same proof asked of whoever has a session; without one there is nothing to abuse.
func (o Op) Guarded() Op {
	run := o.run
	o.run = func(c *app.Call, r *http.Request, args argSource) (any, error) {
		if c.User != nil {
			ok, err := csrfOK(c, r)
			if err != nil {
				return nil, err
			}
			if !ok {
				return nil, Detail(http.StatusForbidden, "CSRF Failed: CSRF token missing.")
			}
		}
		return run(c, r, args)
	}
	return o
}

// CSRFToken returns the token that the client has, or a new one, and the cookie that keeps it.
func CSRFToken(c *app.Call, have string) (token string, cookie *http.Cookie) {
	if token = have; len(have) != csrfSize {
		token = app.Random(csrfSize)
	}
	return token, &http.Cookie{Name: CSRFCookie, Value: token, Path: "/", MaxAge: 365 * 24 * 3600,
		SameSite: http.SameSiteLaxMode, Secure: Secure(c)}
}

// csrfOK says whether a request was made by a page of ours: it comes from no other site, and repeats the cookie's
// token.
func csrfOK(c *app.Call, r *http.Request) (ok bool, err error) {
	token := r.Header.Get("X-CSRFToken")
	if token == "" && !foreign(c, r) {
		if token, err = formToken(r); err != nil {
			return false, err
		}
	}
	return repeats(c, r, token), nil
}

// repeats says whether a request comes from no other site, and the token is the cookie's.
func repeats(c *app.Call, r *http.Request, token string) bool {
	cookie, err := r.Cookie(CSRFCookie)
	if foreign(c, r) || err != nil || len(cookie.Value) != csrfSize {
		return false
	}
	return subtle.ConstantTimeCompare([]byte(token), []byte(cookie.Value)) == 1
}

// formToken reads the token's field and leaves the body to be read again.
func formToken(r *http.Request) (token string, err error) {
	raw, err := readBody(r)
	if err != nil {
		return "", err
	}
	defer func() { r.Body = io.NopCloser(bytes.NewReader(raw)) }()
	if !isForm(r) {
		return "", nil
	}
	fields, err := parseBody(r, raw)
	if err == nil && fields[csrfField] != nil {
		err = json.Unmarshal(fields[csrfField], &token)
	}
	return token, err
}
