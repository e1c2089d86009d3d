package instance

import (
	"maps"
	"slices"
	"strings"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// settings are the rows of a new installation, oldest first. What is not here can't be set (Plane:
// utils/instance_config_variables/core.py; IS_GOOGLE_ENABLED and its like are no rows there either).
var settings = []struct {
	key, value, category string
	secret               bool
}{
	{"ENABLE_SIGNUP", "1", "AUTHENTICATION", false},
	{"ENABLE_EMAIL_PASSWORD", "1", "AUTHENTICATION", false},
	{"ENABLE_MAGIC_LINK_LOGIN", "0", "AUTHENTICATION", false},
	{"DISABLE_WORKSPACE_CREATION", "0", "WORKSPACE_MANAGEMENT", false},
	{"GOOGLE_CLIENT_ID", "", "GOOGLE", false},
	{"GOOGLE_CLIENT_SECRET", "", "GOOGLE", true},
	{"ENABLE_GOOGLE_SYNC", "0", "GOOGLE", false},
	{"GITHUB_CLIENT_ID", "", "GITHUB", false},
	{"GITHUB_CLIENT_SECRET", "", "GITHUB", true},
	{"GITHUB_ORGANIZATION_ID", "", "GITHUB", false},
	{"ENABLE_GITHUB_SYNC", "0", "GITHUB", false},
	{"GITLAB_HOST", "", "GITLAB", false},
	{"GITLAB_CLIENT_ID", "", "GITLAB", false},
	{"GITLAB_CLIENT_SECRET", "", "GITLAB", true},
	{"ENABLE_GITLAB_SYNC", "0", "GITLAB", false},
	{"IS_GITEA_ENABLED", "0", "GITEA", false},
	{"GITEA_HOST", "", "GITEA", false},
	{"GITEA_CLIENT_ID", "", "GITEA", false},
	{"GITEA_CLIENT_SECRET", "", "GITEA", true},
	{"ENABLE_GITEA_SYNC", "0", "GITEA", false},
	{"ENABLE_SMTP", "0", "SMTP", false},
	{"EMAIL_HOST", "", "SMTP", false},
	{"EMAIL_HOST_USER", "", "SMTP", false},
	{"EMAIL_HOST_PASSWORD", "", "SMTP", true},
	{"EMAIL_PORT", "587", "SMTP", false},
	{"EMAIL_FROM", "", "SMTP", false},
	{"EMAIL_USE_TLS", "1", "SMTP", false},
	{"EMAIL_USE_SSL", "0", "SMTP", false},
	{"LLM_API_KEY", "", "AI", true},
	{"LLM_PROVIDER", "openai", "AI", false},
	{"LLM_MODEL", "gpt-4o-mini", "AI", false},
	{"GPT_ENGINE", "gpt-3.5-turbo", "AI", false},
	{"UNSPLASH_ACCESS_KEY", "", "UNSPLASH", true},
}

// lateSettings are rows that are made when somebody sets them first: the reference, whose list this is, has none of
// them (its paid edition has most).
var lateSettings = map[string]bool{ // whether it is a secret
	"IS_OIDC_ENABLED": false, "OIDC_PROVIDER_NAME": false, "OIDC_ISSUER": false, "OIDC_CLIENT_ID": false,
	"OIDC_CLIENT_SECRET": true, "OIDC_AUTHORIZE_URL": false, "OIDC_TOKEN_URL": false, "OIDC_USERINFO_URL": false,
	"OIDC_LOGOUT_URL": false, "OIDC_GROUPS_CLAIM": false, "OIDC_ADMIN_GROUPS": false, "OIDC_WORKSPACE_GROUPS": false,
	"OIDC_TRUST_ADDRESSES": false, app.SecondFactorKey: false,
	"LDAP_SERVER_URI": false, "LDAP_START_TLS": false, "LDAP_BIND_DN": false, "LDAP_BIND_PASSWORD": true,
	"LDAP_USER_SEARCH_BASE": false, "LDAP_USER_SEARCH_FILTER": false, "LDAP_GROUP_SEARCH_BASE": false,
	"LDAP_TRUST_ADDRESSES": false, "LDAP_ALWAYS_SIGN_UP": false, "LDAP_ADMIN_GROUPS": false,
	"LDAP_WORKSPACE_GROUPS": false,
}

func categoryOf(key string) string {
	if key == app.SecondFactorKey {
		return "AUTHENTICATION"
	}
	if strings.HasPrefix(key, "LDAP_") {
		return "LDAP"
	}
	return "OIDC"
}

// addLate makes the rows of those keys that are not there yet.
func addLate(t *store.Tx, values map[string]string) error {
	for _, key := range slices.Sorted(maps.Keys(values)) {
		secret, late := lateSettings[key]
		if !late {
			continue
		}
		there, err := store.InstanceConfigurations.Exists(t, dbx.HashExp{"key": key})
		if err != nil {
			return err
		}
		if there {
			continue
		}
		row := &store.InstanceConfiguration{Key: key, Value: new(string), Category: categoryOf(key),
			IsEncrypted: secret}
		if err := store.InstanceConfigurations.Insert(t, row); err != nil {
			return err
		}
	}
	return nil
}

// ListSettings returns all settings, newest first. Secrets are sealed: see app.App.SettingValue. What the
// configuration decides is shown as it is there; the password of the mail server is not shown.
func ListSettings(c *app.Call) ([]store.InstanceConfiguration, error) {
	rows, err := store.InstanceConfigurations.List(c.Read(), dbx.HashExp{}, "created_at DESC")
	return shadowed(c, rows), err
}

func shadowed(c *app.Call, rows []store.InstanceConfiguration) []store.InstanceConfiguration {
	fixed := c.Config.Mail.Fixed()
	for i := range rows {
		value, ok := fixed[rows[i].Key]
		if !ok {
			continue
		}
		if rows[i].IsEncrypted {
			value = ""
		}
		rows[i].Value = &value
	}
	return rows
}

// refuseFixed refuses to change what the configuration decides, and a policy that is none. Forms that send all that
// they show are passed over.
func refuseFixed(c *app.Call, values map[string]string) error {
	if policy, ok := values[app.SecondFactorKey]; ok {
		switch fixed := c.Config.SignIn.SecondFactor; {
		case fixed != "" && policy != fixed:
			return app.Refuse(app.Conflict,
				"The configuration says who has to have a second factor (sign_in.second_factor).")
		case policy != "" && !slices.Contains(app.Factors, policy):
			return app.Field(app.SecondFactorKey, "It is none of "+strings.Join(app.Factors, ", ")+".")
		}
	}
	for key, value := range c.Config.Mail.Fixed() {
		if sent, ok := values[key]; ok && sent != value && (key != "EMAIL_HOST_PASSWORD" || sent != "") {
			return errMailFixed
		}
	}
	return nil
}

// ChangeSettings writes the values of the keys that there are and returns their rows, newest first. What the
// configuration decides can't be changed.
func ChangeSettings(c *app.Call, values map[string]string) ([]store.InstanceConfiguration, error) {
	if err := refuseFixed(c, values); err != nil {
		return nil, err
	}
	fixed := c.Config.Mail.Fixed()
	keys := make([]any, 0, len(values))
	for _, k := range slices.Sorted(maps.Keys(values)) {
		keys = append(keys, k)
	}
	rows := []store.InstanceConfiguration{}
	err := c.Write(func(t *store.Tx) (err error) {
		if err := addLate(t, values); err != nil {
			return err
		}
		if rows, err = store.InstanceConfigurations.List(t, dbx.In("key", keys...), "created_at DESC"); err != nil {
			return err
		}
		for i := range rows {
			if _, ok := fixed[rows[i].Key]; ok {
				continue
			}
			value := values[rows[i].Key]
			if rows[i].IsEncrypted {
				value = c.Seal(value)
			}
			rows[i].Value = &value
			// Not Update: the reference writes these rows in bulk, which leaves their time and writer as they are.
			if err := store.InstanceConfigurations.Set(t, &rows[i], "value"); err != nil {
				return err
			}
		}
		return nil
	})
	return shadowed(c, rows), err
}

// DisableMail forgets the mail server.
func DisableMail(c *app.Call) error {
	_, err := ChangeSettings(c, map[string]string{"ENABLE_SMTP": "0", "EMAIL_HOST": "", "EMAIL_HOST_USER": "",
		"EMAIL_HOST_PASSWORD": "", "EMAIL_PORT": "", "EMAIL_FROM": ""})
	return err
}
