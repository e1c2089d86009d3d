package user

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/mail"
	"github.com/sailplane/sailplane/app/user/factor"
	"github.com/sailplane/sailplane/store"
)

// Refusals of a second factor.
var (
	ErrFactor error = &app.Error{Kind: app.Invalid, Code: "SECOND_FACTOR_WRONG", Text: "That code is wrong, or it was used " +
		"before. Wait for the next one, and see that the clock of your telephone is right."}
	ErrFactorOften error = &app.Error{Kind: app.TooMany, Code: "SECOND_FACTOR_OFTEN", Text: "There were too many wrong codes. " +
		"Wait a quarter of an hour, or use a recovery code."}
	ErrFactorOver error = &app.Error{Kind: app.Invalid, Code: "SECOND_FACTOR_OVER", Text: "That took too long, or was ended " +
		"elsewhere. Begin once more."}
	ErrFactorOff error = &app.Error{Kind: app.Conflict, Code: "SECOND_FACTOR_OFF", Text: "Second factors are switched off " +
		"on this server."}
	ErrFactorWanted error = &app.Error{Kind: app.Conflict, Code: "SECOND_FACTOR_WANTED", Text: "You have to have a second factor " +
		"here. Set up another one instead: it takes the place of this one."}
	ErrNoFactor error = &app.Error{Kind: app.Conflict, Code: "NO_SECOND_FACTOR", Text: "There is no second factor."}
	ErrUnproved error = &app.Error{Kind: app.Invalid, Code: "SECOND_FACTOR_UNPROVED", Text: "That is neither the password nor " +
		"a code of the account."}
)

// FactorPolicy says who has to have a second factor: one of app.Factors. The configuration comes before what the
// administrators have set.
func FactorPolicy(t *store.Tx, a *app.App) (string, error) {
	if a.Config.SignIn.SecondFactor != "" {
		return a.Config.SignIn.SecondFactor, nil
	}
	row, err := store.InstanceConfigurations.Get(t, dbx.HashExp{"key": app.SecondFactorKey})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return app.FactorOptional, nil
	case err != nil:
		return "", err
	case row.Value == nil || !slices.Contains(app.Factors, *row.Value):
		return app.FactorOptional, nil
	}
	return *row.Value, nil
}

// FactorPolicyOf is FactorPolicy for a call.
func FactorPolicyOf(c *app.Call) (string, error) { return FactorPolicy(c.Read(), c.App) }

// Wanting is why somebody has to have a second factor.
type Wanting struct {
	Everybody  bool     // has to, here
	Administer bool     // they administer the installation
	Workspaces []string // which ask for it, by name
}

// Any says whether there is a reason.
func (w Wanting) Any() bool { return w.Everybody || w.Administer || len(w.Workspaces) > 0 }

// mostWorkspaces is how many are named that ask for a second factor.
const mostWorkspaces = 5

// wanting says why a person, who is written, has to have a second factor under that policy.
func wanting(t *store.Tx, policy, user string) (w Wanting, err error) {
	switch policy {
	case app.FactorOff:
		return w, nil
	case app.FactorEverybody:
		w.Everybody = true
		return w, nil
	case app.FactorAdministrators:
		w.Administer, err = store.InstanceAdmins.Exists(t, dbx.HashExp{"user_id": user})
		if err != nil || w.Administer {
			return w, err
		}
	}
	w.Workspaces, err = store.WorkspacesAsking(t, user, mostWorkspaces)
	return w, err
}

// factorOf is what makes somebody's codes; nil: nothing.
func factorOf(t *store.Tx, user string) (*store.SecondFactor, error) {
	f, err := store.SecondFactors.Get(t, dbx.HashExp{"user_id": user})
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return f, err
}

// FactorInfo is what people see of a second factor.
type FactorInfo struct {
	Policy    string
	Wanting   Wanting
	Since     *time.Time // it was set up then; nil: there is none
	CodesLeft int        // of the recovery codes
	Browsers  []store.RememberedBrowser
}

// FactorOf says what a person has.
func FactorOf(ctx context.Context, a *app.App, u *store.User) (info FactorInfo, err error) {
	t := a.DB.Read(ctx)
	if info.Policy, err = FactorPolicy(t, a); err != nil {
		return info, err
	}
	if info.Wanting, err = wanting(t, info.Policy, u.ID); err != nil {
		return info, err
	}
	f, err := factorOf(t, u.ID)
	if err != nil || f == nil {
		return info, err
	}
	info.Since = &f.CreatedAt
	if info.CodesLeft, err = store.RecoveryCodes.Count(t, dbx.HashExp{"user_id": u.ID}); err != nil {
		return info, err
	}
	info.Browsers, err = rememberedBrowsers(t, a, u)
	return info, err
}

