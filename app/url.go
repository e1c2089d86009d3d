package app

import "strings"

// AppURL is where the app is, without a slash at the end: what the settings say, else the origin that the client used.
func (c *Call) AppURL() string { return origin(c.Config.Web.AppURL, c.Base) }

// SpaceURL is where the published projects are, with a slash at the end.
func (c *Call) SpaceURL() string {
	return c.SpaceOrigin() + folder(c.Config.Web.SpacePath)
}

// AdminURL is where the administrators' pages are, with a slash at the end.
func (c *Call) AdminURL() string {
	return c.AdminOrigin() + folder(c.Config.Web.AdminPath)
}

// AdminOrigin is the host of AdminURL, without the path.
func (c *Call) AdminOrigin() string { return origin(c.Config.Web.AdminURL, c.Base) }

// SpaceOrigin is the host of SpaceURL, without the path.
func (c *Call) SpaceOrigin() string { return origin(c.Config.Web.SpaceURL, c.Base) }

func origin(configured, used string) string {
	if configured != "" {
		return strings.TrimRight(configured, "/")
	}
	return used
}

func folder(path string) string {
	if path = strings.Trim(path, "/"); path == "" {
		return "/"
	}
	return "/" + path + "/"
}
