package main

import (
	"os"
	"os/user"
)

// accountName is the name of the machine's user who runs a command: of whom became root for it, if that is known.
func accountName() string {
	if name := os.Getenv("SUDO_USER"); name != "" {
		return name
	}
	u, err := user.Current()
	if err != nil {
		return ""
	}
	return u.Username
}
