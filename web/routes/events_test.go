package routes_test

import (
	"regexp"
	"testing"

	"github.com/sailplane/sailplane/web/api"
	"github.com/sailplane/sailplane/web/v1"
)

// told says of operations that write what webhooks hear of them, or why they hear nothing. TestWebhooksHearOfEverything
// of package api plays what they hear.
var told = []struct {
	ops    string   // matches "METHOD path" behind the project, the workspace or the API, in this order
	events []string // none: for the reason
	why    string
}{
	{`^\w+ (users|uploads|assets/user-assets)(/|$)`, nil, "it is a person's own, of no workspace"},
	{`^\w+ W/(user-|sidebar-|home-|quick-links|stickies|workspace-themes|users/|workspace-views)`, nil, "it is a person's own"},
	{`^\w+ (W/)?invitations|^\w+ W/members|^POST workspaces/$|^\w+ W/$`, nil,
		"there is no event of workspaces, their people and invitations; the webhooks of a deleted one go with it"},
	{`^\w+ W/service-accounts/`, nil, "there is no event of who is in a workspace"},
	{`^\w+ W/imports/`, nil, "what was taken in is told to nobody: it happened elsewhere, and long ago"},
	{`^\w+ W/webhooks/`, nil, "webhooks hear nothing of themselves, but a ping of their own"},
	{`^POST W/(P/)?(ai-assistant|export-|user-activity)|^\w+ W/(analytic-view|export)|^POST P/ai-assistant`, nil,
		"it asks, and changes nothing that there are events of"},
	{`^\w+ W/draft-issues/`, nil, "a draft is its maker's own"},
	{`^POST W/draft-to-issue/`, []string{"issue"}, ""},
	{`^\w+ W/views/|^\w+ P/views/|^\w+ P/(user-favorite|favorite)-`, nil, "there is no event of views and stars"},
	{`^\w+ W/features/|^\w+ W/work-item-relation-definitions/`, nil, "there is no event of what a workspace has switched on and named"},
	{`^\w+ W/(customers|customer-properties|releases)/`, nil,
		"there is no event of customers and releases, and what they are tied to is no part of what is told of a work item"},
	{`^\w+ W/(project-states|project-labels|states)/`, nil, "there is no event of what a workspace sorts its projects by"},
	{`^POST P/workitems/templates/\{\w+\}/use/`, []string{"issue"}, ""},
	{`^POST W/projects/templates/use/`, []string{"project"}, ""},
	{`^\w+ P/recurring-work-items/`, nil, "nothing is made yet; what the scheduler makes is told as whatever people make"},
	{`^\w+ [PW]/(workitems|projects)/templates/`, nil, "there is no event of templates"},
	{`^\w+ W/teamspaces/`, nil, "there is no event of teamspaces"},
	{`^POST W/work-items/advanced-search/`, nil, "it asks"},
	{`^PATCH P/features/$`, []string{"project"}, ""},
	{`^DELETE W/project-identifiers/`, nil, "no project has the name any more"},
	{`^POST W/projects/$|^(PUT|PATCH|DELETE) P/$|^\w+ P/archive/$`, []string{"project"}, ""},
	{`^\w+ P/(members|project-members|invitations|join)/`, nil, "there is no event of a project's people, as in the reference"},
	{`^\w+ P/(user-properties|preferences|project-views)/|^\w+ P/(cycles|modules)/\{\w+\}/user-properties/`, nil,
		"it is how a person looks at it"},
	{`^POST P/workflows/\{\w+\}/states/\{\w+\}/transfer/`, []string{"issue"}, ""},
	{`^POST P/workflow-fallback-preview/`, nil, "it changes nothing"},
	{`^DELETE W/workflows/\{\w+\}/states/`, []string{"issue"}, ""},      // of those that are moved off it
	{`^PUT P/work-item-types/\{\w+\}/workflow/`, []string{"issue"}, ""}, // likewise
	{`^\w+ [PW]/workflows/`, nil, "no work item changes: how it may move from now on is no part of what is told"},
	{`^\w+ P/states/`, nil, "no work item changes its state: a state that has any can't be deleted"},
	{`^DELETE P/(issue-)?labels/`, []string{"issue"}, ""},
	{`^\w+ P/((issue-)?labels|bulk-create-labels)/`, nil, "there is no event of labels"},
	{`^DELETE P/estimates/(\{estimate_id\}/)?$`, []string{"issue", "project"}, ""},
	{`^DELETE P/estimates/.*/estimate-points/`, []string{"issue"}, ""},
	{`^\w+ P/estimates/`, nil, "there is no event of estimates; a project that takes one is changed by its own operation"},
	{`^POST P/cycles/date-check/`, nil, "it asks"},
	{`^\w+ P/cycles/\{\w+\}/(cycle-issues|transfer-issues)/|^\w+ P/issues/\{\w+\}/modules/`, []string{"issue"}, ""},
	{`^DELETE P/cycles/\{\w+\}/$`, []string{"issue", "cycle"}, ""},
	{`^\w+ P/(cycles|archived-cycles)/`, []string{"cycle"}, ""},
	{`^\w+ P/modules/\{\w+\}/module-links/`, nil, "links are no part of what is told of a module"},
	{`^\w+ P/modules/\{\w+\}/(issues|module-issues)/`, []string{"issue"}, ""},
	{`^DELETE P/modules/\{\w+\}/$`, []string{"issue", "module"}, ""},
	{`^\w+ P/(modules|archived-modules)/`, []string{"module"}, ""},
	{`^\w+ P/epics/`, []string{"issue"}, ""},
	{`^\w+ W/initiatives/`, nil, "there is no event of initiatives, and they are no part of what is told of a work item"},
	{`^\w+ P/milestones/`, nil, "there is no event of milestones, and they are no part of what is told of a work item"},
	{`^\w+ ([PW]/pages|W/collections)/`, nil, "there is no event of pages, as in the reference"},
	{`^\w+ P/project-deploy-boards/`, nil, "there is no event of boards"},
	{`^\w+ P/(intake|inbox)-issues/`, []string{"issue"}, ""},
	{`^\w+ P/(intakes|inboxes)/`, nil, "there is no event of intakes"},
	{`^\w+ [PW]/(work-item-types|import-work-item-types|work-item-properties)/`, nil, "there is no event of types and properties"},
	{`^\w+ P/(issues|work-items)/\{\w+\}/comments/`, []string{"issue_comment"}, ""},
	{`^\w+ P/(issues/\{\w+\}|comments/\{\w+\})/reactions/|^\w+ P/issues/\{\w+\}/(subscribe|issue-subscribers)/`, nil,
		"reactions and who follows are no part of what is told"},
	{`^\w+ P/(issues|work-items)/\{\w+\}/(issue-links|links|issue-relation|remove-relation|relations|dependencies|work-item-relations|worklogs|attachments|issue-attachments|pages)/`,
		nil, "links, relations, files, pages and worked time are no part of what is told of a work item, as in the reference"},
	{`^\w+ P/(issues|work-items|bulk-delete-issues|bulk-archive-issues|issue-dates)/`, []string{"issue"}, ""},
	{`^(PATCH|DELETE) A/W/\{\w+\}/$|^POST A/P/\{\w+\}/bulk/`, []string{"project"}, ""}, // when it is the cover of one
	{`^\w+ (A/|W/file-assets|W/assets|workspaces/file-assets|assets/)`, nil, "files are no part of what is told"},
}

