package record

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"
)

// Map says how names of a source are called here, and what a file alone does not tell. It is written in TOML, or in
// JSON with the same names.
type Map struct {
	// Of a general table: the field, and the column that has it
	Columns map[string]string `toml:"columns,omitempty" json:"columns,omitempty"`
	// A name, an account or an address there, and the address here; "-": nobody
	People map[string]string `toml:"people,omitempty" json:"people,omitempty"`
	// A key or name there, and the identifier here
	Projects map[string]string `toml:"projects,omitempty" json:"projects,omitempty"`
	// A name there, and the name here
	States map[string]string `toml:"states,omitempty" json:"states,omitempty"`
	// The name of a state, and backlog, unstarted, started, completed or cancelled
	Groups map[string]string `toml:"groups,omitempty" json:"groups,omitempty"`
	// A name there, and urgent, high, medium, low or none
	Priorities map[string]string `toml:"priorities,omitempty" json:"priorities,omitempty"`
	// A name there, and the name here; "-": none
	Labels map[string]string `toml:"labels,omitempty" json:"labels,omitempty"`
	// The order of days, months and years: dmy, mdy or ymd
	Dates string `toml:"dates,omitempty" json:"dates,omitempty"`
	// Of times without one; empty: the workspace's
	Timezone string `toml:"timezone,omitempty" json:"timezone,omitempty"`
	// Of the text: utf-8, utf-16 or windows-1252; empty: as the file looks
	Encoding string `toml:"encoding,omitempty" json:"encoding,omitempty"`
	// Between columns; empty: as the first line looks
	Separator string `toml:"separator,omitempty" json:"separator,omitempty"`
	// Of a general table: plain, markdown, wiki or html
	Text string `toml:"text,omitempty" json:"text,omitempty"`

	zone *time.Location
}

// Groups are the groups of states.
var Groups = []string{"backlog", "unstarted", "started", "completed", "cancelled"}

// Priorities are the priorities that work items have.
var Priorities = []string{"urgent", "high", "medium", "low", "none"}

// ReadMap reads a mapping. What it does not know is refused, with the line.
func ReadMap(text []byte) (*Map, error) {
	m := &Map{}
	dec := toml.NewDecoder(bytes.NewReader(text)).DisallowUnknownFields()
	if err := dec.Decode(m); err != nil {
		var unknown *toml.StrictMissingError
		if errors.As(err, &unknown) && len(unknown.Errors) > 0 {
			line, _ := unknown.Errors[0].Position()
			return nil, fmt.Errorf("line %d: there is no %s in a mapping", line, strings.Join(unknown.Errors[0].Key(), "."))
		}
		var bad *toml.DecodeError
		if errors.As(err, &bad) {
			line, _ := bad.Position()
			return nil, fmt.Errorf("line %d: %s", line, strings.TrimPrefix(bad.Error(), "toml: "))
		}
		return nil, err
	}
	return m, m.Check()
}

// ReadJSON reads a mapping that a program sends. What it does not know is refused.
func ReadJSON(text []byte) (*Map, error) {
	m := &Map{}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(m); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			return nil, fmt.Errorf("%s: it is no %s", cmp.Or(wrong.Field, "a mapping"), kindOf(wrong.Type))
		}
		return nil, errors.New(strings.TrimPrefix(err.Error(), "json: "))
	}
	return m, m.Check()
}

// kindOf is what JSON calls a type.
func kindOf(t reflect.Type) string {
	if t.Kind() == reflect.String {
		return "text"
	}
	return "object"
}

// TOML is the mapping in TOML, as ReadMap reads it.
func (m *Map) TOML() (string, error) {
	text, err := toml.Marshal(m)
	return string(text), err
}

// Check refuses values that make no sense.
func (m *Map) Check() error {
	for name, group := range m.Groups {
		if !oneOf(group, Groups) {
			return fmt.Errorf("groups: %q is none of %s (for %q)", group, strings.Join(Groups, ", "), name)
		}
	}
	for name, priority := range m.Priorities {
		if !oneOf(priority, Priorities) {
			return fmt.Errorf("priorities: %q is none of %s (for %q)", priority, strings.Join(Priorities, ", "), name)
		}
	}
	for _, f := range []struct {
		key, value string
		may        []string
	}{
		{"dates", m.Dates, []string{"", "dmy", "mdy", "ymd"}},
		{"encoding", m.Encoding, []string{"", "utf-8", "utf-16", "windows-1252"}},
		{"text", m.Text, []string{"", "plain", "markdown", "wiki", "html"}},
	} {
		if !oneOf(f.value, f.may) {
			return fmt.Errorf("%s: %q is none of %s", f.key, f.value, strings.Join(f.may[1:], ", "))
		}
	}
	if len([]rune(m.Separator)) > 1 || strings.ContainsAny(m.Separator, "\"\r\n") {
		return fmt.Errorf("separator: %q is not one character", m.Separator)
	}
	return m.SetZone(m.Timezone)
}

func oneOf(value string, may []string) bool {
	for _, m := range may {
		if value == m {
			return true
		}
	}
	return false
}

// SetZone says in which zone times are that do not say it.
func (m *Map) SetZone(name string) error {
	zone, err := time.LoadLocation(name)
	if err != nil {
		return fmt.Errorf("timezone: there is no zone %q", name)
	}
	m.zone, m.Timezone = zone, name
	return nil
}

// Zone is the zone of times that do not say theirs.
func (m *Map) Zone() *time.Location {
	if m.zone == nil {
		return time.UTC
	}
	return m.zone
}

// Lookup finds what a name is called here, letters of either case.
func Lookup(names map[string]string, name string) (string, bool) {
	if to, ok := names[name]; ok {
		return to, true
	}
	for from, to := range names {
		if strings.EqualFold(strings.TrimSpace(from), strings.TrimSpace(name)) {
			return to, true
		}
	}
	return "", false
}
