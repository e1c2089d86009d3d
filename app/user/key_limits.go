package user

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// KeyLimits is what a request may say of what a key is bound to; null and what is left out of a new key is no limit.
type KeyLimits struct {
	ReadOnly      app.Opt[bool]     `json:"read_only"`
	Scopes        app.Opt[[]string] `json:"scopes" check:"null"`
	OnlyWorkspace app.Opt[string]   `json:"only_workspace" check:"pk,null"`
	OnlyProjects  app.Opt[[]string] `json:"only_projects" check:"pk,null"`
}

// mostOfKey is how many scopes, and how many projects, a key has.
const mostOfKey = 100

// put writes the limits into a key and returns the columns. Nobody binds a key to what its owner is not in.
func (l *KeyLimits) put(ctx context.Context, a *app.App, k *store.APIToken) (cols []string, err error) {
	app.Change(&cols, "read_only", l.ReadOnly, &k.ReadOnly)
	if l.Scopes.Set {
		k.Scopes, cols = listed(l.Scopes), append(cols, "scopes")
		if err := app.CheckScopes(k.Scopes); err != nil {
			return nil, err
		}
	}
	app.ChangePtr(&cols, "only_workspace_id", l.OnlyWorkspace, &k.OnlyWorkspaceID)
	if l.OnlyProjects.Set {
		k.OnlyProjects, cols = listed(l.OnlyProjects), append(cols, "only_projects")
	}
	for name, list := range map[string][]string{"scopes": k.Scopes, "only_projects": k.OnlyProjects} {
		if list != nil && len(list) == 0 {
			return nil, app.Field(name, "Say at least one, or null for no limit.")
		}
		if len(list) > mostOfKey {
			return nil, app.Field(name, fmt.Sprintf("A key has at most %d.", mostOfKey))
		}
	}
	if !l.OnlyWorkspace.Set && !l.OnlyProjects.Set {
		return cols, nil
	}
	return cols, l.checkPlace(ctx, a, k)
}

// checkPlace refuses a workspace that the owner is not in, and projects of it.
func (l *KeyLimits) checkPlace(ctx context.Context, a *app.App, k *store.APIToken) error {
	if k.OnlyWorkspaceID == nil {
		if k.OnlyProjects != nil {
			return app.Field("only_workspace", "A key of some projects is also one of their workspace.")
		}
		return nil
	}
	access, err := a.AccessOf(ctx, *k.OnlyWorkspaceID, k.UserID)
	if err != nil {
		return err
	}
	if access.Workspace == app.Nobody {
		return app.Field("only_workspace", app.NoObject(*k.OnlyWorkspaceID))
	}
	for _, project := range k.OnlyProjects {
		if access.Projects[project] == app.Nobody {
			return app.Field("only_projects", app.NoObject(project))
		}
	}
	return nil
}

// listed is a list without what stands in it twice; nil: null was sent.
func listed(in app.Opt[[]string]) store.Texts {
	if in.Null {
		return nil
	}
	list := slices.Clone(in.V)
	slices.Sort(list)
	return append(store.Texts{}, slices.Compact(list)...)
}

// BindTo is the place of a key that is named by a slug and by identifiers of projects; empty: no limit.
func BindTo(ctx context.Context, a *app.App, slug string, identifiers []string) (KeyLimits, error) {
	var l KeyLimits
	if slug == "" && len(identifiers) > 0 {
		return l, app.Refuse(app.Invalid, "Say the workspace of the projects too.")
	}
	if slug == "" {
		return l, nil
	}
	w, err := a.WorkspaceBySlug(ctx, slug)
	if errors.Is(err, store.ErrNotFound) {
		return l, app.Refuse(app.Invalid, "There is no workspace "+slug+".")
	}
	if err != nil {
		return l, err
	}
	l.OnlyWorkspace = app.Some(w.ID)
	if len(identifiers) > mostOfKey {
		return l, app.Field("only_projects", fmt.Sprintf("A key has at most %d.", mostOfKey))
	}
	for _, name := range identifiers {
		p, err := store.Projects.Get(a.DB.Read(ctx), dbx.HashExp{"workspace_id": w.ID, "identifier": strings.ToUpper(name)})
		if errors.Is(err, store.ErrNotFound) {
			return l, app.Refuse(app.Invalid, "There is no project "+name+" in "+slug+" that the key could be for.")
		}
		if err != nil {
			return l, err
		}
		l.OnlyProjects = app.Some(append(l.OnlyProjects.V, p.ID))
	}
	return l, nil
}
