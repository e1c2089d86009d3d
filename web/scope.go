package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/sailplane/sailplane/app"
)

// keyGroups says in which group of app.KeyGroups an operation is that takes a key, by what its path has behind the
// workspace or the project. A row with another path is refused when the server starts.
var keyGroups = map[string]string{
	"work-items": "work_items", "issues": "work_items", "archived-work-items": "work_items",
	"work-item-relation-definitions": "work_items", "recurring-work-items": "work_items",
	"total-worklogs": "work_items", "work-logs": "work_items",
	"intake-issues": "intake", "inbox-issues": "intake",
	"projects": "projects", "projects-lite": "projects", "archive": "projects", "summary": "projects",
	"members": "members", "members-lite": "members", "project-members": "members", "project-members-lite": "members",
	"invitations": "members", "invitations.json": "members", "roles": "members", "project-role-distribution": "members",
	"group-sync": "members",
	"states":     "states", "project-states": "states", "labels": "labels", "project-labels": "labels",
	"cycles": "cycles", "archived-cycles": "cycles", "cycles-lite": "cycles",
	"modules": "modules", "archived-modules": "modules", "modules-lite": "modules",
	"milestones": "milestones", "epics": "epics", "initiatives": "initiatives",
	"pages": "pages", "collections": "pages", "estimates": "estimates",
	"work-item-types": "work_item_types", "import-work-item-types": "work_item_types",
	"work-item-properties": "work_item_types",
	"workflows":            "workflows", "workflow-fallback-preview": "workflows",
	"templates": "templates", "workitems": "templates",
	"releases": "releases", "customers": "customers", "customer-properties": "customers", "teamspaces": "teamspaces",
	"features": "features", "stickies": "stickies", "assets": "assets", "users": "profile", "events": "events",
	"audit-logs": "audit", "service-accounts": "service_accounts", "runs": "agents",
	"imports": "imports",
}

// takesKey says whether an operation knows who calls by a key.
func (op *Op) takesKey() bool {
	return op.either || strings.HasPrefix(op.Path, "/api/v1/") && !op.session
}

// KeyScope is the one scope that a key needs for an operation; empty: it takes no keys.
func (op *Op) KeyScope() string {
	scope, _ := scopeOf(op) // NewServer refuses rows without
	return scope
}

// ForKeysOf says whether keys of some projects may use an operation.
func (op *Op) ForKeysOf() bool {
	return op.wide || strings.Contains(op.Path, "/projects/{project_id:uuid}/") || namesProject(op.Path)
}

// scopeOf derives the scope of an operation from its row, so that each has exactly one.
func scopeOf(op *Op) (string, error) {
	if !op.takesKey() {
		return "", nil
	}
	rest := op.Path
	for _, prefix := range []string{"/api/v1/", "/api/v2/", "/api/", "workspaces/{slug}/", "projects/{project_id:uuid}/"} {
		rest = strings.TrimPrefix(rest, prefix)
	}
	parts := strings.Split(rest, "/")
	name := parts[0]
	if slices.Contains(parts, "templates") {
		name = "templates"
	}
	group := keyGroups[name]
	if !slices.Contains(app.KeyGroups, group) {
		return "", fmt.Errorf("%s %s takes keys, and is in no group of operations that a key can be bound to", op.Method, op.Path)
	}
	if op.Method == http.MethodGet || op.reads {
		return group + ":" + app.KeyReads, nil
	}
	return group + ":" + app.KeyWrites, nil
}

// letsIn says whether the caller may: by what the key is for, by the row's rule, and by whose work items they see.
func (op *Op) letsIn(c *app.Call, args argSource) error {
	if err := c.KeyAllows(op.scope, op.wide); err != nil {
		return err
	}
	if err := op.Allow.check(c, args); err != nil {
		return err
	}
	return sees(c, op, args)
}
