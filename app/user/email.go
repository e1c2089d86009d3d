package user

import (
	"strings"

	"github.com/sailplane/sailplane/app"
)

const maxEmail = 255 // what the column takes

// CleanEmail trims and lowers an address and says whether it is one.
func CleanEmail(raw string) (email string, ok bool) {
	email = strings.ToLower(strings.TrimSpace(raw))
	return email, len(email) <= maxEmail && app.IsEmail(email)
}
