// Package importer takes in what files of other trackers hold: readers tell neutral records (package record), and this
// package says what they are here and writes them.
//
// A work item is written with all that hangs on it in one transaction, a few at a time, with pauses for others; nobody
// is told. What each row was in its source is kept (store.ImportRow), with a mark of every field as it was taken. So a
// second run, or one that goes on after it was killed, doubles nothing, and it sees what changed where: a field that
// changed in the source and is here as it was taken is taken again; one that people changed here stays theirs.
package importer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/google/uuid"
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/importer/record"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/store"
)

// Order is what is to be imported, and where to.
type Order struct {
	Kind      string // of source: jira, csv …
	Read      record.Reader
	From      record.Source
	Source    string // external_source; empty: the kind. Tells two trackers of a kind apart
	Map       *record.Map
	Workspace *store.Workspace
	Project   string      // the identifier of the project for all; empty: those of the source
	By        *store.User // in whose name
	Inside    bool        // of projects that are here, only into those that By administers
	Rehearse  bool        // say what would be done, and do nothing
	Say       func(text string)
	Tell      func(record.Note) // hears every line of the report, however many; nil: nobody does

	// Of what was sent to the server: the import that it goes on with, empty for none; who is told of the import in the
	// transaction that notes it; and who is asked between batches whether to go on. The error of either ends the import.
	Goes  string
	Begun func(t *store.Tx, id string) error
	Heed  func(*Report) error

	// Begin writes a new project with what every project begins with, and tells nobody. Join makes somebody a member.
	Begin func(t *store.Tx, p *store.Project, maker string) error
	Join  func(t *store.Tx, workspace, project, user string, role app.Role) error
}

// run is one import that is at work.
type run struct {
	context.Context
	*app.App

	order    Order
	row      *store.Import
	report   *Report
	closed   string             // a password that nobody knows
	people   map[string]*person // by what the source says of them
	byEmail  map[string]*person
	members  map[string]app.Role // of the workspace, active ones
	places   map[string]*place   // projects, by what the source calls them
	known    map[mark]itemRef    // work items that this run has met, by project and key
	made     map[uuid.UUID]bool  // those that it made, once somebody asks
	parents  []parent
	ties     []tie
	batch    []*plan
	pace     app.Pace
	told     time.Time
	rehearse bool  // nothing is written
	ours     error // why it ended, if that is not the source's fault
}

// steps are those of an import. Writers wait for each other on SQLite: a work item with its comments takes about a
// millisecond, and every transaction waits for the disk. So some dozens go at a time, as many as keep others waiting
// for no longer than a person notices.
var steps = app.Steps{First: 16, Largest: 250, Short: 20 * time.Millisecond, Long: 60 * time.Millisecond,
	Rest: 60 * time.Millisecond}

// mark is what stays of a text, to tell it from others.
type mark [12]byte

// itemRef is a work item and whether this run has made it.
type itemRef struct {
	id   uuid.UUID
	made bool
}

// Run imports. What can't be read is a line of the report; an error is what ended the whole: what was written until
// then is whole, and the same order goes on.
func Run(ctx context.Context, a *app.App, o Order) (*Report, error) {
	r, err := begin(ctx, a, o)
	if err != nil {
		return nil, err
	}
	if err = o.Read(r, o.From, o.Map, r); err != nil && r.ours == nil {
		err = r.broken(err)
	}
	if err == nil {
		err = r.flush()
	}
	if err == nil {
		err = r.tie()
	}
	return r.report, errors.Join(err, r.end(err))
}

// broken is why a source can't be read to its end, in words for people: what a reader stumbled over without saying so.
func (r *run) broken(err error) error {
	var said *app.Error
	var disk *fs.PathError
	if r.Err() != nil || errors.As(err, &said) || errors.As(err, &disk) {
		return err
	}
	return refuse(fmt.Sprintf("%s can't be read to its end: %v", r.order.From.Name(), err))
}

func begin(ctx context.Context, a *app.App, o Order) (*run, error) {
	if o.Source == "" {
		o.Source = o.Kind
	}
	if o.Map.Timezone == "" {
		if err := o.Map.SetZone(o.Workspace.Timezone); err != nil {
			return nil, err
		}
	}
	r := &run{Context: ctx, App: a, order: o, people: map[string]*person{}, byEmail: map[string]*person{},
		members: map[string]app.Role{}, places: map[string]*place{}, known: map[mark]itemRef{},
		pace: app.Pace{Steps: steps}, told: time.Now()}
	r.report = newReport(o)
	closed := &store.User{}
	if err := user.Secure(closed, app.Random(32)); err != nil {
		return nil, err
	}
	r.closed = closed.Password
	rows, err := store.WorkspaceMembers.List(a.DB.Read(ctx),
		dbx.HashExp{"workspace_id": o.Workspace.ID, "is_active": true})
	if err != nil {
		return nil, err
	}
	for _, m := range rows {
		r.members[m.MemberID] = app.Role(m.Role)
	}
	if r.rehearse = o.Rehearse; r.rehearse {
		return r, nil
	}
	return r, r.register()
}

