package auth_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/instance"
	"github.com/sailplane/sailplane/app/retention"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/store/storetest"
	"github.com/sailplane/sailplane/web/webtest"
)

// ask sends the address to an operation that takes JSON, with the proof that whoever is signed in owes.
func (b *browser) ask(path, body string) int {
	b.t.Helper()
	req, err := http.NewRequest("POST", b.s.URL+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-CSRFToken", b.token())
	res, err := b.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	res.Body.Close()
	return res.StatusCode
}

// Whoever asks, from wherever and however often: ten guesses and four codes until the last code has expired.
func TestCodesAreCountedUntilTheyExpire(t *testing.T) {
	setUp(t, func(t *testing.T, s *webtest.Server) {
		box := s.Mail()
		s.Configure(map[string]string{"ENABLE_MAGIC_LINK_LOGIN": "1"})
		const email = "victim@sailplane.test"
		s.App.DB.OwnClock().Stop(time.Now())
		for _, at := range []string{"/auth/", "/auth/spaces/"} { // one count for both
			guessed, sent := attackCodes(t, s, at, email)
			if want := map[string][2]int{"/auth/": {10, 1}, "/auth/spaces/": {0, 0}}[at]; guessed != want[0] || sent != want[1] {
				t.Errorf("%s: %d guesses were looked at and %d codes sent, want %v", at, guessed, sent, want)
			}
		}
		box.Wait(email, 1)
		s.App.DB.OwnClock().Advance(11 * time.Minute)
		b := newBrowser(t, s)
		for i := range 5 {
			if got, want := b.ask("/auth/magic-generate/", `{"email": " VICTIM@sailplane.test"}`),
				map[bool]int{true: 200, false: 400}[i < 4]; got != want {
				t.Errorf("code %d of the next time: %d", i+1, got)
			}
		}
		for n := 2; n <= 5; n++ {
			box.Wait(email, n)
		}
		time.Sleep(100 * time.Millisecond)
		if n := len(box.Emails(email)); n != 5 {
			t.Errorf("%d letters came", n)
		}
	})
}

// attackCodes asks for codes and guesses, both at once and one after the other.
func attackCodes(t *testing.T, s *webtest.Server, at, email string) (guessed, sent int) {
	b := newBrowser(t, s)
	for range 3 {
		if b.ask(at+"magic-generate/", `{"email": "`+email+`"}`) == 200 {
			sent++
		}
		var right atomic.Int64
		var all sync.WaitGroup
		for i := range 16 {
			all.Go(func() {
				if to := newBrowser(t, s).post(at+"magic-sign-up/", "email", email, "code",
					fmt.Sprint(100_000+i)); strings.Contains(to, "INVALID_MAGIC_CODE") {
					right.Add(1)
				}
			})
		}
		all.Wait()
		guessed += int(right.Load())
	}
	return guessed, sent
}

// Wrong passwords count for the account. Where the person was last stays open.
func TestWrongPasswordsOfManyClients(t *testing.T) {
	setUp(t, func(t *testing.T, s *webtest.Server) {
		box := s.Mail()
		s.App.Config.Limits.PasswordMisses = 5
		s.App.Config.Server.TrustedProxies = []string{"127.0.0.0/8"}
		s.App.DB.OwnClock().Stop(time.Now())
		const email = "admin@sailplane.test"
		try := func(path, from, password string) string {
			b := newBrowser(t, s)
			form := url.Values{"csrfmiddlewaretoken": {b.token()}, "email": {email}, "password": {password}}
			return b.do("POST", path, form, "X-Forwarded-For", from).Header.Get("Location")
		}
		if to := try("/auth/sign-in/", "2001:db8:1:1::1", strong); strings.Contains(to, "error") {
			t.Fatalf("the owner is led to %s", to)
		}
		refused := 0
		for i := range 20 {
			path := []string{"/auth/sign-in/", "/auth/spaces/sign-in/", "/api/instances/admins/sign-in/"}[i%3]
			if to := try(path, fmt.Sprintf("198.51.100.%d", i), "wrong"); strings.Contains(to, "RATE_LIMIT_EXCEEDED") {
				refused++
			}
		}
		if refused != 15 {
			t.Errorf("%d of 20 wrong passwords were refused unseen, want 15", refused)
		}
		if to := try("/auth/sign-in/", "203.0.113.1", strong); !strings.Contains(to, "RATE_LIMIT_EXCEEDED") {
			t.Errorf("the right one from elsewhere is looked at: %s", to)
		}
		if to := try("/auth/sign-in/", "2001:db8:1:1:ffff::1", strong); strings.Contains(to, "error") {
			t.Errorf("the owner, where they always are, is led to %s", to)
		}
		// Nobody is locked out of everywhere: a new password by mail opens the door where it was set.
		if a := s.Stranger().Do("POST", "/auth/forgot-password/", map[string]any{"email": email}); a.Status != 200 {
			t.Fatalf("asking for a new password: %d %s", a.Status, a.Raw)
		}
		link, err := url.Parse(linkInLetter.FindString(box.Wait(email, 1)))
		if err != nil {
			t.Fatal(err)
		}
		b := newBrowser(t, s)
		b.do("POST", "/auth/reset-password/"+link.Query().Get("uidb64")+"/"+link.Query().Get("token")+"/",
			url.Values{"csrfmiddlewaretoken": {b.token()}, "password": {strong}}, "X-Forwarded-For", "203.0.113.9")
		if to := try("/auth/sign-in/", "203.0.113.9", strong); strings.Contains(to, "error") {
			t.Errorf("after a new password the owner is led to %s", to)
		}
		s.App.DB.OwnClock().Advance(16 * time.Minute)
		if to := try("/auth/sign-in/", "203.0.113.1", strong); strings.Contains(to, "error") {
			t.Errorf("later the owner is led to %s", to)
		}
	})
}

// A household has 2^64 addresses, and counts as one client.
func TestOneHouseholdIsOneClient(t *testing.T) {
	setUp(t, func(t *testing.T, s *webtest.Server) {
		s.App.Config.Limits.AuthPerMinute = 3
		s.App.Config.Server.TrustedProxies = []string{"127.0.0.0/8"}
		for _, tt := range []struct {
			from   string
			status int
		}{
			{"2001:db8::1", 200}, {"2001:db8::2", 200}, {"2001:db8:0:0:ffff::", 200}, {"2001:db8::3", 429},
			{"2001:db8:0:1::1", 200},
			{"192.0.2.1", 200}, {"192.0.2.2", 200}, {"::ffff:192.0.2.1", 200}, {"192.0.2.1", 200}, {"192.0.2.1", 429},
		} {
			a := s.Stranger().With("X-Forwarded-For", tt.from).Do("POST", "/auth/email-check/",
				map[string]any{"email": "x@sailplane.test"})
			if a.Status != tt.status {
				t.Errorf("from %s: %d %s", tt.from, a.Status, a.Raw)
			}
		}
	})
}

// The letters of a reset and of a changed address are bounded as codes are, and guesses by the address, not by who
// asks.
func TestLettersToOneAddressAreBounded(t *testing.T) {
	setUp(t, func(t *testing.T, s *webtest.Server) {
		s.Mail()
		s.User("victim")
		sent := 0
		for i := range 8 {
			path := []string{"/auth/forgot-password/", "/auth/spaces/forgot-password/"}[i%2]
			if s.Stranger().Do("POST", path, map[string]any{"email": "victim@sailplane.test"}).Status == 200 {
				sent++
			}
		}
		if sent != 4 {
			t.Errorf("%d letters about a forgotten password", sent)
		}
		sent, guessed := 0, 0
		for n := range 4 {
			somebody := s.User(fmt.Sprint("somebody", n))
			for range 3 {
				if somebody.Do("POST", "/api/users/me/email/generate-code/",
					map[string]any{"email": "New@sailplane.test"}).Status == 200 {
					sent++
				}
				for range 6 {
					a := somebody.Do("PATCH", "/api/users/me/email/", map[string]any{"email": "new@sailplane.test", "code": "1"})
					if strings.Contains(string(a.Raw), "Invalid verification code") {
						guessed++
					}
				}
			}
		}
		if sent > 4 || guessed > 10 {
			t.Errorf("%d codes were sent for a new address, and %d guesses looked at", sent, guessed)
		}
	})
}

// What several nodes are asked counts together.
func TestNodesCountTogether(t *testing.T) {
	if os.Getenv(storetest.Postgres) == "" {
		t.Skip("limits are shared on Postgres")
	}
	var nodes []*webtest.Server
	for _, db := range storetest.Nodes(t, 2) {
		nodes = append(nodes, webtest.New(t, apptest.New(t, db)))
		cfg := nodes[len(nodes)-1].App.Config
		cfg.Limits.AuthPerMinute, cfg.Limits.APIKeyPerMinute, cfg.Limits.PasswordMisses = 6, 6, 6
		db.OwnClock().Stop(time.Now())
	}
	if _, err := instance.CreateAdmin(t.Context(), nodes[0].App,
		user.Draft{Email: "admin@sailplane.test", Password: strong, FirstName: "A"}, "T"); err != nil {
		t.Fatal(err)
	}
	passed := map[string]int{}
	ann := nodes[0].User("ann")
	first, second := ann.WithKey(), ann.WithKey() // more keys are not more requests
	for i := range 20 {
		node := nodes[i%2]
		if node.Stranger().Do("POST", "/auth/email-check/", map[string]any{"email": "x@sailplane.test"}).Status != 429 {
			passed["client"]++
		}
		for _, key := range []*webtest.Client{first, second} {
			if key.On(node).Do("GET", "/api/v1/users/me/", nil).Status == 200 {
				passed["person"]++
			}
		}
		c := &app.Call{Context: t.Context(), App: node.App, IP: fmt.Sprintf("192.0.2.%d", i)}
		u, err := user.Find(c, node.App, "admin@sailplane.test")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := user.Try(c, u, "wrong"); err == nil {
			passed["password"]++
		}
	}
	for what, n := range passed {
		if n != 6 {
			t.Errorf("%s: %d passed, want 6", what, n)
		}
	}
	var kept int
	if err := nodes[0].App.DB.Read(t.Context()).One("SELECT COUNT(*) FROM limits", nil, &kept); err != nil || kept != 3 {
		t.Errorf("%d counts in the table, %v", kept, err)
	}
	nodes[1].App.DB.OwnClock().Run(time.Hour)
	if err := retention.Due(t.Context(), nodes[1].App); err != nil {
		t.Fatal(err)
	}
	if err := nodes[0].App.DB.Read(t.Context()).One("SELECT COUNT(*) FROM limits", nil, &kept); err != nil || kept != 0 {
		t.Errorf("%d counts are left, %v", kept, err)
	}
}
