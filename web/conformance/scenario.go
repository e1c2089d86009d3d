// Package conformance plays recordings of the reference server against another one and compares step by step.
//
// A recording (testdata/recordings/NAME.json) is a list of steps: what somebody asks, what comes back. Values that
// differ from run to run stand there as placeholders in angle brackets; see placeholder.go. A step with a number was
// recorded and is compared; one without prepares the next. Besides requests there are a few other kinds of steps:
// reading e-mail, receiving webhooks, playing an OAuth provider, and checks of what the step before gave; see Step.
package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Scenario is a recording: a story told in steps.
type Scenario struct {
	Name  string // of the file, without .json
	About string
	First bool // it needs a server that nobody has set up
	Steps []Step
}

// Step is one line of a recording. Exactly one of Do, Upload, Download, Mail, Hook, Provider, Calls, Client, Pause and
// Check says what is done; the fields above them say how, those below what is made of the result.
type Step struct {
	N    *int   `json:"n,omitempty"`    // the number in the recording; without one the step is not compared
	Note string `json:"note,omitempty"` // for readers
	As   string `json:"as,omitempty"`   // the client that asks

	Do       string `json:"do,omitempty"`       // METHOD PATH; the body is one of the fields below
	Upload   string `json:"upload,omitempty"`   // the name of what says where and how to post the file in Multipart
	Download string `json:"download,omitempty"` // a path from which redirects are followed
	Mail     string `json:"mail,omitempty"`     // an address: its emails, once there are Count
	Hook     int    `json:"hook,omitempty"`     // the nth receiver of webhooks: what is new, once there are Count
	Provider int    `json:"provider,omitempty"` // the nth OAuth provider gives Answers from now on
	Calls    int    `json:"calls,omitempty"`    // what the nth provider was asked so far
	Client   string `json:"client,omitempty"`   // a new client with an API key (Key) or the cookies of another (Cookies)
	Pause    bool   `json:"pause,omitempty"`    // waits until background work is done
	Check    string `json:"check,omitempty"`    // looks again at what the step before gave

	Send      json.RawMessage   `json:"send,omitempty"`      // a JSON body
	Raw       *string           `json:"raw,omitempty"`       // a body as it is
	Form      map[string]string `json:"form,omitempty"`      // fields of a form
	Multipart []Part            `json:"multipart,omitempty"` // parts of a form with files
	Headers   map[string]string `json:"headers,omitempty"`   // beside the usual ones
	Key       string            `json:"key,omitempty"`       // the API key of a new client
	Cookies   string            `json:"cookies,omitempty"`   // whose cookies a new client has
	Count     int               `json:"count,omitempty"`     // how many letters or deliveries are waited for
	Secret    string            `json:"secret,omitempty"`    // with which deliveries are signed
	Quiet     float64           `json:"quiet,omitempty"`     // seconds in which no more deliveries come
	Answers   json.RawMessage   `json:"answers,omitempty"`   // of a provider: METHOD PATH -> [status, body]
	Settle    float64           `json:"settle,omitempty"`    // seconds that background work may take
	Until     string            `json:"until,omitempty"`     // what must hold of the result, with Settle

	Name      map[string]string `json:"name,omitempty"`      // ids that are shown by a name, here already
	Later     map[string]string `json:"later,omitempty"`     // ids that are shown by a name from the next step on
	Take      map[string]string `json:"take,omitempty"`      // values of the result that later requests use
	Show      string            `json:"show,omitempty"`      // what of the result is compared; all of it without
	Mask      []string          `json:"mask,omitempty"`      // paths whose values may differ: see mask
	Unordered bool              `json:"unordered,omitempty"` // the order of lists is not compared
	Want      *Want             `json:"want,omitempty"`
}

// Part is a part of a multipart form; one with a file name is a file.
type Part struct {
	Name   string `json:"name"`
	File   string `json:"file,omitempty"`
	Type   string `json:"type,omitempty"`
	Text   string `json:"text,omitempty"`
	Base64 []byte `json:"base64,omitempty"`
}

// Want is what the reference gave.
type Want struct {
	Status  int               `json:"status,omitempty"` // none: the step is no request
	Headers map[string]string `json:"headers,omitempty"`
	Body    json.RawMessage   `json:"body"`
}

// What says in a few words what a step does.
func (s *Step) What() string {
	for _, what := range []string{s.Check, s.Do, s.Client} {
		if what != "" {
			return what
		}
	}
	switch {
	case s.Upload != "":
		return "upload " + s.Upload
	case s.Download != "":
		return "download " + s.Download
	case s.Mail != "":
		return "mail to " + s.Mail
	case s.Hook > 0:
		return fmt.Sprintf("deliveries to receiver %d", s.Hook)
	case s.Pause:
		return "pause"
	}
	return "provider"
}

// file is the form in which a scenario is kept: a step a line.
type file struct {
	About string `json:"about"`
	First bool   `json:"first,omitempty"`
	Steps []Step `json:"steps"`
}

// Load reads the recordings of a folder, in the order of their names.
func Load(folder string) ([]*Scenario, error) {
	names, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		return nil, err
	}
	all := make([]*Scenario, 0, len(names))
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var f file
		d := json.NewDecoder(bytes.NewReader(raw))
		d.DisallowUnknownFields()
		if err := d.Decode(&f); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		short := strings.TrimSuffix(filepath.Base(name), ".json")
		all = append(all, &Scenario{Name: short, About: f.About, First: f.First, Steps: f.Steps})
	}
	return all, nil
}

// Save writes a scenario back to a folder.
func (s *Scenario) Save(folder string) error {
	raw, err := s.Encode()
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, s.Name+".json"), raw, 0o644)
}

// Encode returns a scenario in the form in which it is kept: JSON, a step a line.
func (s *Scenario) Encode() ([]byte, error) {
	var out bytes.Buffer
	line := json.NewEncoder(&out)
	line.SetEscapeHTML(false)
	head := map[string]any{"about": s.About}
	if s.First {
		head["first"] = true
	}
	if err := line.Encode(head); err != nil {
		return nil, err
	}
	out.Truncate(out.Len() - len("}\n"))
	out.WriteString(`,"steps":[`)
	for i := range s.Steps {
		out.WriteString([]string{"\n", ",\n"}[min(i, 1)])
		if err := line.Encode(&s.Steps[i]); err != nil {
			return nil, fmt.Errorf("%s, step %d: %w", s.Name, i, err)
		}
		out.Truncate(out.Len() - len("\n"))
	}
	out.WriteString("\n]}\n")
	return out.Bytes(), nil
}
