package workflow

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/webhook"
	"github.com/sailplane/sailplane/store"
)

// Event is what other servers are told of by hooks.
const Event = "workflow_transition"

// Move is a work item that makes a transition.
type Move struct {
	Way      *Way
	Issue    *store.Issue
	From, To store.StateRef
}

// doc is what hooks, and other servers, are told of a move.
func (m *Move) doc(t *store.Tx, h *store.WorkflowHook, run string) (store.JSON, error) {
	p, err := store.Projects.Find(t, m.Issue.ProjectID)
	if err != nil {
		return nil, err
	}
	ws, err := store.Workspaces.Find(t, m.Issue.WorkspaceID)
	if err != nil {
		return nil, err
	}
	state := func(s store.StateRef) map[string]any {
		return map[string]any{"id": s.ID, "name": s.Name, "group": s.Group}
	}
	doc := map[string]any{"event": Event, "id": run, "phase": h.Phase, "hook_id": h.ID, "workflow_id": h.WorkflowID,
		"transition_id": h.TransitionID, "workspace_id": ws.ID, "workspace_slug": ws.Slug, "project_id": p.ID,
		"from_state": state(m.From), "to_state": state(m.To), "actor": nil, "created_at": app.Time(t.Now, time.UTC),
		"work_item": map[string]any{"id": m.Issue.ID, "name": m.Issue.Name, "priority": m.Issue.Priority,
			"identifier": p.Identifier + "-" + strconv.Itoa(m.Issue.SequenceID), "sequence_id": m.Issue.SequenceID,
			"type_id": m.Issue.TypeID, "parent_id": m.Issue.ParentID, "start_date": m.Issue.StartDate,
			"target_date": m.Issue.TargetDate}}
	if t.Actor != "" {
		u, err := store.Users.Find(t, t.Actor)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		if err == nil {
			doc["actor"] = map[string]any{"id": u.ID, "display_name": u.DisplayName}
		}
	}
	return json.Marshal(doc)
}

// NewRun is what will be told of a hook that runs because of the move.
func (m *Move) NewRun(t *store.Tx, h *store.WorkflowHook) (*store.HookRun, error) {
	run := &store.HookRun{AuditFields: store.AuditFields{ID: store.NewID()}, HookID: h.ID, Phase: h.Phase,
		Handler: h.Handler, Status: store.RunWaiting, TransitionID: h.TransitionID, IssueID: m.Issue.ID,
		ProjectID: m.Issue.ProjectID, WorkspaceID: m.Issue.WorkspaceID}
	if t.Actor != "" {
		actor := t.Actor
		run.ActorID = &actor
	}
	var err error
	run.Input, err = m.doc(t, h, run.ID)
	return run, err
}

// Keep writes what became of a hook.
func Keep(t *store.Tx, run *store.HookRun) error {
	if err := store.HookRuns.Insert(t, run); err != nil {
		return err
	}
	return store.KeepLatestHookRuns(t, run.HookID, mostRuns)
}

// End says of a run what became of it.
func End(run *store.HookRun, now time.Time, fault string) {
	run.Status, run.Fault, run.EndedAt = store.RunDone, fault, &now
	if fault != "" {
		run.Status = store.RunFailed
	}
}

// Follow leaves the jobs of the hooks that come after a move.
func (m *Move) Follow(t *store.Tx) error {
	for i := range m.Way.After {
		h := &m.Way.After[i]
		run, err := m.NewRun(t, h)
		if err != nil {
			return err
		}
		if err := Keep(t, run); err != nil {
			return err
		}
		kind, due := store.JobHookActs, store.HookDue{ID: run.ID, IssueID: run.IssueID}
		if h.Handler == SendWebhook {
			config, err := ConfigOf(h)
			if err != nil {
				return err
			}
			kind, due.Host = store.JobHookSends, app.HostOf(config.URL)
		}
		if err := store.Enqueue(t, kind, due); err != nil {
			return err
		}
	}
	return nil
}

// Due finds the run of a job and its hook; no run: it is done already. No hook: it is there no more.
func Due(t *store.Tx, id string) (*store.HookRun, *store.WorkflowHook, error) {
	run, err := store.HookRuns.Find(t, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && run.Status != store.RunWaiting {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	h, err := store.WorkflowHooks.Find(t, run.HookID)
	if errors.Is(err, store.ErrNotFound) || err == nil && !h.IsEnabled {
		return run, nil, nil
	}
	return run, h, err
}

// Gone is why hooks do nothing that were deleted, or switched off, before their time came.
const Gone = "The hook was deleted or switched off."

// Settle writes how a run has ended, with the end of its job.
func Settle(t *store.Tx, run *store.HookRun) error {
	err := store.HookRuns.Update(t, run, "status", "output", "fault", "attempts", "duration_ms", "ended_at")
	return errors.Join(err, store.FinishJob(t))
}

// SendHook makes one attempt to tell another server of a move.
func SendHook(ctx context.Context, a *app.App, due store.HookDue) error {
	run, h, err := Due(a.DB.Read(ctx), due.ID)
	if err != nil {
		return err
	}
	if run == nil {
		return a.DB.Write(ctx, "", store.FinishJob)
	}
	if h == nil {
		return a.DB.Write(ctx, "", func(t *store.Tx) error {
			End(run, t.Now, Gone)
			return Settle(t, run)
		})
	}
	post, err := PostOf(a, h, run)
	if err != nil {
		return err
	}
	answer := webhook.Send(ctx, a, post)
	if !answer.Taken && errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err() // the server stops: that was no attempt
	}
	wait, again := answer.Wait(run.Attempts)
	Answered(run, answer)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTime) // it was made, whatever happens now
	defer cancel()
	return a.DB.Write(ctx, "", func(t *store.Tx) error {
		if !again {
			End(run, t.Now, answer.Fault)
			return Settle(t, run)
		}
		run.Fault = answer.Fault
		err := store.HookRuns.Update(t, run, "output", "fault", "attempts", "duration_ms")
		return errors.Join(err, store.PostponeJob(t, t.Now.Add(wait), due, answer.Fault))
	})
}

const (
	noteTime   = 10 * time.Second // that it may take to note what came of an attempt
	mostAnswer = 4 << 10          // bytes of an answer that are kept
)

// PostOf is what another server is told of a run of a hook.
func PostOf(a *app.App, h *store.WorkflowHook, run *store.HookRun) (*webhook.Post, error) {
	config, err := ConfigOf(h)
	if err != nil {
		return nil, err
	}
	headers := map[string]string{}
	for name, sealed := range config.Headers {
		if value, err := a.Unseal(sealed); err == nil { // else it was kept by another installation: it is to be said anew
			headers[name] = value
		}
	}
	var doc map[string]any
	if err := json.Unmarshal(run.Input, &doc); err != nil {
		return nil, err
	}
	body, err := json.Marshal(doc) // each database keeps a document in a way of its own
	return &webhook.Post{ID: run.ID, URL: config.URL, Secret: h.Secret, Event: Event, Body: string(body),
		Headers: headers}, err
}

// Answered notes what came of an attempt.
func Answered(run *store.HookRun, answer *webhook.Answer) {
	run.Attempts++
	run.DurationMS = answer.Took.Milliseconds()
	run.Output, _ = json.Marshal(map[string]any{"status": answer.Status, // texts and numbers always encode
		"body": answer.Body[:min(len(answer.Body), mostAnswer)]})
}
