package v1

import (
	"reflect"
	"slices"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/store"
)

// expansion reads the rows that a key refers to, one query for a whole page.
type expansion struct {
	read func(c *app.Call, ids []string) ([]found, error)
	none any // what an empty reference expands to
}

// found is a row in its short form.
type found struct {
	id  string
	row any
}

// expansions are the keys that can be expanded, whatever they are a key of. Plane: api/serializers/base.py
var people = expansion{findPeople, struct{}{}}

var expansions = map[string]expansion{
	"created_by": people, "updated_by": people, "actor": people, "owned_by": people, "default_assignee": people,
	"project_lead": people, "members": people, "assignees": people, "workspace": {findWorkspaces, struct{}{}},
	"project": {findProjects, struct{}{}}, "state": {findStates, struct{}{}}, "issue": {findIssues, struct{}{}},
	"parent": {findParents, struct{}{}}, "labels": {findLabels, nil}, "parent label": {findParentLabels, struct{}{}},
	"estimate_point": {findEstimatePoints, noEstimatePoint}, valuesKey: {},
}

// expand puts the rows that a key refers to into it. Keys that refer to nothing stay as they are.
func expand(c *app.Call, k key, rows reflect.Value) error {
	if k.kind == valuesKey {
		return expandValues(c, k, rows)
	}
	x, ok := expansions[k.kind]
	if !ok {
		return nil
	}
	var ids []string
	for i := range rows.Len() {
		switch r := rows.Index(i).FieldByIndex(k.index).Interface().(type) {
		case Ref:
			if r.ID != nil {
				ids = append(ids, *r.ID)
			}
		case Refs:
			ids = append(ids, r.IDs...)
		}
	}
	slices.Sort(ids)
	list, err := x.read(c, slices.Compact(ids))
	if err != nil {
		return err
	}
	at := make(map[string]int, len(list))
	for n := range list {
		at[list[n].id] = n
	}
	for i := range rows.Len() {
		switch r := rows.Index(i).FieldByIndex(k.index).Addr().Interface().(type) {
		case *Ref:
			r.fill(list, at, x.none)
		case *Refs:
			r.fill(list, at)
		}
	}
	return nil
}

func (r *Ref) fill(list []found, at map[string]int, none any) {
	r.row = none
	if r.ID == nil {
		return
	}
	if n, ok := at[*r.ID]; ok {
		r.row = list[n].row
	}
}

// fill keeps the order in which the rows were read.
func (r *Refs) fill(list []found, at map[string]int) {
	places := make([]int, 0, len(r.IDs))
	for _, id := range r.IDs {
		if n, ok := at[id]; ok {
			places = append(places, n)
		}
	}
	slices.Sort(places)
	r.full, r.rows = true, make([]any, 0, len(places))
	for _, n := range slices.Compact(places) {
		r.rows = append(r.rows, list[n].row)
	}
}

// find reads the rows with those ids, newest first: so people and labels stand in lists of them.
func find[R any](c *app.Call, read func(*app.Call, []string) ([]R, error), ids []string, short func(*R) found) ([]found,
	error) {
	rows, err := read(c, ids)
	if err != nil {
		return nil, err
	}
	list := make([]found, len(rows))
	for i := range rows {
		list[i] = short(&rows[i])
	}
	return list, nil
}

func findPeople(c *app.Call, ids []string) ([]found, error) {
	return find(c, issue.People, ids, func(u *store.User) found { return found{u.ID, userLite(u)} })
}

func findWorkspaces(c *app.Call, ids []string) ([]found, error) {
	return find(c, issue.Workspaces, ids,
		func(w *store.Workspace) found { return found{w.ID, WorkspaceLite{w.Name, w.Slug, w.ID}} })
}

func findProjects(c *app.Call, ids []string) ([]found, error) {
	return find(c, issue.Projects, ids, func(p *store.Project) found {
		return found{p.ID, projectLite(p)}
	})
}

func projectLite(p *store.Project) ProjectLite {
	return ProjectLite{
		ID: p.ID, Identifier: p.Identifier, Name: p.Name, CoverImage: p.CoverImage, IconProp: p.IconProp, Emoji: p.Emoji,
		Description: p.Description, CoverImageURL: app.PictureURL(p.CoverImageAssetID, p.CoverImage),
	}
}

