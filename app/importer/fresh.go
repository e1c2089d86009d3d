package importer

import (
	"fmt"

	"github.com/sailplane/sailplane/app/importer/record"
	"github.com/sailplane/sailplane/app/richtext"
	"github.com/sailplane/sailplane/store"
)

// writing is one transaction in which work items of one project are written.
type writing struct {
	*run
	*store.Tx

	at *place
}

// fresh writes new work items with all that hangs on them. What each row was in the source is kept; old are rows of
// work items that are gone for good.
func (w *writing) fresh(plans []*plan, old map[string]*store.ImportRow, done []outcome) error {
	rows, err := w.numbered(plans, done)
	if err != nil {
		return err
	}
	if err := store.Issues.Insert(w.Tx, rows...); err != nil {
		return err
	}
	numbers := make([]*store.IssueSequence, len(rows))
	for n, i := range rows {
		numbers[n] = &store.IssueSequence{Sequence: int64(i.SequenceID), IssueID: &i.ID, ProjectID: i.ProjectID,
			WorkspaceID: i.WorkspaceID}
	}
	if err := store.IssueSequences.Insert(w.Tx, numbers...); err != nil {
		return err
	}
	if err := w.traces(rows); err != nil {
		return err
	}
	var keys []*store.ImportRow
	for n, p := range plans {
		if err := w.hang(p, rows[n]); err != nil {
			return fmt.Errorf("%s: %w", p.Key, err)
		}
		row := w.origin(store.ImportedIssue, w.at.project.ID)
		row.ExternalID, row.RowID, row.ImportID, row.Taken = p.Key, p.id, w.row.ID, take(p).text()
		if was := old[p.Key]; was != nil {
			row.ID = was.ID
			if err := store.ImportRows.Update(w.Tx, &row, "row_id", "import_id", "taken"); err != nil {
				return err
			}
			continue
		}
		keys = append(keys, &row)
	}
	return store.ImportRows.Insert(w.Tx, keys...)
}

// numbered makes the rows, each with its number and its place behind the others of its state.
func (w *writing) numbered(plans []*plan, done []outcome) ([]*store.Issue, error) {
	var wanted []int
	var states []string
	seen := map[string]bool{}
	for _, p := range plans {
		if p.Number > 0 {
			wanted = append(wanted, p.Number)
		}
		if p.state != nil && !seen[p.state.ID] {
			seen[p.state.ID] = true
			states = append(states, p.state.ID)
		}
	}
	taken, last, err := store.NumbersTaken(w.Tx, w.at.project.ID, wanted)
	if err != nil {
		return nil, err
	}
	places, err := store.LastPlaces(w.Tx, states)
	if err != nil {
		return nil, err
	}
	rows := make([]*store.Issue, len(plans))
	for n, p := range plans {
		row := p.row(w.run, w.Tx)
		row.SequenceID = p.Number
		if p.Number == 0 || taken[p.Number] {
			row.SequenceID = last + 1
			done[n].number = 0
			if p.Number > 0 {
				done[n].number = row.SequenceID
			}
		}
		taken[row.SequenceID] = true
		last = max(last, row.SequenceID)
		if p.state != nil {
			if before, ok := places[p.state.ID]; ok {
				row.SortOrder = before + 10000
			}
			places[p.state.ID] = row.SortOrder
		}
		rows[n] = row
	}
	return rows, nil
}

// traces writes that the work items were made, in the importer's name, and the first versions of their texts.
func (w *writing) traces(rows []*store.Issue) error {
	activities, versions := make([]*store.IssueActivity, len(rows)), make([]*store.IssueDescriptionVersion, len(rows))
	epoch := float64(w.Now.Unix())
	for n, i := range rows {
		activities[n] = &store.IssueActivity{Verb: "created", Comment: "created the issue", Attachments: store.JSON("[]"),
			IssueID: &i.ID, ProjectID: i.ProjectID, WorkspaceID: i.WorkspaceID, ActorID: &w.order.By.ID, Epoch: &epoch}
		versions[n] = &store.IssueDescriptionVersion{DescriptionHTML: i.DescriptionHTML,
			DescriptionStripped: i.DescriptionStripped, LastSavedAt: i.UpdatedAt, OwnedByID: *i.CreatedByID, IssueID: i.ID,
			ProjectID: i.ProjectID, WorkspaceID: i.WorkspaceID}
	}
	return w.WithoutActor(func() error {
		if err := store.IssueActivities.Insert(w.Tx, activities...); err != nil {
			return err
		}
		return store.IssueDescriptionVersions.Insert(w.Tx, versions...)
	})
}

