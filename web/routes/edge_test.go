package routes_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"reflect"
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

// edge is a server with a furnished workspace, to which its owner sends what no client would.
type edge struct {
	t       testing.TB
	handler http.Handler
	place   *place
	ops     []web.Op
}

const edgeKey = "plane_api_of_the_edge"

func newEdge(t testing.TB, s *webtest.Server) *edge {
	t.Helper()
	owner := s.User("owner")
	e := &edge{t: t, handler: s.Config.Handler, place: furnish(t, s, owner)}
	e.publish(s)
	err := s.App.DB.Write(context.Background(), "", func(tx *store.Tx) error {
		return store.APITokens.Insert(tx,
			&store.APIToken{Token: app.HashKey(edgeKey), Label: "edge", UserID: owner.User.ID, IsActive: true})
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, op := range routes.All("test") {
		if !endsTheOwner(op) {
			e.ops = append(e.ops, op)
		}
	}
	return e
}

// publish gives the place a board with everything switched on.
func (e *edge) publish(s *webtest.Server) {
	e.t.Helper()
	p, name, anchor := e.place, "project", "edge"
	w, id := p.workspace.ID, p.project.ID
	intake := &store.Intake{Name: "intake", ProjectID: id, WorkspaceID: w}
	err := s.App.DB.Write(context.Background(), "", func(tx *store.Tx) error {
		if err := store.Intakes.Insert(tx, intake); err != nil {
			return err
		}
		return store.DeployBoards.Insert(tx,
			&store.DeployBoard{EntityName: &name, EntityIdentifier: &id, ProjectID: &id, WorkspaceID: w, Anchor: anchor,
				IsCommentsEnabled: true, IsReactionsEnabled: true, IsVotesEnabled: true, IntakeID: &intake.ID})
	})
	if err != nil {
		e.t.Fatal(err)
	}
	p.ids["anchor"], p.ids["intakes"] = anchor, intake.ID
}

// endsTheOwner says whether the operation would leave nothing behind to try the others on.
func endsTheOwner(op web.Op) bool {
	return op.Method == http.MethodDelete || strings.Contains(op.Path, "sign-out") ||
		strings.Contains(op.Path, "/leave/") || strings.Contains(op.Path, "deactivate")
}

// send asks as the owner, past the network, and complains when the answer is the server's fault.
func (e *edge) send(method, path, query, contentType string, body []byte) int {
	r := &http.Request{Method: method, Host: "edge.test", URL: &url.URL{Path: path, RawQuery: query},
		RemoteAddr: "192.0.2.1:1", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {contentType}, "X-Api-Key": {edgeKey}}, Body: io.NopCloser(bytes.NewReader(body)),
		ContentLength: int64(len(body))}
	r.AddCookie(&http.Cookie{Name: web.SessionCookie, Value: "session-of-owner"})
	w := webtest.Played(e.handler, r)
	if w.Code >= 500 {
		e.t.Errorf("%s %s?%.100s %.200s: %d %.200s", method, path, query, body, w.Code, w.Body)
	}
	return w.Code
}

// wrong is what each field of each body is given.
var wrong = []string{`null`, `true`, `-1`, `1e300`, `12345678901234567890`, `"x"`, `""`, `"\u0000"`, `"\ud800"`,
	`"2026-02-30"`, `[]`, `[null]`, `["x"]`, `[{}]`, `{}`, `{"a":{"b":[1]}}`, `"` + strings.Repeat("a", 5000) + `"`,
	strings.Repeat("[", 60) + strings.Repeat("]", 60), `"00000000-0000-4000-8000-000000000000"`,
	`["00000000-0000-4000-8000-000000000000"]`}

// bodyFields names what an operation reads from a body.
func bodyFields(t reflect.Type) (names []string) {
	if t.Kind() != reflect.Struct {
		return nil
	}
	for _, f := range reflect.VisibleFields(t) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
			names = append(names, name)
		}
	}
	return names
}

func TestWrongTypesAreRefused(t *testing.T) {
	webtest.Long(t)
	webtest.Beside(t, func(t *testing.T, s *webtest.Server) {
		e := newEdge(t, s)
		for _, op := range e.ops {
			path := e.place.path(op.Path)
			for _, field := range bodyFields(op.In) {
				for _, value := range wrong {
					e.send(op.Method, path, "", "application/json", fmt.Appendf(nil, `{"name":"n",%q:%s}`, field, value))
				}
			}
		}
	})
}

func TestWrongBodiesAreRefused(t *testing.T) {
	webtest.Long(t)
	webtest.Beside(t, func(t *testing.T, s *webtest.Server) {
		e := newEdge(t, s)
		bodies := map[string][]byte{
			"cut": []byte(`{"name": "n`), "no object": []byte(`[1]`), "no UTF-8": []byte("{\"name\": \"\xff\xfe\"}"),
			"deep":    []byte(strings.Repeat(`{"a":`, 5000)),
			"nothing": []byte(" "), "huge": bytes.Repeat([]byte(" "), 11<<20), "twice": []byte(`{"name":1}{"name":2}`)}
		for _, op := range e.ops {
			if len(bodyFields(op.In)) == 0 {
				continue
			}
			path := e.place.path(op.Path)
			for name, body := range bodies {
				if status := e.send(op.Method, path, "", "application/json", body); name != "nothing" &&
					op.Allow.Scope != web.ScopePublic && status < 400 {
					t.Errorf("%s %s takes a body that is %s: %d", op.Method, path, name, status)
				}
			}
			e.send(op.Method, path, "", "multipart/form-data; boundary=x",
				[]byte("--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nv"))
			e.send(op.Method, path, "", "application/x-www-form-urlencoded", []byte("name=%ff&=%&a;b"))
			e.send(op.Method, path, "", "text/html; \x00", []byte("{}"))
		}
	})
}

