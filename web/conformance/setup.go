package conformance

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// The administrator of the instance, as the recordings know them.
const (
	adminEmail    = "admin@conformance.test"
	adminPassword = "Conformance-Admin-7431!" // of throw-away servers
)

// IsFresh says whether nobody has set the server up.
func (p *Player) IsFresh(ctx context.Context) (bool, error) {
	run, done := p.begin(&Scenario{})
	defer done()
	got, err := run.do(ctx, &Step{As: "admin", Do: "GET /api/instances/"})
	if err != nil {
		return false, err
	}
	v, err := run.query(".instance.is_setup_done", got)
	return v == false, err
}

// SetUp signs the administrator up, or in when that has been done, and lets the server send its mail to the world.
func (p *Player) SetUp(ctx context.Context) error {
	fresh, err := p.IsFresh(ctx)
	if err != nil {
		return err
	}
	where := "sign-in"
	if fresh {
		where = "sign-up"
	}
	settings, err := json.Marshal(map[string]string{
		"ENABLE_SMTP": "1", "EMAIL_FROM": "Conformance <noreply@conformance.test>",
		"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": "<mail:port>", "EMAIL_HOST_USER": "", "EMAIL_HOST_PASSWORD": "",
		"EMAIL_USE_TLS": "0", "EMAIL_USE_SSL": "0",
	})
	if err != nil {
		return err
	}
	run, done := p.begin(&Scenario{})
	defer done()
	for _, s := range []Step{
		{As: "admin", Do: "POST /api/instances/admins/" + where + "/", Form: map[string]string{
			"email": adminEmail, "password": adminPassword, "first_name": "Admin", "last_name": "Tester",
			"company_name": "Conformance", "is_telemetry_enabled": "False", "csrfmiddlewaretoken": "<csrf>",
		}},
		{As: "admin", Do: "GET /api/instances/admins/me/"},
		{As: "admin", Do: "PATCH /api/instances/configurations/", Send: settings},
	} {
		got, err := run.do(ctx, &s)
		if err != nil {
			return fmt.Errorf("%s: %w", s.Do, err)
		}
		if got.response.status >= http.StatusBadRequest {
			return fmt.Errorf("%s: %d %s", s.Do, got.response.status, got.response.raw)
		}
	}
	return nil
}
