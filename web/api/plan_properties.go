package api

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/cycle"
	"github.com/sailplane/sailplane/app/module"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	cycleProperties  = inProject + "cycles/{cycle_id:uuid}/user-properties/"
	moduleProperties = inProject + "modules/{module_id:uuid}/user-properties/"
)

var planProperties = []web.Op{
	web.Do("GET", cycleProperties, web.Project(), 200, "Read how the caller looks at a cycle", getCycleProperties),
	web.Do("PATCH", cycleProperties, web.Project(), 201, "Change how the caller looks at a cycle", patchCycleProperties),
	web.Do("GET", moduleProperties, web.Project(), 200, "Read how the caller looks at a module", getModuleProperties),
	web.Do("PATCH", moduleProperties, web.Project(), 201, "Change how the caller looks at a module", patchModuleProperties),
}

// PlanProperties is how a person looks at a cycle or a module.
type PlanProperties struct {
	ID                string     `json:"id"`
	Filters           store.JSON `json:"filters"`
	DisplayFilters    store.JSON `json:"display_filters"`
	DisplayProperties store.JSON `json:"display_properties"`
	RichFilters       store.JSON `json:"rich_filters"`
	Project           string     `json:"project"`
	Workspace         string     `json:"workspace"`
	User              string     `json:"user"`
	Made
}

// CycleProperties is how a person looks at a cycle.
type CycleProperties struct {
	PlanProperties
	Cycle string `json:"cycle"`
}

// ModuleProperties is how a person looks at a module.
type ModuleProperties struct {
	PlanProperties
	Module string `json:"module"`
}

func cyclePropertiesOf(c *app.Call, p *store.CycleUserProperties, err error) (CycleProperties, error) {
	if err != nil {
		return CycleProperties{}, err
	}
	return CycleProperties{PlanProperties{
		ID: p.ID, Filters: p.Filters, DisplayFilters: p.DisplayFilters, DisplayProperties: p.DisplayProperties,
		RichFilters: p.RichFilters, Project: p.ProjectID, Workspace: p.WorkspaceID, User: p.UserID,
		Made: made(c, p.AuditFields),
	}, p.CycleID}, nil
}

func modulePropertiesOf(c *app.Call, p *store.ModuleUserProperties, err error) (ModuleProperties, error) {
	if err != nil {
		return ModuleProperties{}, err
	}
	return ModuleProperties{PlanProperties{
		ID: p.ID, Filters: p.Filters, DisplayFilters: p.DisplayFilters, DisplayProperties: p.DisplayProperties,
		RichFilters: p.RichFilters, Project: p.ProjectID, Workspace: p.WorkspaceID, User: p.UserID,
		Made: made(c, p.AuditFields),
	}, p.ModuleID}, nil
}

type cyclePath struct {
	CycleID string `path:"cycle_id"`
}

type modulePath struct {
	ModuleID string `path:"module_id"`
}

func getCycleProperties(c *app.Call, in cyclePath) (CycleProperties, error) {
	p, err := cycle.Properties(c, in.CycleID)
	return cyclePropertiesOf(c, p, err)
}

func patchCycleProperties(c *app.Call, in struct {
	cyclePath
	app.DisplayInput
}) (CycleProperties, error) {
	p, err := cycle.ChangeProperties(c, in.CycleID, in.DisplayInput)
	return cyclePropertiesOf(c, p, err)
}

func getModuleProperties(c *app.Call, in modulePath) (ModuleProperties, error) {
	p, err := module.Properties(c, in.ModuleID)
	return modulePropertiesOf(c, p, err)
}

func patchModuleProperties(c *app.Call, in struct {
	modulePath
	app.DisplayInput
}) (ModuleProperties, error) {
	p, err := module.ChangeProperties(c, in.ModuleID, in.DisplayInput)
	return modulePropertiesOf(c, p, err)
}
