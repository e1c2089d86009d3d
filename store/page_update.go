package store

import (
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sailplane/sailplane/store/db"
)

// PageUpdate is a row of page_updates: what was typed on a page within a moment, and is not yet part of its document.
type PageUpdate struct {
	ID        int64     `db:"id"`
	PageID    string    `db:"page_id"`
	Node      string    `db:"node"`
	ActorID   *string   `db:"actor_id"` // who typed last
	Updates   []byte    `db:"updates"`  // each after its length: see PackUpdates
	CreatedAt time.Time `db:"created_at"`
}

// PageUpdates is the table of PageUpdate rows.
var PageUpdates = NewTable[PageUpdate]("page_updates")

// PageTyped is the topic of notices that there are new rows of page_updates: the ids of pages, one a line.
const PageTyped = "page.typed"

// PackUpdates writes updates one after the other, each after its length.
func PackUpdates(updates [][]byte) []byte {
	size := 0
	for _, u := range updates {
		size += len(u) + binary.MaxVarintLen32
	}
	packed := make([]byte, 0, size)
	for _, u := range updates {
		packed = append(binary.AppendUvarint(packed, uint64(len(u))), u...)
	}
	return packed
}

var errPacked = errors.New("updates of a page: cut short")

// UnpackUpdates reads what PackUpdates has written. The updates share its memory.
func UnpackUpdates(packed []byte) (updates [][]byte, err error) {
	for len(packed) > 0 {
		n, k := binary.Uvarint(packed)
		if k <= 0 || n > uint64(len(packed)-k) {
			return updates, errPacked
		}
		end := k + int(n) //nolint:gosec // no longer than what is there
		updates, packed = append(updates, packed[k:end]), packed[end:]
	}
	return updates, nil
}

// KeepPageUpdates writes what was typed, and tells the other nodes. The rows of one page get ids in the order in which
// they can be seen: others wait for the transaction to end. Rows come in the order of their pages.
func KeepPageUpdates(t *Tx, rows []PageUpdate) error {
	var told []string
	for i := range rows {
		r := &rows[i]
		if err := LockPageUpdates(t, r.PageID); err != nil {
			return err
		}
		if r.CreatedAt = t.Now; len(told) == 0 || told[len(told)-1] != r.PageID {
			told = append(told, r.PageID)
		}
		if _, err := t.Exec("INSERT INTO page_updates (page_id, node, actor_id, updates, created_at) VALUES (?, ?, ?, ?, ?)",
			r.PageID, r.Node, r.ActorID, r.Updates, r.CreatedAt); err != nil {
			return fmt.Errorf("keep updates of a page: %w", err)
		}
	}
	for part := range slices.Chunk(told, db.MostNotice/40) {
		t.Notify(PageTyped, strings.Join(part, "\n"))
	}
	return nil
}

// KeepPageUpdateAt is KeepPageUpdates for what only fits if nothing was typed behind an id; it says whether that is so.
func KeepPageUpdateAt(t *Tx, row PageUpdate, upTo int64) (bool, error) {
	if err := LockPageUpdates(t, row.PageID); err != nil {
		return false, err
	}
	err := t.One("SELECT id FROM page_updates WHERE page_id = ? AND id > ? LIMIT 1", []any{row.PageID, upTo}, &row.ID)
	if !errors.Is(err, ErrNotFound) {
		return false, err
	}
	return true, KeepPageUpdates(t, []PageUpdate{row})
}

// LockPageUpdates keeps others from adding to what was typed on a page until the transaction ends.
func LockPageUpdates(t *Tx, page string) error { return t.Lock("typed on " + page) }

// PageUpdatesAfter calls each for what was typed on a page, in order, from behind an id on. What a node has written
// itself comes without the updates: it has them.
func PageUpdatesAfter(t *Tx, page string, after int64, node string, each func(PageUpdate) error) error {
	return t.Each(`SELECT id, node, actor_id, CASE WHEN node = ? THEN NULL ELSE updates END FROM page_updates
		WHERE page_id = ? AND id > ? ORDER BY id`, []any{node, page, after}, func(rows *sql.Rows) error {
		u := PageUpdate{PageID: page}
		if err := rows.Scan(&u.ID, &u.Node, &u.ActorID, &u.Updates); err != nil {
			return err
		}
		return each(u)
	})
}

// DropPageUpdates removes what was typed on a page up to an id: it is part of the page's document now.
func DropPageUpdates(t *Tx, page string, upTo int64) error {
	_, err := t.Exec("DELETE FROM page_updates WHERE page_id = ? AND id <= ?", page, upTo)
	return err
}

// PagesTypedOn returns living pages of a workspace (empty: of all) on which something was typed before then that is not
// part of their document, those that have waited longest first.
func PagesTypedOn(t *Tx, workspace string, before time.Time, most int) (pages []string, err error) {
	in, args := "", []any{Stamped(before)}
	if workspace != "" {
		in, args = "AND p.workspace_id = ?", append(args, workspace)
	}
	err = t.Each(`SELECT u.page_id, MIN(u.id) FROM page_updates u JOIN pages p ON p.id = u.page_id AND p.deleted_at IS NULL
		WHERE u.created_at < ? `+in+` GROUP BY u.page_id ORDER BY 2 LIMIT ?`,
		append(args, most), func(rows *sql.Rows) error {
			var id string
			var first int64
			err := rows.Scan(&id, &first)
			pages = append(pages, id)
			return err
		})
	return pages, err
}

// BeginPageDocument gives a page its first document, or one that has a title, unless somebody was faster: the page's
// document is still the old one, and nothing was typed behind the id. Opening a page changes nothing else of it.
func BeginPageDocument(t *Tx, page string, old, document []byte, upTo int64) (bool, error) {
	if err := LockPageUpdates(t, page); err != nil {
		return false, err
	}
	r, err := t.Exec(`UPDATE pages SET description_binary = ? WHERE id = ? AND (description_binary = ? OR description_binary IS NULL)
		AND NOT EXISTS (SELECT 1 FROM page_updates u WHERE u.page_id = pages.id AND u.id > ?)`, document, page, old, upTo)
	if err != nil {
		return false, fmt.Errorf("begin a page's document: %w", err)
	}
	n, err := r.RowsAffected()
	return n == 1, err
}
