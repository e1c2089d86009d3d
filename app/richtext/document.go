package richtext

import (
	"bytes"
	"encoding/json"
)

// CleanDocument cleans every text of a JSON document, as some clients keep HTML in one. What can hold no markup stays byte
// for byte. The error is Clean's.
func CleanDocument(doc []byte) ([]byte, error) {
	if !bytes.ContainsAny(doc, `<\`) {
		return doc, nil
	}
	var v any
	d := json.NewDecoder(bytes.NewReader(doc))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return nil, ErrInvalid
	}
	v, err := cleanValue(v)
	if err != nil {
		return nil, err
	}
	return encode(v)
}

func cleanValue(v any) (any, error) {
	var err error
	switch v := v.(type) {
	case string:
		return Clean(v)
	case []any:
		for i := range v {
			if v[i], err = cleanValue(v[i]); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		for k := range v {
			if v[k], err = cleanValue(v[k]); err != nil {
				return nil, err
			}
		}
	}
	return v, nil
}

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}
