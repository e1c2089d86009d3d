package main

import (
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/sailplane/sailplane/"

// rooms says which rooms each room may import, beside itself. A request walks in at web and never turns round.
var rooms = map[string][]string{
	"cmd":        {"web", "jobs", "app", "store", "embed", "migrations"},
	"web":        {"app", "store", "embed"},
	"jobs":       {"app", "store", "embed"},
	"app":        {"store", "embed"},
	"store":      {"embed", "migrations"},
	"embed":      {},
	"migrations": {},
}

// engine lists all that the engine of store may import: it knows none of the tables.
var engine = map[string][]string{
	"store/db":       {"migrations", "store/durable", "store/diskfree"},
	"store/durable":  {},
	"store/diskfree": {},
}

// shared lists the packages of app that its areas may import beside app itself: they know nothing but their own matter.
var shared = []string{"app/richtext", "app/password", "app/zxcvbn", "app/sheet", "app/user", "app/plan", "app/filter",
	"app/board", "app/mail", "app/property", "app/visit", "app/archive", "app/pql", "app/document", "app/ydoc",
	"app/workflow", "app/webhook", "app/grant", "app/audit", "app/importer/record", "app/importer/markup"}

// mayImport tells whether one package of the module may import another; both are paths below the module's.
func mayImport(from, to string) bool {
	if strings.HasSuffix(from, "test") { // what sets a test up, as app/apptest does, builds the whole house
		return true
	}
	if may, ok := engine[from]; ok {
		return slices.Contains(may, to)
	}
	room, _, _ := strings.Cut(from, "/")
	other, _, _ := strings.Cut(to, "/")
	if room != other {
		return slices.Contains(rooms[room], other)
	}
	area := room == "app" && from != "app" && from != "app/health" // which looks at everything
	return !area || to == "app" || slices.Contains(shared, to) || strings.HasPrefix(to, from+"/") || path.Dir(from) == to
}

func TestImportsGoOneWay(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, module+"...").Output()
	if err != nil {
		t.Fatalf("list the packages of the module: %v", err)
	}
	for line := range strings.Lines(string(out)) {
		names := strings.Fields(line)
		if names[0]+"/" == module { // the root has files that the binary gives out, and imports nothing
			names[0] = module + "embed"
		}
		from := strings.TrimPrefix(names[0], module)
		if room, _, _ := strings.Cut(from, "/"); rooms[room] == nil {
			t.Errorf("%s is in no room of the house", from)
		}
		for _, name := range names[1:] {
			if to, ours := strings.CutPrefix(name, module); ours && !mayImport(from, to) {
				t.Errorf("%s must not import %s", from, to)
			}
		}
	}
}

func TestMayImport(t *testing.T) {
	for _, c := range []struct {
		from, to string
		want     bool
	}{
		{"cmd", "web/api", true},
		{"web/api", "web", true},
		{"web/v1", "app/issue", true},
		{"web", "jobs", false},
		{"jobs", "web", false},
		{"jobs", "app/notify", true},
		{"app/issue", "app", true},
		{"app/issue", "app/richtext", true},
		{"app/issue", "app/project", false},
		{"app/issue", "web", false},
		{"app/apptest", "web", true},
		{"store", "app", false},
		{"store", "migrations", true},
		{"store/blob", "store", true},
		{"store", "store/db", true},
		{"store/db", "migrations", true},
		{"store/db", "store", false},
		{"store/db", "store/blob", false},
		{"migrations", "store", false},
		{"embed", "migrations", false},
	} {
		if got := mayImport(c.from, c.to); got != c.want {
			t.Errorf("mayImport(%s, %s) = %v", c.from, c.to, got)
		}
	}
}

// Weak hashes are for tests: nothing but the package that builds applications for them asks for such.
func TestOnlyTestsHashQuickly(t *testing.T) {
	walk(t, func(path string, source []byte) {
		inTest := strings.HasSuffix(path, "_test.go") || path == filepath.Join("..", "app", "apptest", "apptest.go")
		if !inTest && strings.Contains(string(source), "password.Quick") {
			t.Errorf("%s makes hashes that cost nothing", path)
		}
	})
}
