package console_test

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/sailplane/sailplane/web/webtest"
)

// refusedWell is a page that says no and nothing else: not a fault of ours, and with a number to find it by in the log.
func refusedWell(t *testing.T, b *browser, a answer) {
	t.Helper()
	if a.status < 400 || a.status >= 500 || a.cookieSet() || b.me() != "" ||
		!strings.Contains(a.text, a.header.Get("X-Request-Id")) || !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
		t.Errorf("signed in as %q: %d %s", b.me(), a.status, a.says())
	}
}

func (a answer) cookieSet() bool {
	for _, c := range a.header.Values("Set-Cookie") {
		if strings.HasPrefix(c, "session-id=") && !strings.HasPrefix(c, "session-id=;") {
			return true
		}
	}
	return false
}

func encoded(v any) string {
	raw, _ := json.Marshal(v)
	return base64.RawURLEncoding.EncodeToString(raw)
}

// What a provider, or who pretends to be one, may send in place of a token that is right.
func TestTokensThatProveNothing(t *testing.T) {
	set := func(name string, value any) func(c jwt.MapClaims) {
		return func(c jwt.MapClaims) {
			if c[name] = value; value == nil {
				delete(c, name)
			}
		}
	}
	secret := func(key []byte) func(p *idp) func(jwt.MapClaims) string {
		return func(p *idp) func(jwt.MapClaims) string {
			return func(c jwt.MapClaims) string {
				token := jwt.NewWithClaims(jwt.SigningMethodHS256, c)
				token.Header["kid"] = p.kid
				raw, _ := token.SignedString(key)
				return raw
			}
		}
	}
	der, err := x509.MarshalPKIXPublicKey(&ring[0]().PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, attack := range map[string]struct {
		bend func(jwt.MapClaims)
		sign func(p *idp) func(jwt.MapClaims) string
	}{
		"of another issuer":     {bend: set("iss", "https://evil.test")},
		"for another client":    {bend: set("aud", "another")},
		"for nobody":            {bend: set("aud", nil)},
		"given to another":      {bend: set("azp", "another")},
		"for two, and no azp":   {bend: set("aud", []string{clientID, "another"})},
		"over":                  {bend: set("exp", time.Now().Add(-time.Hour).Unix())},
		"without an end":        {bend: set("exp", nil)},
		"of another sign-in":    {bend: set("nonce", strings.Repeat("0", 32))},
		"of no sign-in":         {bend: set("nonce", nil)},
		"about nobody":          {bend: set("sub", "")},
		"of another access key": {bend: set("at_hash", "AAAAAAAAAAAAAAAAAAAAAA")},
		"signed by nobody": {sign: func(*idp) func(jwt.MapClaims) string {
			return func(c jwt.MapClaims) string {
				return encoded(map[string]string{"alg": "none"}) + "." + encoded(c) + "."
			}
		}},
		"with the signature cut off": {sign: func(p *idp) func(jwt.MapClaims) string {
			return func(c jwt.MapClaims) string { raw := p.signed(c); return raw[:strings.LastIndexByte(raw, '.')+1] }
		}},
		"of others' claims below a good signature": {sign: func(p *idp) func(jwt.MapClaims) string {
			return func(c jwt.MapClaims) string {
				parts := strings.Split(p.signed(c), ".")
				c["email"] = "ada@sailplane.test"
				return parts[0] + "." + encoded(c) + "." + parts[2]
			}
		}},
		"signed by another key": {sign: func(p *idp) func(jwt.MapClaims) string {
			return func(c jwt.MapClaims) string {
				token := jwt.NewWithClaims(jwt.SigningMethodRS256, c)
				token.Header["kid"] = p.kid
				raw, _ := token.SignedString(ring[1]())
				return raw
			}
		}},
		"signed by a key of its own header": {sign: func(*idp) func(jwt.MapClaims) string {
			return func(c jwt.MapClaims) string {
				key := ring[1]()
				token := jwt.NewWithClaims(jwt.SigningMethodRS256, c)
				token.Header["jwk"] = map[string]string{"kty": "RSA", "e": "AQAB",
					"n": base64.RawURLEncoding.EncodeToString(key.N.Bytes())}
				raw, _ := token.SignedString(key)
				return raw
			}
		}},
		"signed by the public key as a secret": {sign: secret(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))},
		"signed by the modulus as a secret":    {sign: secret(ring[0]().N.Bytes())},
		"signed by the client's secret":        {sign: secret([]byte(clientSecret))},
		"that is none":                         {sign: func(*idp) func(jwt.MapClaims) string { return func(jwt.MapClaims) string { return "x" } }},
		"that is not there":                    {sign: func(*idp) func(jwt.MapClaims) string { return func(jwt.MapClaims) string { return "" } }},
	} {
		t.Run(name, func(t *testing.T) {
			together(t, "oidc", func(t *testing.T, s *webtest.Server, p *idp) {
				b := open(t, s)
				p.change(func() {
					if p.bend = attack.bend; attack.sign != nil {
						p.sign = attack.sign(p)
					}
				})
				refusedWell(t, b, p.enter(b, "oidc"))
				p.change(func() { p.bend, p.sign = nil, nil })
				if p.enter(b, "oidc"); b.me() != "ann@sailplane.test" {
					t.Error("the right token opens nothing: the attack shows nothing")
				}
			})
		})
	}
}

