package web

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sailplane/sailplane/app"
	builds "github.com/sailplane/sailplane/app/frontend"
)

// Frontends follows the frontends that are in force: those that the settings name, else those that were pulled into the
// data folder, whichever these are at the moment. A pull is noticed by a request, within a second, and costs the
// others nothing: they are served from the build before until the new one is open.
type Frontends struct {
	app  *app.App
	now  atomic.Pointer[opened]
	next atomic.Int64 // when to look again, in nanoseconds
	one  sync.Mutex   // who looks
}

// opened is what was found at a look: no site when there are no frontends, or none that can be served.
type opened struct {
	mark  builds.Mark
	site  *Frontend
	fault string
}

// look is how long a change may stay unnoticed.
const look = time.Second

// FollowFrontends opens the frontends that are in force. Those that the settings name must be there; of what was pulled
// the log says what is wrong.
func FollowFrontends(a *app.App) (*Frontends, error) {
	f := &Frontends{app: a}
	if a.Config.Web.Frontend != "" {
		site, err := OpenFrontend(&a.Config.Web, a)
		if err != nil {
			return nil, err
		}
		f.now.Store(&opened{site: site})
		f.tell(site, a.Config.Web.Frontend, nil)
		return f, nil
	}
	f.now.Store(&opened{})
	if a.Frontends != "" {
		f.look()
	}
	return f, nil
}

// Site is who serves the frontends at the moment; nil when there are none.
func (f *Frontends) Site() http.Handler {
	if f.app.Config.Web.Frontend == "" && f.app.Frontends != "" {
		now := time.Now().UnixNano()
		if next := f.next.Load(); now >= next && f.next.CompareAndSwap(next, now+int64(look)) {
			f.look() // this request alone waits for it
		}
	}
	if site := f.now.Load().site; site != nil {
		return site
	}
	return nil
}

// look opens the build that is in force, unless it is the one that is open. What cannot be opened is looked at again:
// its rights may be put right. The build before is let go, and closed when nothing is sent from it any more: its folder
// is an os.Root, which the garbage collector closes.
func (f *Frontends) look() {
	if !f.one.TryLock() {
		return
	}
	defer f.one.Unlock()
	before := f.now.Load()
	mark := builds.Look(f.app.Frontends)
	if before.fault == "" && mark.Same(before.mark) {
		return
	}
	after := &opened{mark: mark}
	build, info, err := builds.Current(f.app.Frontends)
	if err == nil {
		cfg := f.app.Config.Web
		cfg.Frontend = build
		after.site, err = OpenFrontend(&cfg, f.app)
	}
	f.now.Store(after)
	switch {
	case errors.Is(err, builds.ErrNone):
		if before.site != nil {
			f.app.Log.Info("the frontends were removed; only the API is served")
		}
	case err != nil:
		if after.fault = err.Error(); after.fault != before.fault {
			f.app.Log.Error("the frontends that were pulled cannot be served", "error", err,
				"do", "sailplane frontend pull, as the user who runs the server; or look at the rights of "+f.app.Frontends)
		}
	default:
		f.app.Log.Info("frontends in force", "version", info.Version, "from", info.From, "build", filepath.Base(build))
		f.tell(after.site, build, info)
	}
}

// tell logs what is doubtful about a build. The scripts are read beside: the server does not wait for that.
func (f *Frontends) tell(site *Frontend, build string, info *builds.Info) {
	for _, w := range site.Warnings {
		f.app.Log.Warn(w)
	}
	cfg := f.app.Config.Web
	f.app.DB.Go(func(context.Context) {
		found, err := builds.Examine(build, info, &cfg)
		if err != nil {
			f.app.Log.Warn("the frontends could not be examined", "error", err)
		}
		for _, finding := range found {
			switch finding.Level {
			case builds.Wrong:
				f.app.Log.Warn(finding.What, "do", finding.Do)
			case builds.Note:
				f.app.Log.Info(finding.What, "do", finding.Do)
			}
		}
	})
}
