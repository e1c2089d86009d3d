package move_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/archive"
	"github.com/sailplane/sailplane/app/workspace/move"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/storetest"
)

type part struct{ name, body string }

func parts(t testing.TB, file []byte) (list []part) {
	t.Helper()
	zip, err := gzip.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(zip); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, part{h.Name, string(body)})
	}
}

func contents(t testing.TB, file []byte) (all string) {
	t.Helper()
	for _, p := range parts(t, file) {
		all += p.name + "\n" + p.body
	}
	return all
}

// pack writes parts with right checksums, but for the list, which is made anew.
func pack(t testing.TB, list []part) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := archive.NewWriter(&out, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for _, p := range list {
		if p.name == "contents.jsonl" {
			continue
		}
		if err := w.Add(p.name, int64(len(p.body)), time.Time{}, strings.NewReader(p.body)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.End(time.Time{}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// edit replaces a text in a part.
func edit(t testing.TB, file []byte, name, old, fresh string) []byte {
	t.Helper()
	list := parts(t, file)
	for n, p := range list {
		if p.name == name {
			if !strings.Contains(p.body, old) {
				t.Fatalf("%s has no %s", name, old)
			}
			list[n].body = strings.Replace(p.body, old, fresh, 1)
		}
	}
	return pack(t, list)
}

func TestWhatIsNoWorkspaceIsRefused(t *testing.T) {
	apptest.Each(t, func(t *testing.T, from *app.App) {
		w := fill(t, from)
		file, _ := export(t, from, w.Workspace)
		other := &store.Workspace{Name: "other", Slug: "other", OwnerID: w.User.ID, Timezone: "UTC"}
		flipped := bytes.Clone(file)
		flipped[len(flipped)/2] ^= 0x40
		without := func(name string) []byte {
			var kept []part
			for _, p := range parts(t, file) {
				if p.name != name {
					kept = append(kept, p)
				}
			}
			return pack(t, kept)
		}
		with := func(name, body string) []byte { return pack(t, append(parts(t, file), part{name, body})) }
		target := apptest.New(t, sibling(t, from.DB))
		write(t, target, func(tx *store.Tx) error {
			u := &store.User{Email: new("root@sailplane.test"), Username: "root", DisplayName: "root", IsActive: true}
			if err := store.Users.Insert(tx, u); err != nil {
				return err
			}
			other.OwnerID = u.ID
			return store.Workspaces.Insert(tx, other)
		})
		before := counted(t, target.DB)
		for name, c := range map[string]struct {
			file []byte
			says string
		}{
			"nothing":            {nil, "is no exported workspace"},
			"a text":             {[]byte("hello"), "is no exported workspace"},
			"cut":                {file[:len(file)/2], "is cut"},
			"flipped":            {flipped, "damaged"},
			"no end":             {file[:len(file)-8], "is cut"},
			"no manifest":        {without("manifest.json"), "does not begin with a manifest"},
			"no states":          {without("tables/states.jsonl"), "were counted"},
			"no people":          {without("people.jsonl"), "were counted"},
			"a foreign part":     {with("evil", "x"), `has a part "evil"`},
			"a foreign table":    {with("tables/users.jsonl", "{}\n"), "has a part"},
			"a way out":          {with("files/../../evil", "x"), "has a part"},
			"another format":     {edit(t, file, "manifest.json", `"format": 1`, `"format": 2`), "of format 2"},
			"another kind":       {edit(t, file, "manifest.json", "sailplane-workspace", "something"), "is no exported"},
			"a newer schema":     {edit(t, file, "manifest.json", `"schema": `, `"schema": 9`), "newer version"},
			"an unknown column":  {edit(t, file, "tables/states.jsonl", `{"id":`, `{"x":1,"id":`), `column "x"`},
			"no row":             {edit(t, file, "tables/states.jsonl", `{"id":`, `["id":`), "no row"},
			"a row twice":        {edit(t, file, "tables/states.jsonl", lineOf(t, file), lineOf(t, file)+lineOf(t, file)), "were counted"},
			"others' rows":       {edit(t, file, "tables/states.jsonl", w.Workspace.ID, other.ID), "of another workspace"},
			"others' projects":   {edit(t, file, "tables/states.jsonl", w.Project.ID, store.NewID()), "not in the file"},
			"a wrong kind":       {edit(t, file, "tables/states.jsonl", `"is_triage":false`, `"is_triage":"no"`), "is_triage"},
			"somebody else":      {edit(t, file, "tables/workspace_members.jsonl", w.User.ID, other.OwnerID), "not in the file"},
			"a bad address":      {edit(t, file, "people.jsonl", "filler@sailplane.test", "filler"), "no address"},
			"one address, twice": {edit(t, file, "people.jsonl", "person-1@", "person-0@"), "no address"},
		} {
			_, err := move.Import(t.Context(), target, bytes.NewReader(c.file), order())
			var refused *app.Error
			if !errors.As(err, &refused) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: %v", name, err)
			}
		}
		unchanged(t, target.DB, before)
		noFiles(t, target)
	})
}

// sibling is another database of the same engine.
func sibling(t testing.TB, db *store.DB) *store.DB {
	t.Helper()
	if db.Postgres {
		return storetest.OnPostgres(t)
	}
	return storetest.SQLite(t)
}

func lineOf(t testing.TB, file []byte) string {
	t.Helper()
	for _, p := range parts(t, file) {
		if p.name == "tables/states.jsonl" {
			line, _, _ := strings.Cut(p.body, "\n")
			return line + "\n"
		}
	}
	return ""
}

func noFiles(t testing.TB, a *app.App) {
	t.Helper()
	err := a.Blob.Walk(t.Context(), func(key string, _ int64, _ time.Time) error {
		t.Errorf("%s was left", key)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