func keyOfIssue(i *store.Issue) store.IssueKey {
	return store.IssueKey{IssueID: i.ID, ProjectID: i.ProjectID, WorkspaceID: i.WorkspaceID}
}

// hang writes what hangs on a new work item.
func (w *writing) hang(p *plan, i *store.Issue) error {
	at := keyOfIssue(i)
	if err := store.AddAssignees(w.Tx, at, p.assignees); err != nil {
		return err
	}
	if err := store.AddLabels(w.Tx, at, p.labels); err != nil {
		return err
	}
	if err := store.Subscribe(w.Tx, at, p.followers()...); err != nil {
		return err
	}
	if err := w.plans(p, at); err != nil {
		return err
	}
	if _, err := w.comment(at, p.comments); err != nil {
		return err
	}
	if _, err := w.link(p, at, p.links); err != nil {
		return err
	}
	logs := make([]*store.Worklog, len(p.work))
	for n, l := range p.work {
		logs[n] = &store.Worklog{AuditFields: store.AuditFields{CreatedByID: &l.by, CreatedAt: l.at}, Description: l.text,
			Duration: l.minutes, LoggedByID: l.by, IssueID: i.ID, ProjectID: i.ProjectID, WorkspaceID: i.WorkspaceID}
	}
	return store.Worklogs.Insert(w.Tx, logs...)
}

// plans puts a work item into its cycle and its modules.
func (w *writing) plans(p *plan, at store.IssueKey) error {
	if p.cycle != "" {
		if err := store.CycleIssues.Insert(w.Tx, &store.CycleIssue{CycleID: p.cycle, IssueID: at.IssueID,
			ProjectID: at.ProjectID, WorkspaceID: at.WorkspaceID}); err != nil {
			return err
		}
	}
	modules := make([]*store.ModuleIssue, len(p.modules))
	for n, id := range p.modules {
		modules[n] = &store.ModuleIssue{ModuleID: id, IssueID: at.IssueID, ProjectID: at.ProjectID,
			WorkspaceID: at.WorkspaceID}
	}
	return store.ModuleIssues.Insert(w.Tx, modules...)
}

// comment writes comments and returns their ids.
func (w *writing) comment(at store.IssueKey, all []said) ([]string, error) {
	if len(all) == 0 {
		return nil, nil
	}
	texts, rows := make([]*store.Description, len(all)), make([]*store.IssueComment, len(all))
	ids := make([]string, len(all))
	for n, c := range all {
		text := richtext.Text(c.html)
		made := store.AuditFields{ID: store.NewID(), CreatedByID: &c.author, CreatedAt: c.at, UpdatedAt: c.at}
		texts[n] = &store.Description{AuditFields: made, DescriptionHTML: c.html, DescriptionStripped: &text,
			ProjectID: &at.ProjectID, WorkspaceID: at.WorkspaceID}
		made.ID = store.NewID()
		ids[n] = made.ID
		key := c.key
		rows[n] = &store.IssueComment{AuditFields: made, IssueID: at.IssueID, ProjectID: at.ProjectID,
			WorkspaceID: at.WorkspaceID, ActorID: &c.author, CommentHTML: c.html, CommentStripped: text, Access: "INTERNAL",
			Attachments: store.JSON("[]"), DescriptionID: &texts[n].ID, ExternalID: &key, ExternalSource: &w.order.Source}
	}
	if err := store.Descriptions.Insert(w.Tx, texts...); err != nil {
		return nil, err
	}
	return ids, store.IssueComments.Insert(w.Tx, rows...)
}

// link writes links and returns their ids.
func (w *writing) link(p *plan, at store.IssueKey, links []record.Link) ([]string, error) {
	rows, ids := make([]*store.IssueLink, len(links)), make([]string, len(links))
	for n, l := range links {
		ids[n] = store.NewID()
		rows[n] = &store.IssueLink{AuditFields: store.AuditFields{ID: ids[n], CreatedByID: &p.author}, URL: l.URL,
			IssueID: at.IssueID, ProjectID: at.ProjectID, WorkspaceID: at.WorkspaceID, Metadata: store.JSON("{}")}
		if l.Title != "" {
			rows[n].Title = &l.Title
		}
	}
	return ids, store.IssueLinks.Insert(w.Tx, rows...)
}
