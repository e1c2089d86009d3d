package automation_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/automation"
	"github.com/sailplane/sailplane/store"
)

// recorded is what the reference left of one work item in one of three runs: at first, at once after that, and when
// everything had rested for 31 days again.
type recorded struct {
	Run       int
	Project   string
	Case      string
	Age       float64 // days
	State     string
	Completed bool
	Archived  bool
	Deleted   bool
	After     string
}

func (c *recorded) key() string { return fmt.Sprintf("%d / %s / %s", c.Run, c.Project, c.Case) }

func readCases(t *testing.T) (all []recorded) {
	t.Helper()
	f, err := os.Open("testdata/cases.jsonl")
	must(t, err)
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var c recorded
		must(t, json.Unmarshal(lines.Bytes(), &c))
		all = append(all, c)
	}
	return all
}

// readDifferences are the cases in which we leave something else on purpose, and what; lines with # give the reason.
func readDifferences(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("testdata/differences")
	must(t, err)
	all := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, after, ok := strings.Cut(line, " = ")
		if !ok {
			t.Fatalf("no difference: %s", line)
		}
		all[key] = after
	}
	return all
}

// orders are the automations of the recorded projects: months of archive_in and close_in, and the default state.
var orders = map[string]struct {
	archive, close int
	state          string
}{
	"Archive":                       {archive: 1},
	"Close without a default state": {close: 1},
	"Close to own Cancelled":        {close: 1, state: "Cancelled"},
	"Close to own Todo":             {close: 1, state: "Todo"},
	"Both":                          {archive: 1, close: 1, state: "Cancelled"},
	"Three months":                  {archive: 3},
	"Archived project":              {archive: 1, close: 1},
	"By bert who left":              {archive: 1},
	"Off":                           {},
}

// surroundings are what stands around a work item, by words of its case; a name with a minus is what it was taken out
// of.
var surroundings = []struct {
	words   string
	cycles  string
	modules string
	intake  int
}{
	{words: "in running cycle and past module", cycles: "running", modules: "past"},
	{words: "in finished cycle and future module", cycles: "finished", modules: "future"},
	{words: "in running cycle", cycles: "running"},
	{words: "in finished cycle", cycles: "finished"},
	{words: "in future cycle", cycles: "future"},
	{words: "in undated cycle", cycles: "undated"},
	{words: "in module with future target date", modules: "future"},
	{words: "in module with past target date", modules: "past"},
	{words: "in module with no target date", modules: "undated"},
	{words: "in two modules: past and future", modules: "past future"},
	{words: "taken out of the running cycle", cycles: "-running"},
	{words: "moved from running to finished cycle", cycles: "-running finished"},
	{words: "moved from finished to running cycle", cycles: "-finished running"},
	{words: "taken out of the future module", modules: "-future"},
	{words: "in future module", modules: "future"},
	{words: "intake pending", intake: -2},
	{words: "intake snoozed", intake: 0},
	{words: "intake accepted", intake: 1},
	{words: "intake refused", intake: -1},
	{words: "intake duplicate", intake: 2},
}

const day = 24 * time.Hour

// played is one work item of the recording in our database.
type played struct {
	w    *world
	id   string
	seen int // rows of its history that have been looked at
}

// Every recorded case leaves what it left in the reference, or what the list of differences says.
func TestRecordedCases(t *testing.T) {
	all, differences := readCases(t), readDifferences(t)
	if len(all) != 192 {
		t.Fatalf("%d cases", len(all))
	}
	apptest.Each(t, func(t *testing.T, a *app.App) {
		now := time.Date(2026, 11, 29, 1, 0, 0, 0, time.UTC)
		a.DB.OwnClock().Stop(now)
		n := newNeighbourhood(t, a)
		issues := map[string]*played{}
		for run := 1; run <= 3; run++ {
			now = now.Add(time.Minute)
			a.DB.OwnClock().Stop(now)
			for i := range all {
				if c := &all[i]; run == 1 && c.Run == 1 {
					issues[c.Project+c.Case] = n.place(t, c)
				}
			}
			if run == 1 {
				n.settle(t)
			}
			if run == 3 {
				must(t, a.DB.Write(t.Context(), "", func(tx *store.Tx) error {
					return store.Issues.SetWhere(tx, dbx.Params{"updated_at": now.Add(-31 * day)}, dbx.NewExp("1 = 1"))
				}))
			}
			before := map[string]*store.Issue{}
			for key, p := range issues {
				before[key] = p.read(t)
			}
			n.runAll(t)
			for i := range all {
				c := &all[i]
				if c.Run != run {
					continue
				}
				p := issues[c.Project+c.Case]
				got, want := p.after(t, before[c.Project+c.Case]), c.After
				if other, listed := differences[c.key()]; listed {
					if other == want {
						t.Errorf("%s: listed, and no difference", c.key())
					}
					want = other
				}
				if got != want {
					t.Errorf("%s:\n got %s\nwant %s", c.key(), got, want)
				}
			}
		}
		keys := map[string]bool{}
		for i := range all {
			keys[all[i].key()] = true
		}
		for _, key := range slices.Sorted(maps.Keys(differences)) {
			if !keys[key] {
				t.Errorf("no such case: %s", key)
			}
		}
	})
}

