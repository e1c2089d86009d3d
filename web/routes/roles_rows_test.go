package routes_test

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

// mend brings the place back to where it was before somebody changed who is in it.
func (w *roleWalk) mend(tx *store.Tx) error {
	steps := []func() error{func() error {
		return run(tx, "UPDATE workspaces SET deleted_at = NULL, slug = ? WHERE id = ?", w.workspace.Slug, w.workspace.ID)
	},
		func() error {
			return run(tx, "UPDATE projects SET deleted_at = NULL, archived_at = NULL, identifier = ?, network = 0, intake_view = TRUE WHERE id = ?", w.project.Identifier, w.project.ID)
		},
		func() error {
			return run(tx, "UPDATE intakes SET deleted_at = NULL, is_default = TRUE WHERE id = ?", w.intake.ID)
		},
	}
	for who, role := range map[string]app.Role{"admin": app.Admin, "member": app.Member, "guest": app.Guest,
		"maker": app.Guest, "outside": app.Admin, "other": app.Member, "removed": app.Member, "former": app.Admin} {
		id := w.by[who].User.ID
		steps = append(steps, func() error {
			return run(tx, "UPDATE workspace_members SET deleted_at = NULL, role = ?, is_active = ? WHERE workspace_id = ? AND member_id = ?", role, who != "former", w.workspace.ID, id)
		}, func() error {
			return run(tx, "UPDATE project_members SET deleted_at = NULL, role = ?, is_active = ? WHERE project_id = ? AND member_id = ?", role,
				who != "former" && who != "removed", w.project.ID, id)
		})
	}
	steps = append(steps, func() error { // the founder, so that nobody is the last administrator
		return run(tx, "UPDATE project_members SET deleted_at = NULL, role = 20, is_active = TRUE WHERE project_id = ? AND member_id = ?", w.project.ID, *w.project.CreatedByID)
	})
	tx.ForgetAll()
	return errorOf(steps...)
}

func run(tx *store.Tx, sql string, args ...any) error {
	_, err := tx.Exec(sql, args...)
	return err
}

func (w *roleWalk) write(t *testing.T, fn func(*store.Tx) error) {
	t.Helper()
	if err := w.App.DB.Write(context.Background(), "", fn); err != nil {
		t.Fatal(err)
	}
}

// refresh makes rows that nobody has touched, if somebody was let in to touch the ones before or they are of another
// kind; some rows are the caller's own.
func (w *roleWalk) refresh(t *testing.T, op web.Op, who, maker, caller string) {
	t.Helper()
	kind := "plans"
	if aboutItems(op) {
		kind = "items"
	}
	seeing, first := who == "seeing", who == callers[0]
	own := ofCaller.MatchString(op.Path)
	if w.touched {
		w.holds = ""
	}
	remade := w.holds != kind || own || first && op.Method != http.MethodGet
	if !remade && w.project.GuestViewAllFeatures == seeing {
		return
	}
	w.write(t, func(tx *store.Tx) error {
		w.project.GuestViewAllFeatures = seeing
		tx.ForgetAll()
		if first || endsPlace.MatchString(op.Path) {
			if err := w.mend(tx); err != nil {
				return err
			}
		}
		if err := store.Projects.Set(tx, w.project, "guest_view_all_features"); err != nil || !remade {
			return err
		}
		w.holds = kind
		if own {
			w.holds = ""
		}
		if kind == "plans" {
			return w.plans(tx, maker)
		}
		if err := w.items(tx, maker, caller); err != nil {
			return err
		}
		if strings.HasSuffix(op.Path, "/subscribe/") && op.Method == http.MethodPost { // which has to be new
			_, err := store.IssueSubscribers.DeleteWhere(tx, dbx.HashExp{"issue_id": w.ids["issues"]})
			return err
		}
		return nil
	})
}

// ofCaller fits operations on rows that are the caller's own.
var ofCaller = regexp.MustCompile(`draft|reactions|subscribe`)
