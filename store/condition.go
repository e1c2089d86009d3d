package store

import (
	"strconv"
	"time"

	"github.com/pocketbase/dbx"
)

// Conditions that rules put together; col is a name from the code. Those about times leave out rows without one.

// Nothing holds for no row.
func Nothing() dbx.Expression { return dbx.NewExp("1 = 0") }

// Before holds for rows whose time is earlier than that.
func Before(col string, at time.Time) dbx.Expression { return compared(col, "<", at) }

// After holds for rows whose time is later than that.
func After(col string, at time.Time) dbx.Expression { return compared(col, ">", at) }

// NotBefore holds for rows whose time is that or later.
func NotBefore(col string, at time.Time) dbx.Expression { return compared(col, ">=", at) }

// NotAfter holds for rows whose time is that or earlier.
func NotAfter(col string, at time.Time) dbx.Expression { return compared(col, "<=", at) }

func compared(col, operator string, at time.Time) dbx.Expression {
	return comparison{col: col, operator: operator, at: at}
}

type comparison struct {
	col, operator string
	at            time.Time
}

// Build gives the parameter a name that no other condition has.
func (c comparison) Build(_ *dbx.DB, params dbx.Params) string {
	name := "t" + strconv.Itoa(len(params))
	params[name] = c.at
	return "[[" + c.col + "]] " + c.operator + " {:" + name + "}"
}

// EmptyLast orders by a column, rows without a value at the end.
func EmptyLast(col string, descending bool) string {
	order := "[[" + col + "]]"
	if descending {
		order += " DESC"
	}
	return order + " NULLS LAST"
}
