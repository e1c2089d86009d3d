package letter

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/mail"
	"github.com/sailplane/sailplane/store"
)

// What one letter shows at most; of the rest it says how much there is.
const (
	mostChanges  = 60
	mostComments = 20
	mostValues   = 20
)

// draft is a letter that is being written: what is known about who gets it, and what it tells of.
type draft struct {
	*app.App
	t       *store.Tx
	work    Work
	at      *store.LetterContext
	address string
	zone    *time.Location
	told    []notice
	kinds   Kind
	rows    []string // of those told
	names   map[string]string
	said    map[string]*store.IssueComment // comments that are shown, by id
}

// Write returns a letter as it is now, or nil when nothing of it is left to tell: it was read in the app meanwhile, or
// taken back, or the receiver wants no such letters or may not see the work item any more.
func Write(ctx context.Context, a *app.App, w Work) (*Letter, error) {
	d := &draft{App: a, t: a.DB.Read(ctx), work: w, names: map[string]string{}}
	var err error
	if d.at, err = store.FindLetterContext(d.t, w.Receiver, w.Issue); errors.Is(err, store.ErrNotFound) ||
		err == nil && (d.at.Email == nil || *d.at.Email == "") {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("letter: %w", err)
	}
	if d.address, err = a.Address(ctx); err != nil || d.address == "" {
		return nil, err
	}
	d.zone = app.Zone(d.at.Zone)
	if err := d.read(); err != nil {
		return nil, err
	}
	p := page{}
	if w.Mention {
		err = d.mentions(&p)
	} else {
		err = d.changes(&p)
	}
	if err != nil || len(p.Lines)+len(p.Said) == 0 {
		return nil, err
	}
	return d.finish(&p)
}

// read takes what is still to be told, in the order in which it happened.
func (d *draft) read() error {
	wanted, err := wants(d.t, d.work.Receiver)
	if err != nil {
		return err
	}
	seen, err := store.SeenInApp(d.t, d.work.Receiver, d.work.Issue)
	if err != nil {
		return err
	}
	var states []string
	err = store.EachNotice(d.t, d.work.Rows, func(row *store.EmailNotificationLog) error {
		n, err := read(row)
		if err != nil {
			d.Log.Warn("a row tells nothing that a letter could say", "error", err)
			return nil
		}
		if at, was := seen[n.activity]; was && !at.Before(row.CreatedAt) || n.Field != "mention" && !d.at.Follows {
			return nil
		}
		if n.Field == "state" && store.IsID(n.NewID) {
			states = with(states, n.NewID)
		}
		d.told = append(d.told, n)
		return nil
	})
	if err != nil {
		return err
	}
	completed, err := store.CompletedAmong(d.t, states)
	if err != nil {
		return err
	}
	d.told = slices.DeleteFunc(d.told, func(n notice) bool {
		n.completed = completed[n.NewID]
		return n.kind()&wanted == 0
	})
	for i := range d.told {
		n := &d.told[i]
		n.completed = completed[n.NewID]
		d.rows, d.kinds = append(d.rows, n.row), d.kinds|n.kind()
	}
	slices.SortStableFunc(d.told, func(a, b notice) int { return a.At.Compare(b.At) })
	return nil
}

// changes writes what happened to the work item.
func (d *draft) changes(p *page) error {
	var f Fold
	for _, n := range d.told {
		f.Add(n.Change)
	}
	var ids []string
	for _, s := range f.Comments() {
		ids = append(ids, s.ID)
	}
	there, err := store.Living(d.t, "issue_comments", onlyIDs(ids))
	if err != nil {
		return err
	}
	files, err := store.Living(d.t, "file_assets", onlyIDs(f.Files()))
	if err != nil {
		return err
	}
	lines := f.Lines(func(id string) bool { return !there[id] && !files[id] })
	said := slices.DeleteFunc(f.Comments(), func(s *Said) bool { return !there[s.ID] })
	var who []string
	for _, l := range lines {
		who = append(who, l.Actors...)
	}
	for _, s := range said {
		who = append(who, s.Actor)
	}
	if err := d.meet(who); err != nil {
		return err
	}
	p.MoreLines, p.MoreSaid = max(len(lines)-mostChanges, 0), max(len(said)-mostComments, 0)
	for _, l := range lines[:min(len(lines), mostChanges)] {
		p.Lines = append(p.Lines, change{Label: label(l.Field), Parts: d.parts(l),
			By: people(d.called(l.Actors)), When: d.when(l.At)})
	}
	said = said[:min(len(said), mostComments)]
	ids = ids[:0]
	for _, s := range said {
		ids = append(ids, s.ID)
	}
	if err := d.listen(ids); err != nil {
		return err
	}
	for _, s := range said {
		d.quote(p, s)
	}
	word := map[bool]string{true: "lead.said", false: "lead.changed"}[len(p.Lines) == 0]
	if len(p.Lines) > 0 && len(p.Said) > 0 {
		word = "lead.both"
	}
	p.Lead = say(word, people(d.called(who)))
	return nil
}

