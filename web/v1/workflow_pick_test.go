package v1_test

import (
	"testing"

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
