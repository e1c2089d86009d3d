package backup_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/backup"
	"github.com/sailplane/sailplane/app/mail"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/storetest"
)

func TestOldBackupsAreRemovedAndOthersFilesAreNot(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		b := &a.Config.Backup
		b.Folder, b.KeepDaily, b.KeepWeekly, b.KeepMonthly, b.KeepBeforeMigration = t.TempDir(), 3, 2, 2, 2
		begin := time.Date(2026, 3, 31, 2, 30, 0, 0, time.UTC)
		put := func(name string) {
			if err := os.WriteFile(filepath.Join(b.Folder, name), []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		for day := range 80 {
			put(backup.Name{At: begin.AddDate(0, 0, -day)}.String())
			put(backup.Name{At: begin.AddDate(0, 0, -day).Add(-time.Hour), Before: 100 - day}.String())
		}
		put("sailplane.db")
		put("sailplane-20260101-000000.tar.gz.part")
		for range 2 { // the second time nothing is left to do
			if _, err := backup.Prune(t.Context(), a, true); err != nil {
				t.Fatal(err)
			}
			if _, err := backup.Prune(t.Context(), a, false); err != nil {
				t.Fatal(err)
			}
			list, err := backup.List(t.Context(), a)
			if err != nil {
				t.Fatal(err)
			}
			var days []string
			before := 0
			for _, e := range list {
				if e.Before > 0 {
					before++
					continue
				}
				days = append(days, e.MadeAt.Format(time.DateOnly))
			}
			// three days, the ends of two weeks, the ends of two months
			if got := strings.Join(days, " "); got != "2026-03-31 2026-03-30 2026-03-29 2026-02-28" || before != 2 {
				t.Errorf("kept %s, and %d before migrations", got, before)
			}
		}
		for _, name := range []string{"sailplane.db", "sailplane-20260101-000000.tar.gz.part"} {
			if _, err := os.Stat(filepath.Join(b.Folder, name)); err != nil {
				t.Error(err)
			}
		}
	})
}

// What is damaged pushes nothing good out.
func TestDamagedBackupsDoNotCount(t *testing.T) {
	a := apptest.New(t, storetest.SQLite(t))
	b := &a.Config.Backup
	b.Folder, b.KeepDaily, b.KeepWeekly, b.KeepMonthly = t.TempDir(), 1, 0, 0
	first, err := backup.Make(t.Context(), a, backup.Order{})
	if err != nil {
		t.Fatal(err)
	}
	a.DB.OwnClock().Run(24 * time.Hour)
	second, err := backup.Make(t.Context(), a, backup.Order{})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(b.Folder, second.Name), []byte("damage"), 0o600); err != nil {
		t.Fatal(err)
	}
	if row, err := backup.Verify(t.Context(), a, second.Name, nil); err != nil || row.Fault == "" {
		t.Fatalf("%+v, %v", row, err)
	}
	if gone, err := backup.Prune(t.Context(), a, false); err != nil || len(gone) > 0 {
		t.Errorf("%+v, %v", gone, err)
	}
	if row, err := backup.Verify(t.Context(), a, first.Name, nil); err != nil || row.Fault != "" {
		t.Errorf("%+v, %v", row, err)
	}
}

