package issue

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/pql"
	"github.com/sailplane/sailplane/app/webhook"
	"github.com/sailplane/sailplane/app/workflow"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/issuelist"
)

// What happens before a work item makes a transition. Its hooks see it as it would be, within the transaction of the
// move, and the first that fails undoes that. Another server is asked without any: the move is tried, undone, and tried
// again when it has agreed.

// heldUp is the refusal of a hook, and what is kept of that.
type heldUp struct {
	run     *store.HookRun
	refusal error
}

func (e *heldUp) Error() string { return e.refusal.Error() }

// Unwrap is what the caller hears.
func (e *heldUp) Unwrap() error { return e.refusal }

// question is what another server is to be asked before the move goes on.
type question struct {
	hook store.WorkflowHook
	run  *store.HookRun
	key  string
}

var errMoveAlone = &app.Error{Kind: app.Invalid, Code: workflow.Refused,
	Text: "Another server decides about this move: move this work item by itself."}

func (e *question) Error() string { return errMoveAlone.Error() }

// Unwrap is what the caller hears where nobody asks.
func (e *question) Unwrap() error { return errMoveAlone }

// mostAsked is how many servers are asked about one change.
const mostAsked = 10

// moving runs what moves a work item, and asks on the way whom the hooks of its transition name.
func moving(c *app.Call, in *Input, write func(t *store.Tx) error) error {
	for range mostAsked + 1 {
		err := c.Write(write)
		var held *heldUp
		var q *question
		switch {
		case errors.As(err, &held):
			err := c.Write(func(t *store.Tx) error {
				workflow.End(held.run, t.Now, wordsOf(held.refusal))
				return workflow.Keep(t, held.run)
			})
			return errors.Join(err, held.refusal)
		case !errors.As(err, &q):
			return err
		}
		if err := in.ask(c, q); err != nil {
			return err
		}
	}
	return errMoveAlone
}

func wordsOf(err error) string {
	var e *app.Error
	if errors.As(err, &e) && e.Text != "" {
		return e.Text
	}
	return err.Error()
}

// ask asks another server, and notes its answer: a refusal at once, and a yes with the move.
func (in *Input) ask(c *app.Call, q *question) error {
	post, err := workflow.PostOf(c.App, &q.hook, q.run)
	if err != nil {
		return err
	}
	answer := webhook.Send(c, c.App, post)
	workflow.Answered(q.run, answer)
	if answer.Taken {
		if in.asked == nil {
			in.asked = map[string]*store.HookRun{}
		}
		in.asked[q.key] = q.run
		return nil
	}
	text := "The server that decides about this move does not answer." // where it is is not everybody's business
	if answer.Status > 0 {
		text = "The server that decides about this move does not agree: " + cmp.Or(reasonIn(answer.Body), answer.Fault+".")
	}
	refusal := &app.Error{Kind: app.Invalid, Code: workflow.Refused, Text: text}
	err = c.Write(func(t *store.Tx) error {
		workflow.End(q.run, t.Now, answer.Fault)
		return workflow.Keep(t, q.run)
	})
	return errors.Join(err, refusal)
}

// reasonIn is what another server says of its refusal, in one of the words that are usual for that.
func reasonIn(body string) string {
	var said struct{ Message, Error, Detail string }
	_ = json.Unmarshal([]byte(body), &said) // else it says nothing
	for _, text := range []string{said.Message, said.Error, said.Detail} {
		if text = strings.TrimSpace(text); text != "" {
			return text[:min(len(text), 500)]
		}
	}
	return ""
}

// before runs the hooks before a move.
func (in *Input) before(c *app.Call, t *store.Tx, m *workflow.Move) error {
	for i := range m.Way.Before {
		h := &m.Way.Before[i]
		key := strings.Join([]string{h.ID, m.From.ID, m.To.ID}, " ")
		run := in.asked[key]
		if run == nil {
			var err error
			if run, err = m.NewRun(t, h); err != nil {
				return err
			}
		}
		if h.Handler == workflow.SendWebhook && in.asked[key] == nil {
			return &question{*h, run, key}
		}
		fault, err := objection(c, t, m, h)
		if err != nil {
			return err
		}
		if fault != "" {
			return &heldUp{run, &app.Error{Kind: app.Invalid, Code: workflow.Refused, Text: fault}}
		}
		workflow.End(run, t.Now, "")
		if err := workflow.Keep(t, run); err != nil {
			return err
		}
	}
	return nil
}

