package jobs

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	gomail "github.com/wneessen/go-mail"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/instance"
	"github.com/sailplane/sailplane/app/letter"
	"github.com/sailplane/sailplane/app/mail"
	"github.com/sailplane/sailplane/store"
)

// sendMail sends an email through the mail server of the settings. Without one the email is dropped: nobody waits for
// it.
func sendMail(ctx context.Context, a *app.App, l mail.Email) error {
	s, err := a.Settings(ctx)
	if err != nil {
		return err
	}
	if s["EMAIL_HOST"] == "" {
		a.Log.Info("letter dropped: no mail server is set", "template", l.Template)
		return nil
	}
	data, err := l.Body(a)
	if err != nil {
		return fmt.Errorf("%w: %w", err, ErrGiveUp)
	}
	address, err := a.Address(ctx)
	if err != nil {
		return err
	}
	if l.Reminds != "" {
		wanted, err := letter.Wants(ctx, a, l.Reminds, letter.Reminder)
		if err != nil || !wanted { // it waited, and was stopped meanwhile
			return err
		}
		data[mail.Stop] = letter.Stop{User: l.Reminds, Kinds: letter.Reminder}.Address(a, address)
	}
	data[mail.App] = address
	subject, text, page, err := mail.Compose(l.Template, mail.Host(address), data)
	if err != nil {
		return fmt.Errorf("%w: %w", err, ErrGiveUp)
	}
	msg := message(subject, text, page)
	if stop := data[mail.Stop]; stop != "" {
		stoppable(msg, "Reminders <reminders."+mail.Domain(address)+">", stop)
	}
	if l.File != "" {
		msg.AttachReadSeeker(l.File, strings.NewReader(data[mail.FileText]), gomail.WithFileContentType("text/csv"))
	}
	if job := store.JobIn(ctx); job != nil { // the same when it is sent twice, so that mailboxes can tell
		id := uuid.NewSHA1(uuid.NameSpaceURL,
			fmt.Appendf(nil, "%d %s %s", job.ID, l.To, job.CreatedAt.UTC().Format(time.RFC3339Nano)))
		_, domain, _ := strings.Cut(s["EMAIL_FROM"], "@")
		msg.SetMessageIDWithValue(id.String() + "@" + strings.Trim(cmp.Or(domain, "sailplane"), "<> "))
	}
	return post(ctx, a, s, l.To, msg)
}

// post gives a message to the mail server, and counts.
func post(ctx context.Context, a *app.App, s app.Settings, to string, msg *gomail.Msg) error {
	if err := instance.Send(ctx, s, to, msg); err != nil {
		a.Counts.LettersFailed.Add(1)
		if instance.RefusedForGood(err) {
			return fmt.Errorf("%w: %w", err, ErrGiveUp)
		}
		return err
	}
	a.Counts.LettersSent.Add(1)
	return nil
}

// message is a letter for readers of text and of HTML.
func message(subject, text, html string) *gomail.Msg {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.Subject(subject)
	msg.SetBodyString(gomail.TypeTextPlain, text)
	msg.AddAlternativeString(gomail.TypeTextHTML, html)
	return msg
}
