package upload

import (
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// mostOffered is how many members and projects are offered to choose from; others are typed.
const mostOffered = 500

// Choices are what an import may be pointed at: the members of the workspace by name, and its projects by identifier.
type Choices struct {
	Members  []store.ListedMember
	Projects []store.Project
}

// Offer lists what an import of the workspace may be pointed at.
func Offer(c *app.Call) (*Choices, error) {
	active, robot := true, false
	members, _, err := store.WorkspaceMembersPart(c.Read(), c.Workspace, store.MemberFilter{Active: &active, Bot: &robot},
		store.ListPart{Limit: mostOffered}, "users.display_name")
	if err != nil {
		return nil, err
	}
	projects, _, err := store.Projects.Page(c.Read(), dbx.HashExp{"workspace_id": c.Workspace.ID, "archived_at": nil},
		store.ListPart{Limit: mostOffered}, "identifier", "id")
	return &Choices{members, projects}, err
}
