package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/directory"
	"github.com/sailplane/sailplane/store"
)

// Refusal is a refusal as it goes over the wire. Rules return an app.Error, which becomes one here; what is about HTTP
// itself, and what an operation shows in a shape of its own, is one from the start.
type Refusal struct {
	Status int
	Body   any // written as JSON; nil for none
	Cause  error
}

func (r *Refusal) Error() string {
	if r.Cause != nil {
		return fmt.Sprintf("%d %v: %v", r.Status, r.Body, r.Cause)
	}
	return fmt.Sprintf("%d %v", r.Status, r.Body)
}

// Unwrap gives the cause.
func (r *Refusal) Unwrap() error { return r.Cause }

// Detail is {"detail": text} with the status: so speaks the reference's framework, where its views say "error".
func Detail(status int, text string) error {
	return &Refusal{Status: status, Body: map[string]string{"detail": text}}
}

// Message is {"message": text} with status 400.
func Message(text string) error {
	return &Refusal{Status: http.StatusBadRequest, Body: map[string]string{"message": text}}
}

// statuses are the kinds of refusals in HTTP.
var statuses = map[app.Kind]int{
	app.Invalid:         http.StatusBadRequest,
	app.Unauthenticated: http.StatusUnauthorized,
	app.Forbidden:       http.StatusForbidden,
	app.NotFound:        http.StatusNotFound,
	app.Conflict:        http.StatusConflict,
	app.TooLarge:        http.StatusRequestEntityTooLarge,
	app.TooMany:         http.StatusTooManyRequests,
	app.Unreachable:     http.StatusBadGateway,
	app.Unavailable:     http.StatusServiceUnavailable,
}

// general are the words for refusals that have none of their own; they are the framework's.
var general = map[app.Kind]string{
	app.Unauthenticated: "Authentication credentials were not provided.",
	app.Forbidden:       "You do not have permission to perform this action.",
}

// errInternal is what users see of a fault of ours; the log has the cause under the same request id.
var errInternal = map[string]string{"error": "Something went wrong please try again later"}

// failure turns any error into a status and a body. It is the only place that knows.
func failure(err error) (int, any) {
	var wire *Refusal
	var rule *app.Error
	switch {
	case errors.As(err, &wire):
		return wire.Status, wire.Body
	case errors.As(err, &rule):
		if body := bodyOf(rule); body != nil {
			return statuses[rule.Kind], body
		}
	case errors.Is(err, store.ErrNotFound):
		return failure(app.ErrMissing)
	case errors.Is(err, store.ErrUnique), errors.Is(err, store.ErrReference), errors.Is(err, store.ErrValue):
		return failure(app.ErrPayload)
	case errors.Is(err, store.ErrCrowded):
		return failure(app.Refuse(app.Unavailable,
			"All connections to the database are in use; nothing was changed. Try again in a moment."))
	case errors.Is(err, store.ErrDown):
		return failure(app.Refuse(app.Unavailable,
			"The database can't be reached; nothing was changed. Try again in a moment."))
	case errors.Is(err, store.ErrBusy), errors.Is(err, store.ErrOvertaken):
		return failure(app.Refuse(app.Unavailable,
			"Others are changing the same; nothing was changed. Try again in a moment."))
	case errors.Is(err, context.DeadlineExceeded):
		return failure(app.Refuse(app.Unavailable, "This took too long; nothing was changed. Try again in a moment."))
	case errors.Is(err, store.ErrFull):
		return http.StatusInsufficientStorage,
			map[string]string{"error": "The server's disk is full; nothing was changed. Ask its administrator to make room."}
	}
	return http.StatusInternalServerError, errInternal
}

