package instance

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/instance"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

var admins = []web.Op{
	web.Form(prefix+"admins/sign-up/", "Make the first administrator", signUp),
	web.Form(prefix+"admins/sign-in/", "Sign in as an administrator", signIn),
	web.Form(prefix+"admins/sign-out/", "Sign out as an administrator", signOut),
	web.Do("GET", prefix+"admins/me/", web.InstanceAdmin(), 200, "Get the administrator who asks", getMe),
	web.Do("GET", prefix+"admins/session/", web.Public(), 200, "Tell whether an administrator is signed in", getSession),
	web.Do("GET", prefix+"admins/", web.InstanceAdmin(), 200, "List the administrators", listAdmins),
	web.Do("POST", prefix+"admins/", web.InstanceAdmin(), 201, "Make a person an administrator", createAdmin),
	web.Do("DELETE", prefix+"admins/{pk:uuid}/", web.InstanceAdmin(), 204, "End an administrator's role", deleteAdmin).Refuses(409),
}

// Setup is the form of the first administrator.
type Setup struct {
	Email       *string `json:"email" check:"blank,raw"`
	Password    *string `json:"password" check:"blank,raw"`
	FirstName   *string `json:"first_name" check:"blank,raw"`
	LastName    string  `json:"last_name" check:"blank,raw"`
	CompanyName string  `json:"company_name" check:"blank,raw"`
	Telemetry   *string `json:"is_telemetry_enabled" check:"blank,raw"`
	Token       string  `cookie:"setup-token"`
}

func signUp(c *app.Call, in Setup) (web.Reply, error) {
	telemetry := "True"
	if in.Telemetry != nil {
		telemetry = *in.Telemetry
	}
	key, err := instance.SignUp(c, instance.Setup{Email: in.Email, Password: in.Password, FirstName: in.FirstName,
		LastName: in.LastName, CompanyName: in.CompanyName, Telemetry: telemetry, Token: in.Token}, user.EnterAsAdmin)
	var refusal *app.Error
	if errors.As(err, &refusal) && refusal.Code == instance.NeedsSetupLink {
		// The frontend's page shows the words of a refusal only under a code that it knows, and by name.
		return web.Reply{Redirect: c.AdminURL() + "?error_code=INSTANCE_NOT_CONFIGURED&error_message=" +
			url.QueryEscape(refusal.Text)}, nil
	}
	return enter(c, key, err)
}

func signIn(c *app.Call, in struct {
	Email    *string `json:"email" check:"blank,raw"`
	Password *string `json:"password" check:"blank,raw"`
}) (web.Reply, error) {
	key, err := instance.SignIn(c, in.Email, in.Password)
	return enter(c, key, err)
}

// enter sends the client to the administrators' pages, with a session or with the fault.
func enter(c *app.Call, key string, err error) (web.Reply, error) {
	if query, ok := web.FormRefusal(err); ok {
		return web.Reply{Redirect: c.AdminURL() + "?" + query}, nil
	}
	if err != nil {
		return web.Reply{}, user.LeadOn(c, err, c.AdminURL()+"general/")
	}
	cookie := web.SessionCookieFor(c, web.AdminSessionCookie, key, user.AdminSessionLife)
	return web.Reply{Redirect: c.AdminURL() + "general/", Cookies: []*http.Cookie{cookie}}, nil
}

func signOut(c *app.Call, _ web.Nothing) (web.Reply, error) {
	if err := user.SignOut(c); err != nil {
		return web.Reply{}, err
	}
	out := web.Reply{Redirect: strings.TrimRight(c.AdminURL(), "/")}
	if c.Session != nil {
		out.Cookies = []*http.Cookie{web.EndedCookie(web.AdminSessionCookie)}
	}
	return out, nil
}

// Me is the administrator who asks.
type Me struct {
	ID                string  `json:"id"`
	Avatar            string  `json:"avatar"`
	AvatarURL         *string `json:"avatar_url"`
	CoverImage        *string `json:"cover_image"`
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
}

