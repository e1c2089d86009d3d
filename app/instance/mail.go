package instance

import (
	"context"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"strconv"
	"time"

	"github.com/wneessen/go-mail"

	"github.com/sailplane/sailplane/app"
)

const mailTimeout = 20 * time.Second

var (
	errMailFixed = app.Refuse(app.Conflict,
		"The mail server is set in the configuration of the server ([mail]); it can't be changed here.")
	// errOpenSignIn says that a password would have crossed a network of strangers in the clear.
	errOpenSignIn = errors.New("signing in without encryption is for this machine and for private networks only")
)

// unencrypted are the ways to sign in when nothing else encrypts, the safest first; the last two send the password
// itself.
var unencrypted = []mail.SMTPAuthType{mail.SMTPAuthSCRAMSHA256, mail.SMTPAuthSCRAMSHA1, mail.SMTPAuthCramMD5,
	mail.SMTPAuthPlainNoEnc, mail.SMTPAuthLoginNoEnc}

// client is how the mail server of the settings is talked to, for as long as the context lasts at most.
func client(ctx context.Context, s app.Settings) (*mail.Client, error) {
	port, err := strconv.Atoi(s["EMAIL_PORT"])
	if err != nil {
		return nil, fmt.Errorf("port of the mail server: %w", err)
	}
	patience := mailTimeout
	if end, ok := ctx.Deadline(); ok {
		patience = max(min(patience, time.Until(end)), time.Millisecond)
	}
	opts := []mail.Option{mail.WithPort(port), mail.WithTimeout(patience), mail.WithTLSPolicy(mail.NoTLS)}
	if s[app.MailHelo] != "" {
		opts = append(opts, mail.WithHELO(s[app.MailHelo]))
	}
	open := false
	switch {
	case s.On("EMAIL_USE_SSL"):
		opts = append(opts, mail.WithSSL())
	case s.On("EMAIL_USE_TLS"):
		opts = append(opts, mail.WithTLSPolicy(mail.TLSMandatory))
	default:
		open = true
	}
	if s["EMAIL_HOST_USER"] != "" {
		auth := mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover)
		if open && s.On(app.MailPlainSignIn) {
			auth = mail.WithOpportunisticSMTPAuth(unencrypted...)
			opts = append(opts, mail.WithDialContextFunc(dialNear))
		}
		opts = append(opts, auth, mail.WithUsername(s["EMAIL_HOST_USER"]), mail.WithPassword(s["EMAIL_HOST_PASSWORD"]))
	}
	c, err := mail.NewClient(s["EMAIL_HOST"], opts...)
	if err != nil {
		return nil, fmt.Errorf("mail server: %w", err)
	}
	return c, nil
}

// dialNear connects to this machine and to private networks only.
func dialNear(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	at, ok := conn.RemoteAddr().(*net.TCPAddr)
	if !ok || !at.IP.IsLoopback() && !at.IP.IsPrivate() && !at.IP.IsLinkLocalUnicast() {
		conn.Close()
		return nil, errOpenSignIn
	}
	return conn, nil
}

// Send gives an email to the mail server of the settings.
func Send(ctx context.Context, s app.Settings, to string, msg *mail.Msg) error {
	if err := msg.From(s["EMAIL_FROM"]); err != nil {
		return fmt.Errorf("sender: %w", err)
	}
	if msg.To(to) != nil { // whether there is a box of that name is the mail server's to say
		msg.ToMailAddress(&netmail.Address{Address: to})
	}
	c, err := client(ctx, s)
	if err != nil {
		return err
	}
	conn, err := c.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return fmt.Errorf("send a letter: %w", err)
	}
	// A goodbye that fails is no reason to send the letter once more.
	defer c.CloseWithSMTPClient(conn) //nolint:errcheck // see above
	if err := c.SendWithSMTPClient(conn, msg); err != nil {
		return fmt.Errorf("send a letter: %w", err)
	}
	return nil
}

// TryMail connects to the mail server of the settings and signs in, without sending anything.
func TryMail(ctx context.Context, s app.Settings) error {
	c, err := client(ctx, s)
	if err != nil {
		return err
	}
	conn, err := c.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return err
	}
	return c.CloseWithSMTPClient(conn)
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
func CheckTest(s app.Settings, to string) error {
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
	msg.Subject("A test letter from your tracker")
	msg.SetBodyString(mail.TypeTextPlain,
		"This is a test: the server can send letters with the settings that it has now.\n")
	return Send(ctx, s, to, msg)
}