// bodyOf is how a rule's refusal looks: {"error": text}, with the code and whatever goes back with it, but for those
// that have a look of their own. It is nil for what has neither words nor a number: a mistake of ours.
func bodyOf(e *app.Error) any {
	if number, ok := numbers[e.Code]; ok {
		return withDetails(e, map[string]any{"error_code": number, "error_message": numbered(e)})
	}
	if look, ok := looks[e.Code]; ok {
		return withDetails(e, look(e.Text))
	}
	switch {
	case e.Param != "" && e.Code != "": // a tree of filters
		body := map[string]any{"message": e.Text, "code": e.Code}
		if e.Fields != nil {
			body["errors"] = e.Fields
		}
		return body
	case e.Fields != nil:
		return e.Fields
	case e.Model != "":
		return map[string]string{"detail": "No " + e.Model + " matches the given query."}
	case e.Param != "":
		return map[string]string{"detail": e.Text}
	case e.Text != "":
		body := map[string]any{"error": e.Text}
		if e.Code != "" {
			body["code"] = e.Code
		}
		return withDetails(e, body)
	case general[e.Kind] != "":
		return map[string]string{"detail": general[e.Kind]}
	}
	return nil
}

func withDetails(e *app.Error, body map[string]any) any {
	for _, d := range e.Details {
		body[d.Key] = d.Value
	}
	return body
}

// looks are the refusals that the reference says in a way of its own, by their code.
var looks = map[string]func(text string) map[string]any{
	"ALREADY_SUBSCRIBED": func(text string) map[string]any { return map[string]any{"message": text} },
	"DATES_CROSS":        func(text string) map[string]any { return map[string]any{"message": text} },
	"ASSET_EXISTS":       func(text string) map[string]any { return map[string]any{"message": text} },
	"INVALID_ASSET":      func(text string) map[string]any { return map[string]any{"error": text, "status": false} },
	"CYCLE_COMPLETED": func(text string) map[string]any {
		return map[string]any{"message": text,
			"code": "CYCLE_COMPLETED"}
	},
	// forms of the frontends show error, lists detail, and quick ones message
	"WORKFLOW_REFUSED": func(text string) map[string]any {
		return map[string]any{"error": text, "detail": text, "message": text, "code": "WORKFLOW_REFUSED"}
	},
	"KEY_SCOPE": ofKey("KEY_SCOPE"), "KEY_READ_ONLY": ofKey("KEY_READ_ONLY"),
	"KEY_WORKSPACE": ofKey("KEY_WORKSPACE"), "KEY_PROJECT": ofKey("KEY_PROJECT"), "KEY_LIMITED": ofKey("KEY_LIMITED"),
	"MODULE_NAME_ALREADY_EXISTS": func(text string) map[string]any {
		return map[string]any{"error": text, "message": text, "code": "MODULE_NAME_ALREADY_EXISTS"}
	},
}

// ofKey is how refusals look that are for what a key is bound to: some clients show error, some detail.
func ofKey(code string) func(text string) map[string]any {
	return func(text string) map[string]any { return map[string]any{"error": text, "detail": text, "code": code} }
}

