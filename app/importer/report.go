package importer

import (
	"maps"
	"path/filepath"
	"slices"

	"github.com/sailplane/sailplane/app/importer/record"
)

// Report is what an import did, or would do.
type Report struct {
	ID        string         `json:"id,omitempty"` // of the import; none when nothing was done
	Kind      string         `json:"kind"`
	Source    string         `json:"source"`
	File      string         `json:"file"`
	Workspace string         `json:"workspace"`
	DryRun    bool           `json:"dry_run"`
	Again     bool           `json:"went_on"` // with one that had been cut off
	Items     Items          `json:"work_items"`
	Made      map[string]int `json:"made"` // of what else: projects, states, labels, comments …
	People    []Person       `json:"people"`
	Notes     []record.Note  `json:"notes"`        // the first of them
	Noted     map[string]int `json:"notes_in_all"` // by kind
}

// Items counts work items.
type Items struct {
	Made    int `json:"made"`
	Changed int `json:"changed"`
	Same    int `json:"same"`
	Kept    int `json:"kept"` // with something that was changed here, and in the source, and stays
	Gone    int `json:"gone"` // deleted here since: they stay so
	Unread  int `json:"unread"`
}

// Person is whom the source names, and who that is here.
type Person struct {
	Name  string `json:"name"`
	Email string `json:"email,omitempty"`
	Is    string `json:"is"` // member, account, placeholder or nobody
	ID    string `json:"id,omitempty"`
}

// What somebody whom a source names is here.
const (
	IsMember      = "member"      // of the workspace
	IsAccount     = "account"     // has an account, and is no member: is named, and gets no access
	IsPlaceholder = "placeholder" // made for the import, without sign-in and access, until somebody invites the address
	IsNobody      = "nobody"      // by the mapping
)

const (
	notesReported = 2000
	notesKept     = 200
)

func newReport(o Order) *Report {
	return &Report{Kind: o.Kind, Source: o.Source, File: filepath.Base(o.From.Name()), Workspace: o.Workspace.Slug,
		DryRun: o.Rehearse, Made: map[string]int{}, People: []Person{}, Notes: []record.Note{}, Noted: map[string]int{}}
}

func (r *Report) note(n record.Note) {
	r.Noted[n.Kind]++
	if n.Kind == record.Unread {
		r.Items.Unread++
	}
	if len(r.Notes) < notesReported {
		r.Notes = append(r.Notes, n)
	}
}

// peopleTold lists whom the source names, by name.
func (r *run) peopleTold() []Person {
	seen := map[*person]bool{}
	list := []Person{}
	for _, key := range slices.Sorted(maps.Keys(r.people)) {
		if p := r.people[key]; !seen[p] {
			seen[p] = true
			list = append(list, Person{Name: p.name, Email: p.email, Is: p.is, ID: p.id})
		}
	}
	return list
}
