package reader_test

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/app/importer/record"
)

const (
	book = `<workbook><sheets><sheet name="a" sheetId="1" id="r1"/></sheets></workbook>`
	rels = `<Relationships><Relationship Id="r1" Target="/xl/worksheets/one.xml"/></Relationships>`
	head = `<row r="1"><c r="A1" t="str"><v>Title</v></c></row>`
)

// packed makes a workbook of parts, by their names.
func packed(t *testing.T, parts map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range parts {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return written(t, b.Bytes())
}

// What is odd in a workbook is read as far as it goes; what is none, or too much, is refused.
func TestOddWorkbooks(t *testing.T) {
	sheet := func(rows string) map[string]string {
		return map[string]string{"xl/workbook.xml": book, "xl/_rels/workbook.xml.rels": rels,
			"xl/worksheets/one.xml": "<worksheet><sheetData>" + head + rows + "</sheetData></worksheet>"}
	}
	with := func(name, text string) map[string]string {
		parts := sheet(`<row><c t="s"><v>0</v></c></row>`)
		parts[name] = text
		return parts
	}
	for _, tt := range []struct {
		name   string
		parts  map[string]string
		titles string
		fault  string
	}{
		{"cells without names", sheet(`<row><c t="str"><v>door</v></c></row>`), "door", ""},
		{"a cell twice", sheet(`<row><c r="A2" t="str"><v>one</v></c><c r="A2" t="str"><v>two</v></c></row>`), "two", ""},
		{"numbers", sheet(`<row><c><v>1.5E3</v></c></row><row><c><v>no number</v></c></row>`), "1500|no number", ""},
		{"a text that is not there", sheet(`<row><c t="s"><v>7</v></c></row><row><c t="s"><v>-1</v></c></row>`), "", ""},
		{"shared texts", with("xl/sharedStrings.xml", `<sst><si><r><t>do</t></r><r><t>or</t></r><rPh><t>no</t></rPh></si></sst>`),
			"door", ""},
		{"a column far out", sheet(`<row><c r="ZZZZ2" t="str"><v>x</v></c></row>`), "", "more than 10000 columns"},
		{"no sheet", with("xl/_rels/workbook.xml.rels", "<Relationships/>"), "", "has no sheet"},
		{"a sheet that is elsewhere", with("xl/_rels/workbook.xml.rels", strings.ReplaceAll(rels, "one", "../../../etc/passwd")),
			"", "has no sheet"},
		{"no head", with("xl/worksheets/one.xml", `<worksheet/>`), "", "has no head"},
		{"a sheet that is cut off", with("xl/worksheets/one.xml", `<worksheet><sheetData>`+head+`<row><c`), "",
			"no workbook that can be read"},
		{"entities", with("xl/worksheets/one.xml", `<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet>`+head+
			`<row><c t="str"><v>&a;</v></c></row></worksheet>`), "", "no workbook that can be read"},
		{"a bomb", with("xl/sharedStrings.xml", "<sst><si><t>"+strings.Repeat("x", 65<<20)+"</t></si></sst>"), "",
			"too large when it is unpacked"},
		{"another packed file", map[string]string{"a.txt": "x"}, "", "unpack it first"},
	} {
		got := read(t, "csv", packed(t, tt.parts), &record.Map{})
		var titles []string
		for _, i := range got.Items {
			titles = append(titles, i.Title)
		}
		refused := got.Error != ""
		if strings.Join(titles, "|") != tt.titles || !strings.Contains(got.Error, tt.fault) || refused != (tt.fault != "") {
			t.Errorf("%s: %q, %s; want %q, %s", tt.name, titles, got.Error, tt.titles, tt.fault)
		}
	}
}
