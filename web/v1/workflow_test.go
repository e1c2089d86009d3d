package v1_test

import (
	"strings"
	"testing"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

type obj = map[string]any

// flow is a project with workflows, its states by name, and its default workflow.
type flow struct {
	place
	states map[string]string
	at     string // the default workflow
}

func newFlow(t *testing.T, s *webtest.Server, name string) flow {
	t.Helper()
	f := flow{place: newPlace(s, name), states: map[string]string{}}
	for _, row := range results(t, f.key.Must("GET", f.base+"states/", nil)) {
		f.states[row["name"].(string)] = row["id"].(string)
	}
	f.key.Must("PATCH", f.base+"features/", obj{"workflows": true})
	list := rows(f.key.Must("GET", f.base+"workflows/", nil))
	if len(list) != 1 || list[0]["is_default"] != true || list[0]["is_active"] != true {
		t.Fatalf("the workflows of a project that begins with them are %v", list)
	}
	f.at = f.base + "workflows/" + list[0]["id"].(string) + "/"
	return f
}

// way makes a transition of the default workflow and returns its path.
func (f flow) way(from, to string, more obj) string {
	body := obj{"state_id": f.states[from], "transition_state_id": f.states[to]}
	for key, value := range more {
		body[key] = value
	}
	return f.at + "state-transitions/" + f.key.Must("POST", f.at+"state-transitions/", body).ID() + "/"
}

// to is a body that moves a work item.
func (f flow) to(state string) obj { return obj{"state": f.states[state]} }

func (f flow) stateOf(item string) string {
	id := f.key.Must("GET", f.base+"work-items/"+item+"/", nil).At("state")
	for name, known := range f.states {
		if known == id {
			return name
		}
	}
	return ""
}

// A work item goes where its workflow lets it go, by every API; a refusal says where it may go, in all words in which
// clients look for it.
func TestWorkflowHoldsMoves(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		f := newFlow(t, s, "held")
		all := newCrowd(t, s, f.place)
		item := f.item(obj{"name": "a", "state": f.states["Todo"]})
		one := f.base + "work-items/" + item + "/"
		inApp := strings.Replace(strings.Replace(one, "/api/v1/", "/api/", 1), "/work-items/", "/issues/", 1)
		f.way("Todo", "In Progress", nil)
		f.way("Todo", "Cancelled", obj{"member_ids": []string{all.member.User.ID}})
		walk(t, []step{
			{f.key, "PATCH", one, f.to("Done"), 400, `may move it to \"In Progress\"`},
			{f.key, "PATCH", one, f.to("Done"), 400, `"code":"WORKFLOW_REFUSED"`},
			{f.person, "PATCH", inApp, obj{"state_id": f.states["Done"]}, 400, `"error":"By the workflow`},
			{f.person, "PATCH", inApp, obj{"state_id": f.states["Done"], "sort_order": 5}, 400, `"detail":"By the workflow`},
			{f.person, "PATCH", inApp, obj{"state_id": f.states["Done"]}, 400, `"message":"By the workflow`},
			{f.key, "PATCH", one, f.to("Cancelled"), 400, "only some people"},
			{f.key, "PATCH", one, obj{"name": "b"}, 200, ""}, // what is not the state is free
			{f.key, "PATCH", one, f.to("Todo"), 200, ""},     // it stays
			{all.member, "PATCH", one, f.to("Done"), 400, `\"Cancelled\", \"In Progress\"`},
			{all.member, "PATCH", one, f.to("Cancelled"), 200, ""},
			// nothing leads from Cancelled: it goes wherever there is a state
			{f.person, "PATCH", inApp, obj{"state_id": f.states["Todo"]}, 204, ""},
			{f.person, "PATCH", inApp, obj{"state_id": f.states["In Progress"]}, 204, ""},
			{f.key, "PATCH", one, f.to("Todo"), 200, ""},
		})
		if got := f.stateOf(item); got != "Todo" {
			t.Errorf("it is in %s", got)
		}
		for _, tt := range []struct {
			name   string
			change func()
			open   bool
		}{
			{"inactive", func() { f.key.Must("PATCH", f.at, obj{"is_active": false}) }, true},
			{"active again", func() { f.key.Must("PATCH", f.at, obj{"is_active": true}) }, false},
			{"switched off", func() { f.key.Must("PATCH", f.base+"features/", obj{"workflows": false}) }, true},
			{"switched on again", func() { f.key.Must("PATCH", f.base+"features/", obj{"workflows": true}) }, false},
		} {
			tt.change()
			a := f.key.Do("PATCH", one, f.to("Done"))
			if open := a.Status == 200; open != tt.open {
				t.Errorf("%s: %d %s", tt.name, a.Status, a.Raw)
			}
			f.key.Must("PATCH", one, f.to("Todo")) // free from Done
		}
		if n := len(rows(f.key.Must("GET", f.base+"workflows/", nil))); n != 1 {
			t.Errorf("switched on twice there are %d workflows", n)
		}
	})
}

