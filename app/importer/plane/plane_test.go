package plane_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/importer/plane"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/blob"
	"github.com/sailplane/sailplane/store/storetest"
)

const oldKey = "the-old-installation's-secret-key-0123456789"

var newSecret = []byte("fedcba9876543210fedcba9876543210")

// fill makes an installation with something in nearly every table, and with every kind of secret.
func fill(t *testing.T, a *app.App) {
	t.Helper()
	f := storetest.Fill(t, a.DB, 30, 5)
	f.Surround(t, a.DB, 3)
	err := a.DB.Write(t.Context(), f.User.ID, func(tx *store.Tx) error {
		version, secret := "v1.3.1", a.Seal("mail-password")
		return errors.Join(
			store.Instances.Insert(tx, &store.Instance{InstanceName: "Old", InstanceID: "old", CurrentVersion: version, Edition: "x"}),
			store.InstanceConfigurations.Insert(tx, &store.InstanceConfiguration{Key: "EMAIL_HOST_PASSWORD", Value: &secret,
				IsEncrypted: true}),
			store.InstanceConfigurations.Insert(tx, &store.InstanceConfiguration{Key: "EMAIL_HOST", Value: &version}),
			store.Webhooks.Insert(tx, &store.Webhook{WorkspaceID: f.Workspace.ID, URL: "https://a.test/",
				SecretKey: a.Seal("plane_wh_x")}),
			store.APITokens.Insert(tx, &store.APIToken{Token: app.HashKey("plane_api_old"), UserID: f.User.ID}),
			store.FileAssets.Insert(tx, &store.FileAsset{Asset: f.Workspace.ID + "/a picture.png", IsUploaded: true}),
			store.FileAssets.Insert(tx, &store.FileAsset{Asset: f.Workspace.ID + "/lost.png", IsUploaded: true}),
			store.Issues.Set(tx, &store.Issue{AuditFields: store.AuditFields{ID: f.First}, Name: "tab\tline\nback\\slash é \\N \\."},
				"name"),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// dump is the installation as Plane's own database would be dumped.
func dump(t *testing.T, a *app.App) []byte {
	t.Helper()
	var b bytes.Buffer
	r, err := plane.Export(t.Context(), a, &b, oldKey, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Emptied) > 0 {
		t.Errorf("settings are lost: %v", r.Emptied)
	}
	return b.Bytes()
}

// What is here and can't be there is told.
func TestWhatStaysBehindIsTold(t *testing.T) {
	a := apptest.New(t, storetest.SQLite(t))
	fill(t, a)
	r, err := plane.Export(t.Context(), a, io.Discard, "", func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]int64{}
	for _, c := range r.Left {
		told[c.Table] = c.Rows
	}
	if told["milestones"] != 3 || told["issues"] != 0 || told["jobs"] != 0 ||
		!slices.Equal(r.Emptied, []string{"EMAIL_HOST_PASSWORD"}) {
		t.Errorf("%v, settings %v", r.Left, r.Emptied)
	}
}

// convert takes a dump over into a fresh database.
func convert(t *testing.T, o plane.Order) (*plane.Converted, *app.App) {
	t.Helper()
	o.Folder, o.Secret, o.Say = t.TempDir(), newSecret, func(string) {}
	done, err := plane.Convert(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	a := apptest.New(t, storetest.SQLiteAt(t, done.Database))
	a.Secret = newSecret
	return done, a
}

// rows are all rows of the tables that are taken over, as text, sorted. Sealed columns are opened.
func rows(t *testing.T, a *app.App) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	err := a.DB.Snapshot(t.Context(), func(tx *store.Tx) error {
		for _, table := range plane.Tables() {
			columns, err := store.MovedTable{Name: table}.Columns(tx)
			if err != nil {
				return err
			}
			columns = slices.DeleteFunc(columns, func(c store.Column) bool {
				return !slices.Contains(plane.Columns(table), c.Name)
			})
			slices.SortFunc(columns, func(x, y store.Column) int { return strings.Compare(x.Name, y.Name) })
			err = store.EachRow(tx, table, columns, func(values []any) error {
				for i, c := range columns {
					text, _ := values[i].(string)
					if c.Name == "secret_key" || table == "instance_configurations" && c.Name == "value" && len(text) > 30 {
						var err error
						if values[i], err = a.Unseal(text); err != nil {
							return err
						}
					}
					if c.Name == "token" && table == "api_tokens" || table == "email_notification_logs" && c.Name == "processed_at" {
						values[i] = nil
					}
				}
				all[table] = append(all[table], fmt.Sprintf("%v", values))
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestTakenOverAndBack(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		fill(t, a)
		want := rows(t, a)
		if len(want) < 40 {
			t.Fatalf("only %d tables have rows", len(want))
		}
		first := dump(t, a)
		done, taken := convert(t, plane.Order{Input: bytes.NewReader(first), Key: oldKey})
		if d := cmp.Diff(want, rows(t, taken)); d != "" {
			t.Errorf("taken over (-want +got):\n%.3000s", d)
		}
		if done.Release != "v1.3.1" || done.Unsealed != 1 || done.Noted+len(done.Left)+len(done.Emptied) != 0 {
			t.Errorf("the report: %+v", done.Report)
		}
		sum := int64(0)
		for _, lines := range want {
			sum += int64(len(lines))
		}
		if done.Rows() != sum {
			t.Errorf("%d rows are told of, %d were there", done.Rows(), sum)
		}
		// Sealed by Plane's way twice it is never the same; all else is.
		if x, y := unsealed(first), unsealed(dump(t, taken)); x != y {
			t.Error("dumped again it is another dump")
		}
		for _, key := range []string{"plane_api_old", app.HashKey("plane_api_old")} {
			if _, err := taken.TokenByKey(t.Context(), key); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("a key that can't be in the dump works: %v", err)
			}
		}
	})
}

// unsealed is a dump but for the tables of which something is never the same again: what is sealed, keys, and letters
// that do not go out.
func unsealed(dump []byte) string {
	var all []string
	for _, block := range strings.Split(string(dump), "COPY public.") {
		name, _, _ := strings.Cut(block, " ")
		if !slices.Contains([]string{"instance_configurations", "api_tokens", "email_notification_logs"}, name) {
			all = append(all, block)
		}
	}
	return strings.Join(all, "")
}

// What the programs of Postgres write is read: packed or not, whole or from the server itself.
func TestDumpsOfPostgres(t *testing.T) {
	if !slices.Contains(storetest.Engines(), storetest.EnginePostgres) {
		t.Skip("no Postgres")
	}
	program, err := exec.LookPath("pg_dump")
	if err != nil {
		t.Skip("no pg_dump")
	}
	a := apptest.New(t, storetest.OnPostgres(t))
	fill(t, a)
	want := rows(t, a)
	err = a.DB.Write(t.Context(), "", func(tx *store.Tx) error {
		for _, column := range plane.Arrays() {
			table, name, _ := strings.Cut(column, ".")
			for _, change := range []string{" DROP DEFAULT", " TYPE TEXT[] USING translate(" + name + "::text, '[]', '{}')::text[]"} {
				if _, err := tx.Exec("ALTER TABLE " + table + " ALTER COLUMN " + name + change); err != nil {
					return err
				}
			}
		}
		for _, statement := range []string{
			"UPDATE instance_configurations SET value = '' WHERE is_encrypted", "DROP TABLE sessions",
			"UPDATE webhooks SET secret_key = 'plane_wh_x'",
			"CREATE TABLE sessions (session_key TEXT PRIMARY KEY)", "INSERT INTO sessions VALUES ('a'), ('b')",
			"CREATE TABLE slack_things (id INT, note TEXT)", "INSERT INTO slack_things VALUES (1, E'a\\tb')",
			"CREATE TABLE django_migrations (app TEXT, name TEXT)", "INSERT INTO django_migrations VALUES ('db', '0121')",
			"UPDATE users SET last_active = 'infinity' WHERE email IS NOT NULL",
		} {
			if _, err := tx.Exec(statement); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	from := urlOf(t, a)
	made := func(args ...string) string {
		file := filepath.Join(t.TempDir(), "dump")
		out, err := exec.CommandContext(t.Context(), program, append(args, "--file", file, from)...).CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v", out, err)
		}
		return file
	}
	for name, source := range map[string]string{
		"custom": made("--format=custom"), "not packed": made("--format=custom", "--compress=0"),
		"plain": made("--format=plain"), "plain, packed": made("--format=plain", "--compress=6"), "the server": from,
	} {
		t.Run(name, func(t *testing.T) {
			done, taken := convert(t, plane.Order{Source: source})
			got := rows(t, taken)
			for _, table := range slices.Sorted(maps.Keys(want)) {
				if table == "users" || table == "instance_configurations" {
					continue
				}
				if d := cmp.Diff(want[table], got[table]); d != "" {
					t.Errorf("%s (-want +got):\n%.1000s", table, d)
				}
			}
			left := map[string]int64{}
			for _, c := range done.Left {
				left[c.Table] = c.Rows
			}
			if left["sessions"] != 2 || left["slack_things"] != 1 || left["django_migrations"] != 0 {
				t.Errorf("left out: %v", done.Left)
			}
			if len(got["users"]) != len(want["users"]) || !slices.ContainsFunc(done.Notes,
				func(n plane.Note) bool { return n.Column == "last_active" && n.ID != "" }) {
				t.Errorf("notes: %v", done.Notes)
			}
			if _, err := taken.TokenByKey(t.Context(), tokenOf(t, a)); err != nil {
				t.Errorf("a key does not work any more: %v", err)
			}
		})
	}
	for _, args := range [][]string{{"--format=tar"}, {"--format=plain", "--inserts"},
		{"--format=custom", "--table=users"}} {
		_, err := plane.Convert(t.Context(), plane.Order{Source: made(args...), Folder: t.TempDir(), Secret: newSecret,
			Say: func(string) {}})
		if !errors.Is(err, plane.ErrNoDump) {
			t.Errorf("%v: %v", args, err)
		}
	}
}

// urlOf is where a test's database is.
func urlOf(t *testing.T, a *app.App) string {
	t.Helper()
	var name string
	if err := a.DB.Read(t.Context()).One("SELECT current_database()", nil, &name); err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(os.Getenv(storetest.Postgres))
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

// tokenOf is what the database keeps of the one key, which a dump of Plane has in the clear.
func tokenOf(t *testing.T, a *app.App) string {
	t.Helper()
	keys, err := store.APITokens.List(a.DB.Read(t.Context()), nil)
	if err != nil || len(keys) != 1 {
		t.Fatal(keys, err)
	}
	return keys[0].Token
}

// A dump that is none, or not whole, or of another release leaves nothing and says why.
func TestDumpsThatAreNone(t *testing.T) {
	a := apptest.New(t, storetest.SQLite(t))
	fill(t, a)
	good := string(dump(t, a))
	replaced := func(old, with string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("the dump has no %q", old)
		}
		return strings.Replace(good, old, with, 1)
	}
	for name, test := range map[string]struct{ dump, key, want string }{
		"nothing":                     {"", "", "no rows"},
		"a picture":                   {"\x89PNG\r\n\x1a\n", "", "no rows"},
		"cut off in a row":            {good[:strings.Index(good, "\tv1.3.1\t")+1], "", "values and not"},
		"cut off behind a row":        {good[:strings.Index(good, "\n\\.\n\nCOPY public.workspaces")+1], "", "cut off"},
		"a part of the tables":        {good[:strings.Index(good, "COPY public.modules")], "", "whole database"},
		"another release":             {replaced(`"sequence_id", `, ""), "", "it has no column sequence_id: another release"},
		"a table twice":               {good + good, "", "twice"},
		"a value too few":             {replaced("\tv1.3.1\t", "v1.3.1"), "", "values and not"},
		"another key":                 {good, "not-the-key", "EMAIL_HOST_PASSWORD can't be opened"},
		"a reference that leads away": {replaced("COPY public.states (", "COPY public.nothing ("), "", "states is not in it"},
		"a custom dump, cut off":      {"PGDMP\x01\x0e\x00\x04\x08\x01", "", "cut off"},
		"a newer custom dump":         {"PGDMP\x01\x63\x00\x04\x08\x01", "", "not known"},
		"a tar of pg_dump":            {"PGDMP\x01\x0e\x00\x04\x08\x03", "", "--format=custom"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := plane.Convert(t.Context(), plane.Order{Input: strings.NewReader(test.dump), Key: test.key,
				Folder: t.TempDir(), Secret: newSecret, Say: func(string) {}})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("it says %v, want %q", err, test.want)
			}
		})
	}
}

func TestPackedDump(t *testing.T) {
	a := apptest.New(t, storetest.SQLite(t))
	fill(t, a)
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(dump(t, a)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	done, taken := convert(t, plane.Order{Input: &b})
	if !slices.Equal(done.Emptied, []string{"EMAIL_HOST_PASSWORD"}) || done.Unsealed != 0 {
		t.Errorf("without a key: %+v", done.Report)
	}
	for _, files := range []string{"folder", "tar", "bucket"} {
		t.Run(files, func(t *testing.T) { takeFiles(t, done, taken, files) })
	}
}

// takeFiles takes files over: those that rows name, from wherever they are, and nothing else.
func takeFiles(t *testing.T, done *plane.Converted, taken *app.App, from string) {
	t.Helper()
	assets, err := store.FileAssets.List(taken.DB.Read(t.Context()), nil)
	if err != nil {
		t.Fatal(err)
	}
	key := ""
	for _, f := range assets {
		if strings.HasSuffix(f.Asset, "a picture.png") {
			key = f.Asset
		}
	}
	uploads := uploadsOf(t, from, map[string]string{
		"uploads/" + key: "the picture", "uploads/nobody/wants.png": "x", "../" + key: "from outside", "xl.txt": "y",
	})
	folder := filepath.Join(t.TempDir(), "files")
	got, err := done.TakeFiles(t.Context(), uploads, folder)
	if err != nil {
		t.Fatal(err)
	}
	if got.Taken != 1 || got.Bytes != int64(len("the picture")) || got.Missing < 1 || !slices.ContainsFunc(got.Some,
		func(key string) bool { return strings.HasSuffix(key, "/lost.png") }) {
		t.Errorf("files: %+v", got)
	}
	there, err := blob.OnDisk(folder)
	if err != nil {
		t.Fatal(err)
	}
	r, size, err := there.Open(t.Context(), key)
	if err != nil || size != int64(len("the picture")) {
		t.Fatalf("%s: %d bytes, %v", key, size, err)
	}
	r.Close()
}
