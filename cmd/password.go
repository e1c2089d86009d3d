package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// passwordFlag lets a verb read a password from a file. It is never an argument: others see those.
func passwordFlag(cmd *cobra.Command, file *string) {
	cmd.Flags().StringVar(file, "password-file", "",
		"read the password from this file, or from standard input with - (else it is asked for)")
}

// readPassword returns the first line of the file, of standard input with -, or what the person at the terminal types
// twice.
func readPassword(cmd *cobra.Command, file string) (string, error) {
	switch file {
	case "":
		return askPassword(cmd)
	case "-":
		return firstLine(io.ReadAll(cmd.InOrStdin()))
	}
	return firstLine(os.ReadFile(file))
}

func firstLine(text []byte, err error) (string, error) {
	if err != nil {
		return "", fmt.Errorf("read the password: %w", err)
	}
	line, _, _ := bytes.Cut(text, []byte("\n"))
	password := strings.TrimSuffix(string(line), "\r")
	if password == "" {
		return "", errors.New("the password is empty")
	}
	return password, nil
}

func askPassword(cmd *cobra.Command) (string, error) {
	terminal := int(os.Stdin.Fd())
	if !term.IsTerminal(terminal) {
		return "", errors.New("nobody can be asked for the password here; give it with --password-file FILE (- is standard input)")
	}
	first, err := ask(cmd, terminal, "Password: ")
	if err != nil {
		return "", err
	}
	again, err := ask(cmd, terminal, "Again: ")
	if err != nil {
		return "", err
	}
	if first != again {
		return "", errors.New("the two passwords differ; nothing was changed")
	}
	return firstLine([]byte(first), nil)
}

func ask(cmd *cobra.Command, terminal int, prompt string) (string, error) {
	fmt.Fprint(cmd.ErrOrStderr(), prompt)
	typed, err := term.ReadPassword(terminal)
	fmt.Fprintln(cmd.ErrOrStderr())
	if err != nil {
		return "", fmt.Errorf("read the password: %w", err)
	}
	return string(typed), nil
}
