// Package record is what readers of other trackers' files tell and the importer writes: neutral records, whatever the
// file was.
package record

import (
	"context"
	"time"
)

// At is where in a source something stands. Row counts lines of a table or elements of a list from 1; 0: no row of its
// own.
type At struct {
	File string `json:"file,omitempty"`
	Row  int    `json:"row,omitempty"`
}

// Form is in which markup a text is written.
type Form int

// The forms.
const (
	Plain Form = iota
	Markdown
	Wiki // Jira's
	HTML
)

// Text is something that people wrote.
type Text struct {
	Body string
	Form Form
}

// Person is somebody as the source names them. Any field may be empty; Key is an account's name or number there.
type Person struct{ Key, Name, Email string }

// None says that nobody is named.
func (p Person) None() bool { return p == Person{} }

// Project is where work items are in the source.
type Project struct{ Key, Name string }

// State is one as the source names it. Group is backlog, unstarted, started, completed or cancelled, or empty when only
// the name tells.
type State struct{ Name, Group string }

// Label is one with its color, #rrggbb or empty.
type Label struct{ Name, Color string }

// Cycle is a span of time; its days are 2006-01-02 or empty.
type Cycle struct{ Name, Start, End string }

// Link is an address with what it is called.
type Link struct{ URL, Title string }

// Relation is to another work item, by its key in the source: blocking, blocked_by, duplicate, relates_to,
// start_before, start_after, finish_before or finish_after.
type Relation struct{ Kind, Key string }

// Comment is what somebody said. Key tells it from the other comments of the work item.
type Comment struct {
	Key    string
	Author Person
	At     time.Time
	Text   Text
}

// Work is time that somebody spent.
type Work struct {
	Author  Person
	At      time.Time
	Minutes int
	Text    string
}

// Known is a set of fields that a source has at all: what it does not have says nothing about the work item.
type Known uint32

// The fields that a second import may change.
const (
	KnowsText Known = 1 << iota
	KnowsState
	KnowsPriority
	KnowsStart
	KnowsTarget
	KnowsAssignees
	KnowsLabels
	KnowsCycle
	KnowsModules
	KnowsArchived
	KnowsParent
)

// Item is a work item with all that hangs on it.
type Item struct {
	At      At
	Project Project
	Key     string // its name in the source, the same in every export
	Number  int    // that it should have here, 0: the next
	Title   string
	Text    Text
	Known   Known

	State     State
	Priority  string // urgent, high, medium, low, none, or as the source says it
	Labels    []Label
	Author    Person
	Assignees []Person

	Created, Updated, Completed time.Time // zero: the source does not say
	Start, Target, Archived     string    // days, 2006-01-02 or empty

	Parent    string // a key
	Relations []Relation
	Links     []Link
	Comments  []Comment
	Cycle     Cycle
	Modules   []string
	Work      []Work
	Lost      []string // what the source says of it that has no place here
}

// Note is a line of the report: what was not read, was lost, or needs a look.
type Note struct {
	At
	Key  string `json:"key,omitempty"` // of the work item
	Kind string `json:"kind"`          // see the constants
	Text string `json:"text"`
}

// Kinds of notes.
const (
	Unread  = "unread"  // a row that could not be read, and is not here
	Lost    = "lost"    // something of a row that is not here
	Changed = "changed" // something that is here in another form than the source has it
	Kept    = "kept"    // changed in the source and here: what is here stays
)

// Sink takes what a reader tells. An error of Item ends the reading.
type Sink interface {
	Person(Person) error
	Item(*Item) error
	Note(Note)
}

// Reader reads one kind of source.
type Reader func(ctx context.Context, s Source, m *Map, to Sink) error

// Source is what a reader is given: a file of which it may read several parts at several times.
type Source interface {
	// Name is what the file is called.
	Name() string
	// Open begins to read it.
	Open() (File, error)
}

// File is an open source.
type File interface {
	Read([]byte) (int, error)
	ReadAt([]byte, int64) (int, error)
	Size() int64
	Close() error
}
