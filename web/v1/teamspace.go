package v1

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	allTeamspaces     = inWorkspace + "teamspaces/"
	oneTeamspace      = allTeamspaces + "{teamspace_id:uuid}/"
	teamspaceMembers  = oneTeamspace + "members/"
	teamspaceProjects = oneTeamspace + "projects/"
)

const (
	teamspaceExample = `{"id":"` + exampleID + `",` + exampleMade + `,"name":"Payments","description_json":{},` +
		`"description_html":"<p>Who gets paid</p>","description_stripped":"Who gets paid","description_binary":null,` +
		`"logo_props":{},"lead":null,"workspace":"` + exampleID + `"}`
	personExample = `{"id":"` + otherID + `","first_name":"Ann","last_name":"Lee","email":"ann@example.org","avatar":"",` +
		`"avatar_url":null,"display_name":"ann"}`
	ledBy = " Its lead may, its maker, and the workspace's administrators."
)

var teamspaces = []web.Op{
	do("GET", allTeamspaces, team, 200, "List teamspaces", listTeamspaces).
		Explained("The newest first.").Like("", examplePage(teamspaceExample)),
	do("POST", allTeamspaces, team, 201, "Make a teamspace", createTeamspace).
		Explained("It has neither people nor projects yet. The lead is anybody in the workspace.").
		Like(`{"name":"Payments","description_html":"<p>Who gets paid</p>"}`, teamspaceExample),
	do("GET", oneTeamspace, team, 200, "Read a teamspace", getTeamspace).Like("", teamspaceExample),
	do("PATCH", oneTeamspace, team, 200, "Change a teamspace", changeTeamspace).
		Explained("Only the keys that are sent change."+ledBy).Like(`{"name":"Payments"}`, teamspaceExample),
	do("DELETE", oneTeamspace, team, 204, "Delete a teamspace", deleteTeamspace).
		Explained("Its people and its projects stay where they are." + ledBy),

	do("GET", teamspaceMembers, team, 200, "List the people of a teamspace", listTeamspaceMembers).
		Explained("Those who are in the workspace now, who came first first.").Like("", examplePage(personExample)),
	do("POST", teamspaceMembers, team, 200, "Take people into a teamspace", addTeamspaceMembers).
		Explained("People of the workspace, all of them or none. It gives them no role in its projects."+ledBy).
		Like(`{"member_ids":["`+otherID+`"]}`, `[`+personExample+`]`),
	do("DELETE", teamspaceMembers, team, 204, "Take people out of a teamspace", removeTeamspaceMembers).
		Explained("Who is not in it is passed over."+ledBy).Like(`{"member_ids":["`+otherID+`"]}`, ""),
	do("GET", teamspaceProjects, team, 200, "List the projects of a teamspace", listTeamspaceProjects).
		Explained("Those that the caller knows of: public ones and their own, by name.").
		Like("", examplePage(projectSample)),
	do("POST", teamspaceProjects, team, 200, "Add projects to a teamspace", addTeamspaceProjects).
		Explained("Projects that the caller knows of, all of them or none. It lets nobody into them."+ledBy).
		Like(`{"project_ids":["`+exampleID+`"]}`, `[`+projectSample+`]`),
	do("DELETE", teamspaceProjects, team, 204, "Take projects out of a teamspace", removeTeamspaceProjects).
		Explained("What is not in it is passed over."+ledBy).Like(`{"project_ids":["`+otherID+`"]}`, ""),
}

// Teamspace is people and projects that work together.
type Teamspace struct {
	ID string `json:"id"`
	Made
	Name                string     `json:"name"`
	DescriptionJSON     store.JSON `json:"description_json"`
	DescriptionHTML     string     `json:"description_html"`
	DescriptionStripped *string    `json:"description_stripped"`
	DescriptionBinary   []byte     `json:"description_binary"` // none is kept
	LogoProps           store.JSON `json:"logo_props"`
	Lead                *string    `json:"lead"`
	Workspace           string     `json:"workspace"`
}

func teamspace(c *app.Call, s *store.Teamspace) Teamspace {
	return Teamspace{ID: s.ID, Made: made(c, &s.AuditFields), Name: s.Name, DescriptionJSON: s.DescriptionJSON,
		DescriptionHTML: s.DescriptionHTML, DescriptionStripped: s.DescriptionStripped, LogoProps: s.LogoProps,
		Lead: s.LeadID, Workspace: s.WorkspaceID}
}

func listTeamspaces(c *app.Call, in ordered) (Page[Teamspace], error) {
	return list(c, in.listing, func(s store.ListPart) ([]store.Teamspace, int, error) {
		return workspace.Teamspaces(c, s, in.OrderBy)
	}, teamspace)
}

func createTeamspace(c *app.Call, in workspace.TeamspaceInput) (Teamspace, error) {
	s, err := workspace.CreateTeamspace(c, in)
	return plain(c, s, err, teamspace)
}

type teamspacePath struct {
	ID string `path:"teamspace_id"`
}

func getTeamspace(c *app.Call, in struct {
	teamspacePath
	View
}) (Shown[Teamspace], error) {
	s, err := workspace.GetTeamspace(c, in.ID)
	return one(c, in.View, s, err, teamspace)
}

func changeTeamspace(c *app.Call, in struct {
	teamspacePath
	workspace.TeamspaceInput
}) (Teamspace, error) {
	s, err := workspace.ChangeTeamspace(c, in.ID, in.TeamspaceInput)
	return plain(c, s, err, teamspace)
}

func deleteTeamspace(c *app.Call, in teamspacePath) (web.Nothing, error) {
	return web.Nothing{}, workspace.DeleteTeamspace(c, in.ID)
}

func listTeamspaceMembers(c *app.Call, in struct {
	teamspacePath
	listing
}) (Page[UserLite], error) {
	return list(c, in.listing, func(s store.ListPart) ([]store.User, int, error) {
		return workspace.TeamspacePeople(c, in.ID, s)
	}, func(_ *app.Call, u *store.User) UserLite { return userLite(u) })
}

type teamspacePeople struct {
	teamspacePath
	People []string `json:"member_ids" check:"required,uuid"`
}

func addTeamspaceMembers(c *app.Call, in teamspacePeople) ([]UserLite, error) {
	us, err := workspace.AddTeamspacePeople(c, in.ID, in.People)
	return web.Map(us, func(u store.User) UserLite { return userLite(&u) }), err
}

func removeTeamspaceMembers(c *app.Call, in teamspacePeople) (web.Nothing, error) {
	return web.Nothing{}, workspace.RemoveTeamspacePeople(c, in.ID, in.People)
}

func listTeamspaceProjects(c *app.Call, in struct {
	teamspacePath
	listing
}) (Page[Project], error) {
	return list(c, in.listing, func(s store.ListPart) ([]store.ProjectWithCounts, int, error) {
		return workspace.TeamspaceProjects(c, in.ID, s)
	}, projectOf)
}

type projectsOfTeamspace struct {
	teamspacePath
	Projects []string `json:"project_ids" check:"required,uuid"`
}

func addTeamspaceProjects(c *app.Call, in projectsOfTeamspace) ([]Project, error) {
	ps, err := workspace.AddTeamspaceProjects(c, in.ID, in.Projects)
	return web.Map(ps, func(p store.ProjectWithCounts) Project { return projectOf(c, &p) }), err
}

func removeTeamspaceProjects(c *app.Call, in projectsOfTeamspace) (web.Nothing, error) {
	return web.Nothing{}, workspace.RemoveTeamspaceProjects(c, in.ID, in.Projects)
}
