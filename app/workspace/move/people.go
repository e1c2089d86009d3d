package move

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/store"
)

// personOf is what moves of an account, and the key of their picture.
func personOf(t *store.Tx, u *store.User) (p *Person, key string, err error) {
	p = &Person{ID: u.ID, FirstName: u.FirstName, LastName: u.LastName, DisplayName: u.DisplayName, Avatar: u.Avatar,
		Bot: u.IsBot, BotType: u.BotType, Closed: !u.IsActive}
	if u.Email != nil {
		p.Email = *u.Email
	}
	if u.AvatarAssetID == nil {
		return p, "", nil
	}
	f, err := store.FileAssets.Find(t, *u.AvatarAssetID)
	if errors.Is(err, store.ErrNotFound) {
		return p, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	p.Picture = &Picture{}
	if err := json.Unmarshal(f.Attributes, p.Picture); err != nil { // of what is no picture of ours
		p.Picture = nil
	}
	return p, f.Asset, nil
}

// settle finds the account of everybody, or makes one, and says which ids become others.
func (i *importing) settle(t *store.Tx) error {
	i.ids.people, i.ids.strangers = map[uuid.UUID]uuid.UUID{}, false
	i.report.Known, i.report.New, i.pictured = nil, nil, map[string]bool{}
	for n := range i.people {
		p := &i.people[n]
		u, err := i.account(t, p)
		if errors.Is(err, store.ErrNotFound) {
			u, err = i.makeAccount(t, p)
		}
		if err != nil {
			return fmt.Errorf("the account of %s: %w", called(p), err)
		}
		i.ids.people[uuid.MustParse(p.ID)] = uuid.MustParse(u.ID)
		i.ids.strangers = i.ids.strangers || u.ID != p.ID
	}
	return nil
}

func called(p *Person) string {
	if p.Email != "" {
		return p.Email
	}
	return p.DisplayName
}

// account finds the account of somebody: by the address, or, of whom has none, by the id.
func (i *importing) account(t *store.Tx, p *Person) (*store.User, error) {
	if p.Email != "" {
		u, err := user.ByEmail(t, p.Email)
		if err == nil {
			i.report.Known = append(i.report.Known, p.Email)
		}
		return u, err
	}
	u, err := store.Users.Find(t, p.ID)
	if err == nil && (u.Email != nil || u.IsBot != p.Bot) {
		err = store.ErrNotFound
	}
	return u, err
}

// makeAccount makes an account into which nobody can sign in before they have chosen a password or got a code by mail.
func (i *importing) makeAccount(t *store.Tx, p *Person) (*store.User, error) {
	u := user.New(p.Email)
	u.Password, u.IsPasswordAutoset = i.password, true
	u.FirstName, u.LastName, u.DisplayName, u.Avatar = p.FirstName, p.LastName, p.DisplayName, p.Avatar
	u.IsBot, u.BotType, u.IsActive = p.Bot, p.BotType, !p.Closed
	u.ID = p.ID
	_, err := store.Users.Find(t, p.ID)
	if err == nil || i.ids.salt != nil {
		u.ID = store.NewID()
	} else if !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	if p.Email == "" {
		u.Email, u.Username = nil, app.RandomHex(32)
		if !p.Bot && p.Closed && p.DisplayName == user.Deleted { // see user.IsErased
			u.Username = "deleted-" + u.ID
		}
	} else {
		i.report.New = append(i.report.New, p.Email)
	}
	if p.Picture != nil && i.placed[picturesPrefix+p.ID] != "" {
		id := store.NewID()
		u.AvatarAssetID, i.pictured[picturesPrefix+p.ID] = &id, true
	}
	if err := user.Insert(t, u); err != nil || u.AvatarAssetID == nil {
		return u, err
	}
	attributes, err := json.Marshal(p.Picture)
	if err != nil {
		return nil, err
	}
	return u, store.FileAssets.Insert(t, &store.FileAsset{AuditFields: store.AuditFields{ID: *u.AvatarAssetID,
		CreatedByID: &u.ID}, UserID: &u.ID, EntityType: new("USER_AVATAR"), Asset: i.placed[picturesPrefix+p.ID],
		Attributes: attributes, IsUploaded: true, Size: float64(p.Picture.Size)})
}
