package v1

import (
	"slices"
	"strconv"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/app/search"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

// items are served under their name and under the older one.
var items = slices.Concat(itemOps("work-items/"), itemOps("issues/"))

func itemOps(name string) []web.Op {
	all, one := inProject+name, inProject+name+"{pk:uuid}/"
	return []web.Op{
		do("GET", all, readers, 200, "List work items", listItems),
		do("POST", all, writers, 201, "Create a work item", createItem),
		do("GET", one, readers, 200, "Read a work item", getItem),
		do("PATCH", one, writers, 200, "Change a work item", changeItem),
		do("DELETE", one, writers, 204, "Delete a work item", deleteItem),
		do("GET", inWorkspace+name+"{identifier}-{number}/", web.AnyProject(), 200, "Read a work item by its number", getItemByNumber),
		do("GET", inWorkspace+name+"search/", web.SignedIn(), 200, "Find work items by their names", searchItems),
	}
}

// Item is a work item as this API shows it.
type Item struct {
	ID     string  `json:"id"`
	TypeID *string `json:"type_id"`
	Made
	Point             *int        `json:"point"`
	Name              string      `json:"name"`
	DescriptionHTML   string      `json:"description_html"`
	DescriptionBinary []byte      `json:"description_binary"`
	Priority          string      `json:"priority"`
	StartDate         *store.Date `json:"start_date"`
	TargetDate        *store.Date `json:"target_date"`
	SequenceID        int         `json:"sequence_id"`
	SortOrder         float64     `json:"sort_order"`
	CompletedAt       *string     `json:"completed_at"`
	ArchivedAt        *store.Date `json:"archived_at"`
	IsDraft           bool        `json:"is_draft"`
	ExternalSource    *string     `json:"external_source"`
	ExternalID        *string     `json:"external_id"`
	Project           Ref         `json:"project"`
	Workspace         Ref         `json:"workspace"`
	Parent            Ref         `json:"parent"`
	State             Ref         `json:"state"`
	EstimatePoint     Ref         `json:"estimate_point"`
	Type              *string     `json:"type"`
	Assignees         Refs        `json:"assignees"`
	Labels            Refs        `json:"labels"`
}

func item(c *app.Call, i *store.PublicIssue) Item {
	return Item{ID: i.ID, TypeID: i.TypeID, Made: made(c, &i.Meta), Point: i.Point, Name: i.Name, DescriptionHTML: i.DescriptionHTML,
		DescriptionBinary: i.DescriptionBinary, Priority: i.Priority, StartDate: i.StartDate, TargetDate: i.TargetDate, SequenceID: i.SequenceID,
		SortOrder: i.SortOrder, CompletedAt: c.TimePtr(i.CompletedAt), ArchivedAt: i.ArchivedAt, IsDraft: i.IsDraft,
		ExternalSource: i.ExternalSource, ExternalID: i.ExternalID, Project: ref(i.ProjectID), Workspace: ref(i.WorkspaceID),
		Parent: Ref{ID: i.ParentID}, State: Ref{ID: i.StateID}, EstimatePoint: Ref{ID: i.EstimatePointID}, Type: i.TypeID,
		Assignees: Refs{IDs: i.AssigneeIDs}, Labels: Refs{IDs: i.LabelIDs}}
}

// itemInput is issue.Input under this API's names.
type itemInput struct {
	issue.Input
	StateID     app.Opt[string]   `json:"state" alias:"state_id" check:"pk,null"`
	ParentID    app.Opt[string]   `json:"parent" alias:"parent_id" check:"pk,null"`
	TypeID      app.Opt[string]   `json:"type_id" alias:"type" check:"pk,null"`
	AssigneeIDs app.Opt[[]string] `json:"assignees" alias:"assignee_ids" check:"pk,nested"`
	LabelIDs    app.Opt[[]string] `json:"labels" alias:"label_ids" check:"pk,nested"`
	issue.Import
}

func (in *itemInput) rule() issue.Input {
	in.Input.StateID, in.Input.ParentID, in.Input.TypeID = in.StateID, in.ParentID, in.TypeID
	in.Input.AssigneeIDs, in.Input.LabelIDs = in.AssigneeIDs, in.LabelIDs
	return in.Input
}

// listItems answers a page, or the one work item that another program calls so.
func listItems(c *app.Call, in struct {
	listing
	OrderBy        string `query:"order_by"`
	ExternalID     string `query:"external_id"`
	ExternalSource string `query:"external_source"`
}) (Found[Item], error) {
	if in.ExternalID != "" && in.ExternalSource != "" {
		i, err := issue.PickByOrigin(c, in.ExternalID, in.ExternalSource)
		found, err := one(c, in.View, i, err, item)
		return Found[Item]{found}, err
	}
	page, err := list(c, in.listing, func(s store.Slice) ([]store.PublicIssue, int, error) { return issue.PublicList(c, s, in.OrderBy) }, item)
	return Found[Item]{page}, err
}

func createItem(c *app.Call, in itemInput) (Item, error) {
	i, err := issue.CreateFrom(c, in.rule(), in.Import)
	return plain(c, i, err, item)
}

func getItem(c *app.Call, in struct {
	byID
	View
}) (Shown[Item], error) {
	i, err := issue.Pick(c, in.PK)
	return one(c, in.View, i, err, item)
}

func getItemByNumber(c *app.Call, in struct {
	Identifier string `path:"identifier"`
	Number     string `path:"number"`
	View
}) (Shown[Item], error) {
	number, err := strconv.ParseInt(in.Number, 10, 32)
	if err != nil { // the reference fails
		return Shown[Item]{}, errNowhere
	}
	i, err := issue.PickByNumber(c, in.Identifier, int(number))
	return one(c, in.View, i, err, item)
}

func changeItem(c *app.Call, in struct {
	byID
	itemInput
}) (Item, error) {
	i, err := issue.ChangeFrom(c, in.PK, in.rule(), in.Import)
	return plain(c, i, err, item)
}

func deleteItem(c *app.Call, in byID) (web.Nothing, error) {
	return web.Nothing{}, issue.DeleteFrom(c, in.PK)
}

// FoundItem is a work item that was found by its name.
type FoundItem struct {
	Name              string `json:"name"`
	ID                string `json:"id"`
	SequenceID        int    `json:"sequence_id"`
	ProjectIdentifier string `json:"project__identifier"`
	ProjectID         string `json:"project_id"`
	WorkspaceSlug     string `json:"workspace__slug"`
}

// FoundItems are the work items that were found, newest first.
type FoundItems struct {
	Issues []FoundItem `json:"issues"`
}

// usualHits is how many work items a search answers when the client names no limit.
const usualHits = 10

func searchItems(c *app.Call, in struct {
	Slug            string `path:"slug"`
	Search          string `query:"search"`
	Limit           string `query:"limit" type:"integer 0..1000"`
	ProjectID       string `query:"project_id" type:"uuid"`
	WorkspaceSearch string `query:"workspace_search" type:"boolean"`
}) (FoundItems, error) {
	none := FoundItems{[]FoundItem{}}
	limit := usualHits
	if in.Limit != "" {
		n, err := strconv.Atoi(in.Limit)
		if err != nil || n < 0 { // the reference fails
			return none, app.Field("limit", "A valid integer is required.")
		}
		limit = min(n, longestPage)
	}
	if in.Search == "" || limit == 0 {
		return none, nil
	}
	place, err := search.PlaceOf(c, false)
	if err != nil {
		return none, err
	}
	if in.ProjectID != "" && in.WorkspaceSearch != "true" {
		if !store.IsID(in.ProjectID) {
			return none, app.ErrValue
		}
		place = place.Only(in.ProjectID)
	}
	found, err := place.Issues(c, in.Search, limit)
	return FoundItems{web.Map(found, func(f store.FoundIssue) FoundItem {
		return FoundItem{
			Name: f.Name, ID: f.ID, SequenceID: f.SequenceID, ProjectIdentifier: place.Identifier(f.ProjectID),
			ProjectID: f.ProjectID, WorkspaceSlug: in.Slug,
		}
	})}, err
}
