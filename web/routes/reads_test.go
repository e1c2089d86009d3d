package routes_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/storetest"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/routes"
	"github.com/sailplane/sailplane/web/webtest"
)

const (
	wsPath      = "/api/workspaces/{slug}/"
	projectPath = wsPath + "projects/{project_id:uuid}/"
	itemPath    = projectPath + "issues/{issue_id:uuid}/"
	v1Path      = "/api/v1/workspaces/{slug}/"
	v1Project   = v1Path + "projects/{project_id:uuid}/"
)

var (
	orders = []string{"created_at", "updated_at", "name", "sort_order", "sequence_id", "start_date", "target_date",
		"completed_at", "archived_at", "priority", "state__group", "state__name", "labels__name", "assignees__first_name",
		"issue_module__module__name", "issue_cycle__cycle__name", "estimate_point__key", "created_by__first_name",
		"link_count", "attachment_count", "sub_issues_count"}
	legacyFilters = []string{"state={states}", "labels={labels}", "labels=None", "assignees={person}", "assignees=None",
		"cycle={cycles}", "module={modules}", "parent={issues}", "subscriber={person}", "mentions={person}",
		"created_by={person}", "project={project}", "priority=high,urgent", "state_group=started", "type=active", "name=log",
		"start_date=2026-01-01;after", "target_date=2_weeks;before;fromnow", "created_at=2026-01-02;before",
		"completed_at=2026-01-02;after", "sub_issue=false",
		"start_target_date=true", "inbox_status=-2", "labels={labels}&assignees={person}&priority=high",
		"updated_at__gt=2026-01-02T00:00:00Z"}
	richFilters = []string{`{"state_id":"{states}"}`, `{"label_id__in":"{labels}"}`, `{"assignee_id":"{person}"}`,
		`{"not":{"label_id":"{labels}"}}`, `{"cycle_id":"{cycles}"}`, `{"module_id":"{modules}"}`,
		`{"mention_id":"{person}"}`, `{"subscriber_id":"{person}"}`, `{"created_by_id":"{person}"}`,
		`{"state_group__in":"backlog,started"}`, `{"priority":"high"}`, `{"target_date__range":"2026-01-01,2026-03-01"}`,
		`{"or":[{"priority":"low"},{"label_id":"{labels}"}]}`}
	queriesInV1 = []string{`pql=assignee = currentUser() OR NOT label = "{labels}"`,
		`pql=cycle IN activeCycle() OR createdBy IN workspaceMembers()`, `pql=assignee IN membersOf("project:{project}")`,
		`pql=childOf("{issues}") OR parentOf("{issues}") OR linkedTo("{issues}") OR blocks("{issues}")`,
		`pql=isArchived() AND dueDate < today()`, `pql=id ~ "P" AND hasChildren()`, `pql=hasNoAssignee() OR isIntake()`,
		`pql=text ~ "login" AND mention IS EMPTY`, `pql=NOT isEpic()`, `pql=milestone = "{milestones}" OR milestone IS EMPTY`, `pql=id = "{issues}"`, `pql=isOverdue() AND module = "{modules}"`,
		`filters={"assignee_id__isnull":true,"priority__in":["high","low"]}`, `filters={"label_id":"{labels}"}`,
		"labels={labels}&assignees=None&state_group=started"}
	someFilters = []string{"labels={labels}", "assignees=None", "mentions={person}", "state_group=started",
		"priority=high,urgent", `filters={"not":{"label_id":"{labels}"}}`}
	groups = []string{"state_id", "state__group", "assignees__id", "issue_module__module_id", "cycle_id",
		"target_date", "start_date", "created_by", "project_id"}
)

// every asks for every order, group and filter.
func every() []string { return slices.Concat(ordered(orders...), grouped(true), filtered()) }

func ordered(by ...string) (qs []string) {
	for _, key := range by {
		qs = append(qs, "order_by="+key, "order_by=-"+key)
	}
	return qs
}

// grouped asks for every group, and with sub for every group within others.
func grouped(sub bool) []string {
	qs := []string{"group_by=priority", "group_by=labels__id", "group_by=labels__id&sub_group_by=priority"}
	for _, by := range groups {
		qs = append(qs, "group_by="+by)
		if sub {
			qs = append(qs, "group_by="+by+"&sub_group_by=priority", "group_by=labels__id&sub_group_by="+by)
		}
	}
	return qs
}

func filtered() []string {
	qs := append([]string{"group_by=priority&labels={labels}", "order_by=labels__name&assignees={person}"},
		legacyFilters...)
	for _, tree := range richFilters {
		qs = append(qs, "filters="+tree)
	}
	return qs
}

