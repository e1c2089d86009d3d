package issue

import (
	"errors"
	"fmt"
	"slices"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// DraftInput is what a request says of a draft: a work item that may lack its name and its project.
type DraftInput struct {
	Input
	Name      app.Opt[string]   `json:"name" check:"max=255,blank,null"`
	ProjectID app.Opt[string]   `json:"project_id" alias:"project" check:"blank,null,raw"` // counts only in a new one
	CycleID   app.Opt[string]   `json:"cycle_id" alias:"cycle" check:"pk,null"`
	ModuleIDs app.Opt[[]string] `json:"module_ids" alias:"modules" check:"pk,null"` // the frontend says null for none
}

// nowhere is the project of drafts without one: nothing belongs to it.
const nowhere = "00000000-0000-0000-0000-000000000000"

// CreateDraft writes a new draft of the caller in the call's workspace.
func CreateDraft(c *app.Call, in DraftInput) (*store.DraftDetail, error) {
	project := in.ProjectID.Or("")
	if project != "" && !store.IsID(project) {
		return nil, app.ErrValue
	}
	if _, member := c.Access.Projects[project]; project != "" && !member {
		return nil, store.ErrNotFound
	}
	in.nowhere = project == ""
	refs, err := in.resolve(c.Read(), or(project, nowhere))
	if err != nil {
		return nil, err
	}
	d := &store.DraftDetail{DraftIssue: in.draft(c)}
	if project != "" {
		d.ProjectID = &project
	}
	err = c.Write(func(t *store.Tx) error {
		if err := placeDraft(t, d, refs); err != nil {
			return err
		}
		if err := store.DraftIssues.Insert(t, &d.DraftIssue); err != nil {
			return err
		}
		return in.attach(t, d, refs)
	})
	return d, err
}

func or(s, def string) string {
	if s == "" {
		return def
	}
	return s
}

func (in *DraftInput) draft(c *app.Call) store.DraftIssue {
	i := in.fresh(c)
	return store.DraftIssue{Name: in.Name.Ptr(), DescriptionJSON: i.DescriptionJSON, DescriptionHTML: i.DescriptionHTML,
		DescriptionStripped: i.DescriptionStripped, IssueValues: i.IssueValues,
		ExternalSource: i.ExternalSource, ExternalID: i.ExternalID,
		EstimatePointID: i.EstimatePointID, ParentID: i.ParentID, TypeID: i.TypeID,
		WorkspaceID: c.Workspace.ID}
}

// placeDraft gives a draft its state, none where its project has none, and its place behind the others of its project
// and state.
func placeDraft(t *store.Tx, d *store.DraftDetail, refs *references) error {
	if d.ProjectID == nil {
		return nil
	}
	if refs.state == nil {
		state, err := store.DefaultState(t, *d.ProjectID)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("default state: %w", err)
		}
		if err != nil {
			return nil
		}
		refs.state = state
	}
	d.StateID = &refs.state.ID
	if refs.state.Group == "completed" {
		d.CompletedAt = &t.Now
	}
	if err := t.Lock("drafts in " + *d.ProjectID); err != nil {
		return err
	}
	place, err := store.NextDraft(t, *d.ProjectID, refs.state.ID)
	if place != nil {
		d.SortOrder = *place
	}
	return err
}

// attach writes people, labels, cycle and modules as far as the request speaks of them.
func (in *DraftInput) attach(t *store.Tx, d *store.DraftDetail, refs *references) error {
	var errs []error
	if in.AssigneeIDs.Set {
		d.AssigneeIDs = sorted(fitting(in.AssigneeIDs.V, refs.assignees))
		errs = append(errs, store.SetDraftPairs(t, &d.DraftIssue, store.DraftAssignees, d.AssigneeIDs))
	}
	if in.LabelIDs.Set {
		d.LabelIDs = sorted(fitting(in.LabelIDs.V, refs.labels))
		errs = append(errs, store.SetDraftPairs(t, &d.DraftIssue, store.DraftLabels, d.LabelIDs))
	}
	if in.CycleID.Set {
		d.CycleID = nil
		cycles, err := ours(t, store.Cycles, d.ProjectID, "cycle_id", []string{in.CycleID.V}, in.CycleID.Ptr() != nil)
		if len(cycles) > 0 {
			d.CycleID = &cycles[0]
		}
		errs = append(errs, err, store.SetDraftPairs(t, &d.DraftIssue, store.DraftCycles, cycles))
	}
	if in.ModuleIDs.Set && !in.ModuleIDs.Null {
		modules, err := ours(t, store.Modules, d.ProjectID, "module_ids", in.ModuleIDs.V, true)
		d.ModuleIDs = sorted(modules)
		errs = append(errs, err, store.SetDraftPairs(t, &d.DraftIssue, store.DraftModules, modules))
	}
	return errors.Join(errs...)
}

