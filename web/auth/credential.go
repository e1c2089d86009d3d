package auth

import (
	"cmp"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/directory"
	"github.com/sailplane/sailplane/app/oidc"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/web"
)

// credentials are the operations with address and password of one frontend.
func credentials(prefix string, p place) []web.Op {
	return []web.Op{
		web.Form(prefix+"sign-up/", "Sign up by address and password", p.enter(user.SignUp)),
		web.Form(prefix+"sign-in/", "Sign in by address and password", p.enter(directory.SignIn)),
		web.Form(prefix+"sign-out/", "Sign out", p.signOut),
	}
}

// Credentials is the form of a sign-up or a sign-in.
type Credentials struct {
	Email    *string `json:"email" check:"blank,raw"`
	Password *string `json:"password" check:"blank,raw"`
	NextPath *string `json:"next_path" check:"blank,raw"`
}

func (p place) enter(do func(*app.Call, user.Credentials, string) (string, error)) func(*app.Call,
	Credentials) (web.Reply, error) {
	return func(c *app.Call, in Credentials) (web.Reply, error) {
		key, err := do(c, user.Credentials{Email: in.Email, Password: in.Password}, p.url(c))
		onward := p.done(c, nextPath(in.NextPath))
		if err != nil {
			return p.refuse(c, in.NextPath, user.LeadOn(c, err, onward))
		}
		return signedIn(c, key, onward), nil
	}
}

// refuse sends a client back to the frontend with the fault; other errors pass.
func (p place) refuse(c *app.Call, next *string, err error) (web.Reply, error) {
	query, ok := web.FormRefusal(err)
	if !ok {
		return web.Reply{}, err
	}
	return web.Reply{Redirect: back(p.url(c), nextPath(next), query)}, nil
}

func (p place) signOut(c *app.Call, in struct {
	NextPath *string `json:"next_path" check:"blank,raw"`
}) (web.Reply, error) {
	there := oidc.SignOutURL(c)
	if err := user.SignOut(c); err != nil {
		return web.Reply{}, err
	}
	out := web.Reply{Redirect: cmp.Or(there, p.left(c, nextPath(in.NextPath)))}
	if c.Session != nil {
		out.Cookies = cookies(web.EndedCookie(web.SessionCookie))
	}
	return out, nil
}
