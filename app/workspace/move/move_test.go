package move_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/workspace/move"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/storetest"
)

// Between all engines: rows are equal by table, with ids kept and with new ones.
func TestAWorkspaceIsTheSameElsewhere(t *testing.T) {
	apptest.Each(t, func(t *testing.T, from *app.App) {
		w := fill(t, from)
		file, out := export(t, from, w.Workspace)
		for _, newIDs := range []bool{false, true} {
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				to := apptest.New(t, db)
				to.Secret = []byte("another secret of another installation")[:32]
				db.Rehearse(true)
				o := order()
				o.NewIDs = newIDs
				in, err := move.Import(t.Context(), to, bytes.NewReader(file), o)
				if err != nil {
					t.Fatal(err)
				}
				if in.Rows != out.Rows || in.Files != 1 || in.Cut > 0 || in.People != out.People {
					t.Errorf("moved %+v of %+v", in, out)
				}
				if (in.ID == w.Workspace.ID) == newIDs {
					t.Errorf("new ids: %v, and it is %s", newIDs, in.ID)
				}
				same(t, dump(t, from.DB, w.Workspace.ID, newIDs), dump(t, db, in.ID, newIDs))
				for table, rows := range dump(t, db, in.ID, false) {
					if text := strings.Join(rows, "\n"); newIDs && (strings.Contains(text, w.Workspace.ID) ||
						strings.Contains(text, w.First) || strings.Contains(text, w.asset)) {
						t.Errorf("%s has ids of before", table)
					}
				}
				checkAround(t, to, in)
			})
		}
	})
}

// checkAround looks at what rows alone do not say.
func checkAround(t *testing.T, a *app.App, r *move.Report) {
	t.Helper()
	read := a.DB.Read(t.Context())
	asset, err := store.FileAssets.Get(read, dbx.HashExp{"workspace_id": r.ID, "entity_type": "ISSUE_DESCRIPTION"})
	if err != nil {
		t.Fatal(err)
	}
	f, _, err := a.Blob.Open(t.Context(), asset.Asset)
	if err != nil || !strings.HasPrefix(asset.Asset, r.ID+"/") {
		t.Fatalf("%s: %v", asset.Asset, err)
	}
	defer f.Close()
	if text, err := io.ReadAll(f); err != nil || string(text) != picture {
		t.Errorf("%q, %v", text, err)
	}
	if left, err := store.FileAssets.Count(read, dbx.HashExp{"is_uploaded": false}); err != nil || left > 1 {
		t.Errorf("%d files are still announced, %v", left, err) // one was made up
	}
	var jobs, admins int
	for query, n := range map[string]*int{"SELECT COUNT(*) FROM jobs": &jobs, "SELECT COUNT(*) FROM instance_admins": &admins} {
		if err := read.One(query, nil, n); err != nil || *n > 0 {
			t.Errorf("%s: %d, %v", query, *n, err)
		}
	}
	owner, err := store.Users.Get(read, dbx.HashExp{"email": "filler@sailplane.test"})
	if err != nil || owner.EmailProven || !owner.IsPasswordAutoset || owner.AvatarAssetID == nil || !owner.IsActive {
		t.Errorf("%+v, %v", owner, err)
	}
	hooks, err := store.Webhooks.List(read, dbx.HashExp{"workspace_id": r.ID})
	if err != nil || len(hooks) != 1 || hooks[0].IsActive {
		t.Fatalf("%+v, %v", hooks, err)
	}
	if plain, err := a.Unseal(hooks[0].SecretKey); err != nil || !strings.HasPrefix(plain, "plane_wh_") {
		t.Errorf("%q, %v", plain, err)
	}
}

// Two exports differ in nothing but the time.
func TestAnExportIsTheSameTwice(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		w := fill(t, a)
		a.DB.OwnClock().Stop(time.Now())
		first, _ := export(t, a, w.Workspace)
		if again, _ := export(t, a, w.Workspace); !bytes.Equal(first, again) {
			t.Error("two exports differ")
		}
		for _, secret := range []string{"plane_wh_", "argon2", "password"} {
			if strings.Contains(contents(t, first), secret) {
				t.Errorf("%s is in it", secret)
			}
		}
	})
}

// Into the installation that it came from: refused with the ids that it has, and beside it with new ones. Everybody has
// an account.
func TestAWorkspaceBesideItself(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		w := fill(t, a)
		before := dump(t, a.DB, w.Workspace.ID, false)
		people, err := store.Users.Count(a.DB.Read(t.Context()), dbx.NewExp("1 = 1"))
		if err != nil {
			t.Fatal(err)
		}
		file, _ := export(t, a, w.Workspace)
		for _, c := range []struct {
			order move.Order
			code  string
		}{
			{move.Order{}, move.CodeInUse}, {move.Order{Slug: "twin"}, move.CodeInUse},
			{move.Order{NewIDs: true}, move.CodeSlug},
			{move.Order{NewIDs: true, Slug: "FILLED"}, move.CodeSlug}, {move.Order{NewIDs: true, Slug: "api"}, move.CodeSlug},
			{move.Order{NewIDs: true, Slug: "a/b"}, move.CodeSlug},
		} {
			c.order.Say = func(string) {}
			_, err := move.Import(t.Context(), a, bytes.NewReader(file), c.order)
			var refused *app.Error
			if !errors.As(err, &refused) || refused.Code != c.code {
				t.Errorf("%+v: %v, want %s", c.order, err, c.code)
			}
		}
		o := order()
		o.Slug, o.NewIDs = "twin", true
		in, err := move.Import(t.Context(), a, bytes.NewReader(file), o)
		if err != nil {
			t.Fatal(err)
		}
		same(t, before, dump(t, a.DB, w.Workspace.ID, false))
		if n, err := store.Users.Count(a.DB.Read(t.Context()), dbx.NewExp("1 = 1")); err != nil || n != people {
			t.Errorf("%d people of %d, %v", n, people, err)
		}
		same(t, dump(t, a.DB, w.Workspace.ID, true), dump(t, a.DB, in.ID, true))
	})
}
