package v1_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// asked is a place whose work items differ in all that can be asked for.
type asked struct {
	place
	states, labels map[string]string
	cycle, module  string
	ids            map[string]string // of the work items, by name
	other          string            // the path of another project
}

func (p place) byName(t *testing.T, path string) map[string]string {
	all := map[string]string{}
	for _, row := range results(t, p.key.Must("GET", path, nil)) {
		all[row["name"].(string)] = row["id"].(string)
	}
	return all
}

func newAsked(t *testing.T, s *webtest.Server) asked {
	a := asked{place: newPlans(s, "asked"), labels: map[string]string{}, ids: map[string]string{}}
	a.states = a.byName(t, a.base+"states/")
	for _, name := range []string{"red", "blue"} {
		a.labels[name] = a.key.Must("POST", a.base+"labels/", map[string]any{"name": name}).ID()
	}
	day := func(n int) string { return time.Now().UTC().AddDate(0, 0, n).Format(time.DateOnly) }
	a.cycle = a.place.cycle("now", map[string]any{"start_date": day(-3), "end_date": day(3)})
	a.module = a.place.module("core")
	me, red, blue := a.person.User.ID, a.labels["red"], a.labels["blue"]
	add := func(name string, body map[string]any) string {
		body["name"] = name
		a.ids[name] = a.item(body)
		return a.ids[name]
	}
	one := add("one", map[string]any{"priority": "urgent", "assignees": []string{me}, "labels": []string{red, blue},
		"target_date": day(-2), "state": a.states["In Progress"], "external_id": "7", "external_source": "lab"})
	two := add("two", map[string]any{"priority": "high", "labels": []string{red}, "start_date": day(0),
		"target_date": day(0), "description_html": "<p>hidden needle</p>"})
	add("three", map[string]any{"priority": "low", "parent": one, "state": a.states["Done"], "target_date": day(-9)})
	add("four", map[string]any{"assignees": []string{me}})
	a.key.Must("PATCH", a.base+"work-items/"+a.ids["four"]+"/", map[string]any{"assignees": []string{}})
	add("five", map[string]any{"state": a.states["Cancelled"]})
	a.key.Must("POST", a.base+"work-items/"+a.ids["five"]+"/archive/", map[string]any{})
	a.key.Must("POST", a.base+"cycles/"+a.cycle+"/cycle-issues/", map[string]any{"issues": []string{one, two}})
	a.key.Must("POST", a.base+"modules/"+a.module+"/module-issues/", map[string]any{"issues": []string{two}})
	a.key.Must("POST", a.base+"work-items/"+one+"/relations/",
		map[string]any{"relation_type": "blocking", "issues": []string{two}})
	a.other = a.workspace + "projects/" + a.key.Must("POST", a.workspace+"projects/",
		map[string]any{"name": "other", "identifier": "OTHER"}).ID() + "/"
	a.key.Must("POST", a.other+"work-items/", map[string]any{"name": "far", "priority": "urgent"})
	return a
}

// found are the names that a list has, in order; or what it refuses.
func found(a webtest.Answer) string {
	if a.Status != http.StatusOK {
		return string(a.Raw)
	}
	var names []string
	rows, _ := a.At("results").([]any)
	for _, row := range rows {
		names = append(names, row.(map[string]any)["name"].(string))
	}
	return strings.Join(names, " ")
}

