package web

import (
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"golang.org/x/sync/semaphore"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/web/metrics"
	"github.com/sailplane/sailplane/web/mux"
)

// Server answers requests by the route tables.
type Server struct {
	app      *app.App
	ops      []Op
	routes   *mux.Mux[*Op]
	budget   *budget
	memory   memory
	turns    *semaphore.Weighted // of long answers
	fallback func() http.Handler // paths that are no operation: the frontends; it returns nil when there are none
	live     *otherLive          // nil: there is no other live server
	together *together           // the one inside; nil: there is none
	requests metrics.Requests
	rows     map[*Op]*metrics.Row // of the operations
	others   [4]*metrics.Row      // of the frontends, of preflights, of the live server, and of what is nothing
}

// NewServer builds a server. It refuses tables in which an operation stands twice or does not say who may call it. The
// fallback returns who serves the paths that are no operation at the moment, nil for nobody.
func NewServer(a *app.App, ops []Op, fallback func() http.Handler) (*Server, error) {
	table := map[string]map[string]*Op{}
	for i := range ops {
		op := &ops[i]
		if op.Allow.Scope == "" {
			return nil, fmt.Errorf("%s %s does not say who may call it", op.Method, op.Path)
		}
		var err error
		if op.scope, err = scopeOf(op); err != nil {
			return nil, err
		}
		methods := table[op.Path]
		if methods == nil {
			methods = map[string]*Op{}
			table[op.Path] = methods
		}
		if methods[op.Method] != nil {
			return nil, fmt.Errorf("%s %s stands twice in the route tables", op.Method, op.Path)
		}
		for _, other := range methods {
			if other.session != op.session {
				return nil, fmt.Errorf("%s knows callers by their session in one method and by a key in another", op.Path)
			}
		}
		methods[op.Method] = op
	}
	if fallback == nil {
		fallback = func() http.Handler { return nil }
	}
	s := &Server{app: a, ops: ops, routes: mux.New(table), budget: newBudget(a.Config.Limits.BodyMemory),
		turns:    semaphore.NewWeighted(int64(max(8, 4*runtime.GOMAXPROCS(0)))),
		fallback: fallback, live: newLive(a.Config)}
	s.together = newTogether(s)
	s.makeRows()
	return s, nil
}

// Ops are all operations of the server.
func (s *Server) Ops() []Op { return s.ops }

// home shows the frontend, or the door to it, and says whether there is one: programs get the recorded JSON at its
// address, people the page.
func (s *Server) home(x *exchange, r *http.Request) bool {
	site := s.fallback()
	if site == nil {
		return false
	}
	x.row = s.others[frontend]
	if !s.door(x, r) {
		site.ServeHTTP(x, r)
	}
	return true
}

// ServeHTTP returns one request and logs one line about it.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.requests.Begin()
	x := s.begin(w, r)
	defer func() {
		if fault := recover(); fault != nil &&
			fault != http.ErrAbortHandler { //nolint:errorlint // a panic's value is no error chain
			x.fail(s.app.Log, fmt.Errorf("panic: %v\n%s", fault, debug.Stack()))
		}
		x.end()
		took := time.Since(x.began)
		if !x.lasts {
			s.requests.End(x.row, x.status, took)
		}
		if !x.passed {
			x.line(r)(took)
		}
		x.logKey(r)
	}()
	w.Header().Set("X-Request-Id", x.id)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if cors(x, r, s.app.Config) {
		x.row = s.others[preflights]
		return
	}
	if r.URL.Path == "/" && strings.Contains(r.Header.Get("Accept"), "text/html") && s.home(x, r) {
		return
	}
	if !readable(r.URL.Path) {
		x.fail(s.app.Log, app.ErrNoPage)
		return
	}
	if strings.Count(r.URL.RawQuery, "&") >= maxKeys {
		x.fail(s.app.Log, app.Refuse(app.Invalid, "The address has more than "+strconv.Itoa(maxKeys)+" parameters."))
		return
	}
	route, args := s.routes.Find(r.URL.Path)
	if r.ContentLength != 0 {
		x.body = &received{ReadCloser: http.MaxBytesReader(x, paced(x, r.Body), s.maxBody(route, r.Method)), x: x}
		r.Body = x.body
	}
	if route == nil && s.live.serves(r.URL.Path) {
		s.live.pass(x, r)
		return
	}
	if route == nil && s.together.serves(r.URL.Path) {
		if err := s.together.answer(x, r); err != nil {
			x.fail(s.app.Log, err)
		}
		return
	}
	if route == nil {
		s.nowhere(x, r)
		return
	}
	x.pattern, x.request, x.look = route.Pattern, r, lookOf(route.Methods)
	x.problem = problemsOf(route.Methods)
	if err := s.operate(x, r, route, args); err != nil {
		x.fail(s.app.Log, err)
	}
}

