package v1

import (
	"bytes"
	"encoding/json"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/project"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	theEstimate = inProject + "estimates/"
	allPoints   = theEstimate + "{estimate_id:uuid}/estimate-points/"
	onePoint    = allPoints + "{estimate_point_id:uuid}/"
)

const (
	estimateExample = `{"id":"` + exampleID + `","name":"Effort","description":"","type":"points","last_used":true,` +
		`"external_id":null,"external_source":null,` + exampleIn + `}`
	pointExample = `{"id":"` + exampleID + `","key":0,"value":"1","description":"Tiny","external_id":null,` +
		`"external_source":null,"estimate":"` + exampleID + `",` + exampleIn + `}`
)

// estimates: a project has one for programs; that in use, where the app made several.
var estimates = []web.Op{
	estimateOp("GET", theEstimate, readers, 200, "Read the estimate of a project", getEstimate).
		Explained("The one in use, or else the first that was made.").Like("", estimateExample),
	estimateOp("POST", theEstimate, writers, 201, "Create the estimate of a project", createEstimate).Refuses(409).
		Explained("Refused with 409, and its id, when the project has one. Its points are made with estimate-points/;"+
			" the project begins to use it when it is told so: PATCH the project with {\"estimate\": id}.").
		Like(`{"name":"Effort","type":"points"}`, estimateExample),
	estimateOp("PATCH", theEstimate, writers, 200, "Change the estimate of a project", changeEstimate).
		Explained("The type stays what it is.").Like(`{"name":"Effort"}`, estimateExample),
	estimateOp("DELETE", theEstimate, writers, 204, "Delete the estimate of a project", deleteEstimate).
		Explained("With its points; work items that have one have none then."),
	estimateOp("GET", allPoints, readers, 200, "List the points of an estimate", listPoints).
		Explained("By value, as text.").Like("", "["+pointExample+"]"),
	estimateOp("POST", allPoints, writers, 201, "Add points to an estimate", createPoints).Refuses(409).
		Explained("A list, or an object with estimate_points; at most 100, all or none. Points without a key get the next"+
			" ones.").Like(`[{"value":"1","key":0,"description":"Tiny"}]`, "["+pointExample+"]"),
	web.Do("PATCH", onePoint, writers, 200, "Change a point of an estimate", changePoint).Refuses(409).
		Explained("Only the keys that are sent change.").Like(`{"value":"1","description":"Tiny"}`, pointExample),
	web.Do("DELETE", onePoint, writers, 204, "Delete a point of an estimate", deletePoint).
		Explained("Work items that have it have none then, and the points behind it move up."),
}

// estimateOp is an operation that says so when there is no estimate.
func estimateOp[In, Out any](method, path string, allow web.Rule, status int, summary string,
	handle func(*app.Call, In) (Out, error)) web.Op {
	return web.Do(method, path, allow, status, summary, handle).Missing(project.ErrNoEstimate)
}

// Estimate is a project's estimate without its points.
type Estimate struct {
	ID string `json:"id"`
	Made
	Name           string  `json:"name"`
	Description    string  `json:"description"`
	Type           string  `json:"type"`
	LastUsed       bool    `json:"last_used"`
	ExternalSource *string `json:"external_source"`
	ExternalID     *string `json:"external_id"`
	Project        string  `json:"project"`
	Workspace      string  `json:"workspace"`
}

func estimateOf(c *app.Call, e *store.Estimate) Estimate {
	return Estimate{ID: e.ID, Made: made(c, &e.AuditFields), Name: e.Name, Description: e.Description, Type: e.Type,
		LastUsed: e.LastUsed, ExternalSource: e.ExternalSource, ExternalID: e.ExternalID, Project: e.ProjectID,
		Workspace: e.WorkspaceID}
}

// NamedPoint is a point of an estimate on its own, with what other programs call it.
type NamedPoint struct {
	EstimatePoint
	ExternalSource *string `json:"external_source"`
	ExternalID     *string `json:"external_id"`
}

func namedPoint(c *app.Call, p *store.EstimatePoint) NamedPoint {
	return NamedPoint{estimatePoint(c, p), p.ExternalSource, p.ExternalID}
}

func namedPoints(c *app.Call, ps []store.EstimatePoint) []NamedPoint {
	return web.Map(ps, func(p store.EstimatePoint) NamedPoint { return namedPoint(c, &p) })
}

func getEstimate(c *app.Call, _ web.Nothing) (Estimate, error) {
	e, err := project.EstimateV1(c)
	return plain(c, e, err, estimateOf)
}

func createEstimate(c *app.Call, in project.NewEstimate) (Estimate, error) {
	e, err := project.CreateEstimateV1(c, in)
	return plain(c, e, err, estimateOf)
}

func changeEstimate(c *app.Call, in project.ChangedEstimate) (Estimate, error) {
	e, err := project.ChangeEstimateV1(c, in)
	return plain(c, e, err, estimateOf)
}

func deleteEstimate(c *app.Call, _ web.Nothing) (web.Nothing, error) {
	return web.Nothing{}, project.DeleteEstimateV1(c)
}

type estimatePath struct {
	Estimate string `path:"estimate_id"`
}

func listPoints(c *app.Call, in estimatePath) ([]NamedPoint, error) {
	ps, err := project.PointsV1(c, in.Estimate)
	return namedPoints(c, ps), err
}

func createPoints(c *app.Call, in struct {
	estimatePath
	Body []byte `body:"raw"`
}) ([]NamedPoint, error) {
	points, err := pointsIn(in.Body)
	if err != nil {
		return nil, err
	}
	ps, err := project.CreatePointsV1(c, in.Estimate, points)
	return namedPoints(c, ps), err
}

// pointsIn reads the points of a body: a list of them, or an object that has it.
func pointsIn(body []byte) ([]project.NamedPoint, error) {
	var list []json.RawMessage
	if body = bytes.TrimSpace(body); len(body) > 0 && body[0] == '[' {
		body = append(append([]byte(`{"estimate_points":`), body...), '}')
	}
	var read struct {
		Points []json.RawMessage `json:"estimate_points"`
	}
	if _, err := web.Nested(body, &read); err != nil {
		return nil, err
	}
	if list = read.Points; len(list) == 0 {
		return nil, app.Refuse(app.Invalid, "Estimate points are required")
	}
	return web.NestedAll(list, func(p *project.NamedPoint) error { return p.Check() })
}

type pointPath struct {
	estimatePath
	Point string `path:"estimate_point_id"`
}

func changePoint(c *app.Call, in struct {
	pointPath
	project.NamedPoint
}) (NamedPoint, error) {
	p, err := project.ChangePointV1(c, in.Estimate, in.Point, in.NamedPoint)
	return plain(c, p, err, namedPoint)
}

func deletePoint(c *app.Call, in pointPath) (web.Nothing, error) {
	return web.Nothing{}, project.DeletePointV1(c, in.Estimate, in.Point)
}
