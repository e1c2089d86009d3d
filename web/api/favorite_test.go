package api_test

import (
	"testing"

	"github.com/sailplane/sailplane/web/webtest"
)

const wsFavorites = "/api/workspaces/ws/user-favorites/"

// Favourites are one's own: nobody else lists, changes or deletes them, and the folder of one is nobody else's either.
func TestFavouritesAreOnesOwn(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		folder := func(who *webtest.Client, name string) string {
			return who.Must("POST", wsFavorites, map[string]any{"entity_type": "folder", "name": name, "is_folder": true}).ID()
		}
		mine, theirs := folder(g.cid, "mine"), folder(g.bea, "theirs")
		star := map[string]any{"entity_type": "project", "entity_identifier": g.project, "project_id": g.project,
			"parent": mine}
		one := g.cid.Must("POST", wsFavorites, star).ID()
		parent := func(id any) any { return map[string]any{"parent": id} }
		at := func(method, id string) string { return method + " " + wsFavorites + id + "/" }
		play(t, "", []step{
			{g.cid, "POST " + wsFavorites, star, 200, one}, // twice is once
			{g.bea, at("PATCH", one), map[string]any{"name": "taken"}, 404, ""},
			{g.bea, at("DELETE", one), nil, 404, ""},
			{g.ann, at("DELETE", mine), nil, 404, ""},
			{g.cid, at("PATCH", one), parent(theirs), 400, "object does not exist"},
			{g.cid, at("PATCH", one), parent(unknownID), 400, "object does not exist"},
			{g.cid, at("PATCH", one), parent("x"), 400, ""},
			{g.cid, "POST " + wsFavorites, map[string]any{"entity_type": "folder", "name": "in theirs", "parent": theirs}, 400,
				"object does not exist"},
			{g.cid, "POST " + wsFavorites, map[string]any{"entity_type": "project", "entity_identifier": "x"}, 400, ""},
			{g.cid, "POST " + wsFavorites, map[string]any{"name": "no kind"}, 400, `"entity_type":["This field is required."]`},
			{g.cid, "POST " + wsFavorites, map[string]any{"entity_type": "project", "entity_identifier": unknownID,
				"project_id": unknownID}, 404, ""},
			{g.dan, "GET " + wsFavorites, nil, 403, ""}, // guests have none
			{g.dan, "POST " + wsFavorites, star, 403, ""},
			{g.cid, at("PATCH", mine), parent(mine), 400, "parent"},
		}...)
		read(t, wsFavorites, []list{
			{g.cid, "", "name", "mine"}, // what is in the folder is not beside it
			{g.cid, mine + "/group/", "entity_data.name", "P"},
			{g.bea, mine + "/group/", "id", ""},
			{g.bea, "", "name", "theirs"},
			{g.ann, "", "name", ""},
		}...)
		g.cid.Must("PATCH", wsFavorites+one+"/", parent(nil))
		read(t, wsFavorites, list{g.cid, "", "~id", one + " " + mine}, list{g.cid, mine + "/group/", "id", ""})
	})
}

// A folder that is deleted takes along all that is below it, however deep; what is beside it stays. A folder is never
// put below itself.
func TestFoldersOfFavourites(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		folder := func(name string, parent any) string {
			body := map[string]any{"entity_type": "folder", "name": name, "is_folder": true, "parent": parent}
			return g.cid.Must("POST", wsFavorites, body).ID()
		}
		top := folder("top", nil)
		middle := folder("middle", top)
		low := folder("low", middle)
		folder("leaf", low)
		folder("beside", nil)
		play(t, wsFavorites, []step{
			{g.cid, "PATCH " + top + "/", map[string]any{"parent": low}, 400, "parent"},
			{g.cid, "PATCH " + middle + "/", map[string]any{"parent": low}, 400, "parent"},
			{g.cid, "PATCH " + top + "/", map[string]any{"name": "renamed", "sequence": 5}, 200, `"sequence":5`},
		}...)
		read(t, wsFavorites, []list{
			{g.cid, "", "~name", "renamed beside"},
			{g.cid, top + "/group/", "name", "middle"},
			{g.cid, middle + "/group/", "name", "low"},
			{g.cid, low + "/group/", "name", "leaf"},
		}...)
		g.cid.Must("DELETE", wsFavorites+top+"/", nil)
		read(t, wsFavorites, []list{
			{g.cid, "", "name", "beside"},
			{g.cid, middle + "/group/", "name", ""},
			{g.cid, low + "/group/", "name", ""},
		}...)
		play(t, wsFavorites, step{g.cid, "DELETE " + low + "/", nil, 404, ""})
	})
}

