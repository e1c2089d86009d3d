package v1_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// What makes no sense is refused by the name of its parameter, and what only looks odd is taken by the letter. Whatever
// it is, it is no fault of the server's.
func TestOddQuestions(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		a := newAsked(t, s)
		for _, name := range []string{`50% _off_ \ "now"`, "Straße 🐙 'ß'", "line\nbreak"} {
			a.item(map[string]any{"name": name})
		}
		deep, flat := strings.Repeat("(", 5000), strings.Repeat(`priority = "low" OR `, 3000)
		for _, tt := range []struct{ param, value, want string }{
			{"pql", `title ~ "%"`, `50% _off_ \ "now"`},
			{"pql", `title ~ "_off_"`, `50% _off_ \ "now"`},
			{"pql", `title ~ "_"`, `50% _off_ \ "now"`},
			{"pql", `title ~ "\\"`, `50% _off_ \ "now"`},
			{"pql", `title ~ '"now"'`, `50% _off_ \ "now"`},
			{"pql", `title ~ "🐙"`, "Straße 🐙 'ß'"},
			{"pql", `title = "Straße 🐙 \'ß\'"`, "Straße 🐙 'ß'"},
			{"pql", "title ~ \"line\nbreak\"", "line\nbreak"},
			{"pql", `title = "' OR 1=1 --"`, ""},
			{"pql", "title = \"x\x00\"", "400"},
			{"pql", "id ~ \"\x00\"", "400"},
			{"pql", "title ~ \"\xff\"", `400`},
			{"pql", `título = "x"`, `400 {"pql":`},
			{"pql", `title = “x”`, `400 {"pql":`},
			{"pql", `title = "x`, `400 {"pql":`},
			{"pql", `title = "x\"`, `400 {"pql":`},
			{"pql", deep, `400 {"pql":`},
			{"pql", deep[:1000], `400 {"pql":`},
			{"pql", strings.Repeat("NOT ", 900) + "isDraft()", `400 {"pql":`},
			{"pql", flat[:3900], `400 {"pql":`},
			{"pql", flat, `400 {"pql":`},
			{"pql", `dueDate > daysAgo(99999999999999999999)`, `400 {"pql":`},
			{"pql", `dueDate > monthsFromNow(10000)`, ""},
			{"pql", `dueDate > "9999-12-31"`, ""},
			{"pql", `dueDate <= "9999-12-31" AND dueDate < "0001-01-01"`, ""},
			{"pql", `createdAt <= "9999-12-31T23:59:59Z" AND createdAt < "0001-01-01"`, ""},
			{"pql", `id = "ONE-99999999999"`, `400 {"pql":`},
			{"pql", `id = "ONE--1"`, ""},
			{"pql", `id ~ "-"`, ""},
			{"pql", `childOf(currentUser())`, `400 {"pql":`},
			{"pql", `assignee IN membersOf(membersOf("project:x"))`, `400 {"pql":`},
			{"pql", `project = "one'; DROP TABLE issues; --"`, `400 {"pql":`},
			{"pql", `;`, `400 {"pql":`},
			{"pql", ` `, "all"},
			{"filters", `[]`, `400`},
			{"filters", `""`, `400`},
			{"filters", `0`, `400`},
			{"filters", ` false`, `400`},
			{"filters", `7`, `400`},
			{"filters", `"x"`, `400`},
			{"filters", `null`, "all"},
			{"filters", `true`, `400`},
			{"filters", `{}`, "all"},
			{"filters", `{"and":{}}`, `400`},
			{"filters", `{"and":[]}`, `400`},
			{"filters", `{"and":[7]}`, `400`},
			{"filters", `{"not":[]}`, `400`},
			{"filters", `{"not":null}`, `400`},
			{"filters", `{"and":[{"priority":"low"}],"priority":"low"}`, `400`},
			{"filters", `{"priority":{"in":["low"]}}`, `400`},
			{"filters", `{"priority":[]}`, `400`},
			{"filters", `{"priority__in":[[]]}`, `400`},
			{"filters", `{"priority__in__in":"low"}`, `400`},
			{"filters", `{"label_id__in":"a,b"}`, `400`},
			{"filters", `{"name":"\u0000"}`, `400`},
			{"filters", `{"name":"x\u0000\ud800"}`, ""},
			{"filters", `{"name__icontains":"%"}`, `50% _off_ \ "now"`},
			{"filters", `{"created_at__range":["2020-01-01","2020-01-02","2020-01-03"]}`, `400`},
			{"filters", `{"priority":"low"} {"priority":"high"}`, `400`},
			{"filters", strings.Repeat(`{"not":`, 3000) + `{}` + strings.Repeat(`}`, 3000), `400`},
			{"filters", strings.Repeat(`[`, 9000), `400`},
			{"name", "%", `50% _off_ \ "now"`},
			{"name", "\x00", "400"},
			{"external_id", "\x00", "400"},
			{"external_source", "x\xff", "400"},
			{"order_by", "name,-priority", `400 {"order_by":`},
			{"order_by", "--name", `400 {"order_by":`},
			{"per_page", "-1", `400`},
			{"cursor", "1:1:1:1", `400`},
			{"cursor", "2:99999999999999999999:0", `400`},
		} {
			for _, list := range []string{a.base + "work-items/?", a.workspace + "work-items/?"} {
				if strings.HasPrefix(tt.param, "external") && list == a.workspace+"work-items/?" {
					continue
				}
				answer := a.key.Do("GET", list+"fields=name&"+tt.param+"="+url.QueryEscape(tt.value), nil)
				got := found(answer)
				switch {
				case answer.Status != 200:
					got = fmt.Sprint(answer.Status, " ", got)
					if tt.want != "" && strings.HasPrefix(got, tt.want) {
						continue
					}
				case tt.want == "all" && len(results(t, answer)) > 6, got == tt.want:
					continue
				}
				t.Errorf("%s%s=%.60q: %.200s, want %s", list, tt.param, tt.value, got, tt.want)
			}
		}
	})
}

