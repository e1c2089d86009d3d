package oidc

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/sailplane/sailplane/app/user"
)

// claims are what a provider says of somebody.
type claims map[string]any

func (c claims) text(name string) string {
	s, _ := c[name].(string)
	return s
}

// truth is a claim that some providers write as a text.
func (c claims) truth(name string) bool { return c[name] == true || c[name] == "true" }

// prove returns what is proved of somebody by the tokens that a code was traded for.
func (k *known) prove(ctx context.Context, p *Provider, tokens *oauth2.Token, f user.Flow,
	now time.Time) (who claims, raw string, err error) {
	raw, _ = tokens.Extra("id_token").(string)
	if raw == "" {
		return nil, "", errors.New("it sends no ID token: is openid among the scopes?")
	}
	id, err := k.verifier(p, now).Verify(ctx, raw)
	if err != nil {
		return nil, "", err
	}
	who = claims{}
	if err := id.Claims(&who); err != nil {
		return nil, "", err
	}
	if err := checkToken(id, who, p.ClientID, f.Nonce, now); err != nil {
		return nil, "", err
	}
	if id.AccessTokenHash != "" {
		if err := id.VerifyAccessToken(tokens.AccessToken); err != nil {
			return nil, "", err
		}
	}
	if !k.enough(p, who) {
		if err := k.askMore(ctx, tokens, who); err != nil {
			return nil, "", err
		}
	}
	return who, raw, nil
}

// checkToken looks at what go-oidc leaves to its callers.
func checkToken(id *oidc.IDToken, who claims, clientID, nonce string, now time.Time) error {
	azp, said := who["azp"]
	switch {
	case nonce == "" || id.Nonce != nonce:
		return errors.New("the nonce of the token is not that of this sign-in")
	case id.Subject == "":
		return errors.New("the token is about nobody: sub is empty")
	case len(id.Audience) > 1 && !said:
		return errors.New("the token is for several clients and does not say which one it was given to (azp)")
	case said && azp != clientID:
		return fmt.Errorf("the token was given to another client: azp is %v", azp)
	case id.IssuedAt.After(now.Add(5 * time.Minute)):
		return fmt.Errorf("the token is of %s, which is to come: one of the two clocks is wrong",
			id.IssuedAt.UTC().Format(time.RFC3339))
	}
	return nil
}

// enough says whether a token has all that is wanted of somebody, so that the provider need not be asked once more.
func (k *known) enough(p *Provider, who claims) bool {
	_, groups := who.groups(p)
	return k.Userinfo == "" || who.text("email") != "" && who["email_verified"] != nil && (!p.grants() || groups)
}

// askMore adds what the provider tells beside the token, about the same person. An address and whether it is verified
// belong together: neither counts beside the other of another source.
func (k *known) askMore(ctx context.Context, tokens *oauth2.Token, who claims) error {
	info, err := k.provider.UserInfo(ctx, oauth2.StaticTokenSource(tokens))
	if err != nil {
		return fmt.Errorf("ask for more of the person: %w", err)
	}
	if info.Subject != who.text("sub") {
		return errors.New("what it tells beside the token is about somebody else")
	}
	more := claims{}
	if err := info.Claims(&more); err != nil {
		return err
	}
	email, had := more.text("email"), who.text("email")
	if email != "" && (had == "" || who["email_verified"] == nil && strings.EqualFold(email, had)) {
		who["email"], who["email_verified"] = email, more["email_verified"]
	}
	for name, value := range more {
		if _, there := who[name]; !there && name != "email" && name != "email_verified" {
			who[name] = value
		}
	}
	return nil
}

// groups are the person's, and whether the provider says anything of them.
func (c claims) groups(p *Provider) (groups []string, said bool) {
	name := p.GroupsClaim
	if name == "" {
		name = "groups"
	}
	found, said := c[name]
	for at := map[string]any(c); !said; {
		first, rest, deeper := strings.Cut(name, ".")
		if found, said = at[first]; !deeper || !said {
			break
		}
		at, said = found.(map[string]any)
		if !said {
			break
		}
		name, said = rest, false
	}
	switch found := found.(type) {
	case string:
		return []string{found}, said
	case []any:
		for _, g := range found {
			if g, ok := g.(string); ok {
				groups = append(groups, g)
			}
		}
	}
	return groups, said
}

// elsewhere says whether the provider keeps the groups somewhere else, since there are so many: then nobody knows them.
func (c claims) elsewhere(p *Provider) bool {
	names, _ := c["_claim_names"].(map[string]any)
	name := p.GroupsClaim
	if name == "" {
		name = "groups"
	}
	_, there := names[name]
	return there
}

// name is the person's in two parts.
func (c claims) name() (first, last string) {
	first, last = c.text("given_name"), c.text("family_name")
	if first == "" && last == "" {
		first, last, _ = strings.Cut(strings.TrimSpace(c.text("name")), " ")
	}
	if first == "" && last == "" {
		first = c.text("preferred_username")
	}
	return cut(first), cut(last)
}

const maxName = 255

func cut(s string) string {
	if r := []rune(strings.TrimSpace(s)); len(r) > maxName {
		return string(r[:maxName])
	}
	return strings.TrimSpace(s)
}

// verified says whether the address is known to be the person's. trust: it is, unless the provider says that it is not.
func (c claims) verified(trust bool) bool {
	if c["email_verified"] == nil {
		return trust
	}
	return c.truth("email_verified")
}

// said is what a provider answered, for people and the log.
func said(err error) string {
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) && refused.Response != nil {
		text := refused.ErrorCode
		if refused.ErrorDescription != "" {
			text += ": " + refused.ErrorDescription
		}
		if text == "" {
			text = string(refused.Body)
		}
		err = fmt.Errorf("it answers %s: %s", refused.Response.Status, text)
	}
	return shorten(err).Error()
}
