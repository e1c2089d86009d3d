package db

import (
	"database/sql/driver"
	"strings"
	"unicode/utf8"

	"github.com/pocketbase/dbx"
	"modernc.org/sqlite"
)

// What is searched for is found in letters of either case, in every script and on both databases. Their own ways
// differ: SQLite's LIKE knows the case of a to z only; its index does not take İ for i, and Postgres does not take ς
// for σ.

var oneLetter = strings.NewReplacer("İ", "i", "ς", "σ")

// Fold writes a text in the letters that are compared: small ones, every sigma as σ, and i for İ.
func Fold(text string) string { return strings.ToLower(oneLetter.Replace(text)) }

// foldedOnPostgres is Fold in SQL; the index of work items' names is over the same expression.
const foldedOnPostgres = "lower(translate(%s, 'İς', 'iσ'))"

// newSQLiteDriver is SQLite's driver with the function fold.
func newSQLiteDriver() *sqlite.Driver {
	d := &sqlite.Driver{}
	d.MustRegisterDeterministicScalarFunction("fold", 1,
		func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
			if text, ok := args[0].(string); ok {
				return Fold(text), nil
			}
			return args[0], nil
		})
	return d
}

// ContainsSQL is the condition that the expression of SQL has the text in it, with one ? for the pattern that is
// returned beside it.
func ContainsSQL(expression, text string, postgres bool) (sql, pattern string) {
	pattern = likePattern(Fold(text))
	switch {
	case postgres:
		return strings.ReplaceAll(foldedOnPostgres, "%s", expression) + " LIKE " +
			strings.ReplaceAll(foldedOnPostgres, "%s", "?") + ` ESCAPE '\'`, pattern
	case isASCII(text): // LIKE knows the case of these, and is ten times faster than a call for each row
		return "replace(" + expression + `, 'İ', 'i') LIKE ? ESCAPE '\'`, pattern
	}
	return "fold(" + expression + `) LIKE ? ESCAPE '\'`, pattern
}

func isASCII(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

// Contains holds for rows whose column has the text in it, letters of either case.
func Contains(col, text string) dbx.Expression {
	return build(func(db *dbx.DB, params dbx.Params) string {
		sql, pattern := ContainsSQL("[["+col+"]]", text, isPostgres(db))
		return strings.Replace(sql, "?", bind(params, pattern), 1)
	})
}
