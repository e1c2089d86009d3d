package api

import (
	"encoding/json"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/project"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	oneEstimate = inProject + "estimates/{estimate_id:uuid}/"
	onePoint    = oneEstimate + "estimate-points/{estimate_point_id:uuid}/"
)

var (
	writesEstimates = web.Project(app.Admin, app.Member).Class()
	writesPoints    = web.Project(app.Admin, app.Member)
)

var estimates = []web.Op{
	web.Do("GET", inProject+"project-estimates/", writesPoints, 200, "List the points of the estimate in use", currentPoints),
	web.Do("GET", inProject+"estimates/", web.Project().Class(), 200, "List estimates", listEstimates),
	web.Do("POST", inProject+"estimates/", writesEstimates, 200, "Create an estimate", createEstimate),
	web.Do("GET", oneEstimate, web.Project().Class(), 200, "Read an estimate", getEstimate),
	web.Do("PATCH", oneEstimate, writesEstimates, 200, "Change an estimate", patchEstimate),
	web.Do("DELETE", oneEstimate, writesEstimates, 204, "Delete an estimate", deleteEstimate),
	web.Do("POST", oneEstimate+"estimate-points/", writesPoints, 200, "Create a point", createPoint),
	web.Do("PATCH", onePoint, writesPoints, 200, "Change a point", patchPoint),
	web.Do("DELETE", onePoint, writesPoints, 200, "Delete a point", deletePoint),
}

// EstimatePoint is a point of an estimate as this API shows it.
type EstimatePoint struct {
	ID          string `json:"id"`
	Key         int    `json:"key"`
	Description string `json:"description"`
	Value       string `json:"value"`
	Project     string `json:"project"`
	Workspace   string `json:"workspace"`
	Estimate    string `json:"estimate"`
	Made
}

func estimatePoint(c *app.Call) func(store.EstimatePoint) EstimatePoint {
	return func(p store.EstimatePoint) EstimatePoint {
		return EstimatePoint{
			ID: p.ID, Key: p.Key, Description: p.Description, Value: p.Value, Project: p.ProjectID,
			Workspace: p.WorkspaceID, Estimate: p.EstimateID, Made: made(c, p.AuditFields),
		}
	}
}

// Estimate is an estimate with its points.
type Estimate struct {
	ID          string          `json:"id"`
	Points      []EstimatePoint `json:"points"`
	Name        string          `json:"name"`
	Description string          `json:"description"`
	Type        string          `json:"type"`
	LastUsed    bool            `json:"last_used"`
	Project     string          `json:"project"`
	Workspace   string          `json:"workspace"`
	Made
}

func estimate(c *app.Call) func(project.Estimate) Estimate {
	return func(e project.Estimate) Estimate {
		return Estimate{
			ID: e.ID, Points: web.Map(e.Points, estimatePoint(c)), Name: e.Name, Description: e.Description,
			Type: e.Type, LastUsed: e.LastUsed, Project: e.ProjectID, Workspace: e.WorkspaceID, Made: made(c, e.AuditFields),
		}
	}
}

func estimateOf(c *app.Call, e *project.Estimate, err error) (Estimate, error) {
	if err != nil {
		return Estimate{}, err
	}
	return estimate(c)(*e), nil
}

func currentPoints(c *app.Call, _ web.Nothing) ([]EstimatePoint, error) {
	ps, err := project.CurrentPoints(c)
	return web.Map(ps, estimatePoint(c)), err
}

func listEstimates(c *app.Call, _ web.Nothing) ([]Estimate, error) {
	es, err := project.ListEstimates(c)
	return web.Map(es, estimate(c)), err
}

// createEstimate leaves the estimate behind when its points are refused, as the reference does.
func createEstimate(c *app.Call, in struct {
	Estimate       project.EstimateInput `json:"estimate"`
	EstimatePoints []json.RawMessage     `json:"estimate_points"`
}) (Estimate, error) {
	if in.EstimatePoints == nil {
		return Estimate{}, app.Field("non_field_errors", "No data provided")
	}
	points, err := web.NestedAll(in.EstimatePoints, (*project.PointInput).Check)
	if err != nil {
		return Estimate{}, err
	}
	e, err := project.CreateEstimate(c, in.Estimate, points)
	return estimateOf(c, e, err)
}

type estimatePath struct {
	EstimateID string `path:"estimate_id"`
}

func getEstimate(c *app.Call, in estimatePath) (Estimate, error) {
	e, err := project.GetEstimate(c, in.EstimateID)
	return estimateOf(c, e, err)
}

func patchEstimate(c *app.Call, in struct {
	EstimateID     string                 `path:"estimate_id"`
	Estimate       *project.EstimateInput `json:"estimate"`
	EstimatePoints []project.ChangedPoint `json:"estimate_points"`
}) (Estimate, error) {
	e, err := project.ChangeEstimate(c, in.EstimateID, in.Estimate, in.EstimatePoints)
	return estimateOf(c, e, err)
}

func deleteEstimate(c *app.Call, in estimatePath) (web.Nothing, error) {
	return web.Nothing{}, project.DeleteEstimate(c, in.EstimateID)
}

func createPoint(c *app.Call, in struct {
	EstimateID string `path:"estimate_id"`
	Key        int    `json:"key" check:"null"`
	Value      string `json:"value" check:"null,blank,max=255"`
}) (EstimatePoint, error) {
	p, err := project.CreatePoint(c, in.EstimateID, in.Key, in.Value)
	return estimatePoint(c)(p), err
}

type pointPath struct {
	EstimateID      string `path:"estimate_id"`
	EstimatePointID string `path:"estimate_point_id"`
}

func patchPoint(c *app.Call, in struct {
	pointPath
	project.PointInput
}) (EstimatePoint, error) {
	p, err := project.ChangePoint(c, in.EstimateID, in.EstimatePointID, in.PointInput)
	return estimatePoint(c)(p), err
}

func deletePoint(c *app.Call, in struct {
	pointPath
	NewEstimateID *string `json:"new_estimate_id" check:"pk"`
}) ([]EstimatePoint, error) {
	moved, err := project.DeletePoint(c, in.EstimateID, in.EstimatePointID, in.NewEstimateID)
	return web.Map(moved, estimatePoint(c)), err
}
