package auth

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/directory"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/web"
)

// codes are the operations of one frontend for signing in by a code that is sent to an address.
func codes(prefix string, p place) []web.Op {
	return []web.Op{
		web.Do("POST", prefix+"email-check/", web.Public(), 200, "Tell how somebody with an address signs in", checkEmail).Guarded(),
		web.Do("POST", prefix+"magic-generate/", web.Public(), 200, "Send a code", sendCode).Guarded(),
		web.Form(prefix+"magic-sign-in/", "Sign in by a code", p.signInByCode),
		web.Form(prefix+"magic-sign-up/", "Sign up by a code", p.signUpByCode),
	}
}

// Address is what a form knows of somebody.
type Address struct {
	Email string `json:"email" check:"null,blank,raw"`
}

// EmailStatus says how somebody signs in.
type EmailStatus struct {
	Existing bool   `json:"existing"`
	Status   string `json:"status"` // MAGIC_CODE or CREDENTIAL
}

func checkEmail(c *app.Call, in Address) (EmailStatus, error) {
	exists, byCode, err := directory.EmailStatus(c, in.Email)
	if byCode {
		return EmailStatus{exists, "MAGIC_CODE"}, err
	}
	return EmailStatus{exists, "CREDENTIAL"}, err
}

// CodeSent names what the code is kept under, as the reference does.
type CodeSent struct {
	Key string `json:"key"`
}

func sendCode(c *app.Call, in Address) (CodeSent, error) {
	email, err := user.SendCode(c, in.Email)
	return CodeSent{"magic_" + email}, err
}

// Guess is the form of a sign-in or a sign-up by code.
type Guess struct {
	Email    string  `json:"email" check:"blank,raw"`
	Code     string  `json:"code" check:"blank,raw"`
	NextPath *string `json:"next_path" check:"blank,raw"`
}

func (p place) signInByCode(c *app.Call, in Guess) (web.Reply, error) {
	key, home, err := user.SignInByCode(c, user.Guess{Email: in.Email, Code: in.Code}, p.url(c))
	next := nextPath(in.NextPath)
	if home && p.startPage {
		next = "/"
	}
	if err != nil {
		return p.refuse(c, in.NextPath, user.LeadOn(c, err, p.done(c, next)))
	}
	return signedIn(c, key, p.done(c, next)), nil
}

func (p place) signUpByCode(c *app.Call, in Guess) (web.Reply, error) {
	key, err := user.SignUpByCode(c, user.Guess{Email: in.Email, Code: in.Code}, p.url(c))
	onward := p.done(c, nextPath(in.NextPath))
	if err != nil {
		return p.refuse(c, in.NextPath, user.LeadOn(c, err, onward))
	}
	return signedIn(c, key, onward), nil
}
