package user

import (
	"context"
	"encoding/base64"
	"errors"
	"net/url"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/mail"
	"github.com/sailplane/sailplane/store"
)

// inviteLife is how long an invited person has to choose a password. The link dies by use, as that of a reset does.
const inviteLife = 7 * 24 * time.Hour

// Invited is an account that was made for somebody, and the way in.
type Invited struct {
	User *store.User
	Path string // of the frontend's page on which they choose a password: a secret, good once and for a week
	Link string // the same with the app's address in front; empty when nobody knows that yet
	Sent bool   // a letter with the link is on its way
}

// Invite makes an account without a password for somebody who has none, and sends them the link by which they choose
// one. Without a mail server, or an address for the link, no letter is sent: whoever invites passes the link on. by is
// who the letter says it is from; empty: the installation.
func Invite(ctx context.Context, a *app.App, d Draft, by string) (*Invited, error) {
	d.Password = ""
	s, err := a.Settings(ctx)
	if err != nil {
		return nil, err
	}
	base, err := a.Address(ctx)
	if err != nil {
		return nil, err
	}
	u, err := newPerson(d)
	if err != nil {
		return nil, err
	}
	u.EmailProven = false // the link will prove it
	in := &Invited{User: u}
	err = a.DB.Write(ctx, "", func(t *store.Tx) error {
		if err := Insert(t, u); err != nil {
			return err
		}
		in.Path = "/accounts/reset-password/?uidb64=" + base64.RawURLEncoding.EncodeToString([]byte(u.ID)) +
			"&token=" + resetToken(a, u, t.Now) + "&email=" + url.QueryEscape(*u.Email)
		in.Link, in.Sent = "", false
		if base == "" {
			return nil
		}
		in.Link = base + in.Path
		if s["EMAIL_HOST"] == "" {
			return nil
		}
		in.Sent = true
		return mail.Enqueue(a, t, *u.Email, "account-invitation", invitation(u, by, base, in.Link))
	})
	if errors.Is(err, store.ErrUnique) {
		return nil, app.Coded("USER_ALREADY_EXIST", "email", *u.Email)
	}
	if err != nil {
		return nil, err
	}
	if base == "" && s["EMAIL_HOST"] != "" {
		a.Unaddressed("account-invitation")
	}
	return in, nil
}

func invitation(u *store.User, by, base, link string) map[string]string {
	host := base
	if parsed, err := url.Parse(base); err == nil && parsed.Host != "" {
		host = parsed.Host
	}
	if by == "" {
		by = host
	}
	return map[string]string{"inviter": by, "host": host, "name": u.Hailed(), "email": *u.Email, "url": link}
}

// linkLife is how long a link is good by which a person chooses a password: longer for who has never come in.
func linkLife(u *store.User) time.Duration {
	if u.IsPasswordAutoset && u.LastLogin == nil {
		return inviteLife
	}
	return resetLife
}