var (
	oddKeys = []string{"cursor", "per_page", "order_by", "group_by", "sub_group_by", "filters", "expand", "fields",
		"search", "query", "type", "state", "labels", "assignees", "priority", "target_date", "start_date", "created_at",
		"updated_at__gt", "offset", "limit", "page", "issue_id", "cycle_view", "entity_type", "query_type"}
	oddValues = []string{"", "x", "-1", "0", "99999999999999999999", "1:2:3", "100:-1:0", "100:99999999:0", "1000000:0:0",
		"::", "%00", "%FF%FE", "%ZZ", "[]", "{", "{}", "%7B%22and%22:[]%7D", "2026-02-30;after", "2026-01-01;before,;",
		"null", "'%22;--", "id,id", strings.Repeat("a", 3000)}
)

// queryKeys names the parameters that an operation reads: those of its input, or any, where it reads several.
func queryKeys(in reflect.Type) (names []string) {
	if in.Kind() != reflect.Struct {
		return nil
	}
	for _, f := range reflect.VisibleFields(in) {
		switch name := f.Tag.Get("query"); name {
		case "":
		case "*":
			names = append(names, oddKeys...)
		default:
			names = append(names, name)
		}
	}
	return names
}

// What an operation reads is sent alone; what others read comes with all of it.
func TestOddQueriesAreRefused(t *testing.T) {
	webtest.Long(t)
	webtest.Beside(t, func(t *testing.T, s *webtest.Server) {
		e := newEdge(t, s)
		for _, op := range e.ops {
			if op.Method != http.MethodGet || op.Allow.Scope == web.ScopePublic {
				continue
			}
			path, keys := e.place.path(op.Path), queryKeys(op.In)
			for _, value := range oddValues {
				for _, key := range keys {
					e.send(op.Method, path, key+"="+value, "", nil)
				}
				e.send(op.Method, path, strings.Join(oddKeys, "="+value+"&")+"="+value, "", nil)
			}
		}
	})
}

func TestOddPathsAreRefused(t *testing.T) {
	webtest.Long(t)
	webtest.Beside(t, func(t *testing.T, s *webtest.Server) {
		e := newEdge(t, s)
		for _, op := range e.ops {
			for _, odd := range []string{"\x00", "\xff", "..", "%2e", "é", "a b", "'", strings.Repeat("a", 3000),
				"00000000-0000-4000-8000-000000000000", "-", "X-99999999999999999999", "X-0"} {
				segs := strings.Split(op.Path, "/")
				known := strings.Split(e.place.path(op.Path), "/")
				for i := range segs {
					if strings.HasPrefix(segs[i], "{") {
						path := strings.Join(append(append(append([]string{}, known[:i]...), odd), known[i+1:]...), "/")
						e.send(op.Method, path, "", "application/json", []byte(`{}`))
					}
				}
			}
		}
	})
}

func TestLogsHoldNothingSecret(t *testing.T) {
	a := apptest.New(t, storetest.SQLite(t))
	var log bytes.Buffer
	a.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	e := newEdge(t, webtest.New(t, a))
	log.Reset()
	const secret = "hunter2-hunter2"
	for _, op := range e.ops {
		e.send(op.Method, e.place.path(op.Path), "token="+secret+"&code="+secret, "application/json",
			[]byte(`{"password":"`+secret+`","email":"a@b.co","api_key":"`+secret+`"}`))
		e.send(op.Method, e.place.path(op.Path), "", "application/x-www-form-urlencoded",
			[]byte("email=a@b.co&password="+secret+"&code="+secret))
	}
	if log.Len() == 0 {
		t.Fatal("nothing is logged")
	}
	for _, hidden := range []string{secret, edgeKey, "session-of-owner", "a@b.co"} {
		if at := strings.Index(log.String(), hidden); at >= 0 {
			t.Errorf("%q is in the log: %s", hidden, log.String()[max(at-200, 0):at+50])
		}
	}
}

// FuzzRequest sends anything to any operation: whatever it is, it is not the server's fault.
func FuzzRequest(f *testing.F) {
	ops := routes.All("test")
	for i := range ops {
		f.Add(uint16(i), "", "per_page=5&cursor=5:1:0&group_by=state_id", `{"name":"n"}`)
	}
	f.Add(uint16(1), "\x00", "filters={\"and\":[{\"priority__in\":\"low\"}]}", `{"name":null,"parent":"x"}`)
	a := apptest.New(f, storetest.SQLite(f))
	a.Log = slog.New(slog.DiscardHandler)
	shared := newEdge(f, webtest.New(f, a))
	f.Fuzz(func(t *testing.T, op uint16, odd, query, body string) {
		e := *shared
		e.t = t
		o := e.ops[int(op)%len(e.ops)]
		path := e.place.path(o.Path)
		if odd != "" {
			segs := strings.Split(o.Path, "/")
			known := strings.Split(path, "/")
			for i := range segs {
				if strings.HasPrefix(segs[i], "{") {
					known[i] = odd
				}
			}
			path = strings.Join(known, "/")
		}
		e.send(o.Method, path, query, "application/json", []byte(body))
	})
}
