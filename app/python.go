package app

import (
	"bytes"
	"encoding/json"
	"strings"
)

// PythonText writes a JSON document as Python shows it: some of the reference's texts quote what was sent that way.
func PythonText(doc []byte) string {
	dec := json.NewDecoder(bytes.NewReader(doc))
	dec.UseNumber()
	var b strings.Builder
	pythonValue(&b, dec)
	return b.String()
}

func pythonValue(b *strings.Builder, dec *json.Decoder) {
	token, err := dec.Token()
	if err != nil {
		return
	}
	switch v := token.(type) {
	case json.Delim:
		pythonItems(b, dec, v)
	case string:
		b.WriteString(pythonQuote(v))
	case json.Number:
		b.WriteString(v.String())
	case bool:
		b.WriteString(map[bool]string{true: "True", false: "False"}[v])
	case nil:
		b.WriteString("None")
	}
}

func pythonItems(b *strings.Builder, dec *json.Decoder, open json.Delim) {
	b.WriteString(open.String())
	for n := 0; dec.More(); n++ {
		if n > 0 {
			b.WriteString(", ")
		}
		if open == '{' {
			pythonValue(b, dec)
			b.WriteString(": ")
		}
		pythonValue(b, dec)
	}
	end, _ := dec.Token()
	if d, ok := end.(json.Delim); ok {
		b.WriteString(d.String())
	}
}

func pythonQuote(s string) string {
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		return `"` + strings.ReplaceAll(s, `\`, `\\`) + `"`
	}
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(s) + "'"
}
