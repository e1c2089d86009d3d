// Package mail leaves e-mails to be sent: whoever changes something writes them with it, and a job sends them.
package mail

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Job is the kind of the jobs that send an Email.
const Job = "mail.send"

// FileText is the name of an email's data under which the text of its file stands.
const FileText = "file"

// Stop is the name of a reminder's data under which the address stands at which reminders are stopped.
const Stop = "stop"

// App is the name of every email's data under which the address stands at which the app is; empty: nobody knows.
const App = "app"

// Items is the name of an email's data under which paragraphs stand; all else is one line.
const Items = "items"

// Email is an e-mail to be sent: a letter of embed/mail and what it tells.
type Email struct {
	To       string            `json:"to"`
	Template string            `json:"template"`
	Data     map[string]string `json:"data,omitempty"`
	Sealed   string            `json:"sealed,omitempty"` // more data, which nobody may read in the queue
	// the name of a table that goes with it; its text is among the data as FileText
	File string `json:"file,omitempty"`
	// whom it reminds of due dates, by id; empty: it is no reminder. These can be stopped at an address in the letter.
	Reminds string `json:"reminds,omitempty"`
}

var _ store.OrderedJob = Email{}

// Order is the addressee's: emails to one person are sent in the order in which they were written, so that the newest
// code comes last.
func (l Email) Order() store.JobOrder { return store.JobOrder{Line: l.To} }

// Enqueue leaves an email to be sent once the transaction has committed. What it tells is sealed: codes and links open
// doors.
func Enqueue(a *app.App, t *store.Tx, to, template string, data map[string]string) error {
	return EnqueueWithFile(a, t, to, template, data, "")
}

// EnqueueWithFile is Enqueue for an email with a table of that name.
func EnqueueWithFile(a *app.App, t *store.Tx, to, template string, data map[string]string, file string) error {
	l, err := New(a, to, template, data)
	l.File = file
	return errors.Join(err, EnqueueAll(t, []Email{l}))
}

// New is an email, sealed, for EnqueueAll. One that could not be written when it is sent, since it is not told what it
// tells, is an error now.
func New(a *app.App, to, template string, data map[string]string) (Email, error) {
	if _, _, err := fill(template, holes(template, "", data)); err != nil {
		return Email{}, err
	}
	doc, err := json.Marshal(data)
	if err != nil {
		return Email{}, fmt.Errorf("seal an email: %w", err)
	}
	return Email{To: to, Template: template, Sealed: a.Seal(string(doc))}, nil
}

// EnqueueAll leaves emails to be sent, in their order.
func EnqueueAll(t *store.Tx, all []Email) error {
	payloads := make([]any, len(all))
	for i := range all {
		payloads[i] = all[i]
	}
	return store.EnqueueAll(t, Job, payloads)
}

// Body is everything that the email tells.
func (l Email) Body(a *app.App) (map[string]string, error) {
	data := map[string]string{}
	for k, v := range l.Data {
		data[k] = v
	}
	doc, err := a.Unseal(l.Sealed)
	if err != nil || doc == "" {
		return data, err
	}
	if err := json.Unmarshal([]byte(doc), &data); err != nil {
		return nil, fmt.Errorf("read an email's contents: %w", err)
	}
	return data, nil
}