// A query finds what it says, and no more.
func TestPQL(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		a := newAsked(t, s)
		me := a.person.User.ID
		for _, tt := range []struct{ pql, want string }{
			{`priority = "urgent"`, "one"},
			{`priority != "URGENT" and not (priority IN ('low', "none"))`, "two"},
			{`priority IS EMPTY`, "four"},
			{`assignee = currentUser()`, "one"},
			{`assignee != currentUser()`, "four three two"},
			{`assignee IS NULL AND label IS NOT EMPTY`, "two"},
			{`hasNoAssignee() AND hasNoLabel() AND isTopLevel()`, "four"},
			{`assignee IN (currentUser(), "` + store.NewID() + `")`, "one"},
			{`assignee IN membersOf("project:` + a.project() + `")`, "one"},
			{`createdBy IN workspaceMembers()`, "four three two one"},
			{`createdBy = "` + strings.ToUpper(me) + `" AND title = "two"`, "two"},
			{`label = "` + a.labels["red"] + `" AND label = "` + a.labels["blue"] + `"`, "one"},
			{`label = "` + a.labels["red"] + `" AND NOT label = "` + a.labels["blue"] + `"`, "two"},
			{`state = "` + a.states["Done"] + `"`, "three"},
			{`stateGroup = "completed" OR stateGroup IN activeStates()`, "three one"},
			{`stateGroup NOT IN openStates()`, "three"},
			{`isOverdue()`, "one"},
			{`dueDate < today()`, "three one"},
			{`dueDate BETWEEN (daysAgo(3), today())`, "two one"},
			{`dueDate BETWEEN daysAgo(3) AND daysAgo(1)`, "one"},
			{`dueDate IS NULL`, "four"},
			{`dueDate = today() and startDate >= today() and startDate <= now()`, "two"},
			{`hasStartAndDueDates()`, "two"},
			{`createdAt >= startOfDay() AND updatedAt <= endOfDay()`, "four three two one"},
			{`createdAt < daysAgo(1)`, ""},
			{`createdAt > "2020-01-01" AND updatedAt != "2020-01-01T00:00:00Z"`, "four three two one"},
			{`title ~ "THR"`, "three"},
			{`text ~ "needle"`, "two"},
			{`id = "one-2"`, "two"},
			{`id IN ("ONE-1", "` + a.ids["four"] + `", "OTHER-1")`, "four one"},
			{`id ~ "ON"`, "four three two one"},
			{`id ~ "ONE-3"`, "three"},
			{`id != "ONE-1" AND id != "ONE-2"`, "four three"},
			{`cycle IN activeCycle()`, "two one"},
			{`cycle = activeCycle() AND cycle NOT IN upcomingCycles() AND cycle NOT IN completedCycles()`, "two one"},
			{`module = "` + a.module + `"`, "two"},
			{`module IS EMPTY`, "four three one"},
			{`project = "` + a.project() + `" AND isSubWorkItem()`, "three"},
			{`hasChildren()`, "one"},
			{`childOf("ONE-1")`, "three"},
			{`parentOf("` + a.ids["three"] + `")`, "one"},
			{`blockedBy("ONE-1")`, "two"},
			{`blocks("ONE-2")`, "one"},
			{`linkedTo("ONE-1") OR duplicateOf("ONE-1")`, ""},
			{`isArchived()`, "five"},
			{`isArchived = true OR title = "four"`, "five four"},
			{`NOT isArchived() AND title ~ "f"`, "four"},
			{`isDraft = true OR isDraft()`, ""},
			{`isDraft = false AND isIntake()`, ""},
			{`subscriber = currentUser() AND mention IS EMPTY`, "four three two one"},
			{`((((title = "one"))))`, "one"},
			{`NOT NOT NOT title = "one"`, "four three two"},
			{" ", "four three two one"},
		} {
			answer := a.key.Do("GET", a.base+"work-items/?pql="+url.QueryEscape(tt.pql), nil)
			if got := found(answer); got != tt.want {
				t.Errorf("%s finds %q, want %q", tt.pql, got, tt.want)
			}
		}
	})
}

