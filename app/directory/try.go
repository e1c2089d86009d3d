package directory

import (
	"context"
	"fmt"
	"slices"

	"github.com/sailplane/sailplane/app/grant"
)

// Trial is what the directory had to say when it was tried.
type Trial struct {
	Step  string `json:"step,omitempty"`  // how far it went: connect, people or person; empty: all is well
	Words string `json:"words,omitempty"` // what it answered

	Login *Found `json:"login,omitempty"`
}

// Found is whom the directory finds by what somebody would type.
type Found struct {
	DN     string   `json:"dn"`
	ID     string   `json:"id"`
	Login  string   `json:"login"`
	Email  string   `json:"email"`
	First  string   `json:"first_name"`
	Last   string   `json:"last_name"`
	Groups []string `json:"groups,omitempty"` // that give something here
	Admin  bool     `json:"administers"`
	Roles  []string `json:"roles,omitempty"`
}

// Well says whether people can sign in by it, as far as that can be told without a password.
func (t Trial) Well() bool { return t.Step == "" }

// Try asks the directory whether it lets in who looks for people, and whether there are any; with a login, who that is.
func (d *Directory) Try(ctx context.Context, login string) Trial {
	ctx, cancel := context.WithTimeout(ctx, d.patience())
	defer cancel()
	s, err := d.open(ctx)
	if err != nil {
		return Trial{Step: "connect", Words: shorten(err).Error()}
	}
	s.end()
	if err := d.anybody(ctx); err != nil {
		return Trial{Step: "people", Words: shorten(err).Error()}
	}
	if login == "" {
		return Trial{}
	}
	var t Trial
	err = d.with(ctx, func(s *session) error {
		t.Login, err = d.describe(s, login)
		return err
	})
	if err != nil {
		t.Step, t.Words = "person", shorten(err).Error()
	}
	return t
}

func (d *Directory) describe(s *session, login string) (*Found, error) {
	p, err := d.find(s, login)
	if err != nil {
		return nil, err
	}
	f := &Found{DN: p.DN, ID: p.ID, Login: p.Login, Email: p.Email, First: p.First, Last: p.Last}
	if !d.grants() {
		return f, nil
	}
	if f.Groups, err = d.groups(s, p); err != nil {
		return f, err
	}
	slices.Sort(f.Groups)
	f.Groups = slices.Compact(f.Groups)
	given := grant.Of(f.Groups, d.AdminGroups, d.roles())
	f.Admin = given.Admin
	for slug, role := range given.Workspaces {
		f.Roles = append(f.Roles, fmt.Sprintf("%s: %d", slug, role))
	}
	slices.Sort(f.Roles)
	return f, nil
}
