package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"pgregory.net/rapid"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/mail"
	"github.com/sailplane/sailplane/jobs"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/metrics"
	"github.com/sailplane/sailplane/web/routes"
)

// watched is a server whose figures are shown.
type watched struct {
	t      *testing.T
	server *web.Server
	page   http.Handler
	runner *jobs.Runner
}

func watch(t *testing.T, a *app.App) *watched {
	t.Helper()
	server, err := web.NewServer(a, routes.All("test"), http.NotFoundHandler)
	if err != nil {
		t.Fatal(err)
	}
	w := &watched{t: t, server: server, runner: jobs.NewRunner(a, jobs.Handlers())}
	f := &figures{app: a, server: server, runner: w.runner, ends: func() time.Time { return time.Unix(2_000_000_000, 0) }}
	w.page = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { // anew each time
		metrics.Handler("", f.write).ServeHTTP(rw, r)
	})
	return w
}

func (w *watched) ask(method, path string, header ...string) int {
	r := httptest.NewRequest("GET", "/", nil)
	r.Method, r.URL.Path, r.RequestURI = method, path, path
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer := httptest.NewRecorder()
	w.server.ServeHTTP(answer, r)
	return answer.Code
}

// read returns the figures as they are now.
func (w *watched) read() string {
	w.t.Helper()
	answer := httptest.NewRecorder()
	w.page.ServeHTTP(answer, httptest.NewRequest("GET", "/metrics", nil))
	if answer.Code != http.StatusOK {
		w.t.Fatal(answer.Code, answer.Body)
	}
	return answer.Body.String()
}

func (w *watched) shows(lines ...string) {
	w.t.Helper()
	text := w.read()
	for _, line := range lines {
		if !strings.Contains(text, line+"\n") {
			name, _, _ := strings.Cut(line, "{")
			w.t.Errorf("no %s, but\n%s", line, strings.Join(regexp.MustCompile(`(?m)^`+name+`.*$`).FindAllString(text, 5), "\n"))
		}
	}
}

// The figures say what has happened, and Prometheus' own linter finds nothing to say about them.
func TestFigures(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		w := watch(t, a)
		w.ask("GET", "/api/users/me/")
		w.ask("HEAD", "/api/users/me/")
		w.ask("GET", "/livez")
		w.ask("GET", "/an/application's/page")
		w.ask("DELETE", "/api/nowhere/")
		w.ask("GET", "/api/v1/users/me/", "X-Api-Key", "x")
		err := a.DB.Write(t.Context(), "", func(tx *store.Tx) error {
			tx.Now = tx.Now.Add(-time.Hour)
			if err := store.Enqueue(tx, mail.Job, mail.Email{To: "ann@sailplane.test"}); err != nil {
				return err
			}
			return store.Enqueue(tx, "no kind of this version", nil)
		})
		if err != nil {
			t.Fatal(err)
		}
		w.shows(`sailplane_http_requests_total{method="GET",route="/api/users/me/",status="4xx"} 2`,
			`sailplane_http_request_duration_seconds_bucket{method="GET",route="/api/users/me/",le="+Inf"} 2`,
			`sailplane_http_request_duration_seconds_count{method="GET",route="/api/users/me/"} 2`,
			`sailplane_http_requests_total{method="any",route="frontend",status="4xx"} 1`,
			`sailplane_http_requests_total{method="any",route="none",status="4xx"} 1`,
			`sailplane_http_requests_in_flight 0`, `sailplane_ready 1`, `sailplane_database_up 1`,
			`sailplane_jobs_waiting{lane="mail"} 1`, `sailplane_jobs_waiting{lane="none"} 1`, `sailplane_jobs_dead{lane="long"} 0`,
			`sailplane_sign_ins_refused_total 1`, `sailplane_backup_verified_timestamp_seconds 0`,
			`sailplane_backup_failed 0`, `sailplane_certificate_expiry_timestamp_seconds 2e+09`)
		if age := regexp.MustCompile(`sailplane_jobs_oldest_seconds{lane="mail"} 36\d\d`); !age.MatchString(w.read()) {
			t.Errorf("no age of an hour:\n%s", w.read())
		}
		if _, err := w.runner.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.shows(`sailplane_jobs_done_total{lane="mail"} 1`, `sailplane_jobs_waiting{lane="mail"} 0`,
			`sailplane_jobs_running{lane="mail"} 0`)
		at := time.Unix(1_900_000_000, 0).UTC()
		row := &store.Backup{Name: "b", Place: "p", Kind: "request", BeganAt: at, EndedAt: at, VerifiedAt: &at}
		failed := &store.Backup{Name: "c", Place: "p", Kind: "request", BeganAt: at.Add(time.Hour), EndedAt: at, Fault: "full"}
		err = a.DB.Write(t.Context(), "", func(tx *store.Tx) error { return store.Backups.Insert(tx, row, failed) })
		if err != nil {
			t.Fatal(err)
		}
		w.shows(`sailplane_backup_verified_timestamp_seconds 1.9e+09`, `sailplane_backup_failed 1`)
		problems, err := promlint.New(strings.NewReader(w.read())).Lint()
		if err != nil || len(problems) > 0 {
			t.Errorf("%v %v", problems, err)
		}
		if file := os.Getenv("SAILPLANE_WRITE_FIGURES"); file != "" { // for promtool check metrics, by hand
			if err := os.WriteFile(file, []byte(w.read()), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := a.DB.Close(); err != nil {
			t.Fatal(err)
		}
		w.shows(`sailplane_database_up 0`, `sailplane_ready 0`, `sailplane_letters_total{result="sent"} 0`)
	})
}

