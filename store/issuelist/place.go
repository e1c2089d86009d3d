package issuelist

import (
	"fmt"

	"github.com/sailplane/sailplane/store"
)

// Place is a project, as far as lists care.
type Place struct {
	ID       string
	Archived bool
}

// ReadPlaces reads living projects by their ids.
func ReadPlaces(t *store.Tx, ids []string) ([]Place, error) {
	b := &builder{postgres: t.Postgres()}
	b.text(`SELECT id, archived_at IS NOT NULL FROM projects WHERE deleted_at IS NULL AND `)
	b.in("id", ids)
	rows, err := t.Rows(b.sql.String(), b.args...)
	if err != nil {
		return nil, fmt.Errorf("read projects: %w", err)
	}
	defer rows.Close()
	var places []Place
	for rows.Next() {
		var p Place
		if err := rows.Scan(&p.ID, &p.Archived); err != nil {
			return nil, err
		}
		places = append(places, p)
	}
	return places, rows.Err()
}
