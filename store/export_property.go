package store

import (
	"database/sql"
	"fmt"
	"slices"

	"github.com/pocketbase/dbx"
)

// ExportedProperties returns the properties that work items of the projects can have and that are switched on, in their
// order.
func ExportedProperties(t *Tx, workspace string, projects []string) ([]ItemProperty, error) {
	tied := dbx.NewExp(`EXISTS (SELECT 1 FROM issue_type_properties has
		JOIN project_issue_types tied ON tied.issue_type_id = has.issue_type_id AND tied.deleted_at IS NULL
		WHERE has.property_id = issue_properties.id AND has.deleted_at IS NULL AND `)
	return ItemProperties.List(t, dbx.And(dbx.HashExp{"workspace_id": workspace, "is_active": true},
		dbx.Or(In("project_id", projects), dbx.And(dbx.HashExp{"project_id": nil}, within{tied, In("tied.project_id", projects)}))),
		"sort_order", "created_at", "id")
}

// within is a condition in the parentheses that another one has opened.
type within struct{ opened, last dbx.Expression }

// Build writes both.
func (w within) Build(db *dbx.DB, params dbx.Params) string {
	return w.opened.Build(db, params) + w.last.Build(db, params) + ")"
}

// fillExportedProperties adds what work items have of properties, in words: options and people by their names, work
// items by their numbers where the export's owner sees them.
func fillExportedProperties(t *Tx, s ExportScope, ids []string, at map[string]*ExportedIssue) error {
	in, arg := t.In("v.issue_id", ids)
	err := t.Each(`SELECT v.issue_id, v.property_id, p.property_type, v.text, v.number, v.related_issue_id, v.file_id,
			o.name, u.first_name, u.last_name, u.display_name, r.project_id, r.created_by_id,
			rp.identifier || '-' || CAST(r.sequence_id AS TEXT)
		FROM issue_property_values v JOIN issue_properties p ON p.id = v.property_id AND p.is_active AND p.deleted_at IS NULL
		LEFT JOIN issue_property_options o ON o.id = v.option_id LEFT JOIN users u ON u.id = v.user_id
		LEFT JOIN issues r ON r.id = v.related_issue_id AND r.deleted_at IS NULL LEFT JOIN projects rp ON rp.id = r.project_id
		WHERE v.deleted_at IS NULL AND `+in+" ORDER BY v.issue_id, v.property_id, v.id", []any{arg}, func(rows *sql.Rows) error {
		var issue, id, kind string
		var words, related, file, option, first, last, display, project, maker, number *string
		var n *float64
		if err := rows.Scan(&issue, &id, &kind, &words, &n, &related, &file, &option, &first, &last, &display, &project,
			&maker, &number); err != nil {
			return err
		}
		var v any
		switch {
		case kind == PropertyBoolean && n != nil:
			v = *n != 0
		case kind == PropertyDecimal && n != nil:
			v = *n
		case words != nil:
			v = *words
		case option != nil:
			v = *option
		case display != nil:
			if v = fullName(first, last); v == "" {
				v = *display
			}
		case number != nil && project != nil && s.shows(*project, maker):
			v = *number
		case related != nil:
			v = *related
		case file != nil:
			v = *file
		default:
			return nil
		}
		if e := at[issue]; e != nil {
			if e.Properties == nil {
				e.Properties = map[string][]any{}
			}
			e.Properties[id] = append(e.Properties[id], v)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read the properties of what is exported: %w", err)
	}
	return nil
}

func (s ExportScope) shows(project string, maker *string) bool {
	return slices.Contains(s.Projects, project) || slices.Contains(s.Own, project) && maker != nil && *maker == s.User
}
