package main

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version is set by the linker (see Makefile).
var version = "dev"

func (c *command) version() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Tell which version this is",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			commit := ""
			if info, ok := debug.ReadBuildInfo(); ok {
				for _, s := range info.Settings {
					if s.Key == "vcs.revision" {
						commit = s.Value
					}
				}
			}
			v := map[string]string{"version": version, "commit": commit, "go": runtime.Version(),
				"platform": runtime.GOOS + "/" + runtime.GOARCH}
			return c.say(v, "sailplane %s %s (%s, %s)", version, commit, v["go"], v["platform"])
		},
	}
}
