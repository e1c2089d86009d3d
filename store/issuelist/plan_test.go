package issuelist_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/issuelist"
	"github.com/sailplane/sailplane/store/storetest"
)

func TestPrint(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		f := storetest.Fill(t, db, 2000, 100)
		tx := db.Read(t.Context())
		states, _ := issuelist.ReadStates(tx, []string{f.Project.ID})
		for _, o := range []string{"-created_at", "created_at", "sort_order", "-priority", "target_date", "-target_date", "updated_at", "name"} {
			q := issuelist.Query{Scope: issuelist.Scope{Workspace: f.Workspace.ID, Projects: []string{f.Project.ID}}, States: states}
			q.Order, _ = issuelist.ParseOrder(o)
			fmt.Println("==", o, strings.Join(q.Plan(tx), "\n     "))
		}
		q := issuelist.Query{Scope: issuelist.Scope{Workspace: f.Workspace.ID, Projects: []string{f.Project.ID, f.Workspace.ID}}, States: states}
		q.Order, _ = issuelist.ParseOrder("-created_at")
		fmt.Println("== ws", strings.Join(q.Plan(tx), "\n     "))
	})
}
