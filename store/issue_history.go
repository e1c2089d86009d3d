package store

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store/db"
)

// IssueActivity is a row of issue_activities.
type IssueActivity struct {
	AuditFields
	Verb           string   `db:"verb"`
	Field          *string  `db:"field"`
	OldValue       *string  `db:"old_value"`
	NewValue       *string  `db:"new_value"`
	Comment        string   `db:"comment"`
	Attachments    JSON     `db:"attachments"`
	IssueID        *string  `db:"issue_id"`
	IssueCommentID *string  `db:"issue_comment_id"`
	ProjectID      string   `db:"project_id"`
	WorkspaceID    string   `db:"workspace_id"`
	ActorID        *string  `db:"actor_id"`
	NewIdentifier  *string  `db:"new_identifier"`
	OldIdentifier  *string  `db:"old_identifier"`
	Epoch          *float64 `db:"epoch"`
}

// IssueActivities is the table of IssueActivity rows.
var IssueActivities = NewTable[IssueActivity]("issue_activities")

// OfOwnProject holds for entries about a work item of their own project. What ties work items of two projects is kept
// as of the project in which it was done, for both of them, as in the reference: it would show the other one to this
// one's people.
var OfOwnProject = dbx.NewExp(`(issue_activities.issue_id IS NULL OR EXISTS (SELECT 1 FROM issues o
	WHERE o.id = issue_activities.issue_id AND o.project_id = issue_activities.project_id))`)

// IssueChanged is the payload of the job that notifies others of what one request did to a work item. Its name is
// JobIssueChanged. Webhooks hear of it with the transaction itself.
type IssueChanged struct {
	// in the reference's words: issue.activity.created, comment.activity.deleted, link.activity.updated …
	Kind        string   `json:"kind"`
	IssueID     string   `json:"issue_id"`
	ProjectID   string   `json:"project_id"`
	WorkspaceID string   `json:"workspace_id"`
	ActorID     string   `json:"actor_id"`
	Activities  []string `json:"activities"`         // ids of the rows of history, in their order
	Mentions    []string `json:"mentions,omitempty"` // members of the project whom a description names anew
	// what a change did to the work item, as webhooks are told: a change without any is none for them
	Fields []FieldValue `json:"-"`
	Origin string       `json:"origin,omitempty"` // of the request, for links in e-mails
	// done by a stranger on a published board: as in the reference, webhooks hear nothing of it
	Unheard   bool   `json:"-"`
	Quiet     bool   `json:"-"` // nobody is notified
	CommentID string `json:"comment_id,omitempty"`
}

// FieldValue is a field of a work item before and after, in the values of the wire.
type FieldValue struct {
	Field string `json:"field"`
	Old   any    `json:"old"`
	New   any    `json:"new"`
}

// JobIssueChanged is the job whose payload is an IssueChanged.
const JobIssueChanged = "issue.changed"

// RecordIssue writes what a change leaves in the history of work items and enqueues the one job that tells others.
// Rows need verb, field, comment and values; the rest comes from the change: work item (unless a row names another),
// project, workspace, actor, and times one microsecond apart, so that they keep their order. As in the reference, each
// row's work item counts as updated now, and rows have no created_by: they are written in nobody's name.
// Without rows only the job is left. Plane: bgtasks/issue_activities_task.py
func RecordIssue(t *Tx, ch IssueChanged, rows ...*IssueActivity) error {
	return RecordIssues(t, []IssueRecord{{ch, rows}})
}

// IssueRecord is a change of one work item and what it leaves in the history.
type IssueRecord struct {
	IssueChanged
	Rows []*IssueActivity
}

// RecordIssues is RecordIssue for a request that changes several work items: a job for each, and few statements for
// all.
func RecordIssues(t *Tx, records []IssueRecord) error {
	var all []*IssueActivity
	var touched []string
	var jobs []any
	for n := range records {
		ch := &records[n].IssueChanged
		ch.ActorID = t.Actor
		ch.Activities = make([]string, len(records[n].Rows))
		if !strings.HasPrefix(ch.Kind, "issue.") { // those write the work item itself
			touched = append(touched, ch.IssueID)
		}
		for i, r := range records[n].Rows {
			ch.begin(t, r, i)
			ch.Activities[i] = r.ID
			if !strings.HasPrefix(ch.Kind, "issue.") {
				touched = append(touched, *r.IssueID)
			}
		}
		all = append(all, records[n].Rows...)
		noteIssue(t, ch, records[n].Rows)
		if !ch.Quiet {
			jobs = append(jobs, *ch)
		}
		if err := addIssueEvent(t, ch); err != nil {
			return err
		}
	}
	if err := insertActivities(t, all); err != nil {
		return fmt.Errorf("write history: %w", err)
	}
	if err := touchIssues(t, touched); err != nil {
		return fmt.Errorf("touch work items: %w", err)
	}
	return EnqueueAll(t, JobIssueChanged, jobs)
}

