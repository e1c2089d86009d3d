package routes_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/storetest"
	"github.com/sailplane/sailplane/web/webtest"
)

// A request that reads runs as many statements with hundreds of rows as with a few.
func TestReadsRunAFixedNumberOfStatements(t *testing.T) {
	webtest.Long(t)
	few := map[bool]map[string][]webtest.Statement{}
	for _, size := range []struct{ items, people int }{{6, 3}, {45, 35}} { // all of it on one page
		storetest.Each(t, func(t *testing.T, db *store.DB) {
			w := newFilled(t, db, size.people, size.items, size.items)
			ran := map[string][]webtest.Statement{}
			for _, r := range w.reads() {
				ran[r.op] = w.ran(t, r, len(few[db.Postgres][r.op]))
			}
			if few[db.Postgres] == nil {
				few[db.Postgres] = ran
				return
			}
			for op, here := range ran {
				before := few[db.Postgres][op]
				if len(here) > len(before) && !(len(here) == len(before)+1 && rowsOfPage.MatchString(more(before, here))) {
					t.Errorf("%s: %d statements, and %d when there are more rows:\n%s", op, len(before), len(here), more(before, here))
				}
			}
		})
	}
}

// ran returns the statements of a read; when they are more than expected it asks again: a cache may have been cold.
func (w *filled) ran(t *testing.T, r read, expected int) (ran []webtest.Statement) {
	t.Helper()
	for range 3 {
		ran = w.Statements(func() {
			a := w.client(r.path).Do("GET", r.path, nil)
			missing := slices.ContainsFunc(mayBeMissing, func(part string) bool { return strings.Contains(r.op, part) })
			if a.Status >= 400 && !missing {
				t.Errorf("%s: %d %.200s", r.path, a.Status, a.Raw)
			}
		})
		if expected == 0 || len(ran) <= expected {
			break
		}
		w.App.DB.Cache.Forget("nothing") // waits until the cache has taken what it was given
	}
	return ran
}

// rowsOfPage are read by their ids on Postgres, which a page without any need not do.
var rowsOfPage = regexp.MustCompile(`(?s)^\+1 SELECT i\..* FROM issues i WHERE i\.id = ANY\(\$1\)$`)

// rowsOfValues are as many as the statement writes.
var rowsOfValues = regexp.MustCompile(`VALUES (\([^)]*\),?)+`)

// more are the statements that ran more or less often than before, and how often they did.
func more(before, here []webtest.Statement) string {
	counts := map[string]int{}
	for _, s := range here {
		counts[rowsOfValues.ReplaceAllString(s.SQL, "VALUES …")]++
	}
	for _, s := range before {
		counts[rowsOfValues.ReplaceAllString(s.SQL, "VALUES …")]--
	}
	var lines []string
	for text, n := range counts {
		if n != 0 {
			lines = append(lines, fmt.Sprintf("%+d %s", n, text))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
