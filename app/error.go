package app

import (
	"errors"
	"fmt"
	"strings"

	"github.com/sailplane/sailplane/store"
)

// Kind says what is wrong with a request, in words that no protocol knows. It is an error, so that callers may ask for
// it: errors.Is(err, app.NotFound).
type Kind string

// The kinds of refusals. What each looks like to whom is the business of web.
const (
	Invalid         Kind = "invalid"           // the request asks for what makes no sense
	Unauthenticated Kind = "not authenticated" // nobody knows who asks
	Forbidden       Kind = "forbidden"         // who asks may not
	NotFound        Kind = "not found"
	Conflict        Kind = "conflict" // something that exists is in the way
	TooLarge        Kind = "too large"
	TooMany         Kind = "too many" // it was asked too often
	Unavailable     Kind = "unavailable"
	Unreachable     Kind = "unreachable" // a service of others that is needed does not answer
)

func (k Kind) Error() string { return string(k) }

// Error is a refusal that a user may see. One without a text, a code and fields is told in the general words for its
// kind.
type Error struct {
	Kind    Kind
	Text    string   // what is wrong, in a sentence
	Code    string   // a name for it, which programs ask for
	Fields  Fields   // what is wrong, field by field
	Model   string   // of what is not found: the reference's name of the row
	Param   string   // the parameter of the query that is wrong
	Details []Detail // what goes back with it: the row that is in the way, the address that was typed
	Cause   error    // for the log only
}

// Detail is something that goes back with a refusal.
type Detail struct {
	Key   string
	Value any
}

func (e *Error) Error() string {
	parts := []string{string(e.Kind)}
	for _, s := range []string{e.Code, e.Param, e.Model, e.Text} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	if len(e.Fields) > 0 {
		parts = append(parts, fmt.Sprint(map[string]any(e.Fields)))
	}
	if e.Cause != nil {
		parts = append(parts, e.Cause.Error())
	}
	return strings.Join(parts, ": ")
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Is says whether the refusal is of a kind.
func (e *Error) Is(target error) bool {
	kind, ok := target.(Kind)
	return ok && kind == e.Kind
}

// Fields is what is wrong with a request, field by field; non_field_errors is for the whole.
// Values are lists of texts or, for nested input, further maps.
type Fields map[string]any

// Add appends a text to a field's list.
func (f Fields) Add(field, text string) {
	list, _ := f[field].([]string)
	f[field] = append(list, text)
}

// Err returns the faults as one refusal, or nil when there are none.
func (f Fields) Err() error {
	if len(f) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Fields: f}
}

// Refuse is a refusal of that kind, with a text.
func Refuse(kind Kind, text string) error { return &Error{Kind: kind, Text: text} }

// Field is a refusal for one field.
func Field(name, text string) error { return Fields{name: []string{text}}.Err() }

// BadParam is a refusal for a parameter of the query.
func BadParam(name, text string) error { return &Error{Kind: Invalid, Param: name, Text: text} }

// Coded is a refusal that has a name and no words: programs and frontends know the name. Details come in pairs of key
// and value.
func Coded(code string, details ...string) *Error {
	e := &Error{Kind: Invalid, Code: code}
	for i := 0; i+1 < len(details); i += 2 {
		e.Details = append(e.Details, Detail{Key: details[i], Value: details[i+1]})
	}
	return e
}

// Refusals that are given again and again.
var (
	ErrUnauthenticated error = &Error{Kind: Unauthenticated}
	ErrDenied          error = &Error{Kind: Forbidden}
	ErrForbidden             = Refuse(Forbidden, "You don't have the required permissions.")
	ErrNotForGuests          = Refuse(Forbidden, "You are not allowed to view this issue") // who sees only their own
	ErrMissing               = Refuse(NotFound, "The required object does not exist.")
	ErrNoPage                = Refuse(NotFound, "Page not found.")
	ErrPayload               = Refuse(Invalid, "The payload is not valid")
	ErrValue                 = Refuse(Invalid, "Please provide valid detail")
	ErrKey                   = Refuse(Invalid, "The required key does not exist.")
)

// Unknown is what is said to those who name something that is not there, where the reference leaves that to its
// database.
func Unknown(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return ErrPayload
	}
	return err
}

// NoMatch is the general refusal for a row that is not there; model is the reference's name of it.
func NoMatch(model string) error { return &Error{Kind: NotFound, Model: model} }

// DuplicateOf is the refusal of what exists already, with the id of the row that is in the way.
func DuplicateOf(text, id string) error {
	return &Error{Kind: Conflict, Text: text, Details: []Detail{{Key: "id", Value: id}}}
}

// Circle is what a field says that puts a row below itself.
const Circle = "This would be below itself."

// NoObject is what a field says that names a row which does not exist.
func NoObject(id string) string { return `Invalid pk "` + id + `" - object does not exist.` }
