package move_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/retention"
	"github.com/sailplane/sailplane/app/workspace/move"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/storetest"
	"github.com/sailplane/sailplane/web/webtest"
)

// exported is a workspace from an installation on SQLite.
func exported(t *testing.T) (*whole, []byte) {
	t.Helper()
	from := apptest.New(t, storetest.SQLite(t))
	w := fill(t, from)
	file, _ := export(t, from, w.Workspace)
	return w, file
}

// Where some people have accounts already those are found by address, and are named by their own ids, in texts too.
// Their passwords and names stay. What was imported is read through the API.
func TestItLandsAmongPeople(t *testing.T) {
	w, file := exported(t)
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		filler, person := s.User("filler"), s.User("person-1")
		stranger := s.User("stranger")
		in, err := move.Import(t.Context(), s.App, bytes.NewReader(file), order())
		if err != nil {
			t.Fatal(err)
		}
		if in.ID != w.Workspace.ID || len(in.Known) != 2 || len(in.New) != 2 || in.Owner != "filler@sailplane.test" {
			t.Errorf("%+v", in)
		}
		read := s.App.DB.Read(t.Context())
		for id, email := range map[string]string{filler.User.ID: "filler", person.User.ID: "person-1"} {
			u, err := store.Users.Get(read, dbx.HashExp{"email": email + "@sailplane.test"})
			if err != nil || u.ID != id || u.FirstName != email || u.AvatarAssetID != nil {
				t.Errorf("%s: %+v, %v", email, u, err)
			}
		}
		item, err := store.Issues.Find(read, w.First)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(item.DescriptionHTML, `entity_identifier="`+filler.User.ID+`"`) ||
			!strings.Contains(item.DescriptionHTML, w.asset) || strings.Contains(item.DescriptionHTML, w.User.ID) {
			t.Errorf("the text says %s", item.DescriptionHTML)
		}
		project := "/api/workspaces/filled/projects/" + w.Project.ID
		for _, path := range []string{"/api/workspaces/filled/", "/api/workspaces/filled/projects/", project + "/",
			project + "/states/", project + "/issues/?per_page=100", project + "/issues/" + w.First + "/",
			project + "/issues/" + w.First + "/history/", project + "/issues/" + w.First + "/issue-relation/",
			project + "/cycles/", project + "/modules/", project + "/views/", project + "/pages/",
			project + "/intake-issues/", project + "/estimates/", "/api/workspaces/filled/draft-issues/",
			"/api/workspaces/filled/user-favorites/", "/api/workspaces/filled/webhooks/", "/api/workspaces/filled/stickies/",
			"/api/workspaces/filled/members/", "/api/workspaces/filled/search/?search=number",
			"/api/assets/v2/workspaces/filled/projects/" + w.Project.ID + "/" + w.asset + "/"} {
			if status := filler.Do(http.MethodGet, path, nil).Status; status >= http.StatusBadRequest {
				t.Errorf("GET %s: %d", path, status)
			}
		}
		if status := stranger.Do(http.MethodGet, project+"/", nil).Status; status < http.StatusForbidden {
			t.Errorf("a stranger reads it: %d", status)
		}
	})
}

// An import that fails leaves nothing; one that is killed leaves files that are swept away, and can be run again.
func TestAnImportIsWholeOrNot(t *testing.T) {
	w, file := exported(t)
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		a := apptest.New(t, db)
		before := counted(t, db)
		ctx, stop := context.WithCancel(t.Context())
		o := order()
		o.Say = func(text string) {
			if strings.HasPrefix(text, "module_issues") {
				stop()
			}
		}
		if _, err := move.Import(ctx, a, bytes.NewReader(file), o); !errors.Is(err, context.Canceled) {
			t.Fatalf("stopped: %v", err)
		}
		unchanged(t, db, before)
		noFiles(t, a)
		o.Say = func(text string) {
			if strings.HasPrefix(text, "module_issues") {
				panic("killed")
			}
		}
		func() {
			defer func() { recover() }()
			move.Import(t.Context(), a, bytes.NewReader(file), o)
		}()
		if files := keys(t, db); files != 2 {
			t.Errorf("%d files are announced, want the picture and the portrait", files)
		}
		in, err := move.Import(t.Context(), a, bytes.NewReader(file), order())
		if err != nil {
			t.Fatal(err)
		}
		db.OwnClock().Run(8 * 24 * time.Hour)
		if err := retention.Round(t.Context(), a, struct{}{}); err != nil {
			t.Fatal(err)
		}
		n := 0
		if err := a.Blob.Walk(t.Context(), func(string, int64, time.Time) error { n++; return nil }); err != nil || n != 2 {
			t.Errorf("%d files are left, %v", n, err)
		}
		checkAround(t, a, in)
		if in.ID != w.Workspace.ID {
			t.Error(in.ID)
		}
	})
}

func keys(t testing.TB, db *store.DB) int {
	t.Helper()
	n, err := store.FileAssets.Count(db.Read(t.Context()), dbx.HashExp{"is_uploaded": false})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func counted(t testing.TB, db *store.DB) map[string]int64 {
	t.Helper()
	n, err := store.CountRows(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func unchanged(t testing.TB, db *store.DB, before map[string]int64) {
	t.Helper()
	for table, n := range counted(t, db) {
		if before[table] != n {
			t.Errorf("%s had %d rows, and has %d", table, before[table], n)
		}
	}
}
