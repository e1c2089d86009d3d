package routes_test

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/storetest"
	"github.com/sailplane/sailplane/web/webtest"
)

// Of a deleted account no address and no name is left in any table, and what was only its owner's is gone; what they
// did in a workspace is there, by nobody in particular.
func TestNothingIsLeftOfADeletedAccount(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := webtest.Still(t, apptest.New(t, db))
		r := newArena(t, s, "leaving")
		items := "/api/workspaces/leaving/projects/" + r.project.ID + "/issues/"
		id := r.member.Must("POST", items, map[string]any{"name": "kept", "assignee_ids": []string{r.owner.User.ID}}).ID()
		r.owner.Must("PATCH", items+id+"/", map[string]any{"assignee_ids": []string{r.member.User.ID}})
		r.owner.Must("POST", items+id+"/comments/", map[string]any{"comment_html": "<p>kept</p>"})
		if err := user.Erase(t.Context(), s.App, r.owner.User); !errors.Is(err, app.Conflict) {
			t.Fatalf("an owner of a workspace is deleted: %v", err)
		}
		if err := workspace.Transfer(t.Context(), s.App, r.workspace, r.member.User); err != nil {
			t.Fatal(err)
		}
		if err := user.Erase(t.Context(), s.App, r.owner.User); err != nil {
			t.Fatal(err)
		}
		if a := r.owner.Do("GET", "/api/users/me/", nil); a.Status != 401 {
			t.Errorf("a session of a deleted account is answered with %d", a.Status)
		}
		if a := r.key.Do("GET", "/api/v1/users/me/", nil); a.Status != 403 {
			t.Errorf("a key of a deleted account is answered with %d", a.Status)
		}
		if a := r.member.Must("GET", items+id+"/comments/", nil); !strings.Contains(string(a.Raw), user.Deleted) {
			t.Errorf("the comments are by nobody: %s", a.Raw)
		}
		if a := r.member.Must("GET", items+id+"/history/", nil); !strings.Contains(string(a.Raw), user.Deleted) {
			t.Errorf("the history does not say who was assigned: %s", a.Raw)
		}
		left := texts(t, db, r.owner.User.DisplayName)
		if len(left) != 1 || !strings.HasPrefix(left[0], "jobs: ") || !strings.Contains(left[0], "account-deleted") {
			t.Errorf("what is left of the name beside the last letter:\n%s", strings.Join(left, "\n"))
		}
	})
}

// texts finds the rows of all tables with a text somewhere in them.
func texts(t *testing.T, db *store.DB, text string) (found []string) {
	t.Helper()
	query := `SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'`
	if db.Postgres {
		query = `SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace`
	}
	tx := db.Read(t.Context())
	var tables []string
	err := tx.Each(query, nil, func(rows *sql.Rows) error {
		var table string
		err := rows.Scan(&table)
		tables = append(tables, table)
		return err
	})
	for _, table := range tables {
		eachRow(t, tx, "SELECT * FROM "+table, nil, func(columns []string, row []any) {
			said := ""
			for i, v := range row {
				if raw, ok := v.([]byte); ok {
					v = string(raw)
				}
				said += fmt.Sprintf(" %s=%v", columns[i], v)
			}
			if strings.Contains(said, text) {
				found = append(found, table+": "+said)
			}
		})
	}
	if err != nil || len(tables) < 80 {
		t.Fatalf("read %d tables: %v", len(tables), err)
	}
	return found
}
