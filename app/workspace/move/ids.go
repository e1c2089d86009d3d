package move

import (
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/google/uuid"
)

// known are the ids of a file, each with the number of its table: 17 bytes a row, sorted, so that memory holds those of
// a large workspace.
type known struct {
	rows []entry
}

type entry struct {
	id    uuid.UUID
	table uint8
}

func compare(a, b entry) int {
	return cmp.Or(bytes.Compare(a.id[:], b.id[:]), cmp.Compare(a.table, b.table))
}

// sort makes known ready to be asked; it returns an id that a table has twice.
func (k *known) sort() (twice uuid.UUID, found bool) {
	slices.SortFunc(k.rows, compare)
	for i := 1; i < len(k.rows); i++ {
		if k.rows[i] == k.rows[i-1] {
			return k.rows[i].id, true
		}
	}
	return twice, false
}

// in says whether a table has the id.
func (k *known) in(id uuid.UUID, table uint8) bool {
	_, ok := slices.BinarySearchFunc(k.rows, entry{id, table}, compare)
	return ok
}

// has says whether any table has the id.
func (k *known) has(id uuid.UUID) bool {
	i, _ := slices.BinarySearchFunc(k.rows, entry{id: id}, compare)
	return i < len(k.rows) && k.rows[i].id == id
}

// ids says what becomes of the ids of a file.
type ids struct {
	known  *known
	salt   []byte                  // of new ids; nil: ids are kept
	people map[uuid.UUID]uuid.UUID // the account of everybody

	strangers bool // some of them have another id here
}

// change returns what becomes of an id; false: it stays, or is none of the file's.
func (m *ids) change(id uuid.UUID) (uuid.UUID, bool) {
	if to, ok := m.people[id]; ok {
		return to, to != id
	}
	if m.salt == nil || !m.known.has(id) {
		return id, false
	}
	return derive(m.salt, id), true
}

// derive makes another id of one, always the same from the same salt. Its first half, which says when it was made and
// in which order, stays: rows that came together stand together.
func derive(salt []byte, id uuid.UUID) uuid.UUID {
	mac := hmac.New(sha256.New, salt)
	mac.Write(id[:])
	sum := mac.Sum(nil)
	fresh := id
	copy(fresh[8:], sum[:8])
	fresh[8] = fresh[8]&0x3f | 0x80 // the variant
	return fresh
}

const idLength = 36

// rewrite changes the ids of the file in a text, wherever they stand in it: in documents, in links to files, in
// mentions. An id stays as long as it is, so that what counts lengths (the documents of the editor) stays right.
func (m *ids) rewrite(text []byte) []byte {
	if m.salt == nil && !m.strangers {
		return text
	}
	fresh := text
	for at := 0; at+idLength <= len(text); {
		dash := bytes.IndexByte(text[at+8:], '-')
		if dash < 0 || at+dash+idLength > len(text) {
			break
		}
		at += dash
		id, ok := idAt(text[at : at+idLength])
		if !ok {
			at++
			continue
		}
		if to, changed := m.change(id); changed {
			if &fresh[0] == &text[0] {
				fresh = bytes.Clone(text)
			}
			copy(fresh[at:], to.String())
		}
		at += idLength
	}
	return fresh
}

// idAt reads 36 characters as an id.
func idAt(s []byte) (id uuid.UUID, ok bool) {
	if s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return id, false
	}
	for _, at := range [5][3]int{{0, 8, 0}, {9, 13, 4}, {14, 18, 6}, {19, 23, 8}, {24, 36, 10}} {
		if _, err := hex.Decode(id[at[2]:], s[at[0]:at[1]]); err != nil {
			return id, false
		}
	}
	return id, true
}
