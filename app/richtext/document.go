package richtext

import (
	"bytes"
	"encoding/json"
)

// CleanDocument cleans every text of a JSON document, as some clients keep HTML in one. What can hold no markup stays
// byte for byte. The error is Clean's.
func CleanDocument(doc []byte) ([]byte, error) { return cleanDocument(doc, Clean) }

// CleanHarmful is CleanDocument for what was cleaned before, or is no HTML: it touches only the texts that are Harmful.
func CleanHarmful(doc []byte) ([]byte, error) {
	return cleanDocument(doc, func(s string) (string, error) {
		if !Harmful(s) {
			return s, nil
		}
		return CleanKept(s)
	})
}

func cleanDocument(doc []byte, clean func(string) (string, error)) ([]byte, error) {
	if !bytes.ContainsAny(doc, `<\`) {
		return doc, nil
	}
	var v any
	d := json.NewDecoder(bytes.NewReader(doc))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return nil, ErrInvalid
	}
	changed := false
	v, err := cleanValue(v, func(s string) (string, error) {
		t, err := clean(s)
		changed = changed || t != s
		return t, err
	})
	if err != nil || !changed {
		return doc, err
	}
	return encode(v)
}

func cleanValue(v any, clean func(string) (string, error)) (any, error) {
	var err error
	switch v := v.(type) {
	case string:
		return clean(v)
	case []any:
		for i := range v {
			if v[i], err = cleanValue(v[i], clean); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		for k := range v {
			if v[k], err = cleanValue(v[k], clean); err != nil {
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
