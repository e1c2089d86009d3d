package api_test

import (
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app/retention"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

const (
	wsAssets  = "/api/assets/v2/workspaces/ws/"
	ownAssets = "/api/assets/v2/user-assets/"
)

// gallery is a workspace of three: ann administers it and its project, bob is a member and gil a guest of both; in the
// secret project ann is alone.
type gallery struct {
	*webtest.Server
	ann, bob, gil   *webtest.Client
	project, secret string
}

func newGallery(t *testing.T, s *webtest.Server) *gallery {
	t.Helper()
	g := &gallery{Server: s, ann: s.User("ann"), bob: s.User("bob"), gil: s.User("gil")}
	workspace(t, s, g.ann, g.bob, g.gil)
	g.project = g.ann.Must("POST", wsProjects, map[string]any{"name": "P", "identifier": "P", "network": 2}).ID()
	g.secret = g.ann.Must("POST", wsProjects, map[string]any{"name": "S", "identifier": "S", "network": 0}).ID()
	g.ann.Must("PATCH", g.in(""), map[string]any{"inbox_view": true, "page_view": true})
	g.write(t, func(tx *store.Tx) error {
		m, err := store.WorkspaceMembers.Get(tx, dbx.HashExp{"member_id": g.gil.User.ID})
		if err != nil {
			return err
		}
		m.Role = 5
		return store.WorkspaceMembers.Update(tx, m, "role")
	})
	g.ann.Must("POST", g.in("members/"), map[string]any{"members": []any{
		map[string]any{"member_id": g.bob.User.ID, "role": 15}, map[string]any{"member_id": g.gil.User.ID, "role": 5}}})
	return g
}

func (g *gallery) write(t *testing.T, fn func(tx *store.Tx) error) {
	t.Helper()
	if err := g.App.DB.Write(t.Context(), g.ann.User.ID, fn); err != nil {
		t.Fatal(err)
	}
}

// in is a path in the project.
func (g *gallery) in(path string) string { return wsProjects + g.project + "/" + path }

func (g *gallery) files() string { return wsAssets + "projects/" + g.project + "/" }

// begun begins a picture and returns its id.
func begun(c *webtest.Client, at, kind string, thing any) string {
	a := c.Must("POST", at, map[string]any{"name": "a.png", "type": "image/png", "size": 5, "entity_type": kind,
		"entity_identifier": thing})
	id, _ := a.At("asset_id").(string)
	return id
}

// shot begins, sends and confirms a picture.
func shot(t *testing.T, c *webtest.Client, at, kind string, thing any) string {
	t.Helper()
	a := c.Must("POST", at, map[string]any{"name": "a.png", "type": "image/png", "size": 5, "entity_type": kind,
		"entity_identifier": thing})
	fields, _ := a.At("upload_data.fields").(map[string]any)
	if got := send(t, a.At("upload_data.url").(string), fields, strings.NewReader("12345")); got != 204 {
		t.Fatalf("upload: %d", got)
	}
	id, _ := a.At("asset_id").(string)
	c.Must("PATCH", at+id+"/", nil)
	return id
}

// What the frontends send before the thing is there: begun with an empty identifier, confirmed, handed over, by the
// sender only.
func TestFilesOfWhatIsYetToBeMade(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newGallery(t, s)
		item := func() string { return g.bob.Must("POST", g.in("issues/"), map[string]any{"name": "x"}).ID() }
		comment := func() string {
			return g.bob.Must("POST", g.in("issues/"+item()+"/comments/"), map[string]any{"comment_html": "<p>x</p>"}).ID()
		}
		for _, tt := range []struct {
			name, at, kind string
			thing          func() string
			column         string // that has the thing's id in the end
		}{
			{"a new work item", g.files(), "ISSUE_DESCRIPTION", item, "issue_id"},
			{"a new work item, of no project yet", wsAssets, "ISSUE_DESCRIPTION", item, "issue_id"},
			{"an attachment", g.files(), "ISSUE_ATTACHMENT", item, "issue_id"},
			{"a new comment", g.files(), "COMMENT_DESCRIPTION", comment, "comment_id"},
			{"a new comment, by the work item", g.files(), "COMMENT_DESCRIPTION", item, ""}, // what the web frontend does
			{"a new page", g.files(), "PAGE_DESCRIPTION", func() string {
				return g.bob.Must("POST", g.in("pages/"), map[string]any{"name": "x"}).ID()
			}, "page_id"},
			{"a new draft", wsAssets, "DRAFT_ISSUE_DESCRIPTION", func() string {
				return g.bob.Must("POST", "/api/workspaces/ws/draft-issues/",
					map[string]any{"name": "x", "project_id": g.project}).ID()
			}, "draft_issue_id"},
			{"a new report", g.files(), "ISSUE_DESCRIPTION", func() string {
				return g.bob.Must("POST", g.in("inbox-issues/"),
					map[string]any{"source": "IN_APP", "issue": map[string]any{"name": "x"}}).At("issue.id").(string)
			}, "issue_id"},
			{"a cover", wsAssets, "PROJECT_COVER", func() string { return g.project }, "project_id"},
		} {
			t.Run(tt.name, func(t *testing.T) {
				a := g.bob.Must("POST", tt.at,
					map[string]any{"entity_identifier": "", "entity_type": tt.kind, "name": "a.png", "size": 5, "type": "image/png"})
				id, _ := a.At("asset_id").(string)
				thing := tt.thing()
				bulk := g.files() + thing + "/bulk/"
				for _, c := range []*webtest.Client{g.ann, g.gil} {
					for method, path := range map[string]string{"PATCH": tt.at + id + "/", "DELETE": tt.at + id + "/", "POST": bulk} {
						if a := c.Do(method, path, map[string]any{"asset_ids": []string{id}}); a.Status != 404 {
							t.Errorf("%s by %s: %d %s", method, c.User.Username, a.Status, a.Raw)
						}
					}
				}
				fields, _ := a.At("upload_data.fields").(map[string]any)
				if got := send(t, a.At("upload_data.url").(string), fields, strings.NewReader("12345")); got != 204 {
					t.Fatalf("upload: %d", got)
				}
				g.bob.Must("PATCH", tt.at+id+"/", nil)
				if a := g.ann.Do("POST", bulk, map[string]any{"asset_ids": []string{id}}); a.Status != 404 {
					t.Errorf("handed over by another: %d %s", a.Status, a.Raw)
				}
				g.bob.Must("POST", bulk, map[string]any{"asset_ids": []string{id}})
				row, err := store.FileAssets.Find(g.App.DB.Read(t.Context()), id)
				if err != nil {
					t.Fatal(err)
				}
				if got := ownerOf(row); tt.column != "" && got[tt.column] != thing {
					t.Errorf("it belongs to %v, want %s %s", got, tt.column, thing)
				}
				if a := g.bob.Do("GET", wsAssets+id+"/", nil); a.Status != 302 {
					t.Errorf("fetched: %d %s", a.Status, a.Raw)
				}
			})
		}
		for _, kind := range []string{"USER_AVATAR", "USER_COVER"} {
			g.bob.Must("PATCH", ownAssets+begun(g.bob, ownAssets, kind, "")+"/", nil)
			g.bob.Must("PATCH", wsAssets+begun(g.bob, wsAssets, kind, "")+"/", nil)
		}
		g.ann.Must("PATCH", wsAssets+begun(g.ann, wsAssets, "WORKSPACE_LOGO", "")+"/", nil)
	})
}

