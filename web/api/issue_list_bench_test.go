package api_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/storetest"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/webtest"
)

// benchItems is how many work items the benchmarks' project has: SAILPLANE_BENCH_ITEMS, or 10,000.
func benchItems() int {
	if n, err := strconv.Atoi(os.Getenv("SAILPLANE_BENCH_ITEMS")); err == nil {
		return n
	}
	return 10_000
}

// processorTime is what this process has used: on a machine that does other things too, the only time that means anything.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkLists asks for every kind of list over the whole router, without a network.
func BenchmarkLists(b *testing.B) {
	a := apptest.New(b, storetest.SQLite(b))
	f := storetest.Fill(b, a.DB, benchItems(), 1000)
	s := webtest.New(b, a)
	err := a.DB.Write(context.Background(), "", func(t *store.Tx) error {
		return store.Sessions.Insert(t, &store.Session{SessionKey: app.HashKey("bench"), UserID: &f.User.ID, ExpireDate: t.Now.Add(time.Hour)})
	})
	if err != nil {
		b.Fatal(err)
	}
	project := "/api/workspaces/filled/projects/" + f.Project.ID + "/"
	for _, bench := range []struct{ name, path string }{
		{"list", project + "issues/?order_by=-created_at&per_page=100"},
		{"filtered", project + "issues/?priority=high,urgent&labels=" + f.Labels[3].ID + "&per_page=100"},
		{"board", project + "issues/?group_by=state_id&order_by=sort_order&per_page=30"},
		{"board2", project + "issues/?group_by=labels__id&sub_group_by=priority&per_page=30"},
		{"labels", project + "issues/?group_by=labels__id&per_page=30"},
		{"priorities", project + "issues/?group_by=priority&per_page=30"},
		{"dates", project + "issues/?group_by=target_date&per_page=30"},
		{"by priority", project + "issues/?order_by=-priority&per_page=100"},
		{"by name", project + "issues/?order_by=name&per_page=100"},
		{"by target", project + "issues/?order_by=target_date&per_page=100"},
		{"by state", project + "issues/?order_by=state__group&per_page=100"},
		{"by label", project + "issues/?order_by=labels__name&per_page=100"},
		{"rich", project + "issues/?per_page=100&filters=" + url.QueryEscape(`{"and":[{"priority__in":"high,low"},{"not":{"state_group":"backlog"}}]}`)},
		{"sync", project + "v2/issues/?cursor=100:0:0"},
		{"workspace", "/api/workspaces/filled/issues/?per_page=100"},
		{"person", "/api/workspaces/filled/user-issues/" + f.User.ID + "/?per_page=100"},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			before := processorTime(b)
			for b.Loop() {
				r := httptest.NewRequest(http.MethodGet, bench.path, nil)
				r.AddCookie(&http.Cookie{Name: web.SessionCookie, Value: "bench"})
				w := httptest.NewRecorder()
				s.Config.Handler.ServeHTTP(w, r)
				if w.Code != http.StatusOK {
					b.Fatal(w.Code, w.Body.String())
				}
				b.SetBytes(int64(w.Body.Len()))
			}
			b.ReportMetric(float64((processorTime(b)-before).Microseconds())/1000/float64(b.N), "cpu-ms/op")
		})
	}
}
