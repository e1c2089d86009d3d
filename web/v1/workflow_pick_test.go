package v1_test

import (
	"strings"
	"testing"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// A project gives each of its types a workflow, and says where work items go that it would strand.
func TestWorkflowsAreGivenToTypes(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		f, other := newFlow(t, s, "picks"), newFlow(t, s, "away")
		all := newCrowd(t, s, f.place)
		bug, foreign := aType(t, s, f.place, "Bug"), aType(t, s, other.place, "Theirs")
		usual := f.key.Must("GET", f.at, nil).ID()
		bugs := f.key.Must("POST", f.base+"workflows/", obj{"name": "Bugs", "is_active": true}).ID()
		idle := f.key.Must("POST", f.base+"workflows/", obj{"name": "Idle"}).ID()
		at := f.base + "work-item-types/" + bug + "/workflow/"
		f.key.Must("POST", f.base+"workflows/"+bugs+"/states/",
			obj{"state_ids": []string{f.states["Todo"], f.states["Done"]}})
		item := f.item(obj{"name": "a", "type": bug, "state": f.states["Backlog"]})
		f.item(obj{"name": "b", "type": bug, "state": f.states["Todo"]})
		free := f.item(obj{"name": "c", "state": f.states["Backlog"]})
		orphan := `"per_state":[{"state_id":"` + f.states["Backlog"] + `","name":"Backlog","count":1}]`
		to := func(state string) obj {
			return obj{"workflow_id": bugs, "state_mapping": obj{f.states["Backlog"]: f.states[state]}}
		}
		walk(t, []step{
			{all.guest, "GET", at, nil, 200, `"workflow_id":null,"effective_workflow_id":"` + usual + `","source":"default"`},
			{f.key, "GET", f.base + "work-item-types/workflows/", nil, 200, `"name":"Bugs"`},
			{f.key, "GET", f.base + "work-item-types/" + foreign + "/workflows/", nil, 404, ""},
			{all.member, "PUT", at, obj{"workflow_id": bugs}, 403, ""}, {all.outsider, "GET", at, nil, 403, ""},
			{f.key, "PUT", at, obj{}, 400, `"workflow_id":["This field is required."]`},
			{f.key, "PUT", at, obj{"workflow_id": store.NewID()}, 400, `"workflow_id":["Invalid pk`},
			{f.key, "PUT", at, obj{"workflow_id": idle}, 400, "not active"},
			{f.key, "PUT", at, obj{"workflow_id": bugs}, 400, `"code":"workflow_orphans"`},
			{f.key, "PUT", at, obj{"workflow_id": bugs}, 400, orphan},
			{f.key, "PUT", at, to("In Progress"), 400, `"state_mapping":{"` + f.states["Backlog"] + `":["Invalid pk`},
			{f.key, "PUT", at, obj{"workflow_id": bugs, "state_mapping": 7}, 400, "state_mapping"},
			{all.guest, "POST", f.base + "workflow-fallback-preview/", obj{"workflow_id": bugs}, 403, ""},
			{f.key, "POST", f.base + "workflow-fallback-preview/", obj{}, 400, "non_field_errors"},
			{f.key, "POST", f.base + "workflow-fallback-preview/", obj{"workflow_id": store.NewID()}, 400, "workflow_id"},
			{f.key, "POST", f.base + "workflow-fallback-preview/", obj{"new_type_id": foreign}, 400, "new_type_id"},
			{all.member, "POST", f.base + "workflow-fallback-preview/", obj{"type_id": bug, "workflow_id": bugs}, 200,
				`{"total":1,"type_total":2,` + orphan + `}`},
			{f.key, "PUT", at, to("Todo"), 200, `{"workflow_id":"` + bugs + `"}`},
			{f.key, "GET", f.base + "work-items/" + item + "/activities/", nil, 200, `"new_value":"Todo"`},
			{f.key, "GET", at, nil, 200, `"effective_workflow_id":"` + bugs + `","source":"type"`},
			{f.key, "PATCH", f.base + "work-items/" + item + "/", f.to("In Progress"), 400, `has no state`},
			{all.member, "POST", f.base + "workflow-fallback-preview/", obj{"new_type_id": bug}, 200, `{"total":1,"type_total":1,`},
			{f.key, "GET", f.base + "workflows/" + bugs + "/activities/", nil, 200, `"new_value":"` + bug + `"`},
			{f.key, "PUT", at, obj{"workflow_id": usual}, 200, `{"workflow_id":"` + usual + `"}`},
			{f.key, "GET", at, nil, 200, `"workflow_id":null,`},
			{f.key, "PUT", at, to("Todo"), 200, bugs},
			{f.key, "PATCH", f.base + "features/", obj{"workflows": false}, 200, ""},
			{f.key, "GET", at, nil, 200, `"effective_workflow_id":null,"source":null`},
		})
		if got := f.stateOf(item) + " " + f.stateOf(free); got != "Todo Backlog" {
			t.Errorf("they are in %s", got)
		}
	})
}

// Work items that a workflow moves, because they would be stranded or because it loses their state, are told of as
// whatever moves: in their history, to webhooks, and in the stream of events.
func TestWhatWorkflowsMoveIsToldOf(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		a.Config.Webhooks.AllowNetworks = []string{"127.0.0.0/8"}
		s := webtest.New(t, a)
		f := newFlow(t, s, "told")
		bug := aType(t, s, f.place, "Bug")
		bugs := f.key.Must("POST", f.base+"workflows/", obj{"name": "Bugs", "is_active": true}).ID()
		at := f.workspace + "workflows/" + bugs + "/"
		f.key.Must("POST", at+"states/", obj{"state_ids": []string{f.states["Todo"], f.states["Done"]}})
		item := f.item(obj{"name": "a", "type": bug, "state": f.states["Backlog"]})
		hooks := "/api/workspaces/told/webhooks/"
		hook := f.person.Must("POST", hooks, obj{"url": "http://127.0.0.2:9/", "issue": true}).ID() // where nothing listens
		moves := 0
		for _, tt := range []struct {
			method, path string
			body         obj
			state        string
		}{
			{"PUT", f.base + "work-item-types/" + bug + "/workflow/", obj{"workflow_id": bugs,
				"state_mapping": obj{f.states["Backlog"]: f.states["Todo"]}}, "Todo"},
			{"DELETE", at + "states/" + f.states["Todo"] + "/",
				obj{"state_mapping": obj{f.states["Todo"]: f.states["Done"]}}, "Done"},
		} {
			f.key.Must(tt.method, tt.path, tt.body)
			moves++
			if got := f.stateOf(item); got != tt.state {
				t.Errorf("%s: it is in %s", tt.path, got)
			}
			history := string(f.key.Must("GET", f.base+"work-items/"+item+"/activities/", nil).Raw)
			if !strings.Contains(history, `"new_value":"`+tt.state+`"`) {
				t.Errorf("%s: the history has %s", tt.path, history)
			}
			told := string(f.person.Must("GET", hooks+hook+"/deliveries/", nil).Raw)
			if got := strings.Count(told, `"event":"issue"`); got != moves {
				t.Errorf("%s: webhooks hear %d times: %s", tt.path, got, told)
			}
			events := 0
			err := a.DB.Read(t.Context()).One("SELECT COUNT(*) FROM stream_events WHERE entity_id = ? AND action = 'updated'"+
				" AND fields LIKE '%state_id%'", []any{item}, &events)
			if err != nil || events != moves {
				t.Errorf("%s: %d events are told (%v)", tt.path, events, err)
			}
		}
	})
}
