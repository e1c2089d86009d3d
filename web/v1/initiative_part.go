package v1

import (
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/initiative"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	initiativeProjects = partsInitiative + "projects/"
	initiativeEpics    = partsInitiative + "epics/"
	initiativeItems    = partsInitiative + "work-items/"
)

const (
	passedOver          = "Those that it has not are passed over, and so is what the caller does not see."
	listedProjectSample = `{"id":"` + exampleID + `","total_members":3,"total_cycles":1,"total_modules":2,"is_member":true,` +
		`"member_role":20,"is_deployed":false,"cover_image_url":null,"name":"Website","description":"",` +
		`"description_text":null,"description_html":null,"network":2,"identifier":"WEB","emoji":null,"icon_prop":null,` +
		`"module_view":true,"cycle_view":true,"issue_views_view":true,"page_view":true,"intake_view":false,` +
		`"is_time_tracking_enabled":false,"is_issue_type_enabled":false,"guest_view_all_features":false,` +
		`"cover_image":null,"archive_in":0,"close_in":0,"logo_props":{},"archived_at":null,"timezone":"UTC",` +
		`"external_source":null,"external_id":null,"workspace":"` + exampleID + `","default_assignee":null,` +
		`"project_lead":null,"cover_image_asset":null,"estimate":null,"default_state":null,"sort_order":65535,` +
		exampleMade + `}`
)

// projectSample is a project as it is read alone.
var projectSample = strings.Replace(listedProjectSample, `"sort_order":65535,`, "", 1)

// initiativeParts are what an initiative has: projects, and work items with the epics among them.
var initiativeParts = []web.Op{
	do("GET", initiativeProjects, team, 200, "List the projects of an initiative", listInitiativeProjects).
		Explained("Those that the caller knows of, by name.").Like("", examplePage(listedProjectSample)),
	do("POST", initiativeProjects, team, 200, "Give projects to an initiative", addInitiativeProjects).
		Explained("Those that the caller knows of, all or none; the answer has all that are named.").
		Like(`{"project_ids":["`+exampleID+`"]}`, `[`+listedProjectSample+`]`),
	do("DELETE", initiativeProjects, team, 204, "Take projects from an initiative", removeInitiativeProjects).
		Explained(passedOver).Like(`{"project_ids":["`+exampleID+`"]}`, ""),
	do("GET", initiativeEpics, team, 200, "List the epics of an initiative", listInitiativeEpics).
		Explained("Those that the caller sees, newest first. "+conditionsExplained).Like("", examplePage(epicExample)),
	do("POST", initiativeEpics, team, 200, "Give epics to an initiative", addInitiativeEpics).
		Explained("All or none; the answer has all that are named.").
		Like(`{"epic_ids":["`+otherID+`"]}`, `[`+epicExample+`]`),
	do("DELETE", initiativeEpics, team, 204, "Take epics from an initiative", removeInitiativeEpics).
		Explained(passedOver).Like(`{"epic_ids":["`+otherID+`"]}`, ""),
	do("GET", initiativeItems, team, 200, "List the work items of an initiative", listInitiativeItems).
		Explained("Those that the caller sees, epics too, newest first. "+conditionsExplained).
		Like("", examplePage(issueExample)),
	do("POST", initiativeItems, team, 200, "Give work items to an initiative", addInitiativeItems).
		Explained("Epics or others, all or none; the answer has all that are named.").
		Like(`{"work_item_ids":["`+otherID+`"]}`, `[`+issueExample+`]`),
	do("DELETE", initiativeItems, team, 204, "Take work items from an initiative", removeInitiativeItems).
		Explained(passedOver).Like(`{"work_item_ids":["`+otherID+`"]}`, ""),
}

// ofInitiative is the input of what is done in an initiative.
type ofInitiative struct {
	Initiative string `path:"initiative_id"`
}

func listInitiativeProjects(c *app.Call, in struct {
	ofInitiative
	listing
}) (Page[ListedProject], error) {
	return list(c, in.listing, func(s store.ListPart) ([]store.ProjectWithCounts, int, error) {
		return initiative.ListProjects(c, in.Initiative, s)
	}, listedProject)
}

type projectsInInitiative struct {
	ofInitiative
	IDs []string `json:"project_ids" check:"required,pk"`
}

func addInitiativeProjects(c *app.Call, in projectsInInitiative) ([]ListedProject, error) {
	all, err := initiative.AddProjects(c, in.Initiative, in.IDs)
	return web.Map(all, func(p store.ProjectWithCounts) ListedProject { return listedProject(c, &p) }), err
}

func removeInitiativeProjects(c *app.Call, in projectsInInitiative) (web.Nothing, error) {
	return web.Nothing{}, initiative.RemoveProjects(c, in.Initiative, in.IDs)
}

type listingInInitiative struct {
	ofInitiative
	listing
	issue.PublicQuery
}

func pageInInitiative(c *app.Call, in listingInInitiative, epics bool) (Page[Issue], error) {
	return list(c, in.listing, func(s store.ListPart) ([]store.PublicIssue, int, error) {
		return issue.ListInInitiative(c, in.Initiative, epics, s, in.PublicQuery)
	}, issueOf)
}

func listInitiativeEpics(c *app.Call, in listingInInitiative) (Page[Issue], error) {
	return pageInInitiative(c, in, true)
}

func listInitiativeItems(c *app.Call, in listingInInitiative) (Page[Issue], error) {
	return pageInInitiative(c, in, false)
}

func issuesOf(c *app.Call, all []store.PublicIssue, err error) ([]Issue, error) {
	return web.Map(all, func(i store.PublicIssue) Issue { return issueOf(c, &i) }), err
}

type epicsInInitiative struct {
	ofInitiative
	IDs []string `json:"epic_ids" check:"required,pk"`
}

func addInitiativeEpics(c *app.Call, in epicsInInitiative) ([]Issue, error) {
	all, err := issue.AddToInitiative(c, in.Initiative, "epic_ids", true, in.IDs)
	return issuesOf(c, all, err)
}

func removeInitiativeEpics(c *app.Call, in epicsInInitiative) (web.Nothing, error) {
	return web.Nothing{}, issue.RemoveFromInitiative(c, in.Initiative, in.IDs)
}

type itemsInInitiative struct {
	ofInitiative
	IDs []string `json:"work_item_ids" check:"required,pk"`
}

func addInitiativeItems(c *app.Call, in itemsInInitiative) ([]Issue, error) {
	all, err := issue.AddToInitiative(c, in.Initiative, "work_item_ids", false, in.IDs)
	return issuesOf(c, all, err)
}

func removeInitiativeItems(c *app.Call, in itemsInInitiative) (web.Nothing, error) {
	return web.Nothing{}, issue.RemoveFromInitiative(c, in.Initiative, in.IDs)
}
