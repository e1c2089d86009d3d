package importer

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/importer/record"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/store"
)

// person is somebody whom the source names, as they are here.
type person struct {
	id, name, email string
	is              string
}

var nobody = &person{is: IsNobody}

// mostName is how long the names of people are.
const mostName = 255

// meet finds out who somebody is here: by the mapping, by the address, or as somebody who was met before. For others a
// member without sign-in is made. The error of the last is told when they are written.
func (r *run) meet(p record.Person) (*person, error) {
	p = record.Person{Key: short(p.Key), Name: short(p.Name), Email: short(p.Email)}
	if p.None() {
		return nobody, nil
	}
	key := strings.ToLower(p.Email + "\x00" + p.Key + "\x00" + p.Name)
	if known := r.people[key]; known != nil {
		return known, nil
	}
	found, err := r.find(p)
	if err != nil {
		return nil, fmt.Errorf("who %s is: %w", cmp.Or(p.Name, p.Email, p.Key), err)
	}
	r.people[key] = found
	return found, nil
}

func short(s string) string {
	s = strings.TrimSpace(strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return -1
		}
		return c
	}, strings.ToValidUTF8(s, "\uFFFD")))
	if runes := []rune(s); len(runes) > mostName {
		return string(runes[:mostName])
	}
	return s
}

func (r *run) find(p record.Person) (*person, error) {
	name := cmp.Or(p.Name, p.Key, p.Email)
	address := p.Email
	for _, called := range []string{p.Email, p.Key, p.Name} {
		if to, ok := record.Lookup(r.order.Map.People, called); ok && called != "" {
			if to == "-" {
				return nobody, nil
			}
			address = to
			break
		}
	}
	if address == "" && strings.Contains(name, "@") {
		address = name
	}
	email, ok := app.CleanEmail(address)
	if !ok {
		email = ""
	}
	if other := r.byEmail[email]; other != nil { // the same person by another name
		return other, nil
	}
	found, err := r.account(p, name, email)
	if err == nil && found.email != "" {
		r.byEmail[found.email] = found
	}
	return found, err
}

// account finds the account of an address, or of who was met by an earlier import; without one it makes it.
func (r *run) account(p record.Person, name, email string) (*person, error) {
	t := r.DB.Read(r)
	if email != "" {
		u, err := user.ByEmail(t, email)
		if err == nil {
			return r.is(u, name), nil
		}
		if !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
	}
	row := store.ImportRow{Kind: store.ImportedPerson, Source: r.order.Source, WorkspaceID: r.order.Workspace.ID,
		ExternalID: strings.ToLower(cmp.Or(email, p.Key, name))}
	rows, err := store.ImportRowsOf(t, row, []string{row.ExternalID})
	if err != nil {
		return nil, err
	}
	if old := rows[row.ExternalID]; old != nil {
		u, err := store.Users.Find(t, old.RowID)
		if err == nil {
			return r.is(u, name), nil
		}
		if !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		row.ID = old.ID
	}
	return r.placeholder(row, name, email)
}

func (r *run) is(u *store.User, name string) *person {
	found := &person{id: u.ID, name: name, is: IsAccount}
	if u.Email != nil {
		found.email = *u.Email
	}
	switch {
	case r.members[u.ID] != 0:
		found.is = IsMember
	case !u.IsActive && u.LastLogin == nil && u.IsPasswordAutoset:
		found.is = IsPlaceholder
	}
	return found
}

// placeholder makes a member without sign-in: an account that is closed, into which nobody has a password, and a
// membership that has ended, so that the name shows and nothing is open to whoever has the address. An invitation to
// the address makes a member of them.
func (r *run) placeholder(row store.ImportRow, name, email string) (*person, error) {
	u := user.New(email)
	if email == "" {
		u.Email = nil
	}
	u.ID, u.Password, u.IsPasswordAutoset, u.IsActive = store.NewID(), r.closed, true, false
	u.DisplayName = name
	first, last, _ := strings.Cut(name, " ")
	if !strings.Contains(name, "@") {
		u.FirstName, u.LastName = first, strings.TrimSpace(last)
	}
	made := &person{id: u.ID, name: name, email: email, is: IsPlaceholder}
	r.report.Made["people"]++
	if r.rehearse {
		return made, nil
	}
	again := row.ID != ""
	return made, r.write(func(t *store.Tx) error {
		if err := user.Insert(t, u); err != nil {
			return err
		}
		m := store.NewWorkspaceMember(r.order.Workspace.ID, u.ID, int(app.Member))
		m.IsActive = false
		if err := store.WorkspaceMembers.Insert(t, m); err != nil {
			return err
		}
		own := row
		own.RowID, own.ImportID, own.Taken = u.ID, r.row.ID, "{}"
		if again {
			return store.ImportRows.Update(t, &own, "row_id", "import_id")
		}
		return store.ImportRows.Insert(t, &own)
	})
}

// author is who did something; the importer when the source does not say.
func (r *run) author(p record.Person) (string, error) {
	found, err := r.meet(p)
	if err != nil {
		return "", err
	}
	if found.is == IsNobody {
		return r.order.By.ID, nil
	}
	return found.id, nil
}

// assignees are those who may be assigned in a project: its members, and members without sign-in. Members of the
// workspace become members of a project that the import makes.
func (r *run) assignees(at *place, i *record.Item) (ids []string, err error) {
	for _, p := range i.Assignees {
		found, err := r.meet(p)
		switch {
		case err != nil:
			return nil, err
		case found.is == IsNobody || slices.Contains(ids, found.id):
			continue
		case found.is == IsPlaceholder || at.members[found.id]:
		case found.is == IsMember && at.made:
			if err := r.join(at, found.id); err != nil {
				return nil, err
			}
		default:
			r.lose(i, found.name+" is not assigned: they are no member of the project "+at.project.Identifier)
			continue
		}
		ids = append(ids, found.id)
	}
	slices.Sort(ids)
	return ids, nil
}

func (r *run) join(at *place, id string) error {
	at.members[id] = true
	if r.rehearse {
		return nil
	}
	role := min(r.members[id], app.Member)
	return r.write(func(t *store.Tx) error {
		there, err := store.ProjectMembers.Exists(t, dbx.HashExp{"project_id": at.project.ID, "member_id": id})
		if err != nil || there {
			return err
		}
		return r.order.Join(t, r.order.Workspace.ID, at.project.ID, id, role)
	})
}

// lose notes something of a work item that is not here.
func (r *run) lose(i *record.Item, text string) {
	r.Note(record.Note{At: i.At, Key: i.Key, Kind: record.Lost, Text: text})
}
