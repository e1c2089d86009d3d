// Command sailplane serves the API of a project tracker from one process and one file.
package main

import (
	"os"

	// The roots of trust for where the system has none: a container from scratch.
	_ "golang.org/x/crypto/x509roots/fallback"
)

func main() { os.Exit(execute(root(), os.Args[1:], os.Stderr)) }
