package auth_test

import (
	"bytes"
	"log/slog"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/webtest"
)

// lines keeps what is logged.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

// take returns the lines since the last time.
func (l *lines) take() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := strings.Split(strings.TrimSuffix(l.text.String(), "\n"), "\n")
	l.text.Reset()
	return all
}

// filterRules are the rules of fail2ban's filter, as README has it, with what fail2ban makes of <HOST>.
func filterRules(t *testing.T) (rules []*regexp.Regexp) {
	t.Helper()
	text, err := os.ReadFile("testdata/fail2ban/sailplane.conf")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		rule := strings.TrimSpace(strings.TrimPrefix(line, "failregex = "))
		if strings.HasPrefix(rule, "^") {
			if strings.Count(rule, "<HOST>") != 1 {
				t.Errorf("fail2ban takes one <HOST> in a rule: %s", rule)
			}
			const host = `(?:::f{4,6}:)?([\w\-.:]+)`
			rules = append(rules, regexp.MustCompile(strings.Replace(rule, "<HOST>", host, 1)))
		}
	}
	if len(rules) != 2 { // for text and for JSON
		t.Fatalf("%d rules", len(rules))
	}
	return rules
}

// fail2ban cuts the time out of a line before its rules see it: the log's own, or that of the journal before it.
var logTime = regexp.MustCompile(`\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)`)

// banned are the addresses that the filter reads from lines.
func banned(rules []*regexp.Regexp, log []string) (hosts []string) {
	for _, l := range log {
		file, journal := logTime.ReplaceAllString(l, ""), "host sailplane[7]: "+l
		for _, rule := range rules {
			inFile, inJournal := rule.FindStringSubmatch(file), rule.FindStringSubmatch(journal)
			if !slices.Equal(inFile, inJournal) && (inFile == nil || inJournal == nil || inFile[1] != inJournal[1]) {
				hosts = append(hosts, "read in a file but not in the journal, or the other way round: "+l)
			}
			if inFile != nil {
				hosts = append(hosts, inFile[1])
			}
		}
	}
	return hosts
}

// Every way to fail to get in leaves one line that the filter takes the right address from; nothing else does, whatever
// a client calls itself.
func TestFail2banReadsWhoWasKeptOut(t *testing.T) {
	rules := filterRules(t)
	for name, handler := range map[string]func(l *lines) slog.Handler{
		"text": func(l *lines) slog.Handler { return slog.NewTextHandler(l, nil) },
		"json": func(l *lines) slog.Handler { return slog.NewJSONHandler(l, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			setUp(t, func(t *testing.T, s *webtest.Server) {
				var log lines
				s.App.Log = slog.New(handler(&log))
				s.App.Config.Server.TrustedProxies = []string{"127.0.0.0/8"}
				s.App.Config.Limits.PasswordMisses = 3
				s.Mail()
				s.Configure(map[string]string{"ENABLE_MAGIC_LINK_LOGIN": "1"})
				token := strings.Repeat("c", 64)
				for _, address := range []string{"203.0.113.9", "2001:db8::9"} {
					for _, tt := range []struct{ what, path, form string }{
						{"a wrong password", "/auth/sign-in/", "email=admin@sailplane.test&password=wrong"},
						{"an administrator's", "/api/instances/admins/sign-in/", "email=admin@sailplane.test&password=wrong"},
						{"no account", "/auth/sign-in/", "email=nobody@sailplane.test&password=wrong"},
						{"a board", "/auth/spaces/sign-in/", "email=nobody@sailplane.test&password=wrong"},
						{"no administrator", "/api/instances/admins/sign-in/", "email=nobody@sailplane.test&password=wrong"},
						{"a code", "/auth/magic-sign-in/", "email=admin@sailplane.test&code=123456"},
						{"a code of nobody", "/auth/magic-sign-in/", "email=nobody@sailplane.test&code=123456"},
						{"a code to sign up", "/auth/magic-sign-up/", "email=nobody@sailplane.test&code=123456"},
						{"an old link", "/auth/reset-password/dWlk/x/", "password=x"},
						{"a wrong key", "/api/v1/users/me/", ""},
						{"a wrong bearer", "/api/v1/workspaces/w/projects/", ""},
					} {
						form, err := url.ParseQuery(tt.form)
						if err != nil {
							t.Fatal(err)
						}
						method, header := "POST", []string{"X-Forwarded-For", address, "Cookie", web.CSRFCookie + "=" + token}
						form.Set("csrfmiddlewaretoken", token)
						if strings.HasPrefix(tt.path, "/api/v1/") {
							method, header = "GET", append(header, "X-Api-Key", "plane_api_0")
						}
						status := newBrowser(t, s).do(method, tt.path, form, header...).StatusCode
						if got := banned(rules, log.take()); !slices.Equal(got, []string{address}) {
							t.Errorf("%s from %s: %d, the filter reads %q", tt.what, address, status, got)
						}
					}
				}
				s.App.Config.Limits.AuthPerMinute = 1
				for range 3 {
					newBrowser(t, s).do("POST", "/auth/email-check/", nil, "X-Forwarded-For", "203.0.113.10")
					newBrowser(t, s).do("POST", "/auth/sign-out/", nil, "X-Forwarded-For", "203.0.113.10")
				}
				if got := banned(rules, log.take()); !slices.Equal(got, slices.Repeat([]string{"203.0.113.10"}, 5)) {
					t.Errorf("too many forms: the filter reads %q", got)
				}
				for _, agent := range []string{`x" level=WARN msg="sign-in refused" client=192.0.2.1 tried=password id=1`,
					`x","level":"WARN","msg":"sign-in refused","client":"192.0.2.1","tried":"key"`, "x time= level=WARN msg"} {
					newBrowser(t, s).do("GET", "/auth/get-csrf-token/", nil, "X-Forwarded-For",
						`fe80::1%" level=WARN msg="sign-in refused" client=192.0.2.1 tried=key `, "User-Agent", agent)
				}
				if got := banned(rules, log.take()); got != nil {
					t.Errorf("who calls itself so bans %q", got)
				}
			})
		})
	}
}
