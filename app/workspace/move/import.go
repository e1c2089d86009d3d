package move

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
)

// Order is how a workspace is imported.
type Order struct {
	Slug   string      // another slug than it had; empty: the same
	Owner  *store.User // whom it belongs to from now on; nil: who owned it
	NewIDs bool        // every id becomes another one: the workspace may be here already
	Say    Say
}

// importing is one workspace on its way in.
type importing struct {
	app      *app.App
	order    Order
	work     string
	m        *Manifest
	tables   []table
	numbers  map[string]uint8 // of tables, by name
	known    known
	people   []Person
	ids      ids
	keySalt  []byte            // of the keys of files
	placed   map[string]string // where pictures are kept, by part
	pictured map[string]bool   // those of accounts that are made, by part
	password string            // that nobody knows, for accounts that are made
	report   Report
}

type table struct {
	store.MovedTable
	columns []store.Column
	refers  []int // to which table each column refers, by number; -1: to none
	id, by  int   // which columns those are
}

const peopleNumber = 255 // of users, which are no table of the file

// Import makes a workspace of what Export wrote. The file is read and checked as a whole before anything is written;
// then the rows are one transaction. If it fails, nothing is left; if it is killed, the files that it had put down are
// swept away after a day.
func Import(ctx context.Context, a *app.App, from io.Reader, order Order) (*Report, error) {
	work, err := os.MkdirTemp(a.Temp, "sailplane-import-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(work)
	i := &importing{app: a, order: order, work: work, placed: map[string]string{}, keySalt: random()}
	i.ids.known = &i.known
	order.Say("reading and checking the file")
	schema, err := schemaOf(ctx, a.DB)
	if err != nil {
		return nil, err
	}
	if i.m, err = unpack(ctx, from, work, schema); err != nil {
		return nil, err
	}
	if err := i.prepare(ctx); err != nil {
		return nil, err
	}
	order.Say("putting the files down")
	if err := i.putFiles(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("import %s: %w", i.m.Workspace.Slug, err), i.takeBack(ctx))
	}
	order.Say("writing the rows")
	if err := a.DB.Write(ctx, "", i.write); err != nil {
		return nil, errors.Join(i.explain(err), i.takeBack(ctx))
	}
	r := &i.report
	r.People, r.Behind, r.Schema, r.NewIDs, r.Created = int64(len(i.people)), behind, i.m.Schema, order.NewIDs,
		i.m.CreatedAt
	r.Missing = i.m.Missing
	return r, nil
}

func random() []byte {
	salt := make([]byte, 32)
	rand.Read(salt)
	return salt
}

// prepare finds out all that can be wrong before anything is written.
func (i *importing) prepare(ctx context.Context) error {
	t := i.app.DB.Read(ctx)
	if err := i.learn(t); err != nil {
		return err
	}
	if err := i.readPeople(); err != nil {
		return err
	}
	if err := i.look(); err != nil {
		return err
	}
	if i.order.NewIDs {
		i.ids.salt = random()
	}
	if err := i.refuseTaken(t); err != nil {
		return err
	}
	if err := i.eachRow(func(*table, []any) error { return nil }); err != nil { // references
		return err
	}
	closed := &store.User{}
	if err := user.Secure(closed, app.Random(32)); err != nil {
		return err
	}
	i.password = closed.Password
	return nil
}

// learn asks the database what the tables look like.
func (i *importing) learn(t *store.Tx) error {
	i.numbers = map[string]uint8{store.Users.Name: peopleNumber}
	for n, m := range store.MovedTables() {
		i.numbers[m.Name] = uint8(n)
	}
	for _, m := range store.MovedTables() {
		columns, err := m.Columns(t)
		if err != nil {
			return err
		}
		named := func(name string) int {
			return slices.IndexFunc(columns, func(c store.Column) bool { return c.Name == name })
		}
		one := table{MovedTable: m, columns: columns, id: named("id"), by: named(m.By)}
		for _, c := range columns {
			number := -1
			if n, ok := i.numbers[c.Refers]; ok {
				number = int(n)
			}
			one.refers = append(one.refers, number)
		}
		i.tables = append(i.tables, one)
	}
	return nil
}

