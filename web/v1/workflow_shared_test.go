package v1_test

import (
	"strings"
	"testing"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// A workspace shows the workflows of the projects that the caller is in, and changes them.
func TestWorkflowsOfAWorkspace(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		f, other := newFlow(t, s, "shared"), newFlow(t, s, "away")
		all := newCrowd(t, s, f.place)
		bug := aType(t, s, f.place, "Bug")
		bugs := f.key.Must("POST", f.base+"workflows/", obj{"name": "Bugs", "work_item_type_ids": []string{bug}}).ID()
		way := f.key.Must("POST", f.base+"workflows/"+bugs+"/state-transitions/",
			obj{"state_id": f.states["Todo"], "transition_state_id": f.states["Done"]}).ID()
		usual := f.key.Must("GET", f.at, nil).ID()
		list := f.workspace + "workflows/"
		one, foreign := list+bugs+"/", list+other.key.Must("GET", other.at, nil).ID()+"/"
		hidden := f.person.Must("POST", "/api/workspaces/shared/projects/",
			obj{"name": "Hidden", "identifier": "HID", "network": 0}).ID()
		secret := f.key.Must("POST", f.workspace+"projects/"+hidden+"/workflows/", obj{"name": "Secret"}).ID()
		walk(t, []step{
			{all.member, "GET", list + "?sort_by=name&sort_order=desc", nil, 200, `"total_count":2`},
			{all.guest, "GET", list + "?search=BUG", nil, 200, `"total_count":1`},
			{f.key, "GET", list + "?is_active=false", nil, 200, `"total_count":2`},
			{f.key, "GET", list, nil, 200, `"total_count":3`},
			{f.key, "GET", list + "?search=bug", nil, 200, `"states_count":2,"projects_count":1,"work_item_types_count":1`},
			{f.key, "GET", list + "?sort_by=size", nil, 400, ""},
			{all.outsider, "GET", list, nil, 200, `"total_count":0`}, {all.elsewhere, "GET", list, nil, 403, ""},
			{all.member, "GET", list + secret + "/", nil, 404, ""}, {f.key, "GET", list + secret + "/", nil, 200, "Secret"},
			{all.outsider, "GET", one, nil, 404, ""}, {f.key, "GET", foreign, nil, 404, ""},
			{f.key, "GET", list + store.NewID() + "/", nil, 404, ""},
			{all.member, "GET", one, nil, 200, `"work_item_type_ids":["` + bug + `"],"states":[{"id":"` + f.states["Todo"] + `"`},
			{all.member, "GET", one + "state-transitions/", nil, 200, `"pre_hooks":[],"post_hooks":[]`},
			{all.member, "GET", one + "state-transitions/" + way + "/", nil, 200, way},
			{all.outsider, "GET", one + "state-transitions/" + way + "/", nil, 404, ""},
			{all.outsider, "GET", one + "state-transitions/", nil, 404, ""},
			{all.member, "GET", one + "activities/", nil, 200, `"verb":"created"`},
			{all.outsider, "GET", one + "activities/", nil, 404, ""}, {all.outsider, "GET", one + "usage/", nil, 404, ""},
			{f.key, "GET", one + "usage/", nil, 200, `{"projects":[],"types_mandating":[],"types_allowing":["` + bug + `"]}`},
			{f.key, "GET", list + usual + "/usage/", nil, 200, `"types":["` + bug + `",null]`},
			{f.key, "PATCH", f.base + "workflows/" + bugs + "/", obj{"is_active": true}, 200, ""},
			{f.key, "GET", one + "usage/", nil, 200, `"types":["` + bug + `"]`},
			{f.key, "GET", list + usual + "/usage/", nil, 200, `"types":[null]`},
			// a workflow of a project changes from here, too, by those who may
			{all.member, "PATCH", one, obj{"name": "x"}, 403, ""}, {all.outsider, "PATCH", one, obj{"name": "x"}, 404, ""},
			{all.admin, "PATCH", one, obj{"name": "Faults"}, 200, `"name":"Faults"`}, {f.key, "PATCH", foreign, obj{}, 404, ""},
			{f.key, "POST", one + "states/" + f.states["Todo"] + "/mark-default/", nil, 200, `"is_default":true`},
			{f.key, "PATCH", one + "state-transitions/" + way + "/", obj{"member_ids": []string{all.member.User.ID}}, 200, `"pre_hooks":[]`},
			{f.key, "DELETE", one + "state-transitions/" + way + "/", nil, 204, ""},
			{all.elsewhere, "DELETE", one, nil, 403, ""},
			{f.key, "DELETE", list + usual + "/", nil, 400, "default workflow stays"}, {f.key, "DELETE", one, nil, 204, ""},
		})
	})
}

// What is published and not offered here says so in a sentence, to whoever may look.
func TestWhatIsNotOffered(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		f := newFlow(t, s, "absent")
		all := newCrowd(t, s, f.place)
		id := store.NewID()
		walk(t, []step{
			{f.key, "GET", f.workspace + "group-sync/config/", nil, 404, "not offered here"},
			{f.key, "POST", f.workspace + "group-sync/project-mappings/", obj{"idp_group_name": "a"}, 404, "not offered here"},
			{f.key, "POST", f.workspace + "runs/", obj{"agent_slug": "a"}, 404, "An agent is a person with a key"},
			{f.key, "PATCH", f.workspace + "work-item-types/" + id + "/governance/", obj{}, 404, `"code":"workspace_not_managed"`},
			{all.elsewhere, "GET", f.workspace + "runs/" + id + "/", nil, 403, ""},
		})
		described := f.key.Must("GET", "/api/schema/", nil)
		paths := described.At("paths").(map[string]any)
		runs := paths["/api/v1/workspaces/{slug}/runs/"].(map[string]any)["post"].(map[string]any)
		if runs["x-not-offered"] != true || !strings.Contains(runs["description"].(string), "not offered here") {
			t.Errorf("it is described as %v", runs)
		}
		if answers := runs["responses"].(map[string]any); answers["404"] == nil || answers["204"] != nil {
			t.Errorf("its answers are %v", answers)
		}
	})
}