// A star on a thing of a project is seen where the thing is listed, first of all, and by nobody else; whoever is no
// longer in the project has none there.
func TestStarsOnThings(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		for _, kind := range []struct{ name, plural string }{{"cycle", "cycles"}, {"module", "modules"}, {"view", "views"}} {
			made := func(name string) string {
				return g.ann.Must("POST", g.at+kind.plural+"/", map[string]any{"name": name}).ID()
			}
			first, second := made("A"), made("B")
			stars, plain := "user-favorite-"+kind.plural+"/", "B A"
			if kind.name == "view" {
				plain = "A B" // by their names
			}
			starred := first
			want := "A B"
			if kind.name == "view" {
				starred, want = second, "B A"
			}
			read(t, g.at, list{g.cid, kind.plural + "/", "name", plain})
			play(t, g.at, []step{
				{g.cid, "POST " + stars, map[string]any{kind.name: starred}, 204, ""},
				{g.cid, "POST " + stars, map[string]any{kind.name: starred}, 400, ""}, // twice
				{g.eve, "POST " + stars, map[string]any{kind.name: starred}, 403, ""},
				{g.bea, "DELETE " + stars + starred + "/", nil, 404, ""}, // has none
			}...)
			read(t, g.at, []list{
				{g.cid, kind.plural + "/", "name", want},
				{g.bea, kind.plural + "/", "name", plain},
				{g.bea, kind.plural + "/", "is_favorite", "false false"},
				{g.cid, kind.plural + "/", "is_favorite", "true false"},
				{g.cid, wsFavorites, "entity_data.name", map[string]string{first: "A", second: "B"}[starred]},
			}...)
			play(t, g.at, []step{
				{g.cid, "DELETE " + stars + starred + "/", nil, 204, ""},
				{g.cid, "DELETE " + stars + starred + "/", nil, 404, ""},
			}...)
			read(t, g.at, list{g.cid, kind.plural + "/", "name", plain}, list{g.cid, wsFavorites, "id", ""})
		}
	})
}

// Who is put out of a project sees no favourites of it, and sees them again when they are back; the name of what
// one may not see is not told.
func TestFavouritesOfWhoIsPutOut(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		cycle := g.ann.Must("POST", g.at+"cycles/", map[string]any{"name": "Secret"}).ID()
		g.cid.Must("POST", g.at+"user-favorite-cycles/", map[string]any{"cycle": cycle})
		g.cid.Must("POST", wsFavorites,
			map[string]any{"entity_type": "project", "entity_identifier": g.project, "project_id": g.project})
		read(t, "", list{g.cid, wsFavorites, "~entity_data.name", "P Secret"},
			list{g.cid, "/api/workspaces/ws/user-favorite-projects/", "entity_data.name", "P"})
		g.ann.Must("DELETE", g.at+g.membership(t, g.cid), nil)
		read(t, "", list{g.cid, wsFavorites, "id", ""},
			list{g.cid, "/api/workspaces/ws/user-favorite-projects/", "id", ""})
		// one of no project, that names what is in one
		a := g.eve.Do("POST", wsFavorites, map[string]any{"entity_type": "cycle", "entity_identifier": cycle})
		if a.Status != 200 || a.At("entity_data") != nil {
			t.Errorf("a star tells a stranger of %v: %d %s", a.At("entity_data"), a.Status, a.Raw)
		}
		g.ann.Must("POST", g.at+"members/",
			map[string]any{"members": []any{map[string]any{"member_id": g.cid.User.ID, "role": 15}}})
		read(t, "", list{g.cid, wsFavorites, "~entity_data.name", "P Secret"})
	})
}

// Projects that are favourites, by their own path: once, of this workspace, and only the caller's.
func TestFavouriteProjects(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		zoe := s.User("zoe")
		const projects = "/api/workspaces/ws/user-favorite-projects/"
		project := func(id any) any { return map[string]any{"project": id} }
		play(t, projects, []step{
			{g.cid, "POST ", project(g.project), 204, ""},
			{g.cid, "POST ", project(g.project), 400, ""},
			{g.cid, "POST ", project("x"), 400, ""},
			{g.cid, "POST ", project(unknownID), 404, ""},
			{zoe, "POST ", project(g.project), 404, ""}, // not of the workspace
			{zoe, "GET ", nil, 403, ""},
			{zoe, "DELETE " + g.project + "/", nil, 404, ""},
			{g.bea, "DELETE " + g.project + "/", nil, 404, ""},
			{g.cid, "DELETE " + g.project + "/", nil, 204, ""},
			{g.cid, "DELETE " + g.project + "/", nil, 404, ""},
		}...)
		read(t, projects, list{g.cid, "", "id", ""})
	})
}
