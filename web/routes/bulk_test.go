package routes_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/storetest"
	"github.com/sailplane/sailplane/web/webtest"
)

// bulk is a write of several work items. Its body is made of their ids; the oldest work item is what {issue_id} means.
type bulk struct {
	method, path string
	body         func(w *filled, ids []string) any
	before       *bulk // done first with the same ids, and not counted
}

func named(key string) func(*filled, []string) any {
	return func(_ *filled, ids []string) any { return map[string]any{key: ids} }
}

func nothing(*filled, []string) any { return nil }

// moves give each work item dates of its own.
func moves(_ *filled, ids []string) any {
	var all []map[string]string
	for n, id := range ids {
		all = append(all, map[string]string{"id": id, "start_date": "2026-05-01",
			"target_date": fmt.Sprintf("2026-06-%02d", 1+n)})
	}
	return map[string]any{"updates": all}
}

func related(kind string) func(*filled, []string) any {
	return func(_ *filled, ids []string) any { return map[string]any{"relation_type": kind, "issues": ids} }
}

// labelled is a work item with as many labels.
func labelled(key string) func(*filled, []string) any {
	return func(w *filled, ids []string) any {
		labels := make([]string, len(ids))
		for n := range labels {
			labels[n] = w.Labels[n].ID
		}
		return map[string]any{"name": "labelled", key: labels}
	}
}

var (
	intoCycle  = bulk{"POST", projectPath + "cycles/{cycle_id:uuid}/cycle-issues/", named("issues"), nil}
	intoModule = bulk{"POST", projectPath + "modules/{module_id:uuid}/issues/", named("issues"), nil}
	below      = bulk{"POST", itemPath + "sub-issues/", named("sub_issue_ids"), nil}
)

var bulks = []bulk{
	{"POST", projectPath + "issues/", labelled("label_ids"), nil},
	{"PATCH", projectPath + "issues/{pk:uuid}/", labelled("label_ids"), nil},
	{"POST", v1Project + "work-items/", labelled("labels"), nil},
	{"POST", wsPath + "draft-issues/", labelled("label_ids"), nil},
	{"POST", projectPath + "bulk-archive-issues/", named("issue_ids"), nil},
	{"DELETE", projectPath + "bulk-delete-issues/", named("issue_ids"), nil},
	{"POST", projectPath + "issue-dates/", moves, nil},
	{"POST", itemPath + "issue-relation/", related("blocking"), nil},
	{"POST", v1Project + "work-items/{issue_id:uuid}/relations/", related("relates_to"), nil},
	below,
	{"DELETE", projectPath + "issues/{pk:uuid}/", nothing, &below},
	intoCycle,
	{"POST", v1Project + "cycles/{cycle_id:uuid}/cycle-issues/", named("issues"), nil},
	{"POST", v1Project + "cycles/{cycle_id:uuid}/cycle-issues/", named("issues"), &intoCycle}, // once more
	{"DELETE", projectPath + "cycles/{pk:uuid}/", nothing, &intoCycle},
	intoModule,
	{"POST", v1Project + "modules/{pk:uuid}/module-issues/", named("issues"), nil},
	{"DELETE", projectPath + "modules/{pk:uuid}/", nothing, &intoModule},
}

// A write of many work items runs as many statements as one of two.
func TestBulkWritesRunAFixedNumberOfStatements(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newFilled(t, db, 3, 3000)
		items := w.free(t)
		take := func(n int) (ids []string) {
			ids, items = items[:n], items[n:]
			return ids
		}
		for _, b := range bulks {
			ran := func(n int) (all []webtest.Statement) {
				if strings.Contains(b.path, "{pk:uuid}") { // which is about to be deleted
					w.place.ids["issues"], w.place.ids["cycles"], w.place.ids["modules"] = take(1)[0], w.cycle(), w.module()
				}
				ids := take(n)
				if b.before != nil {
					path := w.place.path(b.before.path)
					w.client(path).Must(b.before.method, path, b.before.body(w, ids))
				}
				path := w.place.path(b.path)
				return w.Statements(func() { w.client(path).Must(b.method, path, b.body(w, ids)) })
			}
			few, many := ran(2), ran(12)
			if len(many) > len(few) { // a cache may have been cold
				few, many = ran(2), ran(12)
			}
			if len(many) > len(few) {
				t.Errorf("%s %s: %d statements for 2 work items, %d for 12:\n%s", b.method, b.path, len(few), len(many),
					more(few, many))
			}
		}
	})
}

// free are finished work items to which nothing was done, but that they are in the module.
func (w *filled) free(t *testing.T) (ids []string) {
	t.Helper()
	read := w.App.DB.Read(t.Context())
	done, err := store.Issues.List(read,
		dbx.HashExp{"project_id": w.Project.ID, "state_id": w.States[3].ID, "parent_id": nil, "archived_at": nil})
	if err != nil {
		t.Fatal(err)
	}
	tied, err := store.CycleIssues.List(read, dbx.HashExp{"project_id": w.Project.ID})
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range done {
		if !slices.ContainsFunc(tied, func(c store.CycleIssue) bool { return c.IssueID == i.ID }) {
			ids = append(ids, i.ID)
		}
	}
	return ids
}

func (w *filled) cycle() string {
	return w.user.Must("POST", w.place.path(projectPath+"cycles/"),
		map[string]any{"name": "to be deleted", "project_id": w.Project.ID}).ID()
}

func (w *filled) module() string {
	return w.user.Must("POST", w.place.path(projectPath+"modules/"),
		map[string]any{"name": "to be deleted " + store.NewID()}).ID()
}