// What somebody may not see is to them as if it were nowhere: no list, count or search tells it from what does not
// exist, whichever way it is named.
func TestHiddenFromQuestions(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		a, theirs := newAsked(t, s), foreign(t, s, "theirs")
		mate := a.join(t, s, "mate", app.Member, app.Member).WithKey()
		guest := a.join(t, s, "guest", app.Guest, app.Guest).WithKey()
		hidden := a.hide(t)
		for name, thing := range map[string]hiding{"a secret project": hidden, "another workspace": theirs} {
			for _, who := range []*webtest.Client{mate, guest} {
				for _, ask := range questions {
					sure := a.answer(who, ask, thing)
					none := a.answer(who, ask, nowhere)
					if sure != none {
						t.Errorf("%s asks %s of %s: %s, of nothing: %s", *who.User.Email, ask, name, sure, none)
					}
					if strings.Contains(sure, " 5") && strings.HasPrefix(sure, "5") || strings.Contains(sure, "veil") {
						t.Errorf("%s asks %s of %s: %s", *who.User.Email, ask, name, sure)
					}
				}
			}
		}
		for _, path := range []string{"work-items/count/?", "work-items/count/?group_by=project_id", "work-items/count/?group_by=labels__id",
			"work-items/count/?group_by=cycle_id&pql=" + url.QueryEscape(`isArchived() OR NOT isArchived()`)} {
			if got := string(guest.Must("GET", a.workspace+path, nil).Raw); !strings.Contains(got, `"total_count":0`) ||
				!strings.Contains(got, `"grouped_counts":{}`) {
				t.Errorf("a guest counts %s: %s", path, got)
			}
		}
	})
}

// hiding is what somebody may not see, by what it is.
type hiding map[string]string

var nowhere = hiding{"item": store.NewID(), "number": "NIX-1", "project": store.NewID(), "label": store.NewID(),
	"state": store.NewID(), "cycle": store.NewID(), "module": store.NewID()}

// questions name what is hidden by {its kind}: a query, a tree of conditions or a parameter.
var questions = []string{
	`pql=id = "{item}"`, `pql=id = "{number}"`, `pql=id ~ "{number}"`, `pql=project = "{project}"`,
	`pql=NOT project = "{project}"`, `pql=label = "{label}"`, `pql=state = "{state}"`, `pql=cycle = "{cycle}"`,
	`pql=module = "{module}"`, `pql=NOT module = "{module}"`, `pql=parentOf("{item}")`, `pql=parentOf("{number}")`,
	`pql=childOf("{item}")`, `pql=childOf("{number}")`, `pql=blocks("{item}")`, `pql=blockedBy("{number}")`,
	`pql=linkedTo("{item}")`, `pql=duplicateOf("{number}")`, `pql=assignee IN membersOf("project:{project}")`,
	`pql=isArchived() AND project = "{project}"`, `pql=text ~ "veil"`, `pql=title ~ "veil" OR isArchived()`,
	`filters={"project_id":"{project}"}`, `filters={"not":{"project_id":"{project}"}}`, `filters={"label_id":"{label}"}`,
	`filters={"state_id":"{state}"}`, `filters={"cycle_id":"{cycle}"}`, `filters={"module_id__in":["{module}"]}`,
	`filters={"or":[{"project_id":"{project}"},{"is_archived":true}]}`, `filters={"name__icontains":"veil"}`,
	`project={project}`, `labels={label}`, `state={state}`, `cycle={cycle}`, `module={module}`, `parent={item}`, `name=veil`,
}

