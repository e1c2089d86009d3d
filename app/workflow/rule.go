package workflow

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Rules of a transition are its hooks, in one list for each phase.

// ruleInput is what a list says of a rule.
type ruleInput struct {
	ID        string          `json:"id"`
	Handler   string          `json:"handler_name"`
	Config    json.RawMessage `json:"config"`
	IsEnabled *bool           `json:"is_enabled"`
}

// setRules makes a list that a request has the rules of a phase: those that it names by their ids stay, others that
// there were go.
func (in *TransitionInput) setRules(c *app.Call, t *store.Tx, w *store.Workflow, id string) error {
	for _, list := range []struct {
		field, phase string
		rules        app.Opt[[]json.RawMessage]
	}{{"pre_rules", store.HookBefore, in.Pre}, {"post_rules", store.HookAfter, in.Post}} {
		if !list.rules.Set {
			continue
		}
		way, err := oneTransition(c, t, w.ID, id)
		if err != nil {
			return err
		}
		by, err := hooksOf(t, dbx.HashExp{"transition_id": id, "phase": list.phase})
		if err != nil {
			return err
		}
		if err := replaceRules(c, t, w, way, by[id], list.rules.V, list.field, list.phase); err != nil {
			return err
		}
	}
	return nil
}

// outside looks whether the servers that rules name may be asked.
func (in *TransitionInput) outside(c *app.Call) error {
	for field, rules := range map[string]app.Opt[[]json.RawMessage]{"pre_rules": in.Pre, "post_rules": in.Post} {
		for i, raw := range rules.V[:min(len(rules.V), mostHooks)] {
			var r ruleInput
			if json.Unmarshal(raw, &r) != nil || len(r.Config) == 0 {
				continue // it is refused, or has none, later
			}
			one := HookInput{Config: app.Some(store.JSON(r.Config))}
			if err := one.outside(c); err != nil {
				return within(field, i, err)
			}
		}
	}
	return nil
}

func replaceRules(c *app.Call, t *store.Tx, w *store.Workflow, way *Transition, had []store.WorkflowHook,
	rules []json.RawMessage, field, phase string) error {
	if len(rules) > mostHooks {
		return app.Field(field, "A transition has no more than 10 hooks before it, and as many after it.")
	}
	ins, stays, err := readRules(rules, field, had)
	if err != nil {
		return err
	}
	var left []store.WorkflowHook
	for i := range had {
		if stays[had[i].ID] {
			left = append(left, had[i])
		} else if err := dropHook(t, w, &had[i]); err != nil {
			return err
		}
	}
	for i, r := range ins {
		in := HookInput{Phase: app.Some(phase), Handler: app.Some(r.Handler)}
		if r.IsEnabled != nil {
			in.IsEnabled = app.Some(*r.IsEnabled)
		}
		if len(r.Config) > 0 {
			in.Config = app.Some(store.JSON(r.Config))
		}
		if err := putRule(c, t, w, way, &left, r.ID, in); err != nil {
			return within(field, i, err)
		}
	}
	return nil
}

// putRule changes the hook that there is, or makes one.
func putRule(c *app.Call, t *store.Tx, w *store.Workflow, way *Transition, left *[]store.WorkflowHook, id string,
	in HookInput) error {
	for i := range *left {
		if h := &(*left)[i]; h.ID == id {
			if in.Handler.V == "" {
				in.Handler.Set = false
			}
			return setHook(c, t, w, way, h, in)
		}
	}
	now, err := addHook(c, t, w, way, *left, in)
	if err == nil {
		*left = append(*left, now.WorkflowHook)
	}
	return err
}

func readRules(rules []json.RawMessage, field string, had []store.WorkflowHook) (ins []ruleInput, stays map[string]bool,
	err error) {
	stays = map[string]bool{}
	for i, raw := range rules {
		var r ruleInput
		if !bytes.HasPrefix(bytes.TrimSpace(raw), []byte("{")) || json.Unmarshal(raw, &r) != nil {
			return nil, nil, within(field, i, app.Field("non_field_errors",
				"A rule is an object with handler_name and config."))
		}
		for _, h := range had {
			if h.ID == r.ID {
				stays[h.ID] = true
			}
		}
		ins = append(ins, r)
	}
	return ins, stays, nil
}

// within says of which rule of a list it is that something is wrong.
func within(field string, n int, err error) error {
	var e *app.Error
	if errors.As(err, &e) && len(e.Fields) > 0 {
		return app.Fields{field: app.Fields{strconv.Itoa(n): e.Fields}}.Err()
	}
	return err
}
