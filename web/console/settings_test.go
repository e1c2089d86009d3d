package console_test

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sailplane/sailplane/app/instance"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

func TestSettingsForms(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		admin, _ := people(t, s)
		b := as(t, s, admin)
		mail := []string{"host", "127.0.0.1", "port", "1", "from", "Tracker <t@sailplane.test>", "user", "u", "password",
			"secret word", "secured", "tls"}
		with := func(name, value string) []string {
			changed := append([]string{}, mail...)
			for i := 0; i < len(changed); i += 2 {
				if changed[i] == name {
					changed[i+1] = value
				}
			}
			return changed
		}
		b.try([]sent{
			{"/console/mail/test/", []string{"receiver", "a@sailplane.test"}, "", "No mail server is set."},
			{"/console/mail/", with("host", ""), "", "The host is a name"},
			{"/console/mail/", with("host", "mail.test:25"), "", "The host is a name"},
			{"/console/mail/", with("port", "0"), "", "The port is a number"},
			{"/console/mail/", with("port", "65536"), "", "The port is a number"},
			{"/console/mail/", with("from", "nobody"), "", "The sender is an e-mail address"},
			{"/console/mail/", mail, "/console/mail/?done=saved", ""},
			{"/console/mail/", with("password", ""), "/console/mail/?done=saved", ""}, // which keeps it
			{"/console/mail/test/", []string{"receiver", "a@sailplane.test"}, "", "connection refused"},
			{"/console/mail/test/", nil, "", "Receiver email is required."},
			{"/console/sign-in-providers/", nil, "", "Passwords, codes or a provider have to be on"},
			{"/console/sign-in-providers/", []string{"ENABLE_EMAIL_PASSWORD", "1",
				"ENABLE_MAGIC_LINK_LOGIN", "1"}, "/console/sign-in-providers/?done=saved", ""},
			{"/console/sign-in-providers/gitlab/", []string{"client_id", "i", "client_secret", "s",
				"host", "gitlab"}, "", "begins with https://"},
			{"/console/sign-in-providers/gitlab/", []string{"client_id", "i", "client_secret", "s",
				"host", "https://gitlab.test"}, "/console/sign-in-providers/?done=saved", ""},
			{"/console/sign-in-providers/myspace/", []string{"client_id", "i"}, "", "Nothing is here"},
		})
		settings, err := s.App.Settings(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for key, want := range map[string]string{"EMAIL_HOST_PASSWORD": "secret word", "EMAIL_USE_SSL": "1",
			"EMAIL_USE_TLS": "0",
			"ENABLE_SIGNUP": "0", "DISABLE_WORKSPACE_CREATION": "1", "GITLAB_CLIENT_SECRET": "s"} {
			if settings[key] != want {
				t.Errorf("%s is %q, want %q", key, settings[key], want)
			}
		}
		for _, path := range []string{"/console/mail/", "/console/sign-in-providers/"} {
			if a := b.get(path); strings.Contains(a.text, "secret word") || strings.Contains(a.text, `value="s"`) {
				t.Errorf("%s shows a secret", path)
			}
		}
		b.try([]sent{{"/console/mail/forget/", nil, "/console/mail/?done=mail-forgotten", ""},
			{"/console/sign-in-providers/",
				[]string{"ENABLE_MAGIC_LINK_LOGIN", "1"}, "", "Codes need a mail server."}})
	})
}

func TestJobForms(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		admin, _ := people(t, s)
		b := as(t, s, admin)
		err := s.App.DB.Write(context.Background(), "", func(tx *store.Tx) error {
			for range 2 {
				j := &store.Job{Kind: "mail.none", Payload: store.JSON("{}"), RunAt: tx.Now, DeadAt: &tx.Now,
					LastError: "<550> no such box"}
				if err := store.Jobs.Insert(tx, j); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		dead, err := store.ListJobs(s.App.DB.Read(context.Background()), 1)
		if err != nil || len(dead) != 1 {
			t.Fatalf("%d jobs, %v", len(dead), err)
		}
		page := b.get("/console/jobs/")
		if !strings.Contains(page.says(), "<550> no such box") {
			t.Errorf("the page does not say why: %s", page.says())
		}
		b.try([]sent{
			{"/console/jobs/drop/", []string{"id", "x"}, "", "That is not the number of a job."},
			{"/console/jobs/drop/", []string{"id", "-1"}, "", "That is not the number of a job."},
			{"/console/jobs/drop/", []string{"id", "999999"}, "", "There is no such job any more"},
			{"/console/jobs/drop/", []string{"id", strconv.FormatInt(dead[0].ID, 10)},
				"/console/jobs/?done=dropped", ""},
			{"/console/jobs/drop/", []string{"id", "all"}, "/console/jobs/?done=dropped", ""},
			{"/console/jobs/retry/", []string{"id", "all"}, "", "There is no such job any more"},
		})
	})
}

// A backup is made by the server, proved, and comes as a form's answer only.
func TestBackupForms(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		s.App.Dir, s.App.Temp = t.TempDir(), t.TempDir()
		admin, _ := people(t, s)
		b := as(t, s, admin)
		b.try([]sent{
			{"/console/backups/verify/", []string{"name", "../secret"}, "", "There is no such backup"},
			{"/console/backups/download/", []string{"name", "../secret"}, "", "There is no such backup"},
			{"/console/backups/download/", nil, "", "There is no such backup"},
			{"/console/backups/", nil, "/console/backups/?done=backup-begun", ""},
		})
		var name string
		for end := time.Now().Add(5 * time.Minute); name == "" && time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
			name = hidden(b.get("/console/backups/"), "/console/backups/download/", "name")
		}
		a := b.post("/console/backups/download/", "name", name)
		if a.status != http.StatusOK || len(a.text) < 1000 || !strings.Contains(a.header.Get("Content-Disposition"), name) ||
			a.header.Get("Cache-Control") != "no-store" {
			t.Errorf("the backup %q: %d %v", name, a.status, a.header)
		}
		if a := b.get("/console/backups/download/"); a.to != "/console/backups/" {
			t.Errorf("by its address alone: %d %s", a.status, a.to)
		}
	})
}

// Who was dismissed while they looked does nothing any more.
func TestDismissedInBetween(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		admin, member := people(t, s)
		ctx := context.Background()
		if err := instance.Appoint(ctx, s.App, member.User.ID, ""); err != nil {
			t.Fatal(err)
		}
		b := as(t, s, member)
		if a := b.get("/console/people/"); a.status != http.StatusOK {
			t.Fatalf("people: %d", a.status)
		}
		as(t, s, admin).try([]sent{{"/console/people/" + member.User.ID + "/demote/", nil,
			"/console/people/" + member.User.ID + "/?done=demoted", ""}})
		if a := b.post("/console/people/", "email", "eve@sailplane.test"); a.status != http.StatusForbidden {
			t.Errorf("an invitation afterwards: %d", a.status)
		}
	})
}
