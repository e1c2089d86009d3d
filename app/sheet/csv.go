// Package sheet writes tables as files.
package sheet

import (
	"io"
	"strings"
)

// Guard makes a cell harmless that a spreadsheet would take for a formula.
func Guard(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\n", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// QuotedCSV writes rows with quotes around every cell; cells are guarded.
func QuotedCSV(w io.Writer, rows [][]string) error {
	for _, row := range rows {
		cells := guarded(row)
		for i, cell := range cells {
			cells[i] = `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
		}
		if _, err := io.WriteString(w, strings.Join(cells, ",")+"\r\n"); err != nil {
			return err
		}
	}
	return nil
}

func guarded(row []string) []string {
	cells := make([]string, len(row))
	for i, cell := range row {
		cells[i] = Guard(cell)
	}
	return cells
}

// CSVRow writes a row with quotes only around the cells that need them; cells are guarded.
func CSVRow(w io.Writer, row []string) error {
	cells := guarded(row)
	for i, cell := range cells {
		if strings.ContainsAny(cell, "\",\r\n") {
			cells[i] = `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
		}
	}
	_, err := io.WriteString(w, strings.Join(cells, ",")+"\r\n")
	return err
}
