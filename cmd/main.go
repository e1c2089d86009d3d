// Command sailplane serves the API of a project tracker from one process and one file.
package main

import "os"

func main() {
	if err := root().Execute(); err != nil {
		os.Exit(1)
	}
}
