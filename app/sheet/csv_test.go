package sheet

import (
	"encoding/csv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// What a spreadsheet would take for a formula is a text with a mark before it; all else is as it was.
func TestGuard(t *testing.T) {
	for cell, want := range map[string]string{
		"": "", "a": "a", "=1+1": "'=1+1", "+49": "'+49", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1",
		"\r=1": "'\r=1",
		"\n=1": "'\n=1", " =1": " =1", "a=1": "a=1", "ünï": "ünï", "'=1": "'=1", "|calc": "|calc",
	} {
		if got := Guard(cell); got != want {
			t.Errorf("Guard(%q) is %q, want %q", cell, got, want)
		}
	}
}

// Whatever is in the cells, both ways of writing are read back by another reader, guarded, row by row.
func TestCSVIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		columns := rapid.IntRange(2, 4).Draw(t, "columns") // one empty cell would be an empty line
		cell := rapid.OneOf(rapid.StringMatching(`[=+\-@ a,";'\n\t]{0,6}`), rapid.String())
		rows := rapid.SliceOfN(rapid.SliceOfN(cell, columns, columns), 1, 5).Draw(t, "rows")
		want := [][]string{}
		for _, row := range rows {
			line := []string{}
			for _, c := range guarded(row) {
				line = append(line, strings.ReplaceAll(c, "\r\n", "\n")) // as Go's reader has it
			}
			want = append(want, line)
		}
		var quoted, plain strings.Builder
		if err := QuotedCSV(&quoted, rows); err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			if err := CSVRow(&plain, row); err != nil {
				t.Fatal(err)
			}
		}
		for name, text := range map[string]string{"quoted": quoted.String(), "plain": plain.String()} {
			got, err := csv.NewReader(strings.NewReader(text)).ReadAll()
			if d := cmp.Diff(want, got); err != nil || d != "" {
				t.Errorf("%s: %v, %q (-want +got):\n%s", name, err, text, d)
			}
			for _, row := range got {
				for _, c := range row {
					if c != "" && strings.ContainsAny(c[:1], "=+-@\t\r\n") {
						t.Errorf("%s: the cell %q is a formula", name, c)
					}
				}
			}
		}
	})
}