// answer is what a list, the count and the search say, with the names of what is hidden taken out.
func (a asked) answer(who *webtest.Client, ask string, of hiding) string {
	var in, out []string
	for kind, name := range of {
		in, out = append(in, "{"+kind+"}", name), append(out, name, kind, strings.ToUpper(name), kind)
	}
	param, value, _ := strings.Cut(strings.NewReplacer(in...).Replace(ask), "=")
	query := param + "=" + url.QueryEscape(value)
	all := ""
	for _, path := range []string{"work-items/?fields=name&", "work-items/count/?group_by=project_id&"} {
		answer := who.Do("GET", a.workspace+path+query, nil)
		all += fmt.Sprint(answer.Status, " ", string(answer.Raw), answer.Header.Values("Warning"), "\n")
	}
	body := map[string]any{"query": of["number"], "project_id": of["project"]}
	if param == "filters" {
		body = map[string]any{"filters": value}
	}
	search := who.Do("POST", a.workspace+"work-items/advanced-search/", body)
	return strings.NewReplacer(out...).Replace(all + fmt.Sprint(search.Status, " ", string(search.Raw)))
}

// hide makes a secret project whose work items hang together with those that are seen.
func (a asked) hide(t *testing.T) hiding {
	t.Helper()
	base := a.workspace + "projects/" + a.key.Must("POST", a.workspace+"projects/",
		map[string]any{"name": "veiled", "identifier": "SEC"}).ID() + "/"
	a.person.Must("PATCH", appPath(base), map[string]any{"network": 0})
	hidden := fill(t, place{person: a.person, key: a.key, workspace: a.workspace, base: base})
	a.key.Must("POST", a.base+"work-items/"+a.ids["one"]+"/relations/",
		map[string]any{"relation_type": "blocked_by", "issues": []string{hidden["item"]}})
	a.key.Must("POST", a.base+"work-items/"+a.ids["two"]+"/relations/",
		map[string]any{"relation_type": "relates_to", "issues": []string{hidden["item"]}})
	return hidden
}

func foreign(t *testing.T, s *webtest.Server, name string) hiding {
	t.Helper()
	p := newPlace(s, name)
	p.key.Must("PATCH", p.base, map[string]any{"identifier": "THEIR"})
	return fill(t, p)
}

// fill makes one of each in a project.
func fill(t *testing.T, p place) hiding {
	t.Helper()
	p.key.Must("PATCH", p.base, map[string]any{"cycle_view": true, "module_view": true})
	h := hiding{"project": p.project(), "label": p.key.Must("POST", p.base+"labels/", map[string]any{"name": "veil"}).ID(),
		"state": p.byName(t, p.base+"states/")["Done"], "cycle": p.cycle("veil", nil), "module": p.module("veil")}
	parent := p.item(map[string]any{"name": "veil above"})
	h["item"] = p.item(map[string]any{"name": "veil", "labels": []string{h["label"]}, "state": h["state"], "parent": parent})
	read := p.key.Must("GET", p.base+"?fields=identifier", nil)
	h["number"] = fmt.Sprint(read.At("identifier"), "-2")
	p.key.Must("POST", p.base+"cycles/"+h["cycle"]+"/cycle-issues/", map[string]any{"issues": []string{h["item"]}})
	p.key.Must("POST", p.base+"modules/"+h["module"]+"/module-issues/", map[string]any{"issues": []string{h["item"]}})
	return h
}