func (s *Server) maxBody(route *mux.Route[*Op], method string) int64 {
	if route != nil {
		if op := route.Methods[method]; op != nil && op.MaxBody != nil {
			return op.MaxBody(s.app.Config)
		}
	}
	return s.app.Config.Server.MaxBody
}

// nowhere returns paths that are no operation: the same with a slash at the end when that is one, else the frontends.
func (s *Server) nowhere(x *exchange, r *http.Request) {
	if !strings.HasSuffix(r.URL.Path, "/") {
		if route, _ := s.routes.Find(r.URL.Path + "/"); route != nil {
			u := *r.URL
			u.Path, u.RawPath = u.Path+"/", ""
			x.Header().Set("Location", u.RequestURI())
			// 301 as the reference; 308 keeps the method and the body of what is not a GET.
			status := http.StatusMovedPermanently
			if r.Method != http.MethodGet && r.Method != http.MethodHead {
				status = http.StatusPermanentRedirect
			}
			x.WriteHeader(status)
			return
		}
	}
	site := s.fallback()
	if site == nil && s.standIn(x, r) {
		return
	}
	if site == nil || strings.HasPrefix(r.URL.Path, "/api/") || strings.HasPrefix(r.URL.Path, "/auth/") {
		x.fail(s.app.Log, app.ErrNoPage)
		return
	}
	x.row = s.others[frontend]
	if s.door(x, r) {
		return
	}
	site.ServeHTTP(x, r)
}

// operate lets the caller in and runs the operation. As in the reference, who calls is settled before whether the
// method is one.
func (s *Server) operate(x *exchange, r *http.Request, route *mux.Route[*Op], args mux.Args) error {
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	op := route.Methods[method]
	if op != nil {
		x.row = s.rows[op]
	}
	c, err := s.call(x, r, route, args)
	if err != nil {
		return err
	}
	x.call = c
	keepPrivate(c, r, x.Header())
	if op == nil {
		return notAllowed(x, c, r, route, args)
	}
	if !op.form && c.Session != nil && c.Token == nil && foreign(c, r) { // forms have a page of their own to say so
		return errForeignSite
	}
	if err := throttle(x, c, r, op); err != nil {
		return err
	}
	if err := op.letsIn(c, args); err != nil {
		return c.KeyRefused(err)
	}
	c.Again = func() (*app.Call, error) { return s.again(x, r, route, op, args) }
	if err := readableQuery(r); err != nil {
		return err
	}
	if err := op.heedQuery(x, r); err != nil {
		return err
	}
	if op.long() {
		if err := x.takeTurn(); err != nil {
			return err
		}
	}
	out, err := op.run(c, r, args)
	op.heedBody(x)
	giveKept(x, r)
	var halt *user.Halt
	switch {
	case errors.As(err, &halt):
		return writeReply(x, r, op.Status, halfway(x.call, halt))
	case err != nil:
		return op.told(err)
	}
	for s, ok := out.(shaped); ok; s, ok = out.(shaped) {
		out = s.unwrap()
	}
	switch v := out.(type) {
	case Reply:
		return writeReply(x, r, op.Status, v)
	case Nothing:
		return writeJSON(x, op.Status, nil)
	}
	return writeJSON(x, op.Status, out)
}

