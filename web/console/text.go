package console

import (
	"errors"
	"slices"
	"strings"
	"sync"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/embed"
	"github.com/sailplane/sailplane/web"
)

// texts are all words of the pages.
var texts = sync.OnceValue(func() embed.Texts { return embed.ReadTexts(embed.Console, "console/texts.txt") })

// say is a text; %s and %d in it are filled in.
func say(key string, values ...any) string { return texts().Say(key, values...) }

// t is a text on a page: what stands `so` in it is code.
func t(key string, values ...any) g.Node {
	parts := strings.Split(say(key, values...), "`")
	all := make(g.Group, 0, len(parts))
	for i, part := range parts {
		if i%2 == 1 {
			all = append(all, h.Code(g.Text(part)))
		} else {
			all = append(all, g.Text(part))
		}
	}
	return all
}

// faults are the words for refusals that have only a name.
var faults = map[string]string{
	"ADMIN_ALREADY_EXIST":                      "fault.administered",
	"REQUIRED_ADMIN_EMAIL_PASSWORD_FIRST_NAME": "fault.setup-incomplete",
	"INVALID_ADMIN_EMAIL":                      "fault.email",
	"ADMIN_USER_ALREADY_EXIST":                 "fault.account-exists",
	"PASSWORD_TOO_WEAK":                        "fault.weak-password",
	"INVALID_PASSWORD":                         "fault.weak-password",
	"INVALID_EMAIL":                            "fault.email",
	"INVALID_EMAIL_SIGN_IN":                    "fault.email",
	"REQUIRED_EMAIL_PASSWORD_SIGN_IN":          "fault.sign-in-incomplete",
	"USER_DOES_NOT_EXIST":                      "fault.sign-in",
	"AUTHENTICATION_FAILED_SIGN_IN":            "fault.sign-in",
	"EMAIL_PASSWORD_AUTHENTICATION_DISABLED":   "fault.passwords-off",
	"USER_ACCOUNT_DEACTIVATED":                 "fault.account-closed",
	"INSTANCE_NOT_CONFIGURED":                  "fault.not-set-up",
	"MAGIC_LINK_LOGIN_DISABLED":                "fault.codes-off",
	"SMTP_NOT_CONFIGURED":                      "fault.no-mail",
	"INVALID_MAGIC_CODE_SIGN_IN":               "fault.code",
	"EXPIRED_MAGIC_CODE_SIGN_IN":               "fault.code-expired",
	"EMAIL_CODE_ATTEMPT_EXHAUSTED_SIGN_IN":     "fault.code-attempts",
	"MAGIC_SIGN_IN_EMAIL_CODE_REQUIRED":        "fault.code",
	"RATE_LIMIT_EXCEEDED":                      "fault.too-often",
	"INCORRECT_OLD_PASSWORD":                   "fault.old-password",
	"MISSING_PASSWORD":                         "fault.missing-password",
	"PASSWORD_ALREADY_SET":                     "fault.password-set",
	"INVALID_PASSWORD_TOKEN":                   "fault.link",
	"EXPIRED_PASSWORD_TOKEN":                   "fault.link",
	"SECOND_FACTOR_OVER":                       "fault.factor-over",
	"USER_ALREADY_EXIST":                       "fault.account-exists",
	"SIGNUP_DISABLED":                          "fault.sign-up-off",
	"GITHUB_USER_NOT_IN_ORG":                   "fault.not-in-organization",
}

// words are what a refusal says to a person; empty for what is no refusal.
func words(err error) string {
	var e *app.Error
	if errors.As(err, &e) {
		switch {
		case faults[e.Code] != "":
			return say(faults[e.Code])
		case e.Text != "":
			return sentence(e.Text)
		case len(e.Fields) > 0:
			return fieldFaults(e.Fields)
		case errors.Is(err, app.Forbidden):
			return say("refusal.forbidden")
		case errors.Is(err, app.NotFound):
			return say("refusal.missing")
		}
	}
	if said := web.Words(err); said != "" || e == nil || e.Code == "" {
		return sentence(said)
	}
	return say("fault.other", e.Code)
}

func fieldFaults(fields app.Fields) string {
	var all []string
	for name, fault := range fields {
		list, _ := fault.([]string)
		for _, text := range list {
			if name != "non_field_errors" {
				text = name + ": " + text
			}
			all = append(all, sentence(text))
		}
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// sentence ends a text as sentences do.
func sentence(s string) string {
	if s == "" || strings.ContainsAny(s[len(s)-1:], ".!?") {
		return s
	}
	return s + "."
}
