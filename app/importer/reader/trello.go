package reader

import (
	"context"
	"encoding/json"
	"html"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/sailplane/sailplane/app/importer/markup"
	"github.com/sailplane/sailplane/app/importer/record"
)

// mostBoard is how large a file may be that is read as a whole.
const mostBoard = 128 << 20

// whole reads a JSON file as a whole.
func whole(s record.Source, m *record.Map, into any) error {
	f, err := s.Open()
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := text(f, m.Encoding)
	if err != nil {
		return err
	}
	if f.Size() > mostBoard {
		return refuse("%s is larger than %d MB", s.Name(), mostBoard>>20)
	}
	if err := json.NewDecoder(io.LimitReader(r, 2*mostBoard)).Decode(into); err != nil {
		return refuse("%s is no JSON that can be read: %v", s.Name(), err)
	}
	return nil
}

// trelloBoard is a board as Trello exports it.
type trelloBoard struct {
	Name      string
	ShortLink string
	Lists     []struct {
		ID, Name string
		Closed   bool
	}
	Members    []trelloMember
	Labels     []struct{ ID, Name, Color string }
	Cards      []trelloCard
	Checklists []struct {
		ID, Name   string
		CheckItems []struct{ Name, State string }
	}
	Actions []struct {
		ID, Type, Date string
		Data           struct {
			Text string
			Card struct{ ID string }
		}
		MemberCreator trelloMember
	}
}

type trelloMember struct{ ID, FullName, Username string }

func (m trelloMember) person() record.Person {
	return record.Person{Key: m.Username, Name: cmpOr(m.FullName, m.Username)}
}

type trelloCard struct {
	ID, Name, Desc   string
	IDShort          int
	IDList           string
	Closed           bool
	Due, Start       string
	DueComplete      bool
	DateLastActivity string
	IDMembers        []string
	IDLabels         []string
	IDChecklists     []string
	ShortURL         string
	Attachments      []struct{ Name, URL string }
	CustomFieldItems []json.RawMessage
}

var trelloColors = map[string]string{"green": "#4bce97", "yellow": "#f5cd47", "orange": "#fea362", "red": "#f87168",
	"purple": "#9f8fef", "blue": "#579dff", "sky": "#6cc3e0", "lime": "#94c748", "pink": "#e774bb", "black": "#8590a2"}

// mostActions is how many actions Trello puts into an export: what is older is missing.
const mostActions = 1000

// Trello reads the JSON of a board: lists are states, cards work items, comments are among the actions.
func Trello(ctx context.Context, s record.Source, m *record.Map, to record.Sink) error {
	var b trelloBoard
	if err := whole(s, m, &b); err != nil {
		return err
	}
	if b.Name == "" || len(b.Lists) == 0 {
		return refuse("%s is no board as Trello exports it (Menu, Print, export and share, Export as JSON)", s.Name())
	}
	if len(b.Actions) >= mostActions {
		to.Note(record.Note{At: record.At{File: s.Name()}, Kind: record.Lost, Text: "Trello exports the last 1000 actions of a board: older comments are not in the file"})
	}
	r := &trello{board: &b, name: s.Name(), people: map[string]record.Person{}, lists: map[string]string{},
		comments: map[string][]record.Comment{}, archived: map[string]bool{}}
	r.index()
	for n := range b.Cards {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := to.Item(r.card(n, &b.Cards[n])); err != nil {
			return err
		}
	}
	return nil
}

type trello struct {
	board    *trelloBoard
	name     string
	people   map[string]record.Person
	lists    map[string]string
	archived map[string]bool
	comments map[string][]record.Comment
}

func (r *trello) index() {
	for _, m := range r.board.Members {
		r.people[m.ID] = m.person()
	}
	for _, l := range r.board.Lists {
		r.lists[l.ID], r.archived[l.ID] = l.Name, l.Closed
	}
	for _, a := range r.board.Actions {
		if a.Type != "commentCard" {
			continue
		}
		at, _ := time.Parse(time.RFC3339, a.Date)
		r.comments[a.Data.Card.ID] = append(r.comments[a.Data.Card.ID], record.Comment{Key: a.ID,
			Author: a.MemberCreator.person(), At: at, Text: record.Text{Body: a.Data.Text, Form: record.Markdown}})
	}
}

func (r *trello) card(n int, c *trelloCard) *record.Item {
	i := &record.Item{At: record.At{File: r.name, Row: n + 1}, Key: c.ID, Number: c.IDShort, Title: c.Name,
		Project: record.Project{Key: r.board.Name, Name: r.board.Name}, State: record.State{Name: r.lists[c.IDList]},
		Text: record.Text{Body: c.Desc, Form: record.Markdown}, Created: trelloMade(c.ID), Comments: r.comments[c.ID],
		Known: record.KnowsText | record.KnowsState | record.KnowsStart | record.KnowsTarget | record.KnowsAssignees |
			record.KnowsLabels | record.KnowsArchived}
	d := when{dates{"ymd", time.UTC}, i}
	i.Updated = d.at("dateLastActivity", c.DateLastActivity)
	i.Start, i.Target = d.on("start", c.Start), d.on("due", c.Due)
	if c.DueComplete {
		i.Completed = i.Updated
	}
	if c.Closed || r.archived[c.IDList] {
		i.Archived = i.Updated.UTC().Format(time.DateOnly)
	}
	for _, id := range c.IDMembers {
		i.Assignees = append(i.Assignees, r.people[id])
	}
	for _, l := range r.board.Labels {
		for _, id := range c.IDLabels {
			if l.ID == id {
				color := trelloColors[strings.TrimSuffix(strings.TrimSuffix(l.Color, "_light"), "_dark")]
				i.Labels = append(i.Labels, record.Label{Name: cmpOr(l.Name, l.Color), Color: color})
			}
		}
	}
	for _, a := range c.Attachments {
		i.Links = append(i.Links, record.Link{URL: a.URL, Title: a.Name})
	}
	if c.ShortURL != "" {
		i.Links = append(i.Links, record.Link{URL: c.ShortURL, Title: "Trello"})
	}
	if len(c.CustomFieldItems) > 0 {
		i.Lost = append(i.Lost, strconv.Itoa(len(c.CustomFieldItems))+" custom fields")
	}
	r.checklists(c, i)
	return i
}

// checklists puts what is to be done below the text.
func (r *trello) checklists(c *trelloCard, i *record.Item) {
	var b strings.Builder
	for _, list := range r.board.Checklists {
		for _, id := range c.IDChecklists {
			if list.ID != id {
				continue
			}
			b.WriteString("<h3>" + html.EscapeString(list.Name) + `</h3><ul data-type="taskList">`)
			for _, item := range list.CheckItems {
				markup.Checklist(&b, item.Name, item.State == "complete")
			}
			b.WriteString("</ul>")
		}
	}
	if b.Len() > 0 {
		before, _ := markup.HTML(i.Text)
		i.Text = record.Text{Body: strings.TrimPrefix(before, markup.Empty) + b.String(), Form: record.HTML}
	}
}

// trelloMade is when a card was made: its id begins with the seconds.
func trelloMade(id string) time.Time {
	if len(id) != 24 {
		return time.Time{}
	}
	seconds, err := strconv.ParseInt(id[:8], 16, 64)
	if err != nil {
		return time.Time{}
	}
	if at := time.Unix(seconds, 0).UTC(); sane(at) {
		return at
	}
	return time.Time{}
}