// A backup that fails by the clock is noted, and told to administrators, once a day at most.
func TestAFailureIsToldOnceADay(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		administered(t, a)
		server := bucket(t, a, "")
		a.Config.Backup.S3Bucket = "gone"
		for _, step := range []struct {
			at      time.Duration
			kind    string
			letters int
		}{{0, backup.KindRequest, 0}, {time.Minute, backup.KindSchedule, 2}, {2 * time.Hour, backup.KindSchedule, 2},
			{25 * time.Hour, backup.KindSchedule, 4}} {
			a.DB.OwnClock().Stop(time.Date(2026, 11, 30, 2, 30, 0, 0, time.UTC).Add(step.at))
			if err := backup.Run(t.Context(), a, backup.Task{Kind: step.kind}); err != nil {
				t.Fatal(err)
			}
			if n, err := store.QueuedJobs(a.DB.Read(t.Context()), mail.Job); err != nil || n != step.letters {
				t.Errorf("after %s: %d letters, want %d (%v)", step.at, n, step.letters, err)
			}
			last, err := backup.LastResults(t.Context(), a)
			if err != nil || last.Ended == nil || !strings.Contains(last.Ended.Fault, `there is no bucket "gone"`) ||
				last.Verified != nil {
				t.Errorf("%+v, %v", last, err)
			}
		}
		a.Config.Backup.S3Bucket = server.Config.Bucket
		a.DB.OwnClock().Stop(time.Date(2026, 12, 2, 2, 30, 0, 0, time.UTC))
		if err := backup.Run(t.Context(), a, backup.Task{Kind: backup.KindSchedule}); err != nil {
			t.Fatal(err)
		}
		last, err := backup.LastResults(t.Context(), a)
		if err != nil || last.Verified == nil || last.Ended.ID != last.Verified.ID || last.Verified.Size == 0 {
			t.Errorf("%+v, %v", last, err)
		}
	})
}

// administered makes two administrators, and somebody who is none any more.
func administered(t *testing.T, a *app.App) {
	t.Helper()
	fill(t, a, 0, 3)
	err := a.DB.Write(t.Context(), "", func(tx *store.Tx) error {
		i := &store.Instance{InstanceName: "x", InstanceID: "x", LastCheckedAt: tx.Now}
		if err := store.Instances.Insert(tx, i); err != nil {
			return err
		}
		users, err := store.Users.List(tx, dbx.NewExp("1 = 1"), "email")
		if err != nil {
			return err
		}
		for _, u := range users {
			admin := &store.InstanceAdmin{Role: 20, InstanceID: i.ID, UserID: &u.ID}
			if err := store.InstanceAdmins.Insert(tx, admin); err != nil {
				return err
			}
		}
		users[2].IsActive = false
		return store.Users.Set(tx, &users[2], "is_active")
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The console asks for one at a time.
func TestRequests(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		a.Config.Backup.Folder, a.Config.Backup.Schedule = t.TempDir(), "30 2 * * *"
		if err := backup.RequestVerify(t.Context(), a, "../secret"); !errors.Is(err, backup.ErrNone) {
			t.Error(err)
		}
		if err := backup.Request(t.Context(), a); err != nil {
			t.Fatal(err)
		}
		if err := backup.Request(t.Context(), a); !errors.Is(err, backup.ErrRunning) {
			t.Error(err)
		}
		if last, err := backup.LastResults(t.Context(), a); err != nil || last.Running != 1 {
			t.Errorf("%+v, %v", last, err)
		}
		a.DB.OwnClock().Stop(time.Date(2026, 11, 30, 2, 31, 0, 0, time.UTC))
		plan := backup.Schedule(a)
		if plan.Next == nil || plan.Next.Format(time.DateTime) != "2026-12-01 02:30:00" ||
			plan.Place != "the folder "+a.Config.Backup.Folder {
			t.Errorf("%+v", plan)
		}
	})
}

func TestNames(t *testing.T) {
	at := time.Date(2026, 11, 30, 2, 30, 0, 0, time.UTC)
	for name, want := range map[string]backup.Name{
		"sailplane-20261130-023000.tar.gz":                 {At: at},
		"sailplane-20261130-023000.tar.gz.age":             {At: at, Encrypted: true},
		"sailplane-20261130-023000-before-0012.tar.gz":     {At: at, Before: 12},
		"sailplane-20261130-023000-before-0012.tar.gz.age": {At: at, Before: 12, Encrypted: true},
	} {
		if got, ok := backup.ParseName(name); !ok || got != want || got.String() != name {
			t.Errorf("%s: %+v, %v, %s", name, got, ok, got)
		}
	}
	for _, name := range []string{"", "secret", "x/sailplane-20261130-023000.tar.gz",
		"sailplane-20261330-023000.tar.gz", "sailplane-20261130-023000.tar.gz.part"} {
		if got, ok := backup.ParseName(name); ok {
			t.Errorf("%q is taken for %+v", name, got)
		}
	}
}
