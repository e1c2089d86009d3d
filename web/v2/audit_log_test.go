package v2_test

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/instance"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

const logs = "/api/v2/workspaces/acme/audit-logs/"

// house is a workspace with an administrator, a member, and something done in it.
type house struct {
	*webtest.Server
	admin, member, boss *webtest.Client
	project             string
}

func newHouse(t *testing.T, s *webtest.Server) *house {
	t.Helper()
	h := &house{Server: s, admin: s.User("admin"), member: s.User("member"), boss: s.User("boss")}
	if err := instance.Appoint(t.Context(), s.App, h.boss.User.ID, "Acme"); err != nil {
		t.Fatal(err)
	}
	h.admin.Must("POST", "/api/workspaces/", map[string]any{"name": "Acme", "slug": "acme"})
	w, err := s.App.DB.Read(t.Context()), error(nil)
	ws, err := store.WorkspaceWithSlug(w, "acme")
	if err != nil {
		t.Fatal(err)
	}
	err = s.App.DB.Write(t.Context(), "", func(tx *store.Tx) error {
		return store.WorkspaceMembers.Insert(tx, store.NewWorkspaceMember(ws.ID, h.member.User.ID, int(app.Member)))
	})
	if err != nil {
		t.Fatal(err)
	}
	h.project = h.admin.Must("POST", "/api/workspaces/acme/projects/", map[string]any{"name": "P", "identifier": "P"}).ID()
	return h
}

// read is the list of a caller, all pages of it.
func read(t *testing.T, c *webtest.Client, path string, query url.Values) (all []map[string]any) {
	t.Helper()
	query.Set("paginate", "cursor")
	for range 100 {
		a := c.Must("GET", path+"?"+query.Encode(), nil)
		var page struct {
			Data       []map[string]any `json:"data"`
			NextCursor *string          `json:"next_cursor"`
			HasMore    bool             `json:"has_more"`
		}
		if err := json.Unmarshal(a.Raw, &page); err != nil || a.At("pagination.style") != "cursor" {
			t.Fatalf("no page: %s", a.Raw)
		}
		all = append(all, page.Data...)
		if !page.HasMore {
			return all
		}
		query.Set("cursor", *page.NextCursor)
	}
	t.Fatal("the list has no end")
	return nil
}

func names(rows []map[string]any) string {
	var all []string
	for _, r := range rows {
		all = append(all, fmt.Sprint(r["event_name"]))
	}
	return strings.Join(all, " ")
}

func TestTheLogSaysWhoDidWhat(t *testing.T) {
	webtest.Beside(t, func(t *testing.T, s *webtest.Server) {
		h := newHouse(t, s)
		members := h.admin.Must("GET", "/api/workspaces/acme/members/", nil).JSON().([]any)
		id := ""
		for _, m := range members {
			if m := m.(map[string]any); m["member"].(map[string]any)["id"] == h.member.User.ID {
				id = m["id"].(string)
			}
		}
		h.admin.With("User-Agent", "Firefox").Must("PATCH", "/api/workspaces/acme/members/"+id+"/", map[string]any{"role": 20})
		rows := read(t, h.admin.WithKey(), logs, url.Values{"event_name": {"member.role_updated"}})
		if len(rows) != 1 {
			t.Fatalf("%d entries tell of the role: %v", len(rows), rows)
		}
		r := rows[0]
		for key, want := range map[string]any{"actor_id": h.admin.User.ID, "actor_email": *h.admin.User.Email,
			"actor_type": "user", "source": "platform", "outcome": "success", "category": "role",
			"target_id": h.member.User.ID, "target_type": "workspace_member", "target_display_name": "member",
			"user_agent": "Firefox", "ip_address": "127.0.0.1", "project_id": nil} {
			if r[key] != want {
				t.Errorf("%s is %v, not %v", key, r[key], want)
			}
		}
		if fmt.Sprint(r["old_value"], r["new_value"]) != "map[role:15] map[role:20]" {
			t.Errorf("it was %v and is %v", r["old_value"], r["new_value"])
		}
		one := h.admin.Must("GET", logs+r["id"].(string)+"/?fields=event_name", nil)
		if string(one.Raw) != `{"event_name":"member.role_updated","id":"`+r["id"].(string)+`"}` {
			t.Errorf("the entry alone is %s", one.Raw)
		}
	})
}

