package reader

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/importer/record"
)

// Bounds of workbooks.
const (
	mostShared = 64 << 20 // bytes of the parts beside the sheet: the texts that cells share are in memory
	mostStyles = 100_000
)

// workbook is the first sheet of a workbook of Excel's that is not hidden, row by row. The libraries that read
// workbooks keep whole parts of them in memory, however large they become; this one reads as it goes.
type workbook struct {
	name   string
	shared []string
	dated  []bool // by the number of a style: its numbers are dates
	epoch  time.Time
	sheet  io.ReadCloser
	in     *xml.Decoder
	limit  *rowLimit
	line   int
}

// isWorkbook says whether a packed file is a workbook.
func isWorkbook(z *zip.Reader) bool {
	return slices.ContainsFunc(z.File, func(f *zip.File) bool { return f.Name == "xl/workbook.xml" })
}

// openWorkbook begins to read; the file stays the caller's to close.
func openWorkbook(f record.File, name string) (*workbook, error) {
	z, err := zip.NewReader(f, f.Size())
	if err != nil {
		return nil, refuse("%s is no zip that can be read: %v", name, err)
	}
	if len(z.File) > mostParts || !isWorkbook(z) {
		return nil, refuse("%s is packed, and no workbook: unpack it first", name)
	}
	w := &workbook{name: name}
	sheet, err := w.book(z)
	if err == nil {
		err = w.texts(z)
	}
	if err == nil {
		err = w.styles(z)
	}
	if err != nil {
		return nil, err
	}
	w.sheet, err = w.part(z, sheet, mostPart)
	if errors.Is(err, errNoPart) {
		err = refuse("%s has no sheet", name)
	}
	if err != nil {
		return nil, err
	}
	w.limit = &rowLimit{r: w.sheet}
	w.in = xml.NewDecoder(w.limit)
	return w, nil
}

func (w *workbook) Close() error { return w.sheet.Close() }

// errNoPart is a part that a workbook does not have.
var errNoPart = errors.New("no such part")

// part opens a part; what it becomes when it is unpacked is bounded.
func (w *workbook) part(z *zip.Reader, name string, most int64) (io.ReadCloser, error) {
	i := slices.IndexFunc(z.File, func(f *zip.File) bool { return strings.EqualFold(f.Name, name) })
	if i < 0 {
		return nil, errNoPart
	}
	f := z.File[i]
	r, err := f.Open()
	if err != nil {
		return nil, refuse("%s in %s can't be unpacked: %v", path.Base(name), w.name, err)
	}
	left := min(most, max(smallEnough, int64(f.CompressedSize64)*mostRatio))
	return struct {
		io.Reader
		io.Closer
	}{&bounded{r: r, left: left,
		err: refuse("%s in %s becomes too large when it is unpacked: it is not read", path.Base(name), w.name)}, r}, nil
}

// each gives do the elements of a part as they begin; a part that is not there has none.
func (w *workbook) each(z *zip.Reader, name string, do func(in *xml.Decoder, e xml.StartElement) error) error {
	r, err := w.part(z, name, mostShared)
	if errors.Is(err, errNoPart) {
		return nil
	}
	if err != nil {
		return err
	}
	defer r.Close()
	in := xml.NewDecoder(r)
	for {
		token, err := in.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return w.garbled(err)
		}
		if e, ok := token.(xml.StartElement); ok {
			if err := do(in, e); err != nil {
				return err
			}
		}
	}
}

