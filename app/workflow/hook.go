package workflow

import (
	"errors"
	"slices"
	"strings"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/webhook"
	"github.com/sailplane/sailplane/store"
)

const (
	mostHooks = 10  // of one transition and phase
	mostRuns  = 200 // of a hook, that are kept
)

// HookInput is what a request may say of what happens on a transition.
type HookInput struct {
	Phase     app.Opt[string]     `json:"phase" check:"required,choice=pre|post"`
	Handler   app.Opt[string]     `json:"handler_name" check:"required,max=50"`
	Config    app.Opt[store.JSON] `json:"config" check:"required" type:"object"`
	IsEnabled app.Opt[bool]       `json:"is_enabled"`
}

// Hook is what happens on a transition, with the secret by which it signs, in the clear, when that is new.
type Hook struct {
	store.WorkflowHook
	Fresh string
}

// hooksOf returns hooks by their transitions, in their order.
func hooksOf(t *store.Tx, where dbx.Expression) (map[string][]store.WorkflowHook, error) {
	rows, err := store.WorkflowHooks.List(t, where, "phase DESC", "execution_order", "id")
	by := map[string][]store.WorkflowHook{}
	for _, h := range rows {
		by[h.TransitionID] = append(by[h.TransitionID], h)
	}
	return by, err
}

// Hooks returns what happens on a transition of a workflow of the call's project: before it, then after it.
func Hooks(c *app.Call, workflow, transition string) ([]Hook, error) {
	t := c.Read()
	if _, err := oneTransition(c, t, workflow, transition); err != nil {
		return nil, err
	}
	by, err := hooksOf(t, dbx.HashExp{"transition_id": transition})
	list := make([]Hook, len(by[transition]))
	for i, h := range by[transition] {
		list[i].WorkflowHook = h
	}
	return list, err
}

// GetHook returns one of those, or store.ErrNotFound.
func GetHook(c *app.Call, workflow, transition, id string) (*Hook, error) {
	h, err := findHook(c, c.Read(), workflow, transition, id)
	if err != nil {
		return nil, err
	}
	return &Hook{WorkflowHook: *h}, nil
}

func findHook(c *app.Call, t *store.Tx, workflow, transition, id string) (*store.WorkflowHook, error) {
	return store.WorkflowHooks.Get(t,
		dbx.And(dbx.HashExp{"id": id, "transition_id": transition, "workflow_id": workflow}, home(c)))
}

// CreateHook lets something more happen on a transition, as the last in its phase.
func CreateHook(c *app.Call, workflow, transition string, in HookInput) (*Hook, error) {
	if err := in.outside(c); err != nil {
		return nil, err
	}
	var now *Hook
	err := edit(c, func(t *store.Tx) error {
		w, err := Find(c, t, workflow)
		if err != nil {
			return err
		}
		way, err := oneTransition(c, t, workflow, transition)
		if err != nil {
			return err
		}
		had, err := hooksOf(t, dbx.HashExp{"transition_id": transition})
		if err != nil {
			return err
		}
		now, err = addHook(c, t, w, way, had[transition], in)
		return err
	})
	return now, err
}

func addHook(c *app.Call, t *store.Tx, w *store.Workflow, way *Transition, had []store.WorkflowHook,
	in HookInput) (*Hook, error) {
	h := &store.WorkflowHook{Phase: in.Phase.V, Handler: in.Handler.V, IsEnabled: in.IsEnabled.Or(true), WorkflowID: w.ID,
		TransitionID: way.ID, ProjectID: w.ProjectID, WorkspaceID: w.WorkspaceID}
	same := 0
	for _, other := range had {
		if other.Phase == h.Phase {
			same, h.Order = same+1, max(h.Order, other.Order)
		}
	}
	if same >= mostHooks {
		return nil, app.Field("non_field_errors", "A transition has no more than 10 hooks before it, and as many after it.")
	}
	h.Order++
	var err error
	if h.Config, err = in.configure(c, t, w, way, h); err != nil {
		return nil, err
	}
	now := &Hook{}
	if h.Handler == SendWebhook {
		now.Fresh = webhook.NewSecret()
		h.Secret = c.Seal(now.Fresh)
	}
	err = errors.Join(store.WorkflowHooks.Insert(t, h), note(t, w, "created", "transition_rule", nil, named(h)))
	now.WorkflowHook = *h
	return now, err
}

