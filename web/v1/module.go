package v1

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/app/module"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	allModules      = inProject + "modules/"
	oneModule       = allModules + "{pk:uuid}/"
	moduleIssues    = allModules + "{module_id:uuid}/module-issues/"
	archivedModules = inProject + "archived-modules/"
)

var modules = []web.Op{
	do("GET", allModules, readers, 200, "List modules", listModules),
	do("POST", allModules, writers, 201, "Create a module", createModule),
	do("GET", oneModule, readers, 200, "Read a module", getModule),
	do("PATCH", oneModule, writers, 200, "Change a module", changeModule),
	do("DELETE", oneModule, writers, 204, "Delete a module", deleteModule),
	do("POST", oneModule+"archive/", writers, 204, "Archive a module", archiveModule),
	do("GET", archivedModules, readers, 200, "List archived modules", listArchivedModules),
	do("DELETE", archivedModules+"{pk:uuid}/unarchive/", writers, 204, "Bring a module back", unarchiveModule),
	do("GET", moduleIssues, readers, 200, "List the work items of a module", listModuleIssues),
	do("POST", moduleIssues, writers, 200, "Put work items into a module", addModuleIssues),
	do("DELETE", moduleIssues+"{issue_id:uuid}/", writers, 204, "Take a work item out of a module", removeModuleIssue),
}

// Module is a module as this API shows it when it is made.
type Module struct {
	ID string `json:"id"`
	Made
	ModuleFields
	DescriptionText store.NullJSON `json:"description_text"`
	DescriptionHTML store.NullJSON `json:"description_html"`
	ViewProps       store.JSON     `json:"view_props"`
	SortOrder       float64        `json:"sort_order"`
	ArchivedAt      *string        `json:"archived_at"`
	LogoProps       store.JSON     `json:"logo_props"`
	Project         Ref            `json:"project"`
	Workspace       Ref            `json:"workspace"`
	Members         []string       `json:"members"`
}

// ModuleFields are what can be written of a module.
type ModuleFields struct {
	Name           string      `json:"name"`
	Description    string      `json:"description"`
	StartDate      *store.Date `json:"start_date"`
	TargetDate     *store.Date `json:"target_date"`
	Status         string      `json:"status"`
	Lead           *string     `json:"lead"`
	ExternalSource *string     `json:"external_source"`
	ExternalID     *string     `json:"external_id"`
}

func moduleFields(_ *app.Call, m *store.Module) ModuleFields {
	return ModuleFields{
		Name: m.Name, Description: m.Description, StartDate: m.StartDate, TargetDate: m.TargetDate, Status: m.Status,
		Lead: m.LeadID, ExternalSource: m.ExternalSource, ExternalID: m.ExternalID,
	}
}

func moduleOf(c *app.Call, m *module.WithCounts) Module {
	return Module{
		ID: m.ID, Made: made(c, &m.AuditFields), ModuleFields: moduleFields(c, &m.Module),
		DescriptionText: m.DescriptionText, DescriptionHTML: m.DescriptionHTML, ViewProps: m.ViewProps,
		SortOrder: m.SortOrder, ArchivedAt: c.TimePtr(m.ArchivedAt), LogoProps: m.LogoProps,
		Project: ref(m.ProjectID), Workspace: ref(m.WorkspaceID), Members: m.Members,
	}
}

// CountedModule is a module as this API shows it when it is read. By group it says only whether there is any work item:
// the reference counts the groups.
type CountedModule struct {
	Module
	TotalIssues     int `json:"total_issues"`
	CancelledIssues int `json:"cancelled_issues"`
	CompletedIssues int `json:"completed_issues"`
	StartedIssues   int `json:"started_issues"`
	UnstartedIssues int `json:"unstarted_issues"`
	BacklogIssues   int `json:"backlog_issues"`
}

func countedModule(c *app.Call, m *module.WithCounts) CountedModule {
	any := func(group string) int { return min(m.Progress.Issues[group], 1) }
	return CountedModule{
		Module: moduleOf(c, m), TotalIssues: m.Progress.Total, CancelledIssues: any("cancelled"),
		CompletedIssues: any("completed"), StartedIssues: any("started"), UnstartedIssues: any("unstarted"),
		BacklogIssues: any("backlog"),
	}
}

// withMembers asks for the members, too: they are in every answer, whatever the client asks for.
func (v View) withMembers() View {
	if len(words(v.Fields)) > 0 {
		v.Fields += ",members"
	}
	return v
}

