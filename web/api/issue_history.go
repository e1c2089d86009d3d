package api

import (
	"cmp"
	"slices"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

var issueHistory = []web.Op{
	web.Do("GET", inProject+"issues/{issue_id:uuid}/history/", web.Project().Class(), 200, "Read what happened to a work item", readHistory),
}

// Activity is an entry of the history of a work item.
type Activity struct {
	Made
	ID              string        `json:"id"`
	ActorDetail     *UserLite     `json:"actor_detail"`
	IssueDetail     *IssueFlat    `json:"issue_detail"`
	ProjectDetail   ProjectLite   `json:"project_detail"`
	WorkspaceDetail WorkspaceLite `json:"workspace_detail"`
	SourceData      *SourceData   `json:"source_data"`
	Verb            string        `json:"verb"`
	Field           *string       `json:"field"`
	OldValue        *string       `json:"old_value"`
	NewValue        *string       `json:"new_value"`
	Comment         string        `json:"comment"`
	Attachments     []string      `json:"attachments"`
	OldIdentifier   *string       `json:"old_identifier"`
	NewIdentifier   *string       `json:"new_identifier"`
	Epoch           *float64      `json:"epoch"`
	Project         string        `json:"project"`
	Workspace       string        `json:"workspace"`
	Issue           *string       `json:"issue"`
	IssueComment    *string       `json:"issue_comment"`
	Actor           *string       `json:"actor"`
}

// SourceData is where a work item came from that came through the intake.
type SourceData struct {
	Source      *string    `json:"source"`
	SourceEmail *string    `json:"source_email"`
	Extra       store.JSON `json:"extra"`
}

func activities(c *app.Call, trail *issue.FullHistory) []Activity {
	if len(trail.Activities) == 0 {
		return []Activity{}
	}
	flat := issueFlat(trail.Issue)
	var source *SourceData
	if i := trail.Intake; i != nil {
		source = &SourceData{i.Source, i.SourceEmail, i.Extra}
	}
	return web.Map(trail.Activities, func(a store.IssueActivity) Activity {
		out := activity(c, a)
		out.IssueDetail, out.ProjectDetail, out.WorkspaceDetail = &flat, NewProjectLite(trail.Project),
			workspaceLite(c.Workspace)
		out.SourceData = source
		if a.ActorID != nil {
			out.ActorDetail = userLitePtr(trail.People[*a.ActorID])
		}
		return out
	})
}

// activity is an entry without what is told of others.
func activity(c *app.Call, a store.IssueActivity) Activity {
	return Activity{Made: made(c, a.AuditFields), ID: a.ID, Verb: a.Verb, Field: a.Field, OldValue: a.OldValue,
		NewValue: a.NewValue, Comment: a.Comment, Attachments: []string{}, OldIdentifier: a.OldIdentifier,
		NewIdentifier: a.NewIdentifier, Epoch: a.Epoch, Project: a.ProjectID, Workspace: a.WorkspaceID, Issue: a.IssueID,
		IssueComment: a.IssueCommentID, Actor: a.ActorID}
}

// readHistory returns entries, comments, or both by their time: the reference fails at the last.
func readHistory(c *app.Call, in struct {
	Issue string  `path:"issue_id"`
	Kind  string  `query:"activity_type" type:"issue-property|issue-comment"`
	Since *string `query:"created_at__gt" type:"date-time"`
}) (web.As[[]web.AnyOf[Activity, Comment]], error) {
	var none web.As[[]web.AnyOf[Activity, Comment]]
	var since *time.Time
	if in.Since != nil {
		at, ok := web.ParseTime(*in.Since)
		if !ok {
			return none, app.Refuse(app.Invalid, "Please provide valid detail")
		}
		since = &at
	}
	var told, said []timed
	if in.Kind != "issue-comment" {
		trail, err := issue.History(c, in.Issue, since)
		if err != nil {
			return none, err
		}
		for i, a := range activities(c, trail) {
			told = append(told, timed{trail.Activities[i].CreatedAt, a})
		}
	}
	if in.Kind != "issue-property" {
		thread, err := issue.ListComments(c, in.Issue, since)
		if err != nil {
			return none, err
		}
		for i, m := range NewComments(c, thread) {
			said = append(said, timed{thread.Comments[i].CreatedAt, m})
		}
	}
	all := append(told, said...)
	slices.SortStableFunc(all, func(a, b timed) int { return cmp.Compare(a.at.UnixMicro(), b.at.UnixMicro()) })
	return web.As[[]web.AnyOf[Activity, Comment]]{Value: web.Map(all, func(e timed) any { return e.entry })}, nil
}

type timed struct {
	at    time.Time
	entry any
}
