package user

import (
	"context"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/mail"
	"github.com/sailplane/sailplane/store"
)

// Deactivate closes an account: its sessions, API keys and memberships end, invitations to its address go, nobody
// knows its password any more. Administrators of the installation can't close theirs.
func Deactivate(ctx context.Context, a *app.App, u *store.User) error {
	admin, err := store.InstanceAdmins.Exists(a.DB.Read(ctx), dbx.HashExp{"user_id": u.ID})
	if err != nil {
		return err
	}
	if admin {
		return app.Refuse(app.Invalid, "You cannot deactivate your account since you are an instance admin")
	}
	return closeAccount(ctx, a, u, false)
}

// Disable closes an account for the one who runs the installation: unlike one that its owner closed, it does not open
// by signing in. Who administers the installation has to be demoted first.
func Disable(ctx context.Context, a *app.App, u *store.User) error {
	return closeAccount(ctx, a, u, true)
}

func closeAccount(ctx context.Context, a *app.App, u *store.User, barred bool) error {
	url, err := a.Address(ctx)
	if err != nil {
		return err
	}
	closed := *u
	if closed.Password, closed.IsPasswordAutoset, err = hashOrRandom(""); err != nil {
		return err
	}
	letter := map[string]string{"name": u.Hailed(), "url": url}
	return a.DB.Write(ctx, u.ID, func(t *store.Tx) error {
		if barred {
			if err := refuseAdministrator(t, u); err != nil {
				return err
			}
			closed.MaskedAt, letter["barred"] = &t.Now, "yes"
		}
		closed.IsActive, closed.LastLogoutTime = false, &t.Now
		if err := store.Users.Update(t, &closed, "password", "is_password_autoset", "is_active", "last_logout_time",
			"masked_at"); err != nil {
			return err
		}
		if err := endAll(t, u.ID); err != nil || u.Email == nil {
			return err
		}
		if _, err := store.WorkspaceInvites.DeleteWhere(t, dbx.HashExp{"email": *u.Email}); err != nil {
			return err
		}
		return mail.Enqueue(a, t, *u.Email, "account-closed", letter)
	})
}

// endAll ends a person's memberships, keys and sessions, and lets them begin anew should they come back.
func endAll(t *store.Tx, user string) error {
	if err := store.LeaveEverything(t, user); err != nil {
		return err
	}
	if err := store.EndTokens(t, user); err != nil {
		return err
	}
	p, err := store.Profiles.Get(t, dbx.HashExp{"user_id": user})
	if err != nil {
		return err
	}
	p.LastWorkspaceID, p.IsTourCompleted, p.IsOnboarded, p.OnboardingStep = nil, false, false, store.JSON(noSteps)
	if err := store.Profiles.Update(t, p, "last_workspace_id", "is_tour_completed", "is_onboarded",
		"onboarding_step"); err != nil {
		return err
	}
	return store.EndSessions(t, user, "")
}

// refuseAdministrator refuses what would leave somebody an administrator of the installation who can't sign in. Nobody
// becomes one until the transaction ends.
func refuseAdministrator(t *store.Tx, u *store.User) error {
	if err := t.Lock(AdministratorsLock); err != nil {
		return err
	}
	admin, err := store.InstanceAdmins.Exists(t, dbx.HashExp{"user_id": u.ID})
	if err != nil || !admin {
		return err
	}
	return &app.Error{Kind: app.Conflict, Code: CodeAdministers,
		Text: name(u) + " administers the installation; that has to end first"}
}

// Reactivate opens a closed account again; its memberships and its API keys stay ended. One that was deleted stays so.
func Reactivate(ctx context.Context, a *app.App, u *store.User) error {
	if IsErased(u) {
		return app.Refuse(app.Conflict, "The account was deleted; nothing is left of it")
	}
	opened := *u
	opened.IsActive, opened.MaskedAt = true, nil
	return a.DB.Write(ctx, "", func(t *store.Tx) error { return store.Users.Update(t, &opened, "is_active", "masked_at") })
}
