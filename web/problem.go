package web

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/sailplane/sailplane/app"
)

// Problem is a refusal as RFC 9457 has it, and as clients of /api/v2/ read it.
type Problem struct {
	Type   string         `json:"type"` // the kind
	Code   string         `json:"code"` // the condition: that is what programs go by
	Detail string         `json:"detail"`
	Errors []ProblemField `json:"errors,omitempty"`
}

// ProblemField is what is wrong with one field of a request.
type ProblemField struct {
	Field   string `json:"field"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

const problemJSON = "application/problem+json"

// problemTypes are the kinds of problems, by status.
var problemTypes = map[int]string{400: "invalid_request", 401: "unauthorized", 403: "forbidden", 404: "not_found",
	405: "method_not_allowed", 409: "conflict", 413: "payload_too_large", 415: "unsupported_media_type",
	429: "rate_limited", 502: "service_unavailable", 503: "service_unavailable", 504: "service_unavailable"}

// Problems has the refusals of an operation look as RFC 9457 says.
func (op Op) Problems() Op {
	op.problems = true
	return op
}

func problemsOf(methods map[string]*Op) bool {
	for _, op := range methods {
		return op.problems
	}
	return false
}

// problem is what a refusal is as a problem; invalid_request and the like are told field by field.
func problem(status int, err error) Problem {
	p := Problem{Type: problemTypes[status], Detail: Words(err)}
	switch {
	case p.Type == "" && status >= http.StatusInternalServerError:
		p.Type = "server_error"
	case p.Type == "":
		p.Type = "invalid_request"
	}
	p.Code = p.Type
	var rule *app.Error
	if errors.As(err, &rule) {
		if rule.Code != "" {
			p.Code = rule.Code
		}
		for field, told := range rule.Fields {
			texts, _ := told.([]string)
			for _, text := range texts {
				p.Errors = append(p.Errors, ProblemField{Field: field, Code: "invalid", Message: text})
			}
		}
	}
	if len(p.Errors) > 0 {
		p.Detail = "One or more fields failed validation."
	}
	if p.Detail == "" {
		p.Detail = http.StatusText(status)
	}
	return p
}

// refuseAsProblem writes a refusal as a problem.
func (x *exchange) refuseAsProblem(status int, err error) error {
	raw, failed := json.Marshal(problem(status, err))
	if failed != nil {
		return failed
	}
	x.Header().Set("Content-Type", problemJSON)
	x.WriteHeader(status)
	_, failed = x.Write(raw)
	return failed
}
