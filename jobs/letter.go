package jobs

import (
	"context"

	gomail "github.com/wneessen/go-mail"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/letter"
	"github.com/sailplane/sailplane/store"
)

// sendLetter writes a letter about work as things are now, and sends it. What it told of is marked as sent in the
// transaction that ends the job: only a crash between the mail server's word and that sends it twice, with the same
// identity.
func sendLetter(ctx context.Context, a *app.App, w letter.Work) error {
	s, err := a.Settings(ctx)
	if err != nil {
		return err
	}
	if s["EMAIL_HOST"] == "" {
		a.Log.Info("letter dropped: no mail server is set", "template", "work")
		return nil
	}
	l, err := letter.Write(ctx, a, w)
	if err != nil || l == nil {
		return err
	}
	msg := message(l.Subject, l.Text, l.HTML)
	msg.SetMessageIDWithValue(l.ID)
	thread := "<" + l.Thread + ">"
	msg.SetGenHeader(gomail.HeaderInReplyTo, thread)
	msg.SetGenHeader(gomail.HeaderReferences, thread)
	stoppable(msg, l.List, l.Stop)
	if err := post(ctx, a, s, l.To, msg); err != nil {
		return err
	}
	return a.DB.Write(ctx, "", func(t *store.Tx) error {
		if err := store.FinishJob(t); err != nil {
			return err
		}
		return store.MarkLetterSent(t, l.Rows)
	})
}

// stoppable says what list a letter belongs to, and at which address mail programs stop it for their users (RFC 8058).
func stoppable(msg *gomail.Msg, list, stop string) {
	for name, value := range map[gomail.Header]string{"List-Id": list, gomail.HeaderListUnsubscribe: "<" + stop + ">",
		gomail.HeaderListUnsubscribePost: "List-Unsubscribe=One-Click", "Auto-Submitted": "auto-generated"} {
		msg.SetGenHeader(name, value)
	}
}
