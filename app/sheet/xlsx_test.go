package sheet

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

func TestAWorkbookIsReadBack(t *testing.T) {
	var b bytes.Buffer
	x := NewXLSX(&b)
	x.limit = 3
	long := strings.Repeat("ö", maxCell+5)
	for _, row := range [][]any{{"a", "b"}, {"=1+1", 7}, {"", true}, {" <&> \n\x02", long}} {
		if err := x.Row(row); err != nil {
			t.Fatal(err)
		}
	}
	if x.Row([]any{struct{}{}}) == nil {
		t.Error("a cell held what none holds")
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][][]string{
		"Sheet1": {{"a", "b"}, {"=1+1", "7"}, {"", "TRUE"}},
		"Sheet2": {{"a", "b"}, {" <&> \n\ufffd", strings.Repeat("ö", maxCell)}},
	} {
		got, err := book.GetRows(name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if formula, err := book.GetCellFormula("Sheet1", "A2"); err != nil || formula != "" {
		t.Errorf("a text became the formula %q, %v", formula, err)
	}
}

func TestColumnsAreNamed(t *testing.T) {
	for i, want := range map[int]string{0: "A", 25: "Z", 26: "AA", 51: "AZ", 52: "BA", 701: "ZZ", 702: "AAA"} {
		if got := column(i); got != want {
			t.Errorf("column %d is %s, want %s", i, got, want)
		}
	}
}
