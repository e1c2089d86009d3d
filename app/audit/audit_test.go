package audit_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/audit"
	"github.com/sailplane/sailplane/store"
)

func note(t testing.TB, a *app.App, d app.Deed) {
	t.Helper()
	write(t, a, func(tx *store.Tx) error { return app.Note(tx, d) })
}

func write(t testing.TB, a *app.App, fn func(tx *store.Tx) error) {
	t.Helper()
	if err := a.DB.Write(t.Context(), "", fn); err != nil {
		t.Fatal(err)
	}
}

func exec(t testing.TB, a *app.App, statement string, args ...any) {
	t.Helper()
	write(t, a, func(tx *store.Tx) error {
		_, err := tx.Exec(statement, args...)
		return err
	})
}

// filled writes so many entries, in as many seals as they are tens.
func filled(t testing.TB, a *app.App, n int) {
	t.Helper()
	for i := range n {
		note(t, a, app.Deed{Event: app.RoleUpdated, Workspace: "w", Target: app.Target{Type: "workspace_member",
			ID: fmt.Sprint("p", i)}, Old: map[string]any{"role": 5}, New: map[string]any{"role": 20}})
		if i%10 == 9 {
			seal(t, a)
		}
	}
	seal(t, a)
}

func seal(t testing.TB, a *app.App) {
	t.Helper()
	if err := audit.Seal(t.Context(), a); err != nil {
		t.Fatal(err)
	}
}

func verify(t testing.TB, a *app.App, noted ...audit.Head) *audit.Verdict {
	t.Helper()
	v, err := audit.Verify(t.Context(), a, noted, nil)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestWhatIsDoneToTheLogIsFound(t *testing.T) {
	insert := `INSERT INTO audit_entries SELECT %s, 'other', 'other', at, event, category, outcome, actor_id, workspace_id,
		project_id, target_type, target_id, target_name, ip, details, hash FROM audit_entries WHERE sequence = 20`
	remade := func(t *testing.T, a *app.App) { // as whoever lacks the secret can: hashes fit again, seals do not
		exec(t, a, "DELETE FROM audit_entries WHERE sequence > 20")
		exec(t, a, "DELETE FROM audit_seals WHERE sequence > 20")
		other := &app.App{DB: a.DB, Config: a.Config, Log: a.Log, Secret: []byte(strings.Repeat("x", 32))}
		filled(t, other, 15)
	}
	for _, c := range []struct {
		name string
		do   func(t *testing.T, a *app.App)
		want string
	}{
		{"nothing", func(*testing.T, *app.App) {}, ""},
		{"details are changed", func(t *testing.T, a *app.App) {
			exec(t, a, "UPDATE audit_entries SET details = REPLACE(details, '20', '15') WHERE sequence = 7")
		}, "7: the entry is not as it was written"},
		{"the time is changed", func(t *testing.T, a *app.App) {
			exec(t, a, "UPDATE audit_entries SET at = ? WHERE sequence = 7", store.Stamped(a.DB.Now()))
		}, "7: the entry is not as it was written"},
		{"the actor is changed", func(t *testing.T, a *app.App) {
			exec(t, a, "UPDATE audit_entries SET actor_id = 'me' WHERE sequence = 12")
		}, "12: the entry is not as it was written"},
		{"a name is put in", func(t *testing.T, a *app.App) {
			exec(t, a, "UPDATE audit_entries SET target_name = 'somebody' WHERE sequence = 12")
		}, "12: the name of what it was done to"},
		{"one is removed", func(t *testing.T, a *app.App) {
			exec(t, a, "DELETE FROM audit_entries WHERE sequence = 13")
		}, "13: 1 entries are missing"},
		{"the first one is removed", func(t *testing.T, a *app.App) {
			exec(t, a, "DELETE FROM audit_entries WHERE sequence = 1")
		}, "2: what comes before it is missing"},
		{"those before a seal are removed", func(t *testing.T, a *app.App) {
			exec(t, a, "DELETE FROM audit_entries WHERE sequence <= 9")
		}, "10: what comes before it is missing"},
		{"the last one is removed", func(t *testing.T, a *app.App) {
			exec(t, a, "DELETE FROM audit_entries WHERE sequence = 35")
		}, "35: the entry is missing"},
		{"one is put in the place of another", func(t *testing.T, a *app.App) {
			exec(t, a, "DELETE FROM audit_entries WHERE sequence = 21")
			exec(t, a, fmt.Sprintf(insert, "21"))
		}, "21: the entry is not as it was written"},
		{"one is put at the end", func(t *testing.T, a *app.App) { exec(t, a, fmt.Sprintf(insert, "36")) },
			"36: the entry is not as it was written"},
		{"the end is made anew", remade, "the seal was not made with this installation's secret"},
		{"all are removed", func(t *testing.T, a *app.App) { exec(t, a, "DELETE FROM audit_entries") },
			"there is a seal, and no entry"},
	} {
		t.Run(c.name, func(t *testing.T) {
			apptest.Each(t, func(t *testing.T, a *app.App) {
				filled(t, a, 35)
				c.do(t, a)
				v := verify(t, a)
				var said []string
				for _, f := range v.Faults {
					said = append(said, fmt.Sprintf("%d: %s", f.Sequence, f.What))
				}
				if text := strings.Join(said, "\n"); c.want == "" && text != "" || !strings.Contains(text, c.want) {
					t.Errorf("verify says\n%s\nand not %q", text, c.want)
				}
			})
		})
	}
}

// A log of which the end is cut off with its seals is whole by itself: whoever has noted its head knows better.
func TestANotedHeadHasToBeThere(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		filled(t, a, 20)
		v := verify(t, a)
		head := audit.Head{Sequence: v.Last, Hash: v.Head}
		if v := verify(t, a, head); len(v.Faults) > 0 {
			t.Fatalf("the head is not there: %v", v.Faults)
		}
		exec(t, a, "DELETE FROM audit_entries WHERE sequence > 10")
		exec(t, a, "DELETE FROM audit_seals WHERE sequence > 10")
		if v := verify(t, a); len(v.Faults) > 0 {
			t.Errorf("what is left is not whole: %v", v.Faults)
		}
		if v := verify(t, a, head); len(v.Faults) != 1 {
			t.Errorf("the end is cut off, and nobody says so: %v", v.Faults)
		}
		filled(t, a, 20) // and other entries come
		if v := verify(t, a, head); len(v.Faults) != 1 {
			t.Errorf("the end was made anew, and nobody says so: %v", v.Faults)
		}
	})
}