// New work items begin where the workflow lets them, by whatever way they are made.
func TestWorkflowHoldsNewItems(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		f := newFlow(t, s, "new")
		app1 := strings.Replace(f.base, "/api/v1/", "/api/", 1)
		f.key.Must("PATCH", f.base, obj{"intake_view": true})
		f.key.Must("PATCH", f.at+"states/"+f.states["Done"]+"/", obj{"allow_issue_creation": false})
		draft := f.person.Must("POST", strings.Split(app1, "projects/")[0]+"draft-issues/",
			obj{"name": "d", "project_id": f.project(), "state_id": f.states["Done"]}).ID()
		convert := strings.Split(app1, "projects/")[0] + "draft-to-issue/" + draft + "/"
		named := func(state string) obj { return obj{"name": "n", "state_id": f.states[state]} }
		walk(t, []step{
			{f.key, "POST", f.base + "work-items/", obj{"name": "n", "state": f.states["Done"]}, 400, "are not made in"},
			{f.person, "POST", app1 + "issues/", named("Done"), 400, `"error":"New work items`},
			{f.person, "POST", convert, obj{"name": "d", "project_id": f.project(), "state_id": f.states["Done"]}, 400,
				"are not made in"},
			{f.person, "POST", app1 + "issues/", named("Todo"), 201, ""},
			{f.person, "POST", convert, obj{"name": "d", "project_id": f.project(), "state_id": f.states["Todo"]}, 201, ""},
		})
		first := f.item(obj{"name": "n"})
		if got := f.stateOf(first); got != "Backlog" {
			t.Errorf("without a state it begins in %s", got)
		}
		begin := func(says string) {
			t.Helper()
			asked := f.key.Must("POST", f.base+"intake-issues/", obj{"issue": obj{"name": "asked"}})
			in := asked.At("issue").(string)
			a := f.key.Do("PATCH", f.base+"intake-issues/"+in+"/status/", obj{"status": 1})
			got := a.Status
			if says != "" && (got != 200 || f.stateOf(in) != says) || says == "" && got != 400 {
				t.Errorf("what is accepted begins in %s: %d %s, want %s", f.stateOf(in), got, a.Raw, says)
			}
		}
		begin("Backlog")
		f.key.Must("PATCH", f.at+"states/"+f.states["In Progress"]+"/", obj{"is_default": true})
		if got := f.stateOf(f.item(obj{"name": "n"})); got != "In Progress" {
			t.Errorf("without a state it begins in %s, not in the default one of the workflow", got)
		}
		begin("In Progress")
		f.key.Must("PATCH", f.at+"states/"+f.states["In Progress"]+"/", obj{"is_default": false})
		f.key.Must("PATCH", f.at+"states/"+f.states["Backlog"]+"/", obj{"allow_issue_creation": false})
		begin("")
	})
}

// Workflows of types hold for these alone, and the default one for all others; a work item that gets another type comes
// under the other workflow.
func TestWorkflowsOfTypes(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		f := newFlow(t, s, "types")
		bug := aType(t, s, f.place, "Bug")
		bugs := f.key.Must("POST", f.base+"workflows/",
			obj{"name": "Bugs", "is_active": true, "work_item_type_ids": []string{bug}})
		at := f.base + "workflows/" + bugs.ID() + "/"
		item := func(body obj) string {
			body["name"] = "n"
			return f.base + "work-items/" + f.item(body) + "/"
		}
		other := item(obj{"state": f.states["Todo"]})
		some := item(obj{"type": bug, "state": f.states["Cancelled"]})
		walk(t, []step{
			{f.key, "PATCH", some, f.to("Backlog"), 200, ""}, // a workflow without states holds nothing
			{f.key, "POST", at + "states/", obj{"state_ids": []string{f.states["Todo"], f.states["Done"]}}, 204, ""},
			{f.key, "POST", at + "state-transitions/",
				obj{"state_id": f.states["Todo"], "transition_state_id": f.states["Done"]}, 201, ""},
			{f.key, "PATCH", some, f.to("In Progress"), 400, `has no state \"In Progress\"`},
			{f.key, "PATCH", some, f.to("Done"), 200, ""}, // from where it does not belong it goes to all that there are
			{f.key, "PATCH", other, f.to("In Progress"), 200, ""},
			{f.key, "PATCH", other, obj{"type": bug}, 400, "Say with the type"},
			{f.key, "PATCH", other, obj{"type": bug, "state": f.states["Todo"]}, 200, ""},
			{f.key, "POST", f.base + "workflows/", obj{"name": "x", "work_item_type_ids": []string{bug}}, 400,
				"This type has a workflow"},
			{f.key, "POST", f.base + "workflows/", obj{"name": "x", "work_item_type_ids": []string{store.NewID()}}, 400, "Invalid pk"},
			{f.key, "DELETE", f.at, nil, 400, "default workflow stays"},
			{f.key, "PATCH", f.at, obj{"is_default": false}, 400, "is_default"},
			{f.key, "DELETE", at, nil, 204, ""}, {f.key, "GET", at, nil, 404, ""},
			{f.key, "PATCH", some, f.to("In Progress"), 200, ""}, // by the default one again
		})
		second := f.key.Must("POST", f.base+"workflows/", obj{"name": "y", "is_default": true}).ID()
		for _, w := range rows(f.key.Must("GET", f.base+"workflows/", nil)) {
			if w["is_default"] != (w["id"] == second) {
				t.Errorf("after another one is the default: %v", w)
			}
		}
	})
}

