package project

import (
	"errors"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Estimates as programs use them: a project has one, that in use if the app made several. Plane: api/views/estimate.py

// NewEstimate is what a program says of a new estimate.
type NewEstimate struct {
	ChangedEstimate
	Type     app.Opt[string] `json:"type" check:"choice=categories|points|time"`
	LastUsed app.Opt[bool]   `json:"last_used"`
}

// ChangedEstimate is what a program may change of an estimate.
type ChangedEstimate struct {
	Name        app.Opt[string] `json:"name" check:"required,max=255"`
	Description app.Opt[string] `json:"description" check:"blank"`
	app.ExternalRef
}

func (in *ChangedEstimate) put(e *store.Estimate) []string {
	var cols []string
	app.Change(&cols, "name", in.Name, &e.Name)
	app.Change(&cols, "description", in.Description, &e.Description)
	in.Put(&cols, &e.ExternalID, &e.ExternalSource)
	return cols
}

// NamedPoint is what a program says of a point.
type NamedPoint struct {
	PointInput
	app.ExternalRef
}

func (in *NamedPoint) put(p *store.EstimatePoint) []string {
	cols := in.PointInput.put(p)
	in.Put(&cols, &p.ExternalID, &p.ExternalSource)
	return cols
}

var (
	// ErrNoEstimate says that a project has no estimate, or not that one.
	ErrNoEstimate = app.Refuse(app.NotFound, "Estimate not found")
	errNoPoint    = app.Refuse(app.NotFound, "Estimate point not found")
)

// mostPoints is the most points that an estimate takes at once.
const mostPoints = 100

// EstimateV1 returns the estimate of the call's project; ErrNoEstimate without one.
func EstimateV1(c *app.Call) (*store.Estimate, error) { return theEstimate(c, c.Read()) }

func theEstimate(c *app.Call, t *store.Tx) (*store.Estimate, error) {
	p, err := store.Projects.Get(t, dbx.HashExp{"id": c.ProjectID, "workspace_id": c.Workspace.ID})
	if err != nil {
		return nil, err
	}
	if p.EstimateID != nil {
		e, err := store.Estimates.Get(t, dbx.HashExp{"id": *p.EstimateID, "project_id": p.ID})
		if !errors.Is(err, store.ErrNotFound) {
			return e, err
		}
	}
	e, err := store.Estimates.First(t, dbx.HashExp{"project_id": p.ID}, "created_at", "id")
	return e, orNone(err, ErrNoEstimate)
}

// orNone is the refusal where nothing was found.
func orNone(err, refusal error) error {
	if errors.Is(err, store.ErrNotFound) {
		return refusal
	}
	return err
}

// CreateEstimateV1 writes the estimate of the call's project, which must have none, without points. It is not in use
// until the project says so.
func CreateEstimateV1(c *app.Call, in NewEstimate) (*store.Estimate, error) {
	var e *store.Estimate
	err := c.Write(func(t *store.Tx) error {
		if err := t.LockRows("projects", c.ProjectID); err != nil { // of two at once one is refused
			return err
		}
		there, err := theEstimate(c, t)
		if err == nil {
			return app.DuplicateOf("An estimate already exists for this project", there.ID)
		}
		if !errors.Is(err, ErrNoEstimate) {
			return err
		}
		e = &store.Estimate{Type: in.Type.Or("categories"), LastUsed: in.LastUsed.V, ProjectID: c.ProjectID,
			WorkspaceID: c.Workspace.ID}
		in.put(e)
		return store.Estimates.Insert(t, e)
	})
	return e, err
}

// ChangeEstimateV1 writes what a program says of the estimate of the call's project.
func ChangeEstimateV1(c *app.Call, in ChangedEstimate) (*store.Estimate, error) {
	var e *store.Estimate
	err := c.Write(func(t *store.Tx) (err error) {
		if e, err = theEstimate(c, t); err != nil {
			return err
		}
		err = store.Estimates.Update(t, e, in.put(e)...)
		if errors.Is(err, store.ErrUnique) { // the app may have made others
			err = app.Field("name", "Another estimate of this project has this name.")
		}
		return err
	})
	return e, err
}

// DeleteEstimateV1 deletes the estimate of the call's project, see DeleteEstimate.
func DeleteEstimateV1(c *app.Call) error {
	e, err := EstimateV1(c)
	if err != nil {
		return err
	}
	return orNone(DeleteEstimate(c, e.ID), ErrNoEstimate)
}

// PointsV1 returns the points of an estimate of the call's project, by value as text.
func PointsV1(c *app.Call, estimate string) ([]store.EstimatePoint, error) {
	e, err := GetEstimate(c, estimate)
	if err != nil {
		return nil, orNone(err, ErrNoEstimate)
	}
	return e.Points, nil
}

// CreatePointsV1 adds points to an estimate of the call's project, all or none; those without a key get the next ones.
func CreatePointsV1(c *app.Call, estimate string, in []NamedPoint) ([]store.EstimatePoint, error) {
	if len(in) > mostPoints {
		return nil, app.Field("estimate_points", "Ensure this field has no more than 100 elements.")
	}
	var made []store.EstimatePoint
	err := c.Write(func(t *store.Tx) error {
		made = made[:0]
		if err := t.LockRows("estimates", estimate); err != nil { // keys follow those that are there
			return err
		}
		e, err := oneEstimate(c, t, estimate)
		if err != nil {
			return orNone(err, ErrNoEstimate)
		}
		next := 0
		for _, p := range e.Points {
			next = max(next, p.Key+1)
		}
		for _, one := range in {
			if err := one.CheckNew(t, "estimate_points", "Estimate point", c.ProjectID); err != nil {
				return err
			}
			p := store.EstimatePoint{Key: next, EstimateID: e.ID, ProjectID: c.ProjectID, WorkspaceID: c.Workspace.ID}
			one.put(&p)
			if err := store.EstimatePoints.Insert(t, &p); err != nil {
				return err
			}
			next = max(next, p.Key+1)
			made = append(made, p)
		}
		return nil
	})
	return made, err
}

// ChangePointV1 writes what a program says of a point.
func ChangePointV1(c *app.Call, estimate, id string, in NamedPoint) (*store.EstimatePoint, error) {
	if len([]rune(in.Value.V)) > longestValue {
		return nil, errLongValue
	}
	var p *store.EstimatePoint
	err := c.Write(func(t *store.Tx) (err error) {
		if p, err = findPoint(c, t, estimate, id); err != nil {
			return orNone(err, errNoPoint)
		}
		if err := in.CheckChange(t, "estimate_points", "Estimate point", c.ProjectID, id, p.ExternalID,
			p.ExternalSource); err != nil {
			return err
		}
		return store.EstimatePoints.Update(t, p, in.put(p)...)
	})
	return p, err
}

// DeletePointV1 deletes a point, see DeletePoint; its work items have none then.
func DeletePointV1(c *app.Call, estimate, id string) error {
	_, err := DeletePoint(c, estimate, id, nil)
	return orNone(err, errNoPoint)
}
