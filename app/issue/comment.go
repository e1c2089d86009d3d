package issue

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/richtext"
	"github.com/sailplane/sailplane/store"
)

// CommentInput is what a request says of a comment. Faults are those of its form; what only the database knows joins
// them.
type CommentInput struct {
	HTML           app.Opt[string]     `json:"comment_html" check:"blank"`
	JSON           app.Opt[store.JSON] `json:"comment_json"`
	Access         app.Opt[string]     `json:"access" check:"choice=INTERNAL|EXTERNAL"`
	Attachments    app.Opt[[]string]   `json:"attachments"`
	ExternalSource app.Opt[string]     `json:"external_source" check:"max=255,blank,null"`
	ExternalID     app.Opt[string]     `json:"external_id" check:"max=255,blank,null"`
	ParentID       app.Opt[string]     `json:"parent" alias:"parent_id" check:"pk,null"`
	ActorID        app.Opt[string]     `json:"actor" check:"pk,null"` // must exist, and is not looked at
	Faults         app.Fields          `body:"faults"`
}

// attachmentsMost is how many addresses a comment may carry. Plane: db/models/issue.py
const attachmentsMost = 10

// clean makes the text harmless, before anything is locked.
func (in *CommentInput) clean() (err error) {
	if in.HTML.V, err = richtext.Clean(in.HTML.V); err != nil {
		return app.Field("comment_html", err.Error())
	}
	return nil
}

// check refuses what does not fit: attachments that are no addresses, a parent that is no comment on the work item.
func (in *CommentInput) check(t *store.Tx, at store.IssueKey) error {
	bad := map[string]any{}
	for i, url := range in.Attachments.V {
		if !app.IsURL(url) {
			bad[strconv.Itoa(i)] = []string{"Enter a valid URL."}
		}
	}
	switch {
	case len(bad) > 0:
		in.Faults["attachments"] = bad
	case len(in.Attachments.V) > attachmentsMost:
		in.Faults.Add("attachments",
			"List contains "+strconv.Itoa(len(in.Attachments.V))+" items, it should contain no more than "+
				strconv.Itoa(attachmentsMost)+".")
	}
	if id := in.ParentID; id.V != "" && in.Faults["parent"] == nil {
		ok, err := store.IssueComments.Exists(t, dbx.HashExp{"id": id.V, "issue_id": at.IssueID, "project_id": at.ProjectID})
		if err != nil {
			return err
		}
		if !ok {
			in.Faults.Add("parent", app.NoObject(id.V))
		}
	}
	if id := in.ActorID; id.V != "" && in.Faults["actor"] == nil {
		ok, err := store.Users.Exists(t, dbx.HashExp{"id": id.V})
		if err != nil {
			return err
		}
		if !ok {
			in.Faults.Add("actor", app.NoObject(id.V))
		}
	}
	return in.Faults.Err()
}

// checkReply is check for a comment that is there, which can't be a reply to one below it.
func (in *CommentInput) checkReply(t *store.Tx, at store.IssueKey, id string) error {
	if parent := in.ParentID.Ptr(); parent != nil && in.Faults["parent"] == nil {
		line, err := store.Lineage(t, "issue_comments", *parent)
		if err != nil {
			return err
		}
		if slices.Contains(line, id) {
			in.Faults.Add("parent", app.Circle)
		}
	}
	return in.check(t, at)
}

// put writes what the request says into the row and returns the columns it changed.
func (in *CommentInput) put(m *store.IssueComment) []string {
	var cols []string
	if in.HTML.Set {
		m.CommentHTML, m.CommentStripped = in.HTML.V, richtext.Text(in.HTML.V)
		cols = append(cols, "comment_html", "comment_stripped")
	}
	if in.Attachments.Set {
		m.Attachments, _ = json.Marshal(in.Attachments.V) // texts always encode
		cols = append(cols, "attachments")
	}
	app.Change(&cols, "comment_json", in.JSON, &m.CommentJSON)
	app.Change(&cols, "access", in.Access, &m.Access)
	app.ChangePtr(&cols, "external_source", in.ExternalSource, &m.ExternalSource)
	app.ChangePtr(&cols, "external_id", in.ExternalID, &m.ExternalID)
	app.ChangePtr(&cols, "parent_id", in.ParentID, &m.ParentID)
	return cols
}

