package importer

import (
	"cmp"
	"errors"
	"fmt"
	"hash/fnv"
	"strings"
	"time"
	"unicode"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/importer/record"
	"github.com/sailplane/sailplane/store"
)

// place is a project that work items go to, with its vocabulary by names in small letters.
type place struct {
	project *store.Project
	made    bool // by an import of this source
	members map[string]bool
	states  map[string]*store.State
	labels  map[string]string
	cycles  map[string]string
	modules map[string]string
	order   float64 // of the last state
}

// where finds the project of a work item, or makes it.
func (r *run) where(p record.Project) (*place, error) {
	called := cmp.Or(p.Key, p.Name)
	identifier := r.order.Project
	if identifier == "" {
		if to, ok := record.Lookup(r.order.Map.Projects, called); ok {
			identifier = to
		} else if to, ok := record.Lookup(r.order.Map.Projects, p.Name); ok && p.Name != "" {
			identifier = to
		}
	}
	key := cmp.Or(strings.ToUpper(identifier), "\x00"+called)
	if at := r.places[key]; at != nil {
		return at, nil
	}
	at, err := r.findPlace(p, called, identifier)
	if err != nil {
		return nil, fmt.Errorf("the project %s: %w", cmp.Or(identifier, called), err)
	}
	r.places[key] = at
	return at, nil
}

// refuse is a refusal in words for people.
func refuse(text string) error { return &app.Error{Kind: app.Invalid, Code: "IMPORT", Text: text} }

func (r *run) findPlace(p record.Project, called, identifier string) (*place, error) {
	if identifier == "" && called == "" {
		return nil, refuse("the source does not say in which project its work items are: --project IDENTIFIER")
	}
	t := r.DB.Read(r)
	made, err := r.madeProject(t, cmp.Or(called, strings.ToUpper(identifier)))
	if err != nil {
		return nil, err
	}
	if made != nil && (identifier == "" || strings.EqualFold(made.Identifier, identifier)) {
		if err := r.mayEnter(t, made); err != nil {
			return nil, err
		}
		return r.vocabulary(t, made, true)
	}
	wanted := identifier
	if wanted == "" {
		wanted = identifierOf(called)
	}
	there, err := store.Projects.Get(t, dbx.HashExp{"identifier": strings.ToUpper(wanted),
		"workspace_id": r.order.Workspace.ID})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return r.makeProject(p, strings.ToUpper(wanted), cmp.Or(called, strings.ToUpper(identifier)))
	case err != nil:
		return nil, err
	case identifier == "":
		return nil, refuse("there is a project " + there.Identifier + " here already. To put the work items into it: " +
			"--project " + there.Identifier + ". To have another one: a line below [projects] in --map, such as \"" + called +
			"\" = \"" + there.Identifier + "2\"")
	case there.ArchivedAt != nil:
		return nil, refuse("the project " + there.Identifier + " is archived: bring it back first")
	}
	if err := r.mayEnter(t, there); err != nil {
		return nil, err
	}
	return r.vocabulary(t, there, false)
}

// mayEnter refuses a project that is here already to who does not administer it, where the order says so: who
// administers a workspace is not in all of its projects.
func (r *run) mayEnter(t *store.Tx, p *store.Project) error {
	if !r.order.Inside {
		return nil
	}
	is, err := store.ProjectMembers.Exists(t, dbx.HashExp{"project_id": p.ID, "member_id": r.order.By.ID,
		"is_active": true, "role": int(app.Admin)})
	if err == nil && !is {
		err = refuse("only who administers the project " + p.Identifier + " imports into it: join it first, or name another project")
	}
	return err
}

// madeProject is the project that an earlier import of this source made; nil when there is none any more.
func (r *run) madeProject(t *store.Tx, called string) (*store.Project, error) {
	rows, err := store.ImportRowsOf(t, r.origin(store.ImportedProject, ""), []string{called})
	if err != nil || rows[called] == nil {
		return nil, err
	}
	p, err := store.Projects.Find(t, rows[called].RowID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return p, err
}

// origin says where rows of a kind come from.
func (r *run) origin(kind, scope string) store.ImportRow {
	return store.ImportRow{Kind: kind, Source: r.order.Source, Scope: scope, WorkspaceID: r.order.Workspace.ID}
}

// mostIdentifier is how long identifiers of projects are.
const mostIdentifier = 12

// identifierOf makes an identifier of a name: the letters and digits of one word, the first letters of several.
func identifierOf(name string) string {
	words := strings.FieldsFunc(strings.ToUpper(store.Fold(name)), func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsDigit(c)
	})
	made := strings.Join(words, "")
	if len(words) > 1 && len([]rune(made)) > 5 {
		made = ""
		for _, w := range words {
			made += string([]rune(w)[:1])
		}
	}
	if made == "" {
		made = "IMPORT"
	}
	runes := []rune(made)
	return string(runes[:min(len(runes), mostIdentifier)])
}