// named is what the history calls a hook: its transition, its phase and what it does.
func named(h *store.WorkflowHook) *string {
	return new(strings.Join([]string{h.TransitionID, h.Phase, h.Handler}, " "))
}

// ChangeHook writes what a request says of a hook. When it happens and what it does stay.
func ChangeHook(c *app.Call, workflow, transition, id string, in HookInput) (*Hook, error) {
	if err := in.outside(c); err != nil {
		return nil, err
	}
	var h *store.WorkflowHook
	err := edit(c, func(t *store.Tx) error {
		w, err := Find(c, t, workflow)
		if err != nil {
			return err
		}
		way, err := oneTransition(c, t, workflow, transition)
		if err != nil {
			return err
		}
		if h, err = findHook(c, t, workflow, transition, id); err != nil {
			return err
		}
		return setHook(c, t, w, way, h, in)
	})
	return &Hook{WorkflowHook: value(h)}, err
}

func value(h *store.WorkflowHook) store.WorkflowHook {
	if h == nil {
		return store.WorkflowHook{}
	}
	return *h
}

func setHook(c *app.Call, t *store.Tx, w *store.Workflow, way *Transition, h *store.WorkflowHook, in HookInput) error {
	faults := app.Fields{}
	if in.Phase.Set && in.Phase.V != h.Phase {
		faults.Add("phase", "A hook stays before its transition, or after it: make another one.")
	}
	if in.Handler.Set && in.Handler.V != h.Handler {
		faults.Add("handler_name", "A hook goes on doing what it does: make another one.")
	}
	if err := faults.Err(); err != nil {
		return err
	}
	var cols []string
	app.Change(&cols, "is_enabled", in.IsEnabled, &h.IsEnabled)
	if in.Config.Set {
		config, err := in.configure(c, t, w, way, h)
		if err != nil {
			return err
		}
		h.Config, cols = config, append(cols, "config")
	}
	return errors.Join(store.WorkflowHooks.Update(t, h, cols...),
		note(t, w, "updated", "transition_rule", named(h), named(h)))
}

// RenewSecret gives a hook that asks another server another secret.
func RenewSecret(c *app.Call, workflow, transition, id string) (*Hook, error) {
	var now *Hook
	err := edit(c, func(t *store.Tx) error {
		w, err := Find(c, t, workflow)
		if err != nil {
			return err
		}
		h, err := findHook(c, t, workflow, transition, id)
		if err != nil {
			return err
		}
		if h.Handler != SendWebhook {
			return app.Refuse(app.Invalid, "This hook signs nothing: only those that send a webhook have a secret.")
		}
		now = &Hook{Fresh: webhook.NewSecret()}
		h.Secret = c.Seal(now.Fresh)
		err = errors.Join(store.WorkflowHooks.Update(t, h, "secret"),
			note(t, w, "updated", "transition_rule_secret", named(h), named(h)))
		now.WorkflowHook = *h
		return err
	})
	return now, err
}

// DeleteHook deletes a hook. What became of it is told on.
func DeleteHook(c *app.Call, workflow, transition, id string) error {
	return edit(c, func(t *store.Tx) error {
		w, err := Find(c, t, workflow)
		if err != nil {
			return err
		}
		h, err := findHook(c, t, workflow, transition, id)
		if err != nil {
			return err
		}
		return dropHook(t, w, h)
	})
}

func dropHook(t *store.Tx, w *store.Workflow, h *store.WorkflowHook) error {
	return errors.Join(store.WorkflowHooks.Delete(t, h), note(t, w, "deleted", "transition_rule", named(h), nil))
}

// Runs returns what became of a hook of a transition, or of one that was there, the newest first.
func Runs(c *app.Call, workflow, transition, id string) ([]store.HookRun, error) {
	t := c.Read()
	if _, err := oneTransition(c, t, workflow, transition); err != nil {
		return nil, err
	}
	rows, _, err := store.HookRuns.Page(t, dbx.HashExp{"hook_id": id, "transition_id": transition},
		store.ListPart{Limit: mostRuns}, "created_at DESC", "id DESC")
	if err != nil || len(rows) > 0 {
		seen := func(r store.HookRun) bool { _, in := c.Access.Projects[r.ProjectID]; return !in }
		return slices.DeleteFunc(rows, seen), err
	}
	_, err = findHook(c, t, workflow, transition, id)
	return nil, err
}
