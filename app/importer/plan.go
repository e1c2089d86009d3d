package importer

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sailplane/sailplane/app/importer/markup"
	"github.com/sailplane/sailplane/app/importer/record"
	"github.com/sailplane/sailplane/app/richtext"
	"github.com/sailplane/sailplane/store"
)

// plan is what a work item of the source is here.
type plan struct {
	*record.Item
	at       *place
	id       string // of a new one
	priority string
	html     string
	state    *store.State
	done     *time.Time // completed at
	author   string

	assignees, labels, modules []string
	cycle                      string
	comments                   []said
	links                      []record.Link
	work                       []worked
}

// said is a comment.
type said struct {
	key, author, html string
	at                time.Time
}

// worked is time that somebody spent.
type worked struct {
	by      string
	at      time.Time
	minutes int
	text    string
}

// Bounds of what a work item may have.
const (
	mostKey      = 255
	mostTitle    = 255
	mostNumber   = 1_000_000_000
	mostLabels   = 200
	mostComments = 20_000
	mostLinks    = 500
)

// plan maps a work item; nil when it cannot be one, which the report says.
func (r *run) plan(i *record.Item) (*plan, error) {
	i.Key = strings.TrimSpace(i.Key)
	i.Title = oneLine(i.Title)
	switch {
	case i.Key == "" || len(i.Key) > mostKey || strings.ContainsFunc(i.Key, isControl):
		r.Note(record.Note{At: i.At, Kind: record.Unread, Text: "it has no key by which it is known again"})
		return nil, nil
	case i.Title == "":
		r.Note(record.Note{At: i.At, Key: i.Key, Kind: record.Unread, Text: "it has no title"})
		return nil, nil
	}
	if runes := []rune(i.Title); len(runes) > mostTitle {
		r.Note(record.Note{At: i.At, Key: i.Key, Kind: record.Changed, Text: "the title is cut after 255 characters"})
		i.Text.Body = i.Title + "\n\n" + i.Text.Body
		i.Title = string(runes[:mostTitle])
	}
	at, err := r.where(i.Project)
	if err != nil {
		return nil, err
	}
	p := &plan{Item: i, at: at, id: store.NewID()}
	for _, lost := range i.Lost {
		r.lose(i, lost)
	}
	if err := r.words(p); err != nil {
		return nil, fmt.Errorf("%s: %w", i.Key, err)
	}
	if err := r.hang(p); err != nil {
		return nil, fmt.Errorf("%s: %w", i.Key, err)
	}
	return p, nil
}

func isControl(c rune) bool { return c < ' ' || c == 0x7f }

func oneLine(s string) string {
	return strings.TrimSpace(strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "\uFFFD"), isControl), " "))
}

// words maps the values of a work item.
func (r *run) words(p *plan) (err error) {
	i := p.Item
	if i.Number < 0 || i.Number > mostNumber {
		i.Number = 0
	}
	var known bool
	if p.priority, known = record.PriorityOf(r.order.Map, i.Priority); !known {
		r.lose(i, fmt.Sprintf("the priority %q is none that is known: [priorities] in --map says which it is",
			short(i.Priority)))
	}
	if p.html, known = markup.HTML(i.Text); known {
		r.Note(record.Note{At: i.At, Key: i.Key, Kind: record.Changed, Text: "the text is too large, or cannot be shown: not all of it is here"})
	}
	if len(i.Labels) > mostLabels {
		r.lose(i, fmt.Sprintf("%d labels: a work item takes %d", len(i.Labels), mostLabels))
		i.Labels = i.Labels[:mostLabels]
	}
	if p.state, err = r.state(p.at, i.State); err != nil {
		return err
	}
	if p.labels, err = r.labels(p.at, i); err != nil {
		return err
	}
	if p.cycle, err = r.cycle(p.at, i.Cycle); err != nil {
		return err
	}
	if p.modules, err = r.modules(p.at, i.Modules); err != nil {
		return err
	}
	if p.assignees, err = r.assignees(p.at, i); err != nil {
		return err
	}
	p.author, err = r.author(i.Author)
	p.times()
	return err
}

// times settles when it was made, changed and done.
func (p *plan) times() {
	if p.Created.IsZero() && !p.Updated.IsZero() {
		p.Created = p.Updated
	}
	if p.Updated.Before(p.Created) {
		p.Updated = p.Created
	}
	if p.state != nil && p.state.Group == "completed" {
		for _, at := range []time.Time{p.Completed, p.Updated, p.Created} {
			if !at.IsZero() {
				p.done = &at
				return
			}
		}
	}
}

