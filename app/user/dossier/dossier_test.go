package dossier_test

import (
	"archive/zip"
	"bytes"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/user/dossier"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/storetest"
)

// Everything of a person is what they made and what names them; nothing that somebody else wrote, and no secret.
func TestEverythingOfAPerson(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		f := storetest.Fill(t, a.DB, 60)
		ann, bob := f.People[1], f.People[2]
		sticky := func(of *store.User, name string) *store.Sticky {
			return &store.Sticky{AuditFields: store.AuditFields{ID: store.NewID()}, Name: &name, OwnerID: of.ID,
				WorkspaceID: f.Workspace.ID}
		}
		const secret = "not-to-be-read-by-anybody"
		err := a.DB.Write(t.Context(), ann.ID, func(tx *store.Tx) error {
			if err := store.Stickies.Insert(tx, sticky(ann, "Ann's own")); err != nil {
				return err
			}
			return store.APITokens.Insert(tx, &store.APIToken{AuditFields: store.AuditFields{ID: store.NewID()},
				UserID: ann.ID, Token: secret, Label: "Ann's key"})
		})
		if err != nil {
			t.Fatal(err)
		}
		err = a.DB.Write(t.Context(), bob.ID, func(tx *store.Tx) error {
			return store.Stickies.Insert(tx, sticky(bob, "Bob's own"))
		})
		if err != nil {
			t.Fatal(err)
		}
		rows, r := write(t, a, ann)
		all := strings.Join(rows, "\n")
		for text, want := range map[string]bool{"Ann's own": true, "Bob's own": false, "Ann's key": true, secret: false,
			ann.DisplayName: true, bob.DisplayName: false} {
			if strings.Contains(all, text) != want {
				t.Errorf("%q: %v, want %v", text, !want, want)
			}
		}
		if len(rows) != int(r.Rows)+strings.Count(all, `"kind":"`) {
			t.Errorf("%d lines, and %d rows were counted", len(rows), r.Rows)
		}
		for _, row := range rows {
			if !strings.Contains(row, ann.ID) && !strings.Contains(row, `"kind":"`) {
				t.Errorf("a row does not name the person: %s", row)
			}
		}
		n, err := store.IssueAssignees.Count(a.DB.Read(t.Context()), dbx.HashExp{"assignee_id": ann.ID})
		if got := strings.Count(all, `"assignee_id":"`+ann.ID); err != nil || n == 0 || got != n {
			t.Errorf("%d assignments of %d, %v", got, n, err)
		}
	})
}

// write returns the lines of all tables.
func write(t *testing.T, a *app.App, u *store.User) ([]string, *dossier.Report) {
	t.Helper()
	var file bytes.Buffer
	r, err := dossier.Write(t.Context(), a, u, &file, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for _, part := range z.File {
		if !strings.HasSuffix(part.Name, ".jsonl") {
			continue
		}
		f, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		if lines := strings.TrimSpace(string(text)); lines != "" {
			rows = append(rows, strings.Split(lines, "\n")...)
		}
	}
	return rows, r
}

// A column with a name like a secret's is left out, or known not to be one.
func TestNoSecretsOfAPerson(t *testing.T) {
	harmless := map[string]bool{"is_password_expired": true, "is_password_autoset": true, "token_updated_at": true,
		"is_password_reset_required": true, "access_token_expired_at": true, "refresh_token_expired_at": true,
		"estimate_points.key": true, "release_tags.commit_hash": true, "workspace_user_preferences.key": true,
		"workspace_home_preferences.key": true}
	secret := regexp.MustCompile(`password|secret|token|hash|key|session_data|code$`)
	apptest.Each(t, func(t *testing.T, a *app.App) {
		tables, err := store.PersonalTables(a.DB.Read(t.Context()))
		if err != nil || len(tables) < 40 {
			t.Fatal(len(tables), err)
		}
		for _, table := range tables {
			columns, err := table.Columns(a.DB.Read(t.Context()))
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range columns {
				if secret.MatchString(c.Name) && !harmless[c.Name] && !harmless[table.Name+"."+c.Name] {
					t.Errorf("%s.%s looks like a secret", table.Name, c.Name)
				}
			}
		}
	})
}
