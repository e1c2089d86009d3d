package v1

import (
	"slices"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/initiative"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	allInitiatives  = inWorkspace + "initiatives/"
	oneInitiative   = allInitiatives + "{pk:uuid}/"
	partsInitiative = allInitiatives + "{initiative_id:uuid}/"
)

const initiativeExample = `{"id":"` + exampleID + `","name":"Fewer passwords","description":"Sign-in without passwords",` +
	`"description_html":"<p></p>","description_stripped":"","description_binary":null,"start_date":"2026-05-04",` +
	`"end_date":"2026-09-30","state":"ACTIVE","logo_props":{},"lead":null,"workspace":"` + exampleID + `",` + exampleMade + `}`

// changesOfTeam is for what others of the team may have made: of those the author and the workspace's administrators.
func changesOfTeam(table string) web.Rule {
	return team.AndThen(web.Workspace(app.Admin).Class().OrCreator(table))
}

var initiatives = slices.Concat([]web.Op{
	do("GET", allInitiatives, team, 200, "List initiatives", listInitiatives).Explained("Newest first.").
		Like("", examplePage(initiativeExample)),
	do("POST", allInitiatives, team, 201, "Create an initiative", createInitiative).
		Explained("Whether or not the workspace has initiatives switched on. Of a time the day is kept.").
		Like(`{"name":"Fewer passwords","state":"ACTIVE","start_date":"2026-05-04"}`, initiativeExample),
	do("GET", oneInitiative, team, 200, "Read an initiative", getInitiative).Like("", initiativeExample),
	do("PATCH", oneInitiative, team, 200, "Change an initiative", changeInitiative).
		Explained("Only the keys that are sent change.").Like(`{"state":"COMPLETED"}`, initiativeExample),
	do("DELETE", oneInitiative, changesOfTeam("initiatives"), 204, "Delete an initiative", deleteInitiative).
		Explained("One's own, or as an administrator of the workspace. Its projects, epics and work items stay."),
}, initiativeLabels, initiativeParts)

// Initiative is an initiative as this API shows it.
type Initiative struct {
	ID string `json:"id"`
	Made
	Name                string      `json:"name"`
	Description         string      `json:"description"`
	DescriptionHTML     string      `json:"description_html"`
	DescriptionStripped string      `json:"description_stripped"`
	DescriptionBinary   []byte      `json:"description_binary"` // there is none
	StartDate           *store.Date `json:"start_date"`
	EndDate             *store.Date `json:"end_date"`
	State               string      `json:"state"`
	LogoProps           store.JSON  `json:"logo_props"`
	Lead                *string     `json:"lead"`
	Workspace           Ref         `json:"workspace"`
}

func initiativeOf(c *app.Call, i *store.Initiative) Initiative {
	return Initiative{ID: i.ID, Made: made(c, &i.AuditFields), Name: i.Name, Description: i.Description,
		DescriptionHTML: i.DescriptionHTML, DescriptionStripped: i.DescriptionStripped, StartDate: i.StartDate,
		EndDate: i.EndDate, State: i.State, LogoProps: i.LogoProps, Lead: i.LeadID, Workspace: ref(i.WorkspaceID)}
}

func listInitiatives(c *app.Call, in ordered) (Page[Initiative], error) {
	return list(c, in.listing, func(s store.ListPart) ([]store.Initiative, int, error) {
		return initiative.List(c, s, in.OrderBy)
	}, initiativeOf)
}

func createInitiative(c *app.Call, in initiative.Input) (Initiative, error) {
	i, err := initiative.Create(c, in)
	return plain(c, i, err, initiativeOf)
}

func getInitiative(c *app.Call, in struct {
	byID
	View
}) (Shown[Initiative], error) {
	i, err := initiative.Get(c, in.PK)
	return one(c, in.View, i, err, initiativeOf)
}

func changeInitiative(c *app.Call, in struct {
	byID
	initiative.Input
}) (Initiative, error) {
	i, err := initiative.Change(c, in.PK, in.Input)
	return plain(c, i, err, initiativeOf)
}

func deleteInitiative(c *app.Call, in byID) (web.Nothing, error) {
	return web.Nothing{}, initiative.Delete(c, in.PK)
}
