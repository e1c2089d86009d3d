package console

import (
	"net/http"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	serviceAccountsPath = "service-accounts/{slug}/"
	serviceAccountPath  = serviceAccountsPath + "{id:uuid}/"
)

// hosts are who makes accounts for programs: the administrators of a workspace.
var hosts = web.Workspace(app.Admin)

// serviceAccounts are the pages of a workspace's accounts for programs.
var serviceAccounts = []web.Op{
	page(serviceAccountsPath, hosts, showServiceAccounts),
	action(serviceAccountsPath, hosts, "Make a service account", makeServiceAccount, serviceAccountsAgain),
	page(serviceAccountPath, hosts, showServiceAccount),
	action(serviceAccountPath+"change/", hosts, "Change a service account",
		changeServiceAccount, serviceAccountAgain[serviceAccountForm]),
	action(serviceAccountPath+"remove/", hosts, "Remove a service account",
		removeServiceAccount, serviceAccountAgain[serviceAccountForm]),
	action(serviceAccountPath+"keys/", hosts, "Make a key of a service account",
		makeServiceKey, serviceAccountAgain[serviceKeyForm]),
	action(serviceAccountPath+"keys/revoke/", hosts, "Revoke a key of a service account",
		revokeServiceKey, serviceAccountAgain[serviceAccountForm]),
}

// serviceAccountsAt is the address of the pages of a workspace's service accounts.
func serviceAccountsAt(slug string) string {
	return Home + strings.Replace(serviceAccountsPath, "{slug}", slug, 1)
}

type serviceAccountsPage struct {
	Workspace *store.Workspace
	All       []user.ServiceAccount
	Pager     pager
}

func showServiceAccounts(c *app.Call, in listing) (screen, error) {
	all, total, err := user.ServiceAccounts(c, store.ListPart{Offset: in.offset(), Limit: pageSize})
	p := serviceAccountsPage{c.Workspace, all, in.pager(serviceAccountsAt(c.Workspace.Slug), total)}
	return screen{Page: "service-accounts", Body: p.body}, err
}

// serviceAccountForm is what is done with a service account. Projects are identifiers with commas or spaces.
type serviceAccountForm struct {
	ID       string `path:"id"`
	Name     string `json:"name" check:"blank,max=255"`
	Role     string `json:"role" check:"blank,max=255"`
	Projects string `json:"projects" check:"blank"`
	Row      string `json:"row" check:"blank,max=255"`
}

func serviceAccountsAgain(c *app.Call, _ serviceAccountForm) (screen, error) {
	return showServiceAccounts(c, listing{})
}

func (in serviceAccountForm) serviceAccountID() string { return in.ID }

// input is what the form says of the account.
func (in serviceAccountForm) input(c *app.Call) (user.ServiceAccountInput, error) {
	role, ok := invitedRoles[in.Role]
	if !ok || in.Name == "" {
		return user.ServiceAccountInput{}, app.Refuse(app.Invalid, say("fault.no-label"))
	}
	place, err := user.BindTo(c, c.App, c.Workspace.Slug, identifiers(in.Projects))
	return user.ServiceAccountInput{Name: app.Some(in.Name), Role: app.Some(int(role)),
		ProjectIDs: app.Some(place.OnlyProjects.V)}, err
}

// identifiers are those of projects in a text, with commas or spaces.
func identifiers(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
}

func makeServiceAccount(c *app.Call, in serviceAccountForm) (outcome, error) {
	input, err := in.input(c)
	if err != nil {
		return outcome{}, err
	}
	s, err := user.MakeServiceAccount(c, input)
	if err != nil {
		return outcome{}, err
	}
	return outcome{To: serviceAccountsAt(c.Workspace.Slug) + s.ID + "/", Done: "done.service-account-made"}, nil
}

type serviceAccountPage struct {
	*user.ServiceAccount

	Workspace *store.Workspace
	Projects  string // identifiers of those that it is in
	Keys      []store.APIToken
	Secret    string // a key that was just made: it is shown once
}

func showServiceAccount(c *app.Call, in struct {
	ID string `path:"id"`
}) (screen, error) {
	p, err := serviceAccountOf(c, in.ID)
	if err != nil {
		return screen{}, err
	}
	return p.screen(), nil
}

func (p *serviceAccountPage) screen() screen {
	return screen{Page: "service-account", Heading: p.DisplayName, Body: p.body, Status: http.StatusOK}
}

func serviceAccountOf(c *app.Call, id string) (*serviceAccountPage, error) {
	s, err := user.ServiceAccountByID(c, id)
	if err != nil {
		return nil, err
	}
	p := &serviceAccountPage{ServiceAccount: s, Workspace: c.Workspace}
	if p.Projects, err = user.IdentifiersOf(c, s.Seats); err != nil {
		return nil, err
	}
	p.Keys, err = user.ServiceAccountKeys(c, id)
	return p, err
}

// aboutServiceAccount is a form that is about a service account.
type aboutServiceAccount interface{ serviceAccountID() string }

func serviceAccountAgain[In aboutServiceAccount](c *app.Call, in In) (screen, error) {
	return showServiceAccount(c, struct {
		ID string `path:"id"`
	}{in.serviceAccountID()})
}

func (in serviceAccountForm) done(c *app.Call, said string, err error) (outcome, error) {
	return outcome{To: serviceAccountsAt(c.Workspace.Slug) + in.ID + "/", Done: said}, err
}

func changeServiceAccount(c *app.Call, in serviceAccountForm) (outcome, error) {
	input, err := in.input(c)
	if err == nil {
		_, err = user.ChangeServiceAccount(c, in.ID, input)
	}
	return in.done(c, "done.saved", err)
}

func removeServiceAccount(c *app.Call, in serviceAccountForm) (outcome, error) {
	return outcome{To: serviceAccountsAt(c.Workspace.Slug), Done: "done.service-account-removed"}, user.RemoveServiceAccount(c, in.ID)
}

type serviceKeyForm struct {
	ID string `path:"id"`
	keyForm
}

func (in serviceKeyForm) serviceAccountID() string { return in.ID }

func makeServiceKey(c *app.Call, in serviceKeyForm) (outcome, error) {
	d, err := in.draft(c)
	if err != nil {
		return outcome{}, err
	}
	secret, _, err := user.MakeServiceAccountKey(c, in.ID, d)
	if err != nil {
		return outcome{}, err
	}
	p, err := serviceAccountOf(c, in.ID)
	if err != nil {
		return outcome{}, err
	}
	p.Secret = secret
	s := p.screen()
	return outcome{Screen: &s, Done: "done.key-made"}, nil
}

func revokeServiceKey(c *app.Call, in serviceAccountForm) (outcome, error) {
	if !store.IsID(in.Row) {
		return outcome{}, app.ErrMissing
	}
	return in.done(c, "done.key-revoked", user.EndServiceAccountKey(c, in.ID, in.Row))
}