// garbled is why a part can't be read; a refusal of ours stays as it is.
func (w *workbook) garbled(err error) error {
	var refused *app.Error
	if errors.As(err, &refused) {
		return err
	}
	return refuse("%s is no workbook that can be read: %v", w.name, err)
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// book finds the part of the first sheet that people see.
func (w *workbook) book(z *zip.Reader) (sheet string, err error) {
	w.epoch = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC) // Excel takes 1900 for a leap year: so not the 31st
	id := ""
	err = w.each(z, "xl/workbook.xml", func(_ *xml.Decoder, e xml.StartElement) error {
		switch e.Name.Local {
		case "workbookPr":
			if on := attribute(e, "date1904"); on == "1" || on == "true" {
				w.epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
			}
		case "sheet":
			if state := attribute(e, "state"); id == "" && (state == "" || state == "visible") {
				id = attribute(e, "id") // of the relationship; sheetId is another thing
			}
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	err = w.each(z, "xl/_rels/workbook.xml.rels", func(_ *xml.Decoder, e xml.StartElement) error {
		if e.Name.Local == "Relationship" && attribute(e, "Id") == id {
			sheet = attribute(e, "Target")
		}
		return nil
	})
	if err == nil && (id == "" || sheet == "") {
		err = refuse("%s has no sheet", w.name)
	}
	if strings.HasPrefix(sheet, "/") {
		return path.Clean(sheet)[1:], err
	}
	return path.Join("xl", sheet), err
}

// texts reads the texts that cells share.
func (w *workbook) texts(z *zip.Reader) error {
	return w.each(z, "xl/sharedStrings.xml", func(in *xml.Decoder, e xml.StartElement) error {
		if e.Name.Local != "si" {
			return nil
		}
		text, err := w.text(in)
		w.shared = append(w.shared, text)
		return err
	})
}

// text is what stands in an element whose beginning was read: that of its parts, without how it is pronounced.
func (w *workbook) text(in *xml.Decoder) (string, error) {
	var b strings.Builder
	for taken, deep := false, 1; deep > 0; {
		token, err := in.Token()
		if err != nil {
			return "", w.garbled(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			if e.Name.Local == "rPh" {
				if err := in.Skip(); err != nil {
					return "", w.garbled(err)
				}
				continue
			}
			deep, taken = deep+1, e.Name.Local == "t"
		case xml.EndElement:
			deep, taken = deep-1, false
		case xml.CharData:
			if taken {
				b.Write(e)
			}
		}
	}
	return b.String(), nil
}

// styles finds out which numbers are dates.
func (w *workbook) styles(z *zip.Reader) error {
	own, in := map[string]bool{}, false
	return w.each(z, "xl/styles.xml", func(_ *xml.Decoder, e xml.StartElement) error {
		switch e.Name.Local {
		case "numFmt":
			own[attribute(e, "numFmtId")] = isDateFormat(attribute(e, "formatCode"))
		case "cellXfs":
			in = true
		case "cellStyles", "dxfs":
			in = false
		case "xf":
			if in && len(w.dated) < mostStyles {
				id := attribute(e, "numFmtId")
				n, _ := strconv.Atoi(id)
				w.dated = append(w.dated, own[id] || n >= 14 && n <= 22 || n >= 45 && n <= 47)
			}
		}
		return nil
	})
}

// isDateFormat says whether a format shows days or times: it has a letter of them outside of quotes and brackets.
func isDateFormat(code string) bool {
	quoted, bracket := false, false
	for i := 0; i < len(code); i++ {
		switch c := code[i]; {
		case c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == '[':
			bracket = true
		case c == ']':
			bracket = false
		case !quoted && !bracket && strings.IndexByte("ymdhsYMDHS", c) >= 0:
			return true
		}
	}
	return false
}

// next is the next row: its cells, and its number in the sheet.
func (w *workbook) next() (cells []string, line int, err error) {
	w.limit.left = mostRow
	for {
		token, err := w.in.Token()
		if errors.Is(err, io.EOF) {
			return nil, 0, io.EOF
		}
		if err != nil {
			return nil, 0, w.garbled(err)
		}
		e, ok := token.(xml.StartElement)
		if !ok || e.Name.Local != "row" {
			continue
		}
		w.line++
		if n, err := strconv.Atoi(attribute(e, "r")); err == nil && n > 0 {
			w.line = n
		}
		cells, err = w.cells()
		return cells, w.line, err
	}
}

func (w *workbook) cells() ([]string, error) {
	var row []string
	for {
		token, err := w.in.Token()
		if err != nil {
			return nil, w.garbled(err)
		}
		switch e := token.(type) {
		case xml.EndElement:
			if e.Name.Local == "row" {
				return row, nil
			}
		case xml.StartElement:
			if e.Name.Local != "c" {
				continue
			}
			at := len(row)
			if column, ok := columnOf(attribute(e, "r")); ok {
				at = column
			}
			if at >= mostColumns {
				return nil, refuse("it has more than %d columns", mostColumns)
			}
			text, err := w.cell(e)
			if err != nil {
				return nil, err
			}
			for len(row) <= at {
				row = append(row, "")
			}
			row[at] = text
		}
	}
}

// columnOf is the number of a column by the name of a cell, such as BC7, from 0.
func columnOf(cell string) (n int, ok bool) {
	for _, c := range cell {
		if c < 'A' || c > 'Z' || n > mostColumns {
			break
		}
		n = n*26 + int(c-'A') + 1
	}
	return n - 1, n > 0
}

// cell is what a cell shows, as text; a date as year, month and day.
func (w *workbook) cell(e xml.StartElement) (string, error) {
	var c struct {
		Value  string `xml:"v"`
		Inline struct {
			Text string   `xml:"t"`
			Runs []string `xml:"r>t"`
		} `xml:"is"`
	}
	if err := w.in.DecodeElement(&c, &e); err != nil {
		return "", w.garbled(err)
	}
	switch attribute(e, "t") {
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(c.Value))
		if err != nil || i < 0 || i >= len(w.shared) {
			return "", nil
		}
		return w.shared[i], nil
	case "inlineStr":
		return c.Inline.Text + strings.Join(c.Inline.Runs, ""), nil
	case "b":
		return map[string]string{"1": "true", "0": "false"}[c.Value], nil
	case "e": // a formula's fault
		return "", nil
	case "", "n":
		style, err := strconv.Atoi(attribute(e, "s"))
		return w.number(c.Value, err == nil && style >= 0 && style < len(w.dated) && w.dated[style]), nil
	}
	return c.Value, nil
}

func (w *workbook) number(value string, dated bool) string {
	n, err := strconv.ParseFloat(value, 64)
	switch {
	case err != nil || n < -1e15 || n > 1e15:
		return value
	case !dated || n < 1 || n > 3_000_000:
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	days, part := math.Modf(n)
	at := w.epoch.AddDate(0, 0, int(days)).Add(time.Duration(part * float64(24*time.Hour))).Round(time.Second)
	if at.Equal(at.Truncate(24 * time.Hour)) {
		return at.Format(time.DateOnly)
	}
	return at.Format(time.DateTime)
}
