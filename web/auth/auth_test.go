package auth_test

import (
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/instance"
	"github.com/sailplane/sailplane/app/retention"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/webtest"
)

const strong = "Sturdy-Walrus-2219!"

// browser keeps cookies and follows no redirect.
type browser struct {
	t *testing.T
	s *webtest.Server
	*http.Client
}

func newBrowser(t *testing.T, s *webtest.Server) *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t, s, &http.Client{Jar: jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

func (b *browser) do(method, path string, form url.Values, header ...string) *http.Response {
	b.t.Helper()
	req, err := http.NewRequest(method, b.s.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := b.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { res.Body.Close() })
	return res
}

// token fetches what a form carries.
func (b *browser) token() string {
	b.t.Helper()
	var body struct {
		Token string `json:"csrf_token"`
	}
	if err := json.NewDecoder(b.do("GET", "/auth/get-csrf-token/", nil).Body).Decode(&body); err != nil {
		b.t.Fatal(err)
	}
	return body.Token
}

// post sends a form with its token and returns where that leads.
func (b *browser) post(path string, fields ...string) string {
	b.t.Helper()
	form := url.Values{"csrfmiddlewaretoken": {b.token()}}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	res := b.do("POST", path, form)
	if res.StatusCode != http.StatusFound {
		b.t.Fatalf("POST %s: %d", path, res.StatusCode)
	}
	return strings.TrimPrefix(res.Header.Get("Location"), b.s.URL)
}

func (b *browser) signedIn() bool {
	b.t.Helper()
	return b.do("GET", "/api/users/me/", nil).StatusCode == http.StatusOK
}

func (b *browser) cookie(name string) string {
	u, _ := url.Parse(b.s.URL)
	for _, c := range b.Jar.Cookies(u) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// setUp serves an installation that an administrator has set up.
func setUp(t *testing.T, test func(t *testing.T, s *webtest.Server)) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		_, err := instance.CreateAdmin(t.Context(), s.App,
			user.Draft{Email: "admin@sailplane.test", Password: strong, FirstName: "A"}, "Tests")
		if err != nil {
			t.Fatal(err)
		}
		test(t, s)
	})
}

func write(t *testing.T, s *webtest.Server, fn func(tx *store.Tx) error) {
	t.Helper()
	if err := s.App.DB.Write(t.Context(), "", fn); err != nil {
		t.Fatal(err)
	}
}

func TestSessionsAreKeptAsHashes(t *testing.T) {
	setUp(t, func(t *testing.T, s *webtest.Server) {
		b := newBrowser(t, s)
		b.post("/auth/sign-up/", "email", "ann@sailplane.test", "password", strong)
		first := b.cookie(web.SessionCookie)
		rows, err := store.Sessions.List(s.App.DB.Read(t.Context()), dbx.NewExp("user_id IS NOT NULL"))
		if err != nil || len(rows) != 1 {
			t.Fatalf("%d sessions, %v", len(rows), err)
		}
		if rows[0].SessionKey == first || rows[0].SessionKey != app.HashKey(first) {
			t.Errorf("the database has %q for the cookie %q", rows[0].SessionKey, first)
		}
		b.post("/auth/sign-in/", "email", "ann@sailplane.test", "password", strong)
		if b.cookie(web.SessionCookie) == first {
			t.Error("signing in left the session's key as it was")
		}
		b.post("/auth/sign-out/")
		if b.signedIn() {
			t.Error("the session outlives the sign-out")
		}
	})
}

func TestAnExpiredSessionIsNone(t *testing.T) {
	setUp(t, func(t *testing.T, s *webtest.Server) {
		b := newBrowser(t, s)
		b.post("/auth/sign-up/", "email", "ann@sailplane.test", "password", strong)
		s.App.DB.OwnClock().Run(s.App.Config.Sessions.Life() + time.Hour)
		if b.signedIn() {
			t.Error("a session lasts longer than its life")
		}
		if err := retention.Round(t.Context(), s.App, struct{}{}); err != nil {
			t.Fatal(err)
		}
		if n, err := store.Sessions.Count(s.App.DB.Read(t.Context()), dbx.NewExp("user_id IS NOT NULL")); n != 0 ||
			err != nil {
			t.Errorf("%d sessions left, %v", n, err)
		}
	})
}

