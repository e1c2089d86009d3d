package health

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/directory"
)

// checkDirectory asks the directory whether people can come in by it.
func checkDirectory(ctx context.Context, p *Patient) []Finding {
	if p.Config.Server.Secret == "" && !exists(filepath.Join(p.Dir, "secret")) {
		return nil // as with mail
	}
	secret, err := p.Secret(ctx)
	if err != nil {
		return nil // checkMail has said so
	}
	a := &app.App{DB: p.DB, Config: p.Config, Secret: secret}
	d, err := directory.Of(ctx, a)
	if err != nil {
		return []Finding{sealed(err)}
	}
	if d == nil {
		return nil
	}
	found := []Finding{}
	if t := d.Try(ctx, ""); t.Well() {
		found = append(found, ok("ldap.known", fmt.Sprintf("the directory %s lets in who looks for people, and finds some", d.URL)))
	} else {
		found = append(found, Finding{Code: "ldap." + t.Step, Level: Wrong, What: fmt.Sprintf("the directory %s: %s", d.URL, t.Words),
			Why: "nobody can sign in by it", Do: askedInVain[t.Step]})
	}
	for _, text := range d.WorkspaceGroups {
		found = append(found, missingWorkspace(ctx, a, "ldap", "the directory", text)...)
	}
	return found
}

// what to do when the directory was asked in vain, by the step.
var askedInVain = map[string]string{
	"connect": "compare sign_in.ldap.url, start_tls, ca_file, bind_dn and bind_password with what the directory wants; without TLS it " +
		"has to be in sign_in.allow_networks",
	"people": "see that bind_dn may read below base_dn, and that the filter finds people: sailplane ldap check",
}
