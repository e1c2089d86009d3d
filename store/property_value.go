package store

import (
	"database/sql"
	"fmt"
	"strings"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store/db"
)

// PropertyValue is a row of issue_property_values: a value that a work item has of a property. It is in the one column
// that fits the property; a day or a time is in both the first ones.
type PropertyValue struct {
	AuditFields
	PropertyID     string   `db:"property_id"`
	IssueID        string   `db:"issue_id"`
	Text           *string  `db:"text"`   // of TEXT, URL, EMAIL, DATETIME; HTML of a rich text
	Number         *float64 `db:"number"` // of DECIMAL, BOOLEAN (0 and 1), DATETIME (seconds since 1970)
	OptionID       *string  `db:"option_id"`
	UserID         *string  `db:"user_id"`
	RelatedIssueID *string  `db:"related_issue_id"`
	FileID         *string  `db:"file_id"`
	ExternalID     *string  `db:"external_id"`
	ExternalSource *string  `db:"external_source"`
	ProjectID      string   `db:"project_id"`
	WorkspaceID    string   `db:"workspace_id"`
}

// PropertyValues is the table of PropertyValue rows.
var PropertyValues = NewTable[PropertyValue]("issue_property_values")

// Refers is the id of what the value leads to; empty for none.
func (v *PropertyValue) Refers() string {
	for _, id := range []*string{v.OptionID, v.UserID, v.RelatedIssueID, v.FileID} {
		if id != nil {
			return *id
		}
	}
	return ""
}

// Same says whether two values are the same thing.
func (v *PropertyValue) Same(o *PropertyValue) bool {
	same := func(x, y *string) bool { return x == nil && y == nil || x != nil && y != nil && *x == *y }
	if (v.Number == nil) != (o.Number == nil) || v.Number != nil && *v.Number != *o.Number {
		return false
	}
	return same(v.Text, o.Text) && v.Refers() == o.Refers()
}

// ShownValue is a value with what is needed of its property to show it.
type ShownValue struct {
	PropertyValue        // without what is not shown of it
	PropertyType  string // one of those of ItemProperty
	IsMulti       bool
}

// ValuesOf hands over the values of work items, of properties that are switched on, by work item and property, those of
// one in the order in which they were given.
func ValuesOf(t *Tx, issues []string, do func(*ShownValue)) error {
	if len(issues) == 0 {
		return nil
	}
	in, arg := t.In("v.issue_id", issues)
	err := t.Each(`SELECT v.issue_id, v.property_id, v.text, v.number, v.option_id, v.user_id, v.related_issue_id, v.file_id,
			p.property_type, p.is_multi
		FROM issue_property_values v JOIN issue_properties p ON p.id = v.property_id AND p.is_active AND p.deleted_at IS NULL
		WHERE v.deleted_at IS NULL AND `+in+" ORDER BY v.issue_id, v.property_id, v.id", []any{arg}, func(r *sql.Rows) error {
		var v ShownValue
		if err := r.Scan(&v.IssueID, &v.PropertyID, &v.Text, &v.Number, &v.OptionID, &v.UserID, &v.RelatedIssueID, &v.FileID,
			&v.PropertyType, &v.IsMulti); err != nil {
			return err
		}
		do(&v)
		return nil
	})
	if err != nil {
		return fmt.Errorf("read values of properties: %w", err)
	}
	return nil
}

// ValuesFor returns the values of a work item of some properties, in the order in which they were given.
func ValuesFor(t *Tx, issue string, properties []string) (map[string][]PropertyValue, error) {
	rows, err := PropertyValues.List(t, dbx.And(dbx.HashExp{"issue_id": issue}, In("property_id", properties)), "id")
	by := map[string][]PropertyValue{}
	for _, r := range rows {
		by[r.PropertyID] = append(by[r.PropertyID], r)
	}
	return by, err
}

// ManyValued says whether a work item has more than one value of a property.
func ManyValued(t *Tx, property string) (bool, error) {
	many := false
	err := t.Each(`SELECT issue_id FROM issue_property_values WHERE property_id = ? AND deleted_at IS NULL
		GROUP BY issue_id HAVING COUNT(*) > 1 LIMIT 1`, []any{property}, func(*sql.Rows) error { many = true; return nil })
	return many, err
}

// FilesThere returns which of the files are there, in the workspace, of the project or of none.
func FilesThere(t *Tx, workspace, project string, ids []string) (map[string]bool, error) {
	rows, err := FileAssets.List(t, dbx.And(dbx.HashExp{"workspace_id": workspace, "is_uploaded": true}, In("id", ids),
		dbx.Or(dbx.HashExp{"project_id": project}, dbx.HashExp{"project_id": nil})))
	there := map[string]bool{}
	for _, f := range rows {
		there[f.ID] = true
	}
	return there, err
}

// TouchIssue notes that a work item was changed now, by who writes.
func TouchIssue(t *Tx, id string) error {
	set, args := []string{"updated_at = ?"}, []any{t.Now}
	if t.Actor != "" {
		set, args = append(set, "updated_by_id = ?"), append(args, t.Actor)
	}
	_, err := t.Exec("UPDATE issues SET "+strings.Join(set, ", ")+" WHERE id = ?", append(args, id)...)
	return db.Mark(err)
}

// NumbersIn returns the numbers of those work items that are in a project, as WEB-12, by their ids.
func NumbersIn(t *Tx, project string, ids []string) (map[string]string, error) {
	list, arg := t.In("i.id", ids)
	refs, err := named(t, `SELECT i.id, p.identifier || '-' || CAST(i.sequence_id AS TEXT), TRUE
		FROM issues i JOIN projects p ON p.id = i.project_id WHERE i.project_id = ? AND `+list, project, arg)
	numbers := make(map[string]string, len(refs))
	for id, r := range refs {
		numbers[id] = r.Name
	}
	return numbers, err
}
