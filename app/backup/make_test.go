package backup_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/backup"
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
			again, err := backup.Verify(t.Context(), a, row.Name, keys)
			if err != nil || !strings.Contains(again.Fault, "damaged") {
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
