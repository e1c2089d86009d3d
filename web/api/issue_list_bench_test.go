package api_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
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

// BenchmarkLists asks for every kind of list over the whole router, without a network.
func BenchmarkLists(b *testing.B) {
	a := apptest.New(b, storetest.SQLite(b))
	f := storetest.Fill(b, a.DB, benchItems(), 1000)
	s := webtest.New(b, a)
	err := a.DB.Write(context.Background(), "", func(t *store.Tx) error {
		return store.Sessions.Insert(t,
			&store.Session{SessionKey: app.HashKey("bench"), UserID: &f.User.ID, ExpireDate: t.Now.Add(time.Hour)})
	})
	if err != nil {
		b.Fatal(err)
	}
	for _, bench := range listRequests(f) {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			before := storetest.ProcessorTime(b)
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
			storetest.ReportProcessorTime(b, before)
		})
	}
}
