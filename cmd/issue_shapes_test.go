package main

import (
	"reflect"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/app/export"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/issuelist"
	"github.com/sailplane/sailplane/web/api"
	"github.com/sailplane/sailplane/web/space"
	"github.com/sailplane/sailplane/web/v1"
)

// tagged are the names that a struct has in a tag, those of embedded structs too.
func tagged(of reflect.Type, tag string) map[string]bool {
	names := map[string]bool{}
	for _, f := range reflect.VisibleFields(of) {
		if name, _, _ := strings.Cut(f.Tag.Get(tag), ","); name != "" && name != "-" {
			names[name] = true
		}
	}
	return names
}

// A work item has the same columns wherever it is stored, written, shown and exported, or it is said here why not:
// whoever adds one is told of every place that lacks it.
func TestShapesOfAWorkItemHaveItsColumns(t *testing.T) {
	const texts = "description_json description_html description_stripped description_binary " // of one work item only
	const inside = "workspace_id deleted_at point type_id external_id external_source "        // are not shown
	const automatic = "id created_at updated_at created_by_id updated_by_id deleted_at workspace_id project_id "
	for _, shape := range []struct {
		name, tag, without string
		of                 reflect.Type
	}{
		{name: "a draft", tag: "db", of: reflect.TypeFor[store.DraftIssue](),
			without: "sequence_id point archived_at is_draft"},
		{name: "what clients write", tag: "json", of: reflect.TypeFor[issue.Input](),
			without: automatic + "description_stripped description_binary sequence_id archived_at"},
		{name: "what is shown of one", tag: "json", of: reflect.TypeFor[api.Issue](), without: texts + inside},
		{name: "a row of a list", tag: "json", of: reflect.TypeFor[api.IssueRow](), without: texts + inside},
		{name: "the public API", tag: "json", of: reflect.TypeFor[v1.Issue](),
			without: "description_json description_stripped"},
		{name: "an export", tag: "db", of: reflect.TypeFor[store.ExportedIssue](),
			without: texts + inside + "updated_by_id sort_order created_by_id parent_id project_id state_id estimate_point_id"},
	} {
		names, without := tagged(shape.of, shape.tag), map[string]bool{}
		for _, column := range strings.Fields(shape.without) {
			without[column] = true
		}
		for column := range tagged(reflect.TypeFor[store.Issue](), "db") {
			there := names[column] || names[strings.TrimSuffix(column, "_id")]
			switch {
			case !there && !without[column]:
				t.Errorf("%s lacks %s", shape.name, column)
			case there && without[column] && shape.tag == "json":
				t.Errorf("%s has %s, of which it is said that it has not", shape.name, column)
			}
		}
	}
}

// What a work item says by itself is shown wherever one is, and written by whoever may write one.
func TestEveryShapeHasTheValues(t *testing.T) {
	for _, shape := range []reflect.Type{
		reflect.TypeFor[store.Issue](), reflect.TypeFor[store.DraftIssue](), reflect.TypeFor[store.ExportedIssue](),
		reflect.TypeFor[issuelist.Row](), reflect.TypeFor[api.Issue](), reflect.TypeFor[api.NewIssue](),
		reflect.TypeFor[api.DetailedIssue](), reflect.TypeFor[api.WrittenIssue](), reflect.TypeFor[api.IssueRow](),
		reflect.TypeFor[api.ListedIssue](), reflect.TypeFor[api.ArchivedIssue](),
		reflect.TypeFor[api.FoundRow](), reflect.TypeFor[api.CycleIssueRow](),
		reflect.TypeFor[api.Draft](), reflect.TypeFor[v1.Issue](), reflect.TypeFor[v1.IntakeWorkItem](),
		reflect.TypeFor[space.Issue](), reflect.TypeFor[space.Report](),
	} {
		if _, ok := shape.FieldByName("IssueValues"); !ok {
			t.Errorf("%s lacks store.IssueValues", shape)
		}
	}
	asked := tagged(reflect.TypeFor[issue.Input](), "json")
	exported := map[string]bool{}
	for _, column := range export.Columns() {
		exported[column] = true
	}
	for column := range tagged(reflect.TypeFor[store.IssueValues](), "db") {
		if !asked[column] {
			t.Errorf("%s cannot be written", column)
		}
		if !exported[column] && column != "sort_order" { // a place on a board, which means nothing elsewhere
			t.Errorf("%s is not exported", column)
		}
	}
	named := tagged(reflect.TypeFor[store.IssueValues](), "json")
	for column := range tagged(reflect.TypeFor[store.IssueValues](), "db") {
		if !named[column] {
			t.Errorf("%s has another name on the wire", column)
		}
	}
}