// What is deleted is in no list, count or search, and gives no conditions any more.
func TestDeletedAndAsked(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		a := newAsked(t, s)
		a.key.Must("DELETE", a.base+"work-items/"+a.ids["one"]+"/", nil)
		a.key.Must("DELETE", a.other, nil)
		a.key.Must("DELETE", a.base+"labels/"+a.labels["red"]+"/", nil)
		count, pql := a.workspace+"work-items/count/?", func(text string) string { return "pql=" + url.QueryEscape(text) }
		walk(t, []step{
			{a.key, "GET", count, nil, 200, `"total_count":2`},
			{a.key, "GET", count + "group_by=project_id", nil, 200, `{"` + a.project() + `":{"count":2}}`},
			{a.key, "GET", count + "group_by=labels__id", nil, 200, `{"None":{"count":2}}`},
			{a.key, "GET", count + pql(`label = "`+a.labels["red"]+`"`), nil, 200, `"total_count":0`},
			{a.key, "GET", count + pql(`id = "ONE-1" OR id = "OTHER-1"`), nil, 200, `"total_count":0`},
			{a.key, "GET", count + pql(`childOf("ONE-1")`), nil, 400, `You see no work item`},
			{a.key, "GET", count + pql(`childOf("OTHER-1")`), nil, 400, `You see no work item`},
			{a.key, "GET", count + pql(`assignee IN membersOf("project:`+strings.Split(a.other, "/")[6]+`")`), nil, 400, `{"pql":`},
			{a.key, "GET", count + pql(`parentOf("ONE-3")`), nil, 400, `You see no work item`},
			{a.key, "GET", count + pql(`blockedBy("ONE-2")`), nil, 200, `"total_count":0`},
			{a.key, "POST", a.workspace + "work-items/advanced-search/", map[string]any{"query": "1"}, 200, `[]`},
			{a.key, "GET", a.base + "work-items/" + a.ids["one"] + "/dependencies/", nil, 404, ""},
			{a.key, "GET", a.base + "work-items/" + a.ids["one"] + "/worklogs/", nil, 404, ""},
			{a.key, "GET", a.base + "work-items/" + a.ids["two"] + "/dependencies/", nil, 200, `"blocked_by":[]`},
		})
	})
}

// A work item that another program calls so is found only where the other conditions hold as well.
func TestOriginAndConditions(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		a := newAsked(t, s)
		at := a.base + "work-items/?external_id=7&external_source=lab&fields=name"
		walk(t, []step{
			{a.key, "GET", at, nil, 200, `{"name":"one"}`},
			{a.key, "GET", at + "&pql=" + url.QueryEscape(`priority = "urgent"`), nil, 200, `{"name":"one"}`},
			{a.key, "GET", at + "&pql=" + url.QueryEscape(`priority = "low"`), nil, 404, ""},
			{a.key, "GET", at + "&priority=low", nil, 404, ""},
			{a.key, "GET", at + "&filters=" + url.QueryEscape(`{"priority":"low"}`), nil, 404, ""},
			{a.key, "GET", at + "&pql=x", nil, 400, `{"pql":`},
			{a.key, "GET", strings.Replace(at, "=7", "=8", 1) + "&pql=x", nil, 400, `{"pql":`},
			{a.key, "GET", strings.Replace(at, "=7", "=8", 1) + "&priority=low", nil, 404, ""},
			{a.key, "GET", at + "&filters=" + url.QueryEscape(`{"is_archived":true}`), nil, 404, ""},
		})
	})
}