func (r *run) makeProject(p record.Project, identifier, called string) (*place, error) {
	if len([]rune(identifier)) > mostIdentifier || strings.ContainsFunc(identifier, func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsMark(c) && !unicode.IsDigit(c) && c != '_'
	}) {
		return nil, refuse("an identifier has at most 12 letters and digits")
	}
	name := cmp.Or(short(p.Name), short(p.Key), identifier)
	fresh := &store.Project{AuditFields: store.AuditFields{ID: store.NewID()}, Name: name, Identifier: identifier,
		WorkspaceID: r.order.Workspace.ID, Network: 2, PageView: true, CycleView: true, ModuleView: true,
		IssueViewsView: true, Timezone: r.order.Workspace.Timezone}
	t := r.DB.Read(r)
	taken, err := store.Projects.Exists(t, dbx.HashExp{"name": name, "workspace_id": r.order.Workspace.ID})
	if err != nil {
		return nil, err
	}
	if taken {
		fresh.Name = short(name[:min(len(name), 200)]) + " (" + identifier + ")"
	}
	r.report.Made["projects"]++
	if r.rehearse {
		at := newPlace(fresh, true)
		for n, group := range record.Groups { // as Begin would make them
			at.states[usual[group]] = &store.State{AuditFields: store.AuditFields{ID: store.NewID()}, Name: usual[group],
				Group: group, Sequence: float64(n), Default: group == "backlog"}
		}
		return at, nil
	}
	err = r.write(func(t *store.Tx) error {
		own := *fresh
		if err := r.order.Begin(t, &own, r.order.By.ID); err != nil {
			return err
		}
		return r.remember(t, store.ImportedProject, "", called, fresh.ID)
	})
	if err != nil {
		return nil, err
	}
	return r.vocabulary(r.DB.Read(r), fresh, true)
}

// remember keeps what a row here was in the source; what it was before that is gone here.
func (r *run) remember(t *store.Tx, kind, scope, key, id string) error {
	row := r.origin(kind, scope)
	rows, err := store.ImportRowsOf(t, row, []string{key})
	if err != nil {
		return err
	}
	row.ExternalID, row.RowID, row.ImportID, row.Taken = key, id, r.row.ID, "{}"
	if old := rows[key]; old != nil {
		row.ID = old.ID
		return store.ImportRows.Update(t, &row, "row_id", "import_id", "taken")
	}
	return store.ImportRows.Insert(t, &row)
}

func newPlace(p *store.Project, made bool) *place {
	return &place{project: p, made: made, members: map[string]bool{}, states: map[string]*store.State{},
		labels: map[string]string{}, cycles: map[string]string{}, modules: map[string]string{}}
}

// vocabulary reads what a project has already.
func (r *run) vocabulary(t *store.Tx, p *store.Project, made bool) (*place, error) {
	at := newPlace(p, made)
	of := dbx.HashExp{"project_id": p.ID}
	states, err := store.States.List(t, of, "sequence")
	if err != nil {
		return nil, err
	}
	for i, s := range states {
		if s.Group != "triage" {
			at.states[strings.ToLower(s.Name)] = &states[i]
		}
		at.order = max(at.order, s.Sequence)
	}
	labels, err := store.Labels.List(t, dbx.Or(of, dbx.HashExp{"project_id": nil, "workspace_id": p.WorkspaceID}),
		"created_at")
	if err != nil {
		return nil, err
	}
	for _, l := range labels {
		at.labels[strings.ToLower(l.Name)] = l.ID
	}
	cycles, err := store.Cycles.List(t, of, "created_at")
	if err != nil {
		return nil, err
	}
	for _, c := range cycles {
		at.cycles[strings.ToLower(c.Name)] = c.ID
	}
	modules, err := store.Modules.List(t, of, "created_at")
	if err != nil {
		return nil, err
	}
	for _, m := range modules {
		at.modules[strings.ToLower(m.Name)] = m.ID
	}
	members, err := store.ProjectMembersOf(t, p.ID)
	if err != nil {
		return nil, err
	}
	for _, m := range members {
		if m.MemberID != nil {
			at.members[*m.MemberID] = true
		}
	}
	return at, nil
}

// palette are the colors of labels whose source has none.
var palette = []string{"#eb5757", "#f2994a", "#f2c94c", "#219653", "#2f80ed", "#9b51e0", "#4bbdbd", "#828282"}

func colorOf(name string) string {
	h := fnv.New32a()
	h.Write([]byte(name))
	return palette[h.Sum32()%uint32(len(palette))]
}

// day is a day at its beginning in the project's zone; nil for none.
func (at *place) day(text string, last bool) *time.Time {
	d, err := time.ParseInLocation(time.DateOnly, text, app.Zone(at.project.Timezone))
	if err != nil {
		return nil
	}
	if last {
		d = d.Add(24*time.Hour - time.Second)
	}
	d = d.UTC()
	return &d
}
