package automation_test

import (
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/workflow"
	"github.com/sailplane/sailplane/store"
)

// What a workflow does not let go to where work ends, or only for people, is not closed; the rest is.
func TestWorkflowsHoldBack(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		w := newWorld(t, a, "held")
		w.set(t, dbx.Params{"close_in": 1})
		w.write(t, func(tx *store.Tx) error {
			p, err := store.Projects.Find(tx, w.projectID)
			if err != nil {
				return err
			}
			on := &store.ProjectFeatures{Workflows: true, ProjectID: p.ID, WorkspaceID: p.WorkspaceID}
			if err := store.ProjectFeaturesRows.Insert(tx, on); err != nil {
				return err
			}
			return workflow.Introduce(tx, p)
		})
		flows, err := workflow.List(w.Call)
		must(t, err)
		way := func(to string, members ...string) string {
			made, err := workflow.CreateTransition(w.Call, flows[0].ID, workflow.NewTransition{
				From: app.Some(w.states["Todo"].ID), TransitionInput: workflow.TransitionInput{
					To: app.Some(w.states[to].ID), Members: app.Some(members)}})
			must(t, err)
			return made.ID
		}
		way("In Progress")
		w.rested(t, 2, "Todo")
		w.rested(t, 1, "Backlog")
		closed := func(want int) {
			t.Helper()
			must(t, w.run(t, t.Context(), a))
			if n := w.count(t, dbx.HashExp{"state_id": w.states["Cancelled"].ID}); n != want {
				t.Errorf("%d are closed, want %d", n, want)
			}
		}
		closed(1)
		toEnd := way("Cancelled", w.User.ID)
		closed(1)
		_, err = workflow.ChangeTransition(w.Call, flows[0].ID, toEnd,
			workflow.TransitionInput{Members: app.Some([]string{})})
		must(t, err)
		closed(3)
		hook := func(phase, handler, config string) {
			_, err := workflow.CreateHook(w.Call, flows[0].ID, toEnd, workflow.HookInput{Phase: app.Some(phase),
				Handler: app.Some(handler), Config: app.Some(store.JSON(config))})
			must(t, err)
		}
		// what follows a move follows this one, too; where a rule would have to be heard, nothing is closed
		hook(store.HookAfter, workflow.AddComment, `{"comment_html":"<p>Closed</p>"}`)
		w.rested(t, 1, "Todo")
		closed(4)
		left, err := store.HookRuns.Count(a.DB.Read(t.Context()), dbx.HashExp{"status": store.RunWaiting})
		if err != nil || left != 1 {
			t.Errorf("%d hooks follow (%v)", left, err)
		}
		hook(store.HookBefore, workflow.RequireFields, `{"fields":["link"]}`)
		w.rested(t, 1, "Todo")
		closed(4)
	})
}
