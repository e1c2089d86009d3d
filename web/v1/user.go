package v1

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/web"
)

var users = []web.Op{
	do("GET", root+"users/me/", web.SignedIn(), 200, "Read oneself", getMe).Narrowed(),
}

func getMe(c *app.Call, _ web.Nothing) (UserLite, error) { return userLite(c.User), nil }
