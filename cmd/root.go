package main

import "github.com/spf13/cobra"

func root() *cobra.Command {
	cmd := &cobra.Command{
		Use:           "sailplane",
		Short:         "A project tracker's server: one binary, one file",
		SilenceUsage:  true,
		SilenceErrors: false,
	}
	cmd.AddCommand(serve())
	return cmd
}
