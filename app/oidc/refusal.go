package oidc

import (
	"fmt"

	"github.com/sailplane/sailplane/app"
)

// Refusals of a sign-in, and what each says to a person. None tells whether there is an account.
const (
	CodeProvider  = "OIDC_PROVIDER_ERROR"
	CodeStale     = "OIDC_STATE"
	CodeDenied    = "OIDC_DENIED"
	CodeToken     = "OIDC_TOKEN"
	CodeNoAccount = "OIDC_NO_ACCOUNT"
	CodeSignedOut = "OIDC_SIGNED_OUT"
	CodeLogout    = "OIDC_LOGOUT_TOKEN"
)

var texts = map[string]string{
	CodeProvider: "The server where your account is does not answer as it should. Try again in a while, or tell an administrator.",
	CodeStale: "This answer belongs to no sign-in that was begun in this browser in the last hour, or it was used already. " +
		"Begin again.",
	CodeDenied:    "The server where your account is has refused to sign you in.",
	CodeToken:     "What the server where your account is says of you could not be verified. Nobody was signed in.",
	CodeNoAccount: "You can't come in by this account: who has no invitation can't sign up. Ask an administrator for one.",
	CodeSignedOut: "You are signed out here. Sign in, and connect the account again.",
	CodeLogout:    "The logout token could not be verified.",
}

// refuse is a refusal, with its cause for the log.
func refuse(kind app.Kind, code string, cause error) error {
	return &app.Error{Kind: kind, Code: code, Text: texts[code], Cause: cause}
}

// fault is what a person is told when the provider is to blame.
func (p *Provider) fault(cause error) error {
	return refuse(app.Unreachable, CodeProvider, fmt.Errorf("provider %s: %s", p.Name, said(cause)))
}

// unproved is what a person is told of what the provider says and does not prove.
func (p *Provider) unproved(cause error) error {
	return refuse(app.Invalid, CodeToken, fmt.Errorf("provider %s: %s", p.Name, said(cause)))
}
