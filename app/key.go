package app

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store"
)

// KeyGroups are the groups of operations that a key can be bound to, in the order in which they are shown. A key has
// them as scopes: work_items:read, work_items:write, work_items:* for both, and *:read for whatever reads.
var KeyGroups = []string{"work_items", "intake", "projects", "members", "states", "labels", "cycles", "modules",
	"milestones", "epics", "initiatives", "pages", "estimates", "work_item_types", "workflows", "templates", "releases",
	"customers", "teamspaces", "features", "stickies", "assets", "profile", "events", "audit", "service_accounts",
	"imports", "agents"}

// The two kinds of operations of a group.
const (
	KeyReads  = "read"
	KeyWrites = "write"
)

// ReadsAll is the scope of whatever reads.
const ReadsAll = "*:" + KeyReads

// CheckScopes says whether each is a scope.
func CheckScopes(scopes []string) error {
	for _, s := range scopes {
		group, kind, _ := strings.Cut(s, ":")
		is := slices.Contains(KeyGroups, group) && slices.Contains([]string{KeyReads, KeyWrites, "*"}, kind)
		if !is && s != ReadsAll {
			return Field("scopes", fmt.Sprintf("%q is no scope. Say a group of operations and read, write or *, such as "+
				"work_items:read, or %s; the groups are %s.", cut(s, 40), ReadsAll, strings.Join(KeyGroups, ", ")))
		}
	}
	return nil
}

// HasScope says whether a key may use operations of a scope, as far as its scopes go.
func HasScope(k *store.APIToken, scope string) bool {
	if k.Scopes == nil {
		return true
	}
	group, kind, _ := strings.Cut(scope, ":")
	for _, has := range k.Scopes {
		if has == scope || kind == KeyReads && has == ReadsAll {
			return true
		}
		if g, all := strings.CutSuffix(has, ":*"); all && g == group {
			return true
		}
	}
	return false
}

// ErrKeyWorkspace is told to who asks with a key of one workspace for something outside of it.
var ErrKeyWorkspace = &Error{Kind: Forbidden, Code: "KEY_WORKSPACE",
	Text: "This key is bound to one workspace, and that is outside of it."}

// ErrKeyProject is told to who asks with a key of some projects for something outside of them.
var ErrKeyProject = &Error{Kind: Forbidden, Code: "KEY_PROJECT",
	Text: "This key is bound to some projects, and that is outside of them."}

// KeyAllows says whether the call's key may use operations of a scope where the call is; wide says that the operation
// looks at no more than the projects that the call's Access has. What has no scope is for no key with limits.
func (c *Call) KeyAllows(scope string, wide bool) error {
	k := c.Token
	if k == nil || !k.Limited() {
		return nil
	}
	switch {
	case k.ReadOnly && !strings.HasSuffix(scope, ":"+KeyReads):
		return &Error{Kind: Forbidden, Code: "KEY_READ_ONLY",
			Text: "This key is read-only, and that needs the scope " + cmp.Or(scope, "of an unlimited key") + "."}
	case scope == "" || !HasScope(k, scope):
		return &Error{Kind: Forbidden, Code: "KEY_SCOPE",
			Text: "This key lacks the scope " + cmp.Or(scope, "of an unlimited key") + "."}
	case scope == ownProfile: // one's own name, which is no workspace's
		return nil
	case k.OnlyWorkspaceID != nil && (c.Workspace == nil || c.Workspace.ID != *k.OnlyWorkspaceID):
		return ErrKeyWorkspace
	case k.OnlyProjects == nil:
		return nil
	case c.ProjectID == "" && !wide, c.ProjectID != "" && !c.Within(c.ProjectID):
		return ErrKeyProject
	}
	return nil
}

const ownProfile = "profile:" + KeyReads

// Within says whether the call's key, if any, is for a project.
func (c *Call) Within(project string) bool {
	return c.Token == nil || c.Token.OnlyProjects == nil || slices.Contains(c.Token.OnlyProjects, project)
}

// OfKey narrows rows by their project to those that the call's key is for; nil: to any.
func (c *Call) OfKey(column string) dbx.Expression {
	if c.Token == nil || c.Token.OnlyProjects == nil {
		return nil
	}
	return store.In(column, c.Token.OnlyProjects)
}

// AccessOf is App.AccessOf as far as the call's key goes.
func (c *Call) AccessOf(ctx context.Context, workspace, user string) (*Access, error) {
	access, err := c.App.AccessOf(ctx, workspace, user)
	if err != nil || user != c.UserID() {
		return access, err
	}
	return c.ofKey(access, workspace), nil
}

// ofKey is what is left of a person's roles for the call's key. Who comes with a key of some projects is in the
// workspace as a guest is, who has nothing there but their projects.
func (c *Call) ofKey(a *Access, workspace string) *Access {
	k := c.Token
	if k == nil || k.OnlyWorkspaceID == nil && k.OnlyProjects == nil {
		return a
	}
	if k.OnlyWorkspaceID != nil && *k.OnlyWorkspaceID != workspace {
		return &Access{}
	}
	if k.OnlyProjects == nil {
		return a
	}
	out := &Access{Workspace: min(a.Workspace, Guest), Projects: maps.Clone(a.Projects)}
	maps.DeleteFunc(out.Projects, func(project string, _ Role) bool { return !c.Within(project) })
	for _, project := range a.OwnOnly {
		if c.Within(project) {
			out.OwnOnly = append(out.OwnOnly, project)
		}
	}
	return out
}
