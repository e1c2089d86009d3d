package move

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// eachRow reads every row and gives fn what is to be written: with the ids that it has here, and nothing that leads out
// of the workspace.
func (i *importing) eachRow(fn func(of *table, values []any) error) error {
	for n := range i.tables {
		of := &i.tables[n]
		err := i.lines(partOf(of.MovedTable), func(line []byte) error {
			values, err := readRow(line, of.columns)
			if err != nil {
				return err
			}
			if err := i.translate(of, values); err != nil {
				return refuse(CodeNoExport, "it is damaged: "+of.Name+": "+err.Error())
			}
			return fn(of, values)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// translate gives a row the ids that it has here. A reference to what is not in the file is cut: it would lead to
// whatever has that id here.
func (i *importing) translate(of *table, values []any) error {
	for n, c := range of.columns {
		switch v := values[n].(type) {
		case string:
			if to := of.refers[n]; to >= 0 || n == of.id {
				id, err := uuid.Parse(v)
				if err != nil {
					return err
				}
				if to >= 0 && !i.known.in(id, uint8(to)) {
					if c.Required {
						return fmt.Errorf("a row has a %s that is not in the file", c.Name)
					}
					values[n] = nil
					i.report.Cut++
					continue
				}
				id, _ = i.ids.change(id)
				values[n] = id.String()
				continue
			}
			if c.Name != "asset" { // of which special makes a new one
				values[n] = string(i.ids.rewrite([]byte(v)))
			}
		case []byte:
			values[n] = i.ids.rewrite(v)
		}
		i.special(of, c.Name, &values[n])
	}
	return nil
}

// special changes what is not the same in another installation.
func (i *importing) special(of *table, column string, value *any) {
	switch of.Name + "." + column {
	case "workspaces.slug":
		*value = i.slug()
	case "file_assets.asset":
		if key, ok := (*value).(string); ok {
			*value = i.key(key)
		}
	case "webhooks.is_active":
		*value = false
	case "deploy_boards.anchor":
		if i.ids.salt != nil { // an address that is in use
			*value = app.RandomHex(32)
		}
	}
}

// fill is what columns get that stayed behind.
func (i *importing) fill(of *table) (names []string, values []any) {
	for _, name := range of.Left {
		var value any = ""
		switch of.Name + "." + name {
		case "project_identifiers.id":
			continue
		case "webhooks.secret_key", "workflow_hooks.secret":
			value = i.app.Seal("plane_wh_" + app.RandomHex(32))
		case "exporters.token":
			value = app.RandomHex(32)
		case "exporters.url":
			value = nil
		}
		names, values = append(names, name), append(values, value)
	}
	return names, values
}

// Rows are written so many at a time, or so many bytes.
const (
	rowsAtOnce  = 200
	bytesAtOnce = 1 << 20
)

// insert writes all rows.
func (i *importing) insert(t *store.Tx) error {
	var now *table
	var columns []store.Column
	var batch []any
	rows, size, total := 0, 0, int64(0)
	flush := func() error {
		if rows == 0 {
			return nil
		}
		err := now.Insert(t, columns, batch)
		batch, rows, size = batch[:0], 0, 0
		return err
	}
	end := func() error {
		if err := flush(); err != nil || now == nil {
			return err
		}
		i.report.add(now.Name, total)
		i.order.Say(fmt.Sprintf("%s: %d rows", now.Name, total))
		return nil
	}
	err := i.eachRow(func(of *table, values []any) error {
		if of != now {
			if err := end(); err != nil {
				return err
			}
			now, total, columns = of, 0, slices.Clone(of.columns)
			names, _ := i.fill(of)
			for _, name := range names {
				columns = append(columns, store.Column{Name: name})
			}
		}
		if of.Name == "workspaces" && i.order.Owner != nil {
			for n, c := range of.columns {
				if c.Name == "owner_id" {
					values[n] = i.order.Owner.ID
				}
			}
		}
		_, more := i.fill(of)
		batch = append(append(batch, values...), more...)
		rows, total, size = rows+1, total+1, size+weight(values)
		if rows < rowsAtOnce && size < bytesAtOnce {
			return nil
		}
		return flush()
	})
	if err != nil {
		return err
	}
	return end()
}

func weight(values []any) (bytes int) {
	for _, v := range values {
		switch v := v.(type) {
		case string:
			bytes += len(v)
		case []byte:
			bytes += len(v)
		}
	}
	return bytes
}

// key is where a file is kept here: a new place, so that nothing that is here is overwritten, whatever a file says.
func (i *importing) key(old string) string {
	id, _ := i.ids.change(uuid.MustParse(i.m.Workspace.ID))
	name := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '/' || r == '\\' {
			return '_'
		}
		return r
	}, base(old))
	return id.String() + "/" + mark(i.keySalt, old) + "-" + name
}
