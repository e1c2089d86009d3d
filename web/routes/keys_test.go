package routes_test

import (
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

// keyed are the operations that take keys.
func keyed() (ops []web.Op) {
	for _, op := range routes.All("test") {
		if op.KeyScope() != "" {
			ops = append(ops, op)
		}
	}
	return ops
}

// Every operation of the public APIs that takes a key has one scope, each scope is one that a key can have, and each
// group has operations.
func TestEveryKeyedOperationHasAScope(t *testing.T) {
	groups := map[string]bool{}
	for _, op := range routes.All("test") {
		scope := op.KeyScope()
		public := strings.HasPrefix(op.Path, "/api/v1/") || strings.HasPrefix(op.Path, "/api/v2/")
		sessions := strings.HasPrefix(op.Summary, "List the collections of a workspace") && op.Allow.Scope == web.ScopeUser
		if public && !sessions && scope == "" {
			t.Errorf("%s %s has no scope", op.Method, op.Path)
		}
		if scope == "" {
			continue
		}
		if err := app.CheckScopes([]string{scope}); err != nil {
			t.Errorf("%s %s: %v", op.Method, op.Path, err)
		}
		if strings.HasSuffix(scope, ":read") && op.Method == http.MethodDelete || op.Method == http.MethodGet &&
			!strings.HasSuffix(scope, ":read") {
			t.Errorf("%s %s has the scope %s", op.Method, op.Path, scope)
		}
		group, _, _ := strings.Cut(scope, ":")
		groups[group] = true
	}
	for _, group := range app.KeyGroups {
		if !groups[group] {
			t.Errorf("nothing is in the group %s", group)
		}
	}
}

// refusedFor is the code of a refusal for what a key is bound to; empty: it was let through to the rule of the row.
func refusedFor(a webtest.Answer) string {
	for _, at := range []string{"code", "type"} {
		if code, _ := a.At(at).(string); a.Status == http.StatusForbidden && strings.HasPrefix(code, "KEY_") {
			return code
		}
	}
	return ""
}

// Every operation that takes a key refuses those that are not for it, and no others: read-only ones, those of other
// groups, of another workspace, of another project. Who is let through is nobody in the workspace: nothing changes.
func TestWhatKeysAreFor(t *testing.T) {
	webtest.Long(t)
	webtest.Beside(t, func(t *testing.T, s *webtest.Server) {
		s.App.Config.Limits.APIKeyPerMinute = 0
		b := newBorders(t, s)
		stranger, ws := s.User("stranger"), b.open.workspace.ID
		elsewhere := store.NewID()
		readOnly := stranger.Bound(store.APIToken{ReadOnly: true})
		here := stranger.Bound(store.APIToken{OnlyWorkspaceID: &ws})
		away := b.owner.Bound(store.APIToken{OnlyWorkspaceID: &elsewhere})
		inside := stranger.Bound(store.APIToken{OnlyWorkspaceID: &ws, OnlyProjects: store.Texts{b.open.project.ID}})
		beside := b.owner.Bound(store.APIToken{OnlyWorkspaceID: &ws, OnlyProjects: store.Texts{b.secret.project.ID}})
		with, without := map[string][]*webtest.Client{}, map[string]*webtest.Client{}
		for _, op := range keyed() {
			scope := op.KeyScope()
			group, kind, _ := strings.Cut(scope, ":")
			if with[scope] == nil {
				others := store.Texts{}
				for _, g := range app.KeyGroups {
					others = append(others, g+":read", g+":write")
				}
				others = slices.DeleteFunc(others, func(other string) bool { return other == scope })
				with[scope] = []*webtest.Client{stranger.Bound(store.APIToken{Scopes: store.Texts{scope}}),
					stranger.Bound(store.APIToken{Scopes: store.Texts{group + ":*"}})}
				if kind == app.KeyReads {
					with[scope] = append(with[scope], stranger.Bound(store.APIToken{Scopes: store.Texts{app.ReadsAll}}))
				}
				without[scope] = b.owner.Bound(store.APIToken{Scopes: others})
			}
			ask := func(c *webtest.Client, want string) {
				t.Helper()
				a := c.Do(op.Method, b.smuggled.path(op.Path), nil) // which has every id
				if got := refusedFor(a); got != want {
					t.Errorf("%s %s is answered %d %q, want %q: %.200s", op.Method, op.Path, a.Status, got, want, a.Raw)
				}
				if want == "KEY_SCOPE" && !strings.Contains(string(a.Raw), scope) {
					t.Errorf("%s %s does not name the scope %s: %s", op.Method, op.Path, scope, a.Raw)
				}
			}
			for _, c := range with[scope] {
				ask(c, "")
			}
			ask(without[scope], "KEY_SCOPE")
			ask(readOnly, map[string]string{app.KeyReads: "", app.KeyWrites: "KEY_READ_ONLY"}[kind])
			if scope == "profile:read" {
				continue // which is of no workspace
			}
			inWorkspace := strings.Contains(op.Path, "{slug}")
			ask(here, map[bool]string{false: "KEY_WORKSPACE"}[inWorkspace])
			ask(away, "KEY_WORKSPACE")
			if !inWorkspace {
				continue
			}
			ask(inside, map[bool]string{false: "KEY_PROJECT"}[op.ForKeysOf()])
			if narrowed := op.ForKeysOf() && !strings.Contains(op.Path, "/projects/{"); !narrowed {
				ask(beside, "KEY_PROJECT")
			}
		}
	})
}

// A key of one project shows nothing of another, though its owner is in both and administers the workspace.
func TestKeysOfAProjectSeeNoOther(t *testing.T) {
	webtest.Long(t)
	webtest.Beside(t, func(t *testing.T, s *webtest.Server) {
		s.App.Config.Limits.APIKeyPerMinute = 0
		b := newBorders(t, s)
		ws := b.open.workspace.ID
		key := b.owner.Bound(store.APIToken{OnlyWorkspaceID: &ws, OnlyProjects: store.Texts{b.open.project.ID}})
		own := "/api/v1/workspaces/walked/projects/" + b.open.project.ID + "/work-items/"
		if a := key.Do("GET", own, nil); a.At("total_count") != 3.0 {
			t.Errorf("it sees of its own project %d %.300s", a.Status, a.Raw)
		}
		for _, op := range keyed() {
			if op.Method != http.MethodGet {
				continue
			}
			paths := []string{b.open.path(op.Path), b.secret.path(op.Path), b.smuggled.path(op.Path)}
			for _, seg := range []string{"below", "above"} {
				paths = append(paths, strings.ReplaceAll(b.open.path(op.Path), b.item, b.open.ids[seg]))
			}
			for _, path := range slices.Compact(paths) {
				for _, q := range b.queries(op) {
					b.look(t, "a key", key.Do("GET", path+"?"+encoded(q), nil), op.Path+"?"+q)
				}
			}
		}
	})
}

// A key of one project writes nothing into another, whatever ids it is sent with.
func TestKeysOfAProjectWriteNoOther(t *testing.T) {
	webtest.Long(t)
	webtest.Beside(t, func(t *testing.T, s *webtest.Server) {
		s.App.Config.Limits.APIKeyPerMinute = 0
		b := newBorders(t, s)
		ws := b.open.workspace.ID
		key := b.owner.Bound(store.APIToken{OnlyWorkspaceID: &ws, OnlyProjects: store.Texts{b.open.project.ID}})
		before := b.kept(t)
		for _, op := range keyed() {
			if op.Method == http.MethodGet {
				continue
			}
			for name, path := range map[string]string{"its own address": b.secret.path(op.Path),
				"ours": b.smuggled.path(op.Path), "our work item": b.open.path(op.Path)} {
				ends := endsPlace.MatchString(op.Path) && !aboutItems(op)
				if name != "its own address" &&
					(ends || op.Method == http.MethodDelete && strings.Contains(op.Path, "s/{pk:uuid}/")) {
					continue // there would be nothing left to try the others on
				}
				a := key.Do(op.Method, path, b.smuggle())
				if after := b.kept(t); !slices.Equal(before, after) {
					t.Errorf("%s %s at %s changes what is another's: %d %.200s\n%s", op.Method, op.Path, name, a.Status, a.Raw,
						cmp.Diff(before, after))
					before = after
				}
				if a.Status >= 500 || strings.Contains(string(a.Raw), marker) {
					t.Errorf("%s %s at %s: %d %.300s", op.Method, op.Path, name, a.Status, a.Raw)
				}
			}
		}
	})
}
