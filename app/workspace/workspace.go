// Package workspace holds workspaces, who is in them, and what each person keeps there: invitations, links, notes,
// views.
package workspace

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// The longest name and slug, in characters.
const (
	maxName = 80
	maxSlug = 48
)

var slugPattern = regexp.MustCompile(`^[-a-zA-Z0-9_]+$`)

// Slugs that are, or may become, paths of the frontends. Plane: utils/constants.py
var reservedSlugs = []string{"404", "accounts", "admin", "api", "billing", "business", "calendar", "channels", "chat",
	"config", "configuration", "create-workspace", "dashboard", "desktop", "disco", "drive", "enterprise", "epic", "epics",
	"flags", "god-mode", "import", "importers", "ingest", "initiative", "initiatives", "installations", "instance",
	"instances", "integration",
	"integrations", "invitations", "license", "licenses", "live", "m", "mobile", "monitor", "monitoring", "onboarding",
	"one",
	"onload", "pages", "password", "plane-enterprise", "plane-pro", "plane-ultimate", "pro", "profile", "real-time",
	"settings",
	"sign-in", "sign-up", "signin", "signup", "silo", "spaces", "story", "upgrade", "workflow", "workflows",
	"workspace-invitations"}

// ownPaths are further first segments of paths that the frontends or this server have.
var ownPaths = []string{"_next", "apple-app-site-association", "assets", "auth", "browse", "console", "error", "favicon",
	"forgot-password", "god_mode", "healthz", "home", "icons", "images", "join", "login", "logout", "magic-sign-in",
	"metrics", "not-found", "plane-logos", "projects", "public", "readyz", "register", "reset-password", "robots",
	"set-password", "sign-out", "signout", "space", "static", "uploads",
	"well-known"}

// reserved says whether no new workspace may have the slug: in letters of either case it is a path of the frontends or
// of this server, or has in it what gave paths of the reference another meaning.
func reserved(slug string) bool {
	slug = strings.ToLower(slug)
	return slices.Contains(reservedSlugs, slug) || slices.Contains(ownPaths, slug) || strings.Contains(slug, "instances")
}

// SlugFree says whether a new workspace may have the slug; letters of the other case are no difference. Whether it is
// well formed is not looked at, as in the reference.
func SlugFree(c *app.Call, slug string) (bool, error) {
	if reserved(slug) {
		return false, nil
	}
	taken, err := store.SlugTaken(c.Read(), slug, "")
	return !taken, err
}

var errTooLong = app.Refuse(app.Invalid,
	fmt.Sprintf("The maximum length for name is %d and for slug is %d", maxName, maxSlug))

var errSlugTaken = app.Field("slug", "Workspace with this slug already exists.")

func refuseTaken(t *store.Tx, slug, id string) error {
	taken, err := store.SlugTaken(t, slug, id)
	if err == nil && taken {
		err = errSlugTaken
	}
	return err
}

// List returns the caller's workspaces, newest first; search narrows them to names with that text, owner to one
// person's.
func List(c *app.Call, search, owner string) ([]store.OwnWorkspace, error) {
	var narrow []dbx.Expression
	if owner != "" {
		narrow = append(narrow, dbx.HashExp{"workspaces.owner_id": owner})
	}
	if search != "" {
		narrow = append(narrow, store.Contains("workspaces.name", search))
	}
	return store.OwnWorkspaces(c.Read(), c.User.ID, narrow...)
}

// Last returns the workspace in which the caller was last, and the caller's memberships of its projects, newest first;
// nil when there is none, or when the caller is in it no more.
func Last(c *app.Call) (*store.OwnWorkspace, []store.ProjectMember, error) {
	p, err := store.Profiles.Get(c.Read(), dbx.HashExp{"user_id": c.User.ID})
	if err != nil || p.LastWorkspaceID == nil {
		return nil, nil, err
	}
	own, err := List(c, "", "")
	if err != nil {
		return nil, nil, err
	}
	for i := range own {
		if w := &own[i]; w.ID == *p.LastWorkspaceID {
			members, err := store.ProjectMembers.List(c.Read(),
				dbx.HashExp{"workspace_id": w.ID, "member_id": c.User.ID, "is_active": true}, "created_at DESC")
			return w, members, err
		}
	}
	return nil, nil, nil
}

