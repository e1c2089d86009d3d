// Package issue holds the rules of work items: what can be written to one, what that leaves in its history, who sees
// it.
package issue

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/richtext"
	"github.com/sailplane/sailplane/app/workflow"
	"github.com/sailplane/sailplane/store"
)

// Input is what a request says of a work item. What is absent stays as it is, or has its default in a new one.
// The tags are the app API's; other APIs fill it from their own.
type Input struct {
	Name            app.Opt[string]     `json:"name" check:"required,max=255"`
	DescriptionHTML app.Opt[string]     `json:"description_html" check:"blank"` // cleaned on the way in
	DescriptionJSON app.Opt[store.JSON] `json:"description_json"`
	Priority        app.Opt[string]     `json:"priority" check:"choice=urgent|high|medium|low|none"`
	StateID         app.Opt[string]     `json:"state_id" alias:"state" check:"pk,null"`
	ParentID        app.Opt[string]     `json:"parent_id" alias:"parent" check:"pk,null"`
	EstimatePointID app.Opt[string]     `json:"estimate_point" alias:"estimate_point_id" check:"pk,null"`
	TypeID          app.Opt[string]     `json:"type" alias:"type_id" check:"pk,null"`
	AssigneeIDs     app.Opt[[]string]   `json:"assignee_ids" alias:"assignees" check:"pk,nested"`
	LabelIDs        app.Opt[[]string]   `json:"label_ids" alias:"labels" check:"pk,nested"`
	StartDate       app.Opt[store.Date] `json:"start_date" check:"date,null"`
	TargetDate      app.Opt[store.Date] `json:"target_date" check:"date,null"`
	SortOrder       app.Opt[float64]    `json:"sort_order"`
	Point           app.Opt[int]        `json:"point" check:"from=0,to=12,null"`
	// counts only in a change, and unless the state says otherwise
	CompletedAt    app.Opt[time.Time] `json:"completed_at" check:"null"`
	IsDraft        app.Opt[bool]      `json:"is_draft"` // not taken: drafts are rows of their own
	ExternalSource app.Opt[string]    `json:"external_source" check:"max=255,blank,null"`
	ExternalID     app.Opt[string]    `json:"external_id" check:"max=255,blank,null"`

	Properties map[string]json.RawMessage `json:"-"` // values by the ids of properties; only programs give some

	// what is wrong already; it is refused together with what the database knows
	Faults            app.Fields `body:"faults"`
	Keys              Keys       // what the request calls the fields that name other rows; empty: as in the tags
	NoNotifications   bool       // nobody follows the work item or is notified because of this
	Triage            bool       // the state is the intake's, not one of the others
	NoDefaultAssignee bool       // the project's default assignee does not stand in

	decided bool                      // an approval, or a hook, has decided the state: the workflow is not asked again
	way     *workflow.Way             // by which an approval has decided that
	hooked  bool                      // a hook of the workflow writes it
	asked   map[string]*store.HookRun // what other servers have agreed to

	nowhere bool // a draft without a project, to which nothing belongs: what it names is passed over
}

// setValues puts what the request says into the values and returns their columns.
func (in *Input) setValues(v *store.IssueValues) (columns []string) {
	app.Change(&columns, "priority", in.Priority, &v.Priority)
	app.ChangePtr(&columns, "start_date", in.StartDate, &v.StartDate)
	app.ChangePtr(&columns, "target_date", in.TargetDate, &v.TargetDate)
	app.Change(&columns, "sort_order", in.SortOrder, &v.SortOrder)
	return columns
}

// compareValues notes in the history which values are new.
func (r *record) compareValues(from, to *store.IssueValues) {
	scalar(r, "priority", "updated the priority to", from.Priority, to.Priority, text)
	r.date("target_date", "updated the target date to", from.TargetDate, to.TargetDate)
	r.date("start_date", "updated the start date to ", from.StartDate, to.StartDate)
	if from.SortOrder != to.SortOrder {
		r.field("sort_order", from.SortOrder, to.SortOrder)
	}
}

// freshValues are those of a new work item.
func (in *Input) freshValues() store.IssueValues {
	v := store.IssueValues{Priority: "none", SortOrder: firstPlace}
	in.setValues(&v)
	return v
}

// Keys are the names of fields in faults.
type Keys struct{ State, Parent, Point, Type, Assignees, Labels string }

var appKeys = Keys{
	State: "state_id", Parent: "parent_id", Point: "estimate_point", Type: "type", Assignees: "assignee_ids",
	Labels: "label_ids",
}

