package store

import (
	"fmt"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store/db"
)

// Collection is a row of collections: a folder for pages of the workspace.
type Collection struct {
	AuditFields
	Name        string  `db:"name"`
	Access      int     `db:"access"` // PublicCollection or PrivateCollection
	OwnedByID   string  `db:"owned_by_id"`
	LogoProps   JSON    `db:"logo_props"`
	SortOrder   float64 `db:"sort_order"`
	WorkspaceID string  `db:"workspace_id"`
}

// The access of a collection.
const (
	PublicCollection  = 0 // everybody who reads the workspace's pages sees it
	PrivateCollection = 1 // its owner and its members see it, and its pages
)

// Collections is the table of Collection rows.
var Collections = NewTable[Collection]("collections")

// CollectionMember is a row of collection_members: what a person may do in a private collection.
type CollectionMember struct {
	AuditFields
	CollectionID string `db:"collection_id"`
	MemberID     string `db:"member_id"`
	Access       int    `db:"access"`
	WorkspaceID  string `db:"workspace_id"`
}

// CollectionMembers is the table of CollectionMember rows.
var CollectionMembers = NewTable[CollectionMember]("collection_members")

// CollectionPage is a row of collection_pages: a page's place in a collection.
type CollectionPage struct {
	AuditFields
	CollectionID string  `db:"collection_id"`
	PageID       string  `db:"page_id"`
	SortOrder    float64 `db:"sort_order"`
	WorkspaceID  string  `db:"workspace_id"`
}

// CollectionPages is the table of CollectionPage rows.
var CollectionPages = NewTable[CollectionPage]("collection_pages")

// SeenCollections are those of a workspace that a person of its team sees.
func SeenCollections(workspace, user string) dbx.Expression {
	return dbx.And(dbx.HashExp{"collections.workspace_id": workspace}, dbx.Or(
		dbx.HashExp{"collections.access": PublicCollection}, dbx.HashExp{"collections.owned_by_id": user},
		dbx.NewExp("EXISTS (SELECT 1 FROM collection_members m WHERE m.collection_id = collections.id AND m.member_id = {:reader} AND m.deleted_at IS NULL)",
			dbx.Params{"reader": user})))
}

// ShutAway holds for pages of private collections that a person does not see.
func ShutAway(user string) dbx.Expression {
	return dbx.NewExp(`EXISTS (SELECT 1 FROM collection_pages l JOIN collections k ON k.id = l.collection_id
		WHERE l.page_id = pages.id AND l.deleted_at IS NULL AND k.access = 1 AND k.owned_by_id <> {:reader}
			AND NOT EXISTS (SELECT 1 FROM collection_members m WHERE m.collection_id = k.id AND m.member_id = {:reader} AND m.deleted_at IS NULL))`,
		dbx.Params{"reader": user})
}

// FilledCollections says which of the collections have pages that fit and are not archived.
func FilledCollections(t *Tx, ids []string, pages dbx.Expression) (map[string]bool, error) {
	params := dbx.Params{}
	q := "SELECT k.id FROM collections k WHERE " + t.Build(In("k.id", ids), params) + ` AND EXISTS (SELECT 1 FROM collection_pages l
		JOIN pages ON pages.id = l.page_id AND pages.deleted_at IS NULL AND pages.archived_at IS NULL
		WHERE l.collection_id = k.id AND l.deleted_at IS NULL AND ` + t.Build(pages, params) + ")"
	var found []string
	if err := t.NewQuery(q).Bind(params).Column(&found); err != nil {
		return nil, fmt.Errorf("look into collections: %w", db.Mark(err))
	}
	filled := make(map[string]bool, len(found))
	for _, id := range found {
		filled[id] = true
	}
	return filled, nil
}
