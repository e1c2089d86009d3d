package store

import (
	"fmt"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
)

// The phases of a WorkflowHook.
const (
	HookBefore = "pre"  // one that fails holds the move up
	HookAfter  = "post" // whatever becomes of it, the work item has moved
)

// SendsWebhook is the handler of hooks that ask or tell another server.
const SendsWebhook = "send_webhook"

// WorkflowHook is a row of workflow_hooks: what happens on a transition.
type WorkflowHook struct {
	AuditFields
	Phase        string  `db:"phase"`
	Handler      string  `db:"handler_name"`
	Config       JSON    `db:"config"`
	Secret       string  `db:"secret"` // sealed; empty where nothing is signed
	Order        int     `db:"execution_order"`
	IsEnabled    bool    `db:"is_enabled"`
	WorkflowID   string  `db:"workflow_id"`
	TransitionID string  `db:"transition_id"`
	ProjectID    *string `db:"project_id"`
	WorkspaceID  string  `db:"workspace_id"`
}

// The statuses of a HookRun.
const (
	RunWaiting = "waiting"
	RunDone    = "success"
	RunFailed  = "failed"
)

// HookRun is a row of workflow_hook_runs: what became of a hook when a work item made its transition.
type HookRun struct {
	AuditFields
	HookID       string     `db:"hook_id"` // which may be there no more
	Phase        string     `db:"phase"`
	Handler      string     `db:"handler_name"`
	Status       string     `db:"status"`
	Input        JSON       `db:"input"`
	Output       JSON       `db:"output"`
	Fault        string     `db:"fault"`
	Attempts     int        `db:"attempts"`
	DurationMS   int64      `db:"duration_ms"`
	EndedAt      *time.Time `db:"ended_at"` // nil: it waits
	TransitionID string     `db:"transition_id"`
	IssueID      string     `db:"issue_id"`
	ActorID      *string    `db:"actor_id"` // who moved the work item; nil: it was by the clock
	ProjectID    string     `db:"project_id"`
	WorkspaceID  string     `db:"workspace_id"`
}

// The tables of what happens on transitions.
var (
	WorkflowHooks = NewTable("workflow_hooks", func(h *WorkflowHook) []string { return workflowKeys(h.ProjectID) })
	HookRuns      = NewTable[HookRun]("workflow_hook_runs")
)

// The jobs of hooks that come after a move: those that write, and those that ask another server.
const (
	JobHookActs  = "workflow.act"
	JobHookSends = "workflow.send"
)

// HookDue is the payload of the job that runs a hook for a row of workflow_hook_runs.
type HookDue struct {
	ID      string `json:"id"`
	IssueID string `json:"-"`
	Host    string `json:"-"` // that is asked
}

var _ OrderedJob = HookDue{}

// Order is the work item's: what happens to it happens in the order of its moves.
func (d HookDue) Order() JobOrder { return JobOrder{Line: d.IssueID, Host: d.Host} }

// SilenceHooks switches off those hooks of a workspace that ask or tell other servers, which know another installation.
func SilenceHooks(t *Tx, workspace string) error {
	return WorkflowHooks.SetWhere(t, dbx.Params{"is_enabled": false},
		dbx.HashExp{"workspace_id": workspace, "handler_name": SendsWebhook, "is_enabled": true})
}

// KeepLatestHookRuns deletes for good all but so many of the latest runs of a hook, and those that wait.
func KeepLatestHookRuns(t *Tx, hook string, most int) error {
	_, err := t.Exec(`DELETE FROM workflow_hook_runs WHERE hook_id = ? AND status <> 'waiting' AND id IN (SELECT id FROM workflow_hook_runs
		WHERE hook_id = ? ORDER BY created_at DESC, id DESC LIMIT 1000000 OFFSET ?)`, hook, hook, most)
	return err
}

// hookRunWaits says of runs what becomes of them when their jobs end otherwise than by being done.
var hookRunWaits = waiter{
	dropped: func(t *Tx, ids []string) error { return endHookRuns(t, ids, "The hook was called off.") },
	failed:  endHookRuns,
	again: func(t *Tx, ids []string) error {
		return HookRuns.SetWhere(t, dbx.Params{"status": RunWaiting, "ended_at": nil, "updated_at": t.Now}, In("id", ids))
	},
}

func endHookRuns(t *Tx, ids []string, fault string) error {
	return HookRuns.SetWhere(t, dbx.Params{"status": RunFailed, "fault": fault, "ended_at": t.Now, "updated_at": t.Now},
		dbx.And(In("id", ids), dbx.HashExp{"status": RunWaiting}))
}

// had says, of a work item i, whether it has what a hook may require, by the names of these.
var had = map[string]string{
	"assignees":      "EXISTS (SELECT 1 FROM issue_assignees a WHERE a.issue_id = i.id AND a.deleted_at IS NULL)",
	"labels":         "EXISTS (SELECT 1 FROM issue_labels a WHERE a.issue_id = i.id AND a.deleted_at IS NULL)",
	"cycle":          "EXISTS (SELECT 1 FROM cycle_issues a WHERE a.issue_id = i.id AND a.deleted_at IS NULL)",
	"module":         "EXISTS (SELECT 1 FROM module_issues a WHERE a.issue_id = i.id AND a.deleted_at IS NULL)",
	"comment":        "EXISTS (SELECT 1 FROM issue_comments a WHERE a.issue_id = i.id AND a.deleted_at IS NULL)",
	"link":           "EXISTS (SELECT 1 FROM issue_links a WHERE a.issue_id = i.id AND a.deleted_at IS NULL)",
	"description":    "TRIM(COALESCE(i.description_stripped, '')) <> ''",
	"due_date":       "i.target_date IS NOT NULL",
	"start_date":     "i.start_date IS NOT NULL",
	"estimate_point": "i.estimate_point_id IS NOT NULL",
	"parent":         "i.parent_id IS NOT NULL",
	"attachment": "EXISTS (SELECT 1 FROM file_assets a WHERE a.issue_id = i.id AND a.entity_type = 'ISSUE_ATTACHMENT'" +
		" AND a.is_uploaded AND a.deleted_at IS NULL)",
	"sub_items_closed": "NOT EXISTS (SELECT 1 FROM issues a LEFT JOIN states s ON s.id = a.state_id WHERE a.parent_id = i.id" +
		` AND a.deleted_at IS NULL AND (s.id IS NULL OR s."group" NOT IN ('completed', 'cancelled')))`,
}

// Lacking returns which of the fields a work item does not have, in their order.
func Lacking(t *Tx, issue string, fields []string) ([]string, error) {
	if len(fields) == 0 {
		return nil, nil
	}
	parts, dest := make([]string, len(fields)), make([]any, len(fields))
	has := make([]bool, len(fields))
	for n, f := range fields {
		parts[n], dest[n] = had[f], &has[n]
		if had[f] == "" {
			return nil, fmt.Errorf("there is no field %q of a work item to ask for", f)
		}
	}
	err := t.One("SELECT "+strings.Join(parts, ", ")+" FROM issues i WHERE i.id = ?", []any{issue}, dest...)
	var lacking []string
	for n, f := range fields {
		if !has[n] {
			lacking = append(lacking, f)
		}
	}
	return lacking, err
}