func TestTheLogIsFiltered(t *testing.T) {
	webtest.Beside(t, func(t *testing.T, s *webtest.Server) {
		h := newHouse(t, s)
		p := "/api/workspaces/acme/projects/" + h.project + "/"
		before := s.App.DB.Now()
		h.admin.Must("PATCH", p, map[string]any{"name": "Queue"})
		h.admin.Must("POST", "/api/workspaces/acme/invitations/",
			map[string]any{"emails": []any{map[string]any{"email": "ann@example.org", "role": 15}}})
		h.admin.Must("DELETE", p, nil)
		all := read(t, h.admin, logs, url.Values{"order_by": {"id"}, "per_page": {"1"}})
		if want := "workspace.created member.added member.added project.created member.added project.updated member.invited project.deleted"; names(all) != want {
			t.Errorf("the log is\n%s\nand not\n%s", names(all), want)
		}
		for query, want := range map[string]string{
			"category=project":                                     "project.deleted project.updated project.created",
			"project_id=" + h.project:                              "project.deleted project.updated member.added project.created",
			"target_id=" + h.member.User.ID:                        "member.added",
			"target_type=invitation":                               "member.invited",
			"actor_id=" + h.admin.User.ID + "&event_name=x":        "",
			"actor_id=" + h.admin.User.ID + "&category=member":     "member.invited member.added member.added",
			"ip_address=127.0.0.1&category=member":                 "member.invited member.added member.added",
			"ip_address=10.1.1.1":                                  "",
			"outcome=failure":                                      "",
			"outcome=success&event_name=project.created":           "project.created",
			"search=ann@example":                                   "member.invited",
			"search=Queue":                                         "project.deleted project.updated",
			"created_after=" + before.Format(time.RFC3339Nano):     "project.deleted member.invited project.updated",
			"created_before=" + before.Format(time.RFC3339Nano):    "member.added project.created member.added member.added workspace.created",
			"created_after=2200-01-01":                             "",
			"order_by=created_at&category=project&outcome=success": "project.created project.updated project.deleted",
		} {
			values, err := url.ParseQuery(query)
			if err != nil {
				t.Fatal(err)
			}
			if got := names(read(t, h.admin, logs, values)); got != want {
				t.Errorf("%s returns\n%s\nand not\n%s", query, got, want)
			}
		}
		for _, query := range []string{"category=none", "outcome=maybe", "created_after=soon", "actor_id=me",
			"ip_address=here", "order_by=name", "per_page=0", "per_page=x", "cursor=%20", "cursor=AAAA",
			"fields=nothing", "search=%00"} {
			a := h.admin.Do("GET", logs+"?paginate=cursor&"+query, nil)
			kind := a.Header.Get("Content-Type")
			if a.Status != 400 || a.At("type") != "invalid_request" || kind != "application/problem+json" {
				t.Errorf("%s: %d %s", query, a.Status, a.Raw)
			}
		}
		if a := h.admin.Do("GET", logs, nil); a.Status != 400 || a.At("code") != "count_pagination_disabled" {
			t.Errorf("a list that is to be counted: %d %s", a.Status, a.Raw)
		}
	})
}

func TestWhoMayReadTheLog(t *testing.T) {
	webtest.Beside(t, func(t *testing.T, s *webtest.Server) {
		h := newHouse(t, s)
		entry := read(t, h.admin, logs, url.Values{})[0]["id"].(string)
		other := s.User("other")
		other.Must("POST", "/api/workspaces/", map[string]any{"name": "Other", "slug": "other"})
		whole := "/api/v2/audit-logs/"
		for _, c := range []struct {
			who    string
			client *webtest.Client
			path   string
			want   int
		}{
			{"an administrator", h.admin, logs, 200}, {"an administrator's key", h.admin.WithKey(), logs, 200},
			{"a member", h.member, logs, 403}, {"a member's key", h.member.WithKey(), logs, 403},
			{"nobody", s.Stranger(), logs, 401}, {"a stranger", other, logs, 403},
			{"an administrator", h.admin, logs + entry + "/", 200}, {"a member", h.member, logs + entry + "/", 403},
			{"another workspace's administrator", other, "/api/v2/workspaces/other/audit-logs/" + entry + "/", 404},
			{"a workspace's administrator", h.admin, whole, 403}, {"nobody", s.Stranger(), whole, 401},
			{"the installation's", h.boss, whole, 200}, {"the installation's key", h.boss.WithKey(), whole, 200},
			{"a workspace's administrator", h.admin, whole + entry + "/", 403}, {"the installation's", h.boss, whole + entry + "/", 200},
			{"a member", h.member, logs + "export/", 403}, {"a workspace's administrator", h.admin, whole + "export/", 403},
			{"an administrator", h.admin, "/api/v2/workspaces/nowhere/audit-logs/", 403},
		} {
			if a := c.client.Do("GET", c.path+"?paginate=cursor", nil); a.Status != c.want {
				t.Errorf("%s at %s: %d and not %d: %s", c.who, c.path, a.Status, c.want, a.Raw)
			}
			for _, method := range []string{"POST", "PATCH", "PUT", "DELETE"} {
				if a := c.client.Do(method, c.path, nil); a.Status < 400 {
					t.Errorf("%s writes at %s: %d", c.who, c.path, a.Status)
				}
			}
		}
		if rows := read(t, h.boss, whole, url.Values{"category": {"instance"}}); len(rows) == 0 {
			t.Error("the installation's log has nothing of the installation")
		}
	})
}

func TestTheLogIsExported(t *testing.T) {
	webtest.Beside(t, func(t *testing.T, s *webtest.Server) {
		h := newHouse(t, s)
		a := h.admin.Must("GET", logs+"export/", nil)
		lines := bufio.NewScanner(bytes.NewReader(a.Raw))
		var all []map[string]any
		for lines.Scan() {
			var row map[string]any
			if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
				t.Fatal(err)
			}
			all = append(all, row)
		}
		if got := names(all); !strings.HasPrefix(got, "workspace.created") || !strings.HasSuffix(got, "instance.audit_log_exported") {
			t.Errorf("the export is %s", got)
		}
		a = h.boss.Must("GET", "/api/v2/audit-logs/export/?format=csv", nil)
		table, err := csv.NewReader(bytes.NewReader(a.Raw)).ReadAll()
		if err != nil || len(table) < 8 || table[0][0] != "sequence_number" || table[1][0] != "1" {
			t.Errorf("the table is %v: %v", table, err)
		}
		if a := h.boss.Do("GET", "/api/v2/audit-logs/export/?format=xml", nil); a.Status != http.StatusBadRequest {
			t.Errorf("an unknown format: %d %s", a.Status, a.Raw)
		}
	})
}
