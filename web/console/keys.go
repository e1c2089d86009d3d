package console

import (
	"slices"
	"strconv"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/user"
)

// keyForm is a key to be made. May says what it is for: all (or nothing) that its owner may, read, or some, which is
// what Scopes has. Projects are identifiers with commas or spaces.
type keyForm struct {
	Label     string   `json:"label" check:"blank,max=255"`
	Days      string   `json:"days" check:"blank"`
	May       string   `json:"may" check:"blank,max=255"`
	Scopes    []string `json:"scopes[]" check:"max=255"`
	Workspace string   `json:"workspace" check:"blank,max=255"`
	Projects  string   `json:"projects" check:"blank"`
}

const maxKeyDays = 3650

func (in *keyForm) draft(c *app.Call) (user.TokenDraft, error) {
	d := user.TokenDraft{Label: in.Label}
	if d.Label == "" {
		return d, app.Refuse(app.Invalid, say("fault.no-label"))
	}
	if in.Days != "" {
		days, err := strconv.Atoi(in.Days)
		if err != nil || days < 1 || days > maxKeyDays {
			return d, app.Refuse(app.Invalid, say("fault.days", maxKeyDays))
		}
		end := c.DB.Now().AddDate(0, 0, days)
		d.ExpiredAt = &end
	}
	place, err := user.BindTo(c, c.App, in.Workspace, identifiers(in.Projects))
	if err != nil {
		return d, err
	}
	d.KeyLimits = place
	switch in.May {
	case "read":
		d.ReadOnly = app.Some(true)
		d.Scopes = app.Some([]string{app.ReadsAll})
	case "some":
		if len(in.Scopes) == 0 {
			return d, app.Refuse(app.Invalid, say("fault.no-scopes"))
		}
		d.Scopes = app.Some(slices.Clone(in.Scopes))
	}
	return d, nil
}
