package importer

import (
	"slices"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app/importer/record"
	"github.com/sailplane/sailplane/app/richtext"
	"github.com/sailplane/sailplane/store"
)

// again takes from the source what changed there since a work item was taken, and what was added.
func (r *run) again(p *plan, row *store.ImportRow, there *present, w *writing) (outcome, error) {
	h := there.items[row.RowID]
	o := outcome{plan: p, id: h.ID, own: w != nil && row.ImportID == r.row.ID, added: map[string]int{}}
	if h.DeletedAt != nil {
		o.gone = true
		return o, nil
	}
	d := compare(p, h, readTaken(row.Taken))
	o.kept = d.kept
	for _, f := range d.change {
		o.changed = append(o.changed, f.name)
	}
	fresh, edits, kept := sortOut(p, there.comments[h.ID])
	if kept > 0 {
		o.kept = append(o.kept, "comments")
	}
	if len(fresh)+len(edits) > 0 {
		o.changed = append(o.changed, "comments")
	}
	links := slices.DeleteFunc(slices.Clone(p.links), func(l record.Link) bool { return there.links[h.ID][l.URL] })
	if len(links) > 0 {
		o.changed = append(o.changed, "links")
	}
	o.added["comments"], o.added["links"] = len(fresh), len(links)
	if w == nil {
		return o, nil
	}
	if d.moved {
		if err := w.marks(row, d.marks); err != nil {
			return o, err
		}
	}
	if err := w.change(p, h, d.change); err != nil {
		return o, err
	}
	return o, w.more(p, h, row, fresh, edits, links)
}

// edit is a comment that is another one in the source now.
type edit struct {
	row  *store.IssueComment
	html string
}

// sortOut finds which comments are new, which changed in the source, and how many changed here as well. One that was
// deleted here stays so; one that nobody here has written in is as it was taken.
func sortOut(p *plan, here map[string]*store.IssueComment) (fresh []said, edits []edit, kept int) {
	for _, c := range p.comments {
		row := here[c.key]
		switch {
		case row == nil:
			fresh = append(fresh, c)
		case row.DeletedAt != nil || row.CommentHTML == c.html:
		case row.EditedAt != nil || row.UpdatedByID != nil:
			kept++
		default:
			edits = append(edits, edit{row, c.html})
		}
	}
	return fresh, edits, kept
}

// marks keeps the marks of the fields.
func (w *writing) marks(row *store.ImportRow, m taken) error {
	own := *row
	own.Taken = m.text()
	return store.ImportRows.Update(w.Tx, &own, "taken")
}

// change writes the fields that changed in the source, with their history in the importer's name.
func (w *writing) change(p *plan, h *store.ImportedItem, all []field) error {
	if len(all) == 0 {
		return nil
	}
	before := *h
	cols := []string{"updated_at"}
	var rows []*store.IssueActivity
	for _, f := range all {
		if a := w.trace(f, p, &before); a != nil {
			rows = append(rows, a)
		}
		if f.put != nil {
			cols = append(cols, f.put(p, h)...)
		}
	}
	h.UpdatedAt = w.Now
	if slices.Contains(cols, "state_id") && h.CompletedAt == nil && p.state.Group == "completed" {
		h.CompletedAt = &w.Now
	}
	if err := store.Issues.Set(w.Tx, &h.Issue, cols...); err != nil {
		return err
	}
	if err := w.sets(p, h, all); err != nil {
		return err
	}
	return w.WithoutActor(func() error {
		if slices.Contains(cols, "description_html") {
			if err := store.IssueDescriptionVersions.Insert(w.Tx, &store.IssueDescriptionVersion{
				DescriptionHTML: h.DescriptionHTML, DescriptionStripped: h.DescriptionStripped, LastSavedAt: w.Now,
				OwnedByID: w.order.By.ID, IssueID: h.ID, ProjectID: h.ProjectID, WorkspaceID: h.WorkspaceID}); err != nil {
				return err
			}
		}
		return store.IssueActivities.Insert(w.Tx, rows...)
	})
}

// traced are the fields whose change the history tells, and its words.
var traced = map[string]string{"name": "updated the name to", "priority": "updated the priority to",
	"start_date": "updated the start date to ", "target_date": "updated the target date to ",
	"state": "updated the state to"}