// neighbourhood are the projects of the recording, and one that belongs to strangers and is older.
type neighbourhood struct {
	a        *app.App
	worlds   map[string]*world
	stranger *world
}

func newNeighbourhood(t *testing.T, a *app.App) *neighbourhood {
	t.Helper()
	n := &neighbourhood{a: a, worlds: map[string]*world{}, stranger: newWorld(t, a, "foreigners")}
	home := newWorld(t, a, "homeland")
	for _, name := range slices.Sorted(maps.Keys(orders)) {
		w := home.project(t, name)
		n.worlds[name] = w
		w.cycles, w.modules = map[string]string{}, map[string]string{}
		for kind, span := range map[string][2]time.Duration{"running": {-7 * day, 7 * day},
			"finished": {-20 * day, -6 * day}, "future": {7 * day, 14 * day}, "undated": {}} {
			w.cycles[kind] = w.cycle(t, kind, span[0], span[1])
			w.modules[kind] = w.module(t, kind, span[1])
		}
		w.modules["past"] = w.modules["finished"]
	}
	return n
}

// settle orders the automations, once the work items are there.
func (n *neighbourhood) settle(t *testing.T) {
	t.Helper()
	for name, w := range n.worlds {
		o := orders[name]
		values := dbx.Params{"archive_in": o.archive, "close_in": o.close}
		if o.state != "" {
			values["default_state_id"] = w.states[o.state].ID
		}
		if name == "Archived project" {
			values["archived_at"] = store.Stamped(n.a.DB.Now())
		}
		w.set(t, values)
	}
}

func (n *neighbourhood) runAll(t *testing.T) {
	t.Helper()
	for _, w := range n.worlds {
		must(t, automation.Run(t.Context(), n.a, automation.Task{ProjectID: w.projectID}))
	}
}

// place makes a work item as it was before the first run.
func (n *neighbourhood) place(t *testing.T, c *recorded) *played {
	t.Helper()
	w := n.worlds[c.Project]
	p := &played{w: w, id: w.issue(t, c.Case, c.State)}
	for _, s := range surroundings {
		if strings.Contains(c.Case, s.words) {
			w.surround(t, p.id, s.cycles, s.modules)
			if strings.HasPrefix(s.words, "intake") {
				w.intake(t, p.id, s.intake)
			}
			break
		}
	}
	values := dbx.Params{"updated_at": n.a.DB.Now().Add(-time.Duration(c.Age * float64(day)))}
	today := store.Date(n.a.DB.Now().Format(time.DateOnly))
	if c.Completed {
		values["completed_at"] = n.a.DB.Now().Add(-400 * day)
	}
	if c.Archived {
		values["archived_at"] = today
	}
	if c.Deleted {
		values["deleted_at"] = n.a.DB.Now()
	}
	must(t, n.a.DB.Write(t.Context(), "", func(tx *store.Tx) error {
		return store.Issues.SetWhere(tx, values, dbx.HashExp{"id": p.id})
	}))
	return p
}

func (p *played) read(t *testing.T) *store.Issue {
	t.Helper()
	var i store.Issue
	must(t, store.Issues.QueryAll(p.w.DB.Read(t.Context())).Where(dbx.HashExp{"id": p.id}).One(&i))
	return &i
}

// after says what a run left, in the words of the recording.
func (p *played) after(t *testing.T, before *store.Issue) string {
	t.Helper()
	i := p.read(t)
	state := p.w.stateOf(t, *i.StateID)
	said := state.Name
	if state.ProjectID != p.w.projectID {
		said += " of another project"
	}
	if i.ArchivedAt != nil {
		said += ", archived"
	}
	if !i.UpdatedAt.Equal(before.UpdatedAt) {
		said += ", touched"
	}
	switch {
	case i.CompletedAt == nil:
	case before.CompletedAt != nil && before.CompletedAt.Equal(*i.CompletedAt):
		said += ", completed as before"
	default:
		said += ", completed now"
	}
	var history []string
	rows := p.w.history(t, p.id)
	for _, r := range rows[p.seen:] {
		if r.OldValue != nil || r.OldIdentifier != nil || r.Verb != "updated" || *r.ActorID != store.AutomationID {
			t.Errorf("history %+v", r)
		}
		history = append(history, *r.Field+" to "+*r.NewValue)
	}
	p.seen = len(rows)
	if history != nil {
		said += ", history " + strings.Join(history, "; ")
	}
	return said
}