// ours are the ids among the given ones that are rows of the project; the reference takes those of others, too. When
// none is, that is the field's fault.
func ours[T any](t *store.Tx, table store.Table[T], project *string, field string, ids []string, wanted bool) ([]string,
	error) {
	if ids = distinct(ids); project == nil || !wanted || len(ids) == 0 {
		return nil, nil
	}
	var fit []string
	for _, id := range ids {
		ok, err := table.Exists(t, dbx.HashExp{"id": id, "project_id": *project})
		if err != nil {
			return nil, err
		}
		if ok {
			fit = append(fit, id)
		}
	}
	if len(fit) == 0 {
		return nil, app.Field(field, app.NoObject(ids[0]))
	}
	return fit, nil
}

// ListDrafts returns a page of the caller's drafts, newest first, and how many there are in all.
func ListDrafts(c *app.Call, filter store.DraftFilter, limit, offset int) ([]store.DraftDetail, int, error) {
	return store.ListDrafts(c.Read(), c.Workspace.ID, c.UserID(), filter, limit, offset)
}

// GetDraft returns one of the caller's own drafts; store.ErrNotFound for those of others.
func GetDraft(c *app.Call, id string) (*store.DraftDetail, error) {
	return ownDraft(c, c.Read(), id)
}

func ownDraft(c *app.Call, t *store.Tx, id string) (*store.DraftDetail, error) {
	rows, _, err := store.ListDrafts(t, c.Workspace.ID, c.UserID(), store.DraftFilter{ID: id}, 1, 0)
	if err == nil && len(rows) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return &rows[0], nil
}

// ChangeDraft writes what the request says of one of the caller's own drafts; its project stays.
func ChangeDraft(c *app.Call, id string, in DraftInput) error {
	return c.Write(func(t *store.Tx) error {
		d, err := ownDraft(c, t, id)
		if err != nil {
			return err
		}
		in.nowhere = d.ProjectID == nil
		refs, err := in.resolve(t, or(value(d.ProjectID), nowhere))
		if err != nil {
			return err
		}
		cols, err := in.applyDraft(t, d, refs)
		if err != nil {
			return err
		}
		if err := store.DraftIssues.Update(t, &d.DraftIssue, cols...); err != nil {
			return err
		}
		return in.attach(t, d, refs)
	})
}

func (in *DraftInput) applyDraft(t *store.Tx, d *store.DraftDetail, refs *references) ([]string, error) {
	h := store.IssueForUpdate{Issue: store.Issue{IssueValues: d.IssueValues, DescriptionHTML: d.DescriptionHTML,
		DescriptionJSON: d.DescriptionJSON, DescriptionBinary: d.DescriptionBinary}}
	cols, err := in.apply(&h)
	if err != nil {
		return nil, err
	}
	cols = slices.DeleteFunc(cols, func(col string) bool {
		// drafts have none of these, or their own
		return slices.Contains([]string{"name", "point", "sequence_id", "completed_at", "is_draft"}, col)
	})
	i := h.Issue
	into := map[string]func(){
		"description_html":     func() { d.DescriptionHTML = i.DescriptionHTML },
		"description_stripped": func() { d.DescriptionStripped = i.DescriptionStripped },
		"description_json":     func() { d.DescriptionJSON = i.DescriptionJSON },
		"description_binary":   func() { d.DescriptionBinary = i.DescriptionBinary },
		"parent_id":            func() { d.ParentID = i.ParentID },
		"estimate_point_id":    func() { d.EstimatePointID = i.EstimatePointID }, "type_id": func() { d.TypeID = i.TypeID },
		"external_source": func() { d.ExternalSource = i.ExternalSource },
		"external_id":     func() { d.ExternalID = i.ExternalID },
	}
	d.IssueValues = i.IssueValues
	for _, col := range cols {
		if put, ok := into[col]; ok { // else it is one of the values
			put()
		}
	}
	if in.Name.Set {
		d.Name = in.Name.Ptr()
		cols = append(cols, "name")
	}
	if refs.state != nil {
		d.StateID, d.CompletedAt = &refs.state.ID, nil
		if refs.state.Group == "completed" {
			d.CompletedAt = &t.Now
		}
		cols = append(cols, "state_id", "completed_at")
	}
	return cols, nil
}