// What may be brought back by a browser in place of the right answer.
func TestAnswersThatAreNot(t *testing.T) {
	for name, attack := range map[string]func(t *testing.T, s *webtest.Server, p *idp, b *browser, good url.URL) answer{
		"without a state": func(_ *testing.T, _ *webtest.Server, _ *idp, b *browser, good url.URL) answer {
			return b.get(good.Path + "?code=" + good.Query().Get("code"))
		},
		"with a state that is made up": func(_ *testing.T, _ *webtest.Server, _ *idp, b *browser, good url.URL) answer {
			return b.get(good.Path + "?code=" + good.Query().Get("code") + "&state=" + strings.Repeat("0", 32))
		},
		"without a code": func(_ *testing.T, _ *webtest.Server, _ *idp, b *browser, good url.URL) answer {
			return b.get(good.Path + "?state=" + good.Query().Get("state"))
		},
		"in another's browser (login CSRF)": func(t *testing.T, s *webtest.Server, _ *idp, b *browser, good url.URL) answer {
			b.Client = open(t, s).Client
			b.get("/auth/oidc/") // even in the middle of a sign-in of their own
			return b.get(back(good))
		},
		"with another's code (injection)": func(t *testing.T, s *webtest.Server, p *idp, b *browser, good url.URL) answer {
			stolen := p.authorize(open(t, s).get("/auth/oidc/").to)
			q := good.Query()
			q.Set("code", stolen.Query().Get("code"))
			return b.get(good.Path + "?" + q.Encode())
		},
		"of another provider (mix-up)": func(_ *testing.T, _ *webtest.Server, _ *idp, b *browser, good url.URL) answer {
			q := good.Query()
			q.Set("iss", "https://evil.test")
			return b.get(good.Path + "?" + q.Encode())
		},
		"without the issuer that it promises (mix-up)": func(_ *testing.T, _ *webtest.Server, _ *idp, b *browser, good url.URL) answer {
			q := good.Query()
			q.Del("iss")
			return b.get(good.Path + "?" + q.Encode())
		},
		"at another provider's address (mix-up)": func(t *testing.T, s *webtest.Server, p *idp, b *browser, good url.URL) answer {
			p.with(s, "second")
			return b.get("/auth/oidc/second/callback/?" + good.RawQuery)
		},
		"after the hour that it may take": func(_ *testing.T, s *webtest.Server, _ *idp, b *browser, good url.URL) answer {
			s.App.DB.OwnClock().Run(time.Hour + time.Minute)
			return b.get(back(good))
		},
		"that the provider refuses": func(_ *testing.T, _ *webtest.Server, _ *idp, b *browser, good url.URL) answer {
			return b.get(good.Path + "?error=access_denied&error_description=%3Cscript%3E&state=" + good.Query().Get("state"))
		},
		"too long to be one": func(_ *testing.T, _ *webtest.Server, _ *idp, b *browser, good url.URL) answer {
			return b.get(good.Path + "?state=" + strings.Repeat("x", 20000))
		},
		"that is no text": func(_ *testing.T, _ *webtest.Server, _ *idp, b *browser, good url.URL) answer {
			return b.get(good.Path + "?state=%00%ff&code=%00")
		},
		"of a provider that there is not": func(_ *testing.T, _ *webtest.Server, _ *idp, b *browser, good url.URL) answer {
			return b.get("/auth/oidc/nowhere/callback/?" + good.RawQuery)
		},
	} {
		t.Run(name, func(t *testing.T) {
			together(t, "oidc", func(t *testing.T, s *webtest.Server, p *idp) {
				p.change(func() { p.document = map[string]any{"authorization_response_iss_parameter_supported": true} })
				b := open(t, s)
				good := p.authorize(b.get("/auth/oidc/").to)
				a := attack(t, s, p, b, good)
				if b.me() != "" || a.cookieSet() || a.status >= 500 || a.status < 400 {
					t.Errorf("signed in as %q: %d %s", b.me(), a.status, a.says())
				}
				if strings.Contains(a.text, "<script>") || !strings.Contains(a.text, a.header.Get("X-Request-Id")) {
					t.Errorf("the page is %s", a.text)
				}
			})
		})
	}
}

// An answer is good once: neither the state, nor what is signed for it, opens anything again.
func TestAnAnswerIsGoodOnce(t *testing.T) {
	together(t, "oidc", func(t *testing.T, s *webtest.Server, p *idp) {
		b := open(t, s)
		good := p.authorize(b.get("/auth/oidc/").to)
		asked := p.codes[good.Query().Get("code")]
		if b.get(back(good)); b.me() == "" {
			t.Fatal("the first time opens nothing")
		}
		b.post("/auth/sign-out/")
		p.change(func() { p.codes[good.Query().Get("code")] = asked }) // as if the provider took it twice
		refusedWell(t, b, b.get(back(good)))

		// The same token again, in a sign-in of its own.
		b = open(t, s)
		var kept string
		p.change(func() { p.sign = func(c jwt.MapClaims) string { kept = p.signed(c); return kept } })
		p.enter(b, "oidc")
		p.change(func() { p.sign = func(jwt.MapClaims) string { return kept } })
		b = open(t, s)
		refusedWell(t, b, p.enter(b, "oidc"))
	})
}

// Whoever prepared the session of a browser does not have it once somebody has signed in there.
func TestSignOnGivesAnotherSession(t *testing.T) {
	together(t, "oidc", func(t *testing.T, s *webtest.Server, p *idp) {
		b := open(t, s)
		to := b.get("/auth/oidc/").to
		before := b.cookie("session-id")
		if b.get(back(p.authorize(to))); before == "" || b.cookie("session-id") == before {
			t.Error("the session keeps its key")
		}
	})
}
