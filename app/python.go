package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"
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

// PythonJSON writes a value as JSON the way Python does: with blanks after commas and colons, and nothing but ASCII.
func PythonJSON(v any) (string, error) {
	var doc bytes.Buffer
	enc := json.NewEncoder(&doc)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "", err
	}
	var b strings.Builder
	text, escaped := false, false
	for _, r := range strings.TrimSuffix(doc.String(), "\n") {
		switch {
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		case r > 0x7e:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
		if !text && (r == ',' || r == ':') {
			b.WriteByte(' ')
		}
		if r == '"' && !escaped {
			text = !text
		}
		escaped = text && r == '\\' && !escaped
	}
	return b.String(), nil
}
