package importer_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/export"
	"github.com/sailplane/sailplane/app/importer"
	"github.com/sailplane/sailplane/app/importer/reader"
	"github.com/sailplane/sailplane/store"
)

// exported writes the first project of a workspace as a user would order it, and returns the file.
func (w *world) exported(format string) string {
	w.t.Helper()
	row := &store.Exporter{Project: store.NullJSON(`["` + w.Project.ID + `"]`), Provider: format, Status: store.ExportQueued,
		Token: "0123456789" + format, InitiatedByID: w.User.ID, WorkspaceID: w.Workspace.ID, Type: "issue_exports",
		RichFilters: store.NullJSON("{}")}
	w.write(func(t *store.Tx) error { return store.Exporters.Insert(t, row) })
	if err := export.Write(w.t.Context(), w.a, export.Result{ID: row.ID}); err != nil {
		w.t.Fatal(err)
	}
	done, err := store.Exporters.Find(w.a.DB.Read(w.t.Context()), row.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	r, _, err := w.a.Blob.Open(w.t.Context(), done.Key)
	if err != nil {
		w.t.Fatal(err)
	}
	defer r.Close()
	content, err := io.ReadAll(r)
	if err != nil {
		w.t.Fatal(err)
	}
	path := filepath.Join(w.t.TempDir(), format+".zip")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		w.t.Fatal(err)
	}
	return path
}

// What we export is taken in again as it was, but for texts, which an export does not have.
func TestOurOwnExportsComeBack(t *testing.T) {
	for _, format := range []string{"csv", "json"} {
		t.Run(format, func(t *testing.T) {
			apptest.Each(t, func(t *testing.T, a *app.App) {
				w := begin(t, a)
				w.write(func(t *store.Tx) error { // the fixture's intake has numbers below nought
					_, err := t.Exec("DELETE FROM issues WHERE sequence_id < 0")
					return err
				})
				var kind reader.Kind
				for _, k := range reader.Kinds {
					if k.Name == "plane-export" {
						kind = k
					}
				}
				o := w.order(nil)
				o.Kind, o.Read, o.From, o.Project = kind.Name, kind.Read, reader.FromFile(w.exported(format), ""), "BACK"
				r, err := importer.Run(t.Context(), a, o)
				if err != nil {
					t.Fatal(err)
				}
				was, err := store.Issues.List(a.DB.Read(t.Context()), dbx.HashExp{"project_id": w.Project.ID}, "sequence_id")
				if err != nil || len(was) == 0 || r.Items.Made != len(was) {
					t.Fatalf("%d were there, %+v %v %v", len(was), r.Items, r.Notes, err)
				}
				p, err := store.Projects.Get(a.DB.Read(t.Context()), dbx.HashExp{"identifier": "BACK"})
				if err != nil {
					t.Fatal(err)
				}
				is, err := store.Issues.List(a.DB.Read(t.Context()), dbx.HashExp{"project_id": p.ID}, "sequence_id")
				if err != nil {
					t.Fatal(err)
				}
				for n := range was {
					if got, want := shown(t, a, &is[n]), shown(t, a, &was[n]); got != want {
						t.Errorf("got  %s\nwant %s", got, want)
					}
				}
			})
		})
	}
}

// shown is a work item as an export has it.
func shown(t *testing.T, a *app.App, i *store.Issue) string {
	t.Helper()
	read := a.DB.Read(t.Context())
	state := ""
	if i.StateID != nil {
		s, err := store.States.Find(read, *i.StateID)
		if err != nil {
			t.Fatal(err)
		}
		state = strings.ToLower(s.Name)
	}
	labels, err := store.LabelsOf(read, i.ID)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, l := range labels {
		names[l.Name] = true
	}
	return fmt.Sprintln(i.SequenceID, i.Name, i.Priority, state, names, i.CreatedAt.Unix(), i.ParentID != nil)
}