// trace is a line of the history; nil for fields of which it tells nothing.
func (w *writing) trace(f field, p *plan, h *store.ImportedItem) *store.IssueActivity {
	words, ok := traced[f.name]
	if !ok {
		return nil
	}
	name, from, to, epoch := f.name, f.here(h), f.want(p), float64(w.Now.Unix())
	a := &store.IssueActivity{AuditFields: store.AuditFields{ID: store.NewID()}, Verb: "updated", Field: &name,
		Comment: words, OldValue: &from, NewValue: &to, Attachments: store.JSON("[]"), IssueID: &h.ID,
		ProjectID: h.ProjectID, WorkspaceID: h.WorkspaceID, ActorID: &w.order.By.ID, Epoch: &epoch}
	if f.name == "state" {
		a.OldIdentifier, a.NewIdentifier = h.StateID, &p.state.ID
		from, to = "", p.state.Name
		for _, s := range w.at.states {
			if s.ID == given(h.StateID) {
				from = s.Name
			}
		}
	}
	return a
}

// sets writes who does a work item, its labels, its cycle and its modules.
func (w *writing) sets(p *plan, h *store.ImportedItem, all []field) error {
	at := keyOfIssue(&h.Issue)
	for _, f := range all {
		var err error
		switch f.name {
		case "assignees":
			if err = store.DropAssignees(w.Tx, h.ID, without(h.Assignees, p.assignees)); err == nil {
				err = store.AddAssignees(w.Tx, at, without(p.assignees, h.Assignees))
			}
		case "labels":
			if err = store.DropLabels(w.Tx, h.ID, without(h.Labels, p.labels)); err == nil {
				err = store.AddLabels(w.Tx, at, without(p.labels, h.Labels))
			}
		case "cycle":
			if _, err = store.CycleIssues.DeleteWhere(w.Tx, dbx.HashExp{"issue_id": h.ID}); err == nil {
				err = w.plans(&plan{cycle: p.cycle}, at)
			}
		case "modules":
			if gone := without(h.Modules, p.modules); len(gone) > 0 {
				_, err = store.ModuleIssues.DeleteWhere(w.Tx, dbx.And(dbx.HashExp{"issue_id": h.ID},
					store.In("module_id", gone)))
			}
			if err == nil {
				err = w.plans(&plan{modules: without(p.modules, h.Modules)}, at)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// without are those of a that are not in b.
func without(a, b []string) []string {
	var left []string
	for _, v := range a {
		if !slices.Contains(b, v) {
			left = append(left, v)
		}
	}
	return left
}

// more writes comments and links that are new in the source or others than before. Those of a work item that an earlier
// import made are kept in mind one by one, so that this one can be undone.
func (w *writing) more(p *plan, h *store.ImportedItem, row *store.ImportRow, fresh []said, edits []edit,
	links []record.Link) error {
	at := keyOfIssue(&h.Issue)
	comments, err := w.comment(at, fresh)
	if err != nil {
		return err
	}
	made, err := w.link(p, at, links)
	if err != nil {
		return err
	}
	for _, e := range edits {
		c := *e.row
		c.CommentHTML, c.CommentStripped, c.CommentJSON = e.html, richtext.Text(e.html), nil
		if err := store.IssueComments.Set(w.Tx, &c, "comment_html", "comment_stripped", "comment_json"); err != nil {
			return err
		}
		if err := store.FollowCommentedIssue(w.Tx, &c); err != nil {
			return err
		}
	}
	if row.ImportID == w.row.ID {
		return nil
	}
	return w.single(map[string][]string{store.ImportedComment: comments, store.ImportedLink: made})
}

// single keeps in mind that this import made rows.
func (w *writing) single(of map[string][]string) error {
	var rows []*store.ImportRow
	for kind, ids := range of {
		for _, id := range ids {
			row := w.origin(kind, w.at.project.ID)
			row.ExternalID, row.RowID, row.ImportID, row.Taken = id, id, w.row.ID, "{}"
			rows = append(rows, &row)
		}
	}
	return store.ImportRows.Insert(w.Tx, rows...)
}
