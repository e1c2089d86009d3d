package routes_test

import (
	"slices"
	"testing"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/routes"
	"github.com/sailplane/sailplane/web/webtest"
)

// An administrator of the workspace who is a guest of a project is held to that by the rows that are strict, and by
// those alone.
func TestAdministratorsOfTheWorkspaceInStrictRows(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		w := newRoleWalk(t, s)
		lowered := s.User("lowered")
		w.by["lowered"] = lowered
		w.admit(t, s, lowered, app.Admin)
		w.write(t, func(tx *store.Tx) error {
			tx.ForgetAll()
			return run(tx, "UPDATE project_members SET role = ? WHERE member_id = ?", app.Guest, lowered.User.ID)
		})
		refused, admitted := 0, 0
		for _, op := range routes.All("test") {
			if !keepsGuestsOut(op.Allow) || endsPlace.MatchString(op.Path) {
				continue
			}
			switch got := w.ask(t, op, "lowered"); {
			case op.Allow.Strict && got != "403":
				t.Errorf("%s %s lets in who is a guest of the project: %s", op.Method, op.Path, got)
			case op.Allow.Strict:
				refused++
			case got[0] == '2':
				admitted++
			}
		}
		if refused < 40 || admitted < 25 {
			t.Errorf("%d strict rows refuse and %d others admit: the walk looks at the wrong ones", refused, admitted)
		}
	})
}

// keepsGuestsOut says whether a rule is about roles in the project alone, and guests have none of them.
func keepsGuestsOut(r web.Rule) bool {
	return r.Scope == web.ScopeProject && r.Or == nil && r.Creator == "" && len(r.Roles) > 0 &&
		!slices.Contains(r.Roles, app.Guest)
}
