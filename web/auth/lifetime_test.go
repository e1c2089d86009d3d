package auth_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sailplane/sailplane/web/webtest"
)

// A session ends when its life is over, however much it is used, and when nothing was asked for the idle time.
func TestSessionsEndInTime(t *testing.T) {
	setUp(t, func(t *testing.T, s *webtest.Server) {
		s.App.DB.OwnClock().Stop(time.Now())
		for _, tt := range []struct {
			name        string
			hours, idle int // of the settings
			every, upTo time.Duration
			lives       bool
		}{
			{"used all day", 24, 30, 20 * time.Minute, 23 * time.Hour, true},
			{"used for longer than its life", 24, 30, 20 * time.Minute, 25 * time.Hour, false},
			{"left for a while", 24, 30, 29 * time.Minute, 29 * time.Minute, true},
			{"left for too long", 24, 30, 31 * time.Minute, 31 * time.Minute, false},
			{"left alone where that does not matter", 24, 0, 23 * time.Hour, 23 * time.Hour, true},
			{"of a long life", 24 * 30, 0, 24 * time.Hour, 29 * 24 * time.Hour, true},
		} {
			s.App.Config.Sessions.LifetimeHours, s.App.Config.Sessions.IdleMinutes = tt.hours, tt.idle
			b := newBrowser(t, s)
			b.post("/auth/sign-up/", "email", strings.ReplaceAll(tt.name, " ", "-")+"@sailplane.test", "password", strong)
			lives := b.signedIn()
			for at := tt.every; at <= tt.upTo; at += tt.every {
				s.App.DB.OwnClock().Advance(tt.every)
				lives = b.signedIn()
			}
			if lives != tt.lives {
				t.Errorf("a session %s: signed in %v, want %v", tt.name, lives, tt.lives)
			}
		}
	})
}

// Shorter settings end sessions that began under longer ones.
func TestShorterLivesCountAtOnce(t *testing.T) {
	setUp(t, func(t *testing.T, s *webtest.Server) {
		s.App.DB.OwnClock().Stop(time.Now())
		b := newBrowser(t, s)
		b.post("/auth/sign-up/", "email", "ann@sailplane.test", "password", strong)
		s.App.DB.OwnClock().Advance(2 * time.Hour)
		if !b.signedIn() {
			t.Fatal("a session of a week lasts no two hours")
		}
		s.App.Config.Sessions.LifetimeHours = 1
		if b.signedIn() {
			t.Error("a session of two hours lives where one is allowed")
		}
	})
}

// called is a client that says what it is.
type called struct{ agent string }

func (c called) RoundTrip(r *http.Request) (*http.Response, error) {
	r.Header.Set("User-Agent", c.agent)
	return http.DefaultTransport.RoundTrip(r)
}

// A letter goes out at a sign-in from a device that nobody knows, and only then.
func TestANewDeviceIsWrittenOf(t *testing.T) {
	const (
		firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
		newer   = "Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0"
		phone   = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/604.1"
		program = "buy-cheap.example/1.0"
		email   = "ann@sailplane.test"
	)
	setUp(t, func(t *testing.T, s *webtest.Server) {
		box := s.Mail()
		as := func(b *browser, agent string) *browser {
			b.Transport = called{agent}
			return b
		}
		home := as(newBrowser(t, s), firefox)
		home.post("/auth/sign-up/", "email", email, "password", strong)
		away := newBrowser(t, s)
		letters := 0
		for _, tt := range []struct {
			name string
			b    *browser
			on   bool
			says string // in the letter; empty: there is none
		}{
			{"the browser of the first time", home, true, ""},
			{"one without cookies that looks the same", as(newBrowser(t, s), newer), true, ""},
			{"another", as(away, phone), true, "Safari on iPhone"},
			{"the other again", away, true, ""},
			{"the first after the other", home, true, ""},
			{"a program", as(newBrowser(t, s), program), true, "a program"},
			{"a phone without cookies, with letters switched off", as(newBrowser(t, s), phone), false, ""},
			{"what looks like the first, but not like the one before", as(newBrowser(t, s), firefox), true, "Firefox on Linux"},
		} {
			s.App.Config.Sessions.NewDeviceMail = tt.on
			tt.b.post("/auth/sign-in/", "email", email, "password", strong)
			if !tt.b.signedIn() {
				t.Fatalf("%s: nobody is signed in", tt.name)
			}
			if tt.says == "" {
				continue // a letter would be taken for the next one, or be one too many
			}
			letters++
			if text := box.Wait(email, letters); !strings.Contains(text, tt.says) || strings.Contains(text, "buy-cheap") {
				t.Errorf("%s: the letter says %s", tt.name, text)
			}
		}
		if n := len(box.Emails(email)); n != letters {
			t.Errorf("%d letters came, want %d", n, letters)
		}
	})
}