func ownerOf(a *store.FileAsset) map[string]string {
	got := map[string]string{}
	for column, id := range map[string]*string{"issue_id": a.IssueID, "comment_id": a.CommentID, "page_id": a.PageID,
		"draft_issue_id": a.DraftIssueID, "project_id": a.ProjectID} {
		if id != nil {
			got[column] = *id
		}
	}
	return got
}

// Files that never arrived go after a day, whether they belong to something or not; others stay.
func TestSweepOfFilesThatBelongToNothing(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newGallery(t, s)
		late := []string{begun(g.bob, wsAssets, "PROJECT_COVER", ""), begun(g.bob, g.files(), "ISSUE_DESCRIPTION", "")}
		kept := shot(t, g.bob, g.files(), "COMMENT_DESCRIPTION", "")
		young := begun(g.bob, g.files(), "PAGE_DESCRIPTION", "")
		g.write(t, func(tx *store.Tx) error {
			for _, id := range append(late, kept) {
				if _, err := tx.Exec("UPDATE file_assets SET created_at = ? WHERE id = ?", tx.Now.AddDate(0, 0, -8),
					id); err != nil {
					return err
				}
			}
			return nil
		})
		if err := retention.Round(t.Context(), s.App, struct{}{}); err != nil {
			t.Fatal(err)
		}
		left, err := store.FileAssets.ByID(s.App.DB.Read(t.Context()), append(late, kept, young))
		if err != nil {
			t.Fatal(err)
		}
		if left[late[0]] != nil || left[late[1]] != nil || left[kept] == nil || left[young] == nil {
			t.Errorf("left: %v", left)
		}
	})
}

