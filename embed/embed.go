// Package embed holds what is compiled into the binary beside code: pages and emails. It imports nothing of ours.
package embed

import "embed"

// CSRFPage is what a browser sees whose form did not prove to come from one of our pages.
//
//go:embed page/csrf.html
var CSRFPage []byte

// APIPage is the page on which the description of the API is read, by Swagger UI.
//
//go:embed page/api.html
var APIPage []byte

// Console is what pages of our own are made with: style.css, script.js, icon.svg, and texts.txt with every text by its
// key.
//
//go:embed console
var Console embed.FS

// Mail are the emails. NAME.txt begins with the subject, then the paragraphs, with holes such as ${name} for what is
// told (see Fill); a paragraph that is a link, or a code of digits, stands out in the HTML part, which has style.css.
//
//go:embed mail
var Mail embed.FS

// LinkIcon is the picture of a link to a page that has none of its own; see icon/LICENSE.
//
//go:embed icon/link.svg
var LinkIcon []byte

// ZoneNames are the time zones that may be chosen, a name a line: those of the tz database that are some country's, and
// the names that are common beside them (the list common_timezones of pytz, which the reference chooses from).
//
//go:embed zone/common.txt
var ZoneNames string

// Emojis are the signs that have names, one a line: the sign, then its names; see emoji/LICENSE.
//
//go:embed emoji/names.txt
var Emojis string

// Zxcvbn is what passwords are rated by: words.txt.gz (a word and its best rank in any of the lists, per line) and
// keyboards.json.gz (per keyboard: each character's neighbours, clockwise, "" where there is none).
//
//go:embed zxcvbn
var Zxcvbn embed.FS

// Service is how systemd and compose run the server. They have holes (see Fill): sailplane.service for where the binary
// and the data lie and who the server runs as, compose.yaml for the version.
//
//go:embed service
var Service embed.FS

// Operations are those of the public API that Plane publishes, a line each: method, path, what it is about.
//
//go:embed operations.tsv
var Operations string