// moduleInput is module.Input under this API's names, without what programs can't set.
type moduleInput struct {
	module.Input
	DescriptionText app.Opt[store.NullJSON] `json:"-"`
	DescriptionHTML app.Opt[store.NullJSON] `json:"-"`
	ViewProps       app.Opt[store.JSON]     `json:"-"`
	LogoProps       app.Opt[store.JSON]     `json:"-"`
	SortOrder       app.Opt[float64]        `json:"-"`
	LeadID          app.Opt[string]         `json:"lead" alias:"lead_id" check:"pk,null"`
	MemberIDs       app.Opt[[]string]       `json:"members" alias:"member_ids" check:"pk,nested"`
}

func (in *moduleInput) rule() module.Input {
	in.Input.LeadID, in.Input.MemberIDs = in.LeadID, in.MemberIDs
	return in.Input
}

func listModules(c *app.Call, in ordered) (Page[CountedModule], error) {
	return pageModules(c, in, false)
}

func listArchivedModules(c *app.Call, in ordered) (Page[CountedModule], error) {
	return pageModules(c, in, true)
}

func pageModules(c *app.Call, in ordered, archived bool) (Page[CountedModule], error) {
	in.View = in.View.withMembers()
	return list(c, in.listing, func(s store.ListPart) ([]module.WithCounts, int, error) {
		return module.ListV1(c, s, archived, in.OrderBy)
	}, countedModule)
}

func createModule(c *app.Call, in moduleInput) (Module, error) {
	m, err := module.CreateV1(c, in.rule())
	return plain(c, m, err, moduleOf)
}

func getModule(c *app.Call, in struct {
	byID
	View
}) (Shown[CountedModule], error) {
	m, err := module.GetV1(c, in.PK)
	return one(c, in.View.withMembers(), m, err, countedModule)
}

func changeModule(c *app.Call, in struct {
	byID
	moduleInput
}) (CountedModule, error) {
	if _, err := module.ChangeV1(c, in.PK, in.rule()); err != nil {
		return CountedModule{}, err
	}
	m, err := module.GetV1(c, in.PK)
	return plain(c, m, err, countedModule)
}

func deleteModule(c *app.Call, in byID) (web.Nothing, error) {
	return web.Nothing{}, module.DeleteV1(c, in.PK)
}

func archiveModule(c *app.Call, in byID) (web.Nothing, error) {
	_, err := module.Archive(c, in.PK, true)
	return web.Nothing{}, err
}

func unarchiveModule(c *app.Call, in byID) (web.Nothing, error) {
	_, err := module.Archive(c, in.PK, false)
	return web.Nothing{}, err
}

// ofModule is the input of what is done in a module.
type ofModule struct {
	Module string `path:"module_id"`
}

func listModuleIssues(c *app.Call, in struct {
	ofModule
	listing
	issue.PublicQuery
}) (Page[Issue], error) {
	return list(c, in.listing, func(s store.ListPart) ([]store.PublicIssue, int, error) {
		return issue.PublicListIn(c, store.InModule, in.Module, s, in.PublicQuery)
	}, issueOf)
}

// ModuleIssue is a work item's place in a module.
type ModuleIssue struct {
	ID             string `json:"id"`
	SubIssuesCount int    `json:"sub_issues_count"`
	Made
	Project   Ref `json:"project"`
	Workspace Ref `json:"workspace"`
	Module    Ref `json:"module"`
	Issue     Ref `json:"issue"`
}

func addModuleIssues(c *app.Call, in struct {
	ofModule
	Issues []string `json:"issues" alias:"issue_ids"`
}) ([]ModuleIssue, error) {
	all, err := module.AddIssuesV1(c, in.Module, in.Issues)
	return web.Map(all, func(m module.Membership) ModuleIssue {
		return ModuleIssue{
			ID: m.ID, SubIssuesCount: m.SubItems, Made: made(c, &m.AuditFields), Project: ref(m.ProjectID),
			Workspace: ref(m.WorkspaceID), Module: ref(m.ModuleID), Issue: ref(m.IssueID),
		}
	}), err
}

func removeModuleIssue(c *app.Call, in struct {
	ofModule
	ofIssue
}) (web.Nothing, error) {
	return web.Nothing{}, module.RemoveIssue(c, in.Module, in.Issue)
}
