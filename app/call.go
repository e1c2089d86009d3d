package app

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/sailplane/sailplane/store"
)

// Role is what a membership allows, in a workspace or in a project.
type Role int

// The roles.
const (
	Nobody Role = 0
	Guest  Role = 5
	Member Role = 15
	Admin  Role = 20
)

// Call is who asks, in which place. It is built once a request; rules read from it and write through it.
type Call struct {
	context.Context
	*App

	RequestID string
	IP        string // of the client, behind trusted proxies
	UserAgent string
	Base      string // the origin that the client used, https://host
	Local     bool   // asked on this very machine, and not for somebody elsewhere
	Page      string // the origin of the page that asks, as its browser says it, when that is ours; else Base

	User    *store.User    // nil: nobody is signed in
	Session *store.Session // nil: a key was used, or nobody is signed in
	Token   *store.APIToken

	Workspace *store.Workspace   // nil outside a workspace's routes, and when its slug is unknown
	ProjectID string             // of the route; empty outside a project's routes
	Access    *Access            // the caller's roles in the workspace; never nil
	Board     *store.DeployBoard // of the published project's route; nil outside those, and when its address is unknown
	zone      *time.Location

	// Devices is what the client was given at earlier sign-ins, and is to be given now: see KnowDevice.
	Devices string

	// Browser is what the client was given to be remembered by, and is to be given now: see user.Remember.
	Browser string

	// Again is the same call, with what it knows of the caller and the place read anew; nil outside of a request.
	Again    func() (*Call, error)
	wrote    bool // a transaction of the call has committed
	insisted bool // it was overtaken so often that it writes over what others have written
}

// CallFor is a call of one person in a workspace outside of any request, as jobs need it; nil when either is gone.
func (a *App) CallFor(ctx context.Context, workspace, user string) (*Call, error) {
	t := a.DB.Read(ctx)
	ws, err := store.Workspaces.ByID(t, []string{workspace})
	if err != nil || ws[workspace] == nil {
		return nil, err
	}
	us, err := store.Users.ByID(t, []string{user})
	if err != nil || us[user] == nil || !us[user].IsActive {
		return nil, err
	}
	c := &Call{App: a, User: us[user], Workspace: ws[workspace]}
	c.Asking(ctx)
	c.Access, err = a.AccessOf(ctx, workspace, user)
	return c, err
}

// Write runs fn in one transaction in the caller's name. Jobs that it enqueues are started once it has committed.
// Fn may be run more than once: see store.DB.Write.
func (c *Call) Write(fn func(t *store.Tx) error) error {
	err := c.DB.Write(c.Context, c.UserID(), func(t *store.Tx) error {
		t.Wary = c.Again != nil && !c.wrote && !c.insisted
		return fn(t)
	})
	c.wrote = c.wrote || err == nil
	return err
}

// lookings is how often a call that was overtaken looks again.
const lookings = 16

// Looking runs the rule of a call. Nearly all look first, and write what follows; when somebody else has come between
// (written the same, changed or deleted what was read), the call left nothing and looks again, so that it is answered
// as if it had come after the other. The last time it writes over what others have written.
func Looking[T any](c *Call, answer func(*Call) (T, error)) (T, error) {
	for n := 1; ; n++ {
		out, err := answer(c)
		if err == nil || c.Again == nil || c.wrote || n >= lookings || !overtaken(err, n) {
			return out, err
		}
		if errors.Is(err, store.ErrOvertaken) {
			c.Overtaken.Add(1)
		}
		again, failed := c.Again()
		if failed != nil {
			return out, failed
		}
		c = again
		c.insisted = n == lookings-1
	}
}

// overtaken says whether who looks again may see something else. What is still not unique at the third look is not for
// that reason.
func overtaken(err error, look int) bool {
	return errors.Is(err, store.ErrOvertaken) || look < 3 &&
		(errors.Is(err, store.ErrUnique) || errors.Is(err, store.ErrReference))
}

// Read gives access to the database outside a transaction.
func (c *Call) Read() *store.Tx { return c.DB.Read(c.Context) }

// Quiet says whether nobody is told of what the call writes, nor follows it because of that: a program writes by key,
// and such writes are not to be told.
func (c *Call) Quiet() bool { return c.Token != nil && !c.Config.Notifications.APIWrites }

// UserID is the caller's id, empty for nobody.
func (c *Call) UserID() string {
	if c.User == nil {
		return ""
	}
	return c.User.ID
}

// Role is the caller's role in the project of the route, or in the workspace when there is no project. 0: none.
func (c *Call) Role() Role {
	if c.ProjectID != "" {
		return c.Access.Projects[c.ProjectID]
	}
	return c.Access.Workspace
}

// Zone is the caller's time zone; times on the wire are in it.
func (c *Call) Zone() *time.Location {
	if c.zone == nil {
		c.zone = time.UTC
		if c.User != nil {
			c.zone = Zone(c.User.UserTimezone)
		}
	}
	return c.zone
}

// Time writes a time in the caller's zone as the wire has it.
func (c *Call) Time(t time.Time) string { return Time(t, c.Zone()) }

// TimePtr is Time for a time that may be missing.
func (c *Call) TimePtr(t *time.Time) *string {
	if t == nil {
		return nil
	}
	s := c.Time(*t)
	return &s
}

// Time writes a time as the wire has it: microseconds unless they are zero, Z for UTC, else +05:30. A time whose year
// the zone would push out of the calendar is written in UTC.
func Time(t time.Time, zone *time.Location) string {
	if local := t.In(zone); 1 <= local.Year() && local.Year() <= 9999 {
		t = local
	} else {
		t, zone = store.NearestTime(t).UTC(), time.UTC
	}
	layout := "2006-01-02T15:04:05.000000-07:00"
	if t.Nanosecond()/1000 == 0 {
		layout = "2006-01-02T15:04:05-07:00"
	}
	s := t.Format(layout)
	if zone == time.UTC || strings.HasSuffix(s, "+00:00") {
		s = strings.TrimSuffix(s, "+00:00") + "Z"
	}
	return s
}
