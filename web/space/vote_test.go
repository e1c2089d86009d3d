package space_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// tally are the votes and reactions of a work item, as the list and the work item itself show them.
func (p *place) tally(t *testing.T) []string {
	t.Helper()
	items := func(v any) []string {
		m := v.(map[string]any)
		var all []string
		for _, n := range slices.Concat(m["vote_items"].([]any), m["reaction_items"].([]any)) {
			n := n.(map[string]any)
			what := n["vote"]
			if what == nil {
				what = n["reaction"]
			}
			all = append(all, fmt.Sprint(what, " ", n["actor_details"].(map[string]any)["display_name"]))
		}
		return all
	}
	one := items(p.s.Stranger().Must("GET", p.board+"issues/"+p.item+"/", nil).JSON())
	list := items(p.s.Stranger().Must("GET", p.board+"issues/", nil).At("results").([]any)[0])
	group := items(p.s.Stranger().Must("GET", p.board+"issues/?group_by=priority",
		nil).At("results.none.results").([]any)[0])
	if diff := cmp.Diff(one, list) + cmp.Diff(one, group); diff != "" {
		t.Errorf("the work item, the list and its groups differ:\n%s", diff)
	}
	return one
}

func TestVotes(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := publish(t, s) // with votes switched off: the reference takes them all the same
		bob, cat := s.User("bob"), s.User("cat")
		path := p.board + "issues/" + p.item + "/votes/"
		for n, step := range []struct {
			who    *webtest.Client
			method string
			body   any
			status int
			want   []string
		}{
			{s.Stranger(), "POST", map[string]any{"vote": 1}, 401, nil},
			{bob, "DELETE", nil, 404, nil},
			{bob, "POST", map[string]any{}, 201, []string{"1 bob"}},
			{bob, "POST", map[string]any{"vote": 1}, 201, []string{"1 bob"}},
			{bob, "POST", map[string]any{"vote": -1}, 201, []string{"-1 bob"}},
			{bob, "POST", map[string]any{"vote": "up"}, 400, []string{"-1 bob"}},
			{bob, "POST", map[string]any{"vote": nil}, 400, []string{"-1 bob"}},
			{bob, "POST", map[string]any{"vote": 1 << 40}, 400, []string{"-1 bob"}},
			{cat, "POST", map[string]any{"vote": 1}, 201, []string{"-1 bob", "1 cat"}},
			{p.ann, "POST", map[string]any{"vote": 7}, 201, []string{"-1 bob", "1 cat", "7 ann"}},
			{cat, "DELETE", nil, 204, []string{"-1 bob", "7 ann"}},
			{cat, "DELETE", nil, 404, []string{"-1 bob", "7 ann"}},
			{cat, "POST", map[string]any{"vote": -1}, 201, nil},
		} {
			a := step.who.Do(step.method, path, step.body)
			if a.Status != step.status {
				t.Errorf("step %d: %d %s", n, a.Status, a.Raw)
			}
			if diff := cmp.Diff(step.want, p.tally(t)); diff != "" && n < 12 {
				t.Errorf("after step %d:\n%s", n, diff)
			}
		}
		if n := len(p.tally(t)); n != 3 {
			t.Errorf("%d votes after voting again, want 3", n)
		}
	})
}

func TestAVoteIsInItsHistory(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := publish(t, s)
		bob := s.User("bob")
		path := p.board + "issues/" + p.item + "/votes/"
		bob.Must("POST", path, map[string]any{})
		bob.Must("POST", path, map[string]any{"vote": -1})
		bob.Must("DELETE", path, nil)
		rows, err := store.IssueActivities.List(s.App.DB.Read(t.Context()), dbx.HashExp{"field": "vote"}, "created_at")
		if err != nil {
			t.Fatal(err)
		}
		var told []string
		for _, r := range rows {
			old, now := "", ""
			if r.OldValue != nil {
				old = *r.OldValue
			}
			if r.NewValue != nil {
				now = *r.NewValue
			}
			told = append(told, strings.Join([]string{r.Verb, r.Comment, old, now}, "|"))
			if *r.ActorID != bob.User.ID {
				t.Errorf("told of %s", *r.ActorID)
			}
		}
		if diff := cmp.Diff([]string{"updated|added the vote||-1", "deleted|removed the vote|-1|"}, told); diff != "" {
			t.Error(diff)
		}
		if trail := p.ann.Must("GET", p.project+"issues/"+p.item+"/history/?activity_type=issue-property",
			nil).JSON().([]any); len(trail) != 1 {
			t.Errorf("the app shows votes in the history: %v", trail)
		}
		if n := p.count(t, store.IssueSubscribers, dbx.HashExp{"subscriber_id": bob.User.ID}); n != 0 {
			t.Error("who votes follows the work item")
		}
		if n := p.count(t, store.ProjectPublicMembers, dbx.HashExp{"member_id": bob.User.ID}); n != 1 {
			t.Errorf("noted %d times that he took part", n)
		}
	})
}

func TestManyVotesAtOnceAreOne(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := publish(t, s)
		bob := s.User("bob")
		var wg sync.WaitGroup
		for n := range 20 {
			wg.Go(func() {
				if a := bob.Do("POST", p.board+"issues/"+p.item+"/votes/", map[string]any{"vote": 1 - 2*(n%2)}); a.Status != 201 {
					t.Errorf("%d %s", a.Status, a.Raw)
				}
			})
		}
		wg.Wait()
		if got := p.tally(t); len(got) != 1 {
			t.Errorf("votes: %v", got)
		}
	})
}
