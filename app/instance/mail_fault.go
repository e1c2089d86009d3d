package instance

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"strings"
	"syscall"

	"github.com/wneessen/go-mail"
)

// MailFault says what went wrong with a letter.
type MailFault struct {
	What string `json:"error"`
	Said string `json:"said"` // the mail server's own words, or the network's
	Do   string `json:"do"`   // what to do next
}

// Text is all of it.
func (f MailFault) Text() string {
	text := f.What
	if f.Said != "" {
		text += " (" + f.Said + ")"
	}
	return text + ". " + f.Do
}

// mailFaults are what can go wrong, the most particular first.
var mailFaults = []struct {
	is       func(err error) bool
	what, do string
}{
	{isA[*net.DNSError], "The name of the mail server is not known",
		"See that the host is spelled right and that this machine can resolve names."},
	{isA[x509.HostnameError], "The mail server's certificate is for another name",
		"Use one of the names in the certificate as the host."},
	{isA[x509.UnknownAuthorityError], "The mail server's certificate is from an authority that this machine does not know",
		"Use a certificate of a known authority, or add the authority to this machine's (SSL_CERT_FILE names a file)."},
	{isA[x509.CertificateInvalidError], "The mail server's certificate is not valid",
		"Renew the certificate, and see that the clocks of both machines are right."},
	{isA[tls.RecordHeaderError], "The mail server does not speak TLS from the start at this port",
		"Choose STARTTLS (most often port 587), or the port for TLS (most often 465)."},
	{says("does not support STARTTLS"), "The mail server offers no STARTTLS at this port",
		"Choose TLS from the start (most often port 465), another port, or no encryption if the server is on this machine."},
	{is(errOpenSignIn), "The password would go over a public network unencrypted",
		"Choose STARTTLS or TLS, or sign in without a name."},
	{is(mail.ErrNoSupportedAuthDiscovered), "The mail server and this server know no way to sign in that both take",
		"Choose STARTTLS or TLS: without encryption a password is not sent, unless mail.plain_sign_in allows it for a " +
			"private network."},
	{answered(534, 535, 538, 454), "The mail server refused the name or the password",
		"Set them again. Many providers want a password for applications rather than the account's."},
	{answered(530), "The mail server wants something else first",
		"Set a name and a password, or choose STARTTLS or TLS, as its words say."},
	{refusedIn(mail.ErrSMTPMailFrom), "The mail server refused the sender",
		"Use a sender's address that this account may send from."},
	{refusedIn(mail.ErrSMTPRcptTo), "The mail server refused the receiver",
		"See that the address is right; a server that forwards nothing wants a name and a password."},
	{refusedIn(mail.ErrSMTPData, mail.ErrSMTPDataClose, mail.ErrWriteContent), "The mail server refused the letter",
		"Its words say why; most often the sender is not the account's or too much was sent."},
	{isTimeout, "The mail server did not answer in time",
		"See that the host and the port are right. Many networks block port 25: try 587 or 465. Without TLS from the start " +
			"at a port for it, both wait for each other."},
	{is(syscall.ECONNREFUSED), "Nobody listens at this address",
		"See that the host and the port are right: 587 is most often for STARTTLS, 465 for TLS."},
	{is(io.EOF), "The mail server hung up",
		"It may want TLS from the start at this port, or not know this machine; its log says why."},
}

// ExplainMail says in words what went wrong.
func ExplainMail(err error) MailFault {
	f := MailFault{What: "The letter could not be sent", Said: said(err), Do: "See that the settings are right."}
	for _, known := range mailFaults {
		if known.is(err) {
			f.What, f.Do = known.what, known.do
			break
		}
	}
	return f
}

// said is the innermost text of an error, on one line: the words of the mail server if it had any.
func said(err error) string {
	var answer *textproto.Error
	var refusal *mail.SendError
	switch {
	case errors.As(err, &answer):
		return line(fmt.Sprintf("%d %s", answer.Code, answer.Msg))
	case errors.As(err, &refusal):
		_, words, found := strings.Cut(refusal.Error(), ": ")
		if found {
			return line(words)
		}
	}
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return line(err.Error())
}

func line(text string) string {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "?")), " ")
	const most = 500
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most]) + "…"
	}
	return text
}

// RefusedForGood says whether the mail server refused the letter itself, which no other try changes. A refused name or
// password is not the letter's: it waits for who sets them right.
func RefusedForGood(err error) bool {
	var refusal *mail.SendError
	return errors.As(err, &refusal) && refusal.ErrorCode() >= 500 && refusal.ErrorCode() != 530 &&
		refusedIn(mail.ErrSMTPMailFrom, mail.ErrSMTPRcptTo, mail.ErrSMTPData, mail.ErrSMTPDataClose)(err)
}

func is(target error) func(error) bool {
	return func(err error) bool { return errors.Is(err, target) }
}

func isA[E error](err error) bool {
	var e E
	return errors.As(err, &e)
}

func isTimeout(err error) bool {
	var network net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &network) && network.Timeout() ||
		says("i/o timeout")(err) // go-mail keeps it as text when a letter is under way
}

// says is for what go-mail has no error of its own for.
func says(words string) func(error) bool {
	return func(err error) bool { return strings.Contains(err.Error(), words) }
}

// answered says whether the mail server answered with one of the codes.
func answered(codes ...int) func(error) bool {
	return func(err error) bool {
		var answer *textproto.Error
		var refusal *mail.SendError
		for _, code := range codes {
			if errors.As(err, &answer) && answer.Code == code || errors.As(err, &refusal) && refusal.ErrorCode() == code {
				return true
			}
		}
		return false
	}
}

// refusedIn says whether the letter failed in one of those steps.
func refusedIn(steps ...mail.SendErrReason) func(error) bool {
	return func(err error) bool {
		var refusal *mail.SendError
		if !errors.As(err, &refusal) || refusal.ErrorCode() == 0 { // the network's fault, not the server's
			return false
		}
		for _, step := range steps {
			if refusal.Reason == step {
				return true
			}
		}
		return false
	}
}
