package asset

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Totals returns how many files are kept, and how many bytes they have.
func Totals(c *app.Call) (count int, bytes int64, err error) { return store.FileTotals(c.Read()) }
