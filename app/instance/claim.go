package instance

import (
	"context"
	"crypto/subtle"
	"fmt"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// NeedsSetupLink is the code of the refusal that whoever wants to claim the server gets without the set-up link.
const NeedsSetupLink = "SETUP_LINK_REQUIRED"

// SetupToken returns what the set-up link carries while nobody administers the server; empty when somebody does. It is
// derived from the installation's secret, so that it is good on every node, and a copy of the database does not give it
// away. Once the server has been set up it is another one, whatever becomes of its administrators.
func SetupToken(ctx context.Context, a *app.App) (string, error) {
	t := a.DB.Read(ctx)
	some, err := store.InstanceAdmins.Exists(t, dbx.HashExp{})
	if err != nil || some {
		return "", err
	}
	i, err := store.Instances.First(t, dbx.HashExp{}, "created_at DESC")
	if err != nil {
		return "", err
	}
	return a.Sign("set-up link", fmt.Sprintf("%s\n%t", i.InstanceID, i.IsSetupDone)), nil
}

// MayClaim refuses whoever asks from another machine than the server's without the token of the set-up link, and
// everybody once somebody administers the server.
func MayClaim(c *app.Call, token string) error {
	want, err := SetupToken(c, c.App)
	switch {
	case err != nil:
		return err
	case want == "":
		return app.Coded("ADMIN_ALREADY_EXIST")
	case c.Local || subtle.ConstantTimeCompare([]byte(token), []byte(want)) == 1:
		return nil
	}
	return &app.Error{Kind: app.Forbidden, Code: NeedsSetupLink, Text: "To set this server up from another machine, " +
		"open the set-up link that it printed when it started, or run: sailplane admin create"}
}
