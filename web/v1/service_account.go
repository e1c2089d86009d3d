package v1

import (
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	allServiceAccounts = inWorkspace + "service-accounts/"
	oneServiceAccount  = allServiceAccounts + "{pk:uuid}/"
	serviceKeys        = oneServiceAccount + "keys/"
)

const (
	serviceAccountExample = `{"id":"` + exampleID + `","name":"Builds","display_name":"Builds","is_bot":true,` +
		`"bot_type":"SERVICE_ACCOUNT","role":15,"role_slug":"member","projects":[{"project_id":"` + otherID +
		`","role":15}],"created_at":"2026-05-04T09:30:00Z"}`
	serviceKeyExample = `{"id":"` + exampleID + `","label":"CI","created_at":"2026-05-04T09:30:00Z",` +
		`"expired_at":"2026-08-02T09:30:00Z","last_used":null,"last_used_address":"","last_used_agent":"","read_only":false,` +
		`"scopes":["work_items:*"],"only_workspace":null,"only_projects":null,"against_policy":""}`
)

// serviceAccounts are accounts for programs, which a workspace's administrators make.
var serviceAccounts = []web.Op{
	do("GET", allServiceAccounts, hosts, 200, "List the service accounts of a workspace", listServiceAccounts).
		Like("", examplePage(serviceAccountExample)),
	do("POST", allServiceAccounts, hosts, 201, "Create a service account", createServiceAccount).
		Explained("A bot that belongs to the workspace: nobody signs in as it, and it works by keys. project_role is what it is"+
			" in the projects of project_ids. A key with limits makes none.").
		Like(`{"name":"Builds","role":15,"project_ids":["`+otherID+`"]}`, serviceAccountExample),
	do("GET", oneServiceAccount, hosts, 200, "Read a service account", getServiceAccount).Like("", serviceAccountExample),
	do("PATCH", oneServiceAccount, hosts, 200, "Change a service account", changeServiceAccount).
		Explained("Only the keys that are sent change; project_ids are all that it is in from then on.").
		Like(`{"name":"Builds and releases"}`, serviceAccountExample),
	do("DELETE", oneServiceAccount, hosts, 204, "Remove a service account", deleteServiceAccount).
		Explained("Its keys end; what it did stays, by its name."),
	do("GET", serviceKeys, hosts, 200, "List the keys of a service account", listServiceKeys).
		Like("", `[`+serviceKeyExample+`]`),
	do("POST", serviceKeys, hosts, 201, "Create a key of a service account", createServiceKey).
		Explained("The answer is the only one that has the key, in token. scopes are groups of operations, each with read, write"+
			" or *; null and what is left out is no limit.").
		Like(`{"label":"CI","expired_at":"2026-08-02T09:30:00Z","scopes":["work_items:*"]}`,
			serviceKeyExample[:len(serviceKeyExample)-1]+`,"token":"plane_api_0a1b"}`),
	do("DELETE", serviceKeys+"{key_id:uuid}/", hosts, 204, "Revoke a key of a service account", deleteServiceKey),
}

// ServiceAccount is an account for programs.
type ServiceAccount struct {
	ID          string        `json:"id"`
	Name        string        `json:"name"`
	DisplayName string        `json:"display_name"`
	IsBot       bool          `json:"is_bot"`
	BotType     *string       `json:"bot_type"`
	Role        int           `json:"role"`
	RoleSlug    string        `json:"role_slug"`
	Projects    []ServiceSeat `json:"projects"`
	CreatedAt   string        `json:"created_at"`
}

// ServiceSeat is what one is in a project.
type ServiceSeat struct {
	ProjectID string `json:"project_id"`
	Role      int    `json:"role"`
}

func serviceAccountOf(c *app.Call, s *user.ServiceAccount) ServiceAccount {
	return ServiceAccount{ID: s.ID, Name: s.FirstName, DisplayName: s.DisplayName, IsBot: s.IsBot, BotType: s.BotType,
		Role: s.MemberRole, RoleSlug: app.RoleSlug(app.OfWorkspace, s.MemberRole, false), CreatedAt: c.Time(s.CreatedAt),
		Projects: web.Map(s.Seats, func(m store.ProjectMember) ServiceSeat { return ServiceSeat{m.ProjectID, m.Role} })}
}

