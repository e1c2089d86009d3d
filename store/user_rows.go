package store

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
)

// PersonalTable is a table that may have rows about a person: those that they made, own or are named by.
type PersonalTable struct {
	Name string
	By   []string // the columns that name a person
	Left []string // columns that are left out: secrets
}

// personalStays are those of the tables that belong to no workspace which have rows about a person.
var personalStays = []PersonalTable{
	{Name: "users", By: []string{"id"}, Left: []string{"password", "token"}},
	{Name: "profiles", By: []string{"user_id"}},
	{Name: "accounts", By: []string{"user_id"}, Left: []string{"access_token", "refresh_token", "id_token"}},
	{Name: "sessions", By: []string{"user_id"}, Left: []string{"session_key", "session_data"}},
	{Name: "api_tokens", By: []string{"user_id"}, Left: []string{"token"}},
	{Name: "granted_roles", By: []string{"user_id"}},
	{Name: "second_factors", By: []string{"user_id"}, Left: []string{"secret"}},
	{Name: "remembered_browsers", By: []string{"user_id"}, Left: []string{"token_hash", "password_tag"}},
	{Name: "instance_admins", By: []string{"user_id"}},
	{Name: "email_notification_logs", By: []string{"receiver_id"}},
	{Name: "audit_entries", By: []string{"actor_id"}, Left: []string{"hash"}},
}

// PersonalTables returns the tables with rows about people: their account first, then what they did in workspaces. Who
// only changed a row last is not what it is about.
func PersonalTables(t *Tx) ([]PersonalTable, error) {
	tables := slices.Clone(personalStays)
	for _, m := range movedTables {
		columns, err := m.Columns(t)
		if err != nil {
			return nil, err
		}
		p := PersonalTable{Name: m.Name, Left: m.Left}
		for _, c := range columns {
			if c.Refers == Users.Name && c.Name != "updated_by_id" {
				p.By = append(p.By, c.Name)
			}
		}
		if len(p.By) > 0 {
			tables = append(tables, p)
		}
	}
	return tables, nil
}

// Columns lists the columns of the rows; what only programs read is not among them.
func (p PersonalTable) Columns(t *Tx) ([]Column, error) {
	columns, err := t.TableColumns(p.Name)
	return slices.DeleteFunc(columns, func(c Column) bool {
		return c.Kind == KindBytes || slices.Contains(p.Left, c.Name)
	}), err
}

// Each gives scan the values of these columns in every row about a person, deleted ones too.
func (p PersonalTable) Each(t *Tx, user string, columns []Column, scan func(values []any) error) error {
	args := make([]any, len(p.By))
	for i := range args {
		args[i] = user
	}
	query := "SELECT " + listed(columns) + " FROM " + p.Name + " WHERE " + strings.Join(p.By, " = ? OR ") +
		" = ? ORDER BY 1"
	if err := t.Plain(query, args, scan); err != nil {
		return fmt.Errorf("read a person's %s: %w", p.Name, err)
	}
	return nil
}

// PlaceNames returns what workspaces or projects are called, by id, deleted ones too.
func PlaceNames(t *Tx, table string, ids []string) (map[string]string, error) {
	in, arg := t.In("id", ids)
	names := map[string]string{}
	err := t.Each("SELECT id, name FROM "+table+" WHERE "+in, []any{arg}, func(rows *sql.Rows) error {
		var id, name string
		err := rows.Scan(&id, &name)
		names[id] = name
		return err
	})
	return names, err
}
