package store

import (
	"fmt"
	"strconv"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store/db"
)

// Tied says what work items are tied to: the rows of a table of ties that have the id in a column.
type Tied struct{ Table, Column, ID string }

// TiedIssue is a work item in brief, as what it is tied to shows it.
type TiedIssue struct {
	ID         string    `db:"id"`
	Name       string    `db:"name"`
	SequenceID int       `db:"sequence_id"`
	Priority   string    `db:"priority"`
	StateID    *string   `db:"state_id"`
	TypeID     *string   `db:"type_id"`
	ProjectID  string    `db:"project_id"`
	Identifier string    `db:"identifier"` // of its project
	CreatedAt  time.Time `db:"created_at"`
	UpdatedAt  time.Time `db:"updated_at"`
}

// query selects the tied work items of those projects that the reader may see, without drafts; search, if given, is a
// part of the name or of the project's identifier, or the number.
func (tied Tied) query(t *Tx, projects []string, seen OwnOnly, search string) *dbx.SelectQuery {
	return Issues.Query(t).InnerJoin("projects pr", dbx.NewExp("pr.id = issues.project_id AND pr.deleted_at IS NULL")).
		AndWhere(dbx.NewExp("NOT issues.is_draft")).
		AndWhere(dbx.And(In("issues.project_id", projects), seen.Issues("issues"), tiedSearch(search),
			dbx.NewExp("issues.id IN (SELECT r.issue_id FROM "+tied.Table+" r WHERE r."+tied.Column+
				" = {:tied} AND r.deleted_at IS NULL)", dbx.Params{"tied": tied.ID})))
}

func tiedSearch(text string) dbx.Expression {
	if text == "" {
		return nil
	}
	found := []dbx.Expression{Contains("issues.name", text), Contains("pr.identifier", text)}
	if n, err := strconv.ParseInt(text, 10, 32); err == nil {
		found = append(found, dbx.HashExp{"issues.sequence_id": n})
	}
	return dbx.Or(found...)
}

// Issues returns a part of the tied work items that the reader may see, the newest first, and how many there are in
// all.
func (tied Tied) Issues(t *Tx, projects []string, seen OwnOnly, search string, s ListPart) (
	[]TiedIssue, int, error) {
	rows := []TiedIssue{}
	err := tied.query(t, projects, seen, search).Select("issues.id", "issues.name", "issues.sequence_id",
		"issues.priority",
		"issues.state_id", "issues.type_id", "issues.project_id", "pr.identifier AS identifier", "issues.created_at",
		"issues.updated_at").OrderBy("issues.created_at DESC", "issues.id DESC").Offset(int64(s.Offset)).
		Limit(int64(s.Limit)).All(&rows)
	if err != nil {
		return nil, 0, fmt.Errorf("list work items of %s: %w", tied.Table, db.Mark(err))
	}
	if n := len(rows); n < s.Limit && (s.Offset == 0 || n > 0) {
		return rows, s.Offset + n, nil
	}
	var total int
	if err := tied.query(t, projects, seen, search).Select("COUNT(*)").Row(&total); err != nil {
		return nil, 0, fmt.Errorf("count work items of %s: %w", tied.Table, db.Mark(err))
	}
	return rows, total, nil
}