func me(c *app.Call) Me {
	u := c.User
	return Me{
		ID: u.ID, Avatar: u.Avatar, AvatarURL: u.AvatarURL(), CoverImage: u.CoverImage,
		DateJoined: c.Time(u.DateJoined), DisplayName: u.DisplayName, Email: u.Email, FirstName: u.FirstName,
		LastName: u.LastName, IsActive: u.IsActive, IsBot: u.IsBot, IsEmailVerified: u.IsEmailVerified,
		UserTimezone: u.UserTimezone, Username: u.Username, IsPasswordAutoset: u.IsPasswordAutoset,
	}
}

func getMe(c *app.Call, _ web.Nothing) (Me, error) { return me(c), nil }

// Session says whether an administrator is signed in.
type Session struct {
	IsAuthenticated bool `json:"is_authenticated"`
	User            *Me  `json:"user,omitempty"`
}

func getSession(c *app.Call, _ web.Nothing) (Session, error) {
	if c.User == nil {
		return Session{}, nil
	}
	is, err := instance.IsAdmin(c, c.User.ID)
	if err != nil || !is {
		return Session{}, err
	}
	m := me(c)
	return Session{true, &m}, nil
}

// Admin is an administrator as this API shows it.
type Admin struct {
	ID         string  `json:"id"`
	UserDetail *Person `json:"user_detail"`
	CreatedAt  string  `json:"created_at"`
	UpdatedAt  string  `json:"updated_at"`
	DeletedAt  *string `json:"deleted_at"`
	Role       int     `json:"role"`
	IsVerified bool    `json:"is_verified"`
	CreatedBy  *string `json:"created_by"`
	UpdatedBy  *string `json:"updated_by"`
	User       *string `json:"user"`
	Instance   string  `json:"instance"`
}

// Person is an account as administrators see it.
type Person struct {
	ID              string  `json:"id"`
	FirstName       string  `json:"first_name"`
	LastName        string  `json:"last_name"`
	Avatar          string  `json:"avatar"`
	AvatarURL       *string `json:"avatar_url"`
	IsBot           bool    `json:"is_bot"`
	DisplayName     string  `json:"display_name"`
	Email           *string `json:"email"`
	LastLoginMedium string  `json:"last_login_medium"`
}

func admin(c *app.Call, a store.InstanceAdmin, u *store.User) Admin {
	out := Admin{ID: a.ID, CreatedAt: c.Time(a.CreatedAt), UpdatedAt: c.Time(a.UpdatedAt),
		DeletedAt: c.TimePtr(a.DeletedAt), Role: a.Role, IsVerified: a.IsVerified, CreatedBy: a.CreatedByID,
		UpdatedBy: a.UpdatedByID, User: a.UserID, Instance: a.InstanceID}
	if u != nil {
		out.UserDetail = &Person{
			ID: u.ID, FirstName: u.FirstName, LastName: u.LastName, Avatar: u.Avatar, AvatarURL: u.AvatarURL(),
			IsBot: u.IsBot, DisplayName: u.DisplayName, Email: u.Email, LastLoginMedium: u.LastLoginMedium,
		}
	}
	return out
}

func listAdmins(c *app.Call, _ web.Nothing) ([]Admin, error) {
	rows, people, err := instance.ListAdmins(c)
	return web.Map(rows, func(a store.InstanceAdmin) Admin {
		if a.UserID == nil {
			return admin(c, a, nil)
		}
		u := people[*a.UserID]
		return admin(c, a, &u)
	}), err
}

func createAdmin(c *app.Call, in struct {
	Email *string         `json:"email" check:"blank,null,raw"`
	Role  json.RawMessage `json:"role"`
}) (Admin, error) {
	if in.Email == nil || *in.Email == "" {
		return Admin{}, app.Refuse(app.Invalid, "Email is required")
	}
	role := instance.Administrator
	if in.Role != nil && json.Unmarshal(in.Role, &role) != nil {
		return Admin{}, app.ErrValue
	}
	email, _ := app.CleanEmail(*in.Email)
	u, err := user.WithEmail(c, email)
	if err != nil {
		return Admin{}, err
	}
	row, err := instance.Promote(c, c.App, c.UserID(), u.ID, role)
	if err != nil {
		return Admin{}, err
	}
	return admin(c, *row, u), nil
}

func deleteAdmin(c *app.Call, in struct {
	ID string `path:"pk"`
}) (web.Nothing, error) {
	return web.Nothing{}, instance.Demote(c, in.ID)
}
