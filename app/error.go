package app

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/sailplane/sailplane/store"
)

// Error is what a user may see: a status and a body in the API's own shape. Cause is for the log only.
type Error struct {
	Status int
	Body   any
	Cause  error
}

func (e *Error) Error() string {
	if e.Cause != nil {
		return fmt.Sprintf("%d %v: %v", e.Status, e.Body, e.Cause)
	}
	return fmt.Sprintf("%d %v", e.Status, e.Body)
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Fields is what is wrong with a request, field by field; non_field_errors is for the whole.
// Values are lists of texts or, for nested input, further maps.
type Fields map[string]any

// Add appends a text to a field's list.
func (f Fields) Add(field, text string) {
	list, _ := f[field].([]string)
	f[field] = append(list, text)
}

// Err answers the faults as a 400, or nil when there are none.
func (f Fields) Err() error {
	if len(f) == 0 {
		return nil
	}
	return &Error{Status: http.StatusBadRequest, Body: f}
}

// Invalid is a 400 {"error": text}.
func Invalid(text string) error { return Refuse(http.StatusBadRequest, text) }

// Refuse is {"error": text} with the status.
func Refuse(status int, text string) error {
	return &Error{Status: status, Body: map[string]string{"error": text}}
}

// Detail is {"detail": text} with the status.
func Detail(status int, text string) error {
	return &Error{Status: status, Body: map[string]string{"detail": text}}
}

// Field is a 400 {"name": ["text"]}.
func Field(name, text string) error {
	return &Error{Status: http.StatusBadRequest, Body: Fields{name: []string{text}}}
}

// Bodies that the reference answers again and again. It has two words for each refusal, by the kind of view.
var (
	ErrUnauthenticated = Detail(http.StatusUnauthorized, "Authentication credentials were not provided.")
	ErrForbidden       = Refuse(http.StatusForbidden, "You don't have the required permissions.")
	ErrDenied          = Detail(http.StatusForbidden, "You do not have permission to perform this action.")
	ErrMissing         = Refuse(http.StatusNotFound, "The required object does not exist.")
	ErrNoPage          = Refuse(http.StatusNotFound, "Page not found.")
	ErrPayload         = Refuse(http.StatusBadRequest, "The payload is not valid")
	ErrValue           = Refuse(http.StatusBadRequest, "Please provide valid detail")
	ErrKey             = Refuse(http.StatusBadRequest, "The required key does not exist.")
)

// Unknown is what is said to those who name something that is not there, where the reference leaves that to its database.
func Unknown(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return ErrPayload
	}
	return err
}

// NoMatch is the generic 404 {"detail": "No Label matches the given query."}; model is the reference's name of the row.
func NoMatch(model string) error {
	return Detail(http.StatusNotFound, "No "+model+" matches the given query.")
}

// Twin is the 409 about a row that exists already: {"error": text, "id": the row's}.
func Twin(text, id string) error {
	return &Error{Status: http.StatusConflict, Body: map[string]string{"error": text, "id": id}}
}

// Circle is what a field says that puts a row below itself.
const Circle = "This would be below itself."

// NoObject is what a field says that names a row which does not exist.
func NoObject(id string) string { return `Invalid pk "` + id + `" - object does not exist.` }
