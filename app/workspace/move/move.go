// Package move takes a workspace with everything in it from one installation to another, as one file.
//
// The file is an archive (see package archive) of these parts, in this order:
//
//	manifest.json          Manifest: what it is, and how many of what are in it
//	people.jsonl           a Person a line, by id: whoever the rows name
//	tables/NAME.jsonl      a row a line, by id, for each table of store.MovedTables, deleted rows too
//	files/KEY              what was uploaded
//	pictures/ID            the picture of a person
//	contents.jsonl         the size and the checksum of each of the parts
//
// A row is an object of its columns. Ids, texts, days and documents are strings, times strings of RFC 3339 in UTC,
// bytes
// base64. Two exports of a workspace that nobody changed differ in created_at of the manifest only.
//
// No password, key, session or secret is in it, and nobody's rights in the installation.
package move

import (
	"slices"
	"strings"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/archive"
	"github.com/sailplane/sailplane/store"
)

// Manifest says what is in the file; it is the first part.
type Manifest struct {
	Kind      string           `json:"kind"`   // "sailplane-workspace"
	Format    int              `json:"format"` // 1
	CreatedAt time.Time        `json:"created_at"`
	Version   string           `json:"version"` // of the program that made it
	Schema    int              `json:"schema"`  // the last migration
	Workspace Workspace        `json:"workspace"`
	Tables    map[string]int64 `json:"tables"` // rows by table
	People    int64            `json:"people"`
	Files     int64            `json:"files"`
	Missing   int64            `json:"files_missing"` // that rows name, and that were not there
}

// Workspace is which one it is.
type Workspace struct {
	ID   string `json:"id"`
	Slug string `json:"slug"`
	Name string `json:"name"`
}

const (
	fileKind = "sailplane-workspace"
	format   = 1
)

// Names of parts.
const (
	manifestName   = "manifest.json"
	peopleName     = "people.jsonl"
	tablesPrefix   = "tables/"
	tablesSuffix   = ".jsonl"
	filesPrefix    = "files/"
	picturesPrefix = "pictures/"
)

// form is what the archive looks like.
var form = archive.Form{Called: "exported workspace", Short: func(name string) bool { return name == manifestName },
	Known: func(name string) bool {
		return name == manifestName || name == peopleName || strings.HasPrefix(name, filesPrefix) ||
			strings.HasPrefix(name, picturesPrefix) || slices.ContainsFunc(store.MovedTables(),
			func(table store.MovedTable) bool { return name == partOf(table) })
	}}

// Person is somebody whom rows name.
type Person struct {
	ID          string   `json:"id"`
	Email       string   `json:"email,omitempty"` // by which an account is found; robots and deleted accounts have none
	FirstName   string   `json:"first_name"`
	LastName    string   `json:"last_name"`
	DisplayName string   `json:"display_name"`
	Avatar      string   `json:"avatar,omitempty"`  // the address of a picture elsewhere
	Picture     *Picture `json:"picture,omitempty"` // one that was uploaded
	Bot         bool     `json:"bot,omitempty"`
	BotType     *string  `json:"bot_type,omitempty"`
	Closed      bool     `json:"closed,omitempty"` // the account was deactivated
}

// Picture is the uploaded picture of a person; its bytes are the part pictures/ID.
type Picture struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Size int64  `json:"size"`
}

// Report is what was moved, and what was not.
type Report struct {
	Workspace
	Owner   string     `json:"owner,omitempty"` // their address
	Tables  []Count    `json:"tables"`
	Rows    int64      `json:"rows"`
	Files   int64      `json:"files"`
	Missing int64      `json:"files_missing"`        // that rows name, and that were not there
	People  int64      `json:"people"`               // whom rows name
	Known   []string   `json:"known,omitempty"`      // the addresses of people who had an account
	New     []string   `json:"new,omitempty"`        // of those for whom one was made, without a password
	Cut     int64      `json:"references_cut"`       // to what is not in the workspace
	Schema  int        `json:"schema"`               // of the file
	NewIDs  bool       `json:"new_ids,omitempty"`    // every id is another one
	Behind  []LeftOver `json:"left_out"`             // what stays behind
	Created time.Time  `json:"created_at,omitempty"` // when the file was made
}

// Count is how many rows of a table were moved.
type Count struct {
	Table string `json:"table"`
	Rows  int64  `json:"rows"`
}

// LeftOver is what does not move, and why.
type LeftOver struct {
	What string `json:"what"`
	Why  string `json:"why"`
}

// behind is what both commands say is not moved.
var behind = []LeftOver{
	{"passwords, sign-ins, keys, administrators", "people move by address and name only"},
	{"secrets of webhooks", "webhooks arrive switched off, with a new secret: give it to the receiver, then switch them on"},
	{"secrets and headers of hooks of workflows", "those that send webhooks arrive switched off: make a new secret, say the headers"},
	{"links of open invitations", "invite again, and a new link is made"},
	{"files of earlier exports, logs of webhooks and letters", "they are of use where they were made only"},
}

func (r *Report) add(table string, rows int64) {
	r.Tables, r.Rows = append(r.Tables, Count{table, rows}), r.Rows+rows
}

// refuse is a refusal in words for people.
func refuse(code, text string) error { return &app.Error{Kind: app.Invalid, Code: code, Text: text} }

// Say hears what is being done.
type Say func(text string)

func partOf(table store.MovedTable) string { return tablesPrefix + table.Name + tablesSuffix }