// Thread is comments on one work item, and what shows beside them.
type Thread struct {
	Issue    *store.Issue
	Project  *store.Project
	Comments []store.CommentWithPeople
}

// placeOf is where a work item would be if it were one of the call's project.
func placeOf(c *app.Call, issue string) store.IssueKey {
	return store.IssueKey{IssueID: issue, ProjectID: c.ProjectID, WorkspaceID: c.Workspace.ID}
}

// ListComments returns the comments on a work item of the call's project, newest first. Who is no member of the project
// sees none, as in the reference.
func ListComments(c *app.Call, issue string, since *time.Time) (*Thread, error) {
	if since == nil {
		return listComments(c, issue)
	}
	return listComments(c, issue, store.After("issue_comments.created_at", *since))
}

func listComments(c *app.Call, issue string, where ...dbx.Expression) (*Thread, error) {
	if c.Role() == 0 {
		return &Thread{}, nil
	}
	t := c.Read()
	rows, err := store.CommentsIn(t, placeOf(c, issue), where...)
	if err != nil || len(rows) == 0 {
		return &Thread{}, err
	}
	seen, err := store.LoadComments(t, rows)
	if err != nil {
		return nil, err
	}
	return thread(t, issue, c.ProjectID, seen)
}

func thread(t *store.Tx, issue, project string, seen []store.CommentWithPeople) (*Thread, error) {
	i, err := store.Issues.Find(t, issue)
	if err != nil {
		return nil, err
	}
	p, err := store.Projects.Find(t, project)
	return &Thread{i, p, seen}, err
}

// GetComment returns one comment; store.ErrNotFound when the work item has no such one, and to who is no member of the
// project.
func GetComment(c *app.Call, issue, id string) (*Thread, error) {
	found, err := listComments(c, issue, dbx.HashExp{"issue_comments.id": id})
	if err == nil && len(found.Comments) == 0 {
		err = store.ErrNotFound
	}
	return found, err
}

// CreateComment writes a comment on a work item of the call's project. Its author and whom it names follow the work
// item.
func CreateComment(c *app.Call, issue string, in CommentInput) (*Thread, error) {
	found, err := thread(c.Read(), issue, c.ProjectID, nil)
	if err != nil {
		return nil, err
	}
	if found.Issue.ProjectID != c.ProjectID {
		return nil, store.ErrNotFound
	}
	at := placeOf(c, issue)
	if err := errors.Join(in.clean(), in.check(c.Read(), at)); err != nil {
		return nil, err
	}
	user := c.UserID()
	m := &store.IssueComment{IssueID: issue, ProjectID: at.ProjectID, WorkspaceID: at.WorkspaceID, ActorID: &user,
		CommentHTML: "<p></p>", Access: "INTERNAL", Attachments: store.JSON("[]")}
	in.put(m)
	if err := c.Write(func(t *store.Tx) error { return addComment(c, t, at, m, false) }); err != nil {
		return nil, err
	}
	m.UpdatedByID = &user // only the answer says so, as in the reference
	found.Comments = []store.CommentWithPeople{{IssueComment: *m, Actor: c.User}}
	return found, nil
}

func addComment(c *app.Call, t *store.Tx, at store.IssueKey, m *store.IssueComment, quiet bool) error {
	d := &store.Description{DescriptionJSON: m.CommentJSON, DescriptionHTML: m.CommentHTML,
		DescriptionStripped: &m.CommentStripped, ProjectID: &at.ProjectID, WorkspaceID: at.WorkspaceID}
	if err := store.Descriptions.Insert(t, d); err != nil {
		return err
	}
	m.DescriptionID = &d.ID
	if err := store.IssueComments.Insert(t, m); err != nil {
		return err
	}
	return announceComment(c, t, "comment.activity.created", m, "", quiet,
		&store.IssueActivity{Verb: "created", Comment: "created a comment", NewValue: &m.CommentHTML, NewIdentifier: &m.ID})
}