var places = []struct {
	re *regexp.Regexp
	by string
}{
	{regexp.MustCompile(`:uuid\}`), "}"},
	{regexp.MustCompile(` /api/assets/v2/`), " A/"},
	{regexp.MustCompile(` /api/(v1/)?`), " "},
	{regexp.MustCompile(` /`), " "},
	{regexp.MustCompile(`workspaces/\{slug\}/projects/\{(project_id|pk)\}/`), "P/"},
	{regexp.MustCompile(`workspaces/\{slug\}/`), "W/"},
}

// Of every operation that writes somebody has decided what webhooks hear of it.
func TestWhatWebhooksHearIsDecided(t *testing.T) {
	used := make([]bool, len(told))
	for _, op := range append(api.Ops(), v1.Ops()...) {
		if op.Method == "GET" || !op.Offered() {
			continue
		}
		name := op.Method + " " + op.Path
		for _, p := range places {
			name = p.re.ReplaceAllString(name, p.by)
		}
		found := false
		for i, row := range told {
			if found = regexp.MustCompile(row.ops).MatchString(name); found {
				used[i] = true
				break
			}
		}
		if !found {
			t.Errorf("what do webhooks hear of %s (%s %s)?", name, op.Method, op.Path)
		}
	}
	for i, row := range told {
		if !used[i] {
			t.Errorf("there is no operation %s", row.ops)
		}
		if (len(row.events) == 0) != (row.why != "") {
			t.Errorf("%s: events %v, and a reason for none: %q", row.ops, row.events, row.why)
		}
	}
}