func TestImportedHashesAreRenewed(t *testing.T) {
	// "pässwörd ☃" as Django writes it, with few rounds.
	const django = "pbkdf2_sha256$1000$abcSALT$W3bvHaU6gVxoiA7Vd709OR4+HG5gerT5dUtKNINLgik="
	setUp(t, func(t *testing.T, s *webtest.Server) {
		u := user.New("old@sailplane.test")
		u.Password = django
		write(t, s, func(tx *store.Tx) error { return user.Insert(tx, u) })
		b := newBrowser(t, s)
		if to := b.post("/auth/sign-in/", "email", "old@sailplane.test", "password", "wrong"); !strings.Contains(to, "5065") {
			t.Errorf("a wrong password led to %s", to)
		}
		for range 2 { // with the imported hash, then with the renewed one
			if to := b.post("/auth/sign-in/", "email", "old@sailplane.test", "password", "pässwörd ☃"); to != "" ||
				!b.signedIn() {
				t.Errorf("signing in led to %q", to)
			}
		}
		now, err := store.Users.Find(s.App.DB.Read(t.Context()), u.ID)
		if err != nil || !strings.HasPrefix(now.Password, "argon2$argon2id$") {
			t.Errorf("the hash is %s, %v", now.Password, err)
		}
	})
}

func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	setUp(t, func(t *testing.T, s *webtest.Server) {
		for name, c := range map[string]struct {
			token  func(b *browser) string
			header []string
			passes bool
		}{
			"the field":        {token: (*browser).token, passes: true},
			"no token":         {token: func(b *browser) string { b.token(); return "" }},
			"another token":    {token: func(b *browser) string { b.token(); return strings.Repeat("x", 64) }},
			"no cookie":        {token: func(*browser) string { return strings.Repeat("x", 64) }},
			"from our page":    {token: (*browser).token, header: []string{"Origin", s.URL}, passes: true},
			"from another one": {token: (*browser).token, header: []string{"Origin", "https://evil.test"}},
		} {
			t.Run(name, func(t *testing.T) {
				b := newBrowser(t, s)
				form := url.Values{"csrfmiddlewaretoken": {c.token(b)}, "email": {"nobody@sailplane.test"}, "password": {"x"}}
				res := b.do("POST", "/auth/sign-in/", form, c.header...)
				if passed := res.StatusCode == http.StatusFound; passed != c.passes {
					t.Errorf("status %d", res.StatusCode)
				}
			})
		}
	})
}

func TestTooManyTriesFromOneAddress(t *testing.T) {
	setUp(t, func(t *testing.T, s *webtest.Server) {
		s.App.Config.Limits.AuthPerMinute = 3
		b := newBrowser(t, s)
		for i := range 5 {
			res := b.do("POST", "/auth/email-check/", url.Values{"email": {"ann@sailplane.test"}})
			if limited := res.StatusCode == http.StatusTooManyRequests; limited != (i >= 3) {
				t.Errorf("try %d: %d", i+1, res.StatusCode)
			}
		}
	})
}

func TestACodeDiesOfWrongGuesses(t *testing.T) {
	setUp(t, func(t *testing.T, s *webtest.Server) {
		const email, purpose, code = "new@sailplane.test", "sign-in new@sailplane.test", "123456"
		write(t, s, func(tx *store.Tx) error {
			for key, value := range map[string]string{"EMAIL_HOST": "mail.test", "ENABLE_MAGIC_LINK_LOGIN": "1"} {
				row, err := store.InstanceConfigurations.Get(tx, dbx.HashExp{"key": key})
				if err != nil {
					return err
				}
				row.Value = &value
				if err := store.InstanceConfigurations.Set(tx, row, "value"); err != nil {
					return err
				}
			}
			_, err := store.SaveCode(tx,
				&store.Code{Purpose: purpose, Hash: app.HashKey(purpose + code), ExpiresAt: tx.Now.Add(time.Minute)},
				store.CodeLimits{Sends: 4, Misses: 10})
			return err
		})
		b := newBrowser(t, s)
		for range 10 {
			if to := b.post("/auth/magic-sign-up/", "email", email, "code", "000000"); !strings.Contains(to,
				"INVALID_MAGIC_CODE") {
				t.Fatalf("a wrong code led to %s", to)
			}
		}
		if to := b.post("/auth/magic-sign-up/", "email", email, "code", code); !strings.Contains(to, "EXPIRED_MAGIC_CODE") {
			t.Errorf("after ten wrong guesses the right code led to %s", to)
		}
	})
}
