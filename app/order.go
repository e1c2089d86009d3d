package app

import "github.com/sailplane/sailplane/store"

// OrderBy is what a request names as the order of a list, by the names in columns; usual when it names none.
func OrderBy(by, usual string, columns map[string]string) (string, error) {
	if by == "" {
		by = usual
	}
	order, known := store.Order(by, columns)
	if !known {
		return "", Field("order_by", `"`+by+`" is not a valid choice.`)
	}
	return order, nil
}
