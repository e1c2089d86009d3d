package importer_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/importer/record"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
)

func TestHostileRecords(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		w := begin(t, a)
		items := source(5)
		for n := range items {
			items[n].Parent = fmt.Sprintf("OLD-%d", (n+1)%5+1) // a circle
		}
		items[0].Title = "=cmd|' /C calc'!A0"
		items[0].Text = record.Text{Body: `<script>alert(1)</script><img src=x onerror=alert(1)>`, Form: record.HTML}
		items[1].Title = strings.Repeat("ä", 1000) + "\x00\n"
		items[1].Number = 1 << 40
		items[2].Key = strings.Repeat("k", 300)
		items[3].Title = " \t "
		items[4].Links = []record.Link{{URL: "javascript:alert(1)"}}
		items[4].Labels = []record.Label{{Name: "\x00\x1b[31mred", Color: "url(x)"}}
		items[4].Author = record.Person{Name: "\x1b]0;x", Email: "not an address"}
		r := w.run(append(items, items[4]))
		if r.Items.Made != 3 || r.Items.Unread != 3 {
			t.Errorf("%+v\n%v", r.Items, r.Notes)
		}
		i := w.find("OLD-1")
		if strings.Contains(i.DescriptionHTML, "script") || strings.Contains(i.DescriptionHTML, "onerror") {
			t.Error(i.DescriptionHTML)
		}
		for _, key := range []string{"OLD-1", "OLD-2", "OLD-5"} {
			line, err := store.Lineage(a.DB.Read(t.Context()), "issues", w.find(key).ID)
			if err != nil || len(line) > 3 {
				t.Errorf("%s is below %v: %v", key, line, err)
			}
		}
	})
}

// Nobody gets in because a file names them: neither an account that is no member, nor whoever has an address.
func TestAFileLetsNobodyIn(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		w := begin(t, a)
		email := "mallory@other.test"
		stranger := &store.User{Email: &email, Username: "m", DisplayName: "m", IsActive: true, UserTimezone: "UTC"}
		w.write(func(t *store.Tx) error { return store.Users.Insert(t, stranger) })
		items := source(2)
		items[0].Author = record.Person{Name: "M", Email: email}
		items[0].Assignees = []record.Person{{Name: "M", Email: email}, {Email: "filler@sailplane.test"}}
		w.run(items)
		for _, p := range []string{stranger.ID} {
			access, err := a.AccessOf(t.Context(), w.Workspace.ID, p)
			if err != nil || access.Workspace != app.Nobody || len(access.Projects) > 0 {
				t.Errorf("access %+v %v", access, err)
			}
		}
		members, err := store.WorkspaceMembers.Count(a.DB.Read(t.Context()),
			dbx.HashExp{"workspace_id": w.Workspace.ID, "is_active": true})
		if err != nil || members != 1 {
			t.Errorf("%d active members, %v", members, err)
		}
		i := w.find("OLD-1")
		who, err := store.AssigneesOf(a.DB.Read(t.Context()), i.ID)
		if err != nil || len(who) != 1 || who[w.User.ID].ID == "" {
			t.Errorf("assigned %v %v", who, err)
		}
	})
}

// A member without sign-in is claimed by an invitation to the address: from then on they are a member like others.
func TestAnInvitationClaimsAMemberWithoutSignIn(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		w := begin(t, a)
		w.run(source(2))
		author := *w.find("OLD-1").CreatedByID
		i, err := workspace.Add(t.Context(), a, w.Workspace, w.User, "ann@other.test", app.Member)
		if err != nil {
			t.Fatal(err)
		}
		c := &app.Call{Context: t.Context(), App: a, Workspace: w.Workspace, Access: &app.Access{}}
		if waits, err := workspace.Answer(c, i.ID, i.Token, true); err != nil || waits {
			t.Fatalf("waits %v, %v", waits, err)
		}
		access, err := a.AccessOf(t.Context(), w.Workspace.ID, author)
		if err != nil || access.Workspace != app.Member {
			t.Errorf("access %+v %v", access, err)
		}
		if r := w.run(source(2)); r.Items.Same != 2 {
			t.Errorf("%+v", r.Items)
		}
	})
}
