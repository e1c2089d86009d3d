package v1_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// shared is the path at the workspace of what is below a project.
func (f flow) shared(path string) string { return strings.Replace(path, f.base, f.workspace, 1) }

// runs waits until nothing waits of what a hook does, and returns what became of it, newest first.
func (f flow) runs(t *testing.T, hook string) []map[string]any {
	t.Helper()
	for {
		all := rows(f.key.Must("GET", f.shared(hook)+"executions/", nil))
		waits := false
		for _, r := range all {
			waits = waits || r["status"] == "waiting"
		}
		if !waits {
			return all
		}
		select {
		case <-t.Context().Done():
			t.Fatal("hooks wait for ever")
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// hook makes a hook of a transition and returns its path.
func (f flow) hook(way, phase, handler string, config obj) string {
	made := f.key.Must("POST", way+"hooks/", obj{"phase": phase, "handler_name": handler, "config": config})
	return way + "hooks/" + made.ID() + "/"
}

// A transition refuses, by every API, a work item that is not as its rules want it, and says why.
func TestRulesHoldTransitions(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		f := newFlow(t, s, "rules")
		all := newCrowd(t, s, f.place)
		item := f.item(obj{"name": "a", "state": f.states["Todo"]})
		one := f.base + "work-items/" + item + "/"
		inApp := strings.Replace(strings.Replace(one, "/api/v1/", "/api/", 1), "/work-items/", "/issues/", 1)
		way := f.way("Todo", "In Progress", obj{"pre_rules": []any{obj{"handler_name": "require_fields",
			"config": obj{"fields": []string{"assignees", "due_date"}}}}})
		approval := f.way("In Progress", "Done", obj{"type": "approval"})
		needs := `needs: an assignee, a due date.`
		rule := rows(f.key.Must("GET", way+"hooks/", nil))[0]["id"].(string)
		match := f.hook(way, "pre", "match_pql", obj{"pql": `priority = "urgent" OR priority = "high"`, "message": "Hurry first."})
		f.hook(approval, "pre", "require_fields", obj{"fields": []string{"description"}})
		walk(t, []step{
			{all.member, "PATCH", one, f.to("In Progress"), 400, needs},
			{f.person, "PATCH", inApp, obj{"state_id": f.states["In Progress"]}, 400, `"error":"Before it goes to`},
			{f.person, "PATCH", inApp, obj{"state_id": f.states["In Progress"]}, 400, `"code":"WORKFLOW_REFUSED"`},
			{f.key, "PATCH", one, obj{"name": "b", "priority": "low"}, 200, ""}, // what is no move is free
			{f.key, "PATCH", one, obj{"assignees": []string{all.member.User.ID}}, 200, ""},
			{f.key, "PATCH", one, f.to("In Progress"), 400, `needs: a due date.`},
			// what comes with the move counts
			{f.key, "PATCH", one, obj{"state": f.states["In Progress"], "target_date": "2030-01-01"}, 400, "Hurry first."},
			{f.key, "PATCH", match, obj{"is_enabled": false}, 200, `"is_enabled":false`},
			{f.key, "PATCH", one, obj{"state": f.states["In Progress"], "target_date": "2030-01-01"}, 200, ""},
			{f.key, "POST", one + "workflow-approval/", obj{"type": "approve"}, 400, "needs: a description."},
			{f.key, "PATCH", one, obj{"description_html": "<p>d</p>"}, 200, ""},
			{f.key, "POST", one + "workflow-approval/", obj{"type": "approve"}, 200, f.states["Done"]},
			{f.key, "PATCH", one, f.to("Todo"), 200, ""},
			{f.key, "PATCH", match, obj{"is_enabled": true}, 200, ""},
			{f.key, "PATCH", one, f.to("In Progress"), 400, "Hurry first."},
			{f.key, "PATCH", one, obj{"state": f.states["In Progress"], "priority": "urgent"}, 200, ""},
			{f.key, "GET", f.at + "activities/", nil, 200, `"field":"transition_rule"`},
		})
		if got := f.stateOf(item); got != "In Progress" {
			t.Errorf("it is in %s", got)
		}
		told := ""
		for _, r := range f.runs(t, way+"hooks/"+rule+"/") {
			told += fmt.Sprint(r["status"], " ", r["error"], "; ")
		}
		refused := "failed Before it goes to \"In Progress\" this work item needs: "
		if want := "success ; success ; " + refused + "a due date.; " + strings.Repeat(refused+"an assignee, a due date.; ", 3); told != want {
			t.Errorf("it became %s, want %s", told, want)
		}
		// a rule that is left out of the list goes
		walk(t, []step{
			{f.key, "PATCH", way, obj{"pre_rules": []any{obj{"id": rule, "config": obj{"fields": []string{"link"}}}}}, 200,
				`"fields":["link"]`},
			{f.key, "GET", match, nil, 404, ""},
			{f.key, "PATCH", way, obj{"pre_rules": []any{obj{"handler_name": "odd"}}}, 400, `"pre_rules":{"0":{"handler_name"`},
			{f.key, "PATCH", way, obj{"pre_rules": []any{7}}, 400, `"pre_rules":{"0"`},
			{f.key, "PATCH", way, obj{"pre_rules": []any{}}, 200, `"pre_rules":[]`},
		})
	})
}

// What follows a move is done once, in the name of who moved the work item, and moves of hooks start none.
func TestHooksFollowTransitions(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		f := newFlow(t, s, "follow")
		all := newCrowd(t, s, f.place)
		label := f.key.Must("POST", f.base+"labels/", obj{"name": "moved"}).ID()
		item := f.item(obj{"name": "a", "state": f.states["Todo"]})
		one := f.base + "work-items/" + item + "/"
		there, back := f.way("Todo", "In Progress", nil), f.way("In Progress", "Todo", nil)
		gives := f.hook(there, "post", "change_properties", obj{"priority": "high", "assignee_ids": []string{"actor"},
			"label_ids": []string{label}, "start_date": "today", "target_date": "2031-01-01"})
		says := f.hook(there, "post", "add_comment", obj{"comment_html": `<p onclick="x()">On its way</p>`})
		bounce := f.hook(there, "post", "change_properties", obj{"state_id": f.states["Todo"]})
		again := f.hook(back, "post", "change_properties", obj{"state_id": f.states["In Progress"]})
		all.member.Must("PATCH", one, f.to("In Progress"))
		for _, h := range []string{gives, says, bounce} {
			got := f.runs(t, h)
			if len(got) != 1 || got[0]["status"] != "success" || got[0]["actor_id"] != all.member.User.ID ||
				got[0]["work_item_id"] != item || got[0]["completed_at"] == nil {
				t.Errorf("%s: %v", h, got)
			}
		}
		if got := f.runs(t, again); len(got) != 0 {
			t.Errorf("a hook's own move starts hooks: %v", got)
		}
		now := f.key.Must("GET", one, nil)
		for key, want := range map[string]any{"priority": "high", "target_date": "2031-01-01", "state": f.states["Todo"]} {
			if got := now.At(key); got != want {
				t.Errorf("%s is %v, want %v", key, got, want)
			}
		}
		if now.At("start_date") == nil || fmt.Sprint(now.At("labels"), now.At("assignees")) != fmt.Sprint([]any{label},
			[]any{all.member.User.ID}) {
			t.Errorf("it has %s", now.Raw)
		}
		comments := results(t, f.key.Must("GET", one+"comments/", nil))
		if len(comments) != 1 || comments[0]["comment_html"] != "<p>On its way</p>" ||
			comments[0]["actor"] != all.member.User.ID {
			t.Errorf("it says %v", comments)
		}
		history := ""
		for _, a := range results(t, f.key.Must("GET", one+"activities/", nil)) {
			history += fmt.Sprint(a["actor"] == all.member.User.ID, " ", a["comment"], "; ")
		}
		if !strings.Contains(history, "true by a hook of the workflow: updated the priority to; ") ||
			!strings.Contains(history, "true by a hook of the workflow: updated the state to; ") {
			t.Errorf("the history has %s", history)
		}
		// what can't be done changes nothing of the move, and is told
		f.key.Must("DELETE", f.base+"labels/"+label+"/", nil)
		f.key.Must("DELETE", bounce, nil)
		f.key.Must("PATCH", one, f.to("In Progress"))
		if got := f.runs(t, gives); len(got) != 2 || got[0]["status"] != "failed" || !strings.Contains(got[0]["error"].(string), "label_ids") {
			t.Errorf("a hook that can't be done: %v", got)
		}
		if got := f.runs(t, bounce); len(got) != 1 {
			t.Errorf("after a hook was deleted: %v", got)
		}
		if got := f.stateOf(item); got != "In Progress" {
			t.Errorf("it is in %s", got)
		}
	})
}