func findStates(c *app.Call, ids []string) ([]found, error) {
	return find(c, issue.States, ids,
		func(s *store.State) found { return found{s.ID, StateLite{s.ID, s.Name, s.Color, s.Group}} })
}

func findIssues(c *app.Call, ids []string) ([]found, error) {
	rows, err := issue.GetManyV1(c, ids)
	list := make([]found, len(rows))
	for i := range rows {
		list[i] = found{rows[i].ID, issueOf(c, &rows[i])}
	}
	return list, err
}

func findParents(c *app.Call, ids []string) ([]found, error) {
	rows, err := issue.Visible(c, ids)
	list := []found{}
	for _, id := range ids {
		if i := rows[id]; i != nil {
			list = append(list, found{i.ID, IssueLite{i.ID, i.SequenceID, i.ProjectID}})
		}
	}
	return list, err
}

// findParentLabels: a label's parent is shown like a work item's, which it has only these keys of.
func findParentLabels(c *app.Call, ids []string) ([]found, error) {
	return find(c, issue.Labels, ids, func(l *store.Label) found { return found{l.ID, ParentLabel{l.ID, l.ProjectID}} })
}

// ParentLabel is the label above another one.
type ParentLabel struct {
	ID        string  `json:"id"`
	ProjectID *string `json:"project_id"`
}

func findLabels(c *app.Call, ids []string) ([]found, error) {
	return find(c, issue.Labels, ids, func(l *store.Label) found { return found{l.ID, label(c, l)} })
}

func findEstimatePoints(c *app.Call, ids []string) ([]found, error) {
	return find(c, issue.EstimatePoints, ids,
		func(p *store.EstimatePoint) found { return found{p.ID, estimatePoint(c, p)} })
}

func estimatePoint(c *app.Call, p *store.EstimatePoint) EstimatePoint {
	return EstimatePoint{
		ID: p.ID, Made: made(c, &p.AuditFields), Key: p.Key, Description: p.Description, Value: p.Value,
		Project: ref(p.ProjectID), Workspace: ref(p.WorkspaceID), Estimate: ref(p.EstimateID),
	}
}

// EstimatePoint is a point of an estimate inside something else.
type EstimatePoint struct {
	ID string `json:"id"`
	Made
	Key         int    `json:"key"`
	Description string `json:"description"`
	Value       string `json:"value"`
	Project     Ref    `json:"project"`
	Workspace   Ref    `json:"workspace"`
	Estimate    Ref    `json:"estimate"`
}

// noEstimatePoint is what a missing one expands to: the keys that could be written, empty.
var noEstimatePoint = struct {
	DeletedAt   *string `json:"deleted_at"`
	Key         *int    `json:"key"`
	Description string  `json:"description"`
	Value       string  `json:"value"`
	CreatedBy   *string `json:"created_by"`
	UpdatedBy   *string `json:"updated_by"`
}{}

// IssueLite is a work item inside something else.
type IssueLite struct {
	ID         string `json:"id"`
	SequenceID int    `json:"sequence_id"`
	ProjectID  string `json:"project_id"`
}

// UserLite is a person.
type UserLite struct {
	ID          string  `json:"id"`
	FirstName   string  `json:"first_name"`
	LastName    string  `json:"last_name"`
	Email       *string `json:"email"`
	Avatar      string  `json:"avatar"`
	AvatarURL   *string `json:"avatar_url"`
	DisplayName string  `json:"display_name"`
}

func userLite(u *store.User) UserLite {
	return UserLite{
		ID: u.ID, FirstName: u.FirstName, LastName: u.LastName, Email: u.Email, Avatar: u.Avatar,
		AvatarURL: app.PictureURL(u.AvatarAssetID, &u.Avatar), DisplayName: u.DisplayName,
	}
}

// WorkspaceLite is a workspace inside something else.
type WorkspaceLite struct {
	Name string `json:"name"`
	Slug string `json:"slug"`
	ID   string `json:"id"`
}

// ProjectLite is a project inside something else.
type ProjectLite struct {
	ID            string         `json:"id"`
	Identifier    string         `json:"identifier"`
	Name          string         `json:"name"`
	CoverImage    *string        `json:"cover_image"`
	IconProp      store.NullJSON `json:"icon_prop"`
	Emoji         *string        `json:"emoji"`
	Description   string         `json:"description"`
	CoverImageURL *string        `json:"cover_image_url"`
}

// StateLite is a state inside something else.
type StateLite struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Color string `json:"color"`
	Group string `json:"group"`
}
