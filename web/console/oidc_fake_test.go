package console_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/web/webtest"
)

const (
	clientID     = "sailplane"
	clientSecret = "s3cret of the client" //nolint:gosec // of the fake
)

// ring are keys, made once: they take their time.
var ring = [2]func() *rsa.PrivateKey{sync.OnceValue(newKey), sync.OnceValue(newKey)}

func newKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
}

// idp is a provider that signs for real, holds people to PKCE, and can be told to misbehave.
type idp struct {
	*httptest.Server
	t             *testing.T
	admin, member *webtest.Client // of the server that knows it

	mu       sync.Mutex
	key      *rsa.PrivateKey
	kid      string
	codes    map[string]url.Values // what was asked for each
	who      map[string]any        // the claims of whoever signs in
	more     map[string]any        // what userinfo says; nil: there is none
	document map[string]any        // what it says of itself, beside the usual
	wrong    string                // what the token endpoint refuses with
	bend     func(c jwt.MapClaims)
	sign     func(c jwt.MapClaims) string // in place of the usual
	asked    map[string]int               // requests by path
	tokens   map[string]any               // what else comes with tokens
}

func newIDP(t *testing.T) *idp {
	t.Helper()
	p := &idp{t: t, key: ring[0](), kid: "one", codes: map[string]url.Values{}, asked: map[string]int{},
		who: map[string]any{"sub": "u-1", "email": "ann@sailplane.test", "email_verified": true, "given_name": "Ann",
			"family_name": "Onymous", "sid": "sid-1"}}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	return p
}

func (p *idp) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked[r.URL.Path]++
	w.Header().Set("Content-Type", "application/json")
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		doc := map[string]any{"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize",
			"token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys", "end_session_endpoint": p.URL + "/end",
			"id_token_signing_alg_values_supported": []string{"RS256", "HS256", "none"}}
		if p.more != nil {
			doc["userinfo_endpoint"] = p.URL + "/userinfo"
		}
		maps.Copy(doc, p.document)
		json.NewEncoder(w).Encode(doc)
	case "/keys":
		e := base64.RawURLEncoding.EncodeToString(big.NewInt(int64(p.key.E)).Bytes())
		json.NewEncoder(w).Encode(map[string]any{"keys": []any{map[string]any{"kty": "RSA", "kid": p.kid, "use": "sig",
			"n": base64.RawURLEncoding.EncodeToString(p.key.N.Bytes()), "e": e}}})
	case "/token":
		p.trade(w, r)
	case "/userinfo":
		json.NewEncoder(w).Encode(p.more)
	default:
		http.NotFound(w, r)
	}
}

func (p *idp) trade(w http.ResponseWriter, r *http.Request) {
	fault := func(name string) {
		w.WriteHeader(http.StatusBadRequest)
		io.WriteString(w, `{"error":"`+name+`","error_description":"said by the fake"}`)
	}
	id, secret, _ := r.BasicAuth()
	asked := p.codes[r.FormValue("code")]
	delete(p.codes, r.FormValue("code"))
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	switch {
	case p.wrong != "":
		fault(p.wrong)
	case id != clientID || secret != url.QueryEscape(clientSecret):
		fault("invalid_client")
	case asked == nil || asked.Get("redirect_uri") != r.FormValue("redirect_uri") ||
		asked.Get("code_challenge_method") != "S256" ||
		asked.Get("code_challenge") != base64.RawURLEncoding.EncodeToString(sum[:]):
		fault("invalid_grant")
	default:
		answer := map[string]any{"access_token": "access", "token_type": "Bearer", "expires_in": 300,
			"id_token": p.token(asked.Get("nonce"))}
		maps.Copy(answer, p.tokens)
		json.NewEncoder(w).Encode(answer)
	}
}

// token is an ID token about who signs in.
func (p *idp) token(nonce string) string {
	now := time.Now()
	c := jwt.MapClaims{"iss": p.URL, "aud": clientID, "exp": now.Add(5 * time.Minute).Unix(), "iat": now.Unix(), "nonce": nonce}
	maps.Copy(c, p.who)
	if p.bend != nil {
		p.bend(c)
	}
	if p.sign != nil {
		return p.sign(c)
	}
	return p.signed(c)
}

func (p *idp) signed(c jwt.MapClaims) string {
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, c)
	token.Header["kid"] = p.kid
	raw, err := token.SignedString(p.key)
	if err != nil {
		p.t.Error(err)
	}
	return raw
}

// authorize is what the provider's page does for who signs in there: the address that their browser is sent to.
func (p *idp) authorize(location string) (back url.URL) {
	p.t.Helper()
	u, err := url.Parse(location)
	if err != nil || !strings.HasPrefix(location, p.URL+"/authorize?") {
		p.t.Fatalf("people are sent to %s", location)
	}
	asked := u.Query()
	for _, key := range []string{"state", "nonce", "code_challenge"} {
		if len(asked.Get(key)) < 32 {
			p.t.Errorf("%s is %q", key, asked.Get(key))
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	code := fmt.Sprint("code-", len(p.codes), "-", time.Now().UnixNano())
	p.codes[code] = asked
	to, err := url.Parse(asked.Get("redirect_uri"))
	if err != nil {
		p.t.Fatal(err)
	}
	to.RawQuery = url.Values{"code": {code}, "state": {asked.Get("state")}, "iss": {p.URL}}.Encode()
	return *to
}

// change tells the provider something while nobody asks it.
func (p *idp) change(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f()
}

// with makes the provider known to a server, under that name.
func (p *idp) with(s *webtest.Server, name string, more ...func(c *app.OIDCConfig)) {
	cfg := &app.OIDCConfig{Label: "The " + name, Issuer: p.URL, ClientID: clientID, ClientSecret: clientSecret}
	for _, f := range more {
		f(cfg)
	}
	if key, err := cfg.Check(name); err != nil {
		p.t.Fatalf("%s: %v", key, err)
	}
	if s.App.Config.SignIn.OIDC == nil {
		s.App.Config.SignIn.OIDC = map[string]*app.OIDCConfig{}
	}
	s.App.Config.SignIn.OIDC[name] = cfg
	s.App.Config.SignIn.AllowNetworks = []string{"127.0.0.0/8"}
}

// back is what a browser asks for that a provider sends back.
func back(u url.URL) string { return u.Path + "?" + u.RawQuery }

// enter signs in at the provider by a browser.
func (p *idp) enter(b *browser, name string) answer {
	b.t.Helper()
	a := b.get(begin(name))
	if a.status != http.StatusFound {
		b.t.Fatalf("begin: %d %s", a.status, a.says())
	}
	return b.get(back(p.authorize(a.to)))
}

func begin(name string) string {
	if name == "oidc" {
		return "/auth/oidc/"
	}
	return "/auth/oidc/" + name + "/"
}

// me is who a browser is signed in as; empty: nobody.
func (b *browser) me() string {
	b.t.Helper()
	a := b.get("/api/users/me/")
	var who struct {
		Email string `json:"email"`
	}
	if a.status == http.StatusOK {
		if err := json.Unmarshal([]byte(a.text), &who); err != nil {
			b.t.Fatal(err)
		}
	}
	return who.Email
}
