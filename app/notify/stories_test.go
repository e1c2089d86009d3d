package notify_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/store"
)

// step is a request of a story; names in braces stand for ids.
type step struct {
	As     string
	Do     string
	Send   json.RawMessage
	Status int
	Take   string // what the answer's id is called
}

// story is something that happened in the reference, and the rows that it left there: in notifications, and in
// email_notification_logs.
type story struct {
	N      int
	Story  string
	Off    []string // anna's switches that are off
	Before []step   // what was done before the rows count
	Calls  []step
	Rows   []string
}

func stories(t *testing.T) (all []story) {
	t.Helper()
	raw, err := os.ReadFile("testdata/stories.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	for lines := json.NewDecoder(bytes.NewReader(raw)); lines.More(); {
		var s story
		if err := lines.Decode(&s); err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}

// difference is where we leave other rows than the reference on purpose.
type difference struct {
	why  string
	rows []string // "- " one of the reference's, "+ " one of ours
}

// differences are those by the number of their story.
func differences(t *testing.T) map[string]*difference {
	t.Helper()
	f, err := os.Open("testdata/differences")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all := map[string]*difference{}
	var now *difference
	for lines := bufio.NewScanner(f); lines.Scan(); {
		switch line := lines.Text(); {
		case line == "" || line[0] == '#':
		case line[0] == '-' || line[0] == '+':
			now.rows = append(now.rows, line)
		default:
			n, why, _ := strings.Cut(line, " ")
			now = &difference{why: why}
			all[n] = now
		}
	}
	return all
}

// forget removes the rows that there are.
func (g *stage) forget() {
	g.t.Helper()
	g.write(func(t *store.Tx) error {
		for _, table := range []string{"notifications", "email_notification_logs"} {
			if _, err := t.Exec("DELETE FROM " + table); err != nil {
				return err
			}
		}
		return nil
	})
}

// against says how rows differ from those wanted, in the words of the list of differences.
func against(want, got []string) (lines []string) {
	got = slices.Clone(got)
	for _, row := range want {
		if i := slices.Index(got, row); i >= 0 {
			got = slices.Delete(got, i, i+1)
		} else {
			lines = append(lines, "- "+row)
		}
	}
	slices.Sort(got)
	for _, row := range got {
		lines = append(lines, "+ "+row)
	}
	return lines
}

// begin plays what was before a story, with the switches as they were.
func (g *stage) begin(s story) {
	g.t.Helper()
	on := map[string]any{}
	for _, name := range switches {
		on[name] = !slices.Contains(s.Off, name)
	}
	g.people["anna"].Must("PATCH", "/api/users/me/notification-preferences/", on)
	for _, st := range s.Before {
		g.play(st)
	}
	g.forget()
}

// The stories that were recorded of the reference leave the rows here that they left there, but for what is listed.
func TestStories(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		g, known := newStage(t, a), differences(t)
		for _, s := range stories(t) {
			g.begin(s)
			for _, st := range s.Calls {
				g.play(st)
			}
			n := fmt.Sprint(s.N)
			var want []string
			if d := known[n]; d != nil {
				if want = d.rows; d.why == "" {
					t.Errorf("%s differs for no reason", n)
				}
				delete(known, n)
			}
			if got := against(s.Rows, g.rows()); !slices.Equal(got, want) {
				t.Errorf("%d %s\n%s", s.N, s.Story, strings.Join(got, "\n"))
			}
		}
		for n := range known {
			t.Errorf("there is no story %s", n)
		}
	})
}

// With [notifications] api_writes = false nobody is told of what is written by key, as in the reference.
func TestStoriesByKeyAreUntoldOnDemand(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		g, played := newStage(t, a), 0
		a.Config.Notifications.APIWrites = false
		for _, s := range stories(t) {
			if !slices.ContainsFunc(s.Calls, func(st step) bool { return st.As == "key" }) {
				continue
			}
			played++
			g.begin(s)
			for _, st := range s.Calls {
				g.play(st)
			}
			if got := against(s.Rows, g.rows()); len(got) > 0 {
				t.Errorf("%d %s\n%s", s.N, s.Story, strings.Join(got, "\n"))
			}
		}
		if played != 3 {
			t.Errorf("%d stories by key", played)
		}
	})
}
