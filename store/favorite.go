package store

import (
	"errors"

	"github.com/pocketbase/dbx"
)

// Favorite is a row of user_favorites.
type Favorite struct {
	AuditFields
	EntityType       string  `db:"entity_type"`
	EntityIdentifier *string `db:"entity_identifier"`
	Name             *string `db:"name"`
	IsFolder         bool    `db:"is_folder"`
	Sequence         float64 `db:"sequence"`
	ParentID         *string `db:"parent_id"`
	ProjectID        *string `db:"project_id"`
	UserID           string  `db:"user_id"`
	WorkspaceID      string  `db:"workspace_id"`
}

// Favorites is the table of Favorite rows.
var Favorites = NewTable[Favorite]("user_favorites")

// PurgeFavorite removes a favourite for good, a folder with all that is below it.
func PurgeFavorite(t *Tx, f *Favorite) error {
	const below = `WITH RECURSIVE below (id) AS (SELECT id FROM user_favorites WHERE parent_id = ?
		UNION SELECT f.id FROM user_favorites f JOIN below ON f.parent_id = below.id) `
	if _, err := t.Exec(below+"DELETE FROM user_favorites WHERE id IN (SELECT id FROM below)", f.ID); err != nil {
		return err
	}
	return Favorites.Purge(t, f)
}

// AddFavorite writes a favourite behind all others of its workspace; the first one keeps the place that it has, if any.
func AddFavorite(t *Tx, f *Favorite) error {
	if f.Sequence == 0 {
		f.Sequence = 65535
	}
	if err := t.Lock("favorites in " + f.WorkspaceID); err != nil {
		return err
	}
	last, err := Favorites.First(t, dbx.HashExp{"workspace_id": f.WorkspaceID}, "sequence DESC")
	if err == nil {
		f.Sequence = last.Sequence + 10000
	} else if !errors.Is(err, ErrNotFound) {
		return err
	}
	return Favorites.Insert(t, f)
}

// DropFavorites takes the star of a thing from everybody.
func DropFavorites(t *Tx, workspace, kind, id string) error {
	_, err := Favorites.DeleteWhere(t,
		dbx.HashExp{"workspace_id": workspace, "entity_type": kind, "entity_identifier": id})
	return err
}
