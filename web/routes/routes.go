// Package routes puts the route tables of all APIs together.
package routes

import (
	"slices"

	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/api"
)

// All are the operations of the server.
func All() []web.Op {
	return slices.Concat(
		api.Ops(),
	)
}
