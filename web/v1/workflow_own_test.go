package v1_test

import (
	"strings"
	"testing"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// second makes another project of a flow's workspace, with its states by name.
func (f flow) second(name string) flow {
	g := flow{place: f.place, states: map[string]string{}}
	g.base = f.workspace + "projects/" + f.key.Must("POST", f.workspace+"projects/",
		obj{"name": name, "identifier": strings.ToUpper(name)}).ID() + "/"
	for _, row := range f.key.Must("GET", g.base+"states/", nil).At("results").([]any) {
		g.states[row.(obj)["name"].(string)] = row.(obj)["id"].(string)
	}
	f.key.Must("PATCH", g.base+"features/", obj{"workflows": true})
	return g
}

// A workflow of a workspace holds in every project that gives it to a type, by the names of its states.
func TestWorkflowsOfTheWorkspace(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		f, away := newFlow(t, s, "own"), newFlow(t, s, "away")
		all := newCrowd(t, s, f.place)
		g := f.second("two")
		bug, fault := aType(t, s, f.place, "Bug"), aType(t, s, g.place, "Fault")
		list := f.workspace + "workflows/"
		made := f.key.Must("POST", list, obj{"name": "Support", "is_active": true})
		one := list + made.ID() + "/"
		ways := one + "state-transitions/"
		give := func(p flow, kind string) string { return p.base + "work-item-types/" + kind + "/workflow/" }
		walk(t, []step{
			{all.admin, "POST", list, obj{"name": "x"}, 403, ""}, {all.member, "GET", one, nil, 200, `"project_id":null`},
			{all.outsider, "GET", one, nil, 200, `"is_active":false`}, {all.elsewhere, "GET", one, nil, 403, ""},
			{all.admin, "PATCH", one, obj{"name": "x"}, 403, ""}, {all.admin, "DELETE", one, nil, 403, ""},
			{away.key, "GET", away.workspace + "workflows/" + made.ID() + "/", nil, 404, ""},
			{f.key, "PATCH", one, obj{"is_active": true}, 400, `"is_active":["A workflow of a workspace has states`},
			{f.key, "POST", one + "states/", obj{"state_ids": []string{away.states["Todo"]}}, 400, `{"state_ids":{"0":["Invalid pk`},
			{f.key, "POST", one + "states/",
				obj{"state_ids": []string{f.states["Todo"], f.states["Done"], g.states["Todo"]}}, 201, `"state_id":"` + f.states["Done"] + `","name":"Done"`},
			{f.key, "GET", one, nil, 200, `"states_count":2`},
			{f.key, "POST", ways, obj{"state_id": f.states["Todo"], "transition_state_id": g.states["Todo"]}, 400,
				"This is the state that the transition is from."},
			{f.key, "POST", ways, obj{"state_id": g.states["Todo"], "transition_state_id": g.states["In Progress"],
				"member_ids": []string{away.key.User.ID}}, 400, `"member_ids":{"0"`},
			{f.key, "POST", ways, obj{"state_id": g.states["Todo"], "transition_state_id": g.states["In Progress"]}, 201,
				`"state_id":"` + f.states["Todo"] + `"`},
			{f.key, "POST", one + "states/" + f.states["Todo"] + "/mark-default/", nil, 200, `"is_default":true`},
			{f.key, "PUT", give(f, bug), obj{"workflow_id": made.ID()}, 400, "not active"},
			{f.key, "PATCH", one, obj{"is_active": true, "description": "d"}, 200, `"is_active":true`},
			{f.key, "GET", f.base + "workflows/" + made.ID() + "/", nil, 404, ""}, // it is not the project's
			{f.key, "GET", give(f, bug), nil, 200, `"name":"Support"`},
		})
		old := f.item(obj{"name": "old", "type": bug, "state": f.states["Backlog"]})
		walk(t, []step{
			{f.key, "PUT", give(f, bug), obj{"workflow_id": made.ID()}, 400, `"code":"workflow_orphans"`},
			{f.key, "PUT", give(f, bug), obj{"workflow_id": made.ID(),
				"state_mapping": obj{f.states["Backlog"]: g.states["Todo"]}}, 400, `"state_mapping":`},
			{f.key, "PUT", give(f, bug), obj{"workflow_id": made.ID(),
				"state_mapping": obj{f.states["Backlog"]: f.states["Todo"]}}, 200, made.ID()},
			{f.key, "PUT", give(g, fault), obj{"workflow_id": made.ID()}, 200, made.ID()},
			{f.key, "GET", one, nil, 200, `"projects_count":2,"work_item_types_count":2`},
			{f.key, "GET", one + "usage/", nil, 200, `"types":["` + fault + `"]`},
			{all.member, "GET", one + "usage/", nil, 200, `"types":["` + bug + `"]`},
		})
		if got := f.stateOf(old); got != "Todo" {
			t.Errorf("what the workflow would have stranded is in %s", got)
		}
		other := g.item(obj{"name": "n", "type": fault})
		if got := g.stateOf(other); got != "Todo" {
			t.Errorf("without a state it begins in %s", got)
		}
		hook := f.key.Must("POST", ways+rows(f.key.Must("GET", ways, nil))[0]["id"].(string)+"/hooks/", obj{"phase": "post",
			"handler_name": "change_properties", "config": obj{"state_id": g.states["Done"]}})
		at := g.base + "work-items/" + other + "/"
		walk(t, []step{
			{f.key, "PATCH", at, g.to("Done"), 400, `By the workflow \"Support\"`},
			{f.key, "PATCH", at, g.to("In Progress"), 200, ""},
		})
		path := ways + hook.At("transition_id").(string) + "/hooks/" + hook.ID() + "/"
		if got := f.runs(t, path); len(got) != 1 || got[0]["status"] != "success" || g.stateOf(other) != "Done" {
			t.Errorf("a hook of a workspace's workflow did %v: it is in %s", got, g.stateOf(other))
		}
		// a state that is called otherwise is another one, and one that is there anew is known
		g.key.Must("PATCH", g.base+"states/"+g.states["Done"]+"/", obj{"name": "Over"})
		walk(t, []step{
			{f.key, "PATCH", at, g.to("Todo"), 200, ""}, {f.key, "PATCH", at, g.to("In Progress"), 200, ""},
			{f.key, "PATCH", at, obj{"state": g.states["Done"]}, 400, "has no state"},
			// the workflow's names stay when the state by which it is called goes
			{f.key, "DELETE", g.base, nil, 204, ""},
			{f.key, "GET", one, nil, 200, `"projects_count":1`},
			// work items go along when their state does
			{f.key, "DELETE", one + "states/" + f.states["Todo"] + "/", nil, 400, "default state of a workflow stays"},
			{f.key, "DELETE", one + "states/" + f.states["Todo"] + "/", obj{"new_default_state_id": f.states["Done"],
				"state_mapping": obj{f.states["Todo"]: store.NewID()}}, 400, `"state_mapping":`},
			{f.key, "DELETE", one + "states/" + f.states["Todo"] + "/", obj{"new_default_state_id": f.states["Done"],
				"state_mapping": obj{f.states["Todo"]: f.states["Done"]}}, 204, ""},
			{f.key, "GET", one + "activities/", nil, 200, `"field":"state"`},
			{f.key, "GET", f.base + "work-items/" + old + "/activities/", nil, 200, `"new_value":"Done"`},
			{f.key, "DELETE", one, nil, 204, ""}, {f.key, "GET", one, nil, 404, ""},
			{f.key, "GET", give(f, bug), nil, 200, `"workflow_id":null`},
		})
		if got := f.stateOf(old); got != "Done" {
			t.Errorf("it is in %s", got)
		}
	})
}