// slug is the one that the workspace will have.
func (i *importing) slug() string {
	if i.order.Slug != "" {
		return i.order.Slug
	}
	return i.m.Workspace.Slug
}

// refuseTaken refuses a slug that no new workspace may have, and ids that are in use here.
func (i *importing) refuseTaken(t *store.Tx) error {
	c := &app.Call{Context: t.Context(), App: i.app}
	if err := workspace.Check(c, &store.Workspace{Name: "any", Slug: i.slug(), Timezone: "UTC"}); err != nil {
		return refuse(CodeSlug, fmt.Sprintf("no workspace can have the slug %q: choose another one", i.slug()))
	}
	if err := i.refuseSlug(t); err != nil || i.ids.salt != nil {
		return err
	}
	for n := range i.tables {
		var some []string
		ask := func() error {
			taken, err := i.tables[n].Taken(t, "id", some)
			if err == nil && taken != "" {
				err = i.inUse(n, taken)
			}
			some = some[:0]
			return err
		}
		for _, row := range i.known.rows {
			if row.table != uint8(n) {
				continue
			}
			if some = append(some, row.id.String()); len(some) == 1000 {
				if err := ask(); err != nil {
					return err
				}
			}
		}
		if err := ask(); err != nil {
			return err
		}
	}
	return nil
}

func (i *importing) refuseSlug(t *store.Tx) error {
	taken, err := store.SlugTaken(t, i.slug(), "")
	if err == nil && taken {
		if _, err := store.Workspaces.Find(t, i.m.Workspace.ID); err == nil && i.ids.salt == nil {
			return i.inUse(0, i.m.Workspace.ID)
		}
		err = refuse(CodeSlug, fmt.Sprintf("there is a workspace %s already: choose another slug", i.slug()))
	}
	return err
}

func (i *importing) inUse(table int, id string) error {
	what := fmt.Sprintf("the id %s of %s is in use here", id, i.tables[table].Name)
	if table == 0 {
		what = "the workspace is here already, by its id " + id
	}
	return refuse(CodeInUse, what)
}

// write writes all rows, in one transaction.
func (i *importing) write(t *store.Tx) error {
	t.ForgetAll()
	if err := t.DeferReferences(); err != nil {
		return err
	}
	if err := i.refuseSlug(t); err != nil {
		return err
	}
	if err := i.settle(t); err != nil {
		return err
	}
	i.report.Tables, i.report.Rows, i.report.Cut = nil, 0, 0
	if err := i.insert(t); err != nil {
		return err
	}
	if err := i.arrived(t); err != nil {
		return err
	}
	if err := i.own(t); err != nil {
		return err
	}
	w := i.report.Workspace
	if err := store.SilenceHooks(t, w.ID); err != nil {
		return err
	}
	return app.Note(t, app.Deed{Event: app.WorkspaceImported, Workspace: w.ID,
		Target: app.Target{Type: "workspace", ID: w.ID, Name: w.Name}, More: map[string]any{"rows": i.report.Rows}})
}

// own gives the workspace its owner, who administers it.
func (i *importing) own(t *store.Tx) error {
	id, _ := uuid.Parse(i.m.Workspace.ID)
	id, _ = i.ids.change(id)
	w, err := store.Workspaces.Find(t, id.String())
	if err != nil {
		return err
	}
	i.report.Workspace = Workspace{w.ID, w.Slug, w.Name}
	owner := i.order.Owner
	if owner == nil {
		owner, err = store.Users.Find(t, w.OwnerID)
	} else {
		err = workspace.Admit(t, w.ID, owner.ID, app.Admin)
	}
	if err == nil && owner.Email != nil {
		i.report.Owner = *owner.Email
	}
	return err
}

// explain says in words for people why the rows could not be written.
func (i *importing) explain(err error) error {
	var refused *app.Error
	switch {
	case errors.As(err, &refused):
		return err
	case errors.Is(err, store.ErrUnique):
		return refuse(CodeInUse, strings.TrimSpace("something of it is here already ("+err.Error()+
			"); ids can be made new"))
	case errors.Is(err, store.ErrReference), errors.Is(err, store.ErrValue):
		return refuse(CodeNoExport, "it is damaged: "+err.Error())
	}
	return fmt.Errorf("import %s: %w", i.m.Workspace.Slug, err)
}
