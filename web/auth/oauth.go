package auth

import (
	"errors"
	"net/url"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

// providers are the operations of one frontend for signing in by an account elsewhere.
func providers(prefix string, p place) []web.Op {
	var ops []web.Op
	for _, provider := range user.Providers {
		o := oauth{p, provider}
		ops = append(ops,
			web.BrowserGET(prefix+provider.Name+"/", "Begin to sign in by "+provider.Name, o.begin),
			web.BrowserGET(prefix+provider.Name+"/callback/", "End to sign in by "+provider.Name, o.end))
	}
	return ops
}

type oauth struct {
	place
	provider *user.Provider
}

// gitea has forms of its own in the reference, for what goes well and for what does not.
func (o oauth) gitea() bool { return o.provider.Name == "gitea" }

func (o oauth) begin(c *app.Call, in struct {
	NextPath *string `query:"next_path"`
	Cookie   string  `cookie:"session-id"`
}) (web.Reply, error) {
	data := user.DataOf(c)
	data.Host, data.State, data.StateOf = o.url(c), app.RandomHex(32), o.provider.Name
	if in.NextPath != nil && *in.NextPath != "" {
		data.NextPath = in.NextPath
	}
	key, err := user.Keep(c, data)
	if err != nil {
		return web.Reply{}, err
	}
	if key == "" {
		key = in.Cookie
	}
	location := ""
	if err = c.RequireSetup(c); err == nil {
		location, err = o.provider.URL(c, data.State)
	}
	if err != nil {
		shown := in.NextPath
		if shown != nil && o.startPage { // published projects get it unchecked
			checked := nextPath(shown)
			shown = &checked
		}
		if location, err = o.refuse(data.Host, in.NextPath, shown, err); err != nil {
			return web.Reply{}, err
		}
	}
	return signedIn(c, key, location), nil
}

// refuse is where a fault leads; shown is what Gitea's form repeats of the path.
func (o oauth) refuse(host string, next, shown *string, err error) (string, error) {
	query, ok := web.FormRefusal(err)
	if !ok {
		return "", err
	}
	if !o.gitea() {
		return back(host, nextPath(next), query), nil
	}
	location := host + "?" + query
	if shown != nil {
		location += "&next_path=" + url.QueryEscape(*shown)
	}
	return location, nil
}

func (o oauth) end(c *app.Call, in struct {
	Code  string `query:"code"`
	State string `query:"state"`
}) (web.Reply, error) {
	data := user.DataOf(c)
	if data.Host == "" && !(o.gitea() && o.startPage) {
		data.Host = o.url(c)
	}
	good, err := user.SpendState(c, o.provider.Name, in.State)
	if err == nil && (!good || in.Code == "") {
		err = app.Coded(strings.ToUpper(o.provider.Name) + "_OAUTH_PROVIDER_ERROR")
	}
	key, location := "", ""
	if err == nil {
		key, location, err = o.enter(c, in.Code, data)
	}
	if err == nil {
		return signedIn(c, key, location), nil
	}
	shown := data.NextPath
	if shown != nil {
		checked := nextPath(shown)
		shown = &checked
	}
	location, err = o.refuse(data.Host, data.NextPath, shown, err)
	return web.Reply{Redirect: location}, err
}

func (o oauth) enter(c *app.Call, code string, data user.SessionData) (key, location string, err error) {
	u, key, err := user.SignInByProvider(c, o.provider, code, o.url(c))
	var halt *user.Halt
	if err != nil && !errors.As(err, &halt) {
		return "", "", err
	}
	location, failed := o.onward(c, u, nextPath(data.NextPath))
	if failed != nil {
		return "", "", failed
	}
	return key, location, user.LeadOn(c, err, location)
}

// onward is where somebody is sent who has signed in.
func (o oauth) onward(c *app.Call, u *store.User, next string) (string, error) {
	switch {
	case !o.gitea():
		return o.done(c, next), nil
	case !o.startPage:
		return escape(o.url(c) + next), nil
	}
	if next == "" {
		var err error
		if next, err = user.Home(c, u); err != nil {
			return "", err
		}
	}
	return escape(o.url(c) + "/" + strings.TrimPrefix(next, "/")), nil
}
