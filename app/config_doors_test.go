package app_test

import (
	"strings"
	"testing"

	"github.com/sailplane/sailplane/app"
)

// What could not be listened at, or would not do what it seems to, is refused before the start, by name and with the
// reason.
func TestDoorsAreChecked(t *testing.T) {
	for name, tt := range map[string]struct {
		env  []string // SAILPLANE_ is left out
		want string   // in the error; empty: none
	}{
		"a port":           {env: []string{"SERVER_HTTP=:8080"}},
		"IPv6":             {env: []string{"SERVER_HTTP=[::1]:8080"}},
		"a socket":         {env: []string{"SERVER_HTTP=unix:/run/sailplane/socket", "SERVER_SOCKET_MODE=0600"}},
		"no port":          {env: []string{"SERVER_HTTP=8080"}, want: `server.http: "8080" is not an address to listen at`},
		"a large port":     {env: []string{"SERVER_HTTP=:99999"}, want: `server.http: ":99999" is not an address`},
		"a named port":     {env: []string{"SERVER_HTTP=:http"}, want: "server.http"},
		"a URL":            {env: []string{"SERVER_HTTP=http://127.0.0.1:8080"}, want: "server.http"},
		"a path":           {env: []string{"SERVER_HTTP=127.0.0.1/plane:8080"}, want: "server.http"},
		"nowhere":          {env: []string{"SERVER_HTTP="}, want: "the server would listen nowhere"},
		"a short socket":   {env: []string{"SERVER_HTTP=unix:socket"}, want: "a socket has a whole path"},
		"a long socket":    {env: []string{"SERVER_HTTP=unix:/" + strings.Repeat("a", 120)}, want: "at most 100 characters"},
		"a mode":           {env: []string{"SERVER_SOCKET_MODE=rw"}, want: `server.socket_mode: "rw" is not a mode`},
		"a large mode":     {env: []string{"SERVER_SOCKET_MODE=7777"}, want: "server.socket_mode"},
		"a domain":         {env: []string{"SERVER_DOMAIN=plane.example.org"}},
		"a domain alone":   {env: []string{"SERVER_DOMAIN=plane.example.org", "SERVER_HTTP="}},
		"no redirect":      {env: []string{"SERVER_DOMAIN=plane.example.org", "SERVER_REDIRECT="}},
		"a domain's URL":   {env: []string{"SERVER_DOMAIN=https://plane.example.org"}, want: "server.domain"},
		"a domain's port":  {env: []string{"SERVER_DOMAIN=plane.example.org:443"}, want: "server.domain"},
		"a domain's path":  {env: []string{"SERVER_DOMAIN=example.org/plane"}, want: "server.domain"},
		"capitals":         {env: []string{"SERVER_DOMAIN=Plane.example.org"}, want: "in lower case"},
		"every name":       {env: []string{"SERVER_DOMAIN=*.example.org"}, want: "server.domain"},
		"one word":         {env: []string{"SERVER_DOMAIN=localhost"}, want: "server.domain"},
		"a number":         {env: []string{"SERVER_DOMAIN=192.0.2.7"}, want: "server.domain"},
		"two":              {env: []string{"SERVER_DOMAIN=a.example.org,b.example.org"}, want: "server.domain"},
		"nowhere with TLS": {env: []string{"SERVER_DOMAIN=plane.example.org", "SERVER_HTTPS="}, want: "server.https"},
		"TLS on a socket":  {env: []string{"SERVER_DOMAIN=plane.example.org", "SERVER_HTTPS=unix:/run/s"}, want: "server.https"},
		"the same twice":   {env: []string{"SERVER_DOMAIN=plane.example.org", "SERVER_HTTP=:443"}, want: "addresses of their own"},
		"half":             {env: []string{"SERVER_TLS_KEY=/k"}, want: "server.tls_key: tls_certificate and tls_key"},
		"both": {env: []string{"SERVER_DOMAIN=plane.example.org", "SERVER_TLS_CERTIFICATE=/c", "SERVER_TLS_KEY=/k"},
			want: "set one of the two"},
		"no certificate":      {env: []string{"SERVER_TLS_CERTIFICATE=/nonexistent", "SERVER_TLS_KEY=/k"}, want: "server.tls_certificate"},
		"an authority":        {env: []string{"SERVER_ACME_DIRECTORY=acme.example.org"}, want: "server.acme_directory"},
		"an open authority":   {env: []string{"SERVER_ACME_DIRECTORY=http://acme.example.org/"}, want: "server.acme_directory"},
		"no file":             {env: []string{"SERVER_ACME_CA_FILE=/nonexistent"}, want: "server.acme_ca_file"},
		"nobody":              {env: []string{"SERVER_ACME_EMAIL=you"}, want: "server.acme_email"},
		"an origin":           {env: []string{"SERVER_CORS_ORIGINS=https://tools.example.org,http://localhost:3000"}},
		"any origin":          {env: []string{"SERVER_CORS_ORIGINS=*"}, want: `server.cors_origins: "*" is not an origin`},
		"a pattern":           {env: []string{"SERVER_CORS_ORIGINS=https://*.example.org"}, want: "server.cors_origins"},
		"no origin":           {env: []string{"SERVER_CORS_ORIGINS=null"}, want: "server.cors_origins"},
		"a slash":             {env: []string{"SERVER_CORS_ORIGINS=https://tools.example.org/"}, want: "server.cors_origins"},
		"an origin's case":    {env: []string{"SERVER_CORS_ORIGINS=https://Tools.example.org"}, want: "server.cors_origins"},
		"a usual port":        {env: []string{"SERVER_CORS_ORIGINS=https://tools.example.org:443"}, want: "server.cors_origins"},
		"a host only":         {env: []string{"SERVER_CORS_ORIGINS=tools.example.org"}, want: "server.cors_origins"},
		"an address":          {env: []string{"WEB_APP_URL=https://plane.example.org/"}},
		"an address's path":   {env: []string{"WEB_APP_URL=https://example.org/plane"}, want: "web.app_url: \"https://example.org/plane\" has more than a scheme and a host"},
		"an address's query":  {env: []string{"WEB_SPACE_URL=https://example.org/?a"}, want: "web.space_url"},
		"figures":             {env: []string{"METRICS_HTTP=127.0.0.1:9180"}},
		"figures in public":   {env: []string{"METRICS_HTTP=:9180"}, want: "metrics.http: \":9180\" lets other machines read the figures"},
		"figures at a name":   {env: []string{"METRICS_HTTP=metrics.internal:9180"}, want: "metrics.http"},
		"a private network":   {env: []string{"METRICS_HTTP=10.0.0.7:9180"}, want: "metrics.http"},
		"figures by a token":  {env: []string{"METRICS_HTTP=:9180", "METRICS_TOKEN=t"}},
		"figures, on purpose": {env: []string{"METRICS_HTTP=:9180", "METRICS_OPEN=true"}},
	} {
		t.Run(name, func(t *testing.T) {
			var env []string
			for _, e := range tt.env {
				env = append(env, "SAILPLANE_"+e)
			}
			_, err := app.LoadConfig("/nonexistent", env)
			switch {
			case tt.want == "" && err != nil:
				t.Error(err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("error %v, want it to say %q", err, tt.want)
			}
		})
	}
}
