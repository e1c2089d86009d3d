package web

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/page/room"
	"github.com/sailplane/sailplane/web/live"
	"github.com/sailplane/sailplane/web/metrics"
)

// together is the live server inside: the websockets through which people write on a page together, and the few
// requests beside them that Plane's live server knows. Plane: apps/live/src/controllers
type together struct {
	server  *Server
	sockets *live.Server
}

// newTogether returns nil when another live server is named, or none is wanted.
func newTogether(s *Server) *together {
	if cfg := s.app.Config; cfg.Web.Live != "" || !cfg.Live.Enabled {
		return nil
	}
	return &together{server: s, sockets: live.New(s.app)}
}

// serves says whether a path is the live server's.
func (l *together) serves(path string) bool { return l != nil && isLive(path) }

// answer does what a path of the live server is for.
func (l *together) answer(x *exchange, r *http.Request) error {
	x.row, x.pattern = l.server.others[liveServer], livePath+"/"
	if fromElsewhere(l.server.app.Config, r) {
		return errForeignSite
	}
	name := strings.Trim(strings.TrimPrefix(r.URL.Path, livePath), "/")
	method := http.MethodGet
	var do func(x *exchange, r *http.Request) error
	switch name {
	case "collaboration":
		do = l.collaborate
	case "health":
		do = l.health
	case "convert-document":
		do, method = l.convert, http.MethodPost
	case "pdf-export":
		do, method = l.print, http.MethodPost
	default:
		return app.ErrNoPage
	}
	x.pattern += name + "/"
	if r.Method != method {
		return Detail(http.StatusMethodNotAllowed, `Method "`+r.Method+`" not allowed.`)
	}
	return do(x, r)
}

// collaborate lets an editor speak for as long as it is open. Who opens the socket is its user, whatever it says.
func (l *together) collaborate(x *exchange, r *http.Request) error {
	if !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		return &Refusal{Status: http.StatusUpgradeRequired, Body: map[string]string{"message": "This is a websocket."}}
	}
	key := ""
	if cookie, err := r.Cookie(SessionCookie); err == nil {
		key = strings.Clone(cookie.Value) // of a header that is let go
	}
	session, user, err := room.Identify(r.Context(), l.server.app, key)
	if err != nil {
		return err
	}
	x.call = &app.Call{Context: r.Context(), App: l.server.app, Session: session, User: user}
	q := r.URL.Query()
	run, err := l.sockets.Open(x, r, room.Visitor{Session: key, Workspace: q.Get("workspaceSlug"),
		Project: q.Get("projectId")}, user.ID)
	if err == nil && run != nil {
		x.passed = true
		go l.last(run, x.began, x.line(r))
	}
	return err
}

// last runs a socket to its end, and then writes its line into the log. Request and exchange are gone by then, and so
// is the stack that answering took: together they hold more than a silent socket does.
func (l *together) last(run func(), began time.Time, line func(took time.Duration)) {
	defer func() {
		if fault := recover(); fault != nil {
			l.server.app.Log.Error("live: a socket ends by a fault of the server", "error", fault, "stack", string(debug.Stack()))
		}
		line(time.Since(began))
	}()
	run()
}

// health says that the live server runs.
func (l *together) health(x *exchange, _ *http.Request) error {
	return writeJSON(x, http.StatusOK, map[string]string{"status": "OK", "version": l.server.app.Version,
		"timestamp": time.Now().UTC().Format("2006-01-02T15:04:05.000Z")})
}

// signedIn refuses who is nobody: converting takes time, which is not for strangers.
func (l *together) signedIn(x *exchange, r *http.Request) (*app.Call, error) {
	c := &app.Call{App: l.server.app, RequestID: x.id, IP: x.ip,
		UserAgent: r.UserAgent(), Access: &app.Access{}}
	c.Asking(x.limit(r.Context()))
	err := identifyKey(x, c, r)
	if err == nil && c.User == nil {
		err = identifySession(x, c, r)
	}
	if err == nil && c.User == nil {
		err = app.ErrUnauthenticated
	}
	x.call = c
	return c, err
}

// ConvertDocument is what is to be converted.
type ConvertDocument struct {
	HTML    string `json:"description_html"`
	Variant string `json:"variant"`
}

// faults are those of the input, as the reference tells them.
func (in *ConvertDocument) faults() (all []map[string]string) {
	add := func(path, message string) { all = append(all, map[string]string{"path": path, "message": message}) }
	switch html := in.HTML; {
	case html == "":
		add("description_html", "HTML content cannot be empty")
	case strings.TrimSpace(html) == "":
		add("description_html", "HTML content cannot be just whitespace")
	case !strings.Contains(html, "<") || !strings.Contains(html, ">"):
		add("description_html", "Content must be valid HTML")
	}
	if in.Variant != "rich" && in.Variant != "document" {
		add("variant", "Invalid enum value. Expected 'rich' | 'document', received '"+in.Variant+"'")
	}
	return all
}

// convert makes JSON and a document of HTML.
func (l *together) convert(x *exchange, r *http.Request) error {
	c, err := l.signedIn(x, r)
	if err != nil {
		return err
	}
	if err := x.takeTurn(); err != nil {
		return err
	}
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return bodyFault(err)
	}
	var in ConvertDocument
	if json.Unmarshal(raw, &in) != nil {
		return app.Refuse(app.Invalid, "The body is not JSON with description_html and variant.")
	}
	if faults := in.faults(); faults != nil {
		return &Refusal{Status: http.StatusBadRequest, Body: map[string]any{"message": "Validation error",
			"context": map[string]any{"validationErrors": faults}}}
	}
	out, err := room.Convert(c, in.HTML, in.Variant)
	if err != nil {
		return err
	}
	return writeJSON(x, http.StatusOK, out)
}

// print says that it does not.
func (l *together) print(x *exchange, r *http.Request) error {
	if _, err := l.signedIn(x, r); err != nil {
		return err
	}
	return &Refusal{Status: http.StatusNotImplemented, Body: map[string]string{"message": "This server makes no PDF. " +
		"Open the page in a browser and print it there, or export it as Markdown from its menu."}}
}

// CloseLive ends the websockets and makes what was typed part of the pages, for when the server stops.
func (s *Server) CloseLive(ctx context.Context) {
	if s.together != nil {
		s.together.sockets.Close(ctx)
	}
}

// WriteLiveFigures adds who writes together.
func (s *Server) WriteLiveFigures(t *metrics.Text) {
	if s.together == nil {
		return
	}
	l, f := s.together.sockets, room.Of(s.app).Figures()
	t.One("sailplane_live_sockets", metrics.Gauge, "Websockets that are open.", float64(l.Count()))
	t.One("sailplane_live_rooms", metrics.Gauge, "Pages that are open.", float64(f.Rooms))
	t.One("sailplane_live_seats", metrics.Gauge, "Who has them open: connections, a page each.", float64(f.Seats))
	t.One("sailplane_live_sockets_total", metrics.Counter, "Websockets that were opened.", float64(l.Opened.Load()))
	t.One("sailplane_live_sockets_dropped_total", metrics.Counter,
		"Websockets that were closed because a client was too slow or did not keep to the protocol.", float64(l.Dropped.Load()))
	t.One("sailplane_live_frames_total", metrics.Counter, "Frames that came.", float64(l.Frames.Load()))
	t.One("sailplane_live_updates_total", metrics.Counter, "What was typed and written down.", float64(f.Typed))
	t.One("sailplane_live_folds_total", metrics.Counter, "How often that was made part of a page.", float64(f.Folded))
}