// Some says whether there is any workspace.
func Some(c *app.Call) (bool, error) { return store.Workspaces.Exists(c.Read(), dbx.HashExp{}) }

// ListKnown returns a page of all workspaces of the installation, newest first, and how many there are; search narrows
// them to names with that text.
func ListKnown(c *app.Call, search string, limit, offset int) ([]store.KnownWorkspace, int, error) {
	var where dbx.Expression = dbx.HashExp{}
	if search != "" {
		where = store.Contains("workspaces.name", search)
	}
	return store.KnownWorkspaces(c.Read(), where, limit, offset)
}

// Create writes a new workspace with the caller as its owner and only member. companyRole is what they do there.
func Create(c *app.Call, w *store.Workspace, companyRole string) error {
	if err := mayCreate(c); err != nil {
		return err
	}
	return found(c, w, companyRole, c.Config.Limits.Workspaces)
}

// Found is Create for the administrators of the installation: nothing keeps them from it. A slug that another workspace
// has in letters of the other case is refused in words of its own, after everything else that is wrong.
func Found(c *app.Call, w *store.Workspace, companyRole string) error {
	same, err := store.Workspaces.Exists(c.Read(), dbx.HashExp{"slug": w.Slug})
	if err != nil {
		return err
	}
	free, err := SlugFree(c, w.Slug)
	if err != nil {
		return err
	}
	if free || same { // the same slug, and a reserved one, are refused below
		return found(c, w, companyRole, 0)
	}
	if err := Check(c, w); err != nil {
		return err
	}
	return app.Field("slug", "Slug is already in use")
}

func found(c *app.Call, w *store.Workspace, companyRole string, most int) error {
	if err := Check(c, w); err != nil {
		return err
	}
	w.OwnerID = c.User.ID
	if w.BackgroundColor == "" {
		w.BackgroundColor = randomColor()
	}
	err := c.Write(func(t *store.Tx) error {
		if err := refuseTaken(t, w.Slug, ""); err != nil {
			return err
		}
		err := app.CheckRoom(t, "workspaces of "+c.User.ID, most, 1, func() (int, error) {
			return store.Workspaces.Count(t, dbx.HashExp{"owner_id": c.User.ID})
		}, "One person can own at most %d workspaces")
		if err != nil {
			return err
		}
		if err := store.Workspaces.Insert(t, w); err != nil {
			return err
		}
		m := store.NewWorkspaceMember(w.ID, c.User.ID, int(app.Admin))
		m.CompanyRole = &companyRole
		if err := store.WorkspaceMembers.Insert(t, m); err != nil || !c.Config.Workspace.DemoProject {
			return err
		}
		return store.Enqueue(t, JobDemo, Demo{WorkspaceID: w.ID, OwnerID: c.User.ID})
	})
	if errors.Is(err, store.ErrUnique) {
		return errSlugTaken
	}
	return err
}

// JobDemo is the job that makes the project that a new workspace begins with; its payload is a Demo.
const JobDemo = "workspace.demo"

// Demo names a new workspace and its owner.
type Demo struct {
	WorkspaceID string `json:"workspace_id"`
	OwnerID     string `json:"owner_id"`
}

// mayCreate refuses when the administrators of the installation make all workspaces.
func mayCreate(c *app.Call) error {
	s, err := c.Settings(c)
	if err == nil && s.On("DISABLE_WORKSPACE_CREATION") {
		return app.Refuse(app.Forbidden, "Workspace creation is not allowed")
	}
	return err
}

