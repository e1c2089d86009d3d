package main

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/web"
)

// checkPlaces refuses settings that are well formed, and with which no server would come up.
func (c *command) checkPlaces(cfg *app.Config) error {
	if cfg.Web.Frontend == "" {
		return nil
	}
	if _, err := web.OpenFrontend(&cfg.Web, nil); err != nil {
		return misused("web.frontend: %w", err)
	}
	return nil
}
