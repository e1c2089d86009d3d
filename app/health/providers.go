package health

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/oidc"
	"github.com/sailplane/sailplane/store"
)

// unsealing is what reads the settings of the administrators' pages; nil: the secret that they are sealed with is not
// there, or can't be read.
func (p *Patient) unsealing(ctx context.Context) *app.App {
	if p.Config.Server.Secret == "" && !exists(filepath.Join(p.Dir, "secret")) {
		return nil // reading would make it
	}
	secret, err := p.Secret(ctx)
	if err != nil {
		return nil
	}
	return &app.App{DB: p.DB, Config: p.Config, Secret: secret}
}

// checkProviders tries each provider of OpenID Connect, all at the same time.
func checkProviders(ctx context.Context, p *Patient) []Finding {
	a := p.unsealing(ctx)
	if a == nil {
		return nil // checkMail has said so
	}
	all, err := oidc.All(ctx, a)
	if err != nil {
		return []Finding{sealed(err)}
	}
	found := make([]Finding, len(all))
	var tries sync.WaitGroup
	for i, provider := range all {
		tries.Go(func() { found[i] = tryProvider(ctx, a, provider) })
	}
	tries.Wait()
	for _, provider := range all {
		found = append(found, missingWorkspaces(ctx, a, provider)...)
	}
	return found
}

// what to do when a step of a trial fails.
var triedInVain = map[string]string{
	"describe": "compare the issuer with what the provider calls itself, letter for letter; one in a private network has to be in " +
		"sign_in.allow_networks",
	"keys":   "see that this machine reaches the address of the provider's keys (jwks_uri)",
	"client": "compare client_id and client_secret with what the provider has of this server",
}

func tryProvider(ctx context.Context, a *app.App, p *oidc.Provider) Finding {
	t := p.Try(ctx, a)
	if t.Well() {
		return ok("oidc.known", fmt.Sprintf("provider %s describes itself, shows its keys, and knows this server", p.Name))
	}
	return Finding{Code: "oidc." + t.Step, Level: Wrong, What: fmt.Sprintf("provider %s: %s", p.Name, t.Words),
		Why: "nobody can sign in by it", Do: triedInVain[t.Step]}
}

// missingWorkspaces names the workspaces that groups would have a role in, and that are not there.
func missingWorkspaces(ctx context.Context, a *app.App, p *oidc.Provider) (found []Finding) {
	for _, text := range p.WorkspaceGroups {
		found = append(found, missingWorkspace(ctx, a, "oidc", "provider "+p.Name, text)...)
	}
	return found
}

func missingWorkspace(ctx context.Context, a *app.App, kind, who, text string) []Finding {
	g, err := app.ParseWorkspaceGroup(text)
	if err != nil {
		return nil // refused before
	}
	there, err := store.Workspaces.Exists(a.DB.Read(ctx), dbx.HashExp{"slug": g.Slug})
	if err != nil || there {
		return nil
	}
	return []Finding{{Code: kind + ".workspace", Level: Note,
		What: fmt.Sprintf("%s: there is no workspace %s for group %s", who, g.Slug, g.Group),
		Why:  "the group gives nothing there", Do: "make the workspace, or take the line out of workspace_groups"}}
}