const (
	expandInLists = "expand=state,project,parent,created_by,updated_by,assignees,labels"
	expandInOne   = expandInLists +
		",workspace,issue_reactions,issue_link,issue_cycle,issue_intake,issue_attachments,issue_relation,issue_related"
	expandInV1 = "expand=project,workspace,state,parent,assignees,labels,created_by,updated_by,estimate_point,issue,actor,members,project_lead,default_assignee,owned_by"
)

// queries are what the lists and details are asked beside their plain form, by pattern.
var queries = map[string][]string{
	projectPath + "issues/": every(),
	projectPath + "issues-detail/": append(filtered(),
		"expand=issue_relation,issue_related"),
	projectPath + "archived-issues/": append(slices.Concat(ordered("created_at",
		"priority"), grouped(false)), "show_sub_issues=false"),
	projectPath + "issues/list/": {"issues={issues}", "issues={many}",
		"issues={many}&" + expandInLists, "issues={many}&order_by=priority"},
	projectPath + "v2/issues/": {"description=true",
		"updated_at__gt=2026-01-02T00:00:00Z", "cursor=10:1:0"},
	projectPath + "deleted-issues/":                      {"updated_at__gt=2026-01-02T00:00:00Z"},
	projectPath + "cycles/{cycle_id:uuid}/cycle-issues/": slices.Concat(grouped(false), filtered()),
	projectPath + "modules/{module_id:uuid}/issues/":     append(grouped(false), someFilters...),
	itemPath + "sub-issues/": {"group_by=state_id",
		"group_by=assignees__ids", "order_by=-priority", "order_by=labels__name"},
	wsPath + "issues/": slices.Concat(ordered("priority", "name",
		"labels__name"), filtered()),
	wsPath + "user-issues/{user_id:uuid}/":       append(grouped(false), someFilters...),
	projectPath + "issues/{pk:uuid}/":            {expandInOne},
	projectPath + "issues/{pk:uuid}/archive/":    {"archived"}, // the archived one: see path
	wsPath + "work-items/{identifier}-{number}/": {expandInOne},
	itemPath + "history/": {"activity_type=issue-property",
		"activity_type=issue-comment", "activity_type=issue-property&created_at__gt=2026-01-02T00:00:00Z"},
	wsPath + "search/": {"search=login", "search=login page",
		"search=P0", "search=12", "search=lo", "search=login&project_id={project}&workspace_search=false"},
	wsPath + "entity-search/": {"query_type=issue,cycle,module,page,project,user_mention&query=login&count=50",
		"query_type=issue,user_mention&query=log&project_id={project}", "query_type=issue"},
	projectPath + "advance-analytics-charts/": {"type=work-items",
		"type=custom-work-items&x_axis=PRIORITY&y_axis=WORK_ITEM_COUNT"},
	wsPath + "advance-analytics-charts/": {"type=projects", "type=work-items",
		"type=custom-work-items&x_axis=LABELS&group_by=PRIORITY&y_axis=WORK_ITEM_COUNT"},
	wsPath + "analytics/": {"x_axis=priority&y_axis=issue_count",
		"x_axis=labels__id&y_axis=issue_count&segment=assignees__id"},
	wsPath + "export-issues/": {"per_page=10&cursor=10:0:0"},
	"/api/public/anchor/{anchor}/issues/": {"group_by=state_id", "group_by=labels__id",
		"group_by=state_id&sub_group_by=priority", "order_by=-priority", "labels={labels}", "cursor=10:1:0"},
	wsPath + "advance-analytics/": {"tab=overview", "tab=work-items"},
	wsPath + "users/notifications/": {"type=assigned",
		"snoozed=true&archived=true"},
	projectPath + "search-issues/": {"search=login",
		"search=login&workspace_search=true", "search=page&parent=true&issue_id={issues}",
		"search=page&issue_relation=true&issue_id={issues}", "search=page&sub_issue=true&issue_id={issues}",
		"search=page&cycle=true", "search=page&module={modules}", "target_date=none"},
	"/api/v2/workspaces/{slug}/audit-logs/": {"paginate=cursor&per_page=100"},
	wsPath + "draft-issues/": {"per_page=100&cursor=100:0:0",
		"priority=none"},
	projectPath + "intake-issues/": {"status=-2",
		"status=0,-2&order_by=-issue__created_at"},
	v1Project + "work-items/": append(queriesInV1, "pql=isEpic()", "order_by=-priority",
		"order_by=state__group", "order_by=labels__name", "order_by=sequence_id", expandInV1, "fields=id,name",
		"cursor=20:3:0", "external_id=7"),
	v1Project + "work-items/{pk:uuid}/":          {expandInV1, "fields=id,name"},
	v1Path + "work-items/{identifier}-{number}/": {expandInV1},
	v1Path + "work-items/search/": {"search=login", "search=login page&limit=50",
		"search=12&project_id={project}", "search=lo"},
	v1Project + "work-items/{issue_id:uuid}/comments/":    {expandInV1},
	v1Project + "work-items/{issue_id:uuid}/links/":       {expandInV1},
	v1Project + "work-items/{issue_id:uuid}/activities/":  {expandInV1, "order_by=-created_at"},
	v1Project + "cycles/{cycle_id:uuid}/cycle-issues/":    append(queriesInV1, expandInV1),
	v1Project + "modules/{module_id:uuid}/module-issues/": append(queriesInV1, expandInV1),
	v1Project + "archived-work-items/":                    append(queriesInV1, expandInV1),
	v1Path + "work-items/":                                append(queriesInV1, expandInV1),
	v1Path + "work-items/count/": append(grouped(true), "pql=isOverdue()&group_by=labels__id",
		`pql=project = "{project}"&group_by=priority`),
	v1Project + "pages/": {"type=private&search=login", "order_by=-name", expandInV1},
	v1Path + "pages/":    {"type=archived", "order_by=name"},
	v1Project + "work-items/{issue_id:uuid}/pages/":   {expandInV1},
	v1Path + "customers/":                             {"query=acme&order_by=-name", expandInV1},
	v1Path + "customers/{customer_id:uuid}/issues/":   {"search=login", "customer_request_id={requests}", "search=2"},
	v1Path + "customers/{customer_id:uuid}/requests/": {"search=dark&order_by=name"},
	v1Path + "releases/":                              {"order_by=-release_date", expandInV1},
	v1Path + "releases/{release_id:uuid}/work-items/": {"cursor=20:1:0"},
	v1Project + "epics/": {expandInV1, "order_by=name", "labels={labels}", `pql=hasChildren() AND assignee = "{person}"`,
		`pql=stateGroup IN openStates() OR isArchived() OR hasChildren()`, "external_id=7"},
	v1Project + "epics/{epic_id:uuid}/issues/":                              {expandInV1, "order_by=-priority", `pql=NOT isEpic() OR isArchived()`},
	v1Path + "initiatives/":                                                 {"order_by=-name", expandInV1},
	v1Path + "initiatives/labels/":                                          {"order_by=name", expandInV1},
	v1Path + "initiatives/{initiative_id:uuid}/labels/":                     {expandInV1},
	v1Path + "initiatives/{initiative_id:uuid}/projects/":                   {expandInV1},
	v1Path + "initiatives/{initiative_id:uuid}/epics/":                      {expandInV1, "labels={labels}", "order_by=name"},
	v1Path + "initiatives/{initiative_id:uuid}/work-items/":                 {expandInV1, "labels={labels}", `pql=NOT isEpic() OR isArchived()`},
	v1Project + "milestones/":                                               {"order_by=-target_date", expandInV1},
	v1Project + "milestones/{milestone_id:uuid}/work-items/":                {expandInV1},
	v1Path + "collections/{collection_id:uuid}/pages/":                      {"search=notes", "parent_id={issues}"},
	v1Path + "collections/{collection_id:uuid}/pages-search/":               {"search=notes"},
	v1Project + "intake-issues/":                                            {expandInV1},
	v1Project + "cycles/":                                                   {expandInV1},
	v1Project + "modules/":                                                  {expandInV1},
	v1Project + "labels/":                                                   {expandInV1},
	v1Project + "states/":                                                   {expandInV1},
	v1Path + "projects-lite/":                                               {"order_by=-name&include_archived=true"},
	v1Path + "members-lite/":                                                {"display_name=p&role_slug=member&is_active=true"},
	v1Project + "project-members-lite/":                                     {"display_name=p&role_slug=admin&is_bot=false"},
	v1Project + "cycles-lite/":                                              {"status=current", expandInV1},
	v1Project + "modules-lite/":                                             {"order_by=-target_date", expandInV1},
	projectPath + "intake-work-items/{issue_id:uuid}/description-versions/": {"cursor=10:0:0"},
}

