// Package letter turns what people are told of into letters. Rows of email_notification_logs wait until five minutes
// are over since the first of them; then one letter goes to each receiver about each work item, with what became of it.
// A mention is a letter of its own, at once.
//
// The transaction that marks the rows leaves the job that sends the letter, so that none is lost and none goes twice.
// The letter is written when it is sent: it says what is true then, and goes to nobody who may not see the work item
// any more.
package letter

import (
	"context"
	"fmt"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Wait is how long the first change of a letter waits for more of them.
const Wait = 5 * time.Minute

const (
	batch    = 100  // letters that are queued in one transaction
	mostRows = 1000 // changes in one letter; more of them make another one
)

// JobSend is the kind of the jobs that send a Work.
const JobSend = "letter.send"

// Work is a letter about a work item that is to be sent: the rows that it tells of.
type Work struct {
	Receiver string   `json:"receiver"`
	Issue    string   `json:"issue"`
	Mention  bool     `json:"mention,omitempty"`
	Rows     []string `json:"rows"`
}

var _ store.OrderedJob = Work{}

// Order is that of the letters to one person about one work item: they are sent as things happened. Others need not
// wait for them.
func (w Work) Order() store.JobOrder { return store.JobOrder{Line: w.Receiver + " " + w.Issue} }

// Gather queues the letters that are due.
func Gather(ctx context.Context, a *app.App) error { return gather(ctx, a, a.DB.Now().Add(-Wait)) }

// Mentioned queues the letters to who was mentioned: these wait for nothing.
func Mentioned(ctx context.Context, a *app.App, _ struct{}) error { return gather(ctx, a, time.Time{}) }

func gather(ctx context.Context, a *app.App, written time.Time) error {
	send, err := possible(ctx, a)
	if err != nil {
		return err
	}
	for dropped := 0; ; {
		due, err := store.LettersDue(a.DB.Read(ctx), written, batch)
		if err != nil {
			return err
		}
		taken := 0
		if len(due) > 0 {
			err = a.DB.Write(ctx, "", func(t *store.Tx) error {
				taken, err = take(t, due, send)
				return err
			})
			if err != nil {
				return fmt.Errorf("queue letters: %w", err)
			}
		}
		if !send {
			dropped += taken
		}
		if taken > 0 { // else another node has them
			continue
		}
		if dropped > 0 {
			a.Log.Info("letters about work dropped: no mail server is set, or nobody has said where the app is",
				"count", dropped)
		}
		return nil
	}
}

// take marks the rows of letters and leaves the jobs that send them.
func take(t *store.Tx, due []store.LetterKey, send bool) (taken int, err error) {
	var jobs []any
	for _, k := range due {
		ids, err := store.TakeLetter(t, k, mostRows)
		if err != nil {
			return 0, err
		}
		if len(ids) == 0 {
			continue
		}
		taken++
		jobs = append(jobs, Work{Receiver: k.Receiver, Issue: k.Issue, Mention: k.Mention, Rows: ids})
	}
	if !send {
		return taken, nil
	}
	return taken, store.EnqueueAll(t, JobSend, jobs)
}

// possible says whether letters can be sent at all. Those that cannot are not kept: whoever sets a mail server up does
// not want the letters of a year.
func possible(ctx context.Context, a *app.App) (bool, error) {
	s, err := a.Settings(ctx)
	if err != nil || s["EMAIL_HOST"] == "" {
		return false, err
	}
	address, err := a.Address(ctx)
	return address != "", err
}
