// Package user holds accounts: who somebody is, how they prove it, their sessions, keys and preferences.
package user

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Draft is a person to be made. A person without a password has to ask for a code, or to reset it.
type Draft struct {
	Email, Password, FirstName, LastName string
}

// Create makes a person. A bad address or one that is taken, and a weak password, are refused.
func Create(ctx context.Context, a *app.App, d Draft) (*store.User, error) {
	u, err := newPerson(d)
	if err != nil {
		return nil, err
	}
	err = a.DB.Write(ctx, "", func(t *store.Tx) error { return Insert(t, u) })
	if errors.Is(err, store.ErrUnique) {
		return nil, app.Coded("USER_ALREADY_EXIST", "email", *u.Email)
	}
	return u, err
}

// newPerson is who a draft describes, not written yet.
func newPerson(d Draft) (*store.User, error) {
	email, ok := app.CleanEmail(d.Email)
	if !ok {
		return nil, app.Coded("INVALID_EMAIL", "email", email)
	}
	u := New(email)
	u.FirstName, u.LastName, u.EmailProven = d.FirstName, d.LastName, true // whoever runs the server vouches for it
	if d.Password != "" && !Strong(d.Password) {
		return nil, app.Coded("PASSWORD_TOO_WEAK", "email", email)
	}
	var err error
	u.Password, u.IsPasswordAutoset, err = hashOrRandom(d.Password)
	return u, err
}

// New returns an active person with that address, who is not written yet. The address is clean.
func New(email string) *store.User {
	name, _, _ := strings.Cut(email, "@")
	return &store.User{Email: &email, Username: app.RandomHex(32), DisplayName: name, IsActive: true, UserTimezone: "UTC",
		LastLoginMedium: "email"}
}

// Insert writes a new person, with the profile and the notification preferences that everybody has.
func Insert(t *store.Tx, u *store.User) error {
	u.DateJoined = t.Now
	if u.LastActive == nil {
		u.LastActive = &t.Now
	}
	if err := store.Users.Insert(t, u); err != nil {
		return err
	}
	if err := store.Profiles.Insert(t, newProfile(u.ID)); err != nil {
		return err
	}
	return store.NotificationPreferences.Insert(t, &store.NotificationPreference{UserID: u.ID,
		PropertyChange: true, StateChange: true, Comment: true, Mention: true, IssueCompleted: true})
}

const noSteps = `{"profile_complete": false, "workspace_create": false, "workspace_invite": false, "workspace_join": false}`

func newProfile(user string) *store.Profile {
	return &store.Profile{
		UserID:                user,
		OnboardingStep:        store.JSON(noSteps),
		MobileOnboardingStep:  store.JSON(`{"profile_complete": false, "workspace_create": false, "workspace_join": false}`),
		ProductTour:           store.JSON(`{"work_items": false, "cycles": false, "modules": false, "intake": false, "pages": false}`),
		BillingAddressCountry: "INDIA", // the reference's default
		Language:              "en",
		IsAppRailDocked:       true,
		NotificationViewMode:  "full",
		BackgroundColor:       fmt.Sprintf("#%06x", rand.N(1<<24)),
	}
}

// ByEmail returns the person with that address, which is clean; store.ErrNotFound if there is none.
func ByEmail(t *store.Tx, email string) (*store.User, error) {
	return store.Users.Get(t, dbx.HashExp{"email": email})
}

// WithEmail is ByEmail outside a transaction.
func WithEmail(c *app.Call, email string) (*store.User, error) { return ByEmail(c.Read(), email) }

// Find returns the person with that address, however it is written; for commands, which say what it fails with.
func Find(ctx context.Context, a *app.App, email string) (*store.User, error) {
	clean, _ := app.CleanEmail(email)
	u, err := ByEmail(a.DB.Read(ctx), clean)
	if errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("nobody has the address %q; sailplane user list shows who there is", clean)
	}
	return u, err
}