// A picture is one of its own kind and of its own owner, whatever is named.
func TestPicturesOfOthers(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newGallery(t, s)
		eve := s.User("eve")
		eve.Must("POST", "/api/workspaces/", map[string]any{"name": "Eve", "slug": "eve", "organization_size": "2-10"})
		theirs := "/api/workspaces/eve/projects/" + eve.Must("POST", "/api/workspaces/eve/projects/",
			map[string]any{"name": "E", "identifier": "E"}).ID() + "/"
		item := g.ann.Must("POST", g.in("issues/"), map[string]any{"name": "x"}).ID()
		victims := map[string]string{
			"an attachment":     shot(t, g.ann, g.files()+"issues/"+item+"/attachments/", "", ""),
			"a logo":            shot(t, g.ann, wsAssets, "WORKSPACE_LOGO", ""),
			"a cover":           shot(t, g.ann, wsAssets, "PROJECT_COVER", g.project),
			"a cover for later": shot(t, g.ann, wsAssets, "PROJECT_COVER", ""),
			"an avatar":         shot(t, g.ann, ownAssets, "USER_AVATAR", ""),
			"one's own avatar":  shot(t, eve, ownAssets, "USER_AVATAR", ""),
			"one's own picture": shot(t, eve, strings.Replace(theirs, "/api/", "/api/assets/v2/", 1), "ISSUE_DESCRIPTION", ""),
		}
		for what, id := range victims {
			for path, field := range map[string]string{"/api/workspaces/eve/": "logo_asset", theirs: "cover_image_asset"} {
				if a := eve.Do("PATCH", path, map[string]any{field: id}); a.Status != 400 {
					t.Errorf("%s as %s: %d %s", what, field, a.Status, a.Raw)
				}
			}
			if a := eve.Do("POST", "/api/workspaces/",
				map[string]any{"name": "x", "slug": "x", "organization_size": "2-10", "logo_asset": id}); a.Status != 400 {
				t.Errorf("%s as a new workspace's logo: %d %s", what, a.Status, a.Raw)
			}
			if a := eve.Do("POST", "/api/workspaces/eve/projects/",
				map[string]any{"name": "F", "identifier": "F", "cover_image_asset": id}); a.Status != 400 {
				t.Errorf("%s as a new project's cover: %d %s", what, a.Status, a.Raw)
			}
			if a := eve.Do("PATCH", "/api/users/me/", map[string]any{"cover_image_asset": id}); a.Status != 400 {
				t.Errorf("%s as cover_image_asset: %d %s", what, a.Status, a.Raw)
			}
			if a := eve.Do("PATCH", "/api/users/me/", map[string]any{"avatar_asset": id}); a.Status != 400 &&
				what != "one's own avatar" {
				t.Errorf("%s as avatar_asset: %d %s", what, a.Status, a.Raw)
			}
		}

		// What an older release has let in does no harm: a new logo deletes nothing of others.
		for what, victim := range victims {
			g.write(t, func(tx *store.Tx) error {
				_, err := tx.Exec("UPDATE workspaces SET logo_asset_id = ? WHERE slug = 'eve'", victim)
				return err
			})
			shot(t, eve, "/api/assets/v2/workspaces/eve/", "WORKSPACE_LOGO", "")
			if _, err := store.FileAssets.Find(s.App.DB.Read(t.Context()), victim); err != nil {
				t.Errorf("%s after another's new logo: %v", what, err)
			}
		}

		// One's own are taken, and the one before goes.
		first := shot(t, eve, "/api/assets/v2/workspaces/eve/", "WORKSPACE_LOGO", "")
		shot(t, eve, "/api/assets/v2/workspaces/eve/", "WORKSPACE_LOGO", "")
		if _, err := store.FileAssets.Find(s.App.DB.Read(t.Context()), first); err == nil {
			t.Error("the logo before is still there")
		}
		cover := shot(t, eve, "/api/assets/v2/workspaces/eve/", "PROJECT_COVER", "")
		eve.Must("PATCH", theirs, map[string]any{"cover_image_asset": cover})
		eve.Must("PATCH", theirs, map[string]any{"cover_image_asset": nil})
		eve.Must("PATCH", theirs, map[string]any{"cover_image_asset": cover})
		other := eve.Must("POST", "/api/workspaces/eve/projects/", map[string]any{"name": "G", "identifier": "G"}).ID()
		if a := eve.Do("PATCH", "/api/workspaces/eve/projects/"+other+"/",
			map[string]any{"cover_image_asset": cover}); a.Status != 400 {
			t.Errorf("the cover of another project: %d %s", a.Status, a.Raw)
		}
	})
}

