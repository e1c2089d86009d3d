package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sailplane/sailplane/store"
)

// How a command ends.
const (
	exitDone   = 0
	exitFailed = 1
	exitMisuse = 2 // it was asked for what makes no sense, or of what is not there; nothing was begun
)

// misuse is an error of whoever asked: nothing was begun.
type misuse struct{ error }

func (m misuse) Unwrap() error { return m.error }

// misused is fmt.Errorf for a misuse.
func misused(format string, args ...any) error { return misuse{fmt.Errorf(format, args...)} }

// execute runs the command that args name and returns how it ended. What went wrong is told on errs: as JSON with
// --json, in which scripts find it, else in a sentence.
func execute(root *cobra.Command, args []string, errs io.Writer) int {
	began := false
	noteBegin(root, &began)
	root.SilenceErrors, root.SilenceUsage = true, true
	root.SetArgs(args)
	root.SetErr(errs)
	ran, err := root.ExecuteC()
	if err == nil {
		return exitDone
	}
	code := exitFailed
	if !began || errors.As(err, new(misuse)) { // flags and arguments are looked at first
		code = exitMisuse
	}
	if errors.Is(err, errSaid) {
		return code
	}
	text := err.Error()
	if email := ran.Flags().Lookup("email"); email != nil && email.Changed {
		text = strings.ReplaceAll(text, sameAddress, "--email "+email.Value.String())
	}
	if errors.Is(err, store.ErrDamaged) {
		text += ". Next: stop the server and keep a copy of the folder; sailplane backup list shows what there is, " +
			"and sailplane backup restore FILE --force brings it back"
	}
	if slices.Contains(args, "--json") {
		said := map[string]any{"error": text, "code": code}
		json.NewEncoder(errs).Encode(said) //nolint:errcheck,errchkjson // the process ends
		return code
	}
	fmt.Fprintln(errs, "Error:", text)
	if code == exitMisuse && !errors.As(err, new(misuse)) {
		fmt.Fprintf(errs, "Help: %s --help\n", ran.CommandPath())
	}
	return code
}

// noteBegin lets every command say that it has begun: what fails before is how it was asked. A group of commands
// refuses what is none of them.
func noteBegin(cmd *cobra.Command, began *bool) {
	for _, sub := range cmd.Commands() {
		noteBegin(sub, began)
	}
	run := cmd.RunE
	switch {
	case run != nil:
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			*began = true
			return run(cmd, args)
		}
	case !cmd.Runnable() && cmd.HasParent():
		cmd.RunE = refuseUnknown
	}
}

// refuseUnknown shows the help of a group of commands, and refuses a name that none of them has.
func refuseUnknown(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return cmd.Help()
	}
	text := fmt.Sprintf("unknown command %q for %q", args[0], cmd.CommandPath())
	cmd.SuggestionsMinimumDistance = 2
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		text += "; did you mean " + strings.Join(near, " or ") + "?"
	}
	return errors.New(text)
}
