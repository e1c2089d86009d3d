package schema_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/routes"
	"github.com/sailplane/sailplane/web/webtest"
)

// describedAPI is the description as a client reads it.
func describedAPI(t *testing.T) map[string]any {
	t.Helper()
	raw, err := json.Marshal(web.Document(routes.All("test"), "test"))
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

func at(v any, keys ...string) map[string]any {
	m, _ := v.(map[string]any)
	for _, key := range keys {
		m, _ = m[key].(map[string]any)
	}
	return m
}

// operations gives every operation of the description, by its method and path.
func operations(doc map[string]any) map[string]map[string]any {
	all := map[string]map[string]any{}
	for path, item := range at(doc, "paths") {
		for method := range at(item) {
			all[strings.ToUpper(method)+" "+path] = at(item, method)
		}
	}
	return all
}

func TestOperationsHaveNamesOfTheirOwn(t *testing.T) {
	seen := map[string]string{}
	for key, op := range operations(describedAPI(t)) {
		id, _ := op["operationId"].(string)
		if id == "" || seen[id] != "" {
			t.Errorf("%s has the name %q of %s", key, id, seen[id])
		}
		seen[id] = key
		if !regexp.MustCompile(`^[a-z]+[A-Za-z0-9_]*$`).MatchString(id) {
			t.Errorf("%s has the name %q", key, id)
		}
	}
	if seen["get_api_workspaces_slug_projects_project_id_issues_pk"] == "" {
		t.Error("names have changed: clients that were made from the description call them otherwise")
	}
}

// free are the answers that are described by their media type only: files, pages, and what a stranger says.
var free = []string{"GET /", "GET /robots.txt", "GET /uploads/{name}", "GET /uploads/{folder}/{name}",
	"GET /api/unsplash/", "GET /api/schema/", "GET /api/schema/swagger-ui/", "GET /api/schema/swagger-ui/{asset}",
	"POST /api/workspaces/{slug}/user-activity/{user}/export/", "GET /api/v2/audit-logs/export/",
	"GET /api/v2/workspaces/{slug}/audit-logs/export/",
	"GET /api/workspaces/{slug}/projects/{project_id}/pages/{page_id}/description/"}

// empty are the successes without a body that are no 204, as the reference has them.
var empty = []string{"GET /api/workspaces/", "DELETE /api/instances/configurations/disable-email-feature/"}

func TestEverySuccessIsDescribed(t *testing.T) {
	for key, op := range operations(describedAPI(t)) {
		successes := 0
		for status, response := range at(op, "responses") {
			if status[0] != '2' && status[0] != '3' {
				continue
			}
			successes++
			content := at(response, "content")
			if status != "204" && status[0] != '3' && len(content) == 0 && !slices.Contains(empty, key) {
				t.Errorf("%s: the body of %s is not described", key, status)
			}
			for kind := range content {
				if len(at(content, kind, "schema")) == 0 && !slices.Contains(free, key) {
					t.Errorf("%s: %s may be anything, says the description", key, kind)
				}
			}
		}
		if op["x-not-offered"] == true {
			if successes > 0 {
				t.Errorf("%s: it is not offered, and has a success", key)
			}
			continue
		}
		if successes == 0 || at(op, "responses")["default"] != nil {
			t.Errorf("%s: what it answers is left open", key)
		}
	}
}

func TestListsDescribeTheirParameters(t *testing.T) {
	ops := operations(describedAPI(t))
	for key, names := range map[string]string{
		"GET /api/workspaces/{slug}/projects/{project_id}/issues/": "filters group_by sub_group_by order_by cursor per_page updated_at__gt state labels assignees priority " +
			"start_date target_date cycle module created_at subscriber",
		"GET /api/workspaces/{slug}/projects/{project_id}/archived-issues/":              "filters group_by order_by cursor per_page show_sub_issues",
		"GET /api/workspaces/{slug}/issues/":                                             "filters order_by cursor per_page project",
		"GET /api/workspaces/{slug}/projects/{project_id}/issues/list/":                  "issues filters order_by fields expand",
		"GET /api/workspaces/{slug}/projects/{project_id}/issues/{issue_id}/sub-issues/": "group_by order_by",
		"GET /api/workspaces/{slug}/projects/{project_id}/v2/issues/":                    "cursor updated_at__gt description",
		"GET /api/workspaces/{slug}/projects/{project_id}/issues/{pk}/":                  "expand",
		"GET /api/workspaces/{slug}/projects/{project_id}/intake-issues/":                "status order_by cursor per_page priority",
		"GET /api/public/anchor/{anchor}/issues/":                                        "group_by sub_group_by order_by cursor per_page state labels",
		"GET /api/v1/workspaces/{slug}/projects/{project_id}/work-items/":                "fields expand cursor per_page order_by external_id external_source",
		"GET /api/workspaces/{slug}/analytics/":                                          "x_axis y_axis segment state labels",
		"GET /api/workspaces/{slug}/search/":                                             "search entities project_id workspace_search",
	} {
		var have []string
		params, _ := ops[key]["parameters"].([]any)
		for _, p := range params {
			param := at(p)
			name, _ := param["name"].(string)
			have = append(have, name)
			if len(at(param, "schema")) == 0 {
				t.Errorf("%s: %s has no type", key, name)
			}
		}
		for name := range strings.FieldsSeq(names) {
			if !slices.Contains(have, name) {
				t.Errorf("%s: %s is not described, of %v", key, name, have)
			}
		}
		if slices.Contains(have, "subscriber") && strings.Contains(key, "/public/") {
			t.Errorf("%s: strangers may ask who follows a work item", key)
		}
	}
}

func TestParametersAreTyped(t *testing.T) {
	op := operations(describedAPI(t))["GET /api/workspaces/{slug}/projects/{project_id}/issues/"]
	params, _ := op["parameters"].([]any)
	types := map[string]map[string]any{}
	for _, p := range params {
		name, _ := at(p)["name"].(string)
		types[name] = at(p, "schema")
	}
	if groups, _ := types["group_by"]["enum"].([]any); !slices.Contains(groups, any("state_id")) {
		t.Errorf("group_by: %v", types["group_by"])
	}
	if orders, _ := types["order_by"]["enum"].([]any); !slices.Contains(orders, any("-created_at")) {
		t.Errorf("order_by: %v", types["order_by"])
	}
	if want := map[string]any{"type": "integer", "minimum": 1.0, "maximum": 1000.0}; !reflect.DeepEqual(types["per_page"],
		want) {
		t.Errorf("per_page: %v", types["per_page"])
	}
	if types["updated_at__gt"]["format"] != "date-time" || types["labels"]["type"] != "array" ||
		types["cursor"]["pattern"] == nil {
		t.Errorf("not typed: %v %v %v", types["updated_at__gt"], types["labels"], types["cursor"])
	}
}

// readers are the files that may read a request's query: the one that fills the fields which declare parameters, the
// one that refuses what is no text, the ones that pass it on with a redirect, the ones that write it down or say what
// of it is passed over; the one of the editors' websocket, whose protocol is not described here; and those that
// write or check addresses of providers.
var readers = []string{"web/input.go", "web/exchange.go", "web/server.go", "web/frontend.go", "web/standin.go",
	"web/together.go", "web/asked.go", "web/console/console.go", "app/oidc/discover.go", "app/oidc/logout.go",
	"app/config_ldap.go"}

func TestParametersAreReadWhereTheyAreDeclared(t *testing.T) {
	reads := regexp.MustCompile(`URL\.Query\(\)|\.RawQuery|\.FormValue\(|\.PostForm\b|\bparameters\(`)
	for _, room := range []string{"web", "app", "jobs"} {
		err := filepath.WalkDir(filepath.Join("..", "..", room), func(path string, _ os.DirEntry, err error) error {
			name := filepath.ToSlash(strings.TrimPrefix(path, filepath.Join("..", "..")+string(filepath.Separator)))
			if err != nil || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") ||
				slices.Contains(readers, name) {
				return err
			}
			text, err := os.ReadFile(path)
			if found := reads.Find(text); found != nil {
				t.Errorf("%s reads parameters with %q: declare them in the operation's In", name, found)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// What an operation shows as an example is what it takes and answers, and who explains an operation shows it too.
func TestExamplesAreAsDescribed(t *testing.T) {
	contract, err := webtest.NewContract(routes.All("test"))
	if err != nil {
		t.Fatal(err)
	}
	described, shown := operations(describedAPI(t)), 0
	for _, op := range routes.All("test") {
		key := op.Method + " " + strings.ReplaceAll(op.Path, ":uuid}", "}")
		if described[key]["description"] == nil {
			continue
		}
		shown++
		if at(described[key], "requestBody") != nil && op.Example().Request == "" {
			t.Errorf("%s shows no request", key)
		}
		body := at(described[key], "responses", strconv.Itoa(op.Status), "content", "application/json")
		if body != nil && op.Example().Answer == "" {
			t.Errorf("%s shows no answer", key)
		}
		if err := contract.CheckExample(op); err != nil {
			t.Errorf("%s: %v", key, err)
		}
	}
	if shown == 0 {
		t.Error("no operation is explained")
	}
}
