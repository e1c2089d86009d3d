package store

import "github.com/pocketbase/dbx"

// Initiative is a row of initiatives: what projects, epics and work items of a workspace are done for.
type Initiative struct {
	AuditFields
	Name                string  `db:"name"`
	Description         string  `db:"description"`
	DescriptionHTML     string  `db:"description_html"`
	DescriptionStripped string  `db:"description_stripped"`
	StartDate           *Date   `db:"start_date"`
	EndDate             *Date   `db:"end_date"`
	State               string  `db:"state"` // DRAFT, PLANNED, ACTIVE, COMPLETED or CLOSED
	LogoProps           JSON    `db:"logo_props"`
	LeadID              *string `db:"lead_id"`
	WorkspaceID         string  `db:"workspace_id"`
}

// Initiatives is the table of Initiative rows.
var Initiatives = NewTable[Initiative]("initiatives")

// InitiativeLabel is a row of initiative_labels: a label of a workspace's initiatives.
type InitiativeLabel struct {
	AuditFields
	Name        string  `db:"name"`
	Description string  `db:"description"`
	Color       string  `db:"color"`
	SortOrder   float64 `db:"sort_order"`
	WorkspaceID string  `db:"workspace_id"`
}

// InitiativeLabels is the table of InitiativeLabel rows.
var InitiativeLabels = NewTable[InitiativeLabel]("initiative_labels")

// InitiativeLabelLink is a row of initiative_label_links: a label that an initiative has.
type InitiativeLabelLink struct {
	AuditFields
	InitiativeID string `db:"initiative_id"`
	LabelID      string `db:"label_id"`
	WorkspaceID  string `db:"workspace_id"`
}

// InitiativeLabelLinks is the table of InitiativeLabelLink rows.
var InitiativeLabelLinks = NewTable[InitiativeLabelLink]("initiative_label_links")

// InitiativeProject is a row of initiative_projects: a project that an initiative has.
type InitiativeProject struct {
	AuditFields
	InitiativeID string `db:"initiative_id"`
	ProjectID    string `db:"project_id"`
	WorkspaceID  string `db:"workspace_id"`
}

// InitiativeProjects is the table of InitiativeProject rows.
var InitiativeProjects = NewTable[InitiativeProject]("initiative_projects")

// InitiativeIssue is a row of initiative_issues: a work item, perhaps an epic, that an initiative has.
type InitiativeIssue struct {
	AuditFields
	InitiativeID string `db:"initiative_id"`
	IssueID      string `db:"issue_id"`
	ProjectID    string `db:"project_id"`
	WorkspaceID  string `db:"workspace_id"`
}

// InitiativeIssues is the table of InitiativeIssue rows.
var InitiativeIssues = NewTable[InitiativeIssue]("initiative_issues")

// ProjectsOfInitiative holds for the projects that an initiative has.
func ProjectsOfInitiative(id string) dbx.Expression {
	return ofInitiative("initiative_projects", "project_id", "projects", id)
}

// LabelsOfInitiative holds for the labels that an initiative has.
func LabelsOfInitiative(id string) dbx.Expression {
	return ofInitiative("initiative_label_links", "label_id", "initiative_labels", id)
}

func ofInitiative(links, column, table, id string) dbx.Expression {
	return dbx.NewExp("[["+table+".id]] IN (SELECT l."+column+" FROM "+links+
		" l WHERE l.initiative_id = {:initiative} AND l.deleted_at IS NULL)", dbx.Params{"initiative": id})
}

// DeleteInitiative deletes an initiative. What it had stays.
func DeleteInitiative(t *Tx, i *Initiative) error {
	of := dbx.HashExp{"initiative_id": i.ID}
	for _, links := range []func(*Tx, dbx.Expression) (int64, error){InitiativeLabelLinks.DeleteWhere,
		InitiativeProjects.DeleteWhere, InitiativeIssues.DeleteWhere} {
		if _, err := links(t, of); err != nil {
			return err
		}
	}
	return Initiatives.Delete(t, i)
}
