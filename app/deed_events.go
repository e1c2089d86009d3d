package app

// EventKind is what kind of event one is.
type EventKind struct {
	Category string // auth, member, role, settings, integration, webhook, security, instance or project
	Source   string // platform or auth; what is done by a key is of the API, and by a command of the system
	What     string // in words, for people
}

const (
	sourcePlatform = "platform"
	sourceAPI      = "api"
	sourceAuth     = "auth"
	sourceSystem   = "system"
)

// Categories are those that there are; clients of the API know no others.
var Categories = []string{"auth", "member", "role", "settings", "integration", "webhook", "security", "instance",
	"project"}

func kind(category, what string) EventKind {
	source := sourcePlatform
	if category == "auth" {
		source = sourceAuth
	}
	return EventKind{Category: category, Source: source, What: what}
}

// The events of signing in and out.
const (
	SignedIn      = "auth.signed_in"
	SignInFailed  = "auth.sign_in_failed"
	SignedOut     = "auth.signed_out"
	SignedUp      = "auth.signed_up"
	SessionEnded  = "auth.session_ended"
	SessionsEnded = "auth.sessions_ended"
)

// The events of accounts and of what opens them.
const (
	PasswordChanged  = "user.password_changed"
	AddressChanged   = "user.email_changed"
	ProviderLinked   = "user.provider_linked"
	ProviderUnlinked = "user.provider_unlinked"
	AccountCreated   = "user.created"
	AccountClosed    = "user.deactivated"
	AccountOpened    = "user.reactivated"
	AccountDeleted   = "user.deleted"
	AccountExported  = "user.exported"
	KeyCreated       = "api_token.created"
	KeyUpdated       = "api_token.updated"
	KeyRevoked       = "api_token.revoked"
	KeyRefused       = "api_token.refused"

	ServiceAccountMade    = "service_account.created"
	ServiceAccountChanged = "service_account.updated"
	ServiceAccountRemoved = "service_account.deleted"
	FactorPassed          = "user.second_factor_passed"
	FactorSetUp           = "user.second_factor_set_up"
	FactorRemoved         = "user.second_factor_removed"
	FactorReset           = "user.second_factor_reset"
	RecoveryCodesMade     = "user.recovery_codes_made"
	BrowserForgotten      = "user.remembered_browser_ended"
	AdministratorMade     = "instance.admin_added"
	AdministratorEnded    = "instance.admin_removed"
)

// The events of those who are in workspaces and projects.
const (
	MemberInvited       = "member.invited"
	InvitationChanged   = "member.invitation_updated"
	InvitationWithdrawn = "member.invitation_withdrawn"
	InvitationAnswered  = "member.invitation_answered"
	MemberAdded         = "member.added"
	MemberRemoved       = "member.removed"
	MemberLeft          = "member.left"
	RoleUpdated         = "member.role_updated"
)

// The events of workspaces, projects and the installation.
const (
	SettingsUpdated          = "instance.settings_updated"
	InstanceUpdated          = "instance.updated"
	WorkspaceCreated         = "workspace.created"
	WorkspaceUpdated         = "workspace.updated"
	WorkspaceTransferred     = "workspace.owner_changed"
	WorkspaceFeaturesChanged = "workspace.features_updated"
	WorkspaceDeleted         = "workspace.deleted"
	WorkspaceExported        = "workspace.exported"
	WorkspaceImported        = "workspace.imported"
	DataExported             = "export.created"
	ImportStarted            = "import.started"
	ImportEnded              = "import.ended"
	ImportTakenBack          = "import.undone"
	ProjectCreated           = "project.created"
	ProjectUpdated           = "project.updated"
	ProjectFeaturesChanged   = "project.features_updated"
	ProjectArchived          = "project.archived"
	ProjectUnarchived        = "project.unarchived"
	ProjectDeleted           = "project.deleted"
	ProjectPublished         = "project.published"
	ProjectRepublished       = "project.publication_updated"
	ProjectUnpublished       = "project.unpublished"
	WebhookCreated           = "webhook.created"
	WebhookUpdated           = "webhook.updated"
	WebhookDeleted           = "webhook.deleted"
	WebhookSecretRenewed     = "webhook.secret_renewed"
	BackupFetched            = "instance.backup_fetched"
	BackupRestored           = "instance.restored"
	DataImported             = "instance.imported"
	InstanceExported         = "instance.exported"
	LogExported              = "instance.audit_log_exported"
)

