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
	url, err := a.Address(ctx)
	if err != nil {
		return err
	}
	admin, err := store.InstanceAdmins.Exists(a.DB.Read(ctx), dbx.HashExp{"user_id": u.ID})
	if err != nil {
		return err
	}
	if admin {
		return app.Refuse(app.Invalid, "You cannot deactivate your account since you are an instance admin")
	}
	closed := *u
	if closed.Password, closed.IsPasswordAutoset, err = hashOrRandom(""); err != nil {
		return err
	}
	return a.DB.Write(ctx, u.ID, func(t *store.Tx) error {
		closed.IsActive, closed.LastLogoutTime = false, &t.Now
		if err := store.Users.Update(t, &closed, "password", "is_password_autoset", "is_active",
			"last_logout_time"); err != nil {
			return err
		}
		if err := store.LeaveEverything(t, u.ID); err != nil {
			return err
		}
		if err := store.EndTokens(t, u.ID); err != nil {
			return err
		}
		p, err := store.Profiles.Get(t, dbx.HashExp{"user_id": u.ID})
		if err != nil {
			return err
		}
		p.LastWorkspaceID, p.IsTourCompleted, p.IsOnboarded, p.OnboardingStep = nil, false, false, store.JSON(noSteps)
		if err := store.Profiles.Update(t, p, "last_workspace_id", "is_tour_completed", "is_onboarded",
			"onboarding_step"); err != nil {
			return err
		}
		if err := store.EndSessions(t, u.ID, ""); err != nil || u.Email == nil {
			return err
		}
		if _, err := store.WorkspaceInvites.DeleteWhere(t, dbx.HashExp{"email": *u.Email}); err != nil {
			return err
		}
		return mail.Enqueue(a, t, *u.Email, "account-closed", map[string]string{"name": u.FirstName, "url": url})
	})
}

// Disable closes an account for the one who runs the installation: unlike one that its owner closed, it does not open
// by signing in.
func Disable(ctx context.Context, a *app.App, u *store.User) error {
	if err := Deactivate(ctx, a, u); err != nil {
		return err
	}
	barred := *u
	return a.DB.Write(ctx, "", func(t *store.Tx) error {
		barred.MaskedAt = &t.Now
		return store.Users.Update(t, &barred, "masked_at")
	})
}

// Reactivate opens a closed account again; its memberships and its API keys stay ended.
func Reactivate(ctx context.Context, a *app.App, u *store.User) error {
	opened := *u
	opened.IsActive, opened.MaskedAt = true, nil
	return a.DB.Write(ctx, "", func(t *store.Tx) error { return store.Users.Update(t, &opened, "is_active", "masked_at") })
}
