package instance

import (
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
	s, err := c.Settings(c)
	if err != nil {
		return api.Message{}, err
	}
	if err := instance.CheckTest(s, in.Receiver); err != nil {
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

func mailFault(err error) error {
	return &web.Refusal{Status: 400, Body: map[string]string{"error": instance.ExplainMail(err).Text()}, Cause: err}
}
