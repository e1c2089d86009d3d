package app_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"pgregory.net/rapid"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/store"
)

func logged(t testing.TB, a *app.App) []store.APIActivityLog {
	t.Helper()
	list, err := store.APIActivityLogs.List(a.DB.Read(context.Background()), dbx.NewExp("1 = 1"), "created_at")
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestTheAPILogIsBoundedInMemoryAndFlushedAtTheEnd(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		ctx, stop := context.WithCancel(t.Context())
		var ended sync.WaitGroup
		const most, more = 4096, 100
		for i := range most + more {
			a.LogAPI(&app.APIRequest{Token: "t", Method: "GET", Path: fmt.Sprint(i), Status: 200})
		}
		if n := a.APILog.Dropped.Load(); n != more {
			t.Errorf("%d rows were dropped, want %d", n, more)
		}
		stop()
		ended.Go(func() { a.KeepAPILog(ctx) })
		ended.Wait()
		if n := len(logged(t, a)); n != most || a.APILog.Written.Load() != most {
			t.Errorf("%d rows are there, %d are said to be written", n, a.APILog.Written.Load())
		}
	})
}

// What can't be written stays, and is written when the database is back.
func TestTheAPILogKeepsWhatCannotBeWritten(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		for range 300 {
			a.LogAPI(&app.APIRequest{Token: "t", Method: "GET", Path: "/", Status: 200})
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if err := a.FlushAPILog(gone); err == nil {
			t.Error("nothing is said of what was not written")
		}
		a.LogAPI(&app.APIRequest{Token: "t", Method: "GET", Path: "/last", Status: 200})
		if err := a.FlushAPILog(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := len(logged(t, a)); n != 301 || a.APILog.Dropped.Load() != 0 {
			t.Errorf("%d rows, %d dropped", n, a.APILog.Dropped.Load())
		}
	})
}

func TestTheAPILogIsNotAStrangersToFill(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		at := time.Now()
		a.DB.OwnClock().Stop(at)
		for _, r := range []app.APIRequest{{Status: 403}, {Token: "t", Status: 429}} {
			for range 200 {
				a.LogAPI(&r)
			}
		}
		a.DB.OwnClock().Advance(time.Minute)
		a.LogAPI(&app.APIRequest{Status: 403})
		a.LogAPI(&app.APIRequest{Token: "t", Status: 404})
		if err := a.FlushAPILog(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := len(logged(t, a)); n != 62 {
			t.Errorf("%d rows, want 60 of the first minute and 2 of the second", n)
		}
	})
}

// Whatever is asked for can be kept, is no longer than it may be, and no secret in a query is kept.
func TestTheAPILogTakesAnyRequest(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		rapid.Check(t, func(r *rapid.T) {
			secret := rapid.StringMatching(`[A-Z]{24}`).Draw(r, "secret")
			name := rapid.SampledFrom([]string{"api_key", "API-Key", "access%5Ftoken", "passwor%64", "client_secret", "code"}).
				Draw(r, "name")
			e := &app.APIRequest{
				Token:  "t",
				Method: rapid.String().Draw(r, "method"),
				Path:   rapid.String().Draw(r, "path") + strings.Repeat("é", rapid.IntRange(0, 300).Draw(r, "more")),
				Query: "a=1&" + name + "=" + secret + "&b=" + string(
					rapid.SliceOf(rapid.Byte()).Draw(r, "query"),
				),
				Status:    200,
				UserAgent: string(rapid.SliceOfN(rapid.Byte(), 0, 600).Draw(r, "agent")),
			}
			a.LogAPI(e)
			if err := a.FlushAPILog(context.Background()); err != nil {
				r.Fatal(err)
			}
		})
		for _, l := range logged(t, a) {
			if len([]rune(l.Path)) > 255 || len([]rune(l.Method)) > 10 || len([]rune(*l.QueryParams)) > 1000 ||
				l.UserAgent != nil && len([]rune(*l.UserAgent)) > 512 {
				t.Errorf("a text is too long: %+v", l)
			}
			if !strings.Contains(*l.QueryParams, "=***&b=") || l.Headers != nil || l.Body != nil ||
				l.ResponseBody != nil {
				t.Errorf("a secret may be kept: %s", *l.QueryParams)
			}
		}
	})
}
