package user

import (
	"context"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/mail"
	"github.com/sailplane/sailplane/store"
)

// Codes of refusals that commands and pages add to, what to do next.
const (
	CodeAdministers = "ACCOUNT_ADMINISTERS" // the installation
	CodeOwns        = "ACCOUNT_OWNS"        // workspaces
)

// Deleted is what everybody is called whose account was deleted.
const Deleted = "Deleted account"

// Erase deletes an account for good, as people may ask for by law. What is theirs goes at once: the address, the name,
// the pictures, sign-ins, keys, preferences, drafts, notes and private pages. What they did in workspaces stays, and is
// by "Deleted account". Who administers the installation, owns a workspace or is the only administrator of one is
// refused: it would be nobody's.
func Erase(ctx context.Context, a *app.App, u *store.User) error {
	gone := tombstone(u)
	var err error
	if gone.Password, gone.IsPasswordAutoset, err = hashOrRandom(""); err != nil {
		return err
	}
	return a.DB.Write(ctx, "", func(t *store.Tx) error {
		if err := refuseAdministrator(t, u); err != nil {
			return err
		}
		owned, err := store.OwnedWorkspaces(t, u.ID, int(app.Admin))
		if err != nil {
			return err
		}
		if len(owned) > 0 {
			slugs := make([]string, len(owned))
			for i, w := range owned {
				slugs[i] = w.Slug
			}
			return &app.Error{Kind: app.Conflict, Code: CodeOwns, Text: name(u) +
				" owns these workspaces, or is their only administrator: " + strings.Join(slugs, ", ")}
		}
		if err := store.LeaveEverything(t, u.ID); err != nil {
			return err
		}
		if u.Email != nil {
			if err := store.EraseAuditName(t, *u.Email); err != nil {
				return err
			}
		}
		if err := store.EraseUser(t, u.ID, addressOf(u), Deleted); err != nil {
			return err
		}
		gone.MaskedAt, gone.LastLogoutTime = &t.Now, nil
		if err := store.Users.Update(t, gone, tombstoneColumns...); err != nil || u.Email == nil {
			return err
		}
		return mail.Enqueue(a, t, *u.Email, "account-deleted", map[string]string{"name": u.Hailed()})
	})
}

// tombstone is the row that stays of an account.
func tombstone(u *store.User) *store.User {
	gone := *u
	gone.Username, gone.DisplayName = "deleted-"+u.ID, Deleted
	gone.FirstName, gone.LastName, _ = strings.Cut(Deleted, " ")
	gone.Email, gone.MobileNumber, gone.Avatar, gone.CoverImage = nil, nil, "", nil
	gone.AvatarAssetID, gone.CoverImageAssetID = nil, nil
	gone.LastLocation, gone.CreatedLocation, gone.UserTimezone, gone.Token = "", "", "UTC", ""
	gone.LastLogin, gone.LastActive, gone.LastLoginTime = nil, nil, nil
	gone.LastLoginIP, gone.LastLogoutIP, gone.LastLoginUagent = "", "", ""
	gone.IsActive, gone.EmailProven, gone.IsEmailVerified, gone.IsEmailValid = false, false, false, false
	return &gone
}

var tombstoneColumns = []string{"username", "display_name", "first_name", "last_name", "email", "mobile_number",
	"avatar", "cover_image", "avatar_asset_id", "cover_image_asset_id", "last_location", "created_location",
	"user_timezone", "token", "last_login", "last_active", "last_login_time", "last_logout_time", "last_login_ip",
	"last_logout_ip", "last_login_uagent", "is_active", "email_proven", "is_email_verified", "is_email_valid", "password",
	"is_password_autoset", "masked_at"}

// IsErased says whether nothing is left of an account but what others' work refers to.
func IsErased(u *store.User) bool { return u.Email == nil && u.Username == "deleted-"+u.ID }

// name is what refusals call somebody: the address, which those who manage accounts know them by.
func name(u *store.User) string {
	if u.Email == nil {
		return u.DisplayName
	}
	return *u.Email
}

func addressOf(u *store.User) string {
	if u.Email == nil {
		return ""
	}
	return *u.Email
}
