package api

import (
	"encoding/json"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const atTokens = "/api/users/api-tokens/"

var tokens = []web.Op{
	web.Do("GET", atTokens, web.SignedIn(), 200, "List the caller's API keys", listTokens),
	web.Do("POST", atTokens, web.SignedIn(), 201, "Create an API key", createToken),
	web.Do("GET", atTokens+"{pk:uuid}/", web.SignedIn(), 200, "Get an API key", getToken),
	web.Do("PATCH", atTokens+"{pk:uuid}/", web.SignedIn(), 200, "Change an API key", updateToken),
	web.Do("DELETE", atTokens+"{pk:uuid}/", web.SignedIn(), 204, "Revoke an API key", deleteToken),
}

// Token is an API key without its secret.
type Token struct {
	ID               string  `json:"id"`
	IsActive         bool    `json:"is_active"`
	CreatedAt        string  `json:"created_at"`
	UpdatedAt        string  `json:"updated_at"`
	DeletedAt        *string `json:"deleted_at"`
	Label            string  `json:"label"`
	Description      string  `json:"description"`
	LastUsed         *string `json:"last_used"`
	UserType         int     `json:"user_type"`
	ExpiredAt        *string `json:"expired_at" format:"-"` // a bare day in the answer to who sent one
	IsService        bool    `json:"is_service"`
	AllowedRateLimit string  `json:"allowed_rate_limit"`
	CreatedBy        *string `json:"created_by"`
	UpdatedBy        *string `json:"updated_by"`
	User             string  `json:"user"`
	Workspace        *string `json:"workspace"`

	// Ours: what it is bound to, who used it last, and why it could not be made any more; left out when there is nothing
	// to tell.
	ReadOnly      bool     `json:"read_only,omitempty"`
	Scopes        []string `json:"scopes,omitempty"`
	OnlyWorkspace *string  `json:"only_workspace,omitempty"`
	OnlyProjects  []string `json:"only_projects,omitempty"`
	LastAddress   string   `json:"last_used_address,omitempty"`
	LastAgent     string   `json:"last_used_agent,omitempty"`
	Policy        string   `json:"against_policy,omitempty"`
}

// SecretToken is an API key with its secret, which is whole only in the answer to its making. Later the reference still
// shows it; here nobody knows it any more, and what stands in its place can't be used.
type SecretToken struct {
	Token
	Secret string `json:"token"`
}

const hiddenSecret = "plane_api_••••••••"

func token(c *app.Call, k *store.APIToken) Token {
	return Token{
		ID: k.ID, IsActive: k.IsActive, CreatedAt: c.Time(k.CreatedAt), UpdatedAt: c.Time(k.UpdatedAt),
		DeletedAt: c.TimePtr(k.DeletedAt), Label: k.Label, Description: k.Description,
		LastUsed: c.TimePtr(k.LastUsed), UserType: k.UserType, ExpiredAt: c.TimePtr(k.ExpiredAt),
		IsService: k.IsService, AllowedRateLimit: k.AllowedRateLimit, CreatedBy: k.CreatedByID,
		UpdatedBy: k.UpdatedByID, User: k.UserID, Workspace: k.WorkspaceID,
		ReadOnly: k.ReadOnly, Scopes: k.Scopes, OnlyWorkspace: k.OnlyWorkspaceID, OnlyProjects: k.OnlyProjects,
		LastAddress: k.LastAddress, LastAgent: k.LastAgent, Policy: c.Config.Keys.Fault(k, k.CreatedAt),
	}
}

// readToken is a key as lists have it: active until it expires, whatever the stored flag says (Plane:
// app/serializers/api.py).
func readToken(c *app.Call, k *store.APIToken) Token {
	out := token(c, k)
	out.IsActive = k.ExpiredAt == nil || k.ExpiredAt.After(c.DB.Now())
	return out
}

func listTokens(c *app.Call, _ web.Nothing) ([]Token, error) {
	ks, err := user.ListTokens(c)
	return web.Map(ks, func(k store.APIToken) Token { return readToken(c, &k) }), err
}

func getToken(c *app.Call, in struct {
	ID string `path:"pk"`
}) (Token, error) {
	k, err := user.Token(c, in.ID)
	if err != nil {
		return Token{}, err
	}
	return readToken(c, k), nil
}

// createToken refuses in the words of the reference's generic handler: it checks nothing itself.
func createToken(c *app.Call, in struct {
	Label       app.Opt[string] `json:"label" check:"null,blank,raw"`
	Description app.Opt[string] `json:"description" check:"null,blank,raw"`
	ExpiredAt   json.RawMessage `json:"expired_at" check:"null" type:"date-time"`
	user.KeyLimits
}) (SecretToken, error) {
	draft := user.TokenDraft{Label: in.Label.Or(app.RandomHex(32)), Description: in.Description.V,
		KeyLimits: in.KeyLimits}
	if in.Label.Null || in.Description.Null || len([]rune(draft.Label)) > 255 {
		return SecretToken{}, app.ErrPayload
	}
	var shown *string
	if in.ExpiredAt != nil {
		text, _ := web.Text(in.ExpiredAt)
		at, ok := web.ParseTime(text)
		if !ok {
			return SecretToken{}, app.ErrValue
		}
		draft.ExpiredAt, shown = &at, &text
		if len(text) != len(time.DateOnly) {
			shown = nil
		}
	}
	secret, k, err := user.CreateToken(c, c.App, c.User, draft)
	if err != nil {
		return SecretToken{}, err
	}
	out := SecretToken{token(c, k), secret}
	if shown != nil { // the reference repeats a bare day as it was sent
		out.ExpiredAt = shown
	}
	return out, nil
}

// updateToken passes is_service over: it has the higher limit, which nobody gives to themselves.
func updateToken(c *app.Call, in struct {
	ID          string          `path:"pk"`
	Label       app.Opt[string] `json:"label" check:"max=255"`
	Description app.Opt[string] `json:"description" check:"blank"`
	user.KeyLimits
}) (SecretToken, error) {
	k, err := user.Token(c, in.ID)
	if err != nil {
		return SecretToken{}, err
	}
	k.Label, k.Description = in.Label.Or(k.Label), in.Description.Or(k.Description)
	if err := user.UpdateToken(c, k, in.KeyLimits, "label", "description"); err != nil {
		return SecretToken{}, err
	}
	return SecretToken{token(c, k), hiddenSecret}, nil
}

func deleteToken(c *app.Call, in struct {
	ID string `path:"pk"`
}) (web.Nothing, error) {
	return web.Nothing{}, user.RevokeToken(c, c.App, c.User, in.ID)
}