func (ch *IssueChanged) begin(t *Tx, r *IssueActivity, i int) {
	r.ID = NewID()
	r.CreatedAt = t.Now.Add(time.Duration(i) * time.Microsecond)
	r.UpdatedAt = r.CreatedAt
	r.ProjectID, r.WorkspaceID = ch.ProjectID, ch.WorkspaceID
	if r.IssueID == nil {
		r.IssueID = &ch.IssueID
	}
	if r.ActorID == nil && t.Actor != "" {
		r.ActorID = &ch.ActorID
	}
	epoch := float64(t.Now.Unix())
	r.Epoch = &epoch
}

const activityColumns = `id, created_at, updated_at, verb, field, old_value, new_value, comment, attachments, issue_id, issue_comment_id,
	project_id, workspace_id, actor_id, new_identifier, old_identifier, epoch`

func insertActivities(t *Tx, rows []*IssueActivity) error {
	if len(rows) == 0 {
		return nil
	}
	args := make([]any, 0, len(rows)*17)
	for _, r := range rows {
		args = append(args, r.ID, r.CreatedAt, r.UpdatedAt, r.Verb, r.Field, r.OldValue, r.NewValue, r.Comment, "[]",
			r.IssueID, r.IssueCommentID, r.ProjectID, r.WorkspaceID, r.ActorID, r.NewIdentifier, r.OldIdentifier, r.Epoch)
	}
	return db.InsertRows(t, "issue_activities", activityColumns, 17, args)
}

func touchIssues(t *Tx, ids []string) error {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	switch len(ids) {
	case 0:
		return nil
	case 1:
		_, err := t.Exec("UPDATE issues SET updated_at = ? WHERE id = ?", t.Now, ids[0])
		return err
	}
	_, err := t.Builder.Update("issues", dbx.Params{"updated_at": t.Now}, db.InTurn("issues", In("id", ids))).Execute()
	return db.Mark(err)
}

// IssueVersion is a row of issue_versions.
type IssueVersion struct {
	AuditFields
	Parent         *string    `db:"parent"`
	State          *string    `db:"state"`
	EstimatePoint  *string    `db:"estimate_point"`
	Name           string     `db:"name"`
	Priority       string     `db:"priority"`
	StartDate      *Date      `db:"start_date"`
	TargetDate     *Date      `db:"target_date"`
	SequenceID     int        `db:"sequence_id"`
	SortOrder      float64    `db:"sort_order"`
	CompletedAt    *time.Time `db:"completed_at"`
	ArchivedAt     *Date      `db:"archived_at"`
	IsDraft        bool       `db:"is_draft"`
	ExternalSource *string    `db:"external_source"`
	ExternalID     *string    `db:"external_id"`
	Type           *string    `db:"type"`
	LastSavedAt    time.Time  `db:"last_saved_at"`
	OwnedByID      string     `db:"owned_by_id"`
	Assignees      JSON       `db:"assignees"`
	Labels         JSON       `db:"labels"`
	Cycle          *string    `db:"cycle"`
	Modules        JSON       `db:"modules"`
	Properties     JSON       `db:"properties"`
	MetaData       JSON       `db:"meta"`
	IssueID        string     `db:"issue_id"`
	ProjectID      string     `db:"project_id"`
	WorkspaceID    string     `db:"workspace_id"`
	ActivityID     *string    `db:"activity_id"`
}

// IssueVersions is the table of IssueVersion rows.
var IssueVersions = NewTable[IssueVersion]("issue_versions")

// IssueDescriptionVersion is a row of issue_description_versions.
type IssueDescriptionVersion struct {
	AuditFields
	DescriptionBinary   []byte    `db:"description_binary"`
	DescriptionHTML     string    `db:"description_html"`
	DescriptionStripped *string   `db:"description_stripped"`
	DescriptionJSON     JSON      `db:"description_json"`
	LastSavedAt         time.Time `db:"last_saved_at"`
	IssueID             string    `db:"issue_id"`
	OwnedByID           string    `db:"owned_by_id"`
	ProjectID           string    `db:"project_id"`
	WorkspaceID         string    `db:"workspace_id"`
}

// IssueDescriptionVersions is the table of IssueDescriptionVersion rows.
var IssueDescriptionVersions = NewTable[IssueDescriptionVersion]("issue_description_versions")

// LastDescriptionVersion returns id, owner and age of the version of a text that was saved last, or ErrNotFound.
func LastDescriptionVersion(t *Tx, issue string) (*IssueDescriptionVersion, error) {
	var v IssueDescriptionVersion
	err := t.One("SELECT id, owned_by_id, last_saved_at FROM issue_description_versions WHERE issue_id = ? AND deleted_at IS NULL ORDER BY last_saved_at DESC LIMIT 1",
		[]any{issue}, &v.ID, &v.OwnedByID, &v.LastSavedAt)
	return &v, err
}

// LastActivity returns id, field and actor of the latest row in the history of a work item, or ErrNotFound.
func LastActivity(t *Tx, issue string) (*IssueActivity, error) {
	var a IssueActivity
	err := t.One("SELECT id, field, actor_id FROM issue_activities WHERE issue_id = ? AND deleted_at IS NULL ORDER BY created_at DESC LIMIT 1",
		[]any{issue}, &a.ID, &a.Field, &a.ActorID)
	return &a, err
}
