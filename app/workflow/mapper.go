package workflow

import (
	"strings"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store"
)

// places says which state of a project stands in a place of a workflow: in one of the project its own, in one of the
// workspace the one that is called so.
type places struct {
	own    bool
	called map[string]string // states of the project, by their names in small letters
}

// mapper reads the names that a project's states have, if the workflow is the workspace's.
func mapper(t *store.Tx, w *store.Workflow, project string) (*places, error) {
	if w.ProjectID != nil {
		return &places{own: true}, nil
	}
	rows, err := store.States.List(t, dbx.And(dbx.HashExp{"project_id": project, "is_triage": false},
		dbx.Not(dbx.HashExp{"group": "triage"})), "sequence DESC", "created_at DESC")
	p := &places{called: map[string]string{}}
	for _, s := range rows {
		p.called[strings.ToLower(s.Name)] = s.ID // the first in order comes last
	}
	return p, err
}

// StateIn is the state of a project that a workflow calls so; store.ErrNotFound: it has none.
func StateIn(t *store.Tx, workflow, project, state string) (string, error) {
	w, err := store.Workflows.Find(t, workflow)
	if err != nil {
		return "", err
	}
	at, err := StateOf(t, workflow, state)
	if err != nil {
		return "", err
	}
	in, err := mapper(t, w, project)
	if err != nil {
		return "", err
	}
	id := in.state(at)
	if id == "" {
		err = store.ErrNotFound
	}
	return id, err
}

// state is the project's state in a place; empty: it has none.
func (p *places) state(at *store.WorkflowState) string {
	switch {
	case p.own:
		return at.StateID
	case at.Name == nil:
		return ""
	}
	return p.called[strings.ToLower(*at.Name)]
}
