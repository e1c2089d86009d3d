package letter

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Kind is a kind of letter, as people switch them on and off; several together are their sum.
type Kind uint8

// The kinds.
const (
	Property Kind = 1 << iota
	State
	Completed
	Comment
	Mention
	Reminder // of due dates: package reminder writes these letters
)

// kinds are all of them with their words.
var kinds = []struct {
	Kind
	word string
}{{Property, "kind.property"}, {State, "kind.state"}, {Completed, "kind.completed"}, {Comment, "kind.comment"},
	{Mention, "kind.mention"}, {Reminder, "kind.reminder"}}

// Words are the names of the kinds.
func (k Kind) Words() (list []string) {
	for _, one := range kinds {
		if k&one.Kind != 0 {
			list = append(list, say(one.word))
		}
	}
	return list
}

// notice is what a row of email_notification_logs tells.
type notice struct {
	Change
	row       string // its id
	activity  string // the id of its row of history
	completed bool   // it was moved to a state in which work is completed
}

// loose is a text of the rows: the reference writes what is missing as null, as nothing, or as the word None.
type loose string

// UnmarshalJSON takes whatever there is.
func (l *loose) UnmarshalJSON(raw []byte) error {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		s = ""
	}
	*l = loose(s)
	return nil
}

func (l loose) text() string {
	if l == "None" {
		return ""
	}
	return string(l)
}

func read(row *store.EmailNotificationLog) (notice, error) {
	var data struct {
		Activity struct {
			ID    string `json:"id"`
			Verb  string `json:"verb"`
			Field string `json:"field"`
			Old   loose  `json:"old_value"`
			New   loose  `json:"new_value"`
			OldID loose  `json:"old_identifier"`
			NewID loose  `json:"new_identifier"`
			Time  loose  `json:"activity_time"`
		} `json:"issue_activity"`
	}
	if err := json.Unmarshal(row.Data, &data); err != nil {
		return notice{}, fmt.Errorf("row %s of email_notification_logs: %w", row.ID, err)
	}
	what := data.Activity
	n := notice{row: row.ID, activity: what.ID}
	n.Change = Change{Field: what.Field, Verb: what.Verb, Old: what.Old.text(), New: what.New.text(), At: row.CreatedAt,
		OldID: what.OldID.text(), NewID: what.NewID.text(), Actor: row.TriggeredByID}
	switch what.Field {
	case "name": // which may well be None
		n.Old, n.New = string(what.Old), string(what.New)
	case "description": // which is long, and only whether it is another one counts
		n.Old, n.New = digest(n.Old), digest(n.New)
	case "comment": // whose text is read when the letter is written
		n.Old, n.New = "", ""
	}
	if at, err := time.Parse(time.RFC3339, string(what.Time)); err == nil {
		n.At = at
	}
	return n, nil
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:8])
}

// kind is what the notice is, by any of which it is wanted: completion is a change of state too, as the switches have
// it (see package notify, which leaves the rows by the same rule).
func (n *notice) kind() Kind {
	switch {
	case n.Field == "state" && n.completed:
		return State | Completed
	case n.Field == "state":
		return State
	case n.Field == "comment":
		return Comment
	case n.Field == "mention":
		return Mention
	}
	return Property
}

// wants are the kinds of letters that somebody gets: each has a switch of its own. Who never said anything gets all.
func wants(t *store.Tx, user string) (k Kind, err error) {
	p, err := store.NotificationPreferences.Get(t, dbx.HashExp{"user_id": user})
	if errors.Is(err, store.ErrNotFound) {
		p, err = &store.NotificationPreference{PropertyChange: true, StateChange: true, IssueCompleted: true, Comment: true,
			Mention: true}, nil
	}
	if err != nil {
		return 0, err
	}
	for _, s := range switches(p) {
		if s.on() {
			k |= s.Kind
		}
	}
	return k, nil
}

// Wants says whether somebody wants letters of a kind.
func Wants(ctx context.Context, a *app.App, user string, k Kind) (bool, error) {
	all, err := wants(a.DB.Read(ctx), user)
	return all&k != 0, err
}

// turn is a kind's switch among somebody's preferences.
type turn struct {
	Kind
	set bool // what the column says of letters that are wanted
	at  *bool
	col string
}

func (s turn) on() bool { return *s.at == s.set }

func switches(p *store.NotificationPreference) []turn {
	return []turn{{Property, true, &p.PropertyChange, "property_change"}, {State, true, &p.StateChange, "state_change"},
		{Completed, true, &p.IssueCompleted, "issue_completed"}, {Comment, true, &p.Comment, "comment"},
		{Mention, true, &p.Mention, "mention"}, {Reminder, false, &p.RemindersOff, "reminders_off"}}
}
