package store

import (
	"fmt"
	"strings"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store/db"
)

// Intake is a row of intakes.
type Intake struct {
	AuditFields
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
	AuditFields
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

// EverIn returns what has come into an intake, taken out again or not, as the reference orders it: what sleeps by when
// it wakes, the rest by status.
func EverIn(t *Tx, intake string) ([]IntakeIssue, error) {
	rows := []IntakeIssue{}
	err := IntakeIssues.QueryAll(t).Where(dbx.HashExp{"intake_id": intake}).
		OrderBy("(snoozed_till IS NULL)", "snoozed_till", "status", "created_at", "id").All(&rows)
	if err != nil {
		return nil, fmt.Errorf("list what came into an intake: %w", db.Mark(err))
	}
	return rows, nil
}

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

// PendingCount says how much of an intake waits. What was deleted while it waited counts, as in the reference.
// Plane: app/views/intake/base.py
func PendingCount(t *Tx, intake string, pending int) (n int, err error) {
	err = t.One("SELECT COUNT(*) FROM intake_issues WHERE intake_id = ? AND status = ?", []any{intake, pending}, &n)
	return n, err
}

// IncomingQuery asks for a part of an intake.
type IncomingQuery struct {
	Intake   string
	Statuses []int    // none: all of them
	Maker    string   // whose items are wanted; empty: everybody's
	Filtered bool     // only those of Issues
	Issues   []string // ids of work items
	Order    string   // a name of the reference's, with - in front the other way round
}

// incomingOrders are the names that an intake may be ordered by.
var incomingOrders = map[string]string{
	"issue__created_at": "i.created_at", "issue__updated_at": "i.updated_at", "issue__sequence_id": "i.sequence_id",
	"issue__name": "i.name", "issue__priority": "i.priority", "issue__sort_order": "i.sort_order",
	"issue__start_date": "i.start_date", "issue__target_date": "i.target_date",
	"created_at": "intake_issues.created_at", "updated_at": "intake_issues.updated_at",
	"status": "intake_issues.status", "snoozed_till": "intake_issues.snoozed_till", "source": "intake_issues.source",
	"id": "intake_issues.id",
}

// IsIncomingOrder says whether an intake may be ordered so.
func IsIncomingOrder(by string) bool { return incomingOrders[strings.TrimPrefix(by, "-")] != "" }

func (q IncomingQuery) where() dbx.Expression {
	where := dbx.HashExp{"intake_issues.intake_id": q.Intake}
	if len(q.Statuses) > 0 {
		statuses := make([]any, len(q.Statuses))
		for i, s := range q.Statuses {
			statuses[i] = s
		}
		where["intake_issues.status"] = statuses
	}
	if q.Maker != "" {
		where["intake_issues.created_by_id"] = q.Maker
	}
	if q.Filtered {
		return dbx.And(where, In("intake_issues.issue_id", q.Issues))
	}
	return where
}

func (q IncomingQuery) order() []string {
	name, down := strings.CutPrefix(q.Order, "-")
	column, way := incomingOrders[name], " ASC"
	if down {
		way = " DESC"
	}
	// nothing is the largest, on either engine
	return []string{"(" + column + " IS NULL)" + way, column + way, "i.id" + way}
}

// IncomingRows returns a part of an intake, and how many there are.
func IncomingRows(t *Tx, q IncomingQuery, offset, limit int) ([]IncomingRow, int, error) {
	selected := func() *dbx.SelectQuery {
		return IntakeIssues.Query(t).InnerJoin("issues i",
			dbx.NewExp("i.id = intake_issues.issue_id AND i.deleted_at IS NULL")).AndWhere(q.where())
	}
	var total int
	if err := selected().Select("COUNT(*)").Row(&total); err != nil {
		return nil, 0, fmt.Errorf("count intake: %w", db.Mark(err))
	}
	rows := []IncomingRow{}
	err := selected().AndSelect("i.name AS issue_name", "i.priority", "i.sequence_id", "i.created_at AS made_at",
		"i.created_by_id AS made_by").
		OrderBy(q.order()...).Offset(int64(offset)).Limit(int64(limit)).All(&rows)
	if err != nil {
		return nil, 0, fmt.Errorf("list intake: %w", db.Mark(err))
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
