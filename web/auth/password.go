package auth

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/api"
)

// resets are the operations of one frontend for forgotten passwords.
func resets(prefix string, p place) []web.Op {
	return []web.Op{
		web.Do("POST", prefix+"forgot-password/", web.Public(), 200, "Send a link that sets a password", p.sendReset).Guarded(),
		web.Form(prefix+"reset-password/{uidb64}/{token}/", "Set a forgotten password", p.resetPassword),
	}
}

var passwords = []web.Op{
	web.Do("POST", "/auth/change-password/", web.SignedIn(), 200, "Change the caller's password", changePassword).Guarded(),
	web.Do("POST", "/auth/set-password/", web.SignedIn(), 200, "Choose a first password", choosePassword).Guarded(),
}

func (p place) sendReset(c *app.Call, in Address) (api.Message, error) {
	base, err := p.mailed(c.App, c)
	if err != nil {
		return api.Message{}, err
	}
	return api.Message{Message: "Check your email to reset your password"}, user.SendReset(c, in.Email, base)
}

func (p place) resetPassword(c *app.Call, in struct {
	UID      string `path:"uidb64"`
	Token    string `path:"token"`
	Password string `json:"password" check:"blank,raw"`
}) (web.Reply, error) {
	if !user.Readable(in.UID) {
		return p.refuseReset(c, app.Coded(p.garbled))
	}
	if err := user.Reset(c, in.UID, in.Token, in.Password); err != nil {
		return p.refuseReset(c, err)
	}
	return web.Reply{Redirect: p.renewed(c)}, nil
}

// refuseReset sends a client back to where a password is set, with the refusal; other errors pass.
func (p place) refuseReset(c *app.Call, err error) (web.Reply, error) {
	query, ok := web.FormRefusal(err)
	if !ok {
		return web.Reply{}, err
	}
	return web.Reply{Redirect: p.reset(c) + "?" + query}, nil
}

func changePassword(c *app.Call, in struct {
	Old string `json:"old_password" check:"null,blank,raw"`
	New string `json:"new_password" check:"null,blank,raw"`
}) (web.With[api.Message], error) {
	key, err := user.ChangePassword(c, in.Old, in.New)
	if err != nil {
		return web.With[api.Message]{}, err
	}
	return renewedSession(c, key, api.Message{Message: "Password updated successfully"}), nil
}

func choosePassword(c *app.Call, in struct {
	Password string `json:"password" check:"null,blank,raw"`
}) (web.With[api.Account], error) {
	u, key, err := user.ChoosePassword(c, in.Password)
	if err != nil {
		return web.With[api.Account]{}, err
	}
	return renewedSession(c, key, api.AccountOf(c, u)), nil
}

func renewedSession[T any](c *app.Call, key string, body T) web.With[T] {
	cookie := web.SessionCookieFor(c, web.SessionCookie, key, c.Config.Sessions.Life())
	return web.With[T]{Body: body, Cookies: cookies(cookie)}
}
