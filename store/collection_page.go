package store

import (
	"database/sql"
	"fmt"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store/db"
)

// FiledPage is a page's place in a collection, with what says who sees it there.
type FiledPage struct {
	ID, CollectionID, PageID string
	Private                  bool // its collection is for its owner and members only
	OwnerID                  string
	Access                   *int // what the person may do in it as a member; nil: they are none
}

// FiledPages returns the places of pages, by page; those without one are absent.
func FiledPages(t *Tx, user string, pages []string) (map[string]FiledPage, error) {
	filed := map[string]FiledPage{}
	in, arg := t.In("l.page_id", pages)
	err := t.Each(`SELECT l.id, l.collection_id, l.page_id, k.access = 1, k.owned_by_id, m.access FROM collection_pages l
		JOIN collections k ON k.id = l.collection_id
		LEFT JOIN collection_members m ON m.collection_id = k.id AND m.member_id = ? AND m.deleted_at IS NULL
		WHERE l.deleted_at IS NULL AND `+in, []any{user, arg}, func(rows *sql.Rows) error {
		var f FiledPage
		err := rows.Scan(&f.ID, &f.CollectionID, &f.PageID, &f.Private, &f.OwnerID, &f.Access)
		filed[f.PageID] = f
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read which collections pages are in: %w", err)
	}
	return filed, nil
}

// PagesOfCollection returns a part of a collection's places with pages that fit, in their own order, and how many there
// are in all. The pages come without their text, by id.
func PagesOfCollection(t *Tx, collection string, pages dbx.Expression, s ListPart) ([]CollectionPage, map[string]*Page,
	int, error) {
	q := func() *dbx.SelectQuery {
		return CollectionPages.Query(t).InnerJoin("pages", dbx.NewExp("pages.id = collection_pages.page_id")).
			AndWhere(dbx.And(dbx.HashExp{"collection_pages.collection_id": collection},
				dbx.NewExp("pages.deleted_at IS NULL"), pages))
	}
	total := 0
	if err := q().Select("COUNT(*)").Row(&total); err != nil {
		return nil, nil, 0, fmt.Errorf("count a collection's pages: %w", db.Mark(err))
	}
	places := []CollectionPage{}
	if err := q().Select("collection_pages.*").OrderBy("collection_pages.sort_order", "collection_pages.id").
		Offset(int64(s.Offset)).Limit(int64(s.Limit)).All(&places); err != nil {
		return nil, nil, 0, fmt.Errorf("list a collection's pages: %w", db.Mark(err))
	}
	ids := make([]string, len(places))
	for i := range places {
		ids[i] = places[i].PageID
	}
	rows, err := PageList(Pages.Query(t).Select(pageRow...).AndWhere(In("pages.id", ids)))
	byID := make(map[string]*Page, len(rows))
	for i := range rows {
		byID[rows[i].ID] = &rows[i]
	}
	return places, byID, total, err
}

// OutsideCollection holds for pages that are not in a collection.
func OutsideCollection(id string) dbx.Expression {
	return dbx.NewExp("NOT EXISTS (SELECT 1 FROM collection_pages o WHERE o.page_id = pages.id AND o.collection_id = {:outside} AND o.deleted_at IS NULL)",
		dbx.Params{"outside": id})
}

// PageTree returns a page and all below it, with their owners.
func PageTree(t *Tx, id string) ([]Page, error) {
	return scanned(t, "read what is below a page", `WITH RECURSIVE tree (id) AS (SELECT id FROM pages WHERE id = ?
		UNION SELECT p.id FROM pages p JOIN tree ON p.parent_id = tree.id)
		SELECT p.id, p.owned_by_id FROM pages p JOIN tree ON p.id = tree.id WHERE p.deleted_at IS NULL ORDER BY p.id`, []any{id},
		func(p *Page) []any { return []any{&p.ID, &p.OwnedByID} })
}

// FilePages puts pages into a collection, from wherever they are: their places keep their ids, and get new ones where
// they have none. Orders are the places that some get there, by page; the others keep theirs.
func FilePages(t *Tx, k *Collection, ids []string, orders map[string]float64) error {
	there, err := CollectionPages.List(t, In("page_id", ids), "id")
	if err != nil {
		return err
	}
	placed := map[string]bool{}
	var moved []string
	for i, l := range there {
		placed[l.PageID] = true
		if order, ok := orders[l.PageID]; ok && order != l.SortOrder {
			there[i].SortOrder = order
			if err := CollectionPages.Update(t, &there[i], "sort_order"); err != nil {
				return err
			}
		}
		if l.CollectionID != k.ID {
			moved = append(moved, l.ID)
		}
	}
	if len(moved) > 0 {
		err := CollectionPages.SetWhere(t, dbx.Params{"collection_id": k.ID, "updated_at": t.Now}, In("id", moved))
		if err != nil {
			return err
		}
	}
	var rows []*CollectionPage
	for _, id := range ids {
		if !placed[id] {
			order, ok := orders[id]
			if !ok {
				order = FirstInOrder
			}
			rows = append(rows, &CollectionPage{CollectionID: k.ID, PageID: id, SortOrder: order, WorkspaceID: k.WorkspaceID})
		}
	}
	return CollectionPages.Insert(t, rows...)
}

// Collections and their pages are sorted by numbers: the first one has FirstInOrder, each that comes behind it
// StepInOrder more.
const (
	FirstInOrder = 65535
	StepInOrder  = 10000
)

// ArchiveFiled puts the pages of a collection away, with all below them: those at the top that one person owns, or all
// when nobody is named.
func ArchiveFiled(t *Tx, collection, owner string, day *Date) error {
	whose, args := "", []any{collection}
	if owner != "" {
		whose, args = " AND p.owned_by_id = ?", append(args, owner)
	}
	return notePages(t, `WITH RECURSIVE tree (id) AS (SELECT p.id FROM pages p JOIN collection_pages l ON l.page_id = p.id AND l.deleted_at IS NULL
			WHERE l.collection_id = ? AND p.parent_id IS NULL`+whose+`
			UNION SELECT p.id FROM pages p JOIN tree ON p.parent_id = tree.id)
		UPDATE pages SET archived_at = ? WHERE archived_at IS NULL AND id IN (SELECT id FROM tree) RETURNING id, workspace_id`,
		append(args, day)...)
}

// KeepToOwners makes pages their owners' only.
func KeepToOwners(t *Tx, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	in, arg := t.In("id", ids)
	return notePages(t, "UPDATE pages SET access = 1 WHERE access = 0 AND "+in+" RETURNING id, workspace_id", arg)
}

// RemoveCollection deletes a collection, its members and its places. Who sees the pages of a private one is not more
// than before: they are their owners' only from then on.
func RemoveCollection(t *Tx, k *Collection) error {
	if k.Access == PrivateCollection {
		err := notePages(t, `UPDATE pages SET access = 1 WHERE access = 0 AND id IN (SELECT page_id FROM collection_pages
			WHERE collection_id = ? AND deleted_at IS NULL) RETURNING id, workspace_id`, k.ID)
		if err != nil {
			return err
		}
	}
	of := dbx.HashExp{"collection_id": k.ID}
	if _, err := CollectionPages.DeleteWhere(t, of); err != nil {
		return err
	}
	if _, err := CollectionMembers.DeleteWhere(t, of); err != nil {
		return err
	}
	return Collections.Delete(t, k)
}

// removeLonely deletes the private collections of a person that nobody else is in.
func removeLonely(t *Tx, owner string) error {
	lonely, err := Collections.List(t, dbx.And(dbx.HashExp{"owned_by_id": owner, "access": PrivateCollection},
		dbx.NewExp("NOT EXISTS (SELECT 1 FROM collection_members m WHERE m.collection_id = collections.id AND m.deleted_at IS NULL)")), "id")
	if err != nil {
		return err
	}
	for i := range lonely {
		if err := RemoveCollection(t, &lonely[i]); err != nil {
			return err
		}
	}
	return nil
}
