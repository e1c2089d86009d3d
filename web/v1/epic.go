package v1

import (
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	allEpics  = inProject + "epics/"
	oneEpic   = allEpics + "{pk:uuid}/"
	epicItems = allEpics + "{epic_id:uuid}/issues/"
)

var (
	epicExample     = strings.ReplaceAll(issueExample, `"type_id":null`, `"type_id":"`+exampleID+`"`)
	epicItemExample = strings.Replace(issueExample, `"parent":null`, `"parent":"`+exampleID+`"`, 1)
)

var epics = []web.Op{
	do("GET", allEpics, readers, 200, "List epics", listEpics).
		Explained("Newest first. Epics are work items whose type is one of epics: all that can be done to a work item can be"+
			" done to them, by its own operations and the same id.").
		Like("", examplePage(epicExample)),
	do("POST", allEpics, writers, 201, "Create an epic", createEpic).
		Explained("In a project that has epics switched on (features/); the type is the project's type of epics.").
		Like(`{"name":"Sign in","priority":"high","target_date":"2026-05-08"}`, epicExample),
	do("GET", oneEpic, readers, 200, "Read an epic", getEpic).
		Explained("A work item that is no epic is not found.").Like("", epicExample),
	do("PATCH", oneEpic, writers, 200, "Change an epic", changeEpic).
		Explained("Only the keys that are sent change.").Like(`{"target_date":"2026-05-15"}`, epicExample),
	do("DELETE", oneEpic, writers, 204, "Delete an epic", deleteEpic).
		Explained("One's own, or as an administrator of the project. The work items below it stay, without a parent."),
	do("GET", epicItems, readers, 200, "List the work items of an epic", listEpicItems).
		Explained("Those directly below it, of all the projects that the caller is in. "+conditionsExplained).
		Like("", examplePage(epicItemExample)),
	do("POST", epicItems, writers, 200, "Put work items below an epic", addEpicItems).
		Explained("All or none; other epics can't be below it. What is below another work item leaves it.").
		Like(`{"work_item_ids":["`+otherID+`"]}`, `[`+epicItemExample+`]`),
}

// epicInput is issueInput without the type.
type epicInput struct {
	issueInput
	TypeID app.Opt[string] `json:"-"`
}

func listEpics(c *app.Call, in struct {
	listing
	issue.PublicQuery
	issue.OriginQuery
}) (Page[Issue], error) {
	return list(c, in.listing, func(s store.ListPart) ([]store.PublicIssue, int, error) {
		return issue.ListEpics(c, s, in.PublicQuery, in.OriginQuery)
	}, issueOf)
}

func createEpic(c *app.Call, in epicInput) (Issue, error) {
	i, err := issue.CreateEpic(c, in.rule(), in.ExternalInput)
	return plain(c, i, err, issueOf)
}

func getEpic(c *app.Call, in struct {
	byID
	View
}) (Shown[Issue], error) {
	i, err := issue.GetEpic(c, in.PK)
	return one(c, in.View, i, err, issueOf)
}

func changeEpic(c *app.Call, in struct {
	byID
	epicInput
}) (Issue, error) {
	i, err := issue.ChangeEpic(c, in.PK, in.rule(), in.ExternalInput)
	return plain(c, i, err, issueOf)
}

func deleteEpic(c *app.Call, in byID) (web.Nothing, error) {
	return web.Nothing{}, issue.DeleteEpic(c, in.PK)
}

type ofEpic struct {
	Epic string `path:"epic_id"`
}

func listEpicItems(c *app.Call, in struct {
	ofEpic
	listing
	issue.PublicQuery
}) (Page[Issue], error) {
	return list(c, in.listing, func(s store.ListPart) ([]store.PublicIssue, int, error) {
		return issue.ListInEpic(c, in.Epic, s, in.PublicQuery)
	}, issueOf)
}

func addEpicItems(c *app.Call, in struct {
	ofEpic
	others
}) ([]Issue, error) {
	if err := in.others.check(); err != nil {
		return nil, err
	}
	all, err := issue.AddToEpic(c, in.Epic, in.IDs)
	return issuesOf(c, all, err)
}
