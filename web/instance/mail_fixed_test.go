package instance_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/webtest"
)

// A mail server that the configuration names is shown, but for its password, and can't be changed by the pages.
func TestTheConfigurationNamesTheMailServer(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		s.App.Config.Mail = app.MailConfig{Host: "mail.example.org", TLS: app.MailTLS, User: "tracker", Password: "Sesame-31",
			From: "tracker@example.org"}
		admin := s.User("admin")
		err := s.App.DB.Write(t.Context(), "", func(tx *store.Tx) error {
			i, err := store.Instances.First(tx, dbx.HashExp{}, "created_at")
			if err != nil {
				return err
			}
			return store.InstanceAdmins.Insert(tx, &store.InstanceAdmin{InstanceID: i.ID, UserID: &admin.User.ID, Role: 20})
		})
		if err != nil {
			t.Fatal(err)
		}
		ask := func(method, path, body string) (int, string) {
			t.Helper()
			req, err := http.NewRequest(method, s.URL+"/api/instances/"+path, strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", "application/json")
			req.AddCookie(&http.Cookie{Name: web.AdminSessionCookie, Value: "session-of-admin"})
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			text, err := io.ReadAll(res.Body)
			if err != nil {
				t.Fatal(err)
			}
			return res.StatusCode, string(text)
		}
		status, text := ask("GET", "configurations/", "")
		for _, want := range []string{`"mail.example.org"`, `"465"`, `"tracker"`} {
			if status != 200 || !strings.Contains(text, want) {
				t.Errorf("%d, without %s: %s", status, want, text)
			}
		}
		if strings.Contains(text, "Sesame") {
			t.Error("the password is shown")
		}
		for _, tt := range []struct {
			method, path, body string
			status             int
		}{
			{"PATCH", "configurations/", `{"EMAIL_HOST":"evil.example.org"}`, 409},
			{"PATCH", "configurations/", `{"EMAIL_HOST_PASSWORD":"another"}`, 409},
			{"DELETE", "configurations/disable-email-feature/", ``, 409},
			{"PATCH", "configurations/", `{"EMAIL_HOST":"mail.example.org","EMAIL_PORT":"465","EMAIL_HOST_PASSWORD":""}`, 200},
			{"PATCH", "configurations/", `{"ENABLE_SIGNUP":"0"}`, 200},
		} {
			if status, text := ask(tt.method, tt.path, tt.body); status != tt.status ||
				status == 409 && !strings.Contains(text, "set in the configuration of the server") {
				t.Errorf("%s %s %s: %d %s", tt.method, tt.path, tt.body, status, text)
			}
		}
		row, err := store.InstanceConfigurations.Get(s.App.DB.Read(t.Context()), dbx.HashExp{"key": "EMAIL_HOST"})
		if err != nil || row.Value == nil || *row.Value != "" {
			t.Errorf("kept beside: %+v, %v", row, err)
		}
	})
}
