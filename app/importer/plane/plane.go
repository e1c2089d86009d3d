// Package plane brings an installation of Plane over: it reads the database of v1.3.1 from a dump or from the server
// itself, and makes a database of ours of it, with the same ids, numbers, times, binaries and passwords, so that
// frontends, links, scripts' keys and people go on as before.
//
// Nothing is written where an installation is: what Convert makes is laid out in a folder of its own, as a backup that
// was unpacked, and takes its place at once.
package plane

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Release is the release of Plane whose database this package knows.
const Release = "v1.3.1"

// Order is what to bring over, and how.
type Order struct {
	Source string    // a file that pg_dump has made (custom or plain form, or that in gzip), or the URL of the database
	Input  io.Reader // the dump, instead of the file
	Key    string    // SECRET_KEY of the old installation, which its settings are sealed with; empty: they stay empty
	Secret []byte    // what the new installation seals with
	Folder string    // an empty folder, in which everything is laid out
	Say    func(text string)
}

// Report says what was brought over and what was not.
type Report struct {
	Release  string   `json:"release"`  // of the old installation, as it says
	Tables   []Count  `json:"tables"`   // rows by table, by name
	Left     []Count  `json:"left"`     // tables with rows for which there is no place here, by name
	Notes    []Note   `json:"notes"`    // what could not be taken as it was, the first thousand
	Unsealed int      `json:"unsealed"` // settings that were opened with the old key and sealed with the new one
	Emptied  []string `json:"emptied"`  // settings that have to be typed in again
	Noted    int      `json:"noted"`    // how many notes there were
}

// Count is a table and how many rows of it there are.
type Count struct {
	Table string `json:"table"`
	Rows  int64  `json:"rows"`
	Why   string `json:"why,omitempty"`
}

// Note is something that could not be taken as it was.
type Note struct {
	Table  string `json:"table"`
	ID     string `json:"id,omitempty"`
	Column string `json:"column,omitempty"`
	Reason string `json:"reason"`
}

// String says it in a line.
func (n Note) String() string {
	where := n.Table
	if n.Column != "" {
		where += "." + n.Column
	}
	if n.ID != "" {
		where += " of " + n.ID
	}
	return where + ": " + n.Reason
}

// mostNotes is how many notes a report names.
const mostNotes = 1000

func (r *Report) note(n Note) {
	if r.Noted++; r.Noted <= mostNotes {
		r.Notes = append(r.Notes, n)
	}
}

// Rows is how many rows were brought over.
func (r *Report) Rows() (n int64) {
	for _, t := range r.Tables {
		n += t.Rows
	}
	return n
}

// A block is rows of one table, as COPY writes them.
type block struct {
	table   string
	columns []string
	lines   *bufio.Reader
	marked  bool // they end with a line \. as in every dump; a server ends them by itself
}

// ErrNoDump says that a file is no dump that can be read, and why.
var ErrNoDump = errors.New("it is no dump of a Plane database")

func noDump(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrNoDump}, args...)...)
}

// eachBlock gives visit the tables of the source, each once, in no order.
func (o *Order) eachBlock(ctx context.Context, visit func(b block) error) error {
	if o.Input == nil && IsURL(o.Source) {
		return o.eachOfServer(ctx, visit)
	}
	r, end, err := o.open()
	if err != nil {
		return err
	}
	defer end()
	in := bufio.NewReaderSize(ender{ctx, r}, 64<<10)
	in, err = plainly(in)
	if err != nil {
		return err
	}
	if head, _ := in.Peek(262); len(head) == 262 && string(head[257:]) == "ustar" {
		return noDump("it is a tar of pg_dump; make it with --format=custom or --format=plain")
	}
	if magic, _ := in.Peek(len(customMagic)); string(magic) == customMagic {
		return eachOfCustom(in, visit)
	}
	return eachOfPlain(in, visit)
}

// IsURL tells the address of a database from the name of a file.
func IsURL(source string) bool {
	return strings.HasPrefix(source, "postgres://") || strings.HasPrefix(source, "postgresql://")
}

// eachOfServer reads from a server, all of the same moment.
func (o *Order) eachOfServer(ctx context.Context, visit func(b block) error) error {
	return store.EachForeignTable(ctx, o.Source, func(table string, columns []string, r io.Reader) error {
		return visit(block{table: table, columns: columns, lines: bufio.NewReaderSize(r, 64<<10)})
	})
}

// An ender ends reading when the command is ended.
type ender struct {
	ctx context.Context
	r   io.Reader
}

func (e ender) Read(p []byte) (int, error) {
	if err := e.ctx.Err(); err != nil {
		return 0, err
	}
	return e.r.Read(p)
}

// sealing is an app that can seal, and nothing else.
func sealing(secret []byte) *app.App { return &app.App{Secret: secret} }
