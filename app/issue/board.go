package issue

import (
	"slices"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/board"
	"github.com/sailplane/sailplane/app/filter"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/issuelist"
)

// A published board shows the work items of the call's project to everybody who knows its address: those that are
// listed in the app, too (see app.Call.BoardIssue). What it does not show is not there, and neither is what hangs on
// it.

// ListOnBoard returns the work items of the call's board, and what people think of those that it shows.
func ListOnBoard(c *app.Call, in BoardQuery) (*List, *store.VotesAndReactions, error) {
	scope := issuelist.Scope{Workspace: c.Workspace.ID}
	found, err := issuelist.ReadPlaces(c.Read(), []string{c.ProjectID})
	if err != nil {
		return nil, nil, err
	}
	for _, p := range found {
		if !p.Archived {
			scope.Projects = append(scope.Projects, p.ID)
		}
	}
	a := asked{ListQuery: ListQuery{OrderQuery: in.OrderQuery, PageQuery: in.PageQuery}, GroupQuery: in.GroupQuery}
	a.Single = filter.Params(in.Single)
	l, err := list(c, scope, a, shape{order: "-created_at"})
	if err != nil {
		return nil, nil, err
	}
	v, err := store.VotesAndReactionsOn(c.Read(), l.ids())
	return l, v, err
}

// ids are the work items that a list shows, each once.
func (l *List) ids() []string {
	var all []string
	for i := range l.Rows {
		all = append(all, l.Rows[i].ID)
	}
	all = idsIn(l.Groups, all)
	slices.Sort(all)
	return slices.Compact(all)
}

func idsIn(groups []issuelist.Group, all []string) []string {
	for _, g := range groups {
		for _, r := range g.Rows {
			all = append(all, r.ID)
		}
		all = idsIn(g.Sub, all)
	}
	return all
}

// BoardIssue is a work item of a board, in full.
type BoardIssue struct {
	*store.IssueDetail
	Stripped *string // its text without tags
	Binary   []byte  // its text as editors keep it
	Voices   *store.VotesAndReactions
}

// GetOnBoard returns a work item of the call's board; store.ErrNotFound when the board does not show it.
func GetOnBoard(c *app.Call, id string) (*BoardIssue, error) {
	t := c.Read()
	h, err := board.TakeIssue(c, t, id)
	if err != nil {
		return nil, err
	}
	d, err := store.ReadIssue(t, c.Workspace.ID, c.ProjectID, id, "")
	if err != nil {
		return nil, err
	}
	v, err := store.VotesAndReactionsOn(t, []string{id})
	return &BoardIssue{d, h.DescriptionStripped, h.DescriptionBinary, v}, err
}

// boardIssue is where a work item is that something is said of: one that the call's board does not show is refused. The
// reference takes what is said of any.
func boardIssue(c *app.Call, t *store.Tx, id string) (store.IssueKey, error) {
	if _, err := board.TakeIssue(c, t, id); err != nil {
		return store.IssueKey{}, app.Unknown(err)
	}
	return placeOf(c, id), nil
}

// noteParticipant notes who took part in the board, unless they are in the project.
func noteParticipant(c *app.Call, t *store.Tx) error {
	if c.Role() != app.Nobody {
		return nil
	}
	return store.NotePublicMember(t, c.Workspace.ID, c.ProjectID, t.Actor)
}
