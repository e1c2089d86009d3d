package pql

import (
	"iter"
	"slices"
	"strings"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// lists are the functions that give ids, by their names.
type lists map[string]func(k *compiler, v value) ([]string, error)

// noFunction refuses a function that a field has no use for.
func noFunction(v value, known iter.Seq[string]) error {
	names := slices.Sorted(known)
	if len(names) == 0 {
		return fault(v.at, "There is no function %s() here.", v.text)
	}
	return fault(v.at, "There is no function %s() here. There are: %s().", v.text, strings.Join(names, "(), "))
}

// find looks up a name in letters of either case.
func find[T any](all map[string]T, name token) (found T, ok bool) {
	for known, v := range all {
		if strings.EqualFold(known, name.text) {
			return v, true
		}
	}
	return found, false
}

// none refuses arguments.
func none(v value) error {
	if len(v.args) > 0 {
		return fault(v.args[0].at, "%s() wants nothing in its brackets.", v.text)
	}
	return nil
}

var people = lists{
	"currentUser": func(k *compiler, v value) ([]string, error) { return []string{k.c.UserID()}, none(v) },
	"membersOf":   (*compiler).membersOf,
	"workspaceMembers": func(k *compiler, v value) ([]string, error) {
		if err := none(v); err != nil {
			return nil, err
		}
		rows, err := store.WorkspaceMembers.List(k.t,
			dbx.HashExp{"workspace_id": k.c.Workspace.ID, "is_active": true})
		ids := []string{}
		for _, m := range rows {
			ids = append(ids, m.MemberID)
		}
		return ids, err
	},
}

// membersOf are the people of a project that the caller is in.
func (k *compiler) membersOf(v value) ([]string, error) {
	if len(v.args) != 1 || v.args[0].kind != quoted {
		return nil, fault(v.at, "membersOf() wants \"project:ID\".")
	}
	kind, id, _ := strings.Cut(strings.ToLower(v.args[0].text), ":")
	switch {
	case kind == "teamspace":
		return nil, fault(v.args[0].at, "membersOf(\"teamspace:…\") can't be asked for: this server has no teamspaces yet.")
	case kind != "project" || !store.IsID(id):
		return nil, fault(v.args[0].at, "membersOf() wants \"project:ID\", with an id that is a UUID.")
	case k.c.Access.Projects[id] == app.Nobody:
		return nil, fault(v.args[0].at, "You are in no project %q.", id)
	}
	rows, err := store.ProjectMembersOf(k.t, id)
	ids := []string{}
	for _, m := range rows {
		if m.MemberID != nil {
			ids = append(ids, *m.MemberID)
		}
	}
	return ids, err
}

var cycles = lists{
	"activeCycle": cyclesThat(func(k *compiler) dbx.Expression {
		return dbx.And(store.NotAfter("start_date", k.now), store.NotBefore("end_date", k.now))
	}),
	"completedCycles": cyclesThat(func(k *compiler) dbx.Expression { return store.Before("end_date", k.now) }),
	"upcomingCycles":  cyclesThat(func(k *compiler) dbx.Expression { return store.After("start_date", k.now) }),
}

// cyclesThat gives the ids of cycles of the list's projects.
func cyclesThat(are func(k *compiler) dbx.Expression) func(k *compiler, v value) ([]string, error) {
	return func(k *compiler, v value) ([]string, error) {
		if err := none(v); err != nil {
			return nil, err
		}
		rows, err := store.Cycles.List(k.t, dbx.And(store.In("project_id", k.projects),
			dbx.HashExp{"workspace_id": k.c.Workspace.ID, "archived_at": nil}, are(k)))
		ids := []string{}
		for _, y := range rows {
			ids = append(ids, y.ID)
		}
		return ids, err
	}
}
