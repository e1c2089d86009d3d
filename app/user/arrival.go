package user

import (
	"regexp"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/mail"
	"github.com/sailplane/sailplane/store"
)

// tellArrival notes that somebody comes in, and writes them a letter when they do so from a device that nobody knows;
// both at the end of the transaction, when it is settled that they do. It is called before the person's row says that
// they were here now.
func tellArrival(t *store.Tx, c *app.Call, u *store.User) {
	first, like := u.LastLogin == nil, sameDevice(c, u)
	t.Last(func(t *store.Tx) error {
		err := app.Note(t, app.Deed{Event: app.SignedIn, Target: app.Person(u.ID), By: u.ID,
			More: map[string]any{"medium": u.LastLoginMedium}})
		if err != nil {
			return err
		}
		known := c.KnowDevice(deviceTag(c.App, u))
		if first || like || known {
			return nil
		}
		return warn(t, c, u)
	})
}

// deviceTag is what a browser is given when somebody signs in with it, and shows the next time: that it did so before.
func deviceTag(a *app.App, u *store.User) string { return a.Sign("known device", u.ID)[:32] }

// sameDevice says whether somebody comes from where they came from the last time, with what looks like the same
// browser: one that keeps no cookies is no news each time.
func sameDevice(c *app.Call, u *store.User) bool {
	return u.LastLoginIP != "" && app.Network(u.LastLoginIP) == app.Network(c.IP) &&
		kindOfBrowser(u.LastLoginUagent) == kindOfBrowser(c.UserAgent)
}

var versions = regexp.MustCompile(`[0-9][0-9._]*`)

// kindOfBrowser is what a browser calls itself, without the numbers that change with each version.
func kindOfBrowser(agent string) string { return versions.ReplaceAllString(agent, "") }

// warn leaves a letter to somebody whose account was signed in to from a device that nobody knows.
func warn(t *store.Tx, c *app.Call, u *store.User) error {
	if !c.Config.Sessions.NewDeviceMail || u.Email == nil {
		return nil
	}
	return mail.Enqueue(c.App, t, *u.Email, "new-device", map[string]string{"name": u.Hailed(), "ip": c.IP,
		"at": t.Now.In(app.Zone(u.UserTimezone)).Format("2 January 2006, 15:04 MST"), "browser": browserName(c.UserAgent)})
}

// browserName is how a letter calls a browser. What a stranger's program calls itself stands in no letter.
func browserName(agent string) string {
	browser, system := app.Browser(agent)
	switch {
	case browser == "":
		return "a program"
	case system == "":
		return browser
	}
	return browser + " on " + system
}
