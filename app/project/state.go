package project

import (
	"errors"
	"strings"
	"unicode"

	"github.com/pocketbase/dbx"
	"golang.org/x/text/unicode/norm"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/workflow"
	"github.com/sailplane/sailplane/store"
)

// StateInput is what a request may say of a state.
type StateInput struct {
	Name        app.Opt[string]  `json:"name" check:"required,max=255"`
	Color       app.Opt[string]  `json:"color" check:"required,max=255"`
	Group       app.Opt[string]  `json:"group" check:"choice=backlog|unstarted|started|completed|cancelled|triage"`
	Default     app.Opt[bool]    `json:"default"`
	Description app.Opt[string]  `json:"description" check:"blank"`
	Sequence    app.Opt[float64] `json:"sequence"`
}

func (in *StateInput) put(s *store.State) ([]string, error) {
	if in.Group.V == triage {
		return nil, app.Field("non_field_errors", "Cannot create triage state")
	}
	var cols []string
	app.Change(&cols, "name", in.Name, &s.Name)
	app.Change(&cols, "color", in.Color, &s.Color)
	app.Change(&cols, "group", in.Group, &s.Group)
	app.Change(&cols, "default", in.Default, &s.Default)
	app.Change(&cols, "description", in.Description, &s.Description)
	app.Change(&cols, "sequence", in.Sequence, &s.Sequence)
	if s.Slug = slug(s.Name); len(s.Slug) > maxSlug {
		return nil, app.Field("name", "Ensure this field has no more than 100 characters.")
	}
	return append(cols, "slug"), nil
}

const maxSlug = 100 // characters that the reference's database has for it

// slug keeps a name's letters, digits and underscores; what is between them becomes dashes. Accents are dropped, as in
// Django's slugify, and so is what is not Latin.
func slug(name string) string {
	var b strings.Builder
	gap := false
	for _, r := range strings.ToLower(norm.NFKD.String(name)) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_':
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(r)
		case r == '-' || unicode.IsSpace(r):
			gap = true
		}
	}
	return strings.Trim(b.String(), "_")
}

// errStateName is the one refusal of the reference whose text is not in a list. Plane: app/views/state/base.py
var errStateName = app.Fields{"name": "The state name is already taken"}.Err()

func taken(err error) error {
	if errors.Is(err, store.ErrUnique) {
		return errStateName
	}
	return err
}

// ListStates returns the states of the call's project in their order, without intake's; none when it is archived.
func ListStates(c *app.Call) ([]store.State, error) {
	return store.StatesOf(c.Read(), dbx.HashExp{"states.project_id": c.ProjectID})
}

// GetState returns a state of the call's project; the reference has other words here for one that is not there.
func GetState(c *app.Call, id string) (store.State, error) {
	rows, err := store.StatesOf(c.Read(), dbx.HashExp{"states.project_id": c.ProjectID, "states.id": id})
	if err == nil && len(rows) == 0 {
		err = app.NoMatch("State")
	}
	if err != nil {
		return store.State{}, err
	}
	return rows[0], nil
}

// visibleState finds a state that is not intake's.
func visibleState(t *store.Tx, project, id string) (*store.State, error) {
	return store.States.Get(t,
		dbx.And(dbx.HashExp{"project_id": project, "id": id}, dbx.Not(dbx.HashExp{"group": triage})))
}

// CreateState writes a new state after all others.
func CreateState(c *app.Call, in StateInput) (store.State, error) {
	s := store.State{Group: "backlog", ProjectID: c.ProjectID, WorkspaceID: c.Workspace.ID}
	err := c.Write(func(t *store.Tx) error { return addState(t, &s, in) })
	return s, taken(err)
}

func addState(t *store.Tx, s *store.State, in StateInput) error {
	if _, err := in.put(s); err != nil {
		return err
	}
	if err := t.Lock("states:" + s.ProjectID); err != nil {
		return err
	}
	if err := onlyDefault(t, s, in); err != nil {
		return err
	}
	last, err := store.States.First(t,
		dbx.And(dbx.HashExp{"project_id": s.ProjectID}, dbx.Not(dbx.HashExp{"group": triage})), "sequence DESC")
	switch {
	case errors.Is(err, store.ErrNotFound):
		s.Sequence = in.Sequence.Or(65535)
	case err != nil:
		return err
	default:
		s.Sequence = last.Sequence + 15000
	}
	if err := store.States.Insert(t, s); err != nil {
		return err
	}
	return workflow.AddState(t, s)
}

// onlyDefault unmarks the project's other states when this one is being marked as the default, whichever way it is.
func onlyDefault(t *store.Tx, s *store.State, in StateInput) error {
	if !in.Default.Set || !s.Default {
		return nil
	}
	if err := t.Lock("states:" + s.ProjectID); err != nil {
		return err
	}
	return store.MarkDefaultState(t, s.ProjectID, or(s.ID, store.NewID()))
}

func or(id, other string) string {
	if id == "" {
		return other
	}
	return id
}

// ChangeState writes what a request says of a state.
func ChangeState(c *app.Call, id string, in StateInput) (store.State, error) {
	var s *store.State
	err := c.Write(func(t *store.Tx) (err error) {
		if s, err = visibleState(t, c.ProjectID, id); err != nil {
			return err
		}
		cols, err := in.put(s)
		if err != nil {
			return err
		}
		if err := onlyDefault(t, s, in); err != nil {
			return err
		}
		return store.States.Update(t, s, cols...)
	})
	if err != nil {
		return store.State{}, taken(err)
	}
	return *s, nil
}

// MarkDefault makes a state the project's only default; an unknown one leaves the project without, as in the reference.
func MarkDefault(c *app.Call, id string) error {
	return c.Write(func(t *store.Tx) error {
		if err := t.Lock("states:" + c.ProjectID); err != nil {
			return err
		}
		return store.MarkDefaultState(t, c.ProjectID, id)
	})
}

// DeleteState deletes a state that is neither the default nor in use.
func DeleteState(c *app.Call, id string) error {
	return c.Write(func(t *store.Tx) error {
		s, err := visibleState(t, c.ProjectID, id)
		if err != nil {
			return err
		}
		if s.Default {
			return app.Refuse(app.Invalid, "Default state cannot be deleted")
		}
		used, err := store.Issues.Exists(t, dbx.HashExp{"state_id": id})
		if err != nil {
			return err
		}
		if used {
			return app.Refuse(app.Invalid, "The state is not empty, only empty states can be deleted")
		}
		if err := workflow.DropState(t, s.ID); err != nil {
			return err
		}
		return store.States.Delete(t, s)
	})
}

// Triage returns the hidden state of what intake has not decided.
func Triage(c *app.Call) (store.State, error) {
	s, err := store.States.First(c.Read(), dbx.HashExp{"project_id": c.ProjectID, "group": triage}, "sequence")
	if errors.Is(err, store.ErrNotFound) {
		return store.State{}, app.Refuse(app.NotFound, "Triage state not found")
	}
	if err != nil {
		return store.State{}, err
	}
	return *s, nil
}