// read is a request that only reads.
type read struct{ op, path string }

// filled is a server on a filled database, and what to ask it for.
type filled struct {
	*webtest.Server
	*storetest.Filled
	place  *place
	person string // one of those who hang on the work items
	many   string // the ids of several work items
	user   *webtest.Client
	key    *webtest.Client
}

// newFilled fills a database: see storetest.Fill and Surround.
func newFilled(t *testing.T, db *store.DB, people int, projects ...int) *filled {
	t.Helper()
	f := storetest.Fill(t, db, projects...)
	ids := f.Surround(t, db, people)
	ids["issues"], ids["work-items"], ids["epics"], ids["states"] = f.First, f.First, f.First, f.States[0].ID
	ids["roles"] = app.Roles[0].ID
	db.OutlineItems = 0 // which would spare the database what is to be seen
	s := webtest.New(t, apptest.New(t, db))
	w := &filled{Server: s, Filled: f, place: &place{workspace: f.Workspace, project: f.Project, ids: ids}}
	w.user = s.SignIn(f.User)
	w.key = w.user.WithKey()
	if err := db.Read(t.Context()).One("SELECT id FROM users WHERE username = 'person-0'", nil, &w.person); err != nil {
		t.Fatal(err)
	}
	some, err := store.Issues.List(db.Read(t.Context()),
		store.In("name", []string{"login login number 0", "page login number 1", "export login number 2"}))
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range some {
		w.many += "," + i.ID
	}
	w.many = strings.TrimPrefix(w.many, ",")
	return w
}

