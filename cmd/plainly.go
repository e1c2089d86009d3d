package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/instance"
	"github.com/sailplane/sailplane/app/user"
)

const sameAddress = "--email EMAIL"

var errNoAddress error = misuse{errors.New("that is not an e-mail address (--email)")}

// next is what to do after a refusal, by its code; sameAddress stands for the address that was asked about.
var next = map[string]string{
	user.CodeAdministers:               "Next: sailplane user demote " + sameAddress,
	user.CodeOwns:                      "Next: sailplane workspace transfer SLUG --to EMAIL, or sailplane workspace delete SLUG",
	instance.ErrLastAdministrator.Code: "Next: sailplane user promote --email ANOTHER, or sailplane admin create",
	"NO_WORKSPACE":                     "sailplane workspace list shows which there are",
	"ACCOUNT_CLOSED":                   "Next: sailplane user reactivate " + sameAddress,
	"ALREADY_MEMBER":                   "Nothing was sent.",
}

// words are what the names mean that the sign-in pages have for their refusals.
var words = map[string]string{
	"PASSWORD_TOO_WEAK":  "the password is too easy to guess; make it longer, or less of a word",
	"USER_ALREADY_EXIST": "somebody has an account with that address already (to make an administrator of it: sailplane user promote; to invite it to a workspace: sailplane user invite --workspace SLUG)",
}

// plainly says what a refusal of the rules, which is made for programs, means to the person at the terminal.
func plainly(err error) error {
	var refusal *app.Error
	if !errors.As(err, &refusal) {
		return err
	}
	switch text := words[refusal.Code]; {
	case refusal.Code == "INVALID_EMAIL":
		return errNoAddress
	case text != "":
		return errors.New(text)
	}
	text := refusal.Text
	for _, field := range slices.Sorted(maps.Keys(refusal.Fields)) {
		text = strings.TrimPrefix(text+"; "+field+": "+inWords(refusal.Fields[field]), "; ")
	}
	if text == "" {
		return fmt.Errorf("refused: %w", err)
	}
	if what := next[refusal.Code]; what != "" {
		text = strings.TrimRight(text, ".") + ". " + what
	}
	return errors.New(text)
}

func inWords(fault any) string {
	if list, ok := fault.([]string); ok {
		return strings.Join(list, " ")
	}
	return fmt.Sprint(fault)
}
