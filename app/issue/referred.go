package issue

import (
	"maps"
	"slices"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// What work items refer to, by ids, newest first; those that are not there are missing. The ids are of rows that the
// caller has been shown.

// People returns the people with those ids.
func People(c *app.Call, ids []string) ([]store.User, error) { return referred(c, store.Users, ids) }

// Labels returns the labels with those ids.
func Labels(c *app.Call, ids []string) ([]store.Label, error) { return referred(c, store.Labels, ids) }

// States returns the states with those ids.
func States(c *app.Call, ids []string) ([]store.State, error) { return referred(c, store.States, ids) }

// Projects returns the projects with those ids.
func Projects(c *app.Call, ids []string) ([]store.Project, error) {
	return referred(c, store.Projects, ids)
}

// Workspaces returns the workspaces with those ids.
func Workspaces(c *app.Call, ids []string) ([]store.Workspace, error) {
	return referred(c, store.Workspaces, ids)
}

// EstimatePoints returns the points with those ids.
func EstimatePoints(c *app.Call, ids []string) ([]store.EstimatePoint, error) {
	return referred(c, store.EstimatePoints, ids)
}

func referred[T any](c *app.Call, table store.Table[T], ids []string) ([]T, error) {
	return table.List(c.Read(), store.In("id", ids), "created_at DESC", "id DESC")
}

// Visible returns those of the work items that the caller may see, by their ids.
func Visible(c *app.Call, ids []string) (map[string]*store.Issue, error) {
	rows, err := store.Issues.ByID(c.Read(), ids)
	maps.DeleteFunc(rows, func(_ string, i *store.Issue) bool { return !c.Sees(i.ProjectID, i.CreatedByID) })
	return rows, err
}

// End is one of the two ends of a relation.
type End struct {
	column string
	near   func(*store.IssueRelation) string
	far    func(*store.IssueRelation) string
}

func from(r *store.IssueRelation) string { return r.IssueID }
func to(r *store.IssueRelation) string   { return r.RelatedIssueID }

// The ends of relations: relations begin at one and lead to the other.
var (
	Beginning = End{column: "issue_id", near: from, far: to}
	Ending    = End{column: "related_issue_id", near: to, far: from}
)

// RelatedPair is a relation with the work item at its other end.
type RelatedPair struct {
	Relation *store.IssueRelation
	Item     *store.Issue
}

// RelatedPairs returns the relations of work items that have one of their ends there, newest first, as far as the
// caller may see the work item at the other end.
func RelatedPairs(c *app.Call, items []string, end End) (map[string][]RelatedPair, error) {
	t := c.Read()
	relations, err := store.IssueRelations.List(t, store.In(end.column, items), "created_at DESC")
	if err != nil {
		return nil, err
	}
	var ends []string
	for n := range relations {
		ends = append(ends, end.far(&relations[n]))
	}
	own := slices.Collect(maps.Keys(c.Access.Projects))
	rows, err := store.Issues.List(t, dbx.And(store.In("id", ends), store.In("project_id", own)))
	byID := map[string]*store.Issue{}
	for n := range rows {
		byID[rows[n].ID] = &rows[n]
	}
	ties := map[string][]RelatedPair{}
	for n := range relations {
		r := &relations[n]
		if i := byID[end.far(r)]; i != nil && c.Sees(i.ProjectID, i.CreatedByID) {
			ties[end.near(r)] = append(ties[end.near(r)], RelatedPair{Relation: r, Item: i})
		}
	}
	return ties, err
}
