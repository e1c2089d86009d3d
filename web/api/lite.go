package api

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/mux"
)

// The short forms in which rows appear inside others.

// Made is who wrote a row and when; it is embedded in what shows it.
type Made struct {
	CreatedAt string  `json:"created_at"`
	UpdatedAt string  `json:"updated_at"`
	DeletedAt *string `json:"deleted_at"`
	CreatedBy *string `json:"created_by"`
	UpdatedBy *string `json:"updated_by"`
}

func made(c *app.Call, m store.AuditFields) Made {
	return Made{
		CreatedAt: c.Time(m.CreatedAt), UpdatedAt: c.Time(m.UpdatedAt), DeletedAt: c.TimePtr(m.DeletedAt),
		CreatedBy: m.CreatedByID, UpdatedBy: m.UpdatedByID,
	}
}

// UserLite is a person as others see them.
type UserLite struct {
	ID          string  `json:"id"`
	FirstName   string  `json:"first_name"`
	LastName    string  `json:"last_name"`
	Avatar      string  `json:"avatar"`
	AvatarURL   *string `json:"avatar_url"`
	IsBot       bool    `json:"is_bot"`
	DisplayName string  `json:"display_name"`
}

// NewUserLite shows a person.
func NewUserLite(u *store.User) UserLite {
	return UserLite{
		ID: u.ID, FirstName: u.FirstName, LastName: u.LastName, Avatar: u.Avatar,
		AvatarURL: pictureURL(u.AvatarAssetID, &u.Avatar), IsBot: u.IsBot, DisplayName: u.DisplayName,
	}
}

// UserAdminLite is a person as members who are no guests see them.
type UserAdminLite struct {
	UserLite
	Email           *string `json:"email"`
	LastLoginMedium string  `json:"last_login_medium"`
}

func userAdminLite(u *store.User) UserAdminLite {
	return UserAdminLite{NewUserLite(u), u.Email, u.LastLoginMedium}
}

// WorkspaceLite is a workspace inside something else.
type WorkspaceLite struct {
	Name    string  `json:"name"`
	Slug    string  `json:"slug"`
	ID      string  `json:"id"`
	LogoURL *string `json:"logo_url"`
}

func workspaceLite(w *store.Workspace) WorkspaceLite {
	return WorkspaceLite{w.Name, w.Slug, w.ID, pictureURL(w.LogoAssetID, w.Logo)}
}

// ProjectLite is a project inside something else.
type ProjectLite struct {
	ID            string     `json:"id"`
	Identifier    string     `json:"identifier"`
	Name          string     `json:"name"`
	CoverImage    *string    `json:"cover_image"`
	CoverImageURL *string    `json:"cover_image_url"`
	LogoProps     store.JSON `json:"logo_props"`
	Description   string     `json:"description"`
}

// NewProjectLite shows a project.
func NewProjectLite(p *store.Project) ProjectLite {
	return ProjectLite{
		ID: p.ID, Identifier: p.Identifier, Name: p.Name, CoverImage: p.CoverImage,
		CoverImageURL: pictureURL(p.CoverImageAssetID, p.CoverImage), LogoProps: p.LogoProps, Description: p.Description,
	}
}

func pictureURL(asset, given *string) *string { return app.PictureURL(asset, given) }

// checkIDs refuses what is no id, where the reference finds it out only in the database.
func checkIDs(ids []string) error {
	for _, id := range ids {
		if !mux.IsUUID(id) {
			return app.ErrValue
		}
	}
	return nil
}

func userLitePtr(u *store.User) *UserLite {
	if u == nil {
		return nil
	}
	lite := NewUserLite(u)
	return &lite
}

// IssueFlat is a work item inside what hangs on it.
type IssueFlat struct {
	ID              string      `json:"id"`
	Name            string      `json:"name"`
	DescriptionJSON store.JSON  `json:"description_json"`
	DescriptionHTML string      `json:"description_html"`
	Priority        string      `json:"priority"`
	StartDate       *store.Date `json:"start_date"`
	TargetDate      *store.Date `json:"target_date"`
	SequenceID      int         `json:"sequence_id"`
	SortOrder       float64     `json:"sort_order"`
	IsDraft         bool        `json:"is_draft"`
}

func issueFlat(i *store.Issue) IssueFlat {
	return IssueFlat{
		ID: i.ID, Name: i.Name, DescriptionJSON: i.DescriptionJSON, DescriptionHTML: i.DescriptionHTML,
		Priority: i.Priority, StartDate: i.StartDate, TargetDate: i.TargetDate, SequenceID: i.SequenceID,
		SortOrder: i.SortOrder, IsDraft: i.IsDraft,
	}
}