// register notes the import, or takes up the one that it goes on with.
func (r *run) register() error {
	o := r.order
	return r.DB.Write(r, o.By.ID, func(t *store.Tx) error {
		file := filepath.Base(o.From.Name())
		old, err := r.earlier(t, file)
		switch {
		case err != nil:
			return err
		case old != nil:
			r.row, r.report.Again = old, old.Status == store.ImportRunning
			if old.Status != store.ImportRunning {
				old.Status = store.ImportRunning
				err = store.Imports.Update(t, old, "status")
			}
		default:
			r.row = &store.Import{Kind: o.Kind, Source: o.Source, File: file, Status: store.ImportRunning,
				Report: store.JSON("{}"), InitiatedByID: &o.By.ID, WorkspaceID: o.Workspace.ID}
			r.report.Again = false
			err = store.Imports.Insert(t, r.row)
		}
		r.report.ID = ""
		if err != nil {
			return err
		}
		r.report.ID = r.row.ID
		if o.Begun != nil {
			return o.Begun(t, r.row.ID)
		}
		return nil
	})
}

// earlier is the import that this one goes on with: of what was sent to the server its own, of a command the one of the
// same file that came to no end; nil: none.
func (r *run) earlier(t *store.Tx, file string) (*store.Import, error) {
	o := r.order
	fits := dbx.HashExp{"workspace_id": o.Workspace.ID, "kind": o.Kind, "source": o.Source, "file": file,
		"status": store.ImportRunning}
	if o.Begun != nil {
		if o.Goes == "" {
			return nil, nil
		}
		fits = dbx.HashExp{"id": o.Goes, "workspace_id": o.Workspace.ID, "source": o.Source,
			"status": []any{store.ImportRunning, store.ImportDone}}
	} else {
		busy, err := store.ImportUploads.Exists(t, dbx.HashExp{"workspace_id": o.Workspace.ID,
			"status": []any{store.UploadRunning, store.UploadCancelling, store.UploadUndoing}})
		if err != nil {
			return nil, err
		}
		if busy {
			return nil, refuse("the server is at an import of this workspace: wait until it is done, or cancel it there")
		}
	}
	old, err := store.Imports.First(t, fits, "created_at DESC")
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return old, err
}

// end notes how the import ended. One that failed may go on.
func (r *run) end(failed error) error {
	r.report.People = r.peopleTold()
	if r.row == nil {
		return nil
	}
	kept := *r.report
	if len(kept.Notes) > notesKept {
		kept.Notes = kept.Notes[:notesKept]
	}
	doc, err := json.Marshal(kept)
	if err != nil {
		return fmt.Errorf("the report: %w", err)
	}
	return r.DB.Write(context.WithoutCancel(r.Context), r.order.By.ID, func(t *store.Tx) error {
		row := *r.row
		made, err := store.ImportCounts(t, row.ID)
		if err != nil {
			return err
		}
		if failed != nil && len(made) == 0 { // it was refused before anything was here
			return store.Imports.Purge(t, &row)
		}
		row.Report = doc
		if failed == nil {
			now := t.Now
			row.Status, row.EndedAt = store.ImportDone, &now
		}
		return store.Imports.Update(t, &row, "report", "status", "ended_at")
	})
}

// Item takes a work item that a reader tells of.
func (r *run) Item(i *record.Item) error {
	r.ours = r.item(i)
	return r.ours
}

func (r *run) item(i *record.Item) error {
	if err := r.Err(); err != nil {
		return err
	}
	p, err := r.plan(i)
	if err != nil || p == nil {
		return err
	}
	r.batch = append(r.batch, p)
	if len(r.batch) < r.batchSize() {
		return nil
	}
	return r.flush()
}

// mostRehearsed is how many work items are looked up at a time when nothing is written.
const mostRehearsed = 200

func (r *run) batchSize() int {
	if r.rehearse {
		return mostRehearsed
	}
	return r.pace.Size()
}

// Person takes somebody whom a reader tells of before anybody needs them.
func (r *run) Person(p record.Person) error {
	_, r.ours = r.meet(p)
	return r.ours
}

// Note takes a line of the report.
func (r *run) Note(n record.Note) {
	r.report.note(n)
	if r.order.Tell != nil {
		r.order.Tell(n)
	}
}

// write is one transaction of the import, in the importer's name; then others have as long.
func (r *run) write(fn func(t *store.Tx) error) error {
	if err := r.heed(); err != nil {
		return err
	}
	var held time.Duration
	err := r.DB.Write(r, r.order.By.ID, func(t *store.Tx) error {
		began := time.Now() // by now nobody else writes
		err := fn(t)
		held = time.Since(began)
		return err
	})
	if err != nil {
		return err
	}
	return r.pace.Rest(r, held)
}

// heed asks whether to go on.
func (r *run) heed() error {
	if r.order.Heed == nil {
		return nil
	}
	return r.order.Heed(r.report)
}

// progress says now and then how far it is.
func (r *run) progress() {
	if time.Since(r.told) < 2*time.Second {
		return
	}
	r.told = time.Now()
	n := r.report.Items
	r.order.Say(fmt.Sprintf("%d work items: %d new, %d changed, %d as they were", n.Made+n.Changed+n.Same, n.Made,
		n.Changed, n.Same))
}
