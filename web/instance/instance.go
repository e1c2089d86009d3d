// Package instance is the API below /api/instances/: what the frontends ask of the installation before anybody has
// signed in, and what its administrators set. Administrators have a session of their own, apart from the app's.
package instance

import (
	"slices"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/directory"
	"github.com/sailplane/sailplane/app/instance"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const prefix = "/api/instances/"

// Ops are the operations of this API, a table a resource.
func Ops() []web.Op {
	return slices.Concat(
		instances,
		admins,
		configurations,
		workspaces,
		mails,
	)
}

var instances = []web.Op{
	web.Do("GET", prefix, web.Public(), 200, "Describe the installation", getInstance),
	web.Do("PATCH", prefix, web.InstanceAdmin(), 200, "Change the installation", updateInstance),
	web.Do("POST", prefix+"admins/sign-up-screen-visited/", web.Public(), 204, "Note that the set-up was seen", noteVisit),
}

// Instance is the installation as this API shows it.
type Instance struct {
	ID                         string  `json:"id"`
	CreatedAt                  string  `json:"created_at"`
	UpdatedAt                  string  `json:"updated_at"`
	DeletedAt                  *string `json:"deleted_at"`
	InstanceName               string  `json:"instance_name"`
	WhitelistEmails            *string `json:"whitelist_emails"`
	InstanceID                 string  `json:"instance_id"`
	CurrentVersion             string  `json:"current_version"`
	LatestVersion              *string `json:"latest_version"`
	Edition                    string  `json:"edition"`
	Domain                     string  `json:"domain"`
	LastCheckedAt              string  `json:"last_checked_at"`
	Namespace                  *string `json:"namespace"`
	IsTelemetryEnabled         bool    `json:"is_telemetry_enabled"`
	IsSupportRequired          bool    `json:"is_support_required"`
	IsSetupDone                bool    `json:"is_setup_done"`
	IsSignupScreenVisited      bool    `json:"is_signup_screen_visited"`
	IsVerified                 bool    `json:"is_verified"`
	IsTest                     bool    `json:"is_test"`
	IsCurrentVersionDeprecated bool    `json:"is_current_version_deprecated"`
	CreatedBy                  *string `json:"created_by"`
	UpdatedBy                  *string `json:"updated_by"`
	WorkspacesExist            *bool   `json:"workspaces_exist,omitempty"` // only when it is read
}

func describe(c *app.Call, i *store.Instance) Instance {
	return Instance{
		ID: i.ID, CreatedAt: c.Time(i.CreatedAt), UpdatedAt: c.Time(i.UpdatedAt), DeletedAt: c.TimePtr(i.DeletedAt),
		InstanceName: i.InstanceName, WhitelistEmails: i.WhitelistEmails, InstanceID: i.InstanceID,
		CurrentVersion: i.CurrentVersion, LatestVersion: i.LatestVersion, Edition: i.Edition, Domain: i.Domain,
		LastCheckedAt: c.Time(i.LastCheckedAt), Namespace: i.Namespace, IsTelemetryEnabled: i.IsTelemetryEnabled,
		IsSupportRequired: i.IsSupportRequired, IsSetupDone: i.IsSetupDone,
		IsSignupScreenVisited: i.IsSignupScreenVisited, IsVerified: i.IsVerified, IsTest: i.IsTest,
		IsCurrentVersionDeprecated: i.IsCurrentVersionDeprecated, CreatedBy: i.CreatedByID, UpdatedBy: i.UpdatedByID,
		WorkspacesExist: nil,
	}
}

// Config is what the frontends need to know before anybody has signed in.
type Config struct {
	EnableSignup                bool    `json:"enable_signup"`
	IsWorkspaceCreationDisabled bool    `json:"is_workspace_creation_disabled"`
	IsGoogleEnabled             bool    `json:"is_google_enabled"`
	IsGithubEnabled             bool    `json:"is_github_enabled"`
	IsGitlabEnabled             bool    `json:"is_gitlab_enabled"`
	IsGiteaEnabled              bool    `json:"is_gitea_enabled"`
	IsMagicLoginEnabled         bool    `json:"is_magic_login_enabled"`
	IsEmailPasswordEnabled      bool    `json:"is_email_password_enabled"`
	GithubAppName               string  `json:"github_app_name"`
	SlackClientID               *string `json:"slack_client_id"`
	PosthogAPIKey               *string `json:"posthog_api_key"`
	PosthogHost                 *string `json:"posthog_host"`
	HasUnsplashConfigured       bool    `json:"has_unsplash_configured"`
	HasLLMConfigured            bool    `json:"has_llm_configured"`
	FileSizeLimit               float64 `json:"file_size_limit"`
	IsSMTPConfigured            bool    `json:"is_smtp_configured"`
	AdminBaseURL                string  `json:"admin_base_url"`
	SpaceBaseURL                string  `json:"space_base_url"`
	AppBaseURL                  string  `json:"app_base_url"`
	InstanceChangelogURL        string  `json:"instance_changelog_url"`
	IsSelfManaged               bool    `json:"is_self_managed"`
}

func config(c *app.Call, s app.Settings) Config {
	optional := func(key string) *string {
		if v, ok := s[key]; ok {
			return &v
		}
		return nil
	}
	return Config{
		EnableSignup: s.On("ENABLE_SIGNUP"), IsWorkspaceCreationDisabled: s.On("DISABLE_WORKSPACE_CREATION"),
		IsGoogleEnabled: s.On("IS_GOOGLE_ENABLED"), IsGithubEnabled: s.On("IS_GITHUB_ENABLED"),
		IsGitlabEnabled: s.On("IS_GITLAB_ENABLED"), IsGiteaEnabled: s.On("IS_GITEA_ENABLED"),
		IsMagicLoginEnabled: s.On("ENABLE_MAGIC_LINK_LOGIN"), IsEmailPasswordEnabled: s.On("ENABLE_EMAIL_PASSWORD") || directory.IsSet(c.App, s),
		GithubAppName: s["GITHUB_APP_NAME"], SlackClientID: optional("SLACK_CLIENT_ID"),
		PosthogAPIKey: optional("POSTHOG_API_KEY"), PosthogHost: optional("POSTHOG_HOST"),
		HasUnsplashConfigured: s["UNSPLASH_ACCESS_KEY"] != "", HasLLMConfigured: s["LLM_API_KEY"] != "",
		FileSizeLimit: float64(c.Config.Limits.FileSize), IsSMTPConfigured: s["EMAIL_HOST"] != "",
		AdminBaseURL: c.AdminOrigin(), SpaceBaseURL: c.SpaceOrigin(), AppBaseURL: c.AppURL(),
		InstanceChangelogURL: "", IsSelfManaged: true,
	}
}

// Description is the installation and what is switched on.
type Description struct {
	Config   Config   `json:"config"`
	Instance Instance `json:"instance"`
}

func getInstance(c *app.Call, _ web.Nothing) (Description, error) {
	i, err := c.Instance(c)
	if err != nil {
		return Description{}, err
	}
	s, err := c.Settings(c)
	if err != nil {
		return Description{}, err
	}
	some, err := workspace.Some(c)
	out := Description{config(c, s), describe(c, i)}
	out.Instance.WorkspacesExist = &some
	return out, err
}

func updateInstance(c *app.Call, in struct {
	InstanceName               app.Opt[string] `json:"instance_name" check:"max=255"`
	WhitelistEmails            app.Opt[string] `json:"whitelist_emails" check:"blank,null"`
	InstanceID                 app.Opt[string] `json:"instance_id" check:"max=255"`
	CurrentVersion             app.Opt[string] `json:"current_version" check:"max=255"`
	LatestVersion              app.Opt[string] `json:"latest_version" check:"blank,null,max=255"`
	Edition                    app.Opt[string] `json:"edition" check:"max=255"`
	Domain                     app.Opt[string] `json:"domain" check:"blank"`
	Namespace                  app.Opt[string] `json:"namespace" check:"blank,null,max=255"`
	IsTelemetryEnabled         app.Opt[bool]   `json:"is_telemetry_enabled"`
	IsSupportRequired          app.Opt[bool]   `json:"is_support_required"`
	IsSignupScreenVisited      app.Opt[bool]   `json:"is_signup_screen_visited"`
	IsVerified                 app.Opt[bool]   `json:"is_verified"`
	IsTest                     app.Opt[bool]   `json:"is_test"`
	IsCurrentVersionDeprecated app.Opt[bool]   `json:"is_current_version_deprecated"`
}) (Instance, error) {
	i, err := instance.Update(c, func(i *store.Instance) {
		i.InstanceName = in.InstanceName.Or(i.InstanceName)
		i.InstanceID = in.InstanceID.Or(i.InstanceID)
		i.CurrentVersion = in.CurrentVersion.Or(i.CurrentVersion)
		i.Edition = in.Edition.Or(i.Edition)
		i.Domain = in.Domain.Or(i.Domain)
		i.IsTelemetryEnabled = in.IsTelemetryEnabled.Or(i.IsTelemetryEnabled)
		i.IsSupportRequired = in.IsSupportRequired.Or(i.IsSupportRequired)
		i.IsSignupScreenVisited = in.IsSignupScreenVisited.Or(i.IsSignupScreenVisited)
		i.IsVerified = in.IsVerified.Or(i.IsVerified)
		i.IsTest = in.IsTest.Or(i.IsTest)
		i.IsCurrentVersionDeprecated = in.IsCurrentVersionDeprecated.Or(i.IsCurrentVersionDeprecated)
		for dest, opt := range map[**string]app.Opt[string]{&i.WhitelistEmails: in.WhitelistEmails,
			&i.LatestVersion: in.LatestVersion, &i.Namespace: in.Namespace} {
			if opt.Set {
				*dest = opt.Ptr()
			}
		}
	}, "instance_name", "whitelist_emails", "instance_id", "current_version", "latest_version", "edition", "domain",
		"namespace", "is_telemetry_enabled", "is_support_required", "is_signup_screen_visited", "is_verified", "is_test",
		"is_current_version_deprecated")
	if err != nil {
		return Instance{}, err
	}
	return describe(c, i), nil
}

func noteVisit(c *app.Call, _ web.Nothing) (web.Nothing, error) {
	_, err := instance.Update(c, func(i *store.Instance) {
		i.IsSignupScreenVisited, i.UpdatedByID = true, nil // nobody is known yet
	}, "is_signup_screen_visited", "updated_by_id")
	return web.Nothing{}, err
}