// server is another server that is asked and told of moves.
type server struct {
	*httptest.Server
	mu     sync.Mutex
	status int
	says   string
	heard  []*http.Request
	bodies []string
}

func newServer(t *testing.T) *server {
	o := &server{status: 200}
	o.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		o.mu.Lock()
		defer o.mu.Unlock()
		o.heard, o.bodies = append(o.heard, r), append(o.bodies, string(body))
		w.WriteHeader(o.status)
		_, _ = io.WriteString(w, o.says)
	}))
	at, err := net.Listen("tcp", "127.0.0.2:0") // webhooks are not told by the name of this machine
	if err != nil {
		t.Fatal(err)
	}
	_ = o.Listener.Close()
	o.Listener = at
	o.Start()
	t.Cleanup(o.Close)
	return o
}

func (o *server) answer(status int, says string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.status, o.says = status, says
}

func (o *server) count() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.heard)
}

// Another server is asked before a move, and told after one; what it is told is signed.
func TestHooksOfOtherServers(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		a.Config.Webhooks.AllowNetworks = []string{"127.0.0.0/8"}
		s := webtest.New(t, a)
		f := newFlow(t, s, "asks")
		all := newCrowd(t, s, f.place)
		asked, told := newServer(t), newServer(t)
		item := f.item(obj{"name": "a", "state": f.states["Todo"]})
		one := f.base + "work-items/" + item + "/"
		way := f.way("Todo", "In Progress", nil)
		made := f.key.Must("POST", way+"hooks/", obj{"phase": "pre", "handler_name": "send_webhook",
			"config": obj{"url": asked.URL + "/ask", "headers": obj{"authorization": "Bearer x"}}})
		ask := way + "hooks/" + made.ID() + "/"
		after := f.hook(way, "post", "send_webhook", obj{"url": told.URL + "/tell"})
		if made.At("secret_plaintext") == nil || strings.Contains(string(made.Raw), "Bearer x") {
			t.Errorf("it is told as %s", made.Raw)
		}
		asked.answer(409, `{"message":"Not on a Friday."}`)
		walk(t, []step{
			{all.member, "PATCH", one, f.to("In Progress"), 400, "does not agree: Not on a Friday."},
			{all.member, "GET", ask, nil, 200, `"config":{}`},
			{f.key, "GET", ask, nil, 200, `"Authorization":"***"`},
			{f.key, "PATCH", ask, obj{"config": obj{"headers": obj{"Authorization": "***", "X-More": "y"}}}, 200, "/ask"},
		})
		if got := f.stateOf(item); got != "Todo" || told.count() != 0 {
			t.Errorf("what was refused is in %s, and told %d times", got, told.count())
		}
		asked.answer(200, "")
		all.member.Must("PATCH", one, f.to("In Progress"))
		if got := f.stateOf(item); got != "In Progress" {
			t.Errorf("what was agreed to is in %s", got)
		}
		status := []any{}
		for _, r := range append(f.runs(t, ask), f.runs(t, after)...) {
			status = append(status, r["status"])
		}
		if fmt.Sprint(status) != "[success failed success]" || asked.count() != 2 || told.count() != 1 {
			t.Fatalf("it became %v, asked %d times and told %d times", status, asked.count(), told.count())
		}
		r, body := told.heard[0], told.bodies[0]
		for name, want := range map[string]string{"X-Plane-Event": "workflow_transition",
			"Content-Type": "application/json"} {
			if got := r.Header.Get(name); got != want {
				t.Errorf("%s: %s, want %s", name, got, want)
			}
		}
		if h := asked.heard[1].Header; h.Get("Authorization") != "Bearer x" || h.Get("X-More") != "y" ||
			h.Get("X-Plane-Signature") == "" || r.Header.Get("Webhook-Signature") == "" {
			t.Errorf("it asks with %v", h)
		}
		for _, want := range []string{`"phase":"post"`, `"to_state":{"group":"started"`, item, all.member.User.ID} {
			if !strings.Contains(body, want) {
				t.Errorf("it tells %s, without %s", body, want)
			}
		}
		again := f.key.Must("POST", f.shared(ask)+"regenerate-webhook-secret/", nil)
		if again.At("secret_plaintext") == made.At("secret_plaintext") {
			t.Error("the new secret is the old one")
		}
		walk(t, []step{
			{all.member, "POST", f.shared(ask) + "regenerate-webhook-secret/", nil, 403, ""},
			{all.member, "DELETE", ask, nil, 403, ""}, {all.member, "DELETE", f.shared(ask), nil, 403, ""},
			{f.key, "DELETE", f.shared(ask), nil, 204, ""},
		})
		// who answers nothing is told later; the move is made
		told.Close()
		f.key.Must("PATCH", one, f.to("Todo"))
		f.key.Must("PATCH", one, f.to("In Progress"))
		f.key.Must("DELETE", after, nil)
		if got := f.stateOf(item); got != "In Progress" {
			t.Errorf("it is in %s", got)
		}
	})
}