// Around a work item nothing is reached through another project's address, by a guest whom the project shows only their
// own, or in another workspace.
func TestAroundForeignItems(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		a, theirs := newAsked(t, s), foreign(t, s, "theirs")
		mate := a.join(t, s, "mate", app.Member, app.Member).WithKey()
		guest := a.join(t, s, "guest", app.Guest, app.Guest).WithKey()
		hidden := a.hide(t)
		one, two := a.ids["one"], a.ids["two"]
		kind := a.key.Must("POST", a.workspace+"work-item-relation-definitions/",
			map[string]any{"name": "Cause", "outward": "causes", "inward": "is caused by"}).ID()
		log := a.key.Must("POST", a.base+"work-items/"+one+"/worklogs/", map[string]any{"duration": 5}).ID()
		typed := func(other string) map[string]any {
			return map[string]any{"relation_definition_id": kind, "relation_definition_type": "causes",
				"work_item_ids": []string{other}}
		}
		depends := func(other string) map[string]any {
			return map[string]any{"relation_type": "start_before", "work_item_ids": []string{other}}
		}
		for _, other := range []string{hidden["item"], theirs["item"], store.NewID()} {
			at := a.base + "work-items/" + other + "/"
			mine := a.base + "work-items/" + two + "/"
			walk(t, []step{
				{mate, "GET", at + "worklogs/", nil, 404, ""},
				{mate, "POST", at + "worklogs/", map[string]any{"duration": 5}, 404, ""},
				{mate, "PATCH", at + "worklogs/" + log + "/", map[string]any{"duration": 6}, 403, ""},
				{a.key, "PATCH", at + "worklogs/" + log + "/", map[string]any{"duration": 6}, 404, ""},
				{a.key, "DELETE", mine + "worklogs/" + log + "/", nil, 404, ""},
				{mate, "GET", at + "dependencies/", nil, 404, ""},
				{mate, "POST", at + "dependencies/", depends(two), 404, ""},
				{mate, "POST", mine + "dependencies/", depends(other), 400, `{"work_item_ids":`},
				{mate, "DELETE", mine + "dependencies/" + other + "/", nil, 404, ""},
				{mate, "GET", at + "work-item-relations/", nil, 404, ""},
				{mate, "POST", at + "work-item-relations/", typed(two), 404, ""},
				{mate, "POST", mine + "work-item-relations/", typed(other), 400, `{"work_item_ids":`},
				{mate, "DELETE", mine + "work-item-relations/" + other + "/", nil, 404, ""},
				{mate, "POST", mine + "relations/remove/", map[string]any{"related_issue": other}, 404, ""},
				{mate, "POST", at + "archive/", nil, 404, ""},
				{mate, "DELETE", at + "unarchive/", nil, 404, ""},
			})
		}
		at := a.base + "work-items/" + one + "/"
		for _, path := range []string{"worklogs/", "dependencies/", "work-item-relations/", "relations/"} {
			if answer := guest.Do("GET", at+path, nil); answer.Status < 400 && strings.Contains(string(answer.Raw), one[:8]) ||
				strings.Contains(string(answer.Raw), two) || answer.Status >= 500 {
				t.Errorf("a guest reads %s: %d %s", path, answer.Status, answer.Raw)
			}
		}
		walk(t, []step{
			{guest, "GET", a.base + "total-worklogs/", nil, 200, `[]`},
			{mate, "GET", at + "dependencies/", nil, 200, `"blocked_by":[]`},
		})
		if left := string(a.key.Must("GET", at+"dependencies/", nil).Raw); !strings.Contains(left, hidden["item"]) {
			t.Errorf("the relation of the secret work item is gone: %s", left)
		}
	})
}

// What two do at once is done once.
func TestAskedAtOnce(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		a := newAsked(t, s)
		item := func(name string) string { return a.base + "work-items/" + a.ids[name] + "/" }
		depends := func(on string) map[string]any {
			return map[string]any{"relation_type": "start_before", "work_item_ids": []string{a.ids[on]}}
		}
		for _, tt := range []struct {
			name  string
			do    [2]func() webtest.Answer
			after func() string
			want  string
		}{
			{"estimates", [2]func() webtest.Answer{
				func() webtest.Answer { return a.key.Do("POST", a.base+"estimates/", map[string]any{"name": "A"}) },
				func() webtest.Answer { return a.key.Do("POST", a.base+"estimates/", map[string]any{"name": "B"}) },
			}, nil, "201 409"},
			{"archive", [2]func() webtest.Answer{
				func() webtest.Answer { return a.key.Do("POST", item("three")+"archive/", nil) },
				func() webtest.Answer { return a.key.Do("POST", item("three")+"archive/", nil) },
			}, nil, ""},
			{"dependencies", [2]func() webtest.Answer{
				func() webtest.Answer { return a.key.Do("POST", item("two")+"dependencies/", depends("four")) },
				func() webtest.Answer { return a.key.Do("POST", item("four")+"dependencies/", depends("two")) },
			}, func() string {
				kept := string(a.key.Must("GET", item("two")+"dependencies/", nil).Raw)
				return fmt.Sprint(strings.Count(kept, `"id":"`+a.ids["four"]))
			}, "1"},
		} {
			var got [2]webtest.Answer
			var wait sync.WaitGroup
			for n, do := range tt.do {
				wait.Add(1)
				go func() { defer wait.Done(); got[n] = do() }()
			}
			wait.Wait()
			for _, answer := range got {
				if answer.Status >= http.StatusInternalServerError {
					t.Errorf("%s: %d %s", tt.name, answer.Status, answer.Raw)
				}
			}
			says := fmt.Sprint(min(got[0].Status, got[1].Status), " ", max(got[0].Status, got[1].Status))
			if tt.after != nil {
				says = tt.after()
			}
			if tt.want != "" && says != tt.want {
				t.Errorf("%s: %s, want %s (%s | %s)", tt.name, says, tt.want, got[0].Raw, got[1].Raw)
			}
		}
	})
}