// A file is hung only on what its sender sees and may change, in that workspace and project, by every route.
func TestFilesOnThingsOfOthers(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newGallery(t, s)
		hidden := wsProjects + g.secret + "/"
		secret := g.ann.Must("POST", hidden+"issues/", map[string]any{"name": "secret"}).ID()
		page := func(project string, access int) string {
			return g.ann.Must("POST", project+"pages/", map[string]any{"name": "x", "access": access}).ID()
		}
		item := g.ann.Must("POST", g.in("issues/"), map[string]any{"name": "x"}).ID()
		comment := g.ann.Must("POST", g.in("issues/"+item+"/comments/"), map[string]any{"comment_html": "x"}).ID()
		reach := map[string][]*webtest.Client{} // who may hang a file there
		type thing struct{ name, kind, id string }
		things := []thing{
			{"a work item of a secret project", "ISSUE_DESCRIPTION", secret},
			{"an attachment of a secret project", "ISSUE_ATTACHMENT", secret},
			{"a comment of a secret project", "COMMENT_DESCRIPTION",
				g.ann.Must("POST", hidden+"issues/"+secret+"/comments/", map[string]any{"comment_html": "x"}).ID()},
			{"a page of a secret project", "PAGE_DESCRIPTION", page(hidden, 0)},
			{"a cover of a secret project", "PROJECT_COVER", g.secret},
			{"a private page", "PAGE_DESCRIPTION", page(g.in(""), 1)},
			{"another's draft", "DRAFT_ISSUE_DESCRIPTION",
				g.ann.Must("POST", "/api/workspaces/ws/draft-issues/", map[string]any{"name": "x", "project_id": g.project}).ID()},
			{"another's comment", "COMMENT_DESCRIPTION", comment},
			{"another's avatar", "USER_AVATAR", g.ann.User.ID},
			{"a work item", "ISSUE_DESCRIPTION", item},
			{"a public page", "PAGE_DESCRIPTION", page(g.in(""), 0)},
		}
		reach["a work item"], reach["a public page"] = []*webtest.Client{g.bob}, []*webtest.Client{g.bob}
		for _, c := range []*webtest.Client{g.bob, g.gil} {
			own := shot(t, c, g.files(), "ISSUE_DESCRIPTION", "")
			for _, tt := range things {
				may := false
				for _, r := range reach[tt.name] {
					may = may || r == c
				}
				body := map[string]any{"name": "a.png", "type": "image/png", "size": 5, "entity_type": tt.kind,
					"entity_identifier": tt.id}
				copied := map[string]any{"entity_type": tt.kind, "entity_id": tt.id, "project_id": g.project}
				for what, a := range map[string]webtest.Answer{
					"begun in the workspace": c.Do("POST", wsAssets, body), "begun in the project": c.Do("POST", g.files(), body),
					"copied": c.Do("POST", wsAssets+"duplicate-assets/"+own+"/", copied),
				} {
					if (a.Status < 300) != may || a.Status >= 500 {
						t.Errorf("%s on %s, by %s: %d %s", what, tt.name, c.User.Username, a.Status, a.Raw)
					}
				}
				if tt.kind == "PROJECT_COVER" || tt.kind == "USER_AVATAR" {
					continue
				}
				mine := begun(c, g.files(), tt.kind, "")
				if a := c.Do("POST", g.files()+tt.id+"/bulk/", map[string]any{"asset_ids": []string{mine}}); a.Status >= 500 {
					t.Errorf("handed to %s: %d %s", tt.name, a.Status, a.Raw)
				}
				row, err := store.FileAssets.Find(s.App.DB.Read(t.Context()), mine)
				if err != nil {
					t.Fatal(err)
				}
				if got := len(ownerOf(row)) > 1; got != may {
					t.Errorf("handed to %s, by %s: it belongs to %v", tt.name, c.User.Username, ownerOf(row))
				}
			}
		}
		found, err := store.FileAssets.List(s.App.DB.Read(t.Context()), dbx.HashExp{"issue_id": secret})
		if err != nil || len(found) > 0 {
			t.Errorf("the secret work item has %d files: %v", len(found), err)
		}
		// What is in a secret project is neither seen nor copied through the workspace.
		picture := shot(t, g.ann, wsAssets+"projects/"+g.secret+"/", "ISSUE_DESCRIPTION", secret)
		for method, path := range map[string]string{"GET": picture + "/", "POST": "duplicate-assets/" + picture + "/",
			"DELETE": picture + "/", "PATCH": picture + "/"} {
			if a := g.bob.Do(method, wsAssets+path, map[string]any{"entity_type": "ISSUE_DESCRIPTION"}); a.Status != 404 {
				t.Errorf("%s a secret picture: %d %s", method, a.Status, a.Raw)
			}
		}
	})
}

func TestADeletedFileIsNotGivenOut(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newGallery(t, s)
		id := shot(t, g.bob, g.files(), "ISSUE_DESCRIPTION", "")
		at := g.bob.Do("GET", g.files()+id+"/", nil).Header.Get("Location")
		for _, step := range []struct {
			method, path string
			want         int
		}{{"", "", 200}, {"DELETE", g.files() + id + "/", 404}, {"POST", wsAssets + "restore/" + id + "/", 200}} {
			if step.method != "" {
				g.bob.Must(step.method, step.path, nil)
			}
			if a := s.Stranger().Send("GET", at, "", nil); a.Status != step.want {
				t.Errorf("after %s: %d, want %d", step.method, a.Status, step.want)
			}
		}
	})
}

func TestAFileThatWasNeverSentIsNotCopied(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newGallery(t, s)
		id := begun(g.ann, wsAssets, "PROJECT_COVER", "")
		g.ann.Must("PATCH", wsAssets+id+"/", nil)
		if a := g.ann.Do("POST", wsAssets+"duplicate-assets/"+id+"/",
			map[string]any{"entity_type": "PAGE_DESCRIPTION"}); a.Status != 404 {
			t.Errorf("%d %s", a.Status, a.Raw)
		}
	})
}
