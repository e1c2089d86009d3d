package api

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/asset"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const atMe = "/api/users/me/"

var users = []web.Op{
	web.Do("GET", atMe, web.SignedIn(), 200, "Get the person who asks", getMe),
	web.Do("PATCH", atMe, web.SignedIn(), 200, "Change the person who asks", updateMe),
	web.Do("GET", "/api/users/session/", web.Public(), 200, "Tell whether somebody is signed in", getSession),
	web.Do("GET", atMe+"instance-admin/", web.SignedIn(), 200, "Tell whether the caller administers the installation", getInstanceAdmin),
}

// Me is a person as they see themselves.
type Me struct {
	ID                string  `json:"id"`
	Avatar            string  `json:"avatar"`
	CoverImage        *string `json:"cover_image"`
	AvatarURL         *string `json:"avatar_url"`
	CoverImageURL     *string `json:"cover_image_url"`
	DateJoined        string  `json:"date_joined"`
	DisplayName       string  `json:"display_name"`
	Email             *string `json:"email"`
	FirstName         string  `json:"first_name"`
	LastName          string  `json:"last_name"`
	IsActive          bool    `json:"is_active"`
	IsBot             bool    `json:"is_bot"`
	IsEmailVerified   bool    `json:"is_email_verified"`
	UserTimezone      string  `json:"user_timezone"`
	Username          string  `json:"username"`
	IsPasswordAutoset bool    `json:"is_password_autoset"`
	LastLoginMedium   string  `json:"last_login_medium"`
	LastLoginTime     *string `json:"last_login_time"`
}

func me(c *app.Call, u *store.User) Me {
	return Me{
		ID: u.ID, Avatar: u.Avatar, CoverImage: u.CoverImage, AvatarURL: u.AvatarURL(), CoverImageURL: u.CoverImageURL(),
		DateJoined: c.Time(u.DateJoined), DisplayName: u.DisplayName, Email: u.Email, FirstName: u.FirstName,
		LastName: u.LastName, IsActive: u.IsActive, IsBot: u.IsBot, IsEmailVerified: u.IsEmailVerified,
		UserTimezone: u.UserTimezone, Username: u.Username, IsPasswordAutoset: u.IsPasswordAutoset,
		LastLoginMedium: u.LastLoginMedium, LastLoginTime: c.TimePtr(u.LastLoginTime),
	}
}

func getMe(c *app.Call, _ web.Nothing) (Me, error) { return me(c, c.User), nil }

// Session says whether somebody is signed in.
type Session struct {
	IsAuthenticated bool `json:"is_authenticated"`
	User            *Me  `json:"user,omitempty"`
}

func getSession(c *app.Call, _ web.Nothing) (Session, error) {
	if c.User == nil {
		return Session{}, nil
	}
	m := me(c, c.User)
	return Session{true, &m}, nil
}

// InstanceAdmin says whether the caller administers the installation.
type InstanceAdmin struct {
	Is bool `json:"is_instance_admin"`
}

func getInstanceAdmin(c *app.Call, _ web.Nothing) (InstanceAdmin, error) {
	is, err := user.IsInstanceAdmin(c, c.UserID())
	return InstanceAdmin{is}, err
}

// Account is a person with everything that the API knows of them, as they get it when they change something.
type Account struct {
	LastLogin               *string `json:"last_login"`
	ID                      string  `json:"id"`
	Username                string  `json:"username"`
	MobileNumber            *string `json:"mobile_number"`
	Email                   *string `json:"email"`
	DisplayName             string  `json:"display_name"`
	FirstName               string  `json:"first_name"`
	LastName                string  `json:"last_name"`
	Avatar                  string  `json:"avatar"`
	AvatarAsset             *string `json:"avatar_asset"`
	CoverImage              *string `json:"cover_image"`
	CoverImageAsset         *string `json:"cover_image_asset"`
	DateJoined              string  `json:"date_joined"`
	CreatedAt               string  `json:"created_at"`
	UpdatedAt               string  `json:"updated_at"`
	LastLocation            string  `json:"last_location"`
	CreatedLocation         string  `json:"created_location"`
	IsSuperuser             bool    `json:"is_superuser"`
	IsManaged               bool    `json:"is_managed"`
	IsPasswordExpired       bool    `json:"is_password_expired"`
	IsActive                bool    `json:"is_active"`
	IsStaff                 bool    `json:"is_staff"`
	IsEmailVerified         bool    `json:"is_email_verified"`
	IsPasswordAutoset       bool    `json:"is_password_autoset"`
	IsPasswordResetRequired bool    `json:"is_password_reset_required"`
	Token                   string  `json:"token"`
	LastActive              *string `json:"last_active"`
	LastLoginTime           *string `json:"last_login_time"`
	LastLogoutTime          *string `json:"last_logout_time"`
	LastLoginIP             string  `json:"last_login_ip"`
	LastLogoutIP            string  `json:"last_logout_ip"`
	LastLoginMedium         string  `json:"last_login_medium"`
	LastLoginUagent         string  `json:"last_login_uagent"`
	TokenUpdatedAt          *string `json:"token_updated_at"`
	IsBot                   bool    `json:"is_bot"`
	BotType                 *string `json:"bot_type"`
	UserTimezone            string  `json:"user_timezone"`
	IsEmailValid            bool    `json:"is_email_valid"`
	MaskedAt                *string `json:"masked_at"`
}