// objection is what a hook has against a move; empty: nothing.
func objection(c *app.Call, t *store.Tx, m *workflow.Move, h *store.WorkflowHook) (string, error) {
	config, err := workflow.ConfigOf(h)
	if err != nil {
		return "", err
	}
	fault := ""
	switch h.Handler {
	case workflow.RequireFields:
		fault, err = lacks(t, m, &config)
	case workflow.MatchPQL:
		fault, err = differs(c, t, m, &config)
	}
	if fault != "" && config.Message != "" {
		fault = config.Message
	}
	return fault, err
}

// lacks says what a work item has not that it has to have.
func lacks(t *store.Tx, m *workflow.Move, config *workflow.HookConfig) (string, error) {
	lacking, err := store.Lacking(t, m.Issue.ID, config.Fields)
	if err != nil {
		return "", err
	}
	for i, name := range lacking {
		lacking[i] = neededWords[name]
	}
	if len(config.Properties) > 0 {
		by, err := store.ValuesFor(t, m.Issue.ID, config.Properties)
		if err != nil {
			return "", err
		}
		known, err := store.ItemProperties.ByID(t, config.Properties)
		if err != nil {
			return "", err
		}
		for _, id := range config.Properties {
			if p := known[id]; p != nil && p.IsActive && len(by[id]) == 0 { // else nobody can give it a value
				lacking = append(lacking, p.DisplayName)
			}
		}
	}
	if len(lacking) == 0 {
		return "", nil
	}
	return "Before it goes to \"" + m.To.Name + "\" this work item needs: " + strings.Join(lacking, ", ") + ".", nil
}

// neededWords is what fields that a work item lacks are called.
var neededWords = map[string]string{
	"assignees": "an assignee", "description": "a description", "due_date": "a due date",
	"estimate_point": "an estimate", "labels": "a label", "parent": "a parent", "start_date": "a start date",
	"cycle": "a cycle", "module": "a module", "comment": "a comment", "link": "a link", "attachment": "an attachment",
	"sub_items_closed": "that all its sub-items are closed",
}

// differs says that a work item is not as it has to be.
func differs(c *app.Call, t *store.Tx, m *workflow.Move, config *workflow.HookConfig) (string, error) {
	f, err := pql.CompileIn(c, t, config.PQL, []string{m.Issue.ProjectID})
	var wrong *app.Error
	if errors.As(err, &wrong) { // it speaks of what is there no more, or not for the caller
		return "The rule of this move can't be read any more: " + faultsOf(wrong), nil
	}
	if err != nil {
		return "", err
	}
	q := issuelist.Query{Scope: issuelist.Scope{Workspace: m.Issue.WorkspaceID, Projects: []string{m.Issue.ProjectID},
		User: c.UserID(), Either: true},
		Filters: []issuelist.Filter{issuelist.In{Field: issuelist.ID, Values: []string{m.Issue.ID}}, f}}
	if q.States, err = issuelist.ReadStates(t, q.Scope.Projects); err != nil {
		return "", err
	}
	q.Order, _ = issuelist.ParsePublicOrder("-created_at")
	ids, err := q.IDs(t, 0, 1)
	if err != nil || len(ids) > 0 {
		return "", err
	}
	return "Before it goes to \"" + m.To.Name + "\" this work item has to be such: " + config.PQL, nil
}

func faultsOf(e *app.Error) string {
	if list, ok := e.Fields[pql.Param].([]string); ok && len(list) > 0 {
		return strings.Join(slices.Clone(list), " ")
	}
	return e.Text
}
