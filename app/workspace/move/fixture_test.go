package move_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/workspace/move"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/storetest"
)

// whole is a workspace with a row in every table that moves.
type whole struct {
	*storetest.Filled
	ids   map[string]string
	asset string // a picture in the text of the oldest work item
}

const picture = "the bytes of a picture"

// fill makes one. Its oldest work item mentions somebody, shows a picture and names another work item in a document.
func fill(t testing.TB, a *app.App) *whole {
	t.Helper()
	f := storetest.Fill(t, a.DB, 60, 5)
	w := &whole{Filled: f, ids: f.Surround(t, a.DB, 3), asset: store.NewID()}
	key := f.Workspace.ID + "/0123456789abcdef0123456789abcdef-a picture.png"
	write(t, a, func(tx *store.Tx) error {
		row := &store.FileAsset{AuditFields: store.AuditFields{ID: w.asset, CreatedByID: &f.User.ID}, Asset: key,
			WorkspaceID: &f.Workspace.ID, ProjectID: &f.Project.ID, IssueID: &f.First, UserID: &f.User.ID, IsUploaded: true,
			EntityType: new("ISSUE_DESCRIPTION"), Attributes: store.JSON(`{"name": "a picture.png", "type": "image/png"}`)}
		avatar := &store.FileAsset{Asset: "0123456789abcdef0123456789abcdef-user-avatar.png", UserID: &f.User.ID,
			IsUploaded: true, EntityType: new("USER_AVATAR"),
			Attributes: store.JSON(`{"name": "me.png", "type": "image/png", "size": 22}`)}
		if err := store.FileAssets.Insert(tx, row, avatar); err != nil {
			return err
		}
		f.User.AvatarAssetID = &avatar.ID
		if err := store.Users.Update(tx, f.User, "avatar_asset_id"); err != nil {
			return err
		}
		i, err := store.Issues.Find(tx, f.First)
		if err != nil {
			return err
		}
		i.DescriptionHTML = fmt.Sprintf(`<p><mention-component entity_identifier="%s"></mention-component>
			<image-component src="%s"></image-component><a href="/api/assets/v2/workspaces/filled/%s/">it</a></p>`, f.User.ID,
			w.asset, w.asset)
		i.DescriptionBinary = append([]byte{0, 1, 36}, w.asset...)
		return store.Issues.Update(tx, i, "description_html", "description_binary")
	})
	for _, k := range []string{key, "0123456789abcdef0123456789abcdef-user-avatar.png"} {
		if err := a.Blob.Put(t.Context(), k, strings.NewReader(picture), int64(len(picture))); err != nil {
			t.Fatal(err)
		}
	}
	write(t, a, w.rest)
	return w
}

func write(t testing.TB, a *app.App, fn func(*store.Tx) error) {
	t.Helper()
	if err := a.DB.Write(t.Context(), "", fn); err != nil {
		t.Fatal(err)
	}
}

// rest puts a row into every table that has none yet.
func (w *whole) rest(t *store.Tx) error {
	if err := t.DeferReferences(); err != nil {
		return err
	}
	for _, table := range store.MovedTables() {
		n := 0
		if err := t.One("SELECT COUNT(*) FROM "+table.Name, nil, &n); err != nil || n > 0 {
			if err != nil {
				return err
			}
			continue
		}
		all := table
		if table.Name != "project_identifiers" {
			all.Left = nil
		}
		columns, err := all.Columns(t)
		if err != nil {
			return err
		}
		values := make([]any, len(columns))
		for i, c := range columns {
			if values[i], err = w.value(t, c); err != nil {
				return fmt.Errorf("%s.%s: %w", table.Name, c.Name, err)
			}
		}
		if err := all.Insert(t, columns, values); err != nil {
			return err
		}
	}
	return nil
}