// numbers are the reference's numbers for what it refuses by name: its frontends turn them into words. Programs get
// them as JSON, forms as parameters of the page that they are sent to.
// Plane: authentication/adapter/error.py, utils/error_codes.py
var numbers = map[string]int{
	"INVALID_ARCHIVE_STATE_GROUP": 4091, "PAGE_LOCKED": 4701, "PAGE_ARCHIVED": 4702, "INSTANCE_NOT_CONFIGURED": 5000,
	directory.CodeUnreachable: 5000, // the frontends know no other that sends people to an administrator
	"INVALID_EMAIL":           5005, "USER_ACCOUNT_DEACTIVATED": 5019, "EMAIL_REQUIRED": 5010, "SIGNUP_DISABLED": 5015,
	"MAGIC_LINK_LOGIN_DISABLED": 5016, "INVALID_PASSWORD": 5020, "PASSWORD_TOO_WEAK": 5021,
	"SMTP_NOT_CONFIGURED": 5025, "USER_ALREADY_EXIST": 5030, "REQUIRED_EMAIL_PASSWORD_SIGN_UP": 5040,
	"INVALID_EMAIL_SIGN_UP": 5045, "MAGIC_SIGN_UP_EMAIL_CODE_REQUIRED": 5055,
	"EMAIL_PASSWORD_AUTHENTICATION_DISABLED": 5056, "USER_DOES_NOT_EXIST": 5060, "AUTHENTICATION_FAILED_SIGN_IN": 5065,
	"REQUIRED_EMAIL_PASSWORD_SIGN_IN": 5070, "INVALID_EMAIL_SIGN_IN": 5075, "MAGIC_SIGN_IN_EMAIL_CODE_REQUIRED": 5085,
	"INVALID_MAGIC_CODE_SIGN_IN": 5090, "INVALID_MAGIC_CODE_SIGN_UP": 5092, "EXPIRED_MAGIC_CODE_SIGN_IN": 5095,
	"EXPIRED_MAGIC_CODE_SIGN_UP": 5097, "EMAIL_CODE_ATTEMPT_EXHAUSTED_SIGN_IN": 5100,
	"EMAIL_CODE_ATTEMPT_EXHAUSTED_SIGN_UP": 5102, "OAUTH_NOT_CONFIGURED": 5104, "GOOGLE_NOT_CONFIGURED": 5105,
	"GITHUB_NOT_CONFIGURED": 5110, "GITLAB_NOT_CONFIGURED": 5111, "GITEA_NOT_CONFIGURED": 5112,
	"GOOGLE_OAUTH_PROVIDER_ERROR": 5115, "GITHUB_OAUTH_PROVIDER_ERROR": 5120, "GITLAB_OAUTH_PROVIDER_ERROR": 5121,
	"GITHUB_USER_NOT_IN_ORG": 5122, "GITEA_OAUTH_PROVIDER_ERROR": 5123, "INVALID_PASSWORD_TOKEN": 5125,
	"EXPIRED_PASSWORD_TOKEN": 5130, "INCORRECT_OLD_PASSWORD": 5135, "MISSING_PASSWORD": 5138,
	"PASSWORD_ALREADY_SET": 5145, "ADMIN_ALREADY_EXIST": 5150, "REQUIRED_ADMIN_EMAIL_PASSWORD_FIRST_NAME": 5155,
	"INVALID_ADMIN_EMAIL": 5160, "REQUIRED_ADMIN_EMAIL_PASSWORD": 5170, "ADMIN_AUTHENTICATION_FAILED": 5175,
	"ADMIN_USER_ALREADY_EXIST": 5180, "ADMIN_USER_DOES_NOT_EXIST": 5185, "ADMIN_USER_DEACTIVATED": 5190,
	"RATE_LIMIT_EXCEEDED": 5900,
}

// numbered is the name of a refusal that has a number.
func numbered(e *app.Error) string {
	if e.Text != "" {
		return e.Code + ": " + e.Text
	}
	return e.Code
}

// FormRefusal is a numbered refusal as parameters of the page that a form's sender is led to, in the reference's order;
// ok is false for every other error.
func FormRefusal(err error) (query string, ok bool) {
	var e *app.Error
	if !errors.As(err, &e) {
		return "", false
	}
	number, ok := numbers[e.Code]
	if !ok {
		return "", false
	}
	parts := []string{"error_code=" + strconv.Itoa(number), "error_message=" + url.QueryEscape(numbered(e))}
	for _, d := range e.Details {
		parts = append(parts, d.Key+"="+url.QueryEscape(fmt.Sprint(d.Value)))
	}
	return strings.Join(parts, "&"), true
}

// RefusedInput says whether an error refuses what was sent, so that whoever sent it can send something else, and with
// which status.
func RefusedInput(err error) (status int, ok bool) {
	if err == nil {
		return 0, false
	}
	status, _ = failure(err)
	var rule *app.Error
	if errors.As(err, &rule) && rule.Kind == app.NotFound && rule.Code != "" { // of what was named, not of the page
		return status, true
	}
	return status, slices.Contains([]int{http.StatusBadRequest, http.StatusConflict, http.StatusTooManyRequests,
		http.StatusBadGateway}, status)
}

// Words are what a refusal says, for pages; empty for faults of ours.
func Words(err error) string {
	_, body := failure(err)
	texts, _ := body.(map[string]string)
	if any, ok := body.(map[string]any); ok {
		texts = map[string]string{}
		for _, key := range []string{"error", "message"} {
			texts[key], _ = any[key].(string)
		}
	}
	for _, key := range []string{"detail", "error", "message"} {
		if texts[key] != "" && texts[key] != errInternal["error"] {
			return texts[key]
		}
	}
	return ""
}

// Missing says whether an error is that something is not there.
func Missing(err error) bool {
	return errors.Is(err, store.ErrNotFound) || errors.Is(err, app.NotFound)
}