// aType is a type of work items of a place's project.
func aType(t *testing.T, s *webtest.Server, p place, name string) string {
	t.Helper()
	id := store.NewID()
	err := s.App.DB.Write(t.Context(), "", func(tx *store.Tx) error {
		project, err := store.Projects.Find(tx, p.project())
		if err != nil {
			return err
		}
		kind := &store.IssueType{Name: name, WorkspaceID: project.WorkspaceID, IsActive: true}
		kind.ID = id
		if err := store.IssueTypes.Insert(tx, kind); err != nil {
			return err
		}
		return store.ProjectIssueTypes.Insert(tx, &store.ProjectIssueType{IssueTypeID: id, ProjectID: project.ID,
			WorkspaceID: project.WorkspaceID})
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// Workflows are made by a project's administrators, and refuse what makes no sense by its name.
func TestWorkflowsAreMade(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p, other := newPlace(s, "made"), newFlow(t, s, "other")
		all := newCrowd(t, s, p)
		states := column(t, p.key.Must("GET", p.base+"states/", nil), "id")
		list := p.base + "workflows/"
		made := p.key.Must("POST", list, obj{"name": "w"}) // before the project has them switched on
		at := list + made.ID() + "/"
		ways := at + "state-transitions/"
		pair := obj{"state_id": states[0], "transition_state_id": states[1]}
		way := all.admin.Must("POST", ways, pair)
		if way.At("type") != "transition" || len(rows(p.key.Must("GET", at+"states/", nil))) != 2 {
			t.Errorf("a transition brings its states along: %s", way.Raw)
		}
		with := func(more obj) obj {
			body := obj{"state_id": states[2], "transition_state_id": states[1]}
			for key, value := range more {
				body[key] = value
			}
			return body
		}
		foreign := other.states["Todo"]
		walk(t, []step{
			{p.key, "POST", list, obj{}, 400, `"name":["This field is required."]`},
			{all.member, "POST", list, obj{"name": "x"}, 403, ""}, {all.guest, "GET", list, nil, 200, ""},
			{all.member, "GET", ways, nil, 200, way.ID()}, {all.outsider, "GET", list, nil, 403, ""},
			{all.member, "PATCH", at, obj{"name": "x"}, 403, ""}, {all.member, "DELETE", at, nil, 403, ""},
			{all.member, "POST", ways, pair, 403, ""},
			{all.member, "DELETE", at + "states/" + states[0].(string) + "/", nil, 403, ""},
			{p.key, "GET", strings.Replace(at, made.ID(), store.NewID(), 1), nil, 404, ""},
			{other.key, "GET", other.base + "workflows/" + made.ID() + "/", nil, 404, ""},
			{other.key, "GET", other.at + "state-transitions/" + way.ID() + "/", nil, 404, ""},
			{other.key, "DELETE", other.base + "workflows/" + made.ID() + "/state-transitions/" + way.ID() + "/", nil, 404, ""},
			{p.key, "POST", ways, pair, 400, `"detail":"This transition already exists."`},
			{p.key, "POST", ways, with(obj{"transition_state_id": states[2]}), 400, "This is the state that the transition is from."},
			{p.key, "POST", ways, with(obj{"transition_state_id": foreign}), 400, `"transition_state_id":["Invalid pk`},
			{p.key, "POST", ways, with(obj{"state_id": foreign}), 400, `"state_id":["Invalid pk`},
			{p.key, "POST", ways, with(obj{"rejection_state_id": states[3]}), 400, `"rejection_state_id":["This is for`},
			{p.key, "POST", ways, with(obj{"member_ids": []string{all.guest.User.ID}}), 400, `"member_ids":{"0":["Invalid pk`},
			{p.key, "POST", ways, with(obj{"pre_rules": []any{obj{"a": 1}}}), 400, `"pre_rules":{"0":{"handler_name"`},
			{p.key, "POST", ways, obj{"state_id": states[0], "transition_state_id": states[2], "type": "approval"}, 400, `"type":["All transitions`},
			{p.key, "PATCH", ways + way.ID() + "/", obj{"pre_rules": []any{}, "post_rules": []any{}}, 200, way.ID()},
			{p.key, "POST", at + "states/", obj{"state_ids": []any{states[0], foreign}}, 400, `{"state_ids":{"1":["Invalid pk`},
			{p.key, "POST", at + "states/", obj{"state_ids": []any{states[0], states[3], states[3]}}, 204, ""},
			{p.key, "PATCH", at + "states/" + states[3].(string) + "/", obj{"is_default": true}, 200, `"is_default":true`},
			{p.key, "PATCH", at + "states/" + states[3].(string) + "/", obj{"allow_issue_creation": false}, 400,
				"takes new work items"},
			{p.key, "DELETE", at + "states/" + states[3].(string) + "/", nil, 400, "default state of a workflow stays"},
			{p.key, "PATCH", at + "states/" + states[0].(string) + "/", obj{"type": "approval"}, 200, `"type":"approval"`},
			{p.key, "GET", ways, nil, 200, "[]"}, // another type ends them
			{p.key, "DELETE", at + "states/" + states[0].(string) + "/", nil, 204, ""},
			{p.key, "GET", at + "activities/?created_at__gt=then", nil, 400, "created_at__gt"},
			{p.key, "GET", at + "activities/?created_at__gt=2000-01-01T00:00:00Z", nil, 200, `"field":"state_is_default"`},
		})
		// a state that is deleted is in no workflow any more
		p.key.Must("DELETE", p.base+"states/"+states[2].(string)+"/", nil)
		for _, row := range rows(p.key.Must("GET", at+"states/", nil)) {
			if row["state_id"] == states[2] {
				t.Errorf("a deleted state stays: %v", row)
			}
		}
		// and a new one is in the default workflow
		fresh := other.key.Must("POST", other.base+"states/", obj{"name": "Fresh", "color": "#fff", "group": "started"}).ID()
		item := other.item(obj{"name": "n", "state": fresh})
		walk(t, []step{{other.key, "PATCH", other.base + "work-items/" + item + "/", other.to("Done"), 200, ""}})
	})
}

// All work items of a workflow leave a state at once, with their history, whatever the transitions say.
func TestTransferOffAState(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		f := newFlow(t, s, "transfer")
		a := f.item(obj{"name": "a", "state": f.states["Todo"]})
		b := f.item(obj{"name": "b", "state": f.states["Backlog"]})
		f.way("Todo", "Backlog", nil)
		at := f.at + "states/" + f.states["Todo"] + "/transfer/"
		f.key.Must("PATCH", f.at+"states/"+f.states["Todo"]+"/", obj{"is_default": true})
		walk(t, []step{
			{f.key, "POST", at, obj{"new_state_id": f.states["Todo"]}, 400, "new_state_id"},
			{f.key, "POST", at, obj{"new_state_id": store.NewID()}, 400, "new_state_id"},
			{f.person.WithKey(), "POST", at, obj{"new_state_id": f.states["Done"]}, 204, ""},
			{f.key, "POST", at, obj{"new_state_id": f.states["Done"]}, 404, ""},
			{f.key, "GET", f.base + "work-items/" + a + "/activities/", nil, 200, `"new_value":"Done"`},
		})
		if got := f.stateOf(a) + " " + f.stateOf(b); got != "Done Backlog" {
			t.Errorf("they are in %s", got)
		}
		for _, row := range rows(f.key.Must("GET", f.at+"states/", nil)) {
			if row["state_id"] == f.states["Todo"] || row["is_default"] != (row["state_id"] == f.states["Done"]) {
				t.Errorf("after it: %v", row)
			}
		}
	})
}

// Projects without workflows pay nothing for them: no statement asks for any once that is known.
func TestWithoutWorkflowsNothingIsRead(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "free")
		states := column(t, p.key.Must("GET", p.base+"states/", nil), "id")
		one := p.base + "work-items/" + p.item(obj{"name": "a", "state": states[0]}) + "/"
		s.App.DB.Cache.Forget("nobody's") // which waits until all that was given to the cache is in it
		for _, st := range s.Statements(func() {
			p.key.Must("PATCH", one, obj{"state": states[1]})
			p.item(obj{"name": "b", "state": states[2]})
		}) {
			if strings.Contains(st.SQL, "workflow") || strings.Contains(st.SQL, "project_features") {
				t.Errorf("a project without workflows reads %s", st.SQL)
			}
		}
	})
}
