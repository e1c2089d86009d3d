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
			want: "line 2: webhooks.allow_networks"},
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
		"bad variable":          {env: []string{"SAILPLANE_STORAGE_S3_TLS=maybe"}, want: "SAILPLANE_STORAGE_S3_TLS"},
		"bad by variable":       {env: []string{"SAILPLANE_DATABASE_URL=mysql://x"}, want: "environment: database.url"},
		"live":                  {env: []string{"SAILPLANE_WEB_LIVE=http://[::1]:3100/"}},
		"live without a scheme": {env: []string{"SAILPLANE_WEB_LIVE=live:3000"}, want: "environment: web.live"},
		"live without a host":   {env: []string{"SAILPLANE_WEB_LIVE=http://:3000"}, want: "environment: web.live"},
		"live by its protocol":  {file: "[web]\nlive = \"ws://live\"\n", want: "line 2: web.live"},
		"live with a path":      {env: []string{"SAILPLANE_WEB_LIVE=http://live/live"}, want: "more than a host"},
		"live with a password":  {env: []string{"SAILPLANE_WEB_LIVE=http://a:b@live"}, want: "more than a host"},
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