var routeLabel = regexp.MustCompile(`sailplane_http_requests_total\{method="([^"]*)",route="([^"]*)"`)

// Whatever strangers ask for makes no label: routes are the tables', and methods the rows'.
func TestStrangersMakeNoFigures(t *testing.T) {
	var w *watched
	known := map[string]bool{"any frontend": true, "any preflight": true, "any none": true}
	for _, op := range routes.All("test") {
		known[op.Method+" "+op.Path] = true
	}
	apptest.Each(t, func(t *testing.T, a *app.App) {
		w = watch(t, a)
		rapid.Check(t, func(t *rapid.T) {
			segment := rapid.OneOf(rapid.StringMatching(`[a-z0-9-]{1,12}`), rapid.String(), rapid.Just("api"), rapid.Just("v1"),
				rapid.Just("workspaces"), rapid.Just("projects"), rapid.Just(""), rapid.Just("users"), rapid.Just("me"))
			path := "/" + strings.Join(rapid.SliceOfN(segment, 0, 7).Draw(t, "path"), "/")
			method := rapid.OneOf(rapid.SampledFrom([]string{"GET", "POST", "OPTIONS", "HEAD"}), rapid.StringMatching(`[A-Z]{1,9}`)).
				Draw(t, "method")
			w.ask(method, path, "Accept", rapid.SampledFrom([]string{"text/html", "*/*"}).Draw(t, "accept"))
		})
		for _, m := range routeLabel.FindAllStringSubmatch(w.read(), -1) {
			if !known[m[1]+" "+m[2]] {
				t.Errorf("a request has made the label %q", m[0])
			}
		}
	})
}

// Who reads slowly holds nobody up, however slow; the database is asked once for all who ask at once.
func TestASlowReaderOfFiguresHoldsNobodyUp(t *testing.T) {
	gathered := 0
	page := metrics.Handler("", func(_ context.Context, t *metrics.Text) {
		gathered++
		t.One("sailplane_x", metrics.Gauge, "X.", 1)
	})
	slow := &blocked{ResponseWriter: httptest.NewRecorder(), reached: make(chan struct{}), free: make(chan struct{})}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		page.ServeHTTP(slow, httptest.NewRequest("GET", "/metrics", nil))
	}()
	<-slow.reached
	answer := httptest.NewRecorder()
	page.ServeHTTP(answer, httptest.NewRequest("GET", "/metrics", nil))
	if answer.Code != 200 || gathered != 1 {
		t.Errorf("%d, gathered %d times", answer.Code, gathered)
	}
	close(slow.free)
	<-ended
}

