package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/storetest"
)

// fillUp makes a workspace of more than 100,000 rows and 10,000 files.
func (i *installation) fillUp() {
	i.t.Helper()
	i.upload(10_000, 4_000)
	db := i.open()
	defer db.Close()
	f := storetest.Fill(i.t, db, 20_000)
	err := db.Write(i.t.Context(), "", func(t *store.Tx) error {
		rows := make([]*store.FileAsset, 10_000)
		for k := range rows {
			rows[k] = &store.FileAsset{Asset: fmt.Sprintf("ws/%04x.bin", k), WorkspaceID: &f.Workspace.ID, IsUploaded: true,
				IssueID: &f.First, ProjectID: &f.Project.ID, EntityType: new("ISSUE_ATTACHMENT"), Size: 4_000}
		}
		return store.FileAssets.Insert(t, rows...)
	})
	if err != nil {
		i.t.Fatal(err)
	}
}

// A large workspace goes out and comes back without being gathered in memory; killed on its way in it leaves no part of
// itself, and is imported by the next try.
func TestALargeWorkspaceMovesInLittleMemory(t *testing.T) {
	i, other := install(t, t.TempDir(), ""), install(t, t.TempDir(), "")
	for _, one := range []*installation{i, other} { // the first start makes the secret
		one.start()
		one.kill()
	}
	i.fillUp()
	file := filepath.Join(t.TempDir(), "filled.tar.gz")
	in := []string{"workspace", "import", file, "--dir", other.dir}
	i.little("workspace", "export", "filled", file, "--dir", i.dir)

	killed := exec.Command("sailplane", in...)
	killed.Env = i.env
	if err := killed.Start(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "some files are there", func() bool {
		files, err := filepath.Glob(filepath.Join(other.dir, "files", "*", "*.bin"))
		return err == nil && len(files) > 500
	})
	killed.Process.Kill()
	if err := killed.Wait(); err == nil {
		t.Fatal("it was faster than the kill")
	}
	if list := other.run("workspace", "list"); strings.Contains(list, "filled") {
		t.Errorf("left: %s", list)
	}
	began := time.Now()
	i.little(in...)
	t.Logf("imported in %v", time.Since(began))
	if list := other.run("workspace", "list"); !strings.Contains(list, "filled") {
		t.Errorf("it is not there: %s", list)
	}
	db := other.open()
	defer db.Close()
	counts, err := store.CountRows(t.Context(), db)
	if err != nil || counts["issues"] != 20_006 || counts["issue_labels"] != 40_000 {
		t.Errorf("%d work items, %d labels on them, %v", counts["issues"], counts["issue_labels"], err)
	}
}

// little runs a command that may not take much memory.
func (i *installation) little(args ...string) {
	i.t.Helper()
	cmd := exec.Command("sailplane", args...)
	var said bytes.Buffer
	cmd.Env, cmd.Stdout, cmd.Stderr = i.env, &said, &said
	if err := cmd.Start(); err != nil {
		i.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	used := 0 // what the system counts for a child begins with what this test has: its own mark does not
	for {
		select {
		case err := <-ended:
			if err != nil {
				i.t.Fatalf("%q: %v\n%s", args, err, said.String())
			}
			if i.t.Logf("%s %s: %d MiB", args[0], args[1], used>>10); used == 0 || used<<10 > mostMemory {
				i.t.Errorf("%s %s took %d MiB", args[0], args[1], used>>10)
			}
			return
		case <-time.After(10 * time.Millisecond):
			used = max(used, highWater(cmd.Process.Pid))
		}
	}
}

// highWater is the most memory that a process has had, in KiB; 0 when it has ended.
func highWater(pid int) (most int) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	if _, line, ok := strings.Cut(string(text), "VmHWM:"); ok {
		fmt.Sscan(line, &most)
	}
	return most
}
