package store

import (
	"fmt"
	"strings"
	"time"
)

// User is a row of users.
type User struct {
	Base
	Password                string     `db:"password"`
	LastLogin               *time.Time `db:"last_login"`
	Username                string     `db:"username"`
	MobileNumber            *string    `db:"mobile_number"`
	Email                   *string    `db:"email"`
	FirstName               string     `db:"first_name"`
	LastName                string     `db:"last_name"`
	Avatar                  string     `db:"avatar"`
	DateJoined              time.Time  `db:"date_joined"`
	LastLocation            string     `db:"last_location"`
	CreatedLocation         string     `db:"created_location"`
	IsSuperuser             bool       `db:"is_superuser"`
	IsManaged               bool       `db:"is_managed"`
	IsPasswordExpired       bool       `db:"is_password_expired"`
	IsActive                bool       `db:"is_active"`
	IsStaff                 bool       `db:"is_staff"`
	IsEmailVerified         bool       `db:"is_email_verified"`
	IsPasswordAutoset       bool       `db:"is_password_autoset"`
	Token                   string     `db:"token"`
	UserTimezone            string     `db:"user_timezone"`
	LastActive              *time.Time `db:"last_active"`
	LastLoginTime           *time.Time `db:"last_login_time"`
	LastLogoutTime          *time.Time `db:"last_logout_time"`
	LastLoginIP             string     `db:"last_login_ip"`
	LastLogoutIP            string     `db:"last_logout_ip"`
	LastLoginMedium         string     `db:"last_login_medium"`
	LastLoginUagent         string     `db:"last_login_uagent"`
	TokenUpdatedAt          *time.Time `db:"token_updated_at"`
	IsBot                   bool       `db:"is_bot"`
	CoverImage              *string    `db:"cover_image"`
	DisplayName             string     `db:"display_name"`
	AvatarAssetID           *string    `db:"avatar_asset_id"`
	CoverImageAssetID       *string    `db:"cover_image_asset_id"`
	BotType                 *string    `db:"bot_type"`
	IsEmailValid            bool       `db:"is_email_valid"`
	MaskedAt                *time.Time `db:"masked_at"`
	IsPasswordResetRequired bool       `db:"is_password_reset_required"`
	// ours: by a code or a link that was sent there, or by a provider
	EmailProven bool `db:"email_proven"`
}

// Users is the table of User rows.
var Users = NewTable("users", func(u *User) []string { return []string{UserKey(u.ID)} })

// UserKey is where the cache keeps a person.
func UserKey(id string) string { return "user:" + id }

// Called is the person's name as letters have it: first and last name, else what they are shown as, else their address.
func (u *User) Called() string {
	name := strings.TrimSpace(strings.TrimSpace(u.FirstName) + " " + strings.TrimSpace(u.LastName))
	if name == "" {
		name = strings.TrimSpace(u.DisplayName)
	}
	if name == "" && u.Email != nil {
		name = *u.Email
	}
	return name
}

// Hailed is how a letter to the person begins.
func (u *User) Hailed() string {
	if name := strings.TrimSpace(u.FirstName); name != "" {
		return name
	}
	return u.Called()
}

// AvatarURL is where the person's picture is: an upload of ours, or an address elsewhere; nil without one.
func (u *User) AvatarURL() *string { return PictureURL(u.AvatarAssetID, &u.Avatar) }

// CoverImageURL is AvatarURL for the picture behind the profile.
func (u *User) CoverImageURL() *string { return PictureURL(u.CoverImageAssetID, u.CoverImage) }

// PictureURL is where an uploaded picture is, or one elsewhere, as Plane: db/models/user.py and asset.py have it for
// pictures that anybody may see.
func PictureURL(asset, elsewhere *string) *string {
	switch {
	case asset != nil:
		url := "/api/assets/v2/static/" + *asset + "/"
		return &url
	case elsewhere == nil || *elsewhere == "":
		return nil
	}
	return elsewhere
}

// Profile is a row of profiles.
type Profile struct {
	Base
	Theme                     JSON     `db:"theme"`
	IsTourCompleted           bool     `db:"is_tour_completed"`
	OnboardingStep            JSON     `db:"onboarding_step"`
	UseCase                   *string  `db:"use_case"`
	Role                      *string  `db:"role"`
	IsOnboarded               bool     `db:"is_onboarded"`
	LastWorkspaceID           *string  `db:"last_workspace_id"`
	BillingAddressCountry     string   `db:"billing_address_country"`
	BillingAddress            NullJSON `db:"billing_address"`
	HasBillingAddress         bool     `db:"has_billing_address"`
	CompanyName               string   `db:"company_name"`
	UserID                    string   `db:"user_id"`
	IsMobileOnboarded         bool     `db:"is_mobile_onboarded"`
	MobileOnboardingStep      JSON     `db:"mobile_onboarding_step"`
	MobileTimezoneAutoSet     bool     `db:"mobile_timezone_auto_set"`
	Language                  string   `db:"language"`
	IsSmoothCursorEnabled     bool     `db:"is_smooth_cursor_enabled"`
	StartOfTheWeek            int      `db:"start_of_the_week"`
	IsAppRailDocked           bool     `db:"is_app_rail_docked"`
	BackgroundColor           string   `db:"background_color"`
	Goals                     JSON     `db:"goals"`
	HasMarketingEmailConsent  bool     `db:"has_marketing_email_consent"`
	IsNavigationTourCompleted bool     `db:"is_navigation_tour_completed"`
	IsSubscribedToChangelog   bool     `db:"is_subscribed_to_changelog"`
	NotificationViewMode      string   `db:"notification_view_mode"`
	ProductTour               JSON     `db:"product_tour"`
}

// Profiles is the table of Profile rows.
var Profiles = NewTable[Profile]("profiles")

// Account is a row of accounts.
type Account struct {
	Base
	ProviderAccountID     string     `db:"provider_account_id"`
	Provider              string     `db:"provider"`
	AccessToken           string     `db:"access_token"`
	AccessTokenExpiredAt  *time.Time `db:"access_token_expired_at"`
	RefreshToken          *string    `db:"refresh_token"`
	RefreshTokenExpiredAt *time.Time `db:"refresh_token_expired_at"`
	LastConnectedAt       time.Time  `db:"last_connected_at"`
	Metadata              JSON       `db:"metadata"`
	UserID                string     `db:"user_id"`
	IDToken               string     `db:"id_token"`
}

// Accounts is the table of Account rows.
var Accounts = NewTable[Account]("accounts")

// LeaveEverything makes all memberships of a person inactive, of workspaces and of projects.
func LeaveEverything(t *Tx, user string) error {
	for _, table := range []string{"project_members", "workspace_members"} {
		_, err := t.Exec("UPDATE "+table+" SET is_active = FALSE, updated_at = ? WHERE "+t.InOrder(table,
			"member_id = ? AND is_active"), t.Now, user)
		if err != nil {
			return fmt.Errorf("leave %s: %w", table, err)
		}
	}
	rows, err := t.Rows("SELECT workspace_id FROM workspace_members WHERE member_id = ?", user)
	if err != nil {
		return fmt.Errorf("leave workspaces: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var workspace string
		if err := rows.Scan(&workspace); err != nil {
			return fmt.Errorf("leave workspaces: %w", err)
		}
		t.Forget(AccessKey(workspace, user))
	}
	return rows.Err()
}
