package project

import (
	"net/url"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/mail"
	"github.com/sailplane/sailplane/store"
)

// welcome tells people that they were taken into the call's project.
type welcome struct {
	*app.Call
	mails   bool
	address string
}

// welcomeFor looks, before the transaction, whether letters can be sent and where they lead.
func welcomeFor(c *app.Call) (w welcome, err error) {
	s, err := c.Settings(c)
	if err != nil || s["EMAIL_HOST"] == "" {
		return w, err
	}
	w = welcome{Call: c, mails: true}
	w.address, err = c.Address(c)
	return w, err
}

// tell leaves letters to people whom the caller has just taken in. Who has added themselves knows.
func (w welcome) tell(t *store.Tx, people []string) error {
	if !w.mails || len(people) == 0 {
		return nil
	}
	c := w.Call
	p, err := store.Projects.Find(t, c.ProjectID)
	if err != nil {
		return err
	}
	known, err := store.Users.ByID(t, people)
	if err != nil {
		return err
	}
	link := ""
	if w.address != "" {
		link = w.address + "/" + url.PathEscape(c.Workspace.Slug) + "/projects/" + p.ID + "/issues/"
	}
	var letters []mail.Email
	for _, id := range people {
		u := known[id]
		if u == nil || u.Email == nil || u.IsBot || !u.IsActive || id == c.UserID() {
			continue
		}
		l, err := mail.New(c.App, *u.Email, "project-added", map[string]string{"name": u.Hailed(),
			"adder": c.User.Called(), "project": p.Name, "workspace": c.Workspace.Name, "url": link})
		if err != nil {
			return err
		}
		letters = append(letters, l)
	}
	return mail.EnqueueAll(t, letters)
}
