package auth_test

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// configure writes settings of the installation.
func configure(t *testing.T, s *webtest.Server, settings map[string]string) {
	t.Helper()
	write(t, s, func(tx *store.Tx) error {
		for key, value := range settings {
			row, err := store.InstanceConfigurations.Get(tx, dbx.HashExp{"key": key})
			if err != nil {
				return err
			}
			if row.IsEncrypted {
				value = s.App.Seal(value)
			}
			row.Value = &value
			if err := store.InstanceConfigurations.Set(tx, row, "value"); err != nil {
				return err
			}
		}
		return nil
	})
}

// through signs somebody in at the provider and returns the account here.
func through(b *browser) map[string]any {
	b.t.Helper()
	there, err := url.Parse(b.do("GET", "/auth/gitlab/", nil).Header.Get("Location"))
	if err != nil {
		b.t.Fatal(err)
	}
	b.do("GET", "/auth/gitlab/callback/?code=1&state="+there.Query().Get("state"), nil)
	var me map[string]any
	if err := json.NewDecoder(b.do("GET", "/api/users/me/", nil).Body).Decode(&me); err != nil {
		b.t.Fatal(err)
	}
	return me
}

func TestAPictureFromAProvider(t *testing.T) {
	png, err := base64.StdEncoding.DecodeString("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
	if err != nil {
		t.Fatal(err)
	}
	setUp(t, func(t *testing.T, s *webtest.Server) {
		asked := 0
		closed := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { asked++; w.Write(png) }))
		t.Cleanup(closed.Close)
		var person map[string]any
		provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/oauth/token":
				io.WriteString(w, `{"access_token": "t"}`)
			case "/api/v4/user":
				json.NewEncoder(w).Encode(person)
			case "/pic.png":
				w.Header().Set("Content-Type", "image/png")
				w.Write(png)
			case "/page":
				w.Header().Set("Content-Type", "text/html")
				w.Write(png)
			case "/away":
				http.Redirect(w, r, closed.URL+"/pic.png", http.StatusFound)
			case "/large":
				w.Header().Set("Content-Type", "image/png")
				w.Write(make([]byte, 4096))
			default:
				http.NotFound(w, r)
			}
		}))
		t.Cleanup(provider.Close)
		s.App.Config.Limits.FileSize = 1024
		configure(t, s, map[string]string{"GITLAB_HOST": provider.URL, "GITLAB_CLIENT_ID": "id",
			"GITLAB_CLIENT_SECRET": "secret"})

		for i, tt := range []struct {
			name, picture string
			kept          bool
		}{
			{"a picture", provider.URL + "/pic.png", true},
			{"no picture", provider.URL + "/missing.png", false},
			{"a page", provider.URL + "/page", false},
			{"too large a picture", provider.URL + "/large", false},
			{"in our own network", closed.URL + "/pic.png", false},
			{"led into our own network", provider.URL + "/away", false},
		} {
			person = map[string]any{"id": i, "name": "N", "email": strings.ReplaceAll(tt.name, " ", ".") + "@sailplane.test",
				"avatar_url": tt.picture}
			b := newBrowser(t, s)
			me := through(b)
			shown, _ := me["avatar_url"].(string)
			if me["avatar"] != tt.picture || strings.HasPrefix(shown, "/api/assets/v2/static/") != tt.kept || !tt.kept &&
				shown != tt.picture {
				t.Errorf("%s: avatar %v, shown from %s", tt.name, me["avatar"], shown)
			}
			if !tt.kept {
				continue
			}
			file := b.do("GET", shown, nil)
			if file.StatusCode == http.StatusFound {
				file = b.do("GET", strings.TrimPrefix(file.Header.Get("Location"), s.URL), nil)
			}
			if got, _ := io.ReadAll(file.Body); string(got) != string(png) || file.Header.Get("Content-Type") != "image/png" {
				t.Errorf("the file is %d bytes of %s", len(got), file.Header.Get("Content-Type"))
			}
		}
		if asked > 0 {
			t.Error("an address that people typed was asked in our own network")
		}

		configure(t, s, map[string]string{"ENABLE_GITLAB_SYNC": "1"})
		person = map[string]any{"id": 99, "name": "N", "email": "followed@sailplane.test",
			"avatar_url": provider.URL + "/pic.png"}
		if me := through(newBrowser(t, s)); me["avatar"] != "" || me["avatar_url"] == nil {
			t.Errorf("a new person who is followed has %v, shown from %v", me["avatar"], me["avatar_url"])
		}
		rows, err := store.FileAssets.List(s.App.DB.Read(t.Context()), dbx.HashExp{})
		if err != nil || len(rows) != 2 || !rows[0].IsUploaded || !rows[1].IsUploaded {
			t.Errorf("files: %+v, %v", rows, err)
		}
	})
}

// What browsers open or post knows no other method; one that could change something is asked first where it comes from.
func TestOtherMethodsOfForms(t *testing.T) {
	setUp(t, func(t *testing.T, s *webtest.Server) {
		b := newBrowser(t, s)
		for _, tt := range []struct {
			method, path string
			header       []string
			status       int
		}{
			{"POST", "/auth/google/", nil, 200},
			{"POST", "/auth/spaces/gitea/callback/", nil, 200},
			{"PUT", "/auth/sign-in/", nil, 200},
			{"POST", "/auth/google/", []string{"X-CSRFToken", b.token()}, 405},
			{"PUT", "/auth/sign-in/", []string{"X-CSRFToken", b.token()}, 405},
			{"GET", "/auth/sign-in/", nil, 405},
		} {
			res := b.do(tt.method, tt.path, nil, tt.header...)
			if page := strings.HasPrefix(res.Header.Get("Content-Type"), "text/html"); res.StatusCode != tt.status ||
				page != (tt.status == 200) {
				t.Errorf("%s %s: %d %s", tt.method, tt.path, res.StatusCode, res.Header.Get("Content-Type"))
			}
		}
	})
}
