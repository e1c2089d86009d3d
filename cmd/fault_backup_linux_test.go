package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/sailplane/sailplane/app/backup"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/storetest"
)

// upload writes files as if they had been uploaded.
func (i *installation) upload(n, size int) {
	i.t.Helper()
	dir := filepath.Join(i.dir, "files", "ws")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		i.t.Fatal(err)
	}
	text := make([]byte, size)
	rand.Read(text)
	for k := range n {
		text[0], text[1] = byte(k), byte(k>>8)
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%04x.bin", k)), text, 0o600); err != nil {
			i.t.Fatal(err)
		}
	}
}

// listed is what backup list says.
func (i *installation) listed() (list []backup.Entry) {
	i.t.Helper()
	if err := json.Unmarshal([]byte(i.run("backup", "list", "--json")), &list); err != nil {
		i.t.Fatal(err)
	}
	return list
}

const mostMemory = 100 << 20

// Ten thousand files go out and come back without being gathered in memory.
func TestTenThousandFilesNeedLittleMemory(t *testing.T) {
	i := install(t, t.TempDir(), "")
	i.upload(10_000, 4_000)
	file := filepath.Join(t.TempDir(), "all.tar.gz")
	other := t.TempDir()
	for _, args := range [][]string{{"backup", "create", file, "--dir", i.dir}, {"backup", "verify", file},
		{"backup", "restore", file, "--dir", other}} {
		cmd := exec.Command("sailplane", args...)
		cmd.Env = i.env
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%q: %v\n%s", args, err, said)
		}
		used := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10
		if t.Logf("%s %s: %d MiB", args[0], args[1], used>>20); used > mostMemory {
			t.Errorf("%s %s took %d MiB", args[0], args[1], used>>20)
		}
	}
	if back, err := os.ReadDir(filepath.Join(other, "files", "ws")); err != nil || len(back) != 10_000 {
		t.Errorf("%d files came back, %v", len(back), err)
	}
}

// Killed while it makes a backup, it leaves nothing that looks like one; the next one is made.
func TestKilledWhileMakingABackupNothingHalfIsLeft(t *testing.T) {
	i := install(t, t.TempDir(), "")
	i.upload(60, 1<<20)
	cmd := exec.Command("sailplane", "backup", "create", "--dir", i.dir)
	cmd.Env = i.env
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "a part of the backup is written", func() bool {
		parts, err := filepath.Glob(filepath.Join(i.dir, "backups", "*.part"))
		if err != nil || len(parts) == 0 {
			return false
		}
		info, err := os.Stat(parts[0])
		return err == nil && info.Size() > 1<<20
	})
	cmd.Process.Kill()
	if err := cmd.Wait(); err == nil {
		t.Fatal("it was faster than the kill")
	}
	if list := i.listed(); len(list) != 0 {
		t.Errorf("left: %+v", list)
	}
	i.run("backup", "create")
	if list := i.listed(); len(list) != 1 || list[0].VerifiedAt == nil || list[0].Files != 60 {
		t.Errorf("the next one: %+v", list)
	}
}

// A full disk is told, and leaves nothing.
func TestABackupOntoAFullDiskIsTold(t *testing.T) {
	small := t.TempDir()
	if err := syscall.Mount("tmpfs", small, "tmpfs", 0, "size=16m"); err != nil {
		t.Skipf("a small disk can't be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(small, 0); err != nil {
			t.Error(err)
		}
	})
	i := install(t, t.TempDir(), "")
	i.upload(40, 1<<20)
	i.env = append(i.env, "SAILPLANE_BACKUP_FOLDER="+small)
	for _, args := range [][]string{{"backup", "create"}, {"backup", "create", filepath.Join(small, "all.tar.gz")}} {
		cmd := exec.Command("sailplane", append(args, "--dir", i.dir)...)
		cmd.Env = i.env
		said, err := cmd.CombinedOutput()
		if err == nil || !strings.Contains(string(said), "no space left on device") {
			t.Errorf("%v\n%s", err, said)
		}
		if left, err := os.ReadDir(small); err != nil || len(left) > 0 {
			t.Errorf("left: %v, %v", left, err)
		}
	}
	cmd := exec.Command("sailplane", "doctor", "--dir", i.dir)
	cmd.Env = i.env
	if said, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(said), "backup.failed") {
		t.Errorf("%v\n%s", err, said)
	}
}

