package v1

import (
	"encoding/json"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/cycle"
	"github.com/sailplane/sailplane/app/module"
	"github.com/sailplane/sailplane/app/project"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

// lite are the lists for programs that look for names and ids: nothing in them is counted.
var lite = []web.Op{
	do("GET", inWorkspace+"projects-lite/", everybody, 200, "List projects in brief", listProjectsLite).Narrowed().
		Explained("Archived projects are left out unless include_archived=true.").
		Like("", examplePage(liteProjectExample)),
	do("GET", inWorkspace+"members-lite/", team, 200, "List the people of a workspace in pages", listWorkspaceMembersLite).
		Explained(membersExplained).Like("", examplePage(liteMemberExample)),
	do("GET", inProject+"project-members-lite/", readers, 200, "List the people of a project in pages", listMembersLite).
		Explained(membersExplained).
		Like("", examplePage(strings.Replace(liteMemberExample, `"member"`, `"contributor"`, 1))),
	do("GET", inProject+"cycles-lite/", readers, 200, "List cycles in brief", listCyclesLite).
		Explained("Without how far they are, and without archived ones. status narrows them by their dates; the answer is a"+
			" page, whatever it is.").Like("", examplePage(`{"id":"`+exampleID+`","name":"Sprint 12"}`)),
	do("GET", inProject+"modules-lite/", readers, 200, "List modules in brief", listModulesLite).
		Explained("Without how far they are, and without archived ones.").
		Like("", examplePage(`{"id":"`+exampleID+`","name":"Sign-in","members":[]}`)),
}

const (
	membersExplained = "Who is or was there; is_active says which. Filters by name and address look for a part, letters of" +
		" either case, and all of them have to fit."
	liteProjectExample = `{"id":"` + exampleID + `","identifier":"WEB","name":"Website","cover_image":null,` +
		`"icon_prop":null,"emoji":null,"description":"","cover_image_url":null,"archived_at":null}`
	liteMemberExample = `{"id":"` + exampleID + `","first_name":"Ada","last_name":"Byron","email":"ada@example.org",` +
		`"avatar":"","avatar_url":null,"display_name":"ada","role":15,"role_slug":"member","is_active":true,"is_bot":false}`
)

// ListedProjectLite is a project in a list in brief.
type ListedProjectLite struct {
	ProjectLite
	ArchivedAt *string `json:"archived_at"`
}

func listProjectsLite(c *app.Call, in struct {
	listing
	OrderBy  string  `query:"order_by"`
	Archived *string `query:"include_archived" type:"boolean"`
}) (Page[ListedProjectLite], error) {
	archived, err := switched("include_archived", in.Archived)
	if err != nil {
		return Page[ListedProjectLite]{}, err
	}
	return list(c, in.listing, func(s store.ListPart) ([]store.Project, int, error) {
		return project.ListLite(c, s, in.OrderBy, archived != nil && *archived)
	}, func(c *app.Call, p *store.Project) ListedProjectLite {
		return ListedProjectLite{projectLite(p), c.TimePtr(p.ArchivedAt)}
	})
}

// switched reads a parameter that is true or false; nil: it is not there.
func switched(name string, value *string) (*bool, error) {
	if value == nil || *value == "" {
		return nil, nil
	}
	text, _ := json.Marshal(*value)
	is, ok := web.Bool(text)
	if !ok {
		return nil, app.Field(name, "Must be a valid boolean.")
	}
	return &is, nil
}

// memberFilter are the parameters that narrow a list of members.
type memberFilter struct {
	listing
	OrderBy     string  `query:"order_by"`
	FirstName   string  `query:"first_name"`
	LastName    string  `query:"last_name"`
	Email       string  `query:"email"`
	DisplayName string  `query:"display_name"`
	RoleSlug    string  `query:"role_slug" type:"owner|admin|member|contributor|guest"`
	IsActive    *string `query:"is_active" type:"boolean"`
	IsBot       *string `query:"is_bot" type:"boolean"`
}

func (in *memberFilter) rule() (store.MemberFilter, error) {
	f := store.MemberFilter{FirstName: in.FirstName, LastName: in.LastName, Email: in.Email, DisplayName: in.DisplayName}
	var err error
	if f.Active, err = switched("is_active", in.IsActive); err != nil {
		return f, err
	}
	f.Bot, err = switched("is_bot", in.IsBot)
	return f, err
}

// ListedMember is somebody in a list of the people of a workspace or project.
type ListedMember struct {
	UserLite
	Role     int    `json:"role"`
	RoleSlug string `json:"role_slug"`
	IsActive bool   `json:"is_active"`
	IsBot    bool   `json:"is_bot"`
}

// listedMember shows a member of what the namespace says.
func listedMember(namespace string) func(*app.Call, *store.ListedMember) ListedMember {
	return func(c *app.Call, m *store.ListedMember) ListedMember {
		return ListedMember{UserLite: userLite(&m.User), Role: m.MemberRole,
			RoleSlug: app.RoleSlug(namespace, m.MemberRole, m.ID == c.Workspace.OwnerID), IsActive: m.MemberActive,
			IsBot: m.IsBot}
	}
}

func listWorkspaceMembersLite(c *app.Call, in memberFilter) (Page[ListedMember], error) {
	f, err := in.rule()
	if err != nil {
		return Page[ListedMember]{}, err
	}
	return list(c, in.listing, func(s store.ListPart) ([]store.ListedMember, int, error) {
		return workspace.MembersPart(c, f, in.RoleSlug, s, in.OrderBy)
	}, listedMember(app.OfWorkspace))
}

func listMembersLite(c *app.Call, in memberFilter) (Page[ListedMember], error) {
	f, err := in.rule()
	if err != nil {
		return Page[ListedMember]{}, err
	}
	return list(c, in.listing, func(s store.ListPart) ([]store.ListedMember, int, error) {
		return project.MembersPart(c, f, in.RoleSlug, s, in.OrderBy)
	}, listedMember(app.OfProject))
}

func listCyclesLite(c *app.Call, in struct {
	listing
	OrderBy string `query:"order_by"`
	Status  string `query:"status" type:"current|upcoming|completed|draft|incomplete"`
}) (Page[Cycle], error) {
	return list(c, in.listing, func(s store.ListPart) ([]store.Cycle, int, error) {
		return cycle.ListLite(c, s, in.OrderBy, in.Status)
	}, cycleOf)
}

func listModulesLite(c *app.Call, in struct {
	listing
	OrderBy string `query:"order_by"`
}) (Page[Module], error) {
	in.View = in.View.withMembers()
	return list(c, in.listing, func(s store.ListPart) ([]module.WithCounts, int, error) {
		return module.ListLite(c, s, in.OrderBy)
	}, moduleOf)
}
