package store

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
)

// Intake is a row of intakes.
type Intake struct {
	Meta
	Name        string `db:"name"`
	Description string `db:"description"`
	IsDefault   bool   `db:"is_default"`
	ViewProps   JSON   `db:"view_props"`
	ProjectID   string `db:"project_id"`
	WorkspaceID string `db:"workspace_id"`
	LogoProps   JSON   `db:"logo_props"`
}

// Intakes is the table of Intake rows.
var Intakes = NewTable[Intake]("intakes")

// IntakeIssue is a row of intake_issues.
type IntakeIssue struct {
	Meta
	Status         int        `db:"status"`
	SnoozedTill    *time.Time `db:"snoozed_till"`
	Source         *string    `db:"source"`
	DuplicateToID  *string    `db:"duplicate_to_id"`
	IntakeID       string     `db:"intake_id"`
	IssueID        string     `db:"issue_id"`
	ProjectID      string     `db:"project_id"`
	WorkspaceID    string     `db:"workspace_id"`
	ExternalID     *string    `db:"external_id"`
	ExternalSource *string    `db:"external_source"`
	Extra          JSON       `db:"extra"`
	SourceEmail    *string    `db:"source_email"`
}

// IntakeIssues is the table of IntakeIssue rows.
var IntakeIssues = NewTable[IntakeIssue]("intake_issues")

// IncomingRow is something in an intake with what a list shows of its work item.
type IncomingRow struct {
	IntakeIssue
	Name       string    `db:"issue_name"`
	Priority   string    `db:"priority"`
	SequenceID int       `db:"sequence_id"`
	MadeAt     time.Time `db:"made_at"`
	MadeBy     *string   `db:"made_by"`
	LabelIDs   []string  `db:"-"`
}

// IncomingRows answers a part of an intake, newest first, and how many there are. No statuses are all of them; maker, if
// given, is whose items are wanted.
func IncomingRows(t *Tx, intake string, statuses []int, maker string, offset, limit int) ([]IncomingRow, int, error) {
	where := dbx.HashExp{"intake_issues.intake_id": intake}
	if len(statuses) > 0 {
		any := make([]interface{}, len(statuses))
		for i, s := range statuses {
			any[i] = s
		}
		where["intake_issues.status"] = any
	}
	if maker != "" {
		where["intake_issues.created_by_id"] = maker
	}
	q := func() *dbx.SelectQuery {
		return IntakeIssues.Query(t).InnerJoin("issues i", dbx.NewExp("i.id = intake_issues.issue_id AND i.deleted_at IS NULL")).AndWhere(where)
	}
	var total int
	if err := q().Select("COUNT(*)").Row(&total); err != nil {
		return nil, 0, fmt.Errorf("count intake: %w", mark(err))
	}
	rows := []IncomingRow{}
	err := q().AndSelect("i.name AS issue_name", "i.priority", "i.sequence_id", "i.created_at AS made_at", "i.created_by_id AS made_by").
		OrderBy("i.created_at DESC", "i.id DESC").Offset(int64(offset)).Limit(int64(limit)).All(&rows)
	if err != nil {
		return nil, 0, fmt.Errorf("list intake: %w", mark(err))
	}
	return rows, total, labelIncoming(t, rows)
}

func labelIncoming(t *Tx, rows []IncomingRow) error {
	ids, at := make([]string, len(rows)), map[string]*IncomingRow{}
	for i := range rows {
		rows[i].LabelIDs = []string{}
		ids[i], at[rows[i].IssueID] = rows[i].IssueID, &rows[i]
	}
	links, err := IssueLabels.List(t, In("issue_id", ids), "label_id")
	for _, l := range links {
		at[l.IssueID].LabelIDs = append(at[l.IssueID].LabelIDs, l.LabelID)
	}
	return err
}
