package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const company = "[sign_in.oidc.company-one]\nissuer = \"https://id.example.org\"\nclient_id = \"sailplane\"\n"

// Providers are named in the file, in the environment, or in both; what is of no use is said with its line.
func TestProvidersInTheSettings(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("s3cret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		file  string
		env   []string
		fault string
	}{
		"both": {file: company, env: []string{"SAILPLANE_SIGN_IN_OIDC_COMPANY_ONE_CLIENT_SECRET_FILE=" + secret}},
		"the environment alone": {env: []string{"SAILPLANE_SIGN_IN_OIDC_COMPANY_ONE_ISSUER=https://id.example.org",
			"SAILPLANE_SIGN_IN_OIDC_COMPANY_ONE_CLIENT_ID=sailplane",
			"SAILPLANE_SIGN_IN_OIDC_COMPANY_ONE_CLIENT_SECRET=s3cret"}},
		"an unknown key":      {file: company + "scret = \"x\"\n", fault: "line 4: there is no setting sign_in.oidc.company-one.scret"},
		"an unknown variable": {env: []string{"SAILPLANE_SIGN_IN_OIDC_COMPANY_SCRET=x"}, fault: "there is no setting SAILPLANE_SIGN_IN"},
		"no issuer":           {file: "[sign_in.oidc.company-one]\nclient_id = \"x\"\n", fault: "sign_in.oidc.company-one.issuer: it is missing"},
		"an address that is none": {file: company + "token_url = \"id.example.org\"\n",
			fault: "line 4: sign_in.oidc.company-one.token_url: \"id.example.org\" is not an address"},
		"a group that is none": {file: company + "workspace_groups = [\"harbour:boss:eng\"]\n", fault: "line 4: sign_in.oidc.company-one.workspace_groups"},
		"a name in the way":    {file: strings.ReplaceAll(company, "company-one", "callback"), fault: "can't be a provider's name"},
		"a page that is none":  {file: "[sign_in]\npage = \"ours\"\n", fault: "line 2: sign_in.page: \"ours\" is none of auto, own, frontend"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "config.toml")
			if err := os.WriteFile(file, []byte(tt.file), 0o600); err != nil {
				t.Fatal(err)
			}
			cfg, err := LoadConfig(file, tt.env)
			if tt.fault != "" {
				if err == nil || !strings.Contains(err.Error(), tt.fault) {
					t.Errorf("%v, want %s", err, tt.fault)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			p := cfg.SignIn.OIDC["company-one"]
			if p == nil || p.Issuer != "https://id.example.org" || p.ClientID != "sailplane" || p.ClientSecret != "s3cret" {
				t.Errorf("the provider is %+v", p)
			}
		})
	}
}
