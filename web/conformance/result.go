package conformance

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"strings"
)

// signedLink is the address of a stored file with a signature: where that lies is nobody's business.
var signedLink = regexp.MustCompile(`(?i)x-amz-|signature=|[?&]sig=`)

// shown is a result as recordings show it.
func (p *play) shown(s *Step, got result) (*Want, error) {
	want := &Want{}
	var body any
	switch {
	case s.Show != "":
		v, err := p.query(s.Show, got)
		if err != nil {
			return nil, err
		}
		body = p.names.show(v, "")
	case got.response == nil || isJSON(got):
		body = p.names.show(got.doc, "")
	case len(got.response.raw) > 0:
		body = "<" + got.response.kind() + ">"
	default:
		body = ""
	}
	if body = mask(body, s.Mask); s.Unordered {
		body = inAnyOrder(body)
	}
	if s.Check == "" && got.response != nil {
		want.Status, want.Headers = got.response.status, p.headers(got.response)
	}
	want.Body = asJSON(body)
	return want, nil
}

// isJSON says whether a response has a body of JSON, other than null.
func isJSON(got result) bool {
	return strings.Contains(got.response.header.Get("Content-Type"), "json") && got.doc != nil
}

// knownDevice is a cookie of our own: the reference tells nobody that their account was signed in to from a new device.
const knownDevice = "known-device"

// headers are those that count: the type of the body, where a redirect leads, and the cookies.
func (p *play) headers(r *response) map[string]string {
	out := map[string]string{}
	if kind := r.kind(); kind != "" && len(r.raw) > 0 {
		out["content-type"] = kind
	}
	if location := r.header.Get("Location"); location != "" {
		out["location"] = p.names.showText(location)
		if signedLink.MatchString(location) {
			out["location"] = "<file>"
		}
	}
	for _, cookie := range (&http.Response{Header: r.header}).Cookies() {
		switch cookie.Name {
		case "csrftoken": // whether it is sent again differs from call to call
		case knownDevice:
		default:
			out["cookie "+cookie.Name] = strings.Join(flags(cookie), " ")
		}
	}
	return out
}

func flags(c *http.Cookie) []string {
	all := []string{"path=" + c.Path}
	if c.HttpOnly {
		all = append(all, "httponly")
	}
	switch c.SameSite {
	case http.SameSiteLaxMode:
		all = append(all, "samesite=lax")
	case http.SameSiteStrictMode:
		all = append(all, "samesite=strict")
	case http.SameSiteNoneMode:
		all = append(all, "samesite=none")
	}
	if c.MaxAge < 0 {
		all = append(all, "deleted")
	}
	return all
}

// compare says how a result is not as the reference's. Where the reference fails (5xx), whatever is no failure will do.
func (p *play) compare(want, got *Want) []string {
	if want.Status >= http.StatusInternalServerError {
		if got.Status >= http.StatusInternalServerError {
			return []string{fmt.Sprintf("status: got %d", got.Status)}
		}
		return nil
	}
	var faults []string
	if want.Status != got.Status {
		faults = append(faults, fmt.Sprintf("status: want %d, got %d", want.Status, got.Status))
	}
	faults = append(faults, differences("header", values(want.Headers), values(got.Headers))...)
	return append(faults, differences("body", fromJSON(want.Body), fromJSON(got.Body))...)
}

func values(headers map[string]string) map[string]any {
	out := map[string]any{}
	for key, value := range maps.All(headers) {
		out[key] = value
	}
	return out
}

// Update writes what the server gave into a scenario, where that is not listed as a difference, and says whether
// anything changed.
func (s *Scenario) Update(outcomes []Outcome, differences Differences) (changed bool) {
	for _, o := range outcomes {
		if o.Step.N == nil || o.Got == nil || len(o.Faults) == 0 || differences[Place{s.Name, *o.Step.N}] != "" {
			continue
		}
		s.Steps[o.Index].Want, changed = o.Got, true
	}
	return changed
}