// again lets the caller in once more: see app.Looking.
func (s *Server) again(x *exchange, r *http.Request, route *mux.Route[*Op], op *Op, args mux.Args) (*app.Call, error) {
	c, err := s.call(x, r, route, args)
	if err != nil {
		return nil, err
	}
	if err := op.letsIn(c, args); err != nil {
		return nil, err
	}
	c.Again = func() (*app.Call, error) { return s.again(x, r, route, op, args) }
	x.call = c
	return c, nil
}

// readable says whether a text can be kept: Postgres takes neither NUL nor what is not UTF-8.
func readable(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

func readableQuery(r *http.Request) error {
	for name, values := range parameters(r) {
		for _, v := range values {
			if !readable(name) || !readable(v) {
				return app.Refuse(app.Invalid, "The query has a parameter that is not readable text.")
			}
		}
	}
	return nil
}

// notAllowed refuses a method that a path does not have. As in the reference, the public API asks first whether the
// caller could do anything of the kind there: who may not is told that, and not which methods there are.
func notAllowed(x *exchange, c *app.Call, r *http.Request, route *mux.Route[*Op], args mux.Args) error {
	for _, op := range route.Methods {
		if op.form {
			return noForm(x, c, r)
		}
		if !op.Allow.Open() && c.User == nil {
			return app.ErrUnauthenticated
		}
	}
	if like := likely(route, r.Method); like != nil && strings.HasPrefix(r.URL.Path, "/api/v1/") {
		rule := like.Allow
		rule.And = nil // which is about one row, and not about the kind of method
		if err := rule.check(c, args); err != nil {
			return err
		}
	}
	return Detail(http.StatusMethodNotAllowed, `Method "`+r.Method+`" not allowed.`)
}

// likely is the operation of a path whose rule speaks for a method that is none: one that reads for those that read,
// else one that writes, if there is any.
func likely(route *mux.Route[*Op], method string) *Op {
	read := route.Methods[http.MethodGet]
	if method == http.MethodOptions || method == http.MethodTrace {
		return read
	}
	for _, m := range []string{http.MethodPost, http.MethodPatch, http.MethodDelete} {
		if op := route.Methods[m]; op != nil {
			return op
		}
	}
	return read
}

// noForm refuses a method of what browsers open or post. As in Django what could change something is asked first
// whether it comes from a page of ours; its refusal has no body.
func noForm(x *exchange, c *app.Call, r *http.Request) error {
	if !slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace}, r.Method) {
		if ok, err := csrfOK(c, r); err != nil {
			return err
		} else if !ok {
			return writeReply(x, r, http.StatusOK, csrfFailurePage)
		}
	}
	return &Refusal{Status: http.StatusMethodNotAllowed}
}

// call says who asks, and where.
func (s *Server) call(x *exchange, r *http.Request, route *mux.Route[*Op], args mux.Args) (*app.Call, error) {
	c := &app.Call{App: s.app, RequestID: x.id, IP: x.ip, UserAgent: r.UserAgent(), Base: base(r, s.app.Config),
		Local: local(r, s.app.Config)}
	c.Asking(x.limit(r.Context()))
	c.Page, c.Devices, c.Browser = page(r, c.Base), kept(r, DeviceCookie), kept(r, BrowserCookie)
	if err := identify(x, c, r, route); err != nil {
		return nil, err
	}
	return c, place(c, route.Pattern, args)
}

func requestID(r *http.Request) string {
	if id := r.Header.Get("X-Request-Id"); id != "" && len(id) <= 64 &&
		!strings.ContainsFunc(id, func(c rune) bool { return c <= ' ' || c > '~' }) {
		return id
	}
	return uuid.NewString()
}
