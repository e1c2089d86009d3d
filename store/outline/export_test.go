package outline

import "github.com/sailplane/sailplane/store"

// Oldest is the transaction of the oldest change that is kept, on Postgres.
func Oldest(t *store.Tx) (uint64, error) {
	m, err := now(t)
	return m.oldest, err
}
