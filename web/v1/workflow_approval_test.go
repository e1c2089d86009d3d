package v1_test

import (
	"strings"
	"testing"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// What waits for approval leaves its state by that alone, when as many have said yes as are wanted.
func TestApprovals(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		f := newFlow(t, s, "approve")
		all := newCrowd(t, s, f.place)
		item := f.item(obj{"name": "a", "state": f.states["Todo"]})
		one := f.base + "work-items/" + item + "/"
		decide := one + "workflow-approval/"
		yes, no := obj{"type": "approve"}, obj{"type": "reject"}
		way := f.way("In Progress", "Done", obj{"type": "approval", "rejection_state_id": f.states["Todo"],
			"member_ids": []string{all.member.User.ID, all.admin.User.ID}})
		walk(t, []step{
			{all.member, "POST", decide, yes, 400, "waits for no approval"},
			{f.key, "PATCH", one, f.to("In Progress"), 200, ""},
			{f.key, "PATCH", one, f.to("Done"), 400, "wait for approval"},
			{all.member, "POST", decide, obj{"type": "perhaps"}, 400, `"type":`},
			{f.key, "POST", decide, yes, 403, "not among those"},
			{all.guest, "POST", decide, yes, 403, ""},
			{all.member, "POST", decide, yes, 200, f.states["In Progress"]}, // one of two
			{all.member, "POST", decide, yes, 200, f.states["In Progress"]}, // twice is once
			{all.admin, "POST", decide, no, 200, f.states["Todo"]},          // and all is forgotten
			{f.key, "PATCH", one, f.to("In Progress"), 200, ""},
			{all.admin, "POST", decide, yes, 200, f.states["In Progress"]},
			{all.member, "POST", decide, yes, 200, f.states["Done"]},
			{f.key, "PATCH", way, obj{"required_approvals": 1, "rejection_state_id": nil}, 200, `"required_approvals":1`},
			{f.key, "PATCH", one, f.to("In Progress"), 200, ""},
			{all.member, "POST", decide, no, 200, f.states["In Progress"]}, // it stays where nothing is named
			{all.member, "POST", decide, obj{"type": "approve", "transition_id": store.NewID()}, 400, "transition_id"},
			{all.member, "POST", decide, yes, 200, f.states["Done"]},
			{f.key, "PATCH", way, obj{"member_ids": []string{}}, 200, `"member_ids":[]`},
			{f.key, "PATCH", one, f.to("In Progress"), 200, ""},
			{f.key, "POST", decide, yes, 200, f.states["Done"]}, // anybody
		})
		history := string(f.key.Must("GET", one+"activities/", nil).Raw)
		for _, want := range []string{`"verb":"approved"`, `"verb":"rejected"`, `"new_value":"1 of 2"`} {
			if !strings.Contains(history, want) {
				t.Errorf("the history has no %s: %s", want, history)
			}
		}
		if f.key.Must("GET", one, nil).At("completed_at") == nil {
			t.Error("what is approved into a completed state was not completed")
		}
		// of those who left nobody is waited for
		f.key.Must("PATCH", way, obj{"member_ids": []string{all.member.User.ID, all.admin.User.ID}, "required_approvals": nil})
		f.key.Must("PATCH", one, f.to("In Progress"))
		f.key.Must("DELETE", f.base+"members/"+f.membership(all.admin)+"/", nil)
		walk(t, []step{{all.member, "POST", decide, yes, 200, f.states["Done"]}})
	})
}

// An approval counts as long as its author may give it, and for the state to which the transition led then.
func TestApprovalsThatNoLongerCount(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		f := newFlow(t, s, "count")
		all := newCrowd(t, s, f.place)
		third := f.join(t, s, "third", app.Member, app.Member).WithKey()
		one := f.base + "work-items/" + f.item(obj{"name": "a", "state": f.states["In Progress"]}) + "/"
		decide, yes := one+"workflow-approval/", obj{"type": "approve"}
		way := f.way("In Progress", "Done", obj{"type": "approval",
			"member_ids": []string{all.member.User.ID, all.admin.User.ID, third.User.ID}})
		walk(t, []step{
			{all.admin, "POST", decide, yes, 200, f.states["In Progress"]},
			{f.key, "DELETE", f.base + "members/" + f.membership(all.admin) + "/", nil, 204, ""},
			{all.member, "POST", decide, yes, 200, f.states["In Progress"]}, // the third one is still to be asked
			{f.key, "PATCH", way, obj{"transition_state_id": f.states["Cancelled"]}, 200, ""},
			{third, "POST", decide, yes, 200, f.states["In Progress"]}, // the member has approved another move
			{f.key, "PATCH", way, obj{"required_approvals": 2}, 200, ""},
			{all.member, "POST", decide, yes, 200, f.states["Cancelled"]},
		})
	})
}
