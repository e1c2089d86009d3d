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

// Orders is OrderBy for a list that has its own order when a request names none. Ties are in the order of their ids.
func Orders(by string, columns map[string]string, usual ...string) ([]string, error) {
	if by == "" {
		return usual, nil
	}
	order, err := OrderBy(by, "", columns)
	return []string{order, "id"}, err
}
