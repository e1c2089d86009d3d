package db

import (
	"context"
	"database/sql/driver"
)

// Preparing a statement costs SQLite more than running most of ours. database/sql forgets a statement with the
// transaction that prepared it, so each connection here keeps its own, by text. pgx does the same by itself.

const statementsKept = 256

type cachingConnector struct {
	driver driver.Driver
	dsn    string
}

func newCachingConnector(d driver.Driver, dsn string) driver.Connector {
	return &cachingConnector{d, dsn}
}

func (c *cachingConnector) Driver() driver.Driver { return c.driver }

func (c *cachingConnector) Connect(context.Context) (driver.Conn, error) {
	raw, err := c.driver.Open(c.dsn)
	if err != nil {
		return nil, err
	}
	return &cachingConn{Conn: raw, kept: map[string]*keptStmt{}}, nil
}

// cachingConn is used by one goroutine at a time, as database/sql promises.
type cachingConn struct {
	driver.Conn
	kept map[string]*keptStmt
}

type keptStmt struct {
	driver.Stmt
	busy  bool  // its rows are being read: the same text asked again needs a statement of its own
	times []int // the columns that may hold a time; nil before its first row
}

func (c *cachingConn) statement(ctx context.Context, query string) (*keptStmt, error) {
	if s := c.kept[query]; s != nil && !s.busy {
		return s, nil
	}
	raw, err := c.Conn.(driver.ConnPrepareContext).PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s := &keptStmt{Stmt: raw}
	if c.kept[query] == nil {
		c.makeRoom()
		c.kept[query] = s
	}
	return s, nil
}

func (c *cachingConn) makeRoom() {
	if len(c.kept) < statementsKept {
		return
	}
	for text, s := range c.kept { // any will do: the texts in use come back at once
		if !s.busy {
			delete(c.kept, text)
			s.Close()
			return
		}
	}
}

// done closes a statement that is not kept.
func (c *cachingConn) done(query string, s *keptStmt) {
	s.busy = false
	if c.kept[query] != s {
		s.Close()
	}
}

// ExecContext runs a statement; scripts of several (migrations) are not kept.
func (c *cachingConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if len(args) == 0 {
		return c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
	}
	s, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	defer c.done(query, s)
	return s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
}

// QueryContext runs a query; its statement is free again when the rows are closed.
func (c *cachingConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	s.busy = true
	rows, err := s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
	if err != nil {
		c.done(query, s)
		return nil, err
	}
	return &keptRows{Rows: rows, stmt: s, free: func() { c.done(query, s) }}, nil
}

// BeginTx passes the options on.
func (c *cachingConn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	return c.Conn.(driver.ConnBeginTx).BeginTx(ctx, opts)
}

// Ping asks the connection below.
func (c *cachingConn) Ping(ctx context.Context) error { return c.Conn.(driver.Pinger).Ping(ctx) }

// ResetSession lets the connection below begin anew.
func (c *cachingConn) ResetSession(ctx context.Context) error {
	if r, ok := c.Conn.(driver.SessionResetter); ok {
		return r.ResetSession(ctx)
	}
	return nil
}

// IsValid asks the connection below.
func (c *cachingConn) IsValid() bool {
	v, ok := c.Conn.(driver.Validator)
	return !ok || v.IsValid()
}

// Close closes the statements first.
func (c *cachingConn) Close() error {
	for _, s := range c.kept {
		s.Close()
	}
	return c.Conn.Close()
}

type keptRows struct {
	driver.Rows
	stmt *keptStmt
	free func()
}

// Next reads a row. A time that can't be read, because somebody else wrote it, is the nearest one that can: no row
// takes a list down.
func (r *keptRows) Next(dest []driver.Value) error {
	if err := r.Rows.Next(dest); err != nil {
		return err
	}
	if r.stmt.times == nil {
		r.stmt.times = r.timeColumns(len(dest))
	}
	for _, i := range r.stmt.times {
		if text, ok := dest[i].(string); ok {
			dest[i] = readableTime(text, r.ColumnTypeDatabaseTypeName(i) != "")
		}
	}
	return nil
}

func (r *keptRows) timeColumns(n int) []int {
	columns := []int{}
	for i := range n {
		switch r.ColumnTypeDatabaseTypeName(i) {
		case "TIMESTAMP", "DATETIME", "": // an expression has no type
			columns = append(columns, i)
		}
	}
	return columns
}

// ColumnTypeDatabaseTypeName passes the declared type on.
func (r *keptRows) ColumnTypeDatabaseTypeName(i int) string {
	return r.Rows.(driver.RowsColumnTypeDatabaseTypeName).ColumnTypeDatabaseTypeName(i)
}

// Close frees the statement.
func (r *keptRows) Close() error {
	err := r.Rows.Close()
	if r.free != nil {
		r.free()
		r.free = nil
	}
	return err
}
