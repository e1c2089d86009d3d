package migrations_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/migrations"
)

// Migrations that have landed never change: databases are there that were made by them, and a changed one would be
// refused. What is wrong with one is mended by the next; add a line for that to the list, and a store made by it to
// web/routes/testdata/stores.
func TestWhatHasLandedNeverChanges(t *testing.T) {
	text, err := os.ReadFile("testdata/frozen.txt")
	if err != nil {
		t.Fatal(err)
	}
	frozen := strings.Split(strings.TrimSpace(string(text)), "\n")
	for _, postgres := range []bool{false, true} {
		all, err := migrations.All(postgres)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for i, m := range all {
			if m.Version != i+1 {
				t.Errorf("%04d_%s is number %d", m.Version, m.Name, i+1)
			}
			got = append(got, fmt.Sprintf("%s %04d_%s %s", map[bool]string{false: "sqlite", true: "postgres"}[postgres],
				m.Version, m.Name, m.Sum))
		}
		var want []string
		for _, line := range frozen {
			if strings.HasPrefix(line, "postgres ") == postgres {
				want = append(want, line)
			}
		}
		if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
			t.Errorf("the migrations are\n%s\nand those that have landed\n%s", g, w)
		}
	}
}