// What a query can't say is refused, with the place where it goes wrong.
func TestBadPQL(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		a := newAsked(t, s)
		theirs := newPlace(s, "theirs")
		secret := theirs.item(map[string]any{"name": "secret"})
		for _, tt := range []struct{ pql, says string }{
			{`priority = urgent`, `At character 12: Texts stand in quotes`},
			{`priority = "huge"`, `At character 12: Expected one of \"urgent\"`},
			{`priority > "low"`, `At character 10: priority can't be compared by >`},
			{`colour = "red"`, `At character 1: There is no field \"colour\". The fields are: assignee,`},
			{`priority = "high" AND`, `At character 22: Expected a field or a function, and not the end.`},
			{`priority = "high" priority = "low"`, `At character 19: Expected AND, OR or the end`},
			{`(priority = "high"`, `At character 19: Expected \")\"`},
			{`title ~ "x`, `At character 9: The text that begins here has no closing quote.`},
			{`title ~ ""`, `The text is empty.`},
			{`title IN ("x")`, `title can't be compared by IN`},
			{`dueDate < today() - 7`, `At character 19: \"-\" has no meaning here.`},
			{`dueDate < today()-7`, `At character 18: Expected AND, OR or the end, and not \"-7\"`},
			{`dueDate < "soon"`, `Expected a date as`},
			{`dueDate < "2026-02-30"`, `Expected a date as`},
			{`dueDate < daysAgo()`, `daysAgo() wants one whole number`},
			{`dueDate < daysAgo(-1)`, `daysAgo() wants one whole number`},
			{`dueDate < daysAgo(99999999999999999999)`, `daysAgo() wants one whole number`},
			{`dueDate BETWEEN (today())`, `BETWEEN wants two values.`},
			{`dueDate < startOfCentury()`, `There is no function startOfCentury() of dates.`},
			{`assignee = "me"`, `Expected an id (a UUID) in quotes`},
			{`assignee = activeCycle()`, `There is no function activeCycle() here. There are: currentUser(), `},
			{`assignee IN ()`, `The list is empty.`},
			{`assignee IN "x"`, `Expected a list in brackets`},
			{`assignee IN membersOf("project:` + theirs.project() + `")`, `You are in no project`},
			{`assignee IN membersOf("teamspace:1")`, `no teamspaces yet`},
			{`cf["` + store.NewID() + `"] = 5`, `You have no property`},
			{`teamspaceProject IS NULL`, `this server has no teamspaces yet`},
			{`isEpic("x")`, `isEpic() wants nothing in its brackets.`},
			{`wasEver("x")`, `There is no condition wasEver(). There are: blockedBy`},
			{`isOverdue(1)`, `isOverdue() wants nothing in its brackets.`},
			{`childOf("ONE-99")`, `At character 9: You see no work item \"ONE-99\".`},
			{`childOf("` + secret + `")`, `You see no work item`},
			{`childOf("a title")`, `Expected the number of a work item`},
			{`isDraft = "true"`, `Expected true or false, without quotes`},
			{strings.Repeat(`title = "x" OR `, 5) + `title = "x"`, `A query can't have more than 5 conditions.`},
			{strings.Repeat("(", 30) + `title = "x"` + strings.Repeat(")", 30), `in more than 20 others`},
			{`title ~ "` + strings.Repeat("x", 4000) + `"`, `At character 4001: A query can't be longer than 4000`},
			{`project IN ("` + strings.Repeat(store.NewID()+`","`, 100) + `x")`, `A list can't have more than 100 values.`},
		} {
			answer := a.key.Do("GET", a.base+"work-items/?pql="+url.QueryEscape(tt.pql), nil)
			if answer.Status != 400 || answer.At("pql") == nil || !strings.Contains(string(answer.Raw), tt.says) {
				t.Errorf("%s: %d %s, want %s", tt.pql, answer.Status, answer.Raw, tt.says)
			}
		}
		six := `project = "` + a.project() + `" AND ` + strings.Repeat(`title != "x" AND `, 4) + `title != "x"`
		if got := found(a.key.Do("GET", a.base+"work-items/?pql="+url.QueryEscape(six), nil)); got != "four three two one" {
			t.Errorf("five conditions in one project: %s", got)
		}
	})
}