// ChangeComment writes what the request says into a comment. The text's change marks it as edited. With quiet nothing
// of that: the reference's PUT leaves neither mark nor history.
func ChangeComment(c *app.Call, issue, id string, in CommentInput, quiet bool) (*Thread, error) {
	at := placeOf(c, issue)
	m, err := findComment(c.Read(), at, id)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(in.clean(), in.checkReply(c.Read(), at, id)); err != nil {
		return nil, err
	}
	err = c.Write(func(t *store.Tx) error {
		if m, err = findComment(t, at, id); err != nil {
			return err
		}
		before := m.CommentHTML
		cols := in.put(m)
		if in.HTML.Set && before != m.CommentHTML && !quiet {
			m.EditedAt, cols = &t.Now, append(cols, "edited_at")
		}
		if err := store.IssueComments.Update(t, m, cols...); err != nil {
			return err
		}
		store.NoteEvent(t, at.WorkspaceID, store.EventComment, store.ActionUpdated, m.ID)
		if err := store.FollowCommentedIssue(t, m); err != nil || quiet {
			return err
		}
		return announceComment(c, t, "comment.activity.updated", m, before, false, commentEdit(m, before, in)...)
	})
	if err != nil {
		return nil, err
	}
	seen, err := store.LoadComments(c.Read(), []store.IssueComment{*m})
	if err != nil {
		return nil, err
	}
	return thread(c.Read(), issue, c.ProjectID, seen)
}

// commentEdit is the history of a change. A request without a text counts as one with an empty one, as in the
// reference.
func commentEdit(m *store.IssueComment, before string, in CommentInput) []*store.IssueActivity {
	if before == in.HTML.V {
		return nil
	}
	return []*store.IssueActivity{{Verb: "updated", Comment: "updated a comment", OldValue: &before, OldIdentifier: &m.ID,
		NewValue: &in.HTML.V, NewIdentifier: &m.ID}}
}

func findComment(t *store.Tx, at store.IssueKey, id string) (*store.IssueComment, error) {
	return store.IssueComments.Get(t,
		dbx.HashExp{"id": id, "issue_id": at.IssueID, "project_id": at.ProjectID, "workspace_id": at.WorkspaceID})
}

// announceComment writes the history of what was said, makes people follow (unless it is to be quiet) and leaves the
// job that tells others; before is the text that was replaced. As in the reference, webhooks hear nothing of boards.
func announceComment(c *app.Call, t *store.Tx, kind string, m *store.IssueComment, before string, quiet bool,
	rows ...*store.IssueActivity) error {
	at := store.IssueKey{IssueID: m.IssueID, ProjectID: m.ProjectID, WorkspaceID: m.WorkspaceID}
	ch := store.IssueChanged{Kind: kind, IssueID: at.IssueID, ProjectID: at.ProjectID, WorkspaceID: at.WorkspaceID,
		Origin: c.Base, CommentID: m.ID, Unheard: c.Board != nil, Quiet: quiet}
	for _, r := range rows {
		r.Field, r.IssueCommentID = new("comment"), &m.ID
	}
	if quiet {
		return store.RecordIssue(t, ch, rows...)
	}
	members, fresh, err := store.Mentioned(t, at, userMentions(m.CommentHTML))
	if err != nil {
		return err
	}
	old := userMentions(before)
	for _, id := range members {
		if !slices.Contains(old, id) {
			ch.Mentions = append(ch.Mentions, id)
		}
	}
	if err := store.Subscribe(t, at, distinct([]string{t.Actor}, fresh)...); err != nil {
		return err
	}
	return store.RecordIssue(t, ch, rows...)
}

// DeleteComment deletes a comment with the replies to it.
func DeleteComment(c *app.Call, issue, id string) error {
	at := placeOf(c, issue)
	return c.Write(func(t *store.Tx) error {
		m, err := findComment(t, at, id)
		if err != nil {
			return err
		}
		if err := t.LockRow("issue_comments", m.ID); err != nil {
			return err
		}
		gone, err := store.DeleteComment(t, m.ID)
		if err != nil {
			return err
		}
		if err := store.EnqueueDeleted(t, store.EventComment, at.WorkspaceID, gone...); err != nil {
			return err
		}
		return trace(c, t, at, "comment.activity.deleted",
			&store.IssueActivity{Verb: "deleted", Field: new("comment"), Comment: "deleted the comment", IssueCommentID: &m.ID})
	})
}
