package app

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// notSettings are variables of our name that are none: where the data is, and what tests and benches are told. The
// latter are beginnings.
var notSettings = []string{"SAILPLANE_DIR", "SAILPLANE_BASE", "SAILPLANE_PID", "SAILPLANE_TEST_", "SAILPLANE_BENCH_",
	"SAILPLANE_FUZZ_", "SAILPLANE_KEEP_STORE"}

// refuseUnknown refuses a variable that is no setting: a server that passes it over would run on others than were
// meant.
func (c *Config) refuseUnknown(vars map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		if slices.ContainsFunc(notSettings, func(other string) bool {
			return name == other || strings.HasSuffix(other, "_") && strings.HasPrefix(name, other)
		}) {
			continue
		}
		text := noSetting("", name)
		if near := c.nearest(name); near != "" && !strings.Contains(text, "any more") {
			text += "; did you mean " + near + "?"
		}
		return fmt.Errorf("environment: %s", text)
	}
	return nil
}

// nearest is the variable of a setting whose name is most like that one; empty when none is.
func (c *Config) nearest(name string) string {
	bare, file := strings.CutSuffix(strings.TrimPrefix(name, "SAILPLANE_"), "_FILE")
	closest, found := 1.0, ""
	for _, s := range c.Settings() {
		own := strings.TrimPrefix(s.Env(), "SAILPLANE_")
		unlike := float64(distance(bare, own)) / float64(len(own))
		if strings.HasSuffix(own, "_"+bare) { // the section was left out
			unlike = 0
		}
		if unlike <= 0.5 && unlike < closest {
			closest, found = unlike, s.Env()
		}
	}
	if found != "" && file {
		found += "_FILE"
	}
	return found
}

// distance is how many letters have to be put in, left out or changed to make one text of the other (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		left := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := left
			if a[i] != b[j] {
				change++
			}
			left = row[j+1]
			row[j+1] = min(change, left+1, row[j]+1)
		}
	}
	return row[len(b)]
}
