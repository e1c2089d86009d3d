// Package embed holds what is compiled into the binary beside code: pages and letters. It imports nothing of ours.
package embed

import _ "embed"

// CSRFPage is what a browser sees whose form did not prove to come from one of our pages.
//
//go:embed page/csrf.html
var CSRFPage []byte
