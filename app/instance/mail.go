package instance

import (
	"context"
	"fmt"
	netmail "net/mail"
	"strconv"
	"time"

	"github.com/wneessen/go-mail"

	"github.com/sailplane/sailplane/app"
)

const mailTimeout = 20 * time.Second

// Send gives an email to the mail server of the settings.
func Send(ctx context.Context, s app.Settings, to string, msg *mail.Msg) error {
	if err := msg.From(s["EMAIL_FROM"]); err != nil {
		return fmt.Errorf("sender: %w", err)
	}
	if msg.To(to) != nil { // whether there is a box of that name is the mail server's to say
		msg.ToMailAddress(&netmail.Address{Address: to})
	}
	port, err := strconv.Atoi(s["EMAIL_PORT"])
	if err != nil {
		return fmt.Errorf("port of the mail server: %w", err)
	}
	opts := []mail.Option{mail.WithPort(port), mail.WithTimeout(mailTimeout), mail.WithTLSPolicy(mail.NoTLS)}
	switch {
	case s.On("EMAIL_USE_SSL"):
		opts = append(opts, mail.WithSSL())
	case s.On("EMAIL_USE_TLS"):
		opts = append(opts, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if s["EMAIL_HOST_USER"] != "" {
		opts = append(opts, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s["EMAIL_HOST_USER"]),
			mail.WithPassword(s["EMAIL_HOST_PASSWORD"]))
	}
	client, err := mail.NewClient(s["EMAIL_HOST"], opts...)
	if err != nil {
		return fmt.Errorf("mail server: %w", err)
	}
	if err := client.DialAndSendWithContext(ctx, msg); err != nil {
		return fmt.Errorf("send a letter: %w", err)
	}
	return nil
}

// CheckAddress notes in the log that emails with links are not sent, when there is a mail server and nobody has said
// where the app is.
func CheckAddress(ctx context.Context, a *app.App) error {
	s, err := a.Settings(ctx)
	if err != nil || s["EMAIL_HOST"] == "" {
		return err
	}
	address, err := a.Address(ctx)
	if err == nil && address == "" {
		a.Unaddressed("every one with a link")
	}
	return err
}

// CheckTest refuses a test letter that cannot even be tried.
func CheckTest(c *app.Call, to string) error {
	s, err := c.Settings(c)
	if err != nil {
		return err
	}
	if to == "" {
		return app.Refuse(app.Invalid, "Receiver email is required")
	}
	if s["EMAIL_HOST"] == "" {
		return app.Refuse(app.Invalid, "No mail server is set.")
	}
	if _, err := strconv.Atoi(s["EMAIL_PORT"]); err != nil {
		return app.Refuse(app.Invalid, "The port of the mail server is not a number.")
	}
	return nil
}

// IsSender says whether letters can be from that: an address, with or without a name.
func IsSender(from string) bool {
	a, err := netmail.ParseAddress(from)
	return err == nil && app.IsEmail(a.Address)
}

// SendTest sends an email that says nothing, to find out whether the settings are right.
func SendTest(ctx context.Context, s app.Settings, to string) error {
	msg := mail.NewMsg()
	msg.Subject("Email Notification from Plane")
	msg.SetBodyString(mail.TypeTextPlain,
		"This is a test: the server can send letters with the settings that it has now.\n")
	return Send(ctx, s, to, msg)
}
