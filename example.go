// Package sailplane is the root of the module: it has nothing but the files that stand there and that the binary gives
// out.
package sailplane

import _ "embed"

// ConfigExample is config.example.toml: every setting, with its default and what it does.
//
//go:embed config.example.toml
var ConfigExample string