// Entries that are written at the same time, and sealed by several at the same time, are all there once, in a chain.
func TestManyWriteAndSealAtOnce(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		const writers, each = 8, 25
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for i := range each {
					note(t, a, app.Deed{Event: app.KeyCreated, Target: app.Target{Type: "api_token", ID: fmt.Sprint(w, "-", i)}})
					if i%5 == w%5 {
						seal(t, a)
					}
				}
			})
		}
		wg.Wait()
		if v := verify(t, a); len(v.Faults) > 0 || v.Entries != writers*each || v.Last != writers*each {
			t.Errorf("%d entries up to %d, %v", v.Entries, v.Last, v.Faults)
		}
		var targets int
		if err := a.DB.Read(t.Context()).One("SELECT COUNT(DISTINCT target_id) FROM audit_entries", nil, &targets); err != nil ||
			targets != writers*each {
			t.Errorf("%d of %d are there: %v", targets, writers*each, err)
		}
	})
}

// What a process that died has written is sealed by the next one; what it had not committed is not there.
func TestWhatWaitsSurvives(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		note(t, a, app.Deed{Event: app.KeyCreated, Target: app.Target{Type: "api_token", ID: "kept"}})
		ctx, cancel := context.WithCancel(t.Context())
		err := a.DB.Write(ctx, "", func(tx *store.Tx) error {
			defer cancel()
			return app.Note(tx, app.Deed{Event: app.KeyCreated, Target: app.Target{Type: "api_token", ID: "lost"}})
		})
		if err == nil {
			t.Fatal("it was committed")
		}
		p, err := audit.List(t.Context(), a, audit.Query{Size: 10})
		if err != nil || len(p.Entries) != 1 || p.Entries[0].TargetID != "kept" {
			t.Errorf("%+v: %v", p, err)
		}
	})
}

// What is too old goes, step by step; what is left begins with a sealed hash, and can be verified.
func TestOldEntriesGoFromTheOldestEnd(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		filled(t, a, 25)
		old := a.DB.Now().AddDate(0, 0, -400)
		rewind(t, a, 12, old)
		a.Config.Retention.AuditDays = 365
		step := audit.Old(a)
		total := int64(0)
		for n := int64(1); n > 0; {
			write(t, a, func(tx *store.Tx) (err error) {
				n, err = step(tx, 5)
				return err
			})
			if total += n; n > 5 {
				t.Errorf("a step removes %d", n)
			}
		}
		v := verify(t, a)
		if total != 12 || v.First != 13 || v.Entries != 13 || len(v.Faults) > 0 {
			t.Errorf("%d are removed, left are %d from %d: %v", total, v.Entries, v.First, v.Faults)
		}
		exec(t, a, "DELETE FROM audit_entries WHERE sequence = 13")
		if v := verify(t, a); len(v.Faults) == 0 {
			t.Error("one more is removed than for its age, and nobody sees it")
		}
		exec(t, a, "DELETE FROM audit_entries")
		filled(t, a, 1)
		if v := verify(t, a); v.First != 26 {
			t.Errorf("numbers begin again, at %d", v.First)
		}
	})
}

// rewind makes the first entries as old as if they had been written then: the chain is made anew by the rules.
func rewind(t *testing.T, a *app.App, n int, to any) {
	t.Helper()
	exec(t, a, "DELETE FROM audit_entries")
	exec(t, a, "DELETE FROM audit_seals")
	for range n {
		write(t, a, func(tx *store.Tx) error {
			tx.Now = a.DB.Now().AddDate(0, 0, -400)
			return app.Note(tx, app.Deed{Event: app.KeyCreated, Target: app.Target{Type: "api_token", ID: "old"}})
		})
	}
	seal(t, a)
	filled(t, a, 13)
}

// The address of somebody whose account is deleted is taken out of the log, which is as whole as before.
func TestAddressesAreTakenOut(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		ann := app.Target{Type: "invitation", ID: "i", Name: "ann@example.org"}
		note(t, a, app.Deed{Event: app.MemberInvited, Target: ann})
		seal(t, a)
		note(t, a, app.Deed{Event: app.MemberInvited, Target: ann})
		write(t, a, func(tx *store.Tx) error { return store.EraseAuditName(tx, "ann@example.org") })
		v := verify(t, a)
		if len(v.Faults) > 0 || v.Erased != 2 || v.Entries != 2 {
			t.Errorf("%+v", v)
		}
		p, err := audit.List(t.Context(), a, audit.Query{Size: 10})
		if err != nil || p.Entries[0].TargetName+p.Entries[1].TargetName != "" {
			t.Errorf("the address is there: %+v, %v", p, err)
		}
	})
}