// blocked is a client that takes nothing until it is freed.
type blocked struct {
	http.ResponseWriter
	reached, free chan struct{}
}

func (b *blocked) Write(text []byte) (int, error) {
	close(b.reached)
	<-b.free
	return b.ResponseWriter.Write(text)
}

func TestWhoMayReadTheFigures(t *testing.T) {
	page := metrics.Handler("a-token", func(_ context.Context, t *metrics.Text) { t.One("x", metrics.Gauge, "X.", 1) })
	for _, tt := range []struct {
		method, path, authorization string
		status                      int
	}{
		{"GET", "/metrics", "Bearer a-token", 200}, {"HEAD", "/metrics", "bearer a-token", 200}, {"GET", "/metrics", "", 401},
		{"GET", "/metrics", "Bearer another", 401}, {"GET", "/metrics", "Basic a-token", 401},
		{"GET", "/metrics", "Bearer ", 401},
		{"POST", "/metrics", "Bearer a-token", 405}, {"GET", "/", "Bearer a-token", 404}, {"GET", "/api/users/me/", "", 401},
	} {
		r := httptest.NewRequest(tt.method, tt.path, nil)
		r.Header.Set("Authorization", tt.authorization)
		answer := httptest.NewRecorder()
		if page.ServeHTTP(answer, r); answer.Code != tt.status {
			t.Errorf("%s %s as %q: %d, want %d", tt.method, tt.path, tt.authorization, answer.Code, tt.status)
		}
	}
}

// What the dashboard and the rules name is there.
func TestTheDashboardAndTheRulesNameFiguresThatExist(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		w := watch(t, a)
		w.ask("GET", "/livez")
		text := w.read()
		named := regexp.MustCompile(`\b(sailplane|process|go)_[a-z_]+`)
		for _, file := range []string{"dashboard.json", "rules.yml"} {
			content, err := os.ReadFile(filepath.Join("testdata", "monitoring", file))
			if err != nil {
				t.Fatal(err)
			}
			names := named.FindAllString(string(content), -1)
			slices.Sort(names)
			for _, name := range slices.Compact(names) {
				if a.DB.Postgres && (name == "sailplane_database_wal_bytes" || name == "sailplane_disk_free_bytes") {
					continue // which are SQLite's
				}
				if !strings.Contains(text, "\n"+name+"{") && !strings.Contains(text, "\n"+name+" ") {
					t.Errorf("%s names %s, which there is none of", file, name)
				}
			}
			if len(names) < 3 {
				t.Errorf("%s names %q", file, names)
			}
		}
	})
}

// A server shows them at a door of its own and nowhere else, off unless it is set, and stops though somebody reads on.
func TestFiguresHaveADoorOfTheirOwn(t *testing.T) {
	i := install(t, t.TempDir(), "")
	port := freePort(t)
	i.env = append(i.env, fmt.Sprint("SAILPLANE_METRICS_HTTP=127.0.0.1:", port), "SAILPLANE_METRICS_TOKEN=a-token")
	i.start()
	i.create("counted")
	r, err := http.NewRequest("GET", fmt.Sprint("http://127.0.0.1:", port, "/metrics"), nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer a-token")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(res.Body)
	res.Body.Close()
	want := `sailplane_http_requests_total{method="POST",route="/api/workspaces/{slug}/projects/{project_id:uuid}/issues/",status="2xx"} 1`
	if err != nil || res.StatusCode != 200 || !bytes.Contains(text, []byte(want)) {
		t.Errorf("%d %v\n%.3000s", res.StatusCode, err, text)
	}
	if a := i.ask("GET", "/metrics", nil); a.status == 200 && bytes.Contains(a.body, []byte("sailplane_")) {
		t.Error("the figures are at the front door, too")
	}
}
