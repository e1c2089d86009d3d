package letter

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/sailplane/sailplane/app/mail"
	"github.com/sailplane/sailplane/app/richtext"
)

// Letter is what is sent. ID and Thread are without angle brackets; Thread is the same in all letters about the work
// item. Stop is where the receiver, without signing in, says that they want no more of them.
type Letter struct {
	To, Subject, Text, HTML string
	ID, Thread, List, Stop  string
	Rows                    []string // of email_notification_logs that it tells of
}

// page is what a letter says; text and html write it.
type page struct {
	Subject, Host        string
	Number, Name, Place  string // of the work item: RKT-12, its name, its project and workspace
	URL, Stop, Settings  string
	Lead, Open, Why      string
	Lines                []change
	Said                 []quote
	MoreLines, MoreSaid  int
	StopWord, SettingsTo string
}

// change is a line about a field.
type change struct {
	Label string
	Parts []string
	By    string
	When  string
}

// quote is a comment, or another text.
type quote struct {
	By, How, When string
	Lines         []string
}

func (d *draft) finish(p *page) (*Letter, error) {
	host := mail.Host(d.address)
	p.Number, p.Name = mail.OneLine(d.at.Identifier)+"-"+strconv.Itoa(d.at.Number), mail.OneLine(d.at.Name)
	p.Subject, p.Host = shorten(p.Number+" "+p.Name, mostName), host
	p.Place = mail.OneLine(d.at.Project) + " · " + mail.OneLine(d.at.Workspace)
	p.URL = d.address + "/" + url.PathEscape(d.at.Slug) + "/browse/" + url.PathEscape(p.Number) + "/"
	p.Stop = Stop{User: d.work.Receiver, Issue: d.work.Issue, Kinds: d.kinds}.Address(d.App, d.address)
	p.Settings = d.address + SettingsPath
	p.Open, p.StopWord, p.SettingsTo = say("open", p.Number), say("stop"), say("settings")
	p.Why = say("why.follows", p.Number, host)
	if d.work.Mention {
		p.Why = say("why.mentioned", host)
	}
	html, err := mail.Page(p.Subject, p.html())
	if err != nil {
		return nil, err
	}
	domain := mail.Domain(d.address)
	id := uuid.NewSHA1(uuid.NameSpaceURL, []byte("letter "+d.work.Receiver+" "+strings.Join(d.work.Rows, " ")))
	return &Letter{To: *d.at.Email, Subject: p.Subject, Text: p.text(), HTML: html, ID: id.String() + "@" + domain,
		Thread: d.work.Issue + "@" + domain, List: p.Number + " <" + d.work.Issue + "." + domain + ">", Stop: p.Stop,
		Rows: d.rows}, nil
}

func mentions(html, user string) bool {
	return slices.ContainsFunc(richtext.Mentions(html), func(m richtext.Mention) bool { return m.Identifier == user })
}

// text is a comment or a description with the names of who is mentioned in it, as far as they are known.
func (d *draft) text(source string) string {
	return spoken(source, func(id string) string { return people(d.called([]string{id})) })
}

// mentioned are the ids of who is mentioned in a text: of the first ones, if they are many.
func mentioned(source string) (ids []string) {
	for _, m := range richtext.Mentions(source) {
		ids = append(ids, m.Identifier)
	}
	return ids[:min(len(ids), mostNames)]
}

const mostNames = 200 // people who are mentioned in one text
