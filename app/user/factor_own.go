package user

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/user/factor"
	"github.com/sailplane/sailplane/store"
)

// What people do with the second factor of their own account, signed in.

// FactorSetup is a second factor that somebody sets up in their account, until a code has shown that they have it. It
// is kept by the session, so that no other one sees it, and another one that is begun takes its place.
type FactorSetup struct {
	Secret string `json:"secret"` // sealed
	Until  int64  `json:"until"`  // in seconds
}

// setupLife is how long it takes to set a factor up, and to show one on the way in.
const setupLife = 10 * time.Minute

// proveOneself asks for the password or a code once more: a browser that is left open changes nothing by itself. Who
// has neither a password of their own nor a factor has nothing to show.
func proveOneself(c *app.Call, u *store.User, proof string) error {
	f, err := factorOf(c.Read(), u.ID)
	if err != nil || f == nil && u.IsPasswordAutoset {
		return err
	}
	if f != nil && looksLikeCode(proof) {
		if err := trySpending(c, u, proof); !errors.Is(err, ErrUnproved) {
			return err
		}
	}
	if !u.IsPasswordAutoset {
		tried := *u // which Try may change
		ok, err := Try(c, &tried, proof)
		if err != nil || ok {
			return err
		}
	}
	return ErrUnproved
}

// looksLikeCode says whether a text may be a code of either kind.
func looksLikeCode(text string) bool {
	plain := factor.Plain(text)
	return factor.IsCode(plain) || len(plain) == 16 && len(text) == 19
}

// trySpending uses one of a person's codes up.
func trySpending(c *app.Call, u *store.User, typed string) error {
	right, err := guessing(c, u, typed)
	if err != nil {
		return err
	}
	how := ""
	err = c.Write(func(t *store.Tx) (err error) {
		how, err = spendFactor(t, c.App, u, typed)
		return err
	})
	switch {
	case err != nil:
		return err
	case how == "":
		return c.KeptOutOf(app.Person(u.ID), app.TriedFactor, ErrUnproved)
	}
	return right()
}

// BeginFactor makes a new secret for the caller, to be confirmed by a code of it. proof is their password, or a code
// of the factor that they have.
func BeginFactor(c *app.Call, proof string) (secret string, err error) {
	policy, err := FactorPolicyOf(c)
	if err != nil {
		return "", err
	}
	if policy == app.FactorOff {
		return "", ErrFactorOff
	}
	if err := proveOneself(c, c.User, proof); err != nil {
		return "", err
	}
	secret = factor.NewSecret()
	data := DataOf(c)
	data.Factor = &FactorSetup{c.Seal(secret), c.DB.Now().Add(setupLife).Unix()}
	_, err = Keep(c, data)
	return secret, err
}

// PendingFactor is the secret that the caller's session sets up; empty: none.
func PendingFactor(c *app.Call) (string, error) {
	setup := DataOf(c).Factor
	if setup == nil || setup.Until <= c.DB.Now().Unix() {
		return "", nil
	}
	return c.Unseal(setup.Secret)
}

// ConfirmFactor gives the caller the second factor that their session sets up, when the code is one of it. It returns
// the codes for the loss of it, which nobody is shown again.
func ConfirmFactor(c *app.Call, code string) (codes []string, err error) {
	secret, err := PendingFactor(c)
	if err != nil {
		return nil, err
	}
	if secret == "" {
		return nil, ErrFactorOver
	}
	data := DataOf(c)
	data.Factor = nil
	doc, err := json.Marshal(data)
	if err != nil {
		return nil, err
	}
	right, err := guessing(c, c.User, code)
	if err != nil {
		return nil, err
	}
	spent := *c.Session
	err = c.Write(func(t *store.Tx) error {
		step, ok := factor.Match(secret, factor.Plain(code), t.Now)
		if !ok {
			return ErrFactor
		}
		ok, err := store.ReplaceSessionData(t, &spent, string(doc))
		if err != nil {
			return err
		}
		if !ok {
			return ErrFactorOver
		}
		codes, err = setFactor(t, c.App, c.User, secret, step)
		return err
	})
	if err != nil {
		return nil, err
	}
	c.Session = &spent
	return codes, right()
}

// RenewCodes gives the caller other recovery codes; those that there were are good no more.
func RenewCodes(c *app.Call, proof string) (codes []string, err error) {
	if err := proveFactor(c, proof); err != nil {
		return nil, err
	}
	err = c.Write(func(t *store.Tx) error {
		if codes, err = makeCodes(t, c.App, c.User); err != nil {
			return err
		}
		return app.Note(t, app.Deed{Event: app.RecoveryCodesMade, Target: app.Person(c.User.ID)})
	})
	return codes, err
}

// proveFactor is proveOneself for who has a second factor; others have nothing to do with it.
func proveFactor(c *app.Call, proof string) error {
	f, err := factorOf(c.Read(), c.User.ID)
	if err == nil && f == nil {
		err = ErrNoFactor
	}
	if err != nil {
		return err
	}
	return proveOneself(c, c.User, proof)
}

// RemoveFactor takes the caller's second factor away, unless they have to have one.
func RemoveFactor(c *app.Call, proof string) error {
	policy, err := FactorPolicyOf(c)
	if err != nil {
		return err
	}
	w, err := wanting(c.Read(), policy, c.User.ID)
	switch {
	case err != nil:
		return err
	case w.Any():
		return ErrFactorWanted
	}
	if err := proveFactor(c, proof); err != nil {
		return err
	}
	return c.Write(func(t *store.Tx) error {
		had, err := store.EndFactor(t, c.User.ID)
		if err != nil || !had {
			return err
		}
		if err := app.Note(t, app.Deed{Event: app.FactorRemoved, Target: app.Person(c.User.ID)}); err != nil {
			return err
		}
		return tellFactor(t, c.App, c.User, "removed")
	})
}
