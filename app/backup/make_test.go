package backup_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/backup"
	"github.com/sailplane/sailplane/app/mail"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/blob"
	"github.com/sailplane/sailplane/store/blob/blobtest"
	"github.com/sailplane/sailplane/store/storetest"
)

// bucket lets an application keep its backups in one.
func bucket(t testing.TB, a *app.App, prefix string) *blobtest.Bucket {
	t.Helper()
	b := blobtest.New(t)
	c := &a.Config.Backup
	c.S3Endpoint, c.S3Bucket, c.S3Prefix, c.S3TLS = b.Config.Endpoint, b.Config.Bucket, prefix, false
	c.S3AccessKey, c.S3SecretKey = b.Config.AccessKey, b.Config.SecretKey
	return b
}

func TestEncryptedBackupsAreProvenAndOnlyTheKeyOpensThem(t *testing.T) {
	hybrid, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	key, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	other, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	for public, key := range map[string]age.Identity{key.Recipient().String(): key, hybrid.Recipient().String(): hybrid} {
		a := apptest.New(t, storetest.SQLite(t))
		a.Config.Backup.AgeRecipients, a.Config.Backup.Folder = []string{public}, t.TempDir()
		fill(t, a, 0, 2)
		row, err := backup.Make(t.Context(), a, backup.Order{})
		if err != nil || row.Fault != "" || !row.Encrypted || !strings.HasSuffix(row.Name, ".tar.gz.age") {
			t.Fatalf("%+v, %v", row, err)
		}
		if err := backup.Note(t.Context(), a, row); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(a.Config.Backup.Folder, row.Name)
		if u, err := unpack(t, file, t.TempDir(), key); err != nil || u.Tables["users"] != 2 {
			t.Errorf("with the key: %v", err)
		}
		if _, err := unpack(t, file, t.TempDir()); !errors.Is(err, backup.ErrEncrypted) {
			t.Errorf("without a key: %v", err)
		}
		if _, err := unpack(t, file, t.TempDir(), other); !errors.Is(err, backup.ErrOtherKey) {
			t.Errorf("with another key: %v", err)
		}
		// It is verified with the key, and without it by the checksum of what was proven; another key says nothing of it.
		for _, keys := range [][]age.Identity{nil, {key}} {
			if again, err := backup.Verify(t.Context(), a, row.Name, keys); err != nil || again.Fault != "" {
				t.Errorf("verified: %+v, %v", again, err)
			}
		}
		if _, err := backup.Verify(t.Context(), a, row.Name, []age.Identity{other}); !errors.Is(err, backup.ErrOtherKey) {
			t.Errorf("verified with another key: %v", err)
		}
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, flipped(raw), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, keys := range [][]age.Identity{nil, {key}} {
			if again, err := backup.Verify(t.Context(), a, row.Name, keys); err != nil || !strings.Contains(again.Fault, "damaged") {
				t.Errorf("damaged: %+v, %v", again, err)
			}
		}
		if list, err := backup.List(t.Context(), a); err != nil || len(list) != 1 || list[0].Fault == "" {
			t.Errorf("%+v, %v", list, err)
		}
	}
}

// What goes to standard output is proven as it goes.
func TestAStreamIsABackup(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		fill(t, a, 0, 5)
		var out bytes.Buffer
		row, err := backup.Stream(t.Context(), a, &out, backup.Order{Name: "standard output"})
		if err != nil || row.VerifiedAt == nil || row.Size != int64(out.Len()) {
			t.Fatalf("%+v, %v", row, err)
		}
		u, err := backup.Unpack(t.Context(), backup.Source{Name: "it", R: &out}, t.TempDir())
		if err != nil || u.Tables["users"] != 5 {
			t.Errorf("%v", err)
		}
		broken := &limited{left: 1000}
		if row, err := backup.Stream(t.Context(), a, broken, backup.Order{}); !errors.Is(err, io.ErrShortWrite) {
			t.Errorf("into a pipe that breaks: %+v, %v", row, err)
		}
	})
}

type limited struct{ left int }

func (l *limited) Write(p []byte) (int, error) {
	n := min(len(p), l.left)
	if l.left -= n; n < len(p) {
		return n, io.ErrShortWrite
	}
	return n, nil
}