// references are the rows that an input names.
type references struct {
	state     *store.StateRef
	parent    *store.IssueRef
	point     *store.PointRef
	assignees map[string]store.NamedRef // all that exist, whether they fit or not
	labels    map[string]store.NamedRef
}

// resolve reads the rows that the input names and cleans its text. The error has all faults of the input.
func (in *Input) resolve(t *store.Tx, project string) (*references, error) {
	if in.Keys == (Keys{}) {
		in.Keys = appKeys
	}
	if in.Faults == nil {
		in.Faults = app.Fields{}
	}
	var refs references
	err := errors.Join(
		one(in, &refs.state, in.Keys.State, in.StateID,
			func(id string) (*store.StateRef, error) { return store.FindState(t, id) }),
		one(in, &refs.parent, in.Keys.Parent, in.ParentID,
			func(id string) (*store.IssueRef, error) { return store.FindIssueRef(t, id) }),
		one(in, new(*store.IssueType), in.Keys.Type, in.TypeID,
			func(id string) (*store.IssueType, error) { return store.FindIssueType(t, project, id) }),
		one(in, &refs.point, in.Keys.Point, in.EstimatePointID,
			func(id string) (*store.PointRef, error) { return store.FindPoint(t, id) }),
		many(in, &refs.assignees, in.Keys.Assignees, in.AssigneeIDs,
			func(ids []string) (map[string]store.NamedRef, error) { return store.FindAssignees(t, project, ids) }),
		many(in, &refs.labels, in.Keys.Labels, in.LabelIDs,
			func(ids []string) (map[string]store.NamedRef, error) { return store.FindLabels(t, project, ids) }),
	)
	if err != nil {
		return nil, fmt.Errorf("look up what a work item names: %w", err)
	}
	if err := in.Faults.Err(); err != nil {
		return nil, err
	}
	return &refs, in.validate(&refs, project)
}

func noSuch(id string) []string { return []string{`Invalid pk "` + id + `" - object does not exist.`} }

func one[T any](in *Input, dest **T, key string, id app.Opt[string], find func(string) (*T, error)) error {
	if _, wrong := in.Faults[key]; wrong || !id.Set || id.Null {
		return nil
	}
	found, err := find(id.V)
	if errors.Is(err, store.ErrNotFound) {
		in.Faults[key] = noSuch(id.V)
		return nil
	}
	*dest = found
	return err
}

// many finds the rows of a list. Those that do not fit are left out; a list of which nothing is left is refused, so
// that it empties nothing.
func many(in *Input, dest *map[string]store.NamedRef, key string, ids app.Opt[[]string],
	find func([]string) (map[string]store.NamedRef, error)) error {
	if _, wrong := in.Faults[key]; wrong || len(ids.V) == 0 {
		return nil
	}
	found, err := find(ids.V)
	if err != nil {
		return err
	}
	faults, some := app.Fields{}, len(fitting(ids.V, found)) > 0 || in.nowhere
	for i, id := range ids.V {
		if n, ok := found[id]; !ok || !some && !n.Fits {
			faults[strconv.Itoa(i)] = noSuch(id)
		}
	}
	if len(faults) > 0 {
		in.Faults[key] = faults
	}
	*dest = found
	return nil
}

// validate is what can be said of the input as a whole; as in the reference, the first fault is the only one told.
func (in *Input) validate(refs *references, project string) error {
	if start, target := in.StartDate.Ptr(), in.TargetDate.Ptr(); start != nil && target != nil && *start > *target {
		return app.Field("non_field_errors", "Start date cannot exceed target date")
	}
	if in.DescriptionHTML.V != "" {
		clean, err := richtext.Clean(in.DescriptionHTML.V)
		if richtext.Excessive(err) {
			return app.Field("description_html", err.Error())
		}
		if err != nil {
			return app.Field("error", "html content is not valid")
		}
		in.DescriptionHTML.V = clean
	}
	switch {
	case refs.state != nil && (refs.state.ProjectID != project || refs.state.Triage() != in.Triage):
		return app.Field("non_field_errors", "State is not valid please pass a valid state_id")
	case refs.parent != nil && refs.parent.ProjectID != project:
		return app.Field("non_field_errors", "Parent is not valid issue_id please pass a valid issue_id")
	case refs.point != nil && refs.point.ProjectID != project:
		return app.Field("non_field_errors", "Estimate point is not valid please pass a valid estimate_point_id")
	}
	return nil
}

// fitting are the ids that may be written, each once, in the order of their first mention.
func fitting(ids []string, known map[string]store.NamedRef) []string {
	var fit []string
	for _, id := range ids {
		if known[id].Fits && !slices.Contains(fit, id) {
			fit = append(fit, id)
		}
	}
	return fit
}
