package conformance

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
)

// document is a file as jq programs see it: JSON as its value, a table as a list of rows, an archive as its files by
// name, a text as it is, and everything else as null.
func document(kind string, raw []byte) any {
	switch {
	case strings.Contains(kind, "json"):
		var v any
		if json.Unmarshal(raw, &v) != nil {
			return nil
		}
		return v
	case kind == "text/csv":
		return table(raw)
	case strings.HasPrefix(kind, "text/"):
		return string(raw)
	}
	archive, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return nil
	}
	files := map[string]any{}
	for _, file := range archive.File {
		switch path.Ext(file.Name) {
		case ".csv":
			files[file.Name] = table(content(file))
		case ".json":
			files[file.Name] = document("application/json", content(file))
		case ".xlsx":
			files[file.Name] = sheet(content(file))
		default:
			files[file.Name] = nil
		}
	}
	return files
}

func content(file *zip.File) []byte {
	r, err := file.Open()
	if err != nil {
		return nil
	}
	defer r.Close()
	raw, _ := io.ReadAll(r) // what is broken shows as what is missing
	return raw
}

// table reads CSV.
func table(raw []byte) any {
	r := csv.NewReader(bytes.NewReader(raw))
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	records, err := r.ReadAll()
	if err != nil {
		return nil
	}
	rows := []any{}
	for _, record := range records {
		row := []any{}
		for _, cell := range record {
			row = append(row, cell)
		}
		rows = append(rows, row)
	}
	return rows
}

// cell is a cell of a worksheet.
type cell struct {
	Place   string  `xml:"r,attr"`
	Kind    string  `xml:"t,attr"`
	Value   *string `xml:"v"`
	Formula *string `xml:"f"`
	Inline  string  `xml:"is>t"`
}

// sheet reads the first sheet of a workbook, as text; a formula begins with =.
func sheet(raw []byte) any {
	book, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return nil
	}
	var words struct {
		Items []struct {
			Text string   `xml:"t"`
			Runs []string `xml:"r>t"`
		} `xml:"si"`
	}
	var grid struct {
		Rows []struct {
			Cells []cell `xml:"c"`
		} `xml:"sheetData>row"`
	}
	for _, file := range book.File {
		switch file.Name {
		case "xl/sharedStrings.xml":
			err = xml.Unmarshal(content(file), &words)
		case "xl/worksheets/sheet1.xml":
			err = xml.Unmarshal(content(file), &grid)
		}
		if err != nil {
			return nil
		}
	}
	shared := make([]string, len(words.Items))
	for i, item := range words.Items {
		shared[i] = item.Text + strings.Join(item.Runs, "")
	}
	rows, width := [][]any{}, 0
	for _, from := range grid.Rows {
		row := []any{}
		for _, c := range from.Cells {
			for len(row) < column(c.Place) {
				row = append(row, "")
			}
			row = append(row, c.text(shared))
		}
		rows, width = append(rows, row), max(width, len(row))
	}
	out := []any{}
	for _, row := range rows {
		out = append(out, slices.Concat(row, slices.Repeat([]any{""}, width-len(row))))
	}
	return out
}

func (c cell) text(shared []string) string {
	switch {
	case c.Formula != nil:
		return "=" + *c.Formula
	case c.Value == nil:
		return c.Inline
	case c.Kind == "s":
		if i, err := strconv.Atoi(*c.Value); err == nil && i >= 0 && i < len(shared) {
			return shared[i]
		}
	}
	return *c.Value
}

// column is the number of a cell's column, from 0: that of AB12 is 27.
func column(place string) int {
	n := 0
	for _, letter := range place {
		if letter >= 'A' && letter <= 'Z' {
			n = n*26 + int(letter-'A') + 1
		}
	}
	return n - 1
}