// AccountOf is a person's whole account on the wire.
func AccountOf(c *app.Call, u *store.User) Account {
	return Account{
		LastLogin: c.TimePtr(u.LastLogin), ID: u.ID, Username: u.Username, MobileNumber: u.MobileNumber, Email: u.Email,
		DisplayName: u.DisplayName, FirstName: u.FirstName, LastName: u.LastName, Avatar: u.Avatar,
		AvatarAsset: u.AvatarAssetID, CoverImage: u.CoverImage, CoverImageAsset: u.CoverImageAssetID,
		DateJoined: c.Time(u.DateJoined), CreatedAt: c.Time(u.CreatedAt), UpdatedAt: c.Time(u.UpdatedAt),
		LastLocation: u.LastLocation, CreatedLocation: u.CreatedLocation, IsSuperuser: u.IsSuperuser,
		IsManaged: u.IsManaged, IsPasswordExpired: u.IsPasswordExpired, IsActive: u.IsActive, IsStaff: u.IsStaff,
		IsEmailVerified: u.IsEmailVerified, IsPasswordAutoset: u.IsPasswordAutoset,
		IsPasswordResetRequired: u.IsPasswordResetRequired, Token: u.Token, LastActive: c.TimePtr(u.LastActive),
		LastLoginTime: c.TimePtr(u.LastLoginTime), LastLogoutTime: c.TimePtr(u.LastLogoutTime),
		LastLoginIP: u.LastLoginIP, LastLogoutIP: u.LastLogoutIP, LastLoginMedium: u.LastLoginMedium,
		LastLoginUagent: u.LastLoginUagent, TokenUpdatedAt: c.TimePtr(u.TokenUpdatedAt), IsBot: u.IsBot,
		BotType: u.BotType, UserTimezone: u.UserTimezone, IsEmailValid: u.IsEmailValid, MaskedAt: c.TimePtr(u.MaskedAt),
	}
}

// MeInput is what people may change of themselves; what the reference has read-only is ignored.
type MeInput struct {
	FirstName       app.Opt[string] `json:"first_name" check:"blank,max=255"`
	LastName        app.Opt[string] `json:"last_name" check:"blank,max=255"`
	DisplayName     app.Opt[string] `json:"display_name" check:"max=255"`
	Avatar          app.Opt[string] `json:"avatar" check:"blank,address"`
	AvatarAsset     app.Opt[string] `json:"avatar_asset" check:"null,pk"`
	CoverImage      app.Opt[string] `json:"cover_image" check:"null,blank,max=800"`
	CoverImageAsset app.Opt[string] `json:"cover_image_asset" check:"null,pk"`
	UserTimezone    app.Opt[string] `json:"user_timezone" check:"blank"`
	PasswordExpired app.Opt[bool]   `json:"is_password_expired"`
	ResetRequired   app.Opt[bool]   `json:"is_password_reset_required"`
	Faults          app.Fields      `body:"faults"`
}

// check returns all that is wrong.
func (in MeInput) check(c *app.Call) error {
	faults := in.Faults
	if app.HasLink(in.FirstName.V) {
		faults.Add("first_name", "First name cannot contain a URL.")
	}
	if app.HasLink(in.LastName.V) {
		faults.Add("last_name", "Last name cannot contain a URL.")
	}
	if in.CoverImage.V != "" && !app.IsWebURL(in.CoverImage.V) {
		faults.Add("cover_image", "Enter a valid URL.")
	}
	if in.UserTimezone.Set && faults["user_timezone"] == nil && !app.IsZone(in.UserTimezone.V) {
		faults.Add("user_timezone", `"`+in.UserTimezone.V+`" is not a valid choice.`)
	}
	for _, picture := range []struct {
		field, kind string
		id          app.Opt[string]
	}{{"avatar_asset", asset.UserAvatar, in.AvatarAsset}, {"cover_image_asset", asset.UserCover, in.CoverImageAsset}} {
		if picture.id.V == "" {
			continue
		}
		mine, err := user.OwnsPicture(c, picture.id.V, picture.kind)
		if err != nil {
			return err
		}
		if !mine {
			faults.Add(picture.field, app.NoObject(picture.id.V))
		}
	}
	return faults.Err()
}

func updateMe(c *app.Call, in MeInput) (Account, error) {
	if err := in.check(c); err != nil {
		return Account{}, err
	}
	u, err := user.Update(c, func(u *store.User) {
		u.FirstName, u.LastName = in.FirstName.Or(u.FirstName), in.LastName.Or(u.LastName)
		u.DisplayName, u.Avatar = in.DisplayName.Or(u.DisplayName), in.Avatar.Or(u.Avatar)
		u.UserTimezone = in.UserTimezone.Or(u.UserTimezone)
		u.IsPasswordExpired = in.PasswordExpired.Or(u.IsPasswordExpired)
		u.IsPasswordResetRequired = in.ResetRequired.Or(u.IsPasswordResetRequired)
		for dest, opt := range map[**string]app.Opt[string]{&u.AvatarAssetID: in.AvatarAsset, &u.CoverImage: in.CoverImage,
			&u.CoverImageAssetID: in.CoverImageAsset} {
			if opt.Set {
				*dest = opt.Ptr()
			}
		}
	}, "first_name", "last_name", "display_name", "avatar", "user_timezone", "is_password_expired",
		"is_password_reset_required", "avatar_asset_id", "cover_image", "cover_image_asset_id")
	if err != nil {
		return Account{}, err
	}
	return AccountOf(c, u), nil
}
