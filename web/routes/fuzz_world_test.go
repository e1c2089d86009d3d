package routes_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// ids are what answers brought, by what they are ids of, and where they were found: below which other ids. Each kind
// keeps the latest.
type ids struct {
	slug, project string
	kinds         map[string][]string
	foreign       []string // of the secret project
	below         map[string]map[string]string
}

const kept = 16

// learn notes an id that was found below others.
func (i *ids) learn(kind, id string, below map[string]string) {
	if !store.IsID(id) || slices.Contains(i.kinds[kind], id) {
		return
	}
	if project := below["project_id"]; project != "" && project != i.project {
		i.foreign = append(i.foreign, id)
		i.foreign = i.foreign[max(0, len(i.foreign)-4*kept):]
		return
	}
	list := append(i.kinds[kind], id)
	i.kinds[kind] = list[max(0, len(list)-kept):]
	i.below[id] = below
}

// forget drops what was deleted.
func (i *ids) forget(id string) {
	for kind, list := range i.kinds {
		if kind != "user" && kind != "project" {
			i.kinds[kind] = slices.DeleteFunc(slices.Clone(list), func(other string) bool { return other == id })
		}
	}
}

// poolNames say what fields, parameters and segments of paths are called by in the pools.
var poolNames = map[string]string{"work-item": "issue", "sub_issue": "issue", "related_issue": "issue",
	"parent": "issue", "intake-issue": "asked", "inbox-issue": "asked", "intake-work-item": "asked",
	"duplicate_to": "issue", "assignee": "user", "member": "user", "lead": "user", "created_by": "user",
	"updated_by": "user", "owned_by": "user", "actor": "user", "subscriber": "user", "default_assignee": "user",
	"project_lead": "user", "mention": "user", "collection_member": "user",
	"issue-label": "label", "label": "label",
	"new_cycle": "cycle", "cycle-issue": "issue", "logo_asset": "asset", "avatar_asset": "asset",
	"cover_image_asset": "asset", "issue-attachment": "asset", "attachment": "asset",
	"draft-issue": "draft", "draft-to-issue": "draft", "archived-cycle": "cycle", "archived-module": "module",
	"issue-link": "link", "point": "estimate_point", "description-version": "version",
	"default_state": "state", "removed_module": "module", "archived-page": "page", "intake": "intake", "inbox": "intake",
	"inboxe": "intake"}

// kindOf is the pool of a name.
func kindOf(name string) string {
	name = strings.TrimSuffix(strings.TrimSuffix(name, "_id"), "_ids")
	if strings.HasSuffix(name, "ies") {
		name = strings.TrimSuffix(name, "ies") + "y"
	}
	name = strings.TrimSuffix(strings.TrimSuffix(name, "s"), "_id")
	if alias := poolNames[name]; alias != "" {
		return alias
	}
	return name
}

// of is an id for a field of that name: one of its kind, or seldom any other.
func (i *ids) of(s *source, name string) string {
	list := i.kinds[kindOf(name)]
	if len(list) > 0 && s.chance(97) {
		return pick(s, list)
	}
	switch {
	case s.chance(20):
		return "00000000-0000-4000-8000-000000000000"
	case len(i.foreign) > 0 && s.chance(60):
		return pick(s, i.foreign)
	}
	if list = i.kinds[pick(s, sortedKeys(i.kinds))]; len(list) > 0 {
		return pick(s, list)
	}
	return "00000000-0000-4000-8000-000000000001"
}

// harvest learns from an answer: the ids of its rows by the path that they came from, and those that they name.
func (i *ids) harvest(path string, raw []byte, below map[string]string) {
	var v any
	if len(raw) > 1<<20 || json.Unmarshal(raw, &v) != nil {
		return
	}
	kind := ""
	for seg := range strings.SplitSeq(path, "/") {
		if seg != "" && !strings.HasPrefix(seg, "{") {
			kind = kindOf(seg)
		}
	}
	i.read(kind, v, below, 0)
}

