package v1_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"testing"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/outline"
	"github.com/sailplane/sailplane/store/storetest"
	"github.com/sailplane/sailplane/web/webtest"
)

// benchKinds are ten properties: their types, and what every work item has of each, in SQL by its number n.
var benchKinds = []struct{ kind, column, value string }{
	{store.PropertyDecimal, "number", "n * 7919 % 1000"}, {store.PropertyDecimal, "number", "n * 0.25"},
	{store.PropertyBoolean, "number", "n % 2"}, {store.PropertyText, "text", "'customer ' || (n * 7919 % 100000)"},
	{store.PropertyText, "text", "'note of ' || (n % 100)"}, {store.PropertyURL, "text", "'https://example.org/' || n"},
	{store.PropertyOption, "option_id", ""}, {store.PropertyOption, "option_id", ""},
	{store.PropertyEmail, "text", "'ann' || n || '@example.org'"}, {store.PropertyTime, "number", "1767225600 + n * 3600"},
}

// benchOptions are the options of the two properties that have some, of which a work item has one.
const benchOptions = 5

// valuedBench gives every work item a value of ten properties, and returns their ids and those of the options.
func valuedBench(b *testing.B, db *store.DB, f *storetest.Filled) (properties, options []string) {
	uuid := "gen_random_uuid()"
	if !db.Postgres {
		uuid = `lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-8' ||
			substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))`
	}
	err := db.Write(context.Background(), "", func(t *store.Tx) error {
		for _, k := range benchKinds {
			p := &store.ItemProperty{Name: k.kind, DisplayName: k.kind, PropertyType: k.kind, IsActive: true,
				DefaultValue: store.JSON("[]"), WorkspaceID: f.Workspace.ID}
			if err := store.ItemProperties.Insert(t, p); err != nil {
				return err
			}
			properties = append(properties, p.ID)
			value := k.value
			if k.kind == store.PropertyOption {
				value = "CASE n % " + strconv.Itoa(benchOptions)
				for n := range benchOptions {
					o := &store.PropertyOptionRow{Name: fmt.Sprint("option ", n), SortOrder: float64(n), IsActive: true,
						PropertyID: p.ID, WorkspaceID: f.Workspace.ID}
					if err := store.PropertyOptions.Insert(t, o); err != nil {
						return err
					}
					options = append(options, o.ID)
					value += fmt.Sprintf(" WHEN %d THEN '%s'", n, o.ID)
				}
				value += " END"
				if db.Postgres {
					value = "CAST(" + value + " AS uuid)"
				}
			}
			if _, err := t.Exec("INSERT INTO issue_property_values (id, property_id, issue_id, "+k.column+
				", project_id, workspace_id, created_at, updated_at) SELECT "+uuid+", ?, i.id, "+value+
				", i.project_id, i.workspace_id, i.created_at, i.created_at"+
				" FROM (SELECT id, project_id, workspace_id, created_at, sequence_id AS n FROM issues) i", p.ID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return properties, options
}

// BenchmarkProperties asks for lists of SAILPLANE_BENCH_ITEMS work items (10,000) with ten properties each, on Postgres
// if SAILPLANE_BENCH_ON says so.
func BenchmarkProperties(b *testing.B) {
	items := 10_000
	if n, err := strconv.Atoi(os.Getenv("SAILPLANE_BENCH_ITEMS")); err == nil {
		items = n
	}
	open := storetest.SQLite
	if os.Getenv("SAILPLANE_BENCH_ON") == "postgres" {
		open = storetest.OnPostgres
	}
	db := open(b)
	db.OutlineItems = store.DefaultOutlineItems
	f := storetest.Fill(b, db, items)
	s := webtest.New(b, apptest.New(b, db))
	key := "plane_api_bench"
	err := db.Write(context.Background(), "", func(t *store.Tx) error {
		return store.APITokens.Insert(t,
			&store.APIToken{Token: app.HashKey(key), Label: "bench", UserID: f.User.ID, IsActive: true})
	})
	if err != nil {
		b.Fatal(err)
	}
	list := "/api/v1/workspaces/" + f.Workspace.Slug + "/projects/" + f.Project.ID + "/work-items/?per_page=100"
	ask := func(name, query string) {
		b.Run(name, func(b *testing.B) {
			before := storetest.ProcessorTime(b)
			for b.Loop() {
				r := httptest.NewRequest(http.MethodGet, list+query, nil)
				r.Header.Set("X-Api-Key", key)
				w := httptest.NewRecorder()
				s.Config.Handler.ServeHTTP(w, r)
				if w.Code != http.StatusOK {
					b.Fatal(w.Code, w.Body.String())
				}
			}
			storetest.ReportProcessorTime(b, before)
		})
	}
	load := func() {
		if err := outline.Of(db.Read(context.Background())).Load(context.Background(), f.Project.ID); err != nil {
			b.Fatal(err)
		}
	}
	load()
	ask("without/newest", "")
	ask("without/high", "&priority=high")
	p, o := valuedBench(b, db, f)
	load()
	cf := func(id, rest string) string { return "&pql=" + url.QueryEscape(`cf["`+id+`"] `+rest) }
	ask("newest", "")
	ask("high", "&priority=high")
	ask("newest_with_values", "&expand=properties")
	ask("number_is", cf(p[0], "= 77"))
	ask("number_from", cf(p[1], "> 1000"))
	ask("flag", cf(p[2], "= true"))
	ask("text_is", cf(p[3], `= "customer 77"`))
	ask("text_has", cf(p[3], `~ "mer 77"`))
	ask("option", cf(p[6], `= "`+o[2]+`"`))
	ask("option_and_priority", cf(p[6], `= "`+o[2]+`" AND priority = "high"`))
	ask("day", cf(p[9], `< "2026-02-01"`))
	ask("by_number", "&order_by=cf_"+p[0])
	ask("by_number_down", "&order_by=-cf_"+p[1])
	ask("by_text", "&order_by=cf_"+p[3])
	ask("by_option", "&order_by=-cf_"+p[6])
	ask("by_number_page_500", "&order_by=cf_"+p[0]+"&cursor=100:500:0")
}