// Check refuses what no new workspace can be.
func Check(c *app.Call, w *store.Workspace) error {
	switch {
	case w.Name == "" || w.Slug == "":
		return app.Refuse(app.Invalid, "Both name and slug are required")
	case len([]rune(w.Name)) > maxName || len([]rune(w.Slug)) > maxSlug:
		return errTooLong
	case app.HasLink(w.Name):
		return app.Refuse(app.Invalid, "Name cannot contain a URL")
	}
	return check(c, w, "", true)
}

// check is what holds for new and for changed workspaces; the slug that one has it may keep. A logo has to be one of
// the workspace's own: a new one has none yet.
func check(c *app.Call, w *store.Workspace, slug string, logo bool) error {
	faults := app.Fields{}
	switch {
	case w.Slug == slug:
	case reserved(w.Slug):
		faults.Add("slug", "Slug is not valid")
	case !slugPattern.MatchString(w.Slug):
		faults.Add("slug", `Enter a valid "slug" consisting of letters, numbers, underscores or hyphens.`)
	}
	if logo && w.LogoAssetID != nil {
		there, err := store.IsPictureOf(c.Read(), *w.LogoAssetID, "WORKSPACE_LOGO", "workspace_id", w.ID, "")
		if err != nil {
			return err
		}
		if !there {
			faults.Add("logo_asset", `Invalid pk "`+*w.LogoAssetID+`" - object does not exist.`)
		}
	}
	return faults.Err()
}

// Get returns the workspace of the call if it is one of the caller's.
func Get(c *app.Call) (*store.OwnWorkspace, error) {
	if c.Workspace == nil {
		return nil, app.NoMatch("Workspace")
	}
	ws, err := store.OwnWorkspaces(c.Read(), c.User.ID, dbx.HashExp{"workspaces.id": c.Workspace.ID})
	if err == nil && len(ws) == 0 {
		err = app.NoMatch("Workspace")
	}
	if err != nil {
		return nil, err
	}
	return &ws[0], nil
}

// Update writes the named columns of the call's workspace.
func Update(c *app.Call, w *store.Workspace, cols ...string) error {
	faults := app.Fields{}
	if slices.Contains(cols, "name") && app.HasLink(w.Name) {
		faults.Add("name", "Name must not contain URLs")
		return faults.Err()
	}
	if err := check(c, w, c.Workspace.Slug, slices.Contains(cols, "logo_asset_id")); err != nil {
		return err
	}
	err := c.Write(func(t *store.Tx) error {
		if w.Slug != c.Workspace.Slug {
			if err := refuseTaken(t, w.Slug, w.ID); err != nil {
				return err
			}
		}
		t.Forget(store.WorkspaceKey(c.Workspace.Slug))
		return store.Workspaces.Update(t, w, cols...)
	})
	if errors.Is(err, store.ErrUnique) {
		return errSlugTaken
	}
	return err
}

// Delete makes the call's workspace go at once, and its slug free; what it holds goes in the background.
func Delete(c *app.Call) error {
	return c.Write(func(t *store.Tx) error {
		w := *c.Workspace
		t.ForgetAll()
		w.Slug = fmt.Sprintf("%s__%d", w.Slug, t.Now.Unix())
		if err := store.Workspaces.Set(t, &w, "slug"); err != nil {
			return err
		}
		if err := store.Workspaces.Delete(t, &w); err != nil {
			return err
		}
		if err := store.CloseServiceAccounts(t, w.ID); err != nil {
			return err
		}
		if err := store.ForgetLastWorkspace(t, w.ID); err != nil {
			return err
		}
		return store.Enqueue(t, JobDeleteContent, w.ID)
	})
}

// JobDeleteContent is the job that deletes what a deleted workspace, whose id it carries, holds.
const JobDeleteContent = "workspace.delete-content"

// DeleteContent does it, step by step. Once more is no harm.
func DeleteContent(ctx context.Context, a *app.App, id string) error {
	return a.SweepAll(ctx, store.WorkspaceRows(id))
}

func randomColor() string { return fmt.Sprintf("#%06x", rand.N(1<<24)) }