func (i *ids) read(kind string, v any, below map[string]string, depth int) {
	if depth > 4 {
		return
	}
	switch v := v.(type) {
	case []any:
		for n, item := range v {
			if n < 20 {
				i.read(kind, item, below, depth+1)
			}
		}
	case map[string]any:
		for _, key := range sortedKeys(v) {
			switch value := v[key].(type) {
			case string:
				if key == "id" && kind != "asked" || key == "issue" && kind == "asked" { // which go by their work items
					i.learn(kind, value, below)
				} else if strings.HasSuffix(key, "_id") || poolNames[key] != "" {
					i.learn(kindOf(key), value, nil)
				}
			case map[string]any:
				if id, ok := value["id"].(string); ok && key == "issue" && kind == "asked" {
					i.learn(kind, id, below)
				}
				i.read(kindOf(key), value, below, depth+1)
			default:
				inner := kind
				if key != "results" && key != "sub_issues" {
					inner = kindOf(key)
				}
				i.read(inner, value, below, depth+1)
			}
		}
	}
}

// world is a workspace with people of every role, and what they made. Requests wear it down; then there is another one.
type world struct {
	*ids
	anchor, identifier string
	people             []person
	owner              *webtest.Client
}

// person is somebody who asks, by a session and by a key.
type person struct {
	name         string
	session, key *webtest.Client
}

// newWorld makes a workspace with two projects, one of them secret and without most of the people, through the front
// door.
func newWorld(t testing.TB, s *webtest.Server, n int) *world {
	t.Helper()
	w := &world{ids: &ids{slug: fmt.Sprintf("world-%d", n), kinds: map[string][]string{},
		below: map[string]map[string]string{}}, anchor: fmt.Sprintf("board%d", n), identifier: "FUZZ"}
	roles := []string{"owner", "admin", "member", "guest", "outside", "stranger"}
	for _, role := range roles {
		c := newcomer(t, s, fmt.Sprintf("%s%d", role, n))
		w.people = append(w.people, person{role, c, c.WithKey()})
		w.learn("user", c.User.ID, nil)
	}
	w.people = append(w.people, person{"nobody", s.Stranger(), s.Stranger()})
	w.owner = w.people[0].session
	ws := w.owner.Must("POST", "/api/workspaces/",
		map[string]any{"name": "World", "slug": w.slug, "organization_size": "1-10"}).ID()
	in := "/api/workspaces/" + w.slug + "/projects/"
	features := map[string]any{"name": "Fuzz", "identifier": w.identifier, "network": 2, "cycle_view": true,
		"module_view": true, "page_view": true, "issue_views_view": true, "intake_view": true}
	w.project = w.owner.Must("POST", in, features).ID()
	secret := w.owner.Must("POST", in, map[string]any{"name": "Secret", "identifier": "SECRET", "network": 0}).ID()
	w.join(t, s, ws, w.project)
	w.learn("project", w.project, nil)
	w.learn("project", secret, nil)
	w.furnish(t, s, in+w.project+"/", ws)
	w.furnish(t, s, in+secret+"/", ws)
	return w
}

// newcomer is a person as a sign-up makes them.
func newcomer(t testing.TB, s *webtest.Server, name string) *webtest.Client {
	t.Helper()
	email := name + "@sailplane.test"
	u := &store.User{Email: &email, Username: name, DisplayName: name, FirstName: name, IsActive: true,
		UserTimezone: "UTC"}
	if err := s.App.DB.Write(context.Background(), "",
		func(tx *store.Tx) error { return user.Insert(tx, u) }); err != nil {
		t.Fatal(err)
	}
	return s.SignIn(u)
}

