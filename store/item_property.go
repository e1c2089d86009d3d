package store

import (
	"github.com/pocketbase/dbx"
)

// ItemProperty is a row of issue_properties: something that work items may have a value of. One without a project is
// the workspace's.
type ItemProperty struct {
	AuditFields
	Name            string  `db:"name"` // made of the display name
	DisplayName     string  `db:"display_name"`
	Description     string  `db:"description"`
	LogoProps       JSON    `db:"logo_props"`
	SortOrder       float64 `db:"sort_order"`
	PropertyType    string  `db:"property_type"` // one of PropertyTypes
	RelationType    *string `db:"relation_type"` // one of RelationTypes; nil but for RELATION
	IsRequired      bool    `db:"is_required"`
	IsActive        bool    `db:"is_active"`
	IsMulti         bool    `db:"is_multi"`
	DefaultValue    JSON    `db:"default_value"` // a list of texts; options say themselves whether they are defaults
	Settings        JSON    `db:"settings"`
	ValidationRules JSON    `db:"validation_rules"` // kept for clients
	ExternalID      *string `db:"external_id"`
	ExternalSource  *string `db:"external_source"`
	ProjectID       *string `db:"project_id"`
	WorkspaceID     string  `db:"workspace_id"`
}

// The types of properties.
const (
	PropertyText     = "TEXT"
	PropertyTime     = "DATETIME"
	PropertyDecimal  = "DECIMAL"
	PropertyBoolean  = "BOOLEAN"
	PropertyOption   = "OPTION"
	PropertyRelation = "RELATION"
	PropertyURL      = "URL"
	PropertyEmail    = "EMAIL"
	PropertyFile     = "FILE"
)

// What a RELATION leads to. A rich text is one in the contract, too.
const (
	ToIssue    = "ISSUE"
	ToUser     = "USER"
	ToRichText = "RICH_TEXT"
)

// Relates is what a property leads to; empty but for RELATION.
func (p *ItemProperty) Relates() string {
	if p.RelationType == nil {
		return ""
	}
	return *p.RelationType
}

// ItemProperties is the table of ItemProperty rows.
var ItemProperties = NewTable[ItemProperty]("issue_properties")

// PropertiesIn holds for properties that work items of a project can have: its own, and those of the workspace that a
// type has which the project has taken over.
func PropertiesIn(workspace, project string) dbx.Expression {
	return dbx.And(dbx.HashExp{"issue_properties.workspace_id": workspace}, dbx.NewExp(`(issue_properties.project_id = {:in}
		OR issue_properties.project_id IS NULL AND EXISTS (SELECT 1 FROM issue_type_properties has
			JOIN project_issue_types tied ON tied.issue_type_id = has.issue_type_id AND tied.project_id = {:in} AND tied.deleted_at IS NULL
			WHERE has.property_id = issue_properties.id AND has.deleted_at IS NULL))`, dbx.Params{"in": project}))
}

// PropertiesOf holds for the properties of a type.
func PropertiesOf(kind string) dbx.Expression {
	return dbx.NewExp("EXISTS (SELECT 1 FROM issue_type_properties had WHERE had.property_id = issue_properties.id"+
		" AND had.issue_type_id = {:of} AND had.deleted_at IS NULL)", dbx.Params{"of": kind})
}

// PropertyOptionRow is a row of issue_property_options.
type PropertyOptionRow struct {
	AuditFields
	Name           string  `db:"name"`
	Description    string  `db:"description"`
	LogoProps      JSON    `db:"logo_props"`
	SortOrder      float64 `db:"sort_order"`
	IsActive       bool    `db:"is_active"`
	IsDefault      bool    `db:"is_default"`
	ExternalID     *string `db:"external_id"`
	ExternalSource *string `db:"external_source"`
	ParentID       *string `db:"parent_id"`
	PropertyID     string  `db:"property_id"`
	ProjectID      *string `db:"project_id"`
	WorkspaceID    string  `db:"workspace_id"`
}

// PropertyOptions is the table of PropertyOptionRow rows.
var PropertyOptions = NewTable[PropertyOptionRow]("issue_property_options")

// OptionsOf returns the options of properties, by property, each in their order.
func OptionsOf(t *Tx, properties []string) (map[string][]PropertyOptionRow, error) {
	rows, err := PropertyOptions.List(t, In("property_id", properties), "sort_order", "created_at", "id")
	by := make(map[string][]PropertyOptionRow, len(properties))
	for _, r := range rows {
		by[r.PropertyID] = append(by[r.PropertyID], r)
	}
	return by, err
}

// TypeProperty is a row of issue_type_properties: a type has a property.
type TypeProperty struct {
	AuditFields
	IssueTypeID string  `db:"issue_type_id"`
	PropertyID  string  `db:"property_id"`
	ProjectID   *string `db:"project_id"`
	WorkspaceID string  `db:"workspace_id"`
}

// TypeProperties is the table of TypeProperty rows.
var TypeProperties = NewTable[TypeProperty]("issue_type_properties")

// JobPropertyDeleted is the job that deletes the values of a deleted property or option; its payload is a
// PropertyDeleted.
const JobPropertyDeleted = "property.deleted"

// PropertyDeleted names a deleted property, or an option of one.
type PropertyDeleted struct {
	PropertyID string `json:"property_id,omitempty"`
	OptionID   string `json:"option_id,omitempty"`
}

// PropertyRows is all that a deleted property or option had, to be marked as deleted.
func PropertyRows(p PropertyDeleted) []Stale {
	if p.OptionID != "" {
		return []Stale{living("issue_property_values", "option_id = ?", p.OptionID)}
	}
	return []Stale{living("issue_property_options", "property_id = ?", p.PropertyID),
		living("issue_type_properties", "property_id = ?", p.PropertyID),
		living("issue_property_values", "property_id = ?", p.PropertyID)}
}

// DefaultOptions makes those options of a property its defaults, and no others.
func DefaultOptions(t *Tx, property string, ids []string) error {
	if err := PropertyOptions.SetWhere(t, dbx.Params{"is_default": false},
		dbx.HashExp{"property_id": property, "is_default": true}); err != nil || len(ids) == 0 {
		return err
	}
	return PropertyOptions.SetWhere(t, dbx.Params{"is_default": true}, dbx.And(dbx.HashExp{"property_id": property},
		In("id", ids)))
}
