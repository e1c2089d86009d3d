package routes_test

import (
	"context"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/webtest"
)

// arena is a workspace of its own for one operation, with something of everything, and those who ask.
type arena struct {
	*place
	t                      testing.TB
	s                      *webtest.Server
	name                   string
	owner, member, invited *webtest.Client // invited: to the workspace, in which they are not
	outside                *webtest.Client // of the workspace, and in no project
	key                    *webtest.Client
}

func newArena(t *testing.T, s *webtest.Server, name string) *arena {
	t.Helper()
	r := &arena{t: t, s: s, name: name, owner: s.User("owner-" + name), member: s.User("member-" + name),
		invited: s.User("invited-" + name), outside: s.User("outside-" + name)}
	r.place, r.key = furnish(t, s, r.owner), r.owner.WithKey()
	r.admit(t, s, r.member, app.Member)
	r.workspace.Slug = name
	err := s.App.DB.Write(context.Background(), r.owner.User.ID, func(tx *store.Tx) error {
		return errorOf(func() error { return store.Workspaces.Update(tx, r.workspace, "slug") },
			func() error { return r.add(tx) })
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// add makes what the place has not.
func (r *arena) add(tx *store.Tx) error {
	p, w, project, owner := r.place, r.workspace.ID, r.project.ID, r.owner.User.ID
	text := "text"
	invite := &store.WorkspaceInvite{Email: *r.invited.User.Email, Token: "token", Role: 15, WorkspaceID: w}
	hook := &store.Webhook{URL: "http://127.0.0.1:9/there/" + r.name, WorkspaceID: w, Version: "v1", IsActive: true,
		SecretKey: r.s.App.Seal("s")}
	sticky := &store.Sticky{Name: &text, OwnerID: owner, WorkspaceID: w}
	link := &store.QuickLink{URL: "https://example.org", OwnerID: owner, WorkspaceID: w}
	theme := &store.Theme{Name: "there", ActorID: owner, WorkspaceID: w}
	saved := &store.AnalyticView{Name: "there", WorkspaceID: w}
	note := &store.Notification{EntityIdentifier: ptr(p.ids["issues"]), EntityName: "issue", Title: "t", Sender: "s",
		ProjectID: &project, ReceiverID: owner, TriggeredByID: &owner, WorkspaceID: w}
	star := &store.Favorite{EntityType: "page", EntityIdentifier: ptr(p.ids["pages"]), Sequence: 65535, UserID: owner,
		WorkspaceID: w, ProjectID: &project}
	point := &store.EstimatePoint{Key: 1, Value: "1", EstimateID: p.ids["estimates"], ProjectID: project, WorkspaceID: w}
	second := &store.EstimatePoint{Key: 2, Value: "2", EstimateID: p.ids["estimates"], ProjectID: project, WorkspaceID: w}
	board := &store.DeployBoard{EntityName: ptr("project"), EntityIdentifier: &project, ProjectID: &project,
		WorkspaceID: w, Anchor: "anchor-" + r.name, IsCommentsEnabled: true, IsReactionsEnabled: true, IsVotesEnabled: true,
		IntakeID: &p.intake.ID}
	token := &store.APIToken{Token: "hash-" + r.name, Label: "there", UserID: owner, IsActive: true}
	wide := &store.View{Name: "wide", WorkspaceID: w, OwnedByID: owner, Access: 1}
	modLink := &store.ModuleLink{URL: "https://example.org", ModuleID: p.ids["modules"], ProjectID: project,
		WorkspaceID: w}
	joining := &store.ProjectInvite{Email: *r.invited.User.Email, Token: "t", Role: 15, ProjectID: project, WorkspaceID: w}
	ended := tx.Now.AddDate(0, 0, -1)
	begun := ended.AddDate(0, 0, -7)
	past := &store.Cycle{Name: "past", ProjectID: project, WorkspaceID: w, OwnedByID: owner, Timezone: "UTC",
		StartDate: &begun, EndDate: &ended}
	put := &store.Cycle{Name: "put away", ProjectID: project, WorkspaceID: w, OwnedByID: owner, Timezone: "UTC",
		ArchivedAt: &ended}
	done := &store.Module{Name: "done", ProjectID: project, WorkspaceID: w, Status: "completed"}
	away := &store.Module{Name: "put away", ProjectID: project, WorkspaceID: w, Status: "completed", ArchivedAt: &ended}
	day := store.Date("2026-01-01")
	old := &store.Page{Name: "old", WorkspaceID: w, OwnedByID: owner, ArchivedAt: &day}
	oldWide := &store.Page{Name: "old", WorkspaceID: w, OwnedByID: owner, ArchivedAt: &day, IsGlobal: true}
	inbox := &store.Intake{Name: "second", ProjectID: project, WorkspaceID: w}
	heard := &store.IssueComment{CommentHTML: "<p>x</p>", IssueID: p.ids["issues"], ProjectID: project, WorkspaceID: w,
		Access: "EXTERNAL", ActorID: &owner}
	vote := &store.IssueVote{Vote: 1, ActorID: owner, IssueID: p.ids["issues"], ProjectID: project, WorkspaceID: w}
	shelf := &store.Collection{Name: "ours", Access: store.PrivateCollection, OwnedByID: owner, WorkspaceID: w}
	entry := &store.CollectionMember{MemberID: r.member.User.ID, WorkspaceID: w}
	seen := &store.CycleUserProperties{CycleID: p.ids["cycles"], UserID: owner, ProjectID: project, WorkspaceID: w}
	looked := &store.ModuleUserProperties{ModuleID: p.ids["modules"], UserID: owner, ProjectID: project, WorkspaceID: w}
	avatar := &store.FileAsset{EntityType: ptr("USER_AVATAR"), Asset: owner + "/a", UserID: &owner, Size: 1}
	picture := &store.FileAsset{EntityType: ptr("ISSUE_DESCRIPTION"), Asset: w + "/p", ProjectID: &project,
		WorkspaceID: &w, IssueID: ptr(p.ids["issues"]), Size: 1}
	star2 := func(kind, id string) *store.Favorite {
		return &store.Favorite{EntityType: kind, EntityIdentifier: &id, Sequence: 65535, UserID: owner, WorkspaceID: w,
			ProjectID: &project}
	}
	p.project.Network = 2
	beside := &store.Project{Name: "beside", Identifier: "BES", WorkspaceID: w, Network: 2, Timezone: "UTC"}
	starred := &store.View{Name: "starred", ProjectID: &project, WorkspaceID: w, OwnedByID: owner, Access: 1}
	spare := &store.State{Name: "spare", Group: "started", ProjectID: project, WorkspaceID: w}
	p.ids["anchor"] = board.Anchor
	return errorOf(
		keep(p, tx, store.WorkspaceInvites, "invitations", invite, &invite.ID),
		keep(p, tx, store.Webhooks, "webhooks", hook, &hook.ID),
		func() error {
			told := &store.WebhookDelivery{WebhookID: hook.ID, WorkspaceID: w, Event: "issue", Action: "created",
				Body: "{}", Status: store.DeliveryFailed}
			return keep(p, tx, store.WebhookDeliveries, "deliveries", told, &told.ID)()
		},
		keep(p, tx, store.Stickies, "stickies", sticky, &sticky.ID),
		keep(p, tx, store.QuickLinks, "quick-links", link, &link.ID),
		keep(p, tx, store.Themes, "workspace-themes", theme, &theme.ID),
		keep(p, tx, store.AnalyticViews, "analytic-view", saved, &saved.ID),
		keep(p, tx, store.Notifications, "notifications", note, &note.ID),
		keep(p, tx, store.Favorites, "user-favorites", star, &star.ID),
		keep(p, tx, store.EstimatePoints, "estimate-points", point, &point.ID),
		keep(p, tx, store.EstimatePoints, "second-point", second, &second.ID),
		keep(p, tx, store.DeployBoards, "project-deploy-boards", board, &board.ID),
		keep(p, tx, store.APITokens, "api-tokens", token, &token.ID),
		keep(p, tx, store.Views, "wide-views", wide, &wide.ID),
		keep(p, tx, store.ModuleLinks, "module-links", modLink, &modLink.ID),
		keep(p, tx, store.ProjectInvites, "project-invitations", joining, &joining.ID),
		keep(p, tx, store.States, "spare", spare, &spare.ID),
		keep(p, tx, store.Projects, "beside", beside, &beside.ID),
		keep(p, tx, store.Views, "starred-view", starred, &starred.ID),
		keep(p, tx, store.Cycles, "past-cycle", past, &past.ID), keep(p, tx, store.Cycles, "archived-cycles", put, &put.ID),
		keep(p, tx, store.Modules, "done-module", done, &done.ID),
		keep(p, tx, store.Modules, "archived-modules", away, &away.ID),
		keep(p, tx, store.Pages, "old-wide-page", oldWide, &oldWide.ID),
		keep(p, tx, store.Pages, "old-page", old, &old.ID), keep(p, tx, store.Intakes, "second-intake", inbox, &inbox.ID),
		keep(p, tx, store.Collections, "private-collection", shelf, &shelf.ID),
		func() error {
			entry.CollectionID = shelf.ID
			return keep(p, tx, store.CollectionMembers, "collection-members", entry, &entry.ID)()
		},
		keep(p, tx, store.IssueComments, "board-comment", heard, &heard.ID),
		keep(p, tx, store.IssueVotes, "", vote, &vote.ID),
		keep(p, tx, store.CycleUserPropertiesRows, "", seen, &seen.ID),
		keep(p, tx, store.ModuleUserPropertiesRows, "", looked, &looked.ID),
		keep(p, tx, store.FileAssets, "user-assets", avatar, &avatar.ID),
		keep(p, tx, store.FileAssets, "assets", picture, &picture.ID),
		func() error {
			return store.ProjectPages.Insert(tx, &store.ProjectPage{PageID: old.ID, ProjectID: project, WorkspaceID: w})
		},
		func() error { return store.Projects.Set(tx, p.project, "network") },
		func() error {
			return store.Favorites.Insert(tx, star2("cycle", past.ID), star2("module", done.ID), star2("view", starred.ID),
				star2("project", beside.ID))
		},
		func() error {
			p.ids["favorite-pages"], p.ids["user-favorite-cycles"], p.ids["user-favorite-modules"] = p.ids["pages"], past.ID,
				done.ID
			p.ids["user-favorite-views"], p.ids["user-favorite-projects"] = starred.ID, beside.ID
			return store.Profiles.Insert(tx,
				&store.Profile{UserID: owner, OnboardingStep: store.JSON("{}"), MobileOnboardingStep: store.JSON("{}")})
		},
		func() error {
			return store.NotificationPreferences.Insert(tx, &store.NotificationPreference{UserID: owner})
		},
		func() error {
			return store.WorkspaceMembers.Insert(tx,
				&store.WorkspaceMember{WorkspaceID: w, MemberID: r.outside.User.ID, Role: 15, IsActive: true})
		},
		func() error { return r.membership(tx) })
}

// membership notes the ids of the member's rows.
func (r *arena) membership(tx *store.Tx) error {
	for table, seg := range map[string]string{"workspace_members": "ws-member", "project_members": "member-row"} {
		var id string
		if err := tx.One("SELECT id FROM "+table+" WHERE workspace_id = ? AND member_id = ?",
			[]any{r.workspace.ID, r.member.User.ID}, &id); err != nil {
			return err
		}
		r.ids[seg] = id
	}
	return nil
}

func ptr[T any](v T) *T { return &v }

// ask sends a request that is right.
func (r *arena) ask(t *testing.T, op web.Op) webtest.Answer {
	t.Helper()
	c := r.owner
	if strings.HasPrefix(op.Path, "/api/v1/") {
		c = r.key
	}
	path := r.path(op.Path)
	replace := func(old, by string) {
		if r.ids[old] == "" {
			return
		}
		path = strings.Replace(path, r.ids[old], r.ids[by], 1)
	}
	switch p := op.Path; {
	case op.Method == http.MethodDelete && strings.HasSuffix(p, "/{slug}/customers/"):
		path += noOrigin
	case strings.Contains(p, "/leave/"):
		c = r.member
	case strings.HasPrefix(p, "/api/users/me/workspaces/invitations/"),
		p == "/api/workspaces/{slug}/projects/{project_id:uuid}/join/{pk:uuid}/":
		c = r.invited
		path = strings.Replace(path, r.ids["issues"], r.ids["project-invitations"], 1)
	case strings.HasPrefix(p, "/api/users/me/workspaces/{slug}/projects/invitations/"):
		c = r.outside
	case strings.Contains(p, "/projects/{project_id:uuid}/invitations/"):
		replace("invitations", "project-invitations")
	case strings.Contains(p, "/projects/{project_id:uuid}/members/{pk"), strings.Contains(p, "/project-members/{pk"):
		replace("issues", "member-row")
	case strings.Contains(p, "/workspaces/{slug}/members/{pk"):
		replace("issues", "ws-member")
	case strings.HasSuffix(p, "/archive/") && op.Method == http.MethodPost &&
		(strings.Contains(p, "/issues/") || strings.Contains(p, "/work-items/")):
		replace("issues", "done")
	case strings.HasSuffix(p, "/work-items/{pk:uuid}/unarchive/"):
		replace("issues", "archived")
	case strings.HasSuffix(p, "/archive/") && strings.Contains(p, "/issues/"):
		replace("issues", "archived")
	case strings.HasSuffix(p, "/subscribe/") && op.Method == http.MethodPost, strings.HasSuffix(p, "/reactions/") &&
		op.Method == http.MethodPost && !strings.Contains(p, "comments"):
		replace("issues", "other")
	case strings.Contains(p, "/states/{pk") && op.Method == http.MethodDelete:
		replace("states", "spare")
	case strings.Contains(p, "cycles/{cycle_id:uuid}/archive/") && op.Method == http.MethodPost:
		replace("archived-cycles", "past-cycle")
		replace("cycles", "past-cycle")
	case strings.Contains(p, "/cycles/{cycle_id:uuid}/archive/"):
		replace("cycles", "archived-cycles")
	case strings.Contains(p, "/modules/{") && strings.HasSuffix(p, "}/archive/") && op.Method == http.MethodPost:
		replace("modules", "done-module")
	case strings.Contains(p, "/modules/{") && strings.HasSuffix(p, "}/archive/"):
		replace("modules", "archived-modules")
	case strings.Contains(p, "/pages/{page_id:uuid}/") && op.Method == http.MethodDelete:
		replace("pages", "old-page")
		replace("wide-pages", "old-wide-page")
	case strings.Contains(p, "/favorite-pages/") && op.Method == http.MethodPost:
		replace("favorite-pages", "old-page")
	case (strings.Contains(p, "/intakes/{pk") || strings.Contains(p, "/inboxes/{pk")) && op.Method == http.MethodDelete:
		replace("intakes", "second-intake")
	case strings.HasPrefix(p, "/api/public/") && strings.Contains(p, "comments"):
		replace("comments", "board-comment")
	case strings.HasSuffix(p, "/votes/") && op.Method == http.MethodPost:
		replace("issues", "other")
	case strings.Contains(p, "/collections/") && strings.Contains(p, "/members/"):
		replace("collections", "private-collection")
	case strings.Contains(p, "/mark-default/") && !strings.Contains(p, "/workflows/"):
		replace("states", "spare")
	}
	return c.Do(op.Method, path, r.body(op))
}

// body is what a request sends: everything that any operation understands, but for what means different things.
func (r *arena) body(op web.Op) any {
	if op.Method == http.MethodDelete && !strings.Contains(op.Path, "bulk") &&
		!strings.Contains(op.Path, "project-identifiers") && !removesByBody(op.Path) {
		return nil
	}
	if body := r.flowBody(op); body != nil {
		return body
	}
	if strings.HasSuffix(op.Path, "/members/remove/") {
		return map[string]any{"member_id": r.member.User.ID}
	}
	at := time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)
	body := map[string]any{"name": "fresh " + r.name, "slug": "fresh-" + r.name, "identifier": "FRE",
		"organization_size": "2-10", "comment_html": "<p>changed</p>",
		"url": "https://example.org/fresh/" + r.name, "issue_ids": []string{r.ids["done"]}, "reaction": "128512",
		"issues": []string{r.ids["other"]}, "sub_issue_ids": []string{r.ids["other"]},
		"new_cycle_id": r.ids["next-cycle"], "modules": []string{r.ids["modules"]},
		"updates": []map[string]string{{"id": r.ids["other"], "start_date": "2026-05-01"}}, "relation_type": "blocking",
		"related_issue": r.ids["done"], "subscriber": r.member.User.ID, "issue": map[string]any{"name": "asked"},
		"project_id": r.project.ID, "title": "fresh", "color": "#ff0000", "group": "started", "role": 15,
		"entity_type": "project", "entity_identifier": r.project.ID, "entity_name": "project", "project": r.project.ID,
		"cycle": r.ids["cycles"], "module": r.ids["modules"], "view": r.ids["views"], "vote": 1,
		"emails": []map[string]any{{"email": "guest-" + r.name + "@sailplane.test", "role": 5}},
		"email":  "guest-" + r.name + "@sailplane.test", "accepted": true, "invitations": []string{r.ids["invitations"]},
		"project_ids": []string{r.project.ID}, "members": []map[string]any{{"member_id": r.outside.User.ID, "role": 15}},
		"member": r.outside.User.ID, "deleted_at": nil, "workspace": r.workspace.ID,
		"asset_ids": []string{r.ids["assets"]}, "is_pinned": true, "x_axis": "priority", "y_axis": "issue_count",
		"label_data": []map[string]string{{"name": "one"}, {"name": "two"}}, "description_html": "<p>x</p>",
		"label": "fresh", "colors": map[string]any{}, "query_dict": map[string]any{}, "filters": map[string]any{},
		"value": "5", "key": 3, "estimate": map[string]any{"name": "fresh", "type": "points"},
		"estimate_points": []map[string]any{{"key": 1, "value": "1"}, {"key": 2, "value": "2"}},
		"page_id":         r.ids["wide-pages"], "page_ids": []string{r.ids["wide-pages"]},
		"new_estimate_id": r.ids["second-point"],
		"access":          0, "first_name": "Fresh", "type": "text/plain", "size": 1,
		"token": "token", "prompt": "x", "task": "x", "date": "2026-01-01", "provider": "csv",
		"start_date": at.Format(time.DateOnly), "end_date": at.AddDate(0, 0, 7).Format(time.DateOnly), "status": 1}
	if strings.Contains(op.Path, "comments") {
		delete(body, "access")
	}
	if wide := r.wideBody(op.Path); wide != nil {
		maps.Copy(body, wide)
		return body
	}
	switch p := op.Path; {
	case strings.Contains(p, "/collections/{") && op.Method == http.MethodPatch && !strings.Contains(p, "/members/"):
		return map[string]any{"name": "fresh", "sort_order": 5}
	case strings.HasSuffix(p, "/features/"):
		return map[string]any{"modules": true, "cycles": false}
	case strings.HasSuffix(p, "/estimates/") && strings.HasPrefix(p, "/api/v1/"):
		body["type"] = "points"
	case strings.HasSuffix(p, "/dependencies/"), strings.HasSuffix(p, "/epics/{epic_id:uuid}/issues/"):
		body["work_item_ids"] = []string{r.ids["done"]}
	case strings.Contains(p, "/initiatives/"):
		body["work_item_ids"], body["epic_ids"] = []string{r.ids["done"]}, []string{r.ids["epics"]}
		body["label_ids"] = []string{r.ids["wide-labels"]}
	case strings.HasSuffix(p, "/relations/remove/"):
		return map[string]any{"related_issue": r.ids["other"]}
	case strings.HasSuffix(p, "/work-item-relations/"):
		return map[string]any{"relation_definition_id": r.ids["work-item-relation-definitions"],
			"relation_definition_type": "kind out", "work_item_ids": []string{r.ids["done"]}}
	case strings.Contains(p, "work-item-types"), strings.Contains(p, "work-item-properties"):
		body := map[string]any{"name": "fresh", "description": "x"}
		r.typed(p, body)
		return body
	case strings.HasSuffix(p, "/teamspaces/{teamspace_id:uuid}/members/"):
		return map[string]any{"member_ids": []string{r.member.User.ID}}
	case strings.HasSuffix(p, "/teamspaces/{teamspace_id:uuid}/projects/"):
		return map[string]any{"project_ids": []string{r.project.ID}}
	case strings.Contains(p, "/recurring-work-items/"):
		return map[string]any{"name": "fresh", "rule": "FREQ=DAILY", "start_date": "2026-05-01"}
	case strings.Contains(p, "/templates/"):
		return map[string]any{"name": "fresh " + r.name, "identifier": "FRE", "template_data": map[string]any{"a": 1},
			"template_id": r.ids["wide-projects-templates"]}
	case strings.Contains(p, "/worklogs/"):
		return map[string]any{"duration": 5, "description": "x"}
	case strings.Contains(p, "webhooks"):
		for _, event := range []string{"project", "issue", "module", "cycle", "issue_comment"} {
			body[event] = true
		}
		body["url"] = "https://1.1.1.1/" + r.name
		if strings.Contains(p, "deliveries") {
			body["status"] = store.DeliveryFailed
		}
	case strings.HasSuffix(p, "/workspaces/{slug}/"):
		body["slug"] = r.name // with another one the second request would find nothing
	case strings.HasSuffix(p, "export-issues/"):
		body["project"] = []string{r.project.ID}
	case strings.HasSuffix(p, "remove-relation/"):
		body["related_issue"] = r.ids["other"]
	case strings.HasSuffix(p, "/issue-relation/") || strings.HasSuffix(p, "/relations/"):
		body["issues"] = []string{r.ids["done"]} // the other one is related already, the other way round
	case strings.HasSuffix(p, "/invitations/{pk}/"):
		delete(body, "email")
	case strings.Contains(p, "sidebar-preferences"):
		return []map[string]any{{"key": "projects", "is_pinned": true, "sort_order": 1}}
	case strings.Contains(p, "/modules/") && !strings.Contains(p, "issues"):
		body["status"] = "planned"
		delete(body, "members")
	case strings.Contains(p, "/issues/{issue_id:uuid}/modules/"):
	case strings.Contains(p, "/projects/") && strings.HasSuffix(p, "/projects/") ||
		strings.HasSuffix(p, "/projects/{pk:uuid}/"):
		delete(body, "estimate")
		delete(body, "project")
	case strings.Contains(p, "attachments"):
		delete(body, "entity_identifier")
	case strings.Contains(p, "assets"):
		body["entity_type"], body["type"] = "USER_AVATAR", "image/png"
		if strings.Contains(p, "{slug}") || strings.Contains(p, "{anchor}") {
			body["entity_type"], body["entity_identifier"] = "ISSUE_DESCRIPTION", r.ids["issues"]
		}
	case strings.Contains(p, "work-items") || strings.Contains(p, "/issues/") || strings.Contains(p, "draft"):
		delete(body, "end_date")
		delete(body, "type")
	case strings.Contains(p, "/members/") || strings.Contains(p, "invitations"):
		if strings.HasPrefix(p, "/api/v1/workspaces/{slug}/invitations") {
			body["email"] = "guest-" + r.name + "@sailplane.test"
		}
	}
	return body
}
