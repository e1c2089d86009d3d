package sheet

import (
	"archive/zip"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// What spreadsheets can hold.
const (
	maxRows = 1 << 20
	maxCell = 32767 // characters
)

// XLSX writes a workbook row by row. Texts are written as texts, so none is taken for a formula. A sheet that is full
// is followed by another one that begins with the same first row.
type XLSX struct {
	zip    *zip.Writer
	sheet  io.Writer
	sheets int
	row    int
	limit  int
	head   []any
}

// NewXLSX begins a workbook.
func NewXLSX(w io.Writer) *XLSX { return &XLSX{zip: zip.NewWriter(w), limit: maxRows} }

const (
	xmlHead  = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	mainSpec = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	relSpec  = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	packSpec = "http://schemas.openxmlformats.org/package/2006/"
)

// Row writes a row of texts, whole numbers and truth values.
func (x *XLSX) Row(cells []any) error {
	switch {
	case x.sheet == nil:
		x.head = cells
		if err := x.open(); err != nil {
			return err
		}
	case x.row == x.limit:
		if err := x.end(); err != nil {
			return err
		}
		if err := x.open(); err != nil {
			return err
		}
		if err := x.write(x.head); err != nil {
			return err
		}
	}
	return x.write(cells)
}

func (x *XLSX) write(cells []any) error {
	x.row++
	var b strings.Builder
	fmt.Fprintf(&b, `<row r="%d">`, x.row)
	for i, cell := range cells {
		at := column(i) + strconv.Itoa(x.row)
		switch v := cell.(type) {
		case int:
			fmt.Fprintf(&b, `<c r="%s"><v>%d</v></c>`, at, v)
		case float64:
			fmt.Fprintf(&b, `<c r="%s"><v>%s</v></c>`, at, strconv.FormatFloat(v, 'g', -1, 64))
		case bool:
			n := 0
			if v {
				n = 1
			}
			fmt.Fprintf(&b, `<c r="%s" t="b"><v>%d</v></c>`, at, n)
		case string:
			if v == "" {
				continue
			}
			fmt.Fprintf(&b, `<c r="%s" t="inlineStr"><is><t xml:space="preserve">`, at)
			if err := xml.EscapeText(&b, []byte(cut(v))); err != nil {
				return err
			}
			b.WriteString("</t></is></c>")
		default:
			return fmt.Errorf("no cell holds a %T", cell)
		}
	}
	b.WriteString("</row>")
	_, err := io.WriteString(x.sheet, b.String())
	return err
}

// cut shortens a text to what a cell holds; characters outside the basic plane count twice.
func cut(s string) string {
	if len(s) <= maxCell {
		return s
	}
	n := 0
	for i, r := range s {
		if n++; r > 0xffff {
			n++
		}
		if n > maxCell {
			return s[:i]
		}
	}
	return s
}

// column is the name of a column: A to Z, AA and so on.
func column(i int) string {
	if i < 26 {
		return string(rune('A' + i))
	}
	return column(i/26-1) + string(rune('A'+i%26))
}

func (x *XLSX) open() (err error) {
	x.sheets++
	x.row = 0
	if x.sheet, err = x.zip.Create(fmt.Sprintf("xl/worksheets/sheet%d.xml", x.sheets)); err != nil {
		return err
	}
	_, err = io.WriteString(x.sheet, xmlHead+`<worksheet xmlns="`+mainSpec+`"><sheetData>`)
	return err
}

func (x *XLSX) end() error {
	_, err := io.WriteString(x.sheet, "</sheetData></worksheet>")
	return err
}

// Close ends the workbook; it has a sheet even without rows.
func (x *XLSX) Close() error {
	if x.sheet == nil {
		if err := x.open(); err != nil {
			return err
		}
	}
	if err := x.end(); err != nil {
		return err
	}
	var types, sheets, links strings.Builder
	for n := 1; n <= x.sheets; n++ {
		fmt.Fprintf(&types, `<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>`, n)
		fmt.Fprintf(&sheets, `<sheet name="Sheet%d" sheetId="%d" r:id="rId%d"/>`, n, n, n)
		fmt.Fprintf(&links, `<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>`, n, relSpec, n)
	}
	for _, part := range [][2]string{
		{"xl/workbook.xml", `<workbook xmlns="` + mainSpec + `" xmlns:r="` + relSpec + `"><sheets>` + sheets.String() +
			`</sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels",
			`<Relationships xmlns="` + packSpec + `relationships">` + links.String() + `</Relationships>`},
		{"_rels/.rels", `<Relationships xmlns="` + packSpec + `relationships"><Relationship Id="rId1" Type="` + relSpec +
			`/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"[Content_Types].xml", `<Types xmlns="` + packSpec +
			`content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
			`<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ` +
			`ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` + types.String() +
			`</Types>`},
	} {
		w, err := x.zip.Create(part[0])
		if err != nil {
			return err
		}
		if _, err := io.WriteString(w, xmlHead+part[1]); err != nil {
			return err
		}
	}
	return x.zip.Close()
}
