package reader

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/sailplane/sailplane/app/importer/record"
)

// mostElement is how large one element of a JSON file may be: it is in memory as a whole.
const mostElement = 64 << 20

// elements gives do the elements of the list that a JSON file is, or the objects that stand in it one after the other.
func elements(ctx context.Context, s record.Source, m *record.Map, do func(n int, doc json.RawMessage) error) error {
	f, err := s.Open()
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := text(f, m.Encoding)
	if err != nil {
		return err
	}
	limit := &rowLimit{r: r}
	limit.left = mostElement
	in := bufio.NewReader(limit)
	for {
		c, _, err := in.ReadRune()
		if err != nil {
			return refuse("%s has no JSON in it", s.Name())
		}
		if !unicode.IsSpace(c) {
			break
		}
	}
	if err := in.UnreadRune(); err != nil {
		return err
	}
	dec := json.NewDecoder(in)
	first, _ := in.Peek(1)
	list := string(first) == "["
	if list {
		if _, err := dec.Token(); err != nil {
			return refuse("%s is no JSON that can be read: %v", s.Name(), err)
		}
	}
	for n := 1; !list || dec.More(); n++ {
		limit.left = mostElement
		var doc json.RawMessage
		err := dec.Decode(&doc)
		if errors.Is(err, io.EOF) && !list {
			return nil
		}
		if err != nil {
			return refuse("%s is no JSON that can be read, element %d: %v", s.Name(), n, err)
		}
		if err := errors.Join(ctx.Err(), do(n, doc)); err != nil {
			return err
		}
	}
	return nil
}

// ghList is a list as gh writes it, or with nodes, as it comes from GraphQL.
type ghList[T any] []T

func (l *ghList[T]) UnmarshalJSON(b []byte) error {
	var plain []T
	if err := json.Unmarshal(b, &plain); err == nil {
		*l = plain
		return nil
	}
	var nodes struct{ Nodes []T }
	if json.Unmarshal(b, &nodes) == nil {
		*l = nodes.Nodes
	}
	return nil // a count alone, as REST has it
}

type ghPerson struct{ Login, Name, Email string }

func (p *ghPerson) person() record.Person {
	if p == nil {
		return record.Person{}
	}
	return record.Person{Key: p.Login, Name: cmpOr(p.Name, p.Login), Email: p.Email}
}

func cmpOr(a, b string) string {
	if strings.TrimSpace(a) != "" {
		return a
	}
	return b
}

// ghIssue is an issue of gh issue list --json, of GraphQL or of REST.
type ghIssue struct {
	Number      int
	Title, Body string
	State       string
	StateReason string `json:"stateReason"`
	Reason      string `json:"state_reason"`
	URL         string `json:"url"`
	HTMLURL     string `json:"html_url"`
	Author      *ghPerson
	User        *ghPerson
	Assignees   ghList[ghPerson]
	Labels      ghList[struct{ Name, Color string }]
	Milestone   *struct {
		Title string
		DueOn string `json:"dueOn"`
	}
	Comments ghList[struct {
		ID, Body, URL string
		Author        *ghPerson
		CreatedAt     time.Time `json:"createdAt"`
	}]
	CreatedAt   time.Time       `json:"createdAt"`
	UpdatedAt   time.Time       `json:"updatedAt"`
	ClosedAt    *time.Time      `json:"closedAt"`
	RestCreated time.Time       `json:"created_at"`
	RestUpdated time.Time       `json:"updated_at"`
	RestClosed  *time.Time      `json:"closed_at"`
	PullRequest json.RawMessage `json:"pull_request"`
}

// ghAnswer is what GraphQL wraps around issues.
type ghAnswer struct {
	Data struct {
		Repository struct {
			Issues ghList[json.RawMessage]
			Issue  json.RawMessage
		}
	}
}

