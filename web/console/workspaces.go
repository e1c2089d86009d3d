package console

import (
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const workspacesPath = Home + "workspaces/"

// workspaces are the pages of all workspaces.
var workspaces = []web.Op{
	page("workspaces/", admin, showWorkspaces),
	action("workspaces/", admin, "Make a workspace", makeWorkspace, func(c *app.Call, _ workspaceForm) (screen, error) {
		return showWorkspaces(c, listing{})
	}),
	page("workspaces/{named}/", admin, showWorkspace),
	action("workspaces/{named}/invite/", admin, "Invite somebody to a workspace", inviteToWorkspace, invitesAgain),
	action("workspaces/{named}/rename/", admin, "Rename a workspace", renameWorkspace, workspaceAgain),
	action("workspaces/{named}/transfer/", admin, "Give a workspace another owner", transferWorkspace, workspaceAgain),
	action("workspaces/{named}/delete/", admin, "Delete a workspace", deleteWorkspace, workspaceAgain),
}

type workspacesPage struct {
	Workspaces []store.KnownWorkspace
	Pager      pager
}

func showWorkspaces(c *app.Call, in listing) (screen, error) {
	list, total, err := workspace.ListKnown(c, in.Search, pageSize, in.offset())
	return screen{Page: "workspaces", Body: workspacesPage{list, in.pager(workspacesPath, total)}.body}, err
}

// workspaceForm is what is done with the workspace of that slug.
type workspaceForm struct {
	Named   string `path:"named"`
	Name    string `json:"name" check:"blank,max=255"`
	Slug    string `json:"slug" check:"blank,max=255"`
	Owner   string `json:"owner" check:"blank,max=255"`
	Confirm string `json:"confirm" check:"blank,max=255"`
}

func makeWorkspace(c *app.Call, in workspaceForm) (outcome, error) {
	owner := c.User
	if in.Owner != "" {
		var err error
		if owner, err = withAddress(c, in.Owner); err != nil {
			return outcome{}, err
		}
	}
	w, err := workspace.SetUp(c, c.App, owner, in.Name, in.Slug)
	if err != nil {
		return outcome{}, err
	}
	return outcome{To: workspacesPath + w.Slug + "/", Done: "done.workspace-made"}, nil
}

// withAddress is the person with that address.
func withAddress(c *app.Call, address string) (*store.User, error) {
	email, _ := app.CleanEmail(address)
	u, err := user.WithEmail(c, email)
	if web.Missing(err) {
		return nil, app.Refuse(app.Invalid, say("fault.no-account", address))
	}
	return u, err
}

type workspacePage struct {
	*store.Workspace

	Owner *store.User
}

func showWorkspace(c *app.Call, in struct {
	Named string `path:"named"`
}) (screen, error) {
	w, err := workspace.Known(c, c.App, in.Named)
	if err != nil {
		return screen{}, err
	}
	owners, err := user.People(c, []string{w.OwnerID})
	return screen{Page: "workspace", Heading: w.Name, Body: workspacePage{w, owners[w.OwnerID]}.body}, err
}

func workspaceAgain(c *app.Call, in workspaceForm) (screen, error) {
	return showWorkspace(c, struct {
		Named string `path:"named"`
	}{in.Named})
}

// membershipForm is an invitation to the workspace of that slug.
type membershipForm struct {
	Named string `path:"named"`
	Email string `json:"email" check:"blank,max=255"`
	Role  string `json:"role" check:"blank,max=255"`
}

// invitedRoles are what people can be invited to be; empty: a member.
var invitedRoles = map[string]app.Role{"": app.Member, "guest": app.Guest, "member": app.Member, "admin": app.Admin}

func invitesAgain(c *app.Call, in membershipForm) (screen, error) {
	return workspaceAgain(c, workspaceForm{Named: in.Named})
}

func inviteToWorkspace(c *app.Call, in membershipForm) (outcome, error) {
	role, ok := invitedRoles[in.Role]
	if !ok {
		return outcome{}, app.Refuse(app.Invalid, say("fault.no-role", in.Role))
	}
	w, err := workspace.Known(c, c.App, in.Named)
	if err != nil {
		return outcome{}, err
	}
	i, err := workspace.Add(c, c.App, w, c.User, in.Email, role)
	if err != nil {
		return outcome{}, err
	}
	link, sent, err := workspace.InvitationLink(c, c.App, w, i)
	if err != nil {
		return outcome{}, err
	}
	if strings.HasPrefix(link, "/") { // nobody has said where the app is: where it is now, then
		link = c.Base + link
	}
	p := linkPage{Email: i.Email, Link: link, Hint: "link.workspace-hint", Back: workspacesPath + w.Slug + "/", Sent: sent}
	return outcome{Screen: &screen{Page: "link", Body: p.body}, Done: "done.invited-to-workspace"}, nil
}

func renameWorkspace(c *app.Call, in workspaceForm) (outcome, error) {
	w, err := workspace.Known(c, c.App, in.Named)
	if err != nil {
		return outcome{}, err
	}
	renamed, err := workspace.Rename(c, c.App, w, in.Name, in.Slug)
	if err != nil {
		return outcome{}, err
	}
	return outcome{To: workspacesPath + renamed.Slug + "/", Done: "done.saved"}, nil
}

func transferWorkspace(c *app.Call, in workspaceForm) (outcome, error) {
	w, err := workspace.Known(c, c.App, in.Named)
	if err != nil {
		return outcome{}, err
	}
	owner, err := withAddress(c, in.Owner)
	if err != nil {
		return outcome{}, err
	}
	return outcome{To: workspacesPath + w.Slug + "/", Done: "done.transferred"}, workspace.Transfer(c, c.App, w, owner)
}

// deleteWorkspace wants the slug typed: everybody loses what is in it.
func deleteWorkspace(c *app.Call, in workspaceForm) (outcome, error) {
	w, err := workspace.Known(c, c.App, in.Named)
	if err != nil {
		return outcome{}, err
	}
	if in.Confirm != w.Slug {
		return outcome{}, app.Refuse(app.Invalid, say("fault.confirm-slug", w.Slug))
	}
	return outcome{To: workspacesPath, Done: "done.workspace-deleted"}, workspace.Remove(c, c.App, w)
}