// A restore that does not fit on the disk leaves what was there, on both databases.
func TestARestoreThatFailsLeavesWhatWasThere(t *testing.T) {
	small := t.TempDir()
	if err := syscall.Mount("tmpfs", small, "tmpfs", 0, "size=24m"); err != nil {
		t.Skipf("a small disk can't be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(small, 0); err != nil {
			t.Error(err)
		}
	})
	from := install(t, t.TempDir(), "")
	from.upload(12, 1<<20) // there is room to unpack them, and none for a second time
	file := filepath.Join(t.TempDir(), "all.tar.gz")
	from.run("backup", "create", file)
	addresses := []string{""}
	if os.Getenv(storetest.Postgres) != "" {
		addresses = append(addresses, emptyPostgres(t))
	}
	for n, address := range addresses {
		dir := filepath.Join(small, fmt.Sprint(n))
		i := install(t, dir, address)
		i.write(func(t *store.Tx) error {
			email := "late@sailplane.test"
			return store.Users.Insert(t, &store.User{Email: &email, Username: "late", IsActive: true, UserTimezone: "UTC"})
		})
		i.run("user", "list") // makes the folder of files
		want := i.counts()
		cmd := exec.Command("sailplane", "backup", "restore", file, "--force", "--dir", dir)
		cmd.Env = i.env
		said, err := cmd.CombinedOutput()
		if err == nil || !strings.Contains(string(said), "no space left on device; what was there before is in its place again") {
			t.Errorf("%v\n%s", err, said)
		}
		if got := i.counts(); got["users"] != want["users"] || got["users"] != 2 {
			t.Errorf("%d people are there, want %d", got["users"], want["users"])
		}
		if said := i.run("user", "list"); !strings.Contains(said, "late@") {
			t.Errorf("%s", said)
		}
		if left, err := filepath.Glob(filepath.Join(dir, "*restore*")); err != nil || len(left) > 0 {
			t.Errorf("left: %v, %v", left, err)
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
}

// On Postgres too there is a backup before a migration, and a way back.
func TestPostgresIsBroughtBackAfterAMigration(t *testing.T) {
	if os.Getenv(storetest.Postgres) == "" {
		t.Skip(storetest.Postgres + " is not set: no Postgres here")
	}
	address := emptyPostgres(t)
	dump := filepath.Join(t.TempDir(), "dump.sql")
	if err := writeUnzipped(dump, olderStore+".postgres.sql.gz"); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(dump)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := raw.Exec(string(text)); err != nil {
		t.Fatal(err)
	}
	raw.Close()
	i := &installation{t: t, dir: t.TempDir(), db: address,
		env: append(os.Environ(), "SAILPLANE_DATABASE_URL="+address)}
	i.keepSecret()
	before := i.counts()
	i.run("migrate", "up")
	if list := i.listed(); len(list) != 1 || list[0].Before != 9 && list[0].Before != 12 || list[0].VerifiedAt == nil {
		t.Fatalf("%+v", list)
	}
	i.write(func(t *store.Tx) error {
		email := "late@sailplane.test"
		return store.Users.Insert(t, &store.User{Email: &email, Username: "late", IsActive: true, UserTimezone: "UTC"})
	})
	said := i.run("rollback", "--yes")
	for _, want := range []string{"1 rows were made", "of schema 8.", "What was there before is in the schema before_restore_"} {
		if !strings.Contains(said, want) {
			t.Errorf("rollback does not say %q:\n%s", want, said)
		}
	}
	after := i.counts()
	for table, n := range before {
		if after[table] != n {
			t.Errorf("%s: %d rows, want %d", table, after[table], n)
		}
	}
	if said := i.run("migrate", "status"); !strings.Contains(said, "pending") {
		t.Errorf("the schema is not the old one:\n%s", said)
	}
	i.run("migrate", "up")
	// A backup of SQLite takes its place, in a sentence without holes, and without a line for each table.
	lite := install(t, t.TempDir(), "")
	file := filepath.Join(t.TempDir(), "lite.tar.gz")
	lite.run("backup", "create", file)
	said = i.run("backup", "restore", file, "--force")
	if !strings.Contains(said, " and in the schema before_restore_") || strings.Contains(said, "in  and") ||
		strings.Contains(said, ": 0 rows") {
		t.Errorf("restored:\n%s", said)
	}
	if n := i.counts()["users"]; n != 1 {
		t.Errorf("%d people are there", n)
	}
}

func (i *installation) counts() map[string]int64 {
	i.t.Helper()
	db := i.open()
	defer db.Close()
	counts, err := store.CountRows(context.Background(), db)
	if err != nil {
		i.t.Fatal(err)
	}
	return counts
}
