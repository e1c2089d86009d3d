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
	programsPath = "service-accounts/{slug}/"
	programPath  = programsPath + "{id:uuid}/"
)

// hosts are who makes accounts for programs: the administrators of a workspace.
var hosts = web.Workspace(app.Admin)

// serviceAccounts are the pages of a workspace's accounts for programs.
var serviceAccounts = []web.Op{
	page(programsPath, hosts, showPrograms),
	action(programsPath, hosts, "Make a service account", makeProgram, programsAgain),
	page(programPath, hosts, showProgram),
	action(programPath+"change/", hosts, "Change a service account", changeProgram, programAgain[programForm]),
	action(programPath+"remove/", hosts, "Remove a service account", removeProgram, programAgain[programForm]),
	action(programPath+"keys/", hosts, "Make a key of a service account", makeProgramKey, programAgain[programKeyForm]),
	action(programPath+"keys/revoke/", hosts, "Revoke a key of a service account", revokeProgramKey, programAgain[programForm]),
}

// programsAt is the address of the pages of a workspace's service accounts.
func programsAt(slug string) string { return Home + strings.Replace(programsPath, "{slug}", slug, 1) }

type programsPage struct {
	Workspace *store.Workspace
	All       []user.ServiceAccount
	Pager     pager
}

func showPrograms(c *app.Call, in listing) (screen, error) {
	all, total, err := user.ServiceAccounts(c, store.ListPart{Offset: in.offset(), Limit: pageSize})
	p := programsPage{c.Workspace, all, in.pager(programsAt(c.Workspace.Slug), total)}
	return screen{Page: "service-accounts", Body: p.body}, err
}

// programForm is what is done with a service account. Projects are identifiers with commas or spaces.
type programForm struct {
	ID       string `path:"id"`
	Name     string `json:"name" check:"blank,max=255"`
	Role     string `json:"role" check:"blank,max=255"`
	Projects string `json:"projects" check:"blank"`
	Row      string `json:"row" check:"blank,max=255"`
}

func programsAgain(c *app.Call, _ programForm) (screen, error) { return showPrograms(c, listing{}) }

func (in programForm) programID() string { return in.ID }

// input is what the form says of the account.
func (in programForm) input(c *app.Call) (user.ServiceAccountInput, error) {
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

func makeProgram(c *app.Call, in programForm) (outcome, error) {
	input, err := in.input(c)
	if err != nil {
		return outcome{}, err
	}
	s, err := user.MakeServiceAccount(c, input)
	if err != nil {
		return outcome{}, err
	}
	return outcome{To: programsAt(c.Workspace.Slug) + s.ID + "/", Done: "done.service-account-made"}, nil
}

type programPage struct {
	*user.ServiceAccount

	Workspace *store.Workspace
	Projects  string // identifiers of those that it is in
	Keys      []store.APIToken
	Secret    string // a key that was just made: it is shown once
}

func showProgram(c *app.Call, in struct {
	ID string `path:"id"`
}) (screen, error) {
	p, err := programOf(c, in.ID)
	if err != nil {
		return screen{}, err
	}
	return p.screen(), nil
}

func (p *programPage) screen() screen {
	return screen{Page: "service-account", Heading: p.DisplayName, Body: p.body, Status: http.StatusOK}
}

func programOf(c *app.Call, id string) (*programPage, error) {
	s, err := user.ServiceAccountByID(c, id)
	if err != nil {
		return nil, err
	}
	p := &programPage{ServiceAccount: s, Workspace: c.Workspace}
	if p.Projects, err = user.IdentifiersOf(c, s.Seats); err != nil {
		return nil, err
	}
	p.Keys, err = user.ServiceAccountKeys(c, id)
	return p, err
}

// aboutProgram is a form that is about a service account.
type aboutProgram interface{ programID() string }

func programAgain[In aboutProgram](c *app.Call, in In) (screen, error) {
	return showProgram(c, struct {
		ID string `path:"id"`
	}{in.programID()})
}

func (in programForm) done(c *app.Call, said string, err error) (outcome, error) {
	return outcome{To: programsAt(c.Workspace.Slug) + in.ID + "/", Done: said}, err
}

func changeProgram(c *app.Call, in programForm) (outcome, error) {
	input, err := in.input(c)
	if err == nil {
		_, err = user.ChangeServiceAccount(c, in.ID, input)
	}
	return in.done(c, "done.saved", err)
}

func removeProgram(c *app.Call, in programForm) (outcome, error) {
	return outcome{To: programsAt(c.Workspace.Slug), Done: "done.service-account-removed"}, user.RemoveServiceAccount(c, in.ID)
}

type programKeyForm struct {
	ID string `path:"id"`
	keyForm
}

func (in programKeyForm) programID() string { return in.ID }

func makeProgramKey(c *app.Call, in programKeyForm) (outcome, error) {
	d, err := in.draft(c)
	if err != nil {
		return outcome{}, err
	}
	secret, _, err := user.MakeServiceAccountKey(c, in.ID, d)
	if err != nil {
		return outcome{}, err
	}
	p, err := programOf(c, in.ID)
	if err != nil {
		return outcome{}, err
	}
	p.Secret = secret
	s := p.screen()
	return outcome{Screen: &s, Done: "done.key-made"}, nil
}

func revokeProgramKey(c *app.Call, in programForm) (outcome, error) {
	if !store.IsID(in.Row) {
		return outcome{}, app.ErrMissing
	}
	return in.done(c, "done.key-revoked", user.EndServiceAccountKey(c, in.ID, in.Row))
}
