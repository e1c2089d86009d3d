package oidc

import (
	"context"

	"github.com/sailplane/sailplane/app"
)

// OwnPage says whether people are shown our sign-in page in place of the frontend's, which knows nothing of providers
// of OpenID Connect. Before the installation is set up the frontend has the word.
func OwnPage(ctx context.Context, a *app.App) (bool, error) {
	page := a.Config.SignIn.Page
	if page == app.PageFrontend {
		return false, nil
	}
	i, err := a.Instance(ctx)
	if err != nil || !i.IsSetupDone || page == app.PageOwn {
		return err == nil && i.IsSetupDone, err
	}
	all, err := All(ctx, a)
	return len(all) > 0, err
}
