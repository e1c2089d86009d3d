package instance

import (
	"errors"
	"io"
	"net"
	"net/textproto"
	"slices"

	"github.com/wneessen/go-mail"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/instance"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/api"
)

var mails = []web.Op{
	web.Do("POST", prefix+"email-credentials-check/", web.InstanceAdmin(), 200, "Send a letter to try the mail server", tryMail),
}

// tryMail sends at once, not by a job: the administrator waits to hear what the mail server says.
func tryMail(c *app.Call, in struct {
	Receiver string `json:"receiver_email" check:"null,blank"`
}) (api.Message, error) {
	if err := instance.CheckTest(c, in.Receiver); err != nil {
		return api.Message{}, err
	}
	s, err := c.Settings(c)
	if err != nil {
		return api.Message{}, err
	}
	if err := instance.SendTest(c, s, in.Receiver); err != nil {
		return api.Message{}, mailFault(err)
	}
	address, err := c.Address(c)
	if err == nil && address == "" {
		err = app.Refuse(app.Invalid,
			"The letter was sent, but those with links (invitations, forgotten passwords) are not: "+
				"nobody has said where the app is. Set web.app_url, or sign in once more at the address that everybody uses.")
	}
	return api.Message{Message: "Email successfully sent."}, err
}

// badCredentials are what mail servers answer to a name or a password that they do not know.
var badCredentials = []int{534, 535, 538}

func mailFault(err error) error {
	var network *net.OpError
	var send *mail.SendError
	var answer *textproto.Error
	text := "Could not send email. Please check your configuration"
	switch {
	case errors.As(err, &network) && network.Timeout():
		text = "Timeout error while trying to connect to the SMTP server."
	case errors.As(err, &network):
		text = "Network connection error. Please check your internet connection."
	case errors.As(err, &answer) && slices.Contains(badCredentials, answer.Code):
		text = "Invalid credentials provided"
	case errors.Is(err, io.EOF):
		text = "SMTP server disconnected unexpectedly."
	case errors.As(err, &send) && send.Reason == mail.ErrSMTPMailFrom:
		text = "From address is invalid."
	case errors.As(err, &send) && send.Reason == mail.ErrSMTPRcptTo:
		text = "All recipient addresses were refused."
	}
	return &web.Refusal{Status: 400, Body: map[string]string{"error": text}, Cause: err}
}
