// Package routes puts the route tables of all APIs together.
package routes

import (
	"slices"

	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/api"
	"github.com/sailplane/sailplane/web/auth"
	"github.com/sailplane/sailplane/web/console"
	"github.com/sailplane/sailplane/web/events"
	"github.com/sailplane/sailplane/web/instance"
	"github.com/sailplane/sailplane/web/schema"
	"github.com/sailplane/sailplane/web/space"
	"github.com/sailplane/sailplane/web/v1"
	"github.com/sailplane/sailplane/web/v2"
)

// Served is all that the server does: the operations of the APIs and the pages of our own.
func Served(version string) []web.Op { return append(All(version), console.Ops()...) }

// All are the operations of the APIs; their description shows the version.
func All(version string) []web.Op {
	ops := slices.Concat(
		api.Ops(),
		auth.Ops(),
		instance.Ops(),
		v1.Ops(),
		v2.Ops(),
		events.Ops(),
		space.Ops(),
	)
	return append(ops, schema.Ops(ops, version)...)
}
