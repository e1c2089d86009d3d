package store

import (
	"database/sql"
	"fmt"

	"github.com/pocketbase/dbx"
)

// RelationDefinition is a row of issue_relation_definitions: a kind of relation that a workspace has made, with what it
// is called from either side.
type RelationDefinition struct {
	AuditFields
	Name        string  `db:"name"`
	Outward     string  `db:"outward"` // from the first side
	Inward      string  `db:"inward"`
	Color       *string `db:"color"`
	IsDefault   bool    `db:"is_default"`
	IsActive    bool    `db:"is_active"`
	SortOrder   float64 `db:"sort_order"`
	WorkspaceID string  `db:"workspace_id"`
}

// RelationDefinitions is the table of RelationDefinition rows.
var RelationDefinitions = NewTable[RelationDefinition]("issue_relation_definitions")

// TypedRelation is a row of issue_typed_relations.
type TypedRelation struct {
	AuditFields
	DefinitionID   string `db:"definition_id"`
	IssueID        string `db:"issue_id"`
	RelatedIssueID string `db:"related_issue_id"`
	ProjectID      string `db:"project_id"`
	WorkspaceID    string `db:"workspace_id"`
}

// TypedRelations is the table of TypedRelation rows.
var TypedRelations = NewTable[TypedRelation]("issue_typed_relations")

// TypedRelatedTo is RelatedTo for relations of kinds of the workspace: RelationType is the definition's id.
func TypedRelatedTo(t *Tx, workspace, issue string, projects []string, own OwnOnly) ([]Related, error) {
	return relatedBy(t, "issue_typed_relations", "definition_id", workspace, issue, projects, own)
}

// TypedPairs returns which of the others a work item has a relation of that kind with: from it, and to it.
func TypedPairs(t *Tx, definition, issue string, others []string) (from, to map[string]bool, err error) {
	from, to = map[string]bool{}, map[string]bool{}
	for _, side := range []struct {
		mine, theirs string
		found        map[string]bool
	}{{"issue_id", "related_issue_id", from}, {"related_issue_id", "issue_id", to}} {
		list, arg := t.In(side.theirs, others)
		err := t.Each("SELECT "+side.theirs+" FROM issue_typed_relations WHERE "+side.mine+
			" = ? AND definition_id = ? AND deleted_at IS NULL AND "+list, []any{issue, definition, arg},
			func(rows *sql.Rows) error {
				var id string
				err := rows.Scan(&id)
				side.found[id] = true
				return err
			})
		if err != nil {
			return nil, nil, fmt.Errorf("look for relations: %w", err)
		}
	}
	return from, to, nil
}

// Between holds for relations of two work items, whichever way round.
func Between(workspace, a, b string) dbx.Expression {
	return dbx.And(dbx.HashExp{"workspace_id": workspace}, dbx.Or(dbx.HashExp{"issue_id": a, "related_issue_id": b},
		dbx.HashExp{"issue_id": b, "related_issue_id": a}))
}
