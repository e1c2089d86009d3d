package health

import (
	"context"
	"fmt"

	"github.com/sailplane/sailplane/app/directory"
)

// checkDirectory asks the directory whether people can come in by it.
func checkDirectory(ctx context.Context, p *Patient) []Finding {
	a := p.unsealing(ctx)
	if a == nil {
		return nil // checkMail has said so
	}
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
