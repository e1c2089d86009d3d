package issue

import (
	"slices"
	"strings"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// What programs put around work items. In the reference most of it makes no followers and no notifications; here it
// does as what people put there, unless [notifications] api_writes is off.

// openRows holds for the rows of a table that belong to a living work item of the call's project, unless that is
// archived.
func openRows(c *app.Call, table, issue string) dbx.Expression {
	return store.AroundOpenIssue(table, placeOf(c, issue))
}

// What lists of comments and links can be ordered by.
var (
	commentOrders = map[string]string{"created_at": "created_at", "updated_at": "updated_at", "id": "id"}
	linkOrders    = map[string]string{"title": "title", "url": "url", "created_at": "created_at",
		"updated_at": "updated_at", "id": "id"}
)

// ListCommentsV1 returns a part of the comments on a work item, by name or -name (empty: newest first), and how many
// there are.
func ListCommentsV1(c *app.Call, issue string, s store.ListPart, by string) ([]store.IssueComment, int, error) {
	order, err := app.Orders(by, commentOrders, "created_at DESC", "id DESC")
	if err != nil {
		return nil, 0, err
	}
	return store.IssueComments.Page(c.Read(), openRows(c, "issue_comments", issue), s, order...)
}

// GetCommentV1 returns one of those comments.
func GetCommentV1(c *app.Call, issue, id string) (*store.IssueComment, error) {
	return store.IssueComments.Get(c.Read(),
		dbx.And(dbx.HashExp{"issue_comments.id": id}, openRows(c, "issue_comments", issue)))
}

// CreateCommentV1 is CreateComment for programs, guests' too: it may be written in somebody else's name. Only the
// answer has them as the author: the row keeps the caller, as in the reference.
func CreateCommentV1(c *app.Call, issue string, in CommentInput, more ExternalInput) (*store.IssueComment, error) {
	if in.Faults == nil {
		in.Faults = app.Fields{}
	}
	if err := in.clean(); err != nil {
		return nil, err
	}
	user := c.UserID()
	m := &store.IssueComment{ActorID: &user, CommentHTML: "<p></p>", Access: "INTERNAL", Attachments: store.JSON("[]")}
	err := c.Write(func(t *store.Tx) error {
		at, err := findPlace(c, t, issue)
		if err != nil {
			return err
		}
		if err := in.check(t, at); err != nil {
			return err
		}
		origin := app.ExternalRef{ExternalID: in.ExternalID, ExternalSource: in.ExternalSource}
		if err := origin.CheckNew(t, "issue_comments", "Work item comment", at.ProjectID); err != nil {
			return err
		}
		m.IssueID, m.ProjectID, m.WorkspaceID = at.IssueID, at.ProjectID, at.WorkspaceID
		in.put(m)
		if err := more.allow(c, t); err != nil {
			return err
		}
		m.CreatedByID, m.CreatedAt = more.CreatedBy.Ptr(), more.CreatedAt.V
		return addComment(c, t, at, m, c.Quiet())
	})
	if err == nil { // only then: the transaction may be done again, with the row as it was
		m.ActorID, m.UpdatedByID = m.CreatedByID, &user
	}
	return m, err
}

// ChangeCommentV1 is ChangeComment for programs; it leaves no mark of an edit.
func ChangeCommentV1(c *app.Call, issue, id string, in CommentInput) (*store.IssueComment, error) {
	if in.Faults == nil {
		in.Faults = app.Fields{}
	}
	if err := in.clean(); err != nil {
		return nil, err
	}
	at := placeOf(c, issue)
	var m *store.IssueComment
	err := c.Write(func(t *store.Tx) (err error) {
		if m, err = findComment(t, at, id); err != nil {
			return err
		}
		if err := in.checkReply(t, at, id); err != nil {
			return err
		}
		origin := app.ExternalRef{ExternalID: in.ExternalID, ExternalSource: in.ExternalSource}
		if err := origin.CheckChange(t, "issue_comments", "Work item comment", c.ProjectID, id, m.ExternalID,
			m.ExternalSource); err != nil {
			return err
		}
		before := m.CommentHTML
		if err := store.IssueComments.Update(t, m, in.put(m)...); err != nil {
			return err
		}
		if err := store.FollowCommentedIssue(t, m); err != nil {
			return err
		}
		return announceComment(c, t, "comment.activity.updated", m, before, c.Quiet(), commentEdit(m, before, in)...)
	})
	return m, err
}

// ListLinksV1 returns a part of the links of a work item, by name or -name (empty: newest first), and how many there
// are.
func ListLinksV1(c *app.Call, issue string, s store.ListPart, by string) ([]store.IssueLink, int, error) {
	order, err := app.Orders(by, linkOrders, "created_at DESC", "id DESC")
	if err != nil {
		return nil, 0, err
	}
	return store.IssueLinks.Page(c.Read(), openRows(c, "issue_links", issue), s, order...)
}

// GetLinkV1 returns one of those links.
func GetLinkV1(c *app.Call, issue, id string) (*store.IssueLink, error) {
	return store.IssueLinks.Get(c.Read(), dbx.And(dbx.HashExp{"issue_links.id": id}, openRows(c, "issue_links", issue)))
}

// CreateLinkV1 is CreateLink for programs: addresses are taken as they are, and only those of the web.
func CreateLinkV1(c *app.Call, issue string, in LinkInput, more ExternalInput) (*store.IssueLink, error) {
	switch {
	case !app.IsURL(in.URL.V):
		return nil, app.Field("url", "Invalid URL format.")
	case !strings.HasPrefix(in.URL.V, "http://") && !strings.HasPrefix(in.URL.V, "https://"):
		return nil, app.Field("url", "Invalid URL scheme.")
	}
	l := &store.IssueLink{Title: in.Title.Ptr(), URL: in.URL.V}
	err := c.Write(func(t *store.Tx) error {
		at, err := findPlace(c, t, issue)
		if err != nil {
			return err
		}
		l.ID, l.IssueID, l.ProjectID, l.WorkspaceID = store.NewID(), at.IssueID, at.ProjectID, at.WorkspaceID
		if err := onlyOne(t, l); err != nil {
			return err
		}
		if err := more.allow(c, t); err != nil {
			return err
		}
		l.CreatedByID = more.CreatedBy.Ptr()
		if err := store.IssueLinks.Insert(t, l); err != nil {
			return err
		}
		return linked(c, t, at, l, "created", nil, l.URL)
	})
	if err == nil { // only then: the transaction may be done again, with the row as it was
		user := c.UserID()
		l.UpdatedByID = &user
	}
	return l, err
}

// ChangeLinkV1 is ChangeLink for programs: the new address may be any but a script's, as in the reference.
func ChangeLinkV1(c *app.Call, issue, id string, in LinkInput) (*store.IssueLink, error) {
	if in.URL.Set && !app.IsAddress(in.URL.V) {
		return nil, app.Field("url", "Invalid URL scheme.")
	}
	var l *store.IssueLink
	err := c.Write(func(t *store.Tx) (err error) {
		at := placeOf(c, issue)
		if l, err = findLink(t, at, id); err != nil {
			return err
		}
		before := l.URL
		var cols []string
		app.ChangePtr(&cols, "title", in.Title, &l.Title)
		app.Change(&cols, "url", in.URL, &l.URL)
		if err := store.IssueLinks.Update(t, l, cols...); err != nil {
			return err
		}
		// without an address it counts as one with an empty one, as in the reference
		return linked(c, t, at, l, "updated", &before, in.URL.V)
	})
	return l, err
}

// linked has the page behind a link looked at, and writes the history of the link.
func linked(c *app.Call, t *store.Tx, at store.IssueKey, l *store.IssueLink, verb string, before *string,
	after string) error {
	if err := store.Enqueue(t, app.JobFetchLink, app.FetchLink{LinkID: l.ID, URL: l.URL}); err != nil {
		return err
	}
	var rows []*store.IssueActivity
	if before == nil || *before != after {
		row := &store.IssueActivity{Verb: verb, Field: new("link"), Comment: verb + " a link", NewValue: &after,
			OldValue: before}
		if before != nil { // a new one is not named, as in the reference
			row.OldIdentifier, row.NewIdentifier = &l.ID, &l.ID
		}
		rows = append(rows, row)
	}
	return trace(c, t, at, "link.activity."+verb, rows...)
}

// activitiesShown are the entries of the history that programs read: without what is said and felt, and what drafts
// leave.
func activitiesShown(c *app.Call, issue string) dbx.Expression {
	return dbx.And(openRows(c, "issue_activities", issue), store.OfOwnProject,
		dbx.Or(dbx.HashExp{"field": nil}, dbx.NotIn("field", "comment", "vote", "reaction", "draft")))
}

// activityOrders are the names that a history can be ordered by.
var activityOrders = []string{"created_at", "updated_at", "id", "verb", "field", "epoch"}

// ListActivitiesV1 returns a part of the history of a work item, by a name of the wire (empty: oldest first), and how
// much there is.
func ListActivitiesV1(c *app.Call, issue string, s store.ListPart, by string) ([]store.IssueActivity, int, error) {
	name, down := strings.CutPrefix(by, "-")
	if name == "" {
		name = "created_at"
	}
	if !slices.Contains(activityOrders, name) { // the reference fails
		return nil, 0, app.Field("order_by", `"`+name+`" is not a valid choice.`)
	}
	direction := ""
	if down {
		direction = " DESC"
	}
	return store.IssueActivities.Page(c.Read(), activitiesShown(c, issue), s, name+direction, "id"+direction)
}

// GetActivityV1 returns one entry of that history.
func GetActivityV1(c *app.Call, issue, id string) (*store.IssueActivity, error) {
	return store.IssueActivities.Get(c.Read(), dbx.And(dbx.HashExp{"issue_activities.id": id}, activitiesShown(c, issue)))
}

// RelateV1 is Relate for programs: it returns the relations of that kind that there are now, newest first. Pairs that
// are related in another way are left out.
func RelateV1(c *app.Call, issue, kind string, others []string) ([]Relation, error) {
	made, err := Relate(c, issue, kind, others)
	if err != nil {
		return nil, err
	}
	word, swapped := store.KeptRelation(kind)
	forth := dbx.And(dbx.HashExp{"issue_id": issue}, store.In("related_issue_id", others))
	back := dbx.And(dbx.HashExp{"related_issue_id": issue}, store.In("issue_id", others))
	sides := forth
	switch {
	case Inverse(kind) == kind:
		sides = dbx.Or(forth, back)
	case swapped:
		sides = back
	}
	rows, err := store.IssueRelations.List(c.Read(),
		dbx.And(dbx.HashExp{"workspace_id": c.Workspace.ID, "relation_type": word}, sides), "created_at DESC", "id DESC")
	if err != nil {
		return nil, err
	}
	now := make([]Relation, 0, len(rows))
	for _, r := range rows {
		other := r.RelatedIssueID
		if other == issue {
			other = r.IssueID
		}
		if i := slices.IndexFunc(made, func(m Relation) bool { return m.Other.ID == other }); i >= 0 {
			now = append(now, Relation{r, made[i].Other})
		}
	}
	return now, nil
}

// RelatedIssue is a work item that another one is related to.
type RelatedIssue struct {
	ProjectID string `json:"project_id"`
	IssueID   string `json:"issue_id"`
}

// RelatedIssues returns the work items that one of the call's project is related to by kind, newest relation first;
// every kind of Relations is there. Those of secret projects that the caller is not in are left out, which the
// reference shows.
func RelatedIssues(c *app.Call, issue string) (map[string][]RelatedIssue, error) {
	rows, err := store.RelationsOf(c.Read(), c.Workspace.ID, issue)
	if err != nil {
		return nil, err
	}
	all := make(map[string][]RelatedIssue, len(Relations))
	for _, kind := range Relations {
		all[kind] = []RelatedIssue{}
	}
	add := func(kind string, n RelatedIssue) {
		both := Inverse(kind) == kind // a relation that looks the same from either side is told once
		if list, ok := all[kind]; ok && !(both && slices.Contains(list, n)) {
			all[kind] = append(list, n)
		}
	}
	seen := func(project string, secret bool, maker *string) bool {
		if c.Access.Projects[project] == app.Nobody {
			return !secret
		}
		return c.Sees(project, maker)
	}
	for _, r := range rows {
		if r.IssueID == issue && r.OwnProject == c.ProjectID && seen(r.RelatedProject, r.RelatedSecret, r.RelatedMaker) {
			add(r.RelationType, RelatedIssue{r.RelatedProject, r.RelatedIssueID})
		}
		if r.RelatedIssueID == issue && r.RelatedProject == c.ProjectID && seen(r.OwnProject, r.OwnSecret, r.OwnMaker) {
			add(Inverse(r.RelationType), RelatedIssue{r.OwnProject, r.IssueID})
		}
	}
	return all, nil
}
