package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store"
)

// An import that is killed at twenty moments leaves whole work items only, and ends with all of them once.
func TestKilledImportGoesOn(t *testing.T) {
	const items = 400
	i := install(t, t.TempDir(), "")
	file := filepath.Join(t.TempDir(), "jira.csv")
	if err := os.WriteFile(file, []byte(jiraOf(items)), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"import", "jira", file, "--workspace", "fault", "--dir", i.dir}
	kills, parts := 0, 0
	for n := range 20 {
		cmd := exec.Command("sailplane", args...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(60+25*n) * time.Millisecond)
		cmd.Process.Kill() // it may have ended
		if cmd.Wait() != nil {
			kills++
		}
		if made := checkImported(t, i, -1); made > 0 && made < items {
			parts++
		}
	}
	if said, err := exec.Command("sailplane", args...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	checkImported(t, i, items)
	t.Logf("killed %d times, %d of them in the middle of the work items", kills, parts)
}

// checkImported holds that every work item has its three comments and its number; so many, unless that is below nought.
func checkImported(t *testing.T, i *installation, want int) (made int) {
	t.Helper()
	db := i.open()
	defer db.Close()
	read := db.Read(t.Context())
	from := dbx.HashExp{"external_source": "jira"}
	made, err := store.Issues.Count(read, from)
	if err != nil {
		t.Fatal(err)
	}
	said, err := store.IssueComments.Count(read, from)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := store.ImportRows.Count(read, dbx.HashExp{"kind": store.ImportedIssue})
	if err != nil {
		t.Fatal(err)
	}
	if said != 3*made || keys != made || want >= 0 && made != want {
		t.Errorf("%d work items with %d comments and %d keys; %d are in the file", made, said, keys, want)
	}
	return made
}

// jiraOf is a table with so many work items, with three comments each, ten below each tenth.
func jiraOf(items int) string {
	var b strings.Builder
	b.WriteString("Summary,Issue key,Issue id,Status,Created,Parent id,Comment,Comment,Comment\n")
	for n := 1; n <= items; n++ {
		above := ""
		if n%10 != 0 {
			above = fmt.Sprint(1000 + n/10*10 + 10)
		}
		fmt.Fprintf(&b, "item %d,OLD-%d,%d,Done,25/Jun/20 12:44,%s,25/Jun/20 12:45;a;x,25/Jun/20 12:46;a;y,25/Jun/20 12:47;b;z\n",
			n, n, 1000+n, above)
	}
	return b.String()
}
