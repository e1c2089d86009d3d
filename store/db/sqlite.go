package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"

	"github.com/pocketbase/dbx"
)

// Readers share the file's pages through the operating system; each has a small cache of its own.
const sqlitePragmas = "_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_pragma=foreign_keys(ON)" +
	"&_pragma=temp_store(MEMORY)&_pragma=journal_size_limit(33554432)&_time_format=sqlite&_timezone=UTC&_texttotime=1&_dqs=0&_defensive=1"

func (d *DB) openSQLite(ctx context.Context, path string) error {
	if err := keepPrivate(path); err != nil {
		return err
	}
	file := "file:" + (&url.URL{Path: path}).EscapedPath()
	engine := newSQLiteDriver()
	d.synced = &group{do: logSync(path)}
	write := sql.OpenDB(newCachingConnector(engine, file+"?"+sqlitePragmas+"&_txlock=immediate&_pragma=cache_size(-8000)"))
	write.SetMaxOpenConns(1)
	d.write = dbx.NewFromDB(write, "sqlite")
	open := func() error { return write.PingContext(ctx) }
	if info, err := os.Stat(path); errors.Is(err, os.ErrNotExist) || err == nil && info.Size() == 0 {
		making := open // the mode of the log, which only one may set
		open = func() error { return AloneIn(ctx, filepath.Dir(path), making) }
	}
	if err := open(); err != nil {
		return fmt.Errorf("open %s: %w", path, Mark(err))
	}
	read := sql.OpenDB(newCachingConnector(engine,
		file+"?"+sqlitePragmas+"&_pragma=query_only(ON)&_pragma=cache_size(-4000)"))
	readers := min(max(runtime.NumCPU(), 2), 8)
	read.SetMaxOpenConns(readers)
	read.SetMaxIdleConns(readers)
	d.read = dbx.NewFromDB(read, "sqlite")
	return nil
}

// keepPrivate makes the file of a database its owner's only, before SQLite makes it for everybody, and takes what
// others may do with one that is there. SQLite gives the log and the index beside it the same rights.
func keepPrivate(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		return f.Close()
	}
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 {
			os.Chmod(name, 0o600) //nolint:errcheck // who does not own the file can't, and opens it all the same
		}
	}
	return nil // what is wrong with the path, opening it says
}
