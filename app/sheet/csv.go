// Package sheet writes tables as files: CSV and XLSX.
package sheet

import (
	"encoding/csv"
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

// CSV writes rows with quotes where they are needed; cells are guarded.
func CSV(w io.Writer, rows [][]string) error {
	c := csv.NewWriter(w)
	c.UseCRLF = true
	for _, row := range rows {
		if err := c.Write(guarded(row)); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
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
