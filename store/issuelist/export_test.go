package issuelist

import "github.com/sailplane/sailplane/store"

// Plan is how the database would read the first page.
func (q Query) Plan(t *store.Tx) []string {
	b := q.builder(t)
	b.text("EXPLAIN ")
	if !b.postgres {
		b.text("QUERY PLAN ")
	}
	b.text("SELECT " + columns(b.postgres, q.Description))
	q.from(b)
	q.Order.write(b)
	b.text(" LIMIT 100 OFFSET 0")
	rows, err := t.Rows(b.sql.String(), b.args...)
	if err != nil {
		return []string{err.Error(), b.sql.String()}
	}
	defer rows.Close()
	var lines []string
	for rows.Next() {
		var id, parent, x int
		var line string
		if b.postgres {
			rows.Scan(&line)
		} else {
			rows.Scan(&id, &parent, &x, &line)
		}
		lines = append(lines, line)
	}
	return lines
}