// GitHub reads what gh issue list --json (or view) writes, the answers behind it, and lists of issues of the REST API.
func GitHub(ctx context.Context, s record.Source, m *record.Map, to record.Sink) error {
	fallback := fileProject(s.Name())
	n := 0
	one := func(doc json.RawMessage) error {
		n++
		at := record.At{File: s.Name(), Row: n}
		var i ghIssue
		if err := json.Unmarshal(doc, &i); err != nil {
			to.Note(record.Note{At: at, Kind: record.Unread, Text: "it is no issue as gh writes it: " + short(err.Error())})
			return nil
		}
		if len(i.PullRequest) > 0 && string(i.PullRequest) != "null" || strings.Contains(i.URL+i.HTMLURL, "/pull/") {
			to.Note(record.Note{At: at, Key: strconv.Itoa(i.Number), Kind: record.Lost, Text: "a pull request is no issue"})
			return nil
		}
		return to.Item(i.item(at, fallback))
	}
	return elements(ctx, s, m, func(_ int, doc json.RawMessage) error {
		var answer ghAnswer
		if json.Unmarshal(doc, &answer) == nil {
			all := answer.Data.Repository.Issues
			if len(answer.Data.Repository.Issue) > 0 {
				all = append(all, answer.Data.Repository.Issue)
			}
			for _, doc := range all {
				if err := one(doc); err != nil {
					return err
				}
			}
			if len(all) > 0 {
				return nil
			}
		}
		return one(doc)
	})
}

func short(s string) string {
	if runes := []rune(s); len(runes) > 200 {
		return string(runes[:200])
	}
	return s
}

func (g *ghIssue) item(at record.At, fallback record.Project) *record.Item {
	i := &record.Item{At: at, Number: g.Number, Title: g.Title, Project: fallback,
		Text:   record.Text{Body: g.Body, Form: record.Markdown},
		Author: cmpPerson(g.Author, g.User).person(), Created: later(g.CreatedAt, g.RestCreated),
		Updated: later(g.UpdatedAt, g.RestUpdated), State: record.State{Group: "unstarted"},
		Known: record.KnowsText | record.KnowsState | record.KnowsAssignees | record.KnowsLabels | record.KnowsModules}
	if g.Number > 0 {
		i.Key = strconv.Itoa(g.Number)
	}
	url := cmpOr(g.HTMLURL, g.URL)
	if parts := strings.Split(url, "/"); len(parts) >= 7 && strings.HasPrefix(url, "https://") {
		i.Project = record.Project{Key: parts[3] + "/" + parts[4], Name: parts[4]}
		i.Links = append(i.Links, record.Link{URL: url, Title: "GitHub"})
	}
	if strings.EqualFold(g.State, "closed") {
		i.State.Group = "completed"
		if reason := strings.ToLower(cmpOr(g.StateReason, g.Reason)); reason == "not_planned" || reason == "duplicate" {
			i.State.Group = "cancelled"
		}
		for _, closed := range []*time.Time{g.ClosedAt, g.RestClosed} {
			if closed != nil {
				i.Completed = *closed
			}
		}
	}
	for _, a := range g.Assignees {
		i.Assignees = append(i.Assignees, a.person())
	}
	for _, l := range g.Labels {
		color := l.Color
		if color != "" {
			color = "#" + strings.TrimPrefix(color, "#")
		}
		i.Labels = append(i.Labels, record.Label{Name: l.Name, Color: color})
	}
	if g.Milestone != nil && g.Milestone.Title != "" {
		i.Modules = []string{g.Milestone.Title}
	}
	for _, c := range g.Comments {
		i.Comments = append(i.Comments, record.Comment{Key: cmpOr(c.ID, c.URL), Author: c.Author.person(), At: c.CreatedAt,
			Text: record.Text{Body: c.Body, Form: record.Markdown}})
	}
	return i
}

func cmpPerson(a, b *ghPerson) *ghPerson {
	if a != nil {
		return a
	}
	return b
}

func later(a, b time.Time) time.Time {
	if a.IsZero() {
		return b
	}
	return a
}
