package reader

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"github.com/sailplane/sailplane/app/importer/record"
)

// Bounds of tables.
const (
	mostColumns = 10_000
	mostRow     = 32 << 20 // bytes; a quote that is never closed would make one row of the rest
)

// table is a file of rows below a head, whose columns are found by their names. A name may be there several times.
type table struct {
	head  map[string][]int // by names in small letters
	names []string
	row   []string
	where record.At
}

// rows reads a table, or the first sheet of a workbook; each is given every row below the head that is not empty.
func rows(ctx context.Context, s record.Source, m *record.Map, to record.Sink, isHead func(cells []string) bool,
	each func(t *table) error) error {
	f, err := s.Open()
	if err != nil {
		return err
	}
	defer f.Close()
	if isZip(f) {
		w, err := openWorkbook(f, s.Name())
		if err != nil {
			return err
		}
		defer w.Close()
		return below(ctx, w, s.Name(), to, isHead, each)
	}
	r, err := text(f, m.Encoding)
	if err != nil {
		return err
	}
	return rowsOf(ctx, r, s.Name(), m, to, isHead, each)
}

// rowSource gives rows one after the other, each with its line; io.EOF after the last, *csv.ParseError for one that
// can't be read.
type rowSource interface {
	next() (cells []string, line int, err error)
}

// separated are rows of a text.
type separated struct {
	*csv.Reader

	limit *rowLimit
}

func (s *separated) next() (cells []string, line int, err error) {
	s.limit.left = mostRow
	if cells, err = s.Read(); err == nil {
		line, _ = s.FieldPos(0)
	}
	return cells, line, err
}

func rowsOf(ctx context.Context, r io.Reader, name string, m *record.Map, to record.Sink,
	isHead func(cells []string) bool, each func(t *table) error) error {
	limit := &rowLimit{r: r}
	first := make([]byte, 64<<10)
	n, err := io.ReadFull(limit, first)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	limit.r = io.MultiReader(strings.NewReader(string(first[:n])), r)
	c := csv.NewReader(limit)
	c.FieldsPerRecord, c.Comma = -1, separatorOf(string(first[:n]), m.Separator)
	return below(ctx, &separated{Reader: c, limit: limit}, name, to, isHead, each)
}

// mostPreamble is how many rows may be before the head.
const mostPreamble = 30

// below looks for the head of a table, and gives each what is below it.
func below(ctx context.Context, from rowSource, name string, to record.Sink, isHead func(cells []string) bool,
	each func(t *table) error) error {
	t := &table{where: record.At{File: name}}
	for before := 0; ; {
		cells, line, err := from.next()
		var bad *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			if t.head == nil {
				return refuse("%s has no head with the names of columns that this kind of file has", name)
			}
			return nil
		case errors.As(err, &bad) && !errors.Is(err, errRow):
			to.Note(record.Note{At: record.At{File: name, Row: bad.StartLine}, Kind: record.Unread,
				Text: "the quotes of the row are wrong: " + bad.Err.Error()})
			continue
		case err != nil:
			return err
		}
		if t.head == nil {
			if before++; before > mostPreamble {
				return refuse("%s has no head with the names of columns that this kind of file has", name)
			}
			if isHead(cells) {
				if err := t.begin(cells); err != nil {
					return err
				}
			}
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if t.row, t.where.Row = cells, line; t.empty() {
			continue
		}
		if err := each(t); err != nil {
			return err
		}
	}
}

var errRow = refuse("a row has more than 32 MB: a quote is not closed, or it is no table")

// rowLimit is a reader that fails when one row takes too much.
type rowLimit struct {
	r    io.Reader
	left int
}

func (l *rowLimit) Read(p []byte) (int, error) {
	if l.left == 0 {
		l.left = mostRow
	}
	if l.left < 0 {
		return 0, errRow
	}
	n, err := l.r.Read(p)
	if l.left -= n; l.left == 0 {
		l.left = -1
	}
	return n, err
}

// separatorOf looks which separator the first line has most of, outside of quotes.
func separatorOf(first, wanted string) rune {
	if wanted != "" {
		return []rune(wanted)[0]
	}
	best, most := ',', 0
	for _, s := range []rune{',', ';', '\t', '|'} {
		n, quoted := 0, false
		for _, c := range first {
			if c == '"' {
				quoted = !quoted
			} else if c == s && !quoted {
				n++
			} else if c == '\n' && !quoted && n > 0 {
				break
			}
		}
		if n > most {
			best, most = s, n
		}
	}
	return best
}

func (t *table) begin(cells []string) error {
	if len(cells) > mostColumns {
		return refuse("it has %d columns, more than %d", len(cells), mostColumns)
	}
	t.head = make(map[string][]int, len(cells))
	t.names = make([]string, len(cells))
	for i, name := range cells {
		t.names[i] = strings.TrimSpace(strings.Trim(name, "\uFEFF"))
		key := strings.ToLower(t.names[i])
		t.head[key] = append(t.head[key], i)
	}
	return nil
}

func (t *table) empty() bool {
	for _, c := range t.row {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}

// has says whether the table has a column.
func (t *table) has(name string) bool { return len(t.head[strings.ToLower(name)]) > 0 }

// get is the first cell that is not empty of the columns with one of these names.
func (t *table) get(names ...string) string {
	for _, name := range names {
		for _, i := range t.head[strings.ToLower(name)] {
			if i < len(t.row) && strings.TrimSpace(t.row[i]) != "" {
				return unguard(t.row[i])
			}
		}
	}
	return ""
}

// all are the cells that are not empty of the columns with that name.
func (t *table) all(name string) []string {
	var cells []string
	for _, i := range t.head[strings.ToLower(name)] {
		if i < len(t.row) && strings.TrimSpace(t.row[i]) != "" {
			cells = append(cells, unguard(t.row[i]))
		}
	}
	return cells
}

// unguard takes off the quote with which a cell that looks like a formula is made harmless (see sheet.Guard).
func unguard(cell string) string {
	if len(cell) > 1 && cell[0] == '\'' && strings.IndexByte("=+-@\t\r\n", cell[1]) >= 0 {
		return cell[1:]
	}
	return cell
}

// hasAll is a head with all these columns.
func hasAll(names ...string) func(cells []string) bool {
	return func(cells []string) bool {
		for _, name := range names {
			found := false
			for _, c := range cells {
				found = found || strings.EqualFold(strings.TrimSpace(strings.Trim(c, "\uFEFF")), name)
			}
			if !found {
				return false
			}
		}
		return true
	}
}

// split cuts a cell with several values, and leaves out empty ones.
func split(cell, by string) []string {
	var values []string
	for v := range strings.SplitSeq(cell, by) {
		if v = strings.TrimSpace(v); v != "" {
			values = append(values, v)
		}
	}
	return values
}
