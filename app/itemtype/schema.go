package itemtype

import (
	"errors"
	"slices"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Schema is what work items of a type have, for programs that fill in forms.
type Schema struct {
	Type       *store.IssueType // nil without one
	States     []store.State
	Estimate   bool // the project uses one
	Points     []store.EstimatePoint
	Members    []store.User  // if asked for
	Labels     []store.Label // if asked for
	Properties []Property
}

// ReadSchema returns the schema of a type of the call's project; of its default type where none is named.
func ReadSchema(c *app.Call, id string, members, labels bool) (*Schema, error) {
	t := c.Read()
	s := &Schema{}
	var err error
	if id == "" {
		if id, err = store.DefaultIssueType(t, c.ProjectID); err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
	}
	if id != "" {
		if s.Type, err = find(c, t, id); err != nil {
			return nil, err
		}
		if s.Properties, err = Properties(c, id); err != nil {
			return nil, err
		}
		s.Properties = slices.DeleteFunc(s.Properties, func(p Property) bool { return !p.IsActive })
	}
	ofProject := dbx.HashExp{"project_id": c.ProjectID}
	if s.States, err = store.States.List(t, ofProject, "sequence", "id"); err != nil {
		return nil, err
	}
	s.States = slices.DeleteFunc(s.States, func(x store.State) bool { return x.IsTriage || x.Group == "triage" })
	if labels {
		if s.Labels, err = store.Labels.List(t, ofProject, "sort_order", "id"); err != nil {
			return nil, err
		}
	}
	if members {
		if err := s.readMembers(c, t); err != nil {
			return nil, err
		}
	}
	return s, s.readEstimate(c, t)
}

func (s *Schema) readMembers(c *app.Call, t *store.Tx) error {
	rows, err := store.ProjectMembersOf(t, c.ProjectID)
	if err != nil {
		return err
	}
	var ids []string
	for _, m := range rows {
		if m.MemberID != nil {
			ids = append(ids, *m.MemberID)
		}
	}
	s.Members, err = store.Users.List(t, store.In("id", ids), "display_name", "id")
	return err
}

// readEstimate reads the points of the estimate that the project uses.
func (s *Schema) readEstimate(c *app.Call, t *store.Tx) error {
	p, err := store.Projects.Find(t, c.ProjectID)
	if err != nil || p.EstimateID == nil {
		return err
	}
	s.Estimate = true
	s.Points, err = store.EstimatePoints.List(t, dbx.HashExp{"estimate_id": *p.EstimateID}, "key", "id")
	return err
}