// Hooks that make no sense are refused by name.
func TestHooksAreMade(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		f, other := newFlow(t, s, "hooks"), newFlow(t, s, "away")
		all := newCrowd(t, s, f.place)
		way := f.way("Todo", "Done", nil)
		at := way + "hooks/"
		body := func(phase, handler string, config any) obj {
			return obj{"phase": phase, "handler_name": handler, "config": config}
		}
		made := f.key.Must("POST", at, body("pre", "require_fields", obj{"fields": []string{"link"}})).ID()
		foreign := strings.Replace(at, way, other.way("Todo", "Done", nil), 1) + made + "/"
		walk(t, []step{
			{f.key, "POST", at, obj{}, 400, `"phase":["This field is required."]`},
			{f.key, "POST", at, body("later", "add_comment", obj{}), 400, `"phase":`},
			{f.key, "POST", at, body("pre", "add_comment", obj{}), 400, `"handler_name":["What happens before`},
			{f.key, "POST", at, body("post", "run_script", obj{"script_id": made}), 400, "Scripts are not run here"},
			{f.key, "POST", at, body("pre", "require_fields", 7), 400, `"config":["This is an object."]`},
			{f.key, "POST", at, body("pre", "require_fields", obj{}), 400, `"config":{"fields":`},
			{f.key, "POST", at, body("pre", "require_fields", obj{"fields": "link"}), 400, `"config":{"fields":["This is of another kind`},
			{f.key, "POST", at, body("pre", "require_fields", obj{"fields": []string{"odd"}}), 400, `\"odd\" is none of`},
			{f.key, "POST", at, body("pre", "require_fields", obj{"properties": []string{made}}), 400, `"properties":{"0":["Invalid pk`},
			{f.key, "POST", at, body("pre", "require_fields", obj{"link": true}), 400, "There is no such setting"},
			{f.key, "POST", at, body("pre", "match_pql", obj{"pql": "priority ="}), 400, `"config":{"pql":["At character`},
			{f.key, "POST", at, body("post", "change_properties", obj{}), 400, "Say what changes"},
			{f.key, "POST", at, body("post", "change_properties", obj{"state_id": other.states["Todo"]}), 400, `"state_id":["Invalid pk`},
			{f.key, "POST", at, body("post", "change_properties", obj{"state_id": f.states["Done"]}), 400, "where the transition leads"},
			{f.key, "POST", at, body("post", "change_properties", obj{"priority": "odd", "target_date": "soon"}), 400, `"target_date":["This is a day`},
			{f.key, "POST", at, body("post", "change_properties", obj{"assignee_ids": []string{other.key.User.ID}}), 400, `"assignee_ids":{"0"`},
			{f.key, "POST", at, body("post", "change_properties", obj{"label_ids": []string{"x"}}), 400, `"label_ids":["Invalid pk`},
			{f.key, "POST", at, body("post", "add_comment", obj{"comment_html": "<script>x</script>"}), 400, `"comment_html":`},
			{f.key, "POST", at, body("post", "send_webhook", obj{}), 400, `"config":{"url":["This field is required."]}`},
			{f.key, "POST", at, body("post", "send_webhook", obj{"url": "http://127.0.0.1/"}), 400, `"config":{"url":`},
			{f.key, "POST", at, body("post", "send_webhook", obj{"url": "http://10.0.0.1/"}), 400, `"config":{"url":`},
			{f.key, "PATCH", at + made + "/", obj{"phase": "post"}, 400, `"phase":["A hook stays`},
			{f.key, "PATCH", at + made + "/", obj{"phase": "pre", "config": obj{"fields": []string{"cycle"}}}, 200, `"fields":["cycle"]`},
			{all.member, "POST", at, body("pre", "require_fields", obj{"fields": []string{"link"}}), 403, ""},
			{all.member, "GET", at, nil, 200, made}, {all.outsider, "GET", at, nil, 403, ""},
			{all.outsider, "GET", f.shared(at), nil, 404, ""}, {all.member, "GET", f.shared(at), nil, 200, made},
			{all.member, "POST", f.shared(at), body("pre", "require_fields", obj{"fields": []string{"link"}}), 403, ""},
			{f.key, "GET", at + store.NewID() + "/", nil, 404, ""}, {other.key, "GET", foreign, nil, 404, ""},
			{other.key, "DELETE", foreign, nil, 404, ""}, {other.key, "GET", other.shared(foreign) + "executions/", nil, 404, ""},
			{f.key, "GET", f.shared(at) + made + "/executions/", nil, 200, "[]"},
			{all.member, "GET", f.shared(at) + made + "/executions/", nil, 403, ""},
			{f.key, "POST", f.shared(at) + made + "/regenerate-webhook-secret/", nil, 400, "signs nothing"},
			{f.key, "POST", f.shared(at), body("pre", "require_fields", obj{"fields": []string{"link"}}), 201, `"execution_order":2`},
			{f.key, "DELETE", at + made + "/", nil, 204, ""}, {f.key, "GET", at + made + "/", nil, 404, ""},
		})
		for range 9 {
			f.hook(way, "pre", "require_fields", obj{"fields": []string{"link"}})
		}
		eleventh := body("pre", "require_fields", obj{"fields": []string{"link"}})
		walk(t, []step{{f.key, "POST", at, eleventh, 400, "no more than 10 hooks"}})
	})
}