func listServiceAccounts(c *app.Call, in listing) (Page[ServiceAccount], error) {
	return list(c, in, func(s store.ListPart) ([]user.ServiceAccount, int, error) {
		return user.ServiceAccounts(c, s)
	}, serviceAccountOf)
}

func createServiceAccount(c *app.Call, in user.ServiceAccountInput) (ServiceAccount, error) {
	s, err := user.MakeServiceAccount(c, in)
	return plain(c, s, err, serviceAccountOf)
}

func getServiceAccount(c *app.Call, in byID) (ServiceAccount, error) {
	s, err := user.ServiceAccountByID(c, in.PK)
	return plain(c, s, err, serviceAccountOf)
}

func changeServiceAccount(c *app.Call, in struct {
	byID
	user.ServiceAccountInput
}) (ServiceAccount, error) {
	s, err := user.ChangeServiceAccount(c, in.PK, in.ServiceAccountInput)
	return plain(c, s, err, serviceAccountOf)
}

func deleteServiceAccount(c *app.Call, in byID) (web.Nothing, error) {
	return web.Nothing{}, user.RemoveServiceAccount(c, in.PK)
}

// ServiceKey is a key of a service account, without its secret.
type ServiceKey struct {
	ID            string    `json:"id"`
	Label         string    `json:"label"`
	CreatedAt     string    `json:"created_at"`
	ExpiredAt     *string   `json:"expired_at"`
	LastUsed      *string   `json:"last_used"`
	LastAddress   string    `json:"last_used_address"`
	LastAgent     string    `json:"last_used_agent"`
	ReadOnly      bool      `json:"read_only"`
	Scopes        *[]string `json:"scopes"`
	OnlyWorkspace *string   `json:"only_workspace"`
	OnlyProjects  *[]string `json:"only_projects"`
	Policy        string    `json:"against_policy"`
}

// MadeServiceKey is one with its secret.
type MadeServiceKey struct {
	ServiceKey
	Secret string `json:"token"`
}

func serviceKey(c *app.Call, k *store.APIToken) ServiceKey {
	return ServiceKey{ID: k.ID, Label: k.Label, CreatedAt: c.Time(k.CreatedAt), ExpiredAt: c.TimePtr(k.ExpiredAt),
		LastUsed: c.TimePtr(k.LastUsed), LastAddress: k.LastAddress, LastAgent: k.LastAgent, ReadOnly: k.ReadOnly,
		Scopes: orNull(k.Scopes), OnlyWorkspace: k.OnlyWorkspaceID, OnlyProjects: orNull(k.OnlyProjects),
		Policy: c.Config.Keys.Fault(k, k.CreatedAt)}
}

// orNull is a list, or null when it is missing.
func orNull(list []string) *[]string {
	if list == nil {
		return nil
	}
	return &list
}

func listServiceKeys(c *app.Call, in byID) ([]ServiceKey, error) {
	ks, err := user.ServiceAccountKeys(c, in.PK)
	return web.Map(ks, func(k store.APIToken) ServiceKey { return serviceKey(c, &k) }), err
}

func createServiceKey(c *app.Call, in struct {
	byID
	Label     app.Opt[string]    `json:"label" check:"required,max=255"`
	ExpiredAt app.Opt[time.Time] `json:"expired_at" check:"null"`
	user.KeyLimits
}) (MadeServiceKey, error) {
	secret, k, err := user.MakeServiceAccountKey(c, in.PK,
		user.TokenDraft{Label: in.Label.V, ExpiredAt: in.ExpiredAt.Ptr(), KeyLimits: in.KeyLimits})
	if err != nil {
		return MadeServiceKey{}, err
	}
	return MadeServiceKey{serviceKey(c, k), secret}, nil
}

func deleteServiceKey(c *app.Call, in struct {
	byID
	Key string `path:"key_id"`
}) (web.Nothing, error) {
	return web.Nothing{}, user.EndServiceAccountKey(c, in.PK, in.Key)
}
