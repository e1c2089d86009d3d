package project

import (
	"math/rand/v2"
	"slices"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Estimate is a scale with its points, smallest value first (as text).
type Estimate struct {
	store.Estimate
	Points []store.EstimatePoint
}

// EstimateInput is what a request may say of an estimate.
type EstimateInput struct {
	Name     *string `json:"name"`
	Type     *string `json:"type"`
	LastUsed bool    `json:"last_used"`
}

// PointInput is what a request may say of a point.
type PointInput struct {
	Key         app.Opt[int]    `json:"key" check:"from=0"`
	Value       app.Opt[string] `json:"value" check:"required,max=255"`
	Description app.Opt[string] `json:"description" check:"blank"`
}

// Check refuses nothing at all, and values that are too long.
func (in *PointInput) Check() error {
	switch {
	case !in.Key.Set && !in.Value.Set && !in.Description.Set:
		return app.Field("non_field_errors", "Estimate points are required")
	case len([]rune(in.Value.V)) > 20:
		return app.Field("non_field_errors", "Value can't be more than 20 characters")
	}
	return nil
}

func (in *PointInput) put(p *store.EstimatePoint) []string {
	var cols []string
	app.Change(&cols, "key", in.Key, &p.Key)
	app.Change(&cols, "value", in.Value, &p.Value)
	app.Change(&cols, "description", in.Description, &p.Description)
	return cols
}

// EstimatesInUse returns the estimates in use in the projects of the workspace that the caller may look into: the
// reference shows those of all projects to everybody, guests too.
func EstimatesInUse(c *app.Call) ([]Estimate, error) {
	return estimatesWith(c.Read(), dbx.And(store.EstimatesInUse(c.Workspace.ID), c.InOwnProjects("estimates.project_id")))
}

// estimatesWith returns the estimates that fit with their points, ordered by name.
func estimatesWith(t *store.Tx, where dbx.Expression) ([]Estimate, error) {
	rows, err := store.Estimates.List(t, where, "name")
	if err != nil {
		return nil, err
	}
	ids, at := make([]string, len(rows)), map[string]*Estimate{}
	all := make([]Estimate, len(rows))
	for i, row := range rows {
		all[i] = Estimate{row, []store.EstimatePoint{}}
		ids[i], at[row.ID] = row.ID, &all[i]
	}
	points, err := store.EstimatePoints.List(t, store.In("estimate_id", ids), "value")
	for _, p := range points {
		at[p.EstimateID].Points = append(at[p.EstimateID].Points, p)
	}
	return all, err
}

// ListEstimates returns the estimates of the call's project.
func ListEstimates(c *app.Call) ([]Estimate, error) {
	return estimatesWith(c.Read(), dbx.HashExp{"project_id": c.ProjectID})
}

// GetEstimate returns an estimate of the call's project.
func GetEstimate(c *app.Call, id string) (*Estimate, error) {
	return oneEstimate(c, c.Read(), id)
}

func oneEstimate(c *app.Call, t *store.Tx, id string) (*Estimate, error) {
	all, err := estimatesWith(t, dbx.HashExp{"id": id, "project_id": c.ProjectID})
	if err == nil && len(all) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return &all[0], nil
}

// CurrentPoints returns the points of the estimate that the call's project uses; none when it uses none.
func CurrentPoints(c *app.Call) ([]store.EstimatePoint, error) {
	t := c.Read()
	p, err := store.Projects.Get(t, dbx.HashExp{"id": c.ProjectID, "workspace_id": c.Workspace.ID})
	if err != nil || p.EstimateID == nil {
		return nil, err
	}
	return store.EstimatePoints.List(t, dbx.HashExp{"estimate_id": *p.EstimateID, "project_id": p.ID}, "value")
}

// CreateEstimate writes a new estimate with its points, all or nothing; without a name it gets one.
func CreateEstimate(c *app.Call, in EstimateInput, points []PointInput) (*Estimate, error) {
	row := &store.Estimate{Name: randomName(), Type: "categories", LastUsed: in.LastUsed, ProjectID: c.ProjectID,
		WorkspaceID: c.Workspace.ID}
	if in.Name != nil {
		row.Name = *in.Name
	}
	if in.Type != nil {
		row.Type = *in.Type
	}
	var e *Estimate
	err := c.Write(func(t *store.Tx) (err error) {
		if err := store.Estimates.Insert(t, row); err != nil {
			return err
		}
		rows := make([]*store.EstimatePoint, len(points))
		for i, in := range points {
			maker := c.UserID()
			rows[i] = &store.EstimatePoint{EstimateID: row.ID, ProjectID: c.ProjectID, WorkspaceID: c.Workspace.ID}
			rows[i].UpdatedByID = &maker
			in.put(rows[i])
		}
		if err := store.EstimatePoints.Insert(t, rows...); err != nil {
			return err
		}
		e, err = oneEstimate(c, t, row.ID)
		return err
	})
	return e, err
}

func randomName() string {
	name := make([]byte, 10)
	for i := range name {
		name[i] = byte('a' + rand.IntN(26))
	}
	return string(name)
}

// ChangedPoint is a new key and value for a point of an estimate.
type ChangedPoint struct {
	ID    string          `json:"id"`
	Key   app.Opt[int]    `json:"key"`
	Value app.Opt[string] `json:"value"`
}

// ChangeEstimate renames an estimate and writes its points' keys and values; unknown points are passed over.
func ChangeEstimate(c *app.Call, id string, in *EstimateInput, points []ChangedPoint) (*Estimate, error) {
	if len(points) == 0 {
		return nil, app.Refuse(app.Invalid, "Estimate points are required")
	}
	var e *Estimate
	err := c.Write(func(t *store.Tx) (err error) {
		if e, err = oneEstimate(c, t, id); err != nil {
			return err
		}
		if in != nil {
			if in.Name != nil {
				e.Name = *in.Name
			}
			if in.Type != nil {
				e.Type = *in.Type
			}
			if err := store.Estimates.Update(t, &e.Estimate, "name", "type"); err != nil {
				return err
			}
		}
		if err := changePoints(t, e.Points, points); err != nil {
			return err
		}
		e, err = oneEstimate(c, t, id)
		return err
	})
	return e, err
}

func changePoints(t *store.Tx, rows []store.EstimatePoint, changes []ChangedPoint) error {
	for _, change := range changes {
		at := slices.IndexFunc(rows, func(p store.EstimatePoint) bool { return p.ID == change.ID })
		put := PointInput{Key: change.Key, Value: change.Value}
		if at < 0 || !put.Key.Set && !put.Value.Set {
			continue
		}
		if err := store.EstimatePoints.Set(t, &rows[at], put.put(&rows[at])...); err != nil {
			return err
		}
	}
	return nil
}

// DeleteEstimate deletes an estimate with its points; projects and work items that use it have none then.
func DeleteEstimate(c *app.Call, id string) error {
	return c.Write(func(t *store.Tx) error {
		e, err := oneEstimate(c, t, id)
		if err != nil {
			return err
		}
		if err := store.ForgetEstimate(t, c.ProjectID, id); err != nil {
			return err
		}
		store.NoteEvent(t, c.Workspace.ID, store.EventProject, store.ActionUpdated, c.ProjectID)
		return store.Estimates.Delete(t, &e.Estimate)
	})
}

// CreatePoint adds a point to an estimate. Key 0 counts as missing.
func CreatePoint(c *app.Call, estimate string, key int, value string) (store.EstimatePoint, error) {
	p := store.EstimatePoint{Key: key, Value: value, EstimateID: estimate, ProjectID: c.ProjectID,
		WorkspaceID: c.Workspace.ID}
	if key == 0 || value == "" {
		return p, app.Refuse(app.Invalid, "Key and value are required")
	}
	err := c.Write(func(t *store.Tx) error {
		if _, err := oneEstimate(c, t, estimate); err != nil {
			return err
		}
		return store.EstimatePoints.Insert(t, &p)
	})
	return p, err
}

func findPoint(c *app.Call, t *store.Tx, estimate, id string) (*store.EstimatePoint, error) {
	return store.EstimatePoints.Get(t, dbx.HashExp{"id": id, "estimate_id": estimate, "project_id": c.ProjectID})
}

// ChangePoint writes what a request says of a point.
func ChangePoint(c *app.Call, estimate, id string, in PointInput) (store.EstimatePoint, error) {
	var p *store.EstimatePoint
	err := c.Write(func(t *store.Tx) (err error) {
		if p, err = findPoint(c, t, estimate, id); err != nil {
			return err
		}
		if err := in.Check(); err != nil {
			return err
		}
		return store.EstimatePoints.Update(t, p, in.put(p)...)
	})
	if err != nil {
		return store.EstimatePoint{}, err
	}
	return *p, nil
}

// DeletePoint deletes a point. Its work items get the heir, or none; the points behind it move up, and are answered.
func DeletePoint(c *app.Call, estimate, id string, heir *string) ([]store.EstimatePoint, error) {
	moved := []store.EstimatePoint{}
	err := c.Write(func(t *store.Tx) error {
		moved = moved[:0]
		if err := t.LockRows("estimates", estimate); err != nil { // those behind it move up once
			return err
		}
		p, err := findPoint(c, t, estimate, id)
		if err != nil {
			return err
		}
		if heir != nil {
			if _, err := findPoint(c, t, estimate, *heir); err != nil {
				return err
			}
		}
		if err := inherit(c, t, p, heir); err != nil {
			return err
		}
		rest, err := store.EstimatePoints.List(t, dbx.HashExp{"estimate_id": estimate, "project_id": c.ProjectID}, "value")
		if err != nil {
			return err
		}
		for _, r := range rest {
			if r.Key <= p.Key {
				continue
			}
			r.Key--
			if err := store.EstimatePoints.Set(t, &r, "key"); err != nil {
				return err
			}
			moved = append(moved, r)
		}
		return store.EstimatePoints.Delete(t, p)
	})
	return moved, err
}

// inherit gives a point's work items the heir, with an entry in the history of each; to no point leaves none, as in the
// reference.
func inherit(c *app.Call, t *store.Tx, p *store.EstimatePoint, heir *string) error {
	issues, err := store.Issues.List(t, dbx.HashExp{"project_id": c.ProjectID, "estimate_point_id": p.ID})
	if err != nil {
		return err
	}
	if err := store.SetEstimatePoint(t, c.ProjectID, p.ID, heir); err != nil {
		return err
	}
	change := store.IssueChanged{Kind: "issue.activity.updated", ProjectID: c.ProjectID, WorkspaceID: c.Workspace.ID,
		Fields: []store.FieldValue{{Field: "estimate_point", Old: p.ID, New: heir}}, Quiet: true}
	if heir == nil {
		changes := make([]store.IssueChanged, len(issues))
		for n, i := range issues {
			changes[n] = change
			changes[n].IssueID = i.ID
		}
		return store.EnqueueIssueEvents(t, changes...)
	}
	e, err := store.Estimates.Find(t, p.EstimateID)
	if err != nil {
		return err
	}
	to, err := findPoint(c, t, p.EstimateID, *heir)
	if err != nil {
		return err
	}
	field := "estimate_" + e.Type
	for _, i := range issues {
		row := &store.IssueActivity{Verb: "updated", Field: &field, OldValue: &p.Value, NewValue: &to.Value,
			OldIdentifier: &p.ID, NewIdentifier: &to.ID, Comment: "updated the estimate point to "}
		change.IssueID = i.ID
		if err := store.RecordIssue(t, change, row); err != nil {
			return err
		}
	}
	return nil
}