// join gives people their roles.
func (w *world) join(t testing.TB, s *webtest.Server, ws, project string) {
	t.Helper()
	roles := map[string]app.Role{"admin": app.Admin, "member": app.Member, "guest": app.Guest, "outside": app.Member}
	err := s.App.DB.Write(context.Background(), "", func(tx *store.Tx) error {
		for _, p := range w.people {
			role, ok := roles[p.name]
			if !ok {
				continue
			}
			member := &store.WorkspaceMember{WorkspaceID: ws, MemberID: p.session.User.ID, Role: int(role), IsActive: true}
			if err := store.WorkspaceMembers.Insert(tx, member); err != nil {
				return err
			}
			if p.name == "outside" {
				continue
			}
			in := &store.ProjectMember{WorkspaceID: ws, ProjectID: project, MemberID: &p.session.User.ID, Role: int(role),
				IsActive: true}
			if err := store.ProjectMembers.Insert(tx, in); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// furnish makes one of everything, and asks for what is there.
func (w *world) furnish(t testing.TB, s *webtest.Server, in, ws string) {
	t.Helper()
	here := map[string]string{"project_id": strings.Split(in, "/")[5]}
	make := func(kind, path string, body map[string]any) string {
		a := w.owner.Do("POST", in+path, body)
		below := maps.Clone(here)
		if _, rest, ok := strings.Cut(path, "issues/"); ok && rest != "" {
			below["issue_id"], _, _ = strings.Cut(rest, "/")
		}
		w.learn(kind, a.ID(), below)
		return a.ID()
	}
	for _, path := range []string{"states/", "members/"} {
		w.harvest(path, w.owner.Do("GET", in+path, nil).Raw, here)
	}
	label, cycle, module := make("label", "issue-labels/", map[string]any{"name": "Bug"}),
		make("cycle", "cycles/", map[string]any{"name": "Sprint", "start_date": "2026-01-01", "end_date": "2026-12-31"}),
		make("module", "modules/", map[string]any{"name": "Part"})
	make("view", "views/", map[string]any{"name": "View", "filters": map[string]any{}})
	make("page", "pages/", map[string]any{"name": "Page", "description_html": "<p>page</p>"})
	make("estimate", "estimates/",
		map[string]any{"estimate": map[string]any{"name": "Points", "type": "points"},
			"estimate_points": []map[string]any{{"key": 0, "value": "1"}, {"key": 1, "value": "2"}}})
	first := make("issue", "issues/", map[string]any{"name": "First", "label_ids": []string{label}})
	second := make("issue", "issues/", map[string]any{"name": "Second", "parent_id": first})
	make("comment", "issues/"+first+"/comments/", map[string]any{"comment_html": "<p>said</p>"})
	make("link", "issues/"+first+"/issue-links/", map[string]any{"url": "https://example.invalid/"})
	asked := w.owner.Do("POST", in+"intake-issues/", map[string]any{"issue": map[string]any{"name": "Asked"}})
	w.harvest("intake-issues/", asked.Raw, here)
	w.owner.Do("POST", in+"issues/"+first+"/issue-relation/",
		map[string]any{"relation_type": "blocking", "issues": []string{second}})
	w.owner.Do("POST", in+"cycles/"+cycle+"/cycle-issues/", map[string]any{"issues": []string{first}})
	w.owner.Do("POST", in+"modules/"+module+"/issues/", map[string]any{"issues": []string{first}})
	board := w.owner.Do("POST", in+"project-deploy-boards/",
		map[string]any{"is_comments_enabled": true, "is_reactions_enabled": true, "is_votes_enabled": true})
	w.learn("project-deploy-board", board.ID(), here)
	if anchor, ok := board.At("anchor").(string); ok && strings.Contains(in, w.project) {
		w.anchor = anchor
	}
}

// appoint makes a person an administrator of the installation.
func appoint(t testing.TB, s *webtest.Server, c *webtest.Client) {
	t.Helper()
	err := s.App.DB.Write(context.Background(), "", func(tx *store.Tx) error {
		i, err := store.Instances.Get(tx, dbx.HashExp{})
		if err != nil {
			return err
		}
		return store.InstanceAdmins.Insert(tx, &store.InstanceAdmin{InstanceID: i.ID, UserID: &c.User.ID, Role: 20})
	})
	if err != nil {
		t.Fatal(err)
	}
}