// Events are what is written in the audit log, by the names that it has there.
var Events = map[string]EventKind{
	SignedIn:      kind("auth", "signed in"),
	SignInFailed:  kind("auth", "could not sign in"),
	SignedOut:     kind("auth", "signed out"),
	SignedUp:      kind("auth", "signed up"),
	SessionEnded:  kind("auth", "ended a session"),
	SessionsEnded: kind("auth", "ended sessions"),

	FactorPassed:          kind("auth", "showed a second factor"),
	FactorSetUp:           kind("security", "set a second factor up"),
	FactorRemoved:         kind("security", "removed a second factor"),
	FactorReset:           kind("security", "reset somebody's second factor"),
	RecoveryCodesMade:     kind("security", "made recovery codes"),
	BrowserForgotten:      kind("security", "had a browser ask for the second factor again"),
	PasswordChanged:       kind("security", "changed a password"),
	AddressChanged:        kind("security", "changed the address of an account"),
	ProviderLinked:        kind("security", "linked an account with a provider"),
	ProviderUnlinked:      kind("security", "took an account from a provider"),
	AccountCreated:        kind("instance", "made an account"),
	AccountClosed:         kind("instance", "closed an account"),
	AccountOpened:         kind("instance", "opened an account again"),
	AccountDeleted:        kind("instance", "deleted an account"),
	AccountExported:       kind("instance", "wrote what there is of a person to a file"),
	KeyCreated:            kind("security", "made an API key"),
	KeyUpdated:            kind("security", "changed an API key"),
	KeyRevoked:            kind("security", "revoked an API key"),
	ServiceAccountMade:    kind("member", "made a service account"),
	ServiceAccountChanged: kind("member", "changed a service account"),
	ServiceAccountRemoved: kind("member", "removed a service account"),
	KeyRefused:            kind("security", "asked with an API key for what it is not for"),
	AdministratorMade:     kind("instance", "made an administrator of the installation"),
	AdministratorEnded:    kind("instance", "ended an administrator of the installation"),

	MemberInvited:       kind("member", "invited somebody"),
	InvitationChanged:   kind("member", "changed an invitation"),
	InvitationWithdrawn: kind("member", "withdrew an invitation"),
	InvitationAnswered:  kind("member", "answered an invitation"),
	MemberAdded:         kind("member", "added a member"),
	MemberRemoved:       kind("member", "removed a member"),
	MemberLeft:          kind("member", "left"),
	RoleUpdated:         kind("role", "changed the role of a member"),

	SettingsUpdated:          kind("settings", "changed settings of the installation"),
	InstanceUpdated:          kind("instance", "changed the installation"),
	WorkspaceCreated:         kind("settings", "made a workspace"),
	WorkspaceUpdated:         kind("settings", "changed a workspace"),
	WorkspaceTransferred:     kind("role", "made somebody else the owner of a workspace"),
	WorkspaceFeaturesChanged: kind("settings", "switched features of a workspace"),
	WorkspaceDeleted:         kind("settings", "deleted a workspace"),
	WorkspaceExported:        kind("integration", "exported a workspace"),
	WorkspaceImported:        kind("integration", "imported a workspace"),
	DataExported:             kind("integration", "exported work items"),
	ImportStarted:            kind("integration", "began to import from another tracker"),
	ImportEnded:              kind("integration", "imported from another tracker"),
	ImportTakenBack:          kind("integration", "took an import back"),
	ProjectCreated:           kind("project", "made a project"),
	ProjectUpdated:           kind("project", "changed a project"),
	ProjectFeaturesChanged:   kind("project", "switched features of a project"),
	ProjectArchived:          kind("project", "archived a project"),
	ProjectUnarchived:        kind("project", "brought an archived project back"),
	ProjectDeleted:           kind("project", "deleted a project"),
	ProjectPublished:         kind("project", "published a project"),
	ProjectRepublished:       kind("project", "changed what a published project shows"),
	ProjectUnpublished:       kind("project", "ended the publication of a project"),
	WebhookCreated:           kind("webhook", "made a webhook"),
	WebhookUpdated:           kind("webhook", "changed a webhook"),
	WebhookDeleted:           kind("webhook", "deleted a webhook"),
	WebhookSecretRenewed:     kind("webhook", "gave a webhook another secret"),
	BackupFetched:            kind("instance", "fetched a backup"),
	BackupRestored:           kind("instance", "restored a backup"),
	DataImported:             kind("instance", "imported an installation"),
	InstanceExported:         kind("instance", "exported the installation"),
	LogExported:              kind("security", "exported the audit log"),
}