// mentions writes where the receiver was mentioned, as far as that still stands there.
func (d *draft) mentions(p *page) error {
	var who []string
	for _, n := range d.told {
		if !slices.Contains(who, n.Actor) {
			who = append(who, n.Actor)
		}
	}
	if err := d.meet(append(who, d.work.Receiver)); err != nil {
		return err
	}
	var really, ids []string
	var once []notice // the same text again is shown as it is now
	for _, n := range d.told {
		if !slices.ContainsFunc(once, func(o notice) bool { return o.NewID == n.NewID }) {
			once, ids = append(once, n), append(ids, n.NewID)
		}
	}
	p.MoreSaid = max(len(once)-mostComments, 0)
	once = once[:min(len(once), mostComments)]
	if err := d.listen(onlyIDs(ids[:len(once)])); err != nil {
		return err
	}
	for _, n := range once {
		before := len(p.Said)
		if store.IsID(n.NewID) {
			d.quote(p, &Said{ID: n.NewID, Actor: n.Actor, At: n.At})
		} else if mentions(d.at.Text, d.work.Receiver) {
			if err := d.meet(mentioned(d.at.Text)); err != nil {
				return err
			}
			p.Said = append(p.Said, quote{By: people(d.called([]string{n.Actor})), How: say("said.description"),
				When: d.when(n.At), Lines: d.excerpt(d.text(d.at.Text))})
		}
		if len(p.Said) > before {
			really = append(really, n.Actor)
		}
	}
	p.Lead = say("lead.mentioned", people(d.called(really)))
	return nil
}

// listen reads comments, and learns the names of who is mentioned in them.
func (d *draft) listen(ids []string) (err error) {
	if d.said, err = store.IssueComments.ByID(d.t, ids); err != nil {
		return err
	}
	var who []string
	for _, m := range d.said {
		who = append(who, mentioned(m.CommentHTML)...)
	}
	return d.meet(who)
}

// quote adds a comment with the text that it has now, if it is still there.
func (d *draft) quote(p *page, s *Said) {
	m := d.said[s.ID]
	if m == nil || m.IssueID != d.work.Issue || d.work.Mention && !mentions(m.CommentHTML, d.work.Receiver) {
		return
	}
	q := quote{By: people(d.called([]string{s.Actor})), How: say("said.wrote"), When: d.when(s.At),
		Lines: d.excerpt(d.text(m.CommentHTML))}
	if s.Edited {
		q.How = say("said.edited")
	}
	p.Said = append(p.Said, q)
}

func (d *draft) excerpt(text string) []string {
	word := ""
	if d.work.Mention {
		word = "@" + d.names[d.work.Receiver]
	}
	return strings.Split(excerpt(cmp.Or(text, say("said.empty")), word), "\n")
}

func (d *draft) when(at time.Time) string { return at.In(d.zone).Format("2 Jan 2006, 15:04 MST") }

// parts say what became of a field.
func (d *draft) parts(l Line) (parts []string) {
	switch {
	case l.Field == "archived_at" && l.To == "restore":
		return []string{say("value.restored")}
	case l.Field == "archived_at":
		return []string{say("value.archived")}
	case l.Field == "description":
		return []string{say("value.rewritten")}
	}
	for _, some := range []struct {
		word   string
		values []string
	}{{"value.added", l.Added}, {"value.removed", l.Removed}, {"value.changed", l.Touched}} {
		if n := len(some.values); n > 0 {
			texts := make([]string, 0, n)
			for _, v := range some.values[:min(n, mostValues)] {
				texts = append(texts, shown(l.Field, v))
			}
			text := strings.Join(texts, ", ")
			if n > mostValues {
				text = say("value.more", text, n-mostValues)
			}
			parts = append(parts, say(some.word, text))
		}
	}
	if l.Less > 0 {
		parts = append(parts, say("value.less", l.Less))
	}
	if len(parts) == 0 {
		parts = append(parts, say("value.from-to", shown(l.Field, l.From), shown(l.Field, l.To)))
	}
	return parts
}

// meet learns the names of people.
func (d *draft) meet(ids []string) error {
	known, err := store.Users.ByID(d.t, onlyIDs(ids))
	for id, u := range known {
		d.names[id] = shorten(mail.OneLine(u.Called()), mostName)
	}
	return err
}

func (d *draft) called(ids []string) (names []string) {
	for _, id := range ids {
		names = with(names, cmp.Or(d.names[id], say("people.somebody")))
	}
	return names
}

// onlyIDs are those of the texts that can be ids, each once.
func onlyIDs(texts []string) (ids []string) {
	for _, s := range texts {
		if store.IsID(s) {
			ids = with(ids, s)
		}
	}
	return ids
}