// setFactor gives a person a second factor in place of any other, with codes for the loss of it. step is that of the
// code which has shown that they have it.
func setFactor(t *store.Tx, a *app.App, u *store.User, secret string, step int64) (codes []string, err error) {
	if _, err := store.EndFactor(t, u.ID); err != nil {
		return nil, err
	}
	f := &store.SecondFactor{UserID: u.ID, Secret: a.Seal(secret), LastStep: step}
	if err := store.SecondFactors.Insert(t, f); err != nil {
		return nil, err
	}
	if codes, err = makeCodes(t, a, u); err != nil {
		return nil, err
	}
	if err := app.Note(t, app.Deed{Event: app.FactorSetUp, Target: app.Person(u.ID), By: u.ID}); err != nil {
		return nil, err
	}
	return codes, tellFactor(t, a, u, "set")
}

// makeCodes gives a person ten recovery codes in place of those that there were.
func makeCodes(t *store.Tx, a *app.App, u *store.User) ([]string, error) {
	if err := store.EndRecoveryCodes(t, u.ID); err != nil {
		return nil, err
	}
	codes := factor.NewRecoveryCodes(app.Random)
	rows := make([]*store.RecoveryCode, len(codes))
	for i, code := range codes {
		rows[i] = &store.RecoveryCode{UserID: u.ID, Hash: recoveryHash(a, u.ID, code)}
	}
	return codes, store.RecoveryCodes.Insert(t, rows...)
}

// recoveryHash is what the database keeps of a recovery code: nothing that can be tried out without the
// installation's secret.
func recoveryHash(a *app.App, user, code string) string {
	return a.Sign("recovery code", user+"\n"+factor.Plain(code))
}

// tellFactor writes a person a letter about what became of their second factor; what is a word of
// embed/mail/words.txt.
func tellFactor(t *store.Tx, a *app.App, u *store.User, what string) error {
	if u.Email == nil {
		return nil
	}
	return mail.Enqueue(a, t, *u.Email, "second-factor", map[string]string{"name": u.Hailed(), "what": what})
}

// How somebody has shown their second factor, as the audit log has it.
const (
	byCode     = "code"
	byRecovery = "recovery_code"
)

// spendFactor says whether a code is a person's, and uses it up: how is empty for one that is wrong, or was used
// before.
func spendFactor(t *store.Tx, a *app.App, u *store.User, typed string) (how string, err error) {
	code := factor.Plain(typed)
	if !factor.IsCode(code) {
		ok, err := store.SpendRecoveryCode(t, u.ID, recoveryHash(a, u.ID, code))
		if err != nil || !ok {
			return "", err
		}
		return byRecovery, tellFactor(t, a, u, "used")
	}
	f, err := factorOf(t, u.ID)
	if err != nil || f == nil {
		return "", err
	}
	secret, err := a.Unseal(f.Secret)
	if err != nil {
		return "", err
	}
	step, ok := factor.Match(secret, code, t.Now)
	if !ok {
		return "", nil
	}
	if ok, err = store.SpendStep(t, f, step); err != nil || !ok {
		return "", err
	}
	return byCode, nil
}

// Wrong codes are counted for the account, for a quarter of an hour and for a day, and for the network that they come
// from. Recovery codes, which nobody guesses, have a count of their own: strangers who know the password lock nobody
// out who has them.
const (
	codeMisses    = 5
	dayMisses     = 30
	networkMisses = 60
	day           = 24 * time.Hour
)

type tally struct {
	key    string
	most   int
	window time.Duration
}

func talliesOf(c *app.Call, user, typed string) []tally {
	from := tally{"factor-from:" + app.Network(c.IP), networkMisses, missesWindow}
	if !factor.IsCode(factor.Plain(typed)) {
		return []tally{from, {"recovery:" + user, 2 * codeMisses, missesWindow}}
	}
	return []tally{from, {"factor:" + user, codeMisses, missesWindow}, {"factor-day:" + user, dayMisses, day}}
}

// guessing counts a try of a person's codes, before it is known whether it is right, so that tries at once all count.
// right takes it back.
func guessing(c *app.Call, u *store.User, typed string) (right func() error, err error) {
	tallies := talliesOf(c, u.ID, typed)
	for _, l := range tallies {
		left, _, err := c.Limits().Take(c, l.key, l.most, l.window)
		if err != nil {
			return nil, err
		}
		if left < 0 {
			return nil, c.KeptOutOf(app.Person(u.ID), app.TriedOften, ErrFactorOften)
		}
	}
	return func() error {
		for _, l := range tallies {
			if err := c.Limits().Give(c, l.key, l.window); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// ResetFactor takes a person's second factor away for who has lost it, tells them, and ends their sessions.
func ResetFactor(ctx context.Context, a *app.App, u *store.User) error {
	return a.DB.Write(ctx, "", func(t *store.Tx) error {
		had, err := store.EndFactor(t, u.ID)
		if err != nil {
			return err
		}
		if !had {
			return ErrNoFactor
		}
		if err := store.EndSessions(t, u.ID, ""); err != nil {
			return err
		}
		if err := app.Note(t, app.Deed{Event: app.FactorReset, Target: app.Person(u.ID)}); err != nil {
			return err
		}
		return tellFactor(t, a, u, "reset")
	})
}
