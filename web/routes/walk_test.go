package routes_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/routes"
	"github.com/sailplane/sailplane/web/webtest"
)

// marker stands in everything of the workspace that is walked around: no answer to somebody else may have it.
const marker = "CONFIDENTIAL-7F3A"

// place is a workspace full of rows, and their ids by the segment of a path that they follow.
type place struct {
	workspace *store.Workspace
	project   *store.Project
	ids       map[string]string
}

func furnish(t testing.TB, s *webtest.Server, owner *webtest.Client) *place {
	t.Helper()
	p := &place{ids: map[string]string{}}
	err := s.App.DB.Write(context.Background(), owner.User.ID, func(tx *store.Tx) error {
		p.workspace = &store.Workspace{Name: marker, Slug: "walked", OwnerID: owner.User.ID, Timezone: "UTC"}
		if err := store.Workspaces.Insert(tx, p.workspace); err != nil {
			return err
		}
		w := p.workspace.ID
		p.project = &store.Project{Name: marker, Identifier: "WALK", WorkspaceID: w, Network: 0, Timezone: "UTC", CycleView: true, ModuleView: true, PageView: true, IssueViewsView: true, IntakeView: true}
		if err := store.Projects.Insert(tx, p.project); err != nil {
			return err
		}
		id := p.project.ID
		state := &store.State{Name: marker, Group: "backlog", ProjectID: id, WorkspaceID: w, Default: true}
		issue := &store.Issue{Name: marker, ProjectID: id, WorkspaceID: w, Priority: "none", SequenceID: 1, DescriptionHTML: marker}
		label := &store.Label{Name: marker, ProjectID: &id, WorkspaceID: w}
		comment := &store.IssueComment{CommentHTML: marker, CommentStripped: marker, ProjectID: id, WorkspaceID: w, Access: "INTERNAL", ActorID: &owner.User.ID}
		link := &store.IssueLink{URL: "https://" + marker, ProjectID: id, WorkspaceID: w}
		cycle := &store.Cycle{Name: marker, ProjectID: id, WorkspaceID: w, OwnedByID: owner.User.ID, Timezone: "UTC"}
		module := &store.Module{Name: marker, ProjectID: id, WorkspaceID: w, Status: "planned"}
		view := &store.View{Name: marker, ProjectID: &id, WorkspaceID: w, OwnedByID: owner.User.ID, Access: 1}
		page := &store.Page{Name: marker, WorkspaceID: w, OwnedByID: owner.User.ID}
		estimate := &store.Estimate{Name: marker, ProjectID: id, WorkspaceID: w, Type: "points"}
		insert := func(segments string, id *string, err error) error {
			for _, s := range strings.Fields(segments) {
				p.ids[s] = *id
			}
			return err
		}
		state.ID = store.NewID()
		issue.StateID = &state.ID
		for _, step := range []func() error{
			func() error { return insert("states", &state.ID, store.States.Insert(tx, state)) },
			func() error {
				return insert("issues work-items intake-issues inbox-issues intake-work-items", &issue.ID, store.Issues.Insert(tx, issue))
			},
			func() error { return insert("issue-labels labels", &label.ID, store.Labels.Insert(tx, label)) },
			func() error {
				comment.IssueID = issue.ID
				return insert("comments", &comment.ID, store.IssueComments.Insert(tx, comment))
			},
			func() error {
				link.IssueID = issue.ID
				return insert("issue-links links", &link.ID, store.IssueLinks.Insert(tx, link))
			},
			func() error { return insert("cycles", &cycle.ID, store.Cycles.Insert(tx, cycle)) },
			func() error { return insert("modules", &module.ID, store.Modules.Insert(tx, module)) },
			func() error { return insert("views", &view.ID, store.Views.Insert(tx, view)) },
			func() error { return insert("pages", &page.ID, store.Pages.Insert(tx, page)) },
			func() error {
				return store.ProjectPages.Insert(tx, &store.ProjectPage{PageID: page.ID, ProjectID: id, WorkspaceID: w})
			},
			func() error { return insert("estimates", &estimate.ID, store.Estimates.Insert(tx, estimate)) },
		} {
			if err := step(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	p.admit(t, s, owner, app.Admin)
	return p
}

// admit makes a person a member of the workspace and the project.
func (p *place) admit(t testing.TB, s *webtest.Server, who *webtest.Client, role app.Role) {
	t.Helper()
	err := s.App.DB.Write(context.Background(), "", func(tx *store.Tx) error {
		if err := store.WorkspaceMembers.Insert(tx, &store.WorkspaceMember{WorkspaceID: p.workspace.ID, MemberID: who.User.ID, Role: int(role), IsActive: true}); err != nil {
			return err
		}
		return store.ProjectMembers.Insert(tx, &store.ProjectMember{WorkspaceID: p.workspace.ID, ProjectID: p.project.ID, MemberID: &who.User.ID, Role: int(role), IsActive: true})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// path fills an operation's parameters with ids of the place.
func (p *place) path(pattern string) string {
	segs := strings.Split(pattern, "/")
	for i, seg := range segs {
		if !strings.HasPrefix(seg, "{") {
			continue
		}
		name, _, _ := strings.Cut(strings.Trim(seg, "{}"), ":")
		before := segs[i-1]
		switch {
		case name == "slug":
			segs[i] = p.workspace.Slug
		case strings.Contains(seg, "}-{"):
			segs[i] = p.project.Identifier + "-1"
		case name == "project_id" || before == "projects":
			segs[i] = p.project.ID
		case name == "user_id" || name == "user" || name == "subscriber_id" || name == "member_id":
			segs[i] = *p.project.CreatedByID
		case name == "asset_id" && p.ids["assets"] != "":
			segs[i] = p.ids["assets"]
		case p.ids["wide-"+before] != "" && !strings.Contains(pattern, "/projects/"):
			segs[i] = p.ids["wide-"+before]
		case p.ids[before] != "":
			segs[i] = p.ids[before]
		default:
			segs[i] = p.ids["issues"]
		}
	}
	return strings.Join(segs, "/")
}

// content is everything that the place holds, as text, but for what others may leave in it by looking.
func (p *place) content(t *testing.T, s *webtest.Server) []string {
	t.Helper()
	var all []string
	read := s.App.DB.Read(context.Background())
	for _, table := range []string{"workspaces", "projects", "states", "issues", "labels", "issue_comments", "issue_links", "cycles", "modules", "issue_views",
		"pages", "estimates", "workspace_members", "project_members", "issue_activities", "issue_reactions", "issue_relations", "workspace_member_invites", "file_assets"} {
		rows, err := read.Rows("SELECT * FROM " + table)
		if err != nil {
			t.Fatal(err)
		}
		cols, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			row, into := make([]any, len(cols)), make([]any, len(cols))
			for i := range row {
				into[i] = &row[i]
			}
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
			all = append(all, fmt.Sprint(table, row))
		}
		if err := rows.Close(); err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(all)
	return all
}

// bodies are what a write is tried with: names that show where they got to.
var bodies = map[string]any{"name": "taken over", "email": "x@sailplane.test", "issue_ids": []string{}, "comment_html": "<p>taken over</p>", "url": "https://taken.over"}

func send(c *webtest.Client, op web.Op, path string) webtest.Answer {
	if op.Method == http.MethodGet {
		return c.Do(op.Method, path, nil)
	}
	return c.Do(op.Method, path, bodies)
}

func client(s *webtest.Server, c *webtest.Client, op web.Op) *webtest.Client {
	if strings.HasPrefix(op.Path, "/api/v1/") {
		return c.WithKey()
	}
	return c
}

func TestNobodyElseGetsIn(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := furnish(t, s, s.User("owner"))
		before := p.content(t, s)
		stranger, nobody := s.User("stranger"), s.Stranger()
		for _, op := range routes.All("test") {
			path := p.path(op.Path)
			if op.Allow.Scope != web.ScopePublic {
				if a := send(nobody, op, path); a.Status != http.StatusUnauthorized {
					t.Errorf("without a session %s %s: %d %.200s", op.Method, path, a.Status, a.Raw)
				}
			}
			if strings.HasPrefix(op.Path, "/api/users/me/") && op.Method == http.MethodDelete || strings.Contains(op.Path, "sign-out") {
				continue // would end the stranger himself
			}
			a := send(client(s, stranger, op), op, path)
			if strings.Contains(string(a.Raw), marker) {
				t.Errorf("a stranger reads %s %s: %d %.300s", op.Method, path, a.Status, a.Raw)
			}
			scoped := op.Allow.Scope == web.ScopeWorkspace || op.Allow.Scope == web.ScopeProject || op.Allow.Scope == web.ScopeAnyone || op.Allow.Scope == web.ScopeInstance
			if scoped && (a.Status < 400 || a.Status >= 500) {
				t.Errorf("a stranger gets in at %s %s: %d %.200s", op.Method, path, a.Status, a.Raw)
			}
			if a.Status >= 500 {
				t.Errorf("%s %s: %d %.200s", op.Method, path, a.Status, a.Raw)
			}
		}
		if diff := cmp.Diff(before, p.content(t, s)); diff != "" {
			t.Errorf("a stranger changed something:\n%s", diff)
		}
	})
}

func TestGuestsAreHeldToTheirRows(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := furnish(t, s, s.User("owner"))
		guest := s.User("guest")
		p.admit(t, s, guest, app.Guest)
		for _, op := range routes.All("test") {
			if mayGuest(op.Allow) {
				continue
			}
			path := p.path(op.Path)
			if a := send(client(s, guest, op), op, path); a.Status < 400 || a.Status >= 500 {
				t.Errorf("a guest gets in at %s %s: %d %.200s", op.Method, path, a.Status, a.Raw)
			}
		}
	})
}

// mayGuest says whether a guest of workspace and project passes the rule (he has made nothing).
func mayGuest(r web.Rule) bool {
	switch r.Scope {
	case web.ScopeInstance:
	case web.ScopeWorkspace, web.ScopeProject:
		if len(r.Roles) == 0 || slices.Contains(r.Roles, app.Guest) {
			return true
		}
	default:
		return true
	}
	return r.Or != nil && mayGuest(*r.Or)
}

func TestEveryRowSaysWhoMay(t *testing.T) {
	for _, op := range routes.All("test") {
		if op.Allow.Scope == "" {
			t.Errorf("%s %s does not say who may", op.Method, op.Path)
		}
	}
	if _, err := web.NewServer(nil, []web.Op{{Method: "GET", Path: "/x/"}}, nil); err == nil {
		t.Error("a server starts with a row that does not say who may")
	}
}
