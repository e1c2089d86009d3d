package app

import "github.com/sailplane/sailplane/store"

// How people look at lists until they say otherwise: of a project, a cycle, a module, a view. JSON documents.
// Plane: db/models/workspace.py, db/models/project.py
const (
	FirstFilters           = `{"priority":null,"state":null,"state_group":null,"assignees":null,"created_by":null,"labels":null,"start_date":null,"target_date":null,"subscriber":null}`
	FirstDisplayFilters    = `{"group_by":null,"order_by":"-created_at","type":null,"sub_issue":true,"show_empty_groups":true,"layout":"list","calendar_date_range":""}`
	FirstDisplayProperties = `{"assignee":true,"attachment_count":true,"created_on":true,"due_date":true,"estimate":true,"key":true,"labels":true,"link":true,"priority":true,"start_date":true,"state":true,"sub_issue_count":true,"updated_on":true}`
)

// DisplayInput is what a request may say of how somebody looks at a cycle or a module.
type DisplayInput struct {
	Filters           Opt[store.JSON] `json:"filters"`
	DisplayFilters    Opt[store.JSON] `json:"display_filters"`
	DisplayProperties Opt[store.JSON] `json:"display_properties"`
	RichFilters       Opt[store.JSON] `json:"rich_filters"`
}

// Put writes what the request has and returns the columns.
func (in *DisplayInput) Put(filters, display, properties, rich *store.JSON) []string {
	var cols []string
	Change(&cols, "filters", in.Filters, filters)
	Change(&cols, "display_filters", in.DisplayFilters, display)
	Change(&cols, "display_properties", in.DisplayProperties, properties)
	Change(&cols, "rich_filters", in.RichFilters, rich)
	return cols
}