// An upload that the database names and that is not there is told, not passed over.
func TestMissingUploadsAreTold(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		a.Config.Backup.Folder = t.TempDir()
		fill(t, a, 0, 1)
		for _, key := range []string{"ws/there", "ws/gone"} {
			err := a.DB.Write(t.Context(), "", func(tx *store.Tx) error {
				return store.FileAssets.Insert(tx, &store.FileAsset{Asset: key, IsUploaded: true, Attributes: store.JSON("{}")})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := a.Blob.Put(t.Context(), "ws/there", strings.NewReader("x"), 1); err != nil {
			t.Fatal(err)
		}
		row, err := backup.Make(t.Context(), a, backup.Order{})
		if err != nil || row.FilesKept != 1 || row.FilesMissing != 1 || row.VerifiedAt == nil {
			t.Errorf("%+v, %v", row, err)
		}
	})
}

// changing is a store in which a file becomes shorter while it is read, as in a bucket that somebody writes to.
type changing struct{ blob.Store }

func (c changing) Open(ctx context.Context, key string) (io.ReadSeekCloser, int64, error) {
	r, n, err := c.Store.Open(ctx, key)
	return r, n + 10, err
}

func TestAnUploadThatChangesIsTold(t *testing.T) {
	a := apptest.New(t, storetest.SQLite(t))
	a.Config.Backup.Folder = t.TempDir()
	if err := a.Blob.Put(t.Context(), "ws/a", strings.NewReader("x"), 1); err != nil {
		t.Fatal(err)
	}
	a.Blob = changing{a.Blob}
	row, err := backup.Make(t.Context(), a, backup.Order{})
	if err == nil || !strings.Contains(err.Error(), "files/ws/a: it became shorter while it was read") {
		t.Errorf("%+v, %v", row, err)
	}
	if left, err := os.ReadDir(a.Config.Backup.Folder); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

// A backup in a bucket on one engine becomes an installation on the other with the same rows.
func TestAcrossEnginesTheRowsAreEqual(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		bucket(t, a, "backups")
		fill(t, a, 0, 120)
		row, err := backup.Make(t.Context(), a, backup.Order{})
		if err != nil || row.Fault != "" {
			t.Fatalf("%+v, %v", row, err)
		}
		want, err := store.CountRows(t.Context(), a.DB)
		if err != nil {
			t.Fatal(err)
		}
		storetest.Each(t, func(t *testing.T, to *store.DB) {
			r, _, err := backup.Open(t.Context(), a, row.Name)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			u, err := backup.Unpack(t.Context(), backup.Source{Name: row.Name, R: r}, t.TempDir())
			if err == nil {
				err = u.BringUp(t.Context())
			}
			if err != nil {
				t.Fatal(err)
			}
			if to.Postgres {
				if _, err := u.IntoPostgres(t.Context(), to, func(string, int) {}); err != nil {
					t.Fatal(err)
				}
			} else {
				to = storetest.SQLiteAt(t, u.Database)
			}
			got, err := store.CountRows(t.Context(), to)
			if err != nil {
				t.Fatal(err)
			}
			for table, n := range want { // each engine has tables of its own beside
				if there, ok := got[table]; ok && there != n || !ok && n > 0 {
					t.Errorf("%s: %d rows, want %d", table, there, n)
				}
			}
		})
	})
}

// What is in the bucket of uploads below the prefix of backups is no upload.
func TestBackupsBesideUploadsAreNoUploads(t *testing.T) {
	a := apptest.New(t, storetest.SQLite(t))
	b := blobtest.New(t)
	s := &a.Config.Storage
	s.S3Endpoint, s.S3Bucket, s.S3TLS, s.S3AccessKey, s.S3SecretKey = b.Config.Endpoint, b.Config.Bucket, false, "k", "s"
	a.Config.Backup.S3Prefix = "/backups"
	b.Config.Apart = backup.InStorage(a.Config)
	var err error
	if a.Blob, err = blob.InBucket(t.Context(), b.Config); err != nil {
		t.Fatal(err)
	}
	if err := a.Blob.Put(t.Context(), "ws/a", strings.NewReader("x"), 1); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		row, err := backup.Make(t.Context(), a, backup.Order{})
		if err != nil || row.FilesKept != 1 {
			t.Fatalf("%+v, %v", row, err)
		}
	}
	if list, err := backup.List(t.Context(), a); err != nil || len(list) != 2 {
		t.Errorf("%+v, %v", list, err)
	}
	if _, _, err := b.Open(t.Context(), "backups/"+"x"); !errors.Is(err, blob.ErrNotFound) {
		t.Error(err)
	}
}

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
	a.DB.Now = func() time.Time { return time.Now().AddDate(0, 0, 1) }
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
			a.DB.Now = func() time.Time { return time.Date(2026, 11, 30, 2, 30, 0, 0, time.UTC).Add(step.at) }
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
		a.DB.Now = func() time.Time { return time.Date(2026, 12, 2, 2, 30, 0, 0, time.UTC) }
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
			if err := store.InstanceAdmins.Insert(tx, &store.InstanceAdmin{Role: 20, InstanceID: i.ID, UserID: &u.ID}); err != nil {
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
		a.DB.Now = func() time.Time { return time.Date(2026, 11, 30, 2, 31, 0, 0, time.UTC) }
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
	for _, name := range slices.Sorted(maps.Keys(map[string]bool{"": true, "secret": true, "x/sailplane-20261130-023000.tar.gz": true,
		"sailplane-20261330-023000.tar.gz": true, "sailplane-20261130-023000.tar.gz.part": true})) {
		if got, ok := backup.ParseName(name); ok {
			t.Errorf("%q is taken for %+v", name, got)
		}
	}
}