func (w *whole) value(t *store.Tx, c store.Column) (any, error) {
	switch {
	case c.Name == "id" || c.Name == "transaction":
		return store.NewID(), nil
	case c.Refers == "workspaces":
		return w.Workspace.ID, nil
	case c.Name == "row_id": // of import_rows: an id of any table
		return w.First, nil
	case c.Refers == "users":
		return w.User.ID, nil
	case c.Refers != "":
		var id string
		err := t.One("SELECT id FROM "+c.Refers+" WHERE workspace_id = ? ORDER BY id LIMIT 1", []any{w.Workspace.ID}, &id)
		if errors.Is(err, store.ErrNotFound) && !c.Required { // of what comes later
			return nil, nil
		}
		return id, err
	case !c.Required:
		return nil, nil
	case strings.HasSuffix(c.Name, "_date"):
		return store.Date("2026-02-03"), nil
	}
	switch c.Kind {
	case store.KindTime:
		return time.Date(2026, 2, 3, 4, 5, 6, 789000, time.UTC), nil
	case store.KindBoolean:
		return true, nil
	case store.KindInteger:
		return 1, nil
	case store.KindReal:
		return 1.5, nil
	}
	return `{"of": "` + w.First + `"}`, nil // good as a text and as a document
}

// export writes it to a file in memory.
func export(t testing.TB, a *app.App, w *store.Workspace) ([]byte, *move.Report) {
	t.Helper()
	var out bytes.Buffer
	r, err := move.Export(t.Context(), a, w, &out, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), r
}

func order() move.Order { return move.Order{Say: func(string) {}} }

// elsewhere are columns that are not the same in another installation, and say so in the report.
var elsewhere = []string{"workspaces.slug", "file_assets.asset", "webhooks.is_active"}

var anID = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// dump are all rows of a workspace by table, sorted. People are called by their address or name; halves says that of
// all other ids only the first half counts, which new ones keep.
func dump(t testing.TB, db *store.DB, workspace string, halves bool) map[string][]string {
	t.Helper()
	people := map[string]string{}
	read := db.Read(t.Context())
	users, err := store.Users.List(read, dbx.NewExp("1 = 1"))
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range users {
		people[u.ID] = "@" + u.DisplayName
	}
	rows := map[string][]string{}
	for _, table := range store.MovedTables() {
		columns, err := table.Columns(read)
		if err != nil {
			t.Fatal(err)
		}
		err = table.Each(read, workspace, columns, func(values []any) error {
			line := ""
			for i, c := range columns {
				if !slices.Contains(elsewhere, table.Name+"."+c.Name) && (!halves || c.Name != "anchor") {
					line += c.Name + "=" + plain(values[i]) + " "
				}
			}
			line = anID.ReplaceAllStringFunc(line, func(id string) string {
				if p, ok := people[id]; ok {
					return p
				}
				if halves {
					return id[:18]
				}
				return id
			})
			rows[table.Name] = append(rows[table.Name], line)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(rows[table.Name])
	}
	return rows
}

// plain is a value as both engines have it.
func plain(v any) string {
	switch x := v.(type) {
	case time.Time:
		return x.UTC().Format(time.RFC3339Nano)
	case []byte:
		return fmt.Sprintf("%q", x)
	case string:
		var doc any
		if json.Unmarshal([]byte(x), &doc) == nil {
			text, _ := json.Marshal(doc)
			return string(text)
		}
		return x
	}
	return fmt.Sprint(v)
}

func same(t testing.TB, want, got map[string][]string) {
	t.Helper()
	for _, table := range store.MovedTables() {
		w, g := want[table.Name], got[table.Name]
		if len(w) == 0 {
			t.Errorf("%s: nothing in it is tried", table.Name)
		}
		if len(w) != len(g) {
			t.Errorf("%s: %d rows, want %d", table.Name, len(g), len(w))
			continue
		}
		for i := range w {
			if w[i] != g[i] {
				t.Errorf("%s:\n got %s\nwant %s", table.Name, g[i], w[i])
				break
			}
		}
	}
}
