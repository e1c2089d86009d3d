package app_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sailplane/sailplane/app"
)

func TestExampleIsTheDefaults(t *testing.T) {
	got, err := app.LoadConfig("../config.example.toml", nil)
	if err != nil {
		t.Fatal(err)
	}
	want := app.Defaults()
	want.Server.TrustedProxies, want.Server.CORSOrigins, want.Webhooks.AllowNetworks = []string{}, []string{}, []string{}
	want.SignIn.AllowNetworks = []string{}
	want.SignIn.LDAP.AdminGroups, want.SignIn.LDAP.WorkspaceGroups = []string{}, []string{}
	want.Backup.AgeRecipients = []string{}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("config.example.toml is not the defaults (-want +got):\n%s", diff)
	}
	text, err := os.ReadFile("../config.example.toml")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range want.Settings() {
		if !strings.Contains(string(text), "\n"+s.Key+" = ") {
			t.Errorf("config.example.toml does not tell of %s", s.Name())
		}
	}
}

func TestLoadConfig(t *testing.T) {
	for name, tt := range map[string]struct {
		file string
		env  []string
		want string // in the error; empty: none
	}{
		"nothing":         {},
		"file":            {file: "[limits]\nauth_per_minute = 5\n"},
		"unknown key":     {file: "[limits]\n\nper_hour = 5\n", want: "line 3: there is no setting limits.per_hour"},
		"unknown section": {file: "[limit]\nx = 5\n", want: "line 1"},
		"wrong type":      {file: "[limits]\nauth_per_minute = \"many\"\n", want: "line 2: limits.auth_per_minute"},
		"bad value":       {file: "[log]\nlevel = \"info\"\nformat = \"xml\"\n", want: "line 3: log.format"},
		"bad network": {file: "[webhooks]\nallow_networks = [\"10.0.0.1\"]\n",
			want: "line 2: webhooks.allow_networks: \"10.0.0.1\" is one address, and no network: 10.0.0.1/32 is the network of it alone"},
		"no network":  {file: "[server]\ntrusted_proxies = [\"proxy\"]\n", want: "\"proxy\" is not a network such as 10.0.0.0/8"},
		"environment": {env: []string{"SAILPLANE_LIMITS_AUTH_PER_MINUTE=0"}},
		"gone": {file: "[jobs]\nworkers = 2\n",
			want: "line 2: there is no setting jobs.workers any more: each lane has workers of its own"},
		"gone variable": {env: []string{"SAILPLANE_JOBS_WORKERS=2"},
			want: "there is no setting SAILPLANE_JOBS_WORKERS any more: each lane"},
		"no time":     {file: "[backup]\nschedule = \"at night\"\n", want: "line 2: backup.schedule: \"at night\" is not a time"},
		"no key":      {file: "[backup]\nage_recipients = [\"ssh\"]\n", want: "line 2: backup.age_recipients"},
		"private key": {file: "[backup]\nage_recipients = [\"AGE-SECRET-KEY-1\"]\n", want: "backup.age_recipients"},
		"two places": {file: "[backup]\nfolder = \"/b\"\ns3_bucket = \"b\"\ns3_endpoint = \"e\"\n",
			want: "line 2: backup.folder: backups go either"},
		"no endpoint":      {file: "[backup]\ns3_bucket = \"b\"\n", want: "backup.s3_endpoint"},
		"no bucket at all": {file: "[backup]\ns3_prefix = \"b\"\n", want: "line 2: backup.s3_prefix: there is no bucket"},
		"keeps none":       {env: []string{"SAILPLANE_BACKUP_KEEP_BEFORE_MIGRATION=0"}, want: "backup.keep_before_migration"},
		"no worker":        {env: []string{"SAILPLANE_JOBS_OUTSIDE=0"}, want: "environment: jobs.outside"},
		"unknown variable": {env: []string{"SAILPLANE_LIMITS_PER_HOUR=1"},
			want: "there is no setting SAILPLANE_LIMITS_PER_HOUR"},
		"api writes":            {env: []string{"SAILPLANE_NOTIFICATIONS_API_WRITES=false"}},
		"no switch":             {env: []string{"SAILPLANE_NOTIFICATIONS_API_WRITES=maybe"}, want: "neither true nor false"},
		"live":                  {env: []string{"SAILPLANE_WEB_LIVE=http://[::1]:3100/"}},
		"live without a scheme": {env: []string{"SAILPLANE_WEB_LIVE=live:3000"}, want: "environment: web.live"},
		"live without a host":   {env: []string{"SAILPLANE_WEB_LIVE=http://:3000"}, want: "environment: web.live"},
		"live by its protocol":  {file: "[web]\nlive = \"ws://live\"\n", want: "line 2: web.live"},
		"live with a path":      {env: []string{"SAILPLANE_WEB_LIVE=http://live/live"}, want: "more than a host"},
		"live with a password":  {env: []string{"SAILPLANE_WEB_LIVE=http://a:b@live"}, want: "more than a host"},
		"no section":            {env: []string{"SAILPLANE_HTTP=:9"}, want: "SAILPLANE_HTTP; did you mean SAILPLANE_SERVER_HTTP?"},
		"another section":       {env: []string{"SAILPLANE_DB_URL=x"}, want: "did you mean SAILPLANE_DATABASE_URL?"},
		"a section's other number": {env: []string{"SAILPLANE_LIMIT_AUTH_PER_MINUTE=3"},
			want: "did you mean SAILPLANE_LIMITS_AUTH_PER_MINUTE?"},
		"a value's file":   {env: []string{"SAILPLANE_SECRET_FILE=x"}, want: "did you mean SAILPLANE_SERVER_SECRET_FILE?"},
		"nothing like it":  {env: []string{"SAILPLANE_FOO=1"}, want: "there is no setting SAILPLANE_FOO"},
		"the folder":       {env: []string{"SAILPLANE_DIR=/srv"}},
		"a port alone":     {file: "[server]\nhttp = \"8080\"\n", want: "line 2: server.http: \"8080\" is not an address to listen at"},
		"no such port":     {env: []string{"SAILPLANE_SERVER_HTTP=:99999"}, want: "server.http: \":99999\" is not an address to listen at"},
		"a number as text": {file: "[server]\nhttp = 8080\n", want: "line 2: server.http must be a text in quotes, and 8080 is a whole number"},
		"a text as number": {file: "[jobs]\nmail = \"4\"\n", want: "line 2: jobs.mail must be a whole number, and \"4\" is a text"},
		"a text as list":   {file: "[server]\ntrusted_proxies = \"10.0.0.0/8\"\n", want: "line 2: server.trusted_proxies must be a list of texts"},
		"a text as switch": {file: "[storage]\ns3_tls = \"no\"\n", want: "line 2: storage.s3_tls must be true or false"},
		"no end":           {file: "[server]\nhttp = \"x\n", want: "line 2"},
		"a path":           {file: "[web]\napp_url = \"https://example.org/plane\"\n", want: "line 2: web.app_url: \"https://example.org/plane\" has more than a scheme and a host"},
		"a slash":          {file: "[web]\napp_url = \"https://example.org/\"\n"},
		"a bucket nowhere": {file: "[storage]\ns3_bucket = \"b\"\n", want: "storage.s3_endpoint: s3_bucket is set"},
		"no bucket":        {file: "[storage]\ns3_endpoint = \"h\"\n", want: "storage.s3_bucket: s3_endpoint is set"},
		"a scheme":         {file: "[storage]\ns3_bucket = \"b\"\ns3_endpoint = \"http://h\"\n", want: "line 3: storage.s3_endpoint: it must be a host alone, without http://"},
		"half a key":       {file: "[storage]\ns3_bucket = \"b\"\ns3_endpoint = \"h\"\ns3_access_key = \"k\"\n", want: "go together"},
		"few connections":  {file: "[database]\nconnections = 1\n", want: "database.connections: it must be at least 4"},
		"no patience":      {file: "[database]\nconnect_seconds = 0\n", want: "database.connect_seconds: it must be at least 1"},
		"a bad limit":      {file: "[database]\nlock_seconds = -1\n", want: "database.lock_seconds: the number is too small"},
		"nothing to hear":  {file: "[database]\nlisten_url = \"postgres://h/d\"\n", want: "database.listen_url: database.url is empty"},
		"bad variable":     {env: []string{"SAILPLANE_STORAGE_S3_TLS=maybe"}, want: "SAILPLANE_STORAGE_S3_TLS"},
		"bad by variable":  {env: []string{"SAILPLANE_DATABASE_URL=mysql://x"}, want: "environment: database.url"},
		"missing value file": {env: []string{"SAILPLANE_SERVER_SECRET_FILE=/nonexistent"},
			want: "SAILPLANE_SERVER_SECRET_FILE"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "config.toml")
			if tt.file != "" {
				if err := os.WriteFile(file, []byte(tt.file), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			_, err := app.LoadConfig(file, tt.env)
			switch {
			case tt.want == "" && err != nil:
				t.Error(err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("error %v, want it to say %q", err, tt.want)
			}
		})
	}
}

func TestEnvironmentWinsOverTheFile(t *testing.T) {
	dir := t.TempDir()
	file, value := filepath.Join(dir, "config.toml"), filepath.Join(dir, "value")
	for name, text := range map[string]string{file: "[limits]\nauth_per_minute = 5\napi_key_per_minute = 6\n[log]\nlevel = \"warn\"\n", value: "error\n"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cfg, err := app.LoadConfig(file,
		[]string{"SAILPLANE_LIMITS_AUTH_PER_MINUTE=7", "SAILPLANE_WEBHOOKS_ALLOW_NETWORKS=127.0.0.0/8, ::1/128",
			"SAILPLANE_LOG_LEVEL_FILE=" + value})
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Limits.AuthPerMinute != 7 || cfg.Limits.APIKeyPerMinute != 6 || cfg.Log.Level != "error" ||
		len(cfg.Webhooks.AllowNetworks) != 2 {
		t.Errorf("got %+v", cfg)
	}
}
