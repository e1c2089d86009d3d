package app

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// Fault is a refusal of the sign-in pages: a number and a name, which the frontends turn into words. Programs get it as
// JSON, forms as parameters of the page that they are sent to. The numbers are the reference's
// (Plane: authentication/adapter/error.py).
type Fault struct {
	Code    int
	Name    string
	Details []FaultDetail
}

// FaultDetail is something that goes back with a fault: the address that was typed, say.
type FaultDetail struct{ Key, Value string }

var faultCodes = map[string]int{
	"INSTANCE_NOT_CONFIGURED": 5000, "INVALID_EMAIL": 5005, "USER_ACCOUNT_DEACTIVATED": 5019, "EMAIL_REQUIRED": 5010, "SIGNUP_DISABLED": 5015,
	"MAGIC_LINK_LOGIN_DISABLED": 5016, "INVALID_PASSWORD": 5020, "PASSWORD_TOO_WEAK": 5021, "SMTP_NOT_CONFIGURED": 5025,
	"USER_ALREADY_EXIST": 5030, "REQUIRED_EMAIL_PASSWORD_SIGN_UP": 5040, "INVALID_EMAIL_SIGN_UP": 5045,
	"MAGIC_SIGN_UP_EMAIL_CODE_REQUIRED": 5055, "EMAIL_PASSWORD_AUTHENTICATION_DISABLED": 5056,
	"USER_DOES_NOT_EXIST": 5060, "AUTHENTICATION_FAILED_SIGN_IN": 5065, "REQUIRED_EMAIL_PASSWORD_SIGN_IN": 5070,
	"INVALID_EMAIL_SIGN_IN": 5075, "MAGIC_SIGN_IN_EMAIL_CODE_REQUIRED": 5085,
	"INVALID_MAGIC_CODE_SIGN_IN": 5090, "INVALID_MAGIC_CODE_SIGN_UP": 5092, "EXPIRED_MAGIC_CODE_SIGN_IN": 5095,
	"EXPIRED_MAGIC_CODE_SIGN_UP": 5097, "EMAIL_CODE_ATTEMPT_EXHAUSTED_SIGN_IN": 5100, "EMAIL_CODE_ATTEMPT_EXHAUSTED_SIGN_UP": 5102,
	"OAUTH_NOT_CONFIGURED": 5104, "GOOGLE_NOT_CONFIGURED": 5105, "GITHUB_NOT_CONFIGURED": 5110, "GITLAB_NOT_CONFIGURED": 5111,
	"GITEA_NOT_CONFIGURED": 5112, "GOOGLE_OAUTH_PROVIDER_ERROR": 5115, "GITHUB_OAUTH_PROVIDER_ERROR": 5120,
	"GITLAB_OAUTH_PROVIDER_ERROR": 5121, "GITHUB_USER_NOT_IN_ORG": 5122, "GITEA_OAUTH_PROVIDER_ERROR": 5123,
	"INVALID_PASSWORD_TOKEN": 5125, "EXPIRED_PASSWORD_TOKEN": 5130, "INCORRECT_OLD_PASSWORD": 5135, "MISSING_PASSWORD": 5138,
	"PASSWORD_ALREADY_SET": 5145, "ADMIN_ALREADY_EXIST": 5150, "REQUIRED_ADMIN_EMAIL_PASSWORD_FIRST_NAME": 5155,
	"INVALID_ADMIN_EMAIL": 5160, "REQUIRED_ADMIN_EMAIL_PASSWORD": 5170, "ADMIN_AUTHENTICATION_FAILED": 5175,
	"ADMIN_USER_ALREADY_EXIST": 5180, "ADMIN_USER_DOES_NOT_EXIST": 5185, "ADMIN_USER_DEACTIVATED": 5190, "RATE_LIMIT_EXCEEDED": 5900,
}

// NewFault builds the fault of that name; details come in pairs of key and value.
func NewFault(name string, details ...string) *Fault {
	code, ok := faultCodes[name]
	if !ok || len(details)%2 != 0 {
		panic("app: no such fault: " + name)
	}
	f := &Fault{Code: code, Name: name}
	for i := 0; i < len(details); i += 2 {
		f.Details = append(f.Details, FaultDetail{details[i], details[i+1]})
	}
	return f
}

func (f *Fault) Error() string { return fmt.Sprintf("%d %s", f.Code, f.Name) }

// Body is the fault as programs get it.
func (f *Fault) Body() map[string]any {
	body := map[string]any{"error_code": f.Code, "error_message": f.Name}
	for _, d := range f.Details {
		body[d.Key] = d.Value
	}
	return body
}

// Query is the fault as parameters of a URL, in the reference's order.
func (f *Fault) Query() string {
	parts := []string{"error_code=" + strconv.Itoa(f.Code), "error_message=" + url.QueryEscape(f.Name)}
	for _, d := range f.Details {
		parts = append(parts, d.Key+"="+url.QueryEscape(d.Value))
	}
	return strings.Join(parts, "&")
}