// hang maps what hangs on a work item.
func (r *run) hang(p *plan) error {
	i := p.Item
	if len(i.Comments) > mostComments {
		r.lose(i, fmt.Sprintf("%d comments: %d are taken", len(i.Comments), mostComments))
		i.Comments = i.Comments[:mostComments]
	}
	for _, c := range i.Comments {
		html, cut := markup.HTML(c.Text)
		if html == markup.Empty {
			continue
		}
		if cut {
			r.Note(record.Note{At: i.At, Key: i.Key, Kind: record.Changed, Text: "a comment is too large, or cannot be shown: not all of it is here"})
		}
		author, err := r.author(c.Author)
		if err != nil {
			return err
		}
		at := c.At
		if at.IsZero() {
			at = i.Created
		}
		p.comments = append(p.comments, said{key: keyOf(c.Key, html), author: author, html: html, at: at})
	}
	p.comments = distinct(p.comments)
	for _, l := range i.Links {
		if url, ok := address(l.URL); ok && len(p.links) < mostLinks {
			p.links = append(p.links, record.Link{URL: url, Title: short(l.Title)})
		} else {
			r.lose(i, "the link "+short(l.URL)+" is no web address")
		}
	}
	for _, w := range i.Work {
		by, err := r.author(w.Author)
		if err != nil {
			return err
		}
		if w.Minutes > 0 && w.Minutes <= 525600 {
			p.work = append(p.work, worked{by: by, at: w.At, minutes: w.Minutes, text: short(w.Text)})
		}
	}
	return nil
}

// distinct gives comments with the same key others.
func distinct(all []said) []said {
	seen := map[string]int{}
	for n := range all {
		key := all[n].key
		if seen[key]++; seen[key] > 1 {
			all[n].key = fmt.Sprintf("%s#%d", key, seen[key])
		}
	}
	return all
}

// keyOf is the key of a comment; of one without, what it says.
func keyOf(key, html string) string {
	if key == "" || len(key) > mostKey-10 {
		return "=" + stamp(key+"\x00"+html)
	}
	return strings.ToValidUTF8(strings.ReplaceAll(key, "\x00", ""), "?")
}

// address is a link that may stand in a page.
func address(s string) (string, bool) {
	s = strings.TrimSpace(s)
	lower := strings.ToLower(s)
	ok := strings.HasPrefix(lower, "https://") || strings.HasPrefix(lower, "http://")
	return s, ok && len(s) <= 2000 && !strings.ContainsFunc(s, func(c rune) bool {
		return c <= ' ' || c == 0x7f || c == '"'
	})
}

// stamp is what stays of a text, to see whether it has changed.
func stamp(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}

func markOf(scope, key string) (m mark) {
	sum := sha256.Sum256([]byte(scope + "\x00" + key))
	copy(m[:], sum[:])
	return m
}

func date(s string) *store.Date {
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return nil
	}
	return new(store.Date(s))
}

// row is the work item as a new row.
func (p *plan) row(r *run, t *store.Tx) *store.Issue {
	source, key := r.order.Source, p.Key
	text := richtext.Text(p.html)
	i := &store.Issue{AuditFields: store.AuditFields{ID: p.id, CreatedByID: &p.author, CreatedAt: p.Created,
		UpdatedAt: p.Updated}, Name: p.Title, DescriptionHTML: p.html, DescriptionStripped: &text,
		IssueValues: store.IssueValues{Priority: p.priority, StartDate: date(p.Start), TargetDate: date(p.Target),
			SortOrder: 65535},
		ProjectID: p.at.project.ID, WorkspaceID: p.at.project.WorkspaceID, ArchivedAt: date(p.Archived),
		CompletedAt: p.done, ExternalID: &key, ExternalSource: &source}
	if p.state != nil {
		i.StateID = &p.state.ID
		if p.state.Group == "completed" && i.CompletedAt == nil {
			i.CompletedAt = &t.Now
		}
	}
	return i
}

// followers are who hears of the work item from now on: who made it and who does it, as far as they are members.
func (p *plan) followers() []string {
	all := append([]string{p.author}, p.assignees...)
	slices.Sort(all)
	all = slices.Compact(all)
	return slices.DeleteFunc(all, func(id string) bool { return !p.at.members[id] })
}
