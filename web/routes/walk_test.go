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
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/routes"
	"github.com/sailplane/sailplane/web/webtest"
)

// content is everything that the place holds, as text, but for what others may leave in it by looking.
func (p *place) content(t *testing.T, s *webtest.Server) []string {
	t.Helper()
	var all []string
	read := s.App.DB.Read(context.Background())
	for _, table := range []string{"workspaces", "projects", "states", "issues", "labels", "issue_comments", "issue_links",
		"cycles", "modules", "issue_views", "pages", "estimates", "workspace_members", "project_members", "issue_activities",
		"issue_reactions", "issue_relations", "issue_relation_definitions", "issue_typed_relations",
		"issue_worklogs", "issue_property_values", "issue_types", "issue_properties", "issue_property_options",
		"issue_pages", "project_features", "workspace_features", "releases", "release_tags", "release_labels",
		"release_changelogs", "release_comments", "release_links", "release_item_labels", "release_issues",
		"customers", "customer_properties", "customer_property_options", "customer_property_values",
		"customer_requests", "customer_issues", "catalogue_states", "catalogue_labels", "teamspaces",
		"teamspace_members", "teamspace_projects", "templates", "recurring_issues", "import_uploads",
		"workflows", "workflow_types",
		"workflow_states", "workflow_transitions", "workflow_transition_members", "workflow_approvals",
		"workflow_activities", "workflow_hooks", "workflow_hook_runs",
		"milestones", "milestone_issues", "initiatives", "initiative_labels",
		"initiative_label_links", "initiative_projects", "initiative_issues", "collections", "collection_members",
		"collection_pages",
		"issue_votes", "workspace_member_invites", "file_assets", "issue_subscribers",
		"comment_reactions", "cycle_issues", "module_issues", "intake_issues", "issue_labels",
		"issue_assignees", "issue_mentions", "issue_description_versions"} {
		eachRow(t, read, "SELECT * FROM "+table, nil, func(_ []string, row []any) {
			all = append(all, fmt.Sprint(table, row))
		})
	}
	slices.Sort(all)
	return all
}

// bodies are what a write is tried with: names that show where they got to.
var bodies = map[string]any{"name": "taken over", "email": "x@sailplane.test", "issue_ids": []string{},
	"comment_html": "<p>taken over</p>", "url": "https://taken.over"}

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
	webtest.Long(t)
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := furnish(t, s, s.User("owner"))
		before := p.content(t, s)
		stranger, nobody := s.User("stranger"), s.Stranger()
		for _, op := range routes.All("test") {
			path := p.path(op.Path)
			if a := send(nobody, op, path); !op.Allow.Open() && a.Status != http.StatusUnauthorized {
				t.Errorf("without a session %s %s: %d %.200s", op.Method, path, a.Status, a.Raw)
			} else if strings.Contains(string(a.Raw), marker) {
				t.Errorf("nobody reads %s %s: %d %.300s", op.Method, path, a.Status, a.Raw)
			}
			if strings.HasPrefix(op.Path, "/api/users/me/") && op.Method == http.MethodDelete ||
				strings.Contains(op.Path, "sign-out") {
				continue // would end the strangers themselves
			}
			a := send(client(s, stranger, op), op, path)
			if strings.Contains(string(a.Raw), marker) {
				t.Errorf("a stranger reads %s %s: %d %.300s", op.Method, path, a.Status, a.Raw)
			}
			scoped := op.Allow.Scope == web.ScopeWorkspace || op.Allow.Scope == web.ScopeProject ||
				op.Allow.Scope == web.ScopeAnyone || op.Allow.Scope == web.ScopeInstance
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
	webtest.Long(t)
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

// mayGuest says whether a guest of workspace and project passes the rule (they have made nothing).
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
