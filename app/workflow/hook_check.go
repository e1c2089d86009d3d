package workflow

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// mostNames is how many things one setting of a hook names.
const mostNames = 50

// checkRequired refuses fields and properties that there are not.
func (config *HookConfig) checkRequired(c *app.Call, t *store.Tx, faults app.Fields) error {
	if len(config.Fields)+len(config.Properties) == 0 {
		faults.Add("fields", "Say which fields, or properties, a work item has to have.")
	}
	for _, name := range config.Fields {
		if !slices.Contains(Required, name) {
			faults.Add("fields", `"`+name+`" is none of `+strings.Join(Required, ", ")+".")
		}
	}
	if len(config.Fields)+len(config.Properties) > mostNames {
		faults.Add("fields", "No more than 50.")
		return nil
	}
	where := dbx.And(dbx.HashExp{"workspace_id": c.Workspace.ID}, store.In("id", config.Properties))
	if c.ProjectID != "" {
		where = dbx.And(store.PropertiesIn(c.Workspace.ID, c.ProjectID), store.In("issue_properties.id", config.Properties))
	}
	if len(config.Properties) == 0 || !areIDs(config.Properties, "properties", faults) {
		return nil
	}
	rows, err := store.ItemProperties.List(t, where)
	there := map[string]bool{}
	for _, p := range rows {
		there[p.ID] = true
	}
	missing(config.Properties, there, "properties", faults)
	return err
}

func areIDs(ids []string, field string, faults app.Fields) bool {
	for _, id := range ids {
		if !store.IsID(id) {
			faults.Add(field, app.NoObject(id))
			return false
		}
	}
	return true
}

// missing refuses, by their places, what there is not.
func missing(ids []string, there map[string]bool, field string, faults app.Fields) {
	wrong := app.Fields{}
	for i, id := range ids {
		if !there[id] {
			wrong.Add(strconv.Itoa(i), app.NoObject(id))
		}
	}
	if len(wrong) > 0 {
		faults[field] = wrong
	}
}

var priorities = []string{"urgent", "high", "medium", "low", "none"}

// checkChange refuses values that work items of the project can't have.
func (config *HookConfig) checkChange(c *app.Call, t *store.Tx, w *store.Workflow, way *Transition,
	faults app.Fields) error {
	if config.Priority == nil && config.StateID == nil && config.AssigneeIDs == nil && config.LabelIDs == nil &&
		config.StartDate == nil && config.TargetDate == nil {
		faults.Add("non_field_errors", "Say what changes: "+strings.Join(keys[ChangeProperties], ", ")+".")
	}
	if config.Priority != nil && !slices.Contains(priorities, *config.Priority) {
		faults.Add("priority", "This is one of "+strings.Join(priorities, ", ")+".")
	}
	for field, day := range map[string]*string{"start_date": config.StartDate, "target_date": config.TargetDate} {
		if day == nil || *day == TodayWord || *day == "" {
			continue
		}
		if at, err := time.Parse(time.DateOnly, *day); err != nil || at.Year() < 1 {
			faults.Add(field, `This is a day as 2026-05-04, "today", or empty for none.`)
		}
	}
	if config.StateID != nil {
		if err := config.checkState(c, t, w, way, faults); err != nil {
			return err
		}
	}
	return config.checkPeople(c, t, faults)
}

func (config *HookConfig) checkState(c *app.Call, t *store.Tx, w *store.Workflow, way *Transition,
	faults app.Fields) error {
	is := false
	if store.IsID(*config.StateID) {
		var err error
		if is, err = known(c, t, *config.StateID); err != nil {
			return err
		}
	}
	if !is {
		faults.Add("state_id", app.NoObject(*config.StateID))
		return nil
	}
	at, err := attach(t, w, *config.StateID)
	if err != nil {
		return err
	}
	if *config.StateID = at.StateID; at.StateID == way.TransitionStateID {
		faults.Add("state_id", "This is where the transition leads.")
	}
	return nil
}

func (config *HookConfig) checkPeople(c *app.Call, t *store.Tx, faults app.Fields) error {
	if config.AssigneeIDs != nil {
		people := slices.DeleteFunc(slices.Clone(*config.AssigneeIDs), func(id string) bool { return id == ActorWord })
		if areIDs(people, "assignee_ids", faults) && len(people) > 0 {
			fit, err := able(c, t, people)
			if err != nil {
				return err
			}
			fit[ActorWord] = true
			missing(*config.AssigneeIDs, fit, "assignee_ids", faults)
		}
	}
	if config.LabelIDs == nil || len(*config.LabelIDs) == 0 {
		return nil
	}
	if c.ProjectID == "" {
		faults.Add("label_ids", "Labels belong to projects: hooks of a workspace's workflows give none.")
		return nil
	}
	if !areIDs(*config.LabelIDs, "label_ids", faults) {
		return nil
	}
	labels, err := store.FindLabels(t, c.ProjectID, *config.LabelIDs)
	fit := map[string]bool{}
	for id, l := range labels {
		fit[id] = l.Fits
	}
	missing(*config.LabelIDs, fit, "label_ids", faults)
	return err
}
