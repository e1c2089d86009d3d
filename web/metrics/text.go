// Package metrics shows figures to who watches the server, in Prometheus' text format.
//
// The format is small and has not changed since 2014, so it is written here: prometheus/client_golang costs 2.4 MB of
// binary, and VictoriaMetrics/metrics (0.1 MB) writes no help text and calls counters gauges, which promtool complains
// about. The linter of client_golang reads what this writes, in tests.
package metrics

import (
	"bytes"
	"math"
	"strconv"
	"strings"
)

// Kind is what a family's figures do.
type Kind string

// The kinds: a counter only grows, a gauge goes up and down.
const (
	Counter   Kind = "counter"
	Gauge     Kind = "gauge"
	histogram Kind = "histogram"
)

// Text gathers families of figures. The zero value is empty.
type Text struct {
	b    bytes.Buffer
	name string // of the family that is being written
}

// Family begins a family: all its figures follow before the next one begins.
func (t *Text) Family(name string, kind Kind, help string) {
	t.name = name
	t.b.WriteString("# HELP " + name + " " + help + "\n# TYPE " + name + " " + string(kind) + "\n")
}

// Add adds a figure to the family; labels are names and values in turn.
func (t *Text) Add(value float64, labels ...string) { t.add("", value, labels...) }

// One is a family of one figure.
func (t *Text) One(name string, kind Kind, help string, value float64) {
	t.Family(name, kind, help)
	t.Add(value)
}

var escape = strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)

func (t *Text) add(suffix string, value float64, labels ...string) {
	t.b.WriteString(t.name + suffix)
	for i := 0; i+1 < len(labels); i += 2 {
		t.b.WriteString(map[bool]string{true: "{", false: ","}[i == 0] + labels[i] + `="` + escape.Replace(labels[i+1]) + `"`)
	}
	if len(labels) > 0 {
		t.b.WriteByte('}')
	}
	t.b.WriteString(" " + number(value) + "\n")
}

func number(value float64) string {
	if math.IsInf(value, 1) {
		return "+Inf"
	}
	return strconv.FormatFloat(value, 'g', -1, 64)
}
