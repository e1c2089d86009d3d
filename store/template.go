package store

// Template is a row of templates: what a new work item, page or project begins with.
type Template struct {
	AuditFields
	Kind            string  `db:"kind"` // workitem, page or project
	Name            string  `db:"name"`
	Description     string  `db:"description"` // of the template itself
	DescriptionHTML string  `db:"description_html"`
	Data            JSON    `db:"template_data"` // an object: keys as whoever makes the thing would send them
	LogoProps       JSON    `db:"logo_props"`
	ProjectID       *string `db:"project_id"` // nil: of the whole workspace
	WorkspaceID     string  `db:"workspace_id"`
}

// Templates is the table of Template rows.
var Templates = NewTable[Template]("templates")
