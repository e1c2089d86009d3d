package asset

import (
	"errors"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// What a file belongs to: one thing, or nothing yet. A file of nothing is its sender's alone to confirm, to hand over
// and to delete; a file of something is everybody's who may change that.

// attachTo makes the file one of the thing that is named; the frontends name what is yet to be made "". A thing that is
// not in the call's workspace, or not in its project when it has one, or that the caller may not see and change, is
// refused as one that does not exist: the reference takes any id.
func attachTo(c *app.Call, t *store.Tx, a *store.FileAsset, thing any) error {
	kind := *a.EntityType
	named, text := thing.(string)
	switch {
	case kind == WorkspaceLogo, kind == draftAttachment, text && named == "":
		return nil
	case !text:
		return app.ErrPayload
	case !store.IsID(named):
		return app.ErrValue
	}
	switch kind {
	case UserAvatar, UserCover:
		a.UserID = &named
	case ProjectCover:
		a.ProjectID = &named
	case IssueAttachment, issueDescription:
		a.IssueID = &named
	case commentDescription:
		a.CommentID = &named
	case pageDescription:
		a.PageID = &named
	case draftDescription:
		a.DraftIssueID = &named
	}
	ok, err := changesOwner(c, t, a)
	if err == nil && !ok {
		err = app.ErrPayload
	}
	return err
}

// changesOwner says whether the caller may change what the file belongs to. What belongs to nothing is nobody's.
func changesOwner(c *app.Call, t *store.Tx, a *store.FileAsset) (bool, error) {
	var ok bool
	var err error
	switch kind := kindOf(a); {
	case kind == WorkspaceLogo:
		ok = c.Access.InWorkspace(app.Admin)
	case kind == ProjectCover && a.ProjectID != nil:
		ok = here(c, *a.ProjectID) && c.Access.InProject(*a.ProjectID, app.Member, app.Admin)
	case a.UserID != nil:
		ok = *a.UserID == c.UserID()
	case a.CommentID != nil:
		ok, err = changesComment(c, t, *a.CommentID)
	case a.PageID != nil:
		ok, err = seesPage(c, t, *a.PageID, app.Member)
	case a.DraftIssueID != nil:
		ok, err = store.DraftIssues.Exists(t,
			dbx.HashExp{"id": *a.DraftIssueID, "workspace_id": c.Workspace.ID, "created_by_id": c.UserID()})
	case a.IssueID != nil:
		ok, err = changesIssue(c, t, *a.IssueID)
	}
	return ok, err
}

func kindOf(a *store.FileAsset) string {
	if a.EntityType == nil {
		return ""
	}
	return *a.EntityType
}

// here says whether a project is the call's, when it is one of a project.
func here(c *app.Call, project string) bool { return c.ProjectID == "" || c.ProjectID == project }

// changesIssue lets in members of the work item's project, and guests who have made it.
func changesIssue(c *app.Call, t *store.Tx, id string) (bool, error) {
	i, err := store.Issues.Get(t, dbx.HashExp{"id": id, "workspace_id": c.Workspace.ID})
	if err != nil {
		return none(err)
	}
	mine := c.Access.Projects[i.ProjectID] != app.Nobody && i.CreatedByID != nil && *i.CreatedByID == c.UserID()
	return here(c, i.ProjectID) && (mine || c.Access.InProject(i.ProjectID, app.Member, app.Admin)), nil
}

// changesComment lets in who has written the comment, and administrators of its project.
func changesComment(c *app.Call, t *store.Tx, id string) (bool, error) {
	m, err := store.IssueComments.Get(t, dbx.HashExp{"id": id, "workspace_id": c.Workspace.ID})
	if err != nil {
		return none(err)
	}
	mine := c.Access.Projects[m.ProjectID] != app.Nobody && m.CreatedByID != nil && *m.CreatedByID == c.UserID()
	return here(c, m.ProjectID) && (mine || c.Access.InProject(m.ProjectID, app.Admin)), nil
}

// seesPage lets in the page's owner, and others who have that role in a project of it while it is public.
func seesPage(c *app.Call, t *store.Tx, id string, role app.Role) (bool, error) {
	p, err := store.Pages.Get(t, dbx.HashExp{"id": id, "workspace_id": c.Workspace.ID})
	if err != nil {
		return none(err)
	}
	links, err := store.ProjectPages.List(t, dbx.HashExp{"page_id": id})
	if err != nil {
		return false, err
	}
	const private = 1
	for _, l := range links {
		in := c.Access.Projects[l.ProjectID]
		if here(c, l.ProjectID) && in != app.Nobody && (p.OwnedByID == c.UserID() || p.Access != private && in >= role) {
			return true, nil
		}
	}
	return false, nil
}

func none(err error) (bool, error) {
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return false, err
}

// isSender says whether the caller has begun the file.
func isSender(c *app.Call, a *store.FileAsset) bool {
	return a.CreatedByID != nil && *a.CreatedByID == c.UserID()
}

// ownerless says whether a file belongs to nothing yet.
func ownerless(a *store.FileAsset) bool {
	if kind := kindOf(a); kind == WorkspaceLogo || kind == ProjectCover && a.ProjectID != nil {
		return false
	}
	return a.UserID == nil && a.IssueID == nil && a.CommentID == nil && a.PageID == nil && a.DraftIssueID == nil
}

// reaches says whether the caller gets at a file at all: one of a project that they are in, or of the workspace; what
// is neither handed over nor in a project is its sender's.
func reaches(c *app.Call, a *store.FileAsset) bool {
	if a.ProjectID != nil {
		return c.Access.Projects[*a.ProjectID] != app.Nobody
	}
	return !ownerless(a) || isSender(c, a)
}

// sees says whether the caller may fetch a file that they reach: of somebody's private page or draft only they may, and
// guests whom the project lets see only their own work items only those.
func sees(c *app.Call, t *store.Tx, a *store.FileAsset) (bool, error) {
	if !reaches(c, a) {
		return false, nil
	}
	if isSender(c, a) {
		return true, nil
	}
	switch {
	case a.PageID != nil:
		return seesPage(c, t, *a.PageID, app.Guest)
	case a.DraftIssueID != nil:
		return changesOwner(c, t, a)
	case a.CommentID != nil:
		m, err := store.IssueComments.Get(t, dbx.HashExp{"id": *a.CommentID, "workspace_id": c.Workspace.ID})
		if err != nil {
			return none(err)
		}
		return seesIssue(c, t, m.IssueID)
	case a.IssueID != nil:
		return seesIssue(c, t, *a.IssueID)
	}
	return true, nil
}

// seesIssue says whether the caller is in the work item's project, and not one of the guests who see only what they
// have made.
func seesIssue(c *app.Call, t *store.Tx, id string) (bool, error) {
	i, err := store.Issues.Get(t, dbx.HashExp{"id": id, "workspace_id": c.Workspace.ID})
	if err != nil {
		return none(err)
	}
	role := c.Access.Projects[i.ProjectID]
	if !here(c, i.ProjectID) || role == app.Nobody {
		return false, nil
	}
	if role != app.Guest || c.Access.Workspace == app.Admin || i.CreatedByID != nil && *i.CreatedByID == c.UserID() {
		return true, nil
	}
	p, err := store.Projects.Find(t, i.ProjectID)
	if err != nil {
		return none(err)
	}
	return p.GuestViewAllFeatures, nil
}

// mayChange says whether the caller may confirm, rename, delete and bring back a file: who sends it; and once it has
// arrived who may change what it belongs to, of attachments and of what belongs to nothing the administrators of its
// project.
func mayChange(c *app.Call, t *store.Tx, a *store.FileAsset) (bool, error) {
	if !reaches(c, a) {
		return false, nil
	}
	if isSender(c, a) {
		return true, nil
	}
	if !a.IsUploaded {
		return false, nil
	}
	if ownerless(a) || kindOf(a) == IssueAttachment {
		return a.ProjectID != nil && c.Access.InProject(*a.ProjectID, app.Admin), nil
	}
	return changesOwner(c, t, a)
}
