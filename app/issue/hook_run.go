package issue

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/richtext"
	"github.com/sailplane/sailplane/app/workflow"
	"github.com/sailplane/sailplane/store"
)

// RunHook does what a hook does after a move: once, in the name of who moved the work item, or of the robot of
// automations when they may write in the project no more. What can't be done is noted, and changes nothing of the move.
func RunHook(ctx context.Context, a *app.App, due store.HookDue) error {
	run, h, err := workflow.Due(a.DB.Read(ctx), due.ID)
	if err != nil {
		return err
	}
	if run == nil {
		return a.DB.Write(ctx, "", store.FinishJob)
	}
	began := time.Now()
	fail := func(fault string) error {
		return a.DB.Write(ctx, "", func(t *store.Tx) error {
			workflow.End(run, t.Now, fault)
			run.Attempts, run.DurationMS = 1, time.Since(began).Milliseconds()
			return workflow.Settle(t, run)
		})
	}
	if h == nil {
		return fail(workflow.Gone)
	}
	c, err := moverOf(ctx, a, run)
	if err != nil {
		return err
	}
	err = c.Write(func(t *store.Tx) error {
		if err := act(c, t, run, h); err != nil {
			return err
		}
		workflow.End(run, t.Now, "")
		run.Attempts, run.DurationMS = 1, time.Since(began).Milliseconds()
		return workflow.Settle(t, run)
	})
	var refusal *app.Error
	switch {
	case errors.As(err, &refusal):
		return fail(refusal.Error())
	case errors.Is(err, store.ErrNotFound):
		return fail("The work item, or what the hook names, is there no more.")
	}
	return err
}

// moverOf is a call in the name of who moved the work item, or of the robot.
func moverOf(ctx context.Context, a *app.App, run *store.HookRun) (*app.Call, error) {
	base, err := a.Address(ctx)
	if err != nil {
		return nil, err
	}
	c, err := inNameOf(ctx, a, run.WorkspaceID, run.ProjectID, run.ActorID)
	if err == nil {
		c.Base, c.Page = base, base
	}
	return c, err
}

// act does what a hook does.
func act(c *app.Call, t *store.Tx, run *store.HookRun, h *store.WorkflowHook) error {
	if t.Actor == store.AutomationID {
		if _, err := store.Automation(t); err != nil {
			return err
		}
	}
	config, err := workflow.ConfigOf(h)
	if err != nil {
		return err
	}
	i, err := store.LockIssue(t, run.WorkspaceID, run.ProjectID, run.IssueID)
	if err != nil {
		return err
	}
	if h.Handler == workflow.AddComment {
		user := t.Actor
		return addComment(c, t, place(&i.Issue), &store.IssueComment{IssueID: i.ID, ProjectID: i.ProjectID,
			WorkspaceID: i.WorkspaceID, ActorID: &user, CommentHTML: config.CommentHTML,
			CommentStripped: richtext.Text(config.CommentHTML), Access: "INTERNAL", Attachments: store.JSON("[]")}, false)
	}
	return applyHook(c, t, i, h, &config)
}

// applyHook writes the properties that a hook gives a work item. Where that moves it, whatever the transitions say, no
// hooks of that move run: so no two workflows drive each other on.
func applyHook(c *app.Call, t *store.Tx, i *store.IssueForUpdate, h *store.WorkflowHook,
	config *workflow.HookConfig) error {
	in := Input{decided: true, hooked: true}
	if config.Priority != nil {
		in.Priority = app.Some(*config.Priority)
	}
	if config.LabelIDs != nil {
		in.LabelIDs = app.Some(*config.LabelIDs)
	}
	if config.AssigneeIDs != nil {
		people := slices.Clone(*config.AssigneeIDs)
		for n, id := range people {
			if id == workflow.ActorWord {
				people[n] = t.Actor
			}
		}
		in.AssigneeIDs = app.Some(people)
	}
	in.StartDate, in.TargetDate = dayOf(c, t, config.StartDate), dayOf(c, t, config.TargetDate)
	if config.StateID != nil {
		to, err := workflow.StateIn(t, h.WorkflowID, i.ProjectID, *config.StateID)
		if err != nil {
			return err
		}
		in.StateID = app.Some(to)
		if err := forgetApprovals(t, i.ID); err != nil {
			return err
		}
	}
	refs, err := in.resolve(t, i.ProjectID)
	if err != nil {
		return err
	}
	return change(c, t, i, &in, refs)
}

// dayOf reads a day of a hook's settings.
func dayOf(c *app.Call, t *store.Tx, said *string) app.Opt[store.Date] {
	switch {
	case said == nil:
		return app.Opt[store.Date]{}
	case *said == "":
		return app.Opt[store.Date]{Set: true, Null: true}
	case *said == workflow.TodayWord:
		return app.Some(store.Date(t.Now.In(c.Zone()).Format(time.DateOnly)))
	}
	return app.Some(store.Date(*said))
}