// DeleteDraft deletes one of the caller's drafts: the reference lets administrators delete everybody's.
func DeleteDraft(c *app.Call, id string) error {
	return c.Write(func(t *store.Tx) error {
		d, err := store.DraftIssues.Get(t, dbx.HashExp{"id": id, "workspace_id": c.Workspace.ID, "created_by_id": c.UserID()})
		if err != nil {
			return err
		}
		return store.DraftIssues.Delete(t, d)
	})
}

// Convert makes a work item of one of the caller's own drafts. Only what is sent with the request goes into it; files
// of the draft come along. The reference lets other members convert it, too. In its history are its modules but not its
// cycle: the reference's job for that fails.
func Convert(c *app.Call, id string, in DraftInput) (*store.IssueDetail, error) {
	draft, err := GetDraft(c, id)
	if err != nil {
		return nil, err
	}
	if draft.ProjectID == nil {
		return nil, app.Refuse(app.Invalid, "Project is required to create an issue.")
	}
	if !c.Access.InProject(*draft.ProjectID, app.Member, app.Admin) {
		return nil, app.ErrForbidden
	}
	c.ProjectID = *draft.ProjectID
	in.Input.Name = in.Name
	if _, wrong := in.Faults["name"]; !wrong {
		nameFault(&in)
	}
	refs, err := in.resolve(c.Read(), c.ProjectID)
	if err != nil {
		return nil, err
	}
	var d *store.IssueDetail
	err = c.Write(func(t *store.Tx) error {
		if d, err = create(c, t, &in.Input, refs); err != nil {
			return err
		}
		if err := in.settle(c, t, d); err != nil {
			return err
		}
		if err := store.MoveDraftFiles(t, draft.ID, d.ID); err != nil {
			return err
		}
		return store.DraftIssues.Delete(t, &draft.DraftIssue)
	})
	return d, err
}

// nameFault asks of a work item what a draft need not have.
func nameFault(in *DraftInput) {
	if in.Faults == nil {
		in.Faults = app.Fields{}
	}
	switch {
	case !in.Name.Set:
		in.Faults.Add("name", "This field is required.")
	case in.Name.Null:
		in.Faults.Add("name", "This field may not be null.")
	case in.Name.V == "":
		in.Faults.Add("name", "This field may not be blank.")
	}
}

// settle puts a new work item into the cycle and the modules that were sent.
func (in *DraftInput) settle(c *app.Call, t *store.Tx, d *store.IssueDetail) error {
	cycles, err := ours(t, store.Cycles, &d.ProjectID, "cycle_id", []string{in.CycleID.V}, in.CycleID.Ptr() != nil)
	if err != nil {
		return err
	}
	for _, id := range cycles {
		d.CycleID = &id
		if err := store.CycleIssues.Insert(t,
			&store.CycleIssue{CycleID: id, IssueID: d.ID, ProjectID: d.ProjectID, WorkspaceID: d.WorkspaceID}); err != nil {
			return err
		}
		if err := store.EnqueueIssueEvents(t, store.IssueChanged{Kind: "cycle.activity.created", IssueID: d.ID,
			WorkspaceID: d.WorkspaceID, Fields: []store.FieldValue{{Field: "cycle_id", New: id}}}); err != nil {
			return err
		}
	}
	modules, err := ours(t, store.Modules, &d.ProjectID, "module_ids", in.ModuleIDs.V, true)
	if err != nil {
		return err
	}
	for n, id := range modules {
		m, err := store.Modules.Find(t, id)
		if err != nil {
			return err
		}
		if err := store.ModuleIssues.Insert(t,
			&store.ModuleIssue{ModuleID: id, IssueID: d.ID, ProjectID: d.ProjectID, WorkspaceID: d.WorkspaceID}); err != nil {
			return err
		}
		field := "modules"
		if err := store.RecordIssue(t,
			store.IssueChanged{Kind: "module.activity.created", IssueID: d.ID, ProjectID: d.ProjectID,
				WorkspaceID: d.WorkspaceID, Origin: c.Base, Fields: []store.FieldValue{{Field: "module_ids",
					Old: sorted(modules[:n]), New: sorted(modules[:n+1])}}}, &store.IssueActivity{Verb: "created", Field: &field,
				OldValue: text(""), NewValue: &m.Name, NewIdentifier: &m.ID, Comment: "added module " + m.Name}); err != nil {
			return err
		}
	}
	d.ModuleIDs = sorted(modules)
	return nil
}