// path is an operation's path with a query; lists answer a hundred.
func (w *filled) path(pattern, query string) string {
	p := w.place.path(pattern)
	if query == "archived" {
		return strings.Replace(p, w.First, w.place.ids["archived"], 1)
	}
	fill := []string{"{many}", w.many, "{person}", w.person, "{project}", w.Project.ID}
	for name, id := range w.place.ids {
		fill = append(fill, "{"+name+"}", id)
	}
	values := url.Values{"per_page": {"100"}}
	for part := range strings.SplitSeq(strings.NewReplacer(fill...).Replace(query), "&") {
		if name, value, ok := strings.Cut(part, "="); ok {
			values.Set(name, value)
		}
	}
	return p + "?" + values.Encode()
}

// reads are all requests that read in a workspace or of one's own, plain and with what else they can be asked.
func (w *filled) reads() (all []read) {
	for _, op := range routes.All("test") {
		board := strings.Contains(op.Path, "/anchor/{anchor}/")
		if op.Method != http.MethodGet || !op.Offered() ||
			op.Allow.Scope == web.ScopeInstance || op.Allow.Scope == web.ScopePublic && !board {
			continue
		}
		for _, query := range append([]string{""}, queries[op.Path]...) {
			all = append(all, read{op.Path + " " + query, w.path(op.Path, query)})
		}
	}
	return all
}

func (w *filled) client(path string) *webtest.Client {
	if strings.HasPrefix(path, "/api/v1/") {
		return w.key
	}
	return w.user
}

// mayBeMissing are reads whose row nobody has made, or that want to be asked for something.
var mayBeMissing = []string{"/audit-logs/{pk", "/audit-logs/ ",
	"me/profile", "me/settings", "notification-preferences", "slug-check",
	"last-visited-workspace", "project-identifiers", "advance-analytics-charts/ ", "assets/v2/workspaces/{slug}/{asset_id",
	"assets/v2/workspaces/{slug}/download", "/api/workspaces/ ",
	"intake-work-items/{issue_id:uuid}/description-versions/{pk", "members/{pk", "analytics/ ", "analytic-view/{",
	"export-issues/ ", "v1/workspaces/{slug}/ ", "v1/workspaces/{slug}/.json", "intakes/{intake_id:uuid}/in",
	"public/assets", "anchor/{anchor}/issues/{issue_id:uuid}/comments/{pk",
	"invitations/{pk", "pages/{page_id", "pages/{link_id",
	"estimates/{estimate_id", "webhooks/{pk", "webhook-logs", "stickies/{pk",
	"v1/workspaces/{slug}/states/", // which no workspace has
	"quick-links/{pk",
	"workspace-themes/{pk", "user-favorites/{pk", "api-tokens/{pk", "accounts/{pk", "project-deploy-boards/{pk",
	"archived-cycles/{pk", "archived-modules/{pk",
	"unsplash", "issues/list/ ", "archive/ ", "api/v1/workspaces/{slug}/projects/{project_id:uuid}/estimates/ "}

func TestQueriesStandBesideOperations(t *testing.T) {
	known := map[string]bool{}
	for _, op := range routes.All("test") {
		known[op.Path] = known[op.Path] || op.Method == http.MethodGet
	}
	for pattern := range queries {
		if !known[pattern] {
			t.Errorf("there is no operation GET %s", pattern)
		}
	}
}
