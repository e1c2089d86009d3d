package console

import (
	"net/url"
	"strconv"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/instance"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const peoplePath = Home + "people/"

// people are the pages of all accounts.
var people = []web.Op{
	page("people/", admin, showPeople),
	action("people/", admin, "Make an account for somebody and send them the way in", invite,
		func(c *app.Call, _ inviteForm) (screen, error) { return showPeople(c, listing{}) }),
}

// listing is the part of a list that somebody looks at.
type listing struct {
	Search string `query:"search"`
	Page   string `query:"page"`
}

const pageSize = 50

// maxPage bounds the number of a page.
const maxPage = 1 << 20

// number is that of the page, from 1.
func (l listing) number() int {
	n, err := strconv.Atoi(l.Page)
	if err != nil || n < 1 || n > maxPage {
		return 1
	}
	return n
}

func (l listing) offset() int { return (l.number() - 1) * pageSize }

// pager leads to the pages before and after; empty where there is none.
type pager struct {
	Search         string
	Before, After  string
	Page, Of, Rows int
}

func (l listing) pager(path string, total int) pager {
	p := pager{Search: l.Search, Page: l.number(), Of: max(1, (total+pageSize-1)/pageSize), Rows: total}
	to := func(n int) string {
		return path + "?" + url.Values{"search": {l.Search}, "page": {strconv.Itoa(n)}}.Encode()
	}
	if p.Page > 1 {
		p.Before = to(min(p.Page, p.Of+1) - 1)
	}
	if p.Page < p.Of {
		p.After = to(p.Page + 1)
	}
	return p
}

type peoplePage struct {
	People []store.KnownUser
	Pager  pager
}

func showPeople(c *app.Call, in listing) (screen, error) {
	list, total, err := instance.ListAccounts(c, c.App, in.Search, store.ListPart{Offset: in.offset(), Limit: pageSize})
	return screen{Page: "people", Body: peoplePage{list, in.pager(peoplePath, total)}.body}, err
}

type inviteForm struct {
	Email     string `json:"email" check:"blank,max=255"`
	FirstName string `json:"first_name" check:"blank,max=255"`
	LastName  string `json:"last_name" check:"blank,max=255"`
}

// linkPage shows a secret link, to be passed on when no letter could be sent.
type linkPage struct {
	Email, Link, Back string
	Hint              string // the key of what it is good for
	Sent              bool
}

func invite(c *app.Call, in inviteForm) (outcome, error) {
	invited, err := user.Invite(c, c.App, user.Draft{Email: in.Email, FirstName: in.FirstName, LastName: in.LastName},
		c.User.DisplayName)
	if err != nil {
		return outcome{}, err
	}
	link := invited.Link
	if link == "" {
		link = c.Base + invited.Path
	}
	p := linkPage{Email: *invited.User.Email, Link: link, Hint: "link.hint", Back: peoplePath, Sent: invited.Sent}
	return outcome{Screen: &screen{Page: "link", Body: p.body}, Done: "done.invited"}, nil
}
