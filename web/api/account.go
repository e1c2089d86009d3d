package api

import (
	"net/http"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

var accounts = []web.Op{
	web.Do("DELETE", atMe, web.SignedIn(), 204, "Close the caller's account", closeMe),
	web.Do("GET", atMe+"settings/", web.SignedIn(), 200, "Tell where the caller works", getMySettings),
	web.Do("POST", atMe+"email/generate-code/", web.SignedIn(), 200, "Send a code to a new address", sendChangeCode).Refuses(http.StatusTooManyRequests),
	web.Do("PATCH", atMe+"email/", web.SignedIn(), 200, "Change the caller's address", changeEmail),
	web.Do("GET", atMe+"accounts/", web.SignedIn(), 200, "List the caller's accounts with providers", listProviderAccounts),
	web.Do("GET", atMe+"accounts/{pk:uuid}/", web.SignedIn(), 200, "Get an account with a provider", getProviderAccount),
	web.Do("DELETE", atMe+"accounts/{pk:uuid}/", web.SignedIn(), 204, "Forget an account with a provider", deleteProviderAccount),
}

func closeMe(c *app.Call, _ web.Nothing) (web.With[web.Nothing], error) {
	return signedOut(web.Nothing{}), user.Deactivate(c, c.App, c.User)
}

// signedOut is an answer to somebody whose session has ended.
func signedOut[T any](body T) web.With[T] {
	return web.With[T]{Body: body, Cookies: []*http.Cookie{web.EndedCookie(web.SessionCookie)}}
}

func sendChangeCode(c *app.Call, in struct {
	Email string `json:"email" check:"null,blank,raw"`
}) (Message, error) {
	return Message{"Verification code sent to email"}, user.SendChangeCode(c, in.Email)
}

func changeEmail(c *app.Call, in struct {
	Email string `json:"email" check:"null,blank,raw"`
	Code  string `json:"code" check:"null,blank,raw"`
}) (web.With[Me], error) {
	u, err := user.ChangeEmail(c, in.Email, in.Code)
	if err != nil {
		return web.With[Me]{}, err
	}
	return signedOut(me(c, u)), nil
}

// MySettings says where somebody works.
type MySettings struct {
	ID        string         `json:"id"`
	Email     *string        `json:"email"`
	Workspace map[string]any `json:"workspace"` // last_workspace_name and _logo only when there is a last one
}

func getMySettings(c *app.Call, _ web.Nothing) (MySettings, error) {
	own, err := workspace.List(c, "", "")
	if err != nil {
		return MySettings{}, err
	}
	p, err := user.ProfileOf(c)
	if err != nil {
		return MySettings{}, err
	}
	invites, err := workspace.CountInvitations(c)
	place := map[string]any{"last_workspace_id": nil, "last_workspace_slug": nil, "fallback_workspace_id": nil,
		"fallback_workspace_slug": nil, "invites": invites}
	if len(own) > 0 { // newest first: the oldest one is the fallback
		oldest := own[len(own)-1]
		place["fallback_workspace_id"], place["fallback_workspace_slug"] = oldest.ID, oldest.Slug
	}
	for _, w := range own {
		if p.LastWorkspaceID == nil || w.ID != *p.LastWorkspaceID {
			continue
		}
		logo := ""
		if w.LogoAssetID != nil {
			logo = "/api/assets/v2/static/" + *w.LogoAssetID + "/"
		}
		place["last_workspace_id"], place["last_workspace_slug"] = w.ID, w.Slug
		place["last_workspace_name"], place["last_workspace_logo"] = w.Name, logo
		place["fallback_workspace_id"], place["fallback_workspace_slug"] = w.ID, w.Slug
	}
	return MySettings{c.UserID(), c.User.Email, place}, err
}

// ProviderAccount is somebody's account with a provider, by which they can sign in.
type ProviderAccount struct {
	ID                    string     `json:"id"`
	CreatedAt             string     `json:"created_at"`
	UpdatedAt             string     `json:"updated_at"`
	ProviderAccountID     string     `json:"provider_account_id"`
	Provider              string     `json:"provider"`
	AccessToken           string     `json:"access_token"`
	AccessTokenExpiredAt  *string    `json:"access_token_expired_at"`
	RefreshToken          *string    `json:"refresh_token"`
	RefreshTokenExpiredAt *string    `json:"refresh_token_expired_at"`
	LastConnectedAt       string     `json:"last_connected_at"`
	IDToken               string     `json:"id_token"`
	Metadata              store.JSON `json:"metadata"`
	User                  string     `json:"user"`
}

func providerAccount(c *app.Call, a *store.Account) ProviderAccount {
	return ProviderAccount{
		ID: a.ID, CreatedAt: c.Time(a.CreatedAt), UpdatedAt: c.Time(a.UpdatedAt),
		ProviderAccountID: a.ProviderAccountID, Provider: a.Provider, AccessToken: hidden(a.AccessToken),
		AccessTokenExpiredAt: c.TimePtr(a.AccessTokenExpiredAt), RefreshToken: hiddenPtr(a.RefreshToken),
		RefreshTokenExpiredAt: c.TimePtr(a.RefreshTokenExpiredAt), LastConnectedAt: c.Time(a.LastConnectedAt),
		IDToken: hidden(a.IDToken), Metadata: a.Metadata, User: a.UserID,
	}
}

// hidden stands for a provider's secret: the reference shows it, but no client has a use for it, and a stolen session
// would.
func hidden(secret string) string {
	if secret == "" {
		return ""
	}
	return "••••••••"
}

func hiddenPtr(secret *string) *string {
	if secret == nil {
		return nil
	}
	s := hidden(*secret)
	return &s
}

func listProviderAccounts(c *app.Call, _ web.Nothing) ([]ProviderAccount, error) {
	as, err := user.ListAccounts(c)
	return web.Map(as, func(a store.Account) ProviderAccount { return providerAccount(c, &a) }), err
}

func getProviderAccount(c *app.Call, in struct {
	ID string `path:"pk"`
}) (ProviderAccount, error) {
	a, err := user.GetAccount(c, in.ID)
	if err != nil {
		return ProviderAccount{}, err
	}
	return providerAccount(c, a), nil
}

func deleteProviderAccount(c *app.Call, in struct {
	ID string `path:"pk"`
}) (web.Nothing, error) {
	return web.Nothing{}, user.RemoveAccount(c, in.ID)
}
