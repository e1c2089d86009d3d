package console_test

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/sailplane/sailplane/app/instance"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/webtest"
)

const strong = "Quiet-harbour-morning-71"

// browser is somebody's: it keeps cookies, follows nothing and sends forms with their token.
type browser struct {
	*http.Client
	t      *testing.T
	s      *webtest.Server
	header []string // sent with every request, in pairs
}

// answer is what came back.
type answer struct {
	status int
	to     string // where it leads
	header http.Header
	text   string
}

func open(t *testing.T, s *webtest.Server, header ...string) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{&http.Client{Jar: jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, t, s, header}
}

// as is the browser of somebody who is signed in.
func as(t *testing.T, s *webtest.Server, who *webtest.Client) *browser {
	t.Helper()
	b := open(t, s)
	b.Jar.SetCookies(b.base(), []*http.Cookie{{Name: web.SessionCookie, Value: "session-of-" + who.User.Username, Path: "/"}})
	return b
}

func (b *browser) base() *url.URL {
	u, err := url.Parse(b.s.URL)
	if err != nil {
		b.t.Fatal(err)
	}
	return u
}

func (b *browser) cookie(name string) string {
	for _, c := range b.Jar.Cookies(b.base()) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

func (b *browser) send(method, path string, form url.Values, header ...string) answer {
	b.t.Helper()
	req, err := http.NewRequest(method, b.s.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	header = append(append([]string{}, b.header...), header...)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := b.Client.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header.Get("Location"), res.Header, string(raw)}
}

func (b *browser) get(path string) answer {
	b.t.Helper()
	return b.send(http.MethodGet, path, nil)
}

// post sends a form with the token that the browser has, or gets first.
func (b *browser) post(path string, fields ...string) answer {
	b.t.Helper()
	if b.cookie(web.CSRFCookie) == "" {
		b.get("/auth/get-csrf-token/")
	}
	form := url.Values{"csrfmiddlewaretoken": {b.cookie(web.CSRFCookie)}}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return b.send(http.MethodPost, path, form)
}

// says is what people read on a page.
func (a answer) says() string {
	root, err := html.Parse(strings.NewReader(a.text))
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	var read func(n *html.Node)
	read = func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data + " ")
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			read(c)
		}
	}
	read(root)
	return strings.Join(strings.Fields(b.String()), " ")
}

// people makes an administrator and somebody who is none, on a server that is set up.
func people(t *testing.T, s *webtest.Server) (admin, member *webtest.Client) {
	t.Helper()
	admin, member = s.User("ada"), s.User("ben")
	ctx := context.Background()
	if err := instance.Appoint(ctx, s.App, admin.User.ID, "Harbour"); err != nil {
		t.Fatal(err)
	}
	err := s.App.DB.Write(ctx, "", func(tx *store.Tx) error {
		for _, c := range []*webtest.Client{admin, member} {
			p := &store.Profile{UserID: c.User.ID, OnboardingStep: store.JSON("{}"), MobileOnboardingStep: store.JSON("{}")}
			if err := store.Profiles.Insert(tx, p); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return admin, member
}
