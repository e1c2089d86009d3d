package backup_test

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/backup"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/storetest"
)

// fill writes people, each with a workspace in the same transaction.
func fill(t testing.TB, a *app.App, from, n int) {
	t.Helper()
	for i := from; i < from+n; i++ {
		email := fmt.Sprintf("p%d@sailplane.test", i)
		err := a.DB.Write(context.Background(), "", func(tx *store.Tx) error {
			u := &store.User{Email: &email, Username: email, IsActive: true}
			if err := store.Users.Insert(tx, u); err != nil {
				return err
			}
			w := &store.Workspace{Name: email, Slug: fmt.Sprint("w", i), OwnerID: u.ID, Timezone: "UTC"}
			if err := store.Workspaces.Insert(tx, w); err != nil {
				return err
			}
			return store.Enqueue(tx, "test.kept", map[string]int{"i": i})
		})
		if err != nil {
			t.Error(err)
			return
		}
	}
}

func counts(t *testing.T, db *store.DB) (users, workspaces, jobs int) {
	t.Helper()
	every, read := dbx.NewExp("1 = 1"), db.Read(context.Background())
	var errs [3]error
	users, errs[0] = store.Users.Count(read, every)
	workspaces, errs[1] = store.Workspaces.Count(read, every)
	jobs, errs[2] = store.Jobs.Count(read, every)
	if err := errors.Join(errs[:]...); err != nil {
		t.Fatal(err)
	}
	return users, workspaces, jobs
}

func TestABackupTakenUnderLoadIsConsistent(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		ctx := context.Background()
		if err := a.Blob.Put(ctx, "ws/hello.txt", strings.NewReader("hello"), 5); err != nil {
			t.Fatal(err)
		}
		fill(t, a, 0, 50)
		var load sync.WaitGroup
		load.Go(func() { fill(t, a, 1000, 300) })
		time.Sleep(20 * time.Millisecond)
		file := filepath.Join(t.TempDir(), "all.tar.gz")
		make1(t, a, file)
		load.Wait()
		u, err := unpack(t, file, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		if text, err := os.ReadFile(filepath.Join(u.Uploads, "ws", "hello.txt")); err != nil || string(text) != "hello" {
			t.Errorf("the file came back as %q, %v", text, err)
		}
		lite, err := store.Open(ctx, "", u.Database)
		if err != nil {
			t.Fatal(err)
		}
		defer lite.Close()
		users, workspaces, jobs := counts(t, lite)
		if users < 50 || users != workspaces || users != jobs {
			t.Errorf("%d users, %d workspaces, %d jobs: a transaction was cut in two", users, workspaces, jobs)
		}
		storetest.Each(t, func(t *testing.T, to *store.DB) { // into either engine
			if err := store.CopyRows(ctx, lite, to, nil); err != nil {
				t.Fatal(err)
			}
			if gu, gw, gj := counts(t, to); gu != users || gw != workspaces || gj != jobs {
				t.Errorf("copied %d %d %d of %d %d %d", gu, gw, gj, users, workspaces, jobs)
			}
			if err := to.Write(ctx, "", func(tx *store.Tx) error { return store.Enqueue(tx, "after", nil) }); err != nil {
				t.Errorf("the ids do not count on: %v", err)
			}
		})
	})
}

// make1 makes a backup in a file.
func make1(t testing.TB, a *app.App, file string) *store.Backup {
	t.Helper()
	place, err := backup.OpenFolder(filepath.Dir(file))
	if err != nil {
		t.Fatal(err)
	}
	row, err := backup.Make(context.Background(), a, backup.Order{To: place, Name: filepath.Base(file)})
	if err != nil || row.Fault != "" || row.VerifiedAt == nil {
		t.Fatalf("make a backup: %v, %+v", err, row)
	}
	return row
}

func unpack(t testing.TB, file, dir string, keys ...age.Identity) (*backup.Unpacked, error) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	return backup.Unpack(context.Background(), backup.Source{Name: "it", R: f, Identities: keys}, dir)
}

// What would become far larger than any installation is no backup, and leaves no more behind than one may.
func TestABombIsNoBackup(t *testing.T) {
	for name, part := range map[string]struct {
		name string
		size int64
	}{"a database of zeros": {"database.db", 2 << 30}, "a file of zeros": {"files/a", 2 << 30},
		"a long manifest": {"manifest.json", 2 << 20}} {
		file := filepath.Join(t.TempDir(), "bomb.tar.gz")
		f, err := os.Create(file)
		if err != nil {
			t.Fatal(err)
		}
		zip := gzip.NewWriter(f)
		if err := tar.NewWriter(zip).WriteHeader(&tar.Header{Name: part.name, Mode: 0o600, Size: part.size}); err != nil {
			t.Fatal(err)
		}
		if _, err := io.CopyN(zip, zeros{}, min(part.size, 200<<20)); err != nil {
			t.Fatal(err)
		}
		zip.Close()
		f.Close()
		dir := t.TempDir()
		if _, err := unpack(t, file, dir); err == nil || !strings.Contains(err.Error(), "larg") {
			t.Errorf("%s: %v", name, err)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("%s left %v, %v", name, left, err)
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }
