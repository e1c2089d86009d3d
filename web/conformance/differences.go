package conformance

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Differences are the steps in which the server differs from the reference on purpose, with the reason. A reason that
// begins with "sometimes" is one of a step that may conform or not: what it shows depends on which of two letters is
// there first, say.
type Differences map[Place]string

// Place is a step of a recording.
type Place struct {
	Scenario string
	Step     int
}

// ReadDifferences reads a file of lines SCENARIO STEP REASON.
func ReadDifferences(name string) (Differences, error) {
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	all := Differences{}
	number := 0
	for line := range strings.Lines(string(raw)) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		scenario, rest, _ := strings.Cut(line, " ")
		text, reason, _ := strings.Cut(rest, " ")
		step, err := strconv.Atoi(text)
		if err != nil || reason == "" {
			return nil, fmt.Errorf("%s:%d: want SCENARIO STEP REASON, got %q", name, number, line)
		}
		if all[Place{scenario, step}] != "" {
			return nil, fmt.Errorf("%s:%d: %s %d is listed twice", name, number, scenario, step)
		}
		all[Place{scenario, step}] = reason
	}
	return all, nil
}

// Judge says what is wrong with the outcomes of a scenario: steps that differ and are not listed, and listed ones that
// do not differ any more. Where something is, it also says which steps between failed to prepare it.
func (d Differences) Judge(scenario string, outcomes []Outcome) (wrong []string) {
	seen, between := map[int]bool{}, []string{}
	for _, o := range outcomes {
		if o.Step.N == nil {
			if len(o.Faults) > 0 {
				between = append(between, o.String())
			}
			continue
		}
		n := *o.Step.N
		seen[n] = true
		reason := d[Place{scenario, n}]
		switch {
		case len(o.Faults) > 0 && reason == "":
			wrong = append(wrong, o.String())
		case len(o.Faults) == 0 && reason != "" && !strings.HasPrefix(reason, "sometimes"):
			wrong = append(wrong, fmt.Sprintf("step %d is listed as a difference (%s) and conforms", n, reason))
		}
	}
	for place := range d {
		if place.Scenario == scenario && !seen[place.Step] {
			wrong = append(wrong, fmt.Sprintf("step %d is listed as a difference, and there is none", place.Step))
		}
	}
	if len(wrong) > 0 {
		wrong = append(wrong, between...)
	}
	return wrong
}

// String says what is wrong with a step.
func (o Outcome) String() string {
	var out strings.Builder
	n := "between steps"
	if o.Step.N != nil {
		n = fmt.Sprintf("step %d", *o.Step.N)
	}
	fmt.Fprintf(&out, "%s as %s: %s", n, o.Step.As, o.Step.What())
	if o.Step.Note != "" {
		fmt.Fprintf(&out, " (%s)", o.Step.Note)
	}
	if o.Step.Send != nil {
		fmt.Fprintf(&out, "\n    %s", short(fromJSON(o.Step.Send)))
	}
	for _, fault := range o.Faults {
		fmt.Fprintf(&out, "\n    %s", fault)
	}
	return out.String()
}
