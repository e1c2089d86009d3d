package richtext

import (
	"encoding/base64"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ErrBase64 says that a binary description is not base64. The texts of this and of the errors below are
// those that clients see, in the pages' description_binary. Plane: app/serializers/page.py
var ErrBase64 = errors.New("Failed to decode base64 data")

// What a decoded binary description may be refused for. Plane: utils/content_validator.py
var (
	ErrBinaryLarge      = errors.New("Invalid binary data: Binary data exceeds maximum size limit (10MB)")
	ErrBinaryShort      = errors.New("Invalid binary data: Binary data too short to be valid document format")
	ErrBinarySuspicious = errors.New("Invalid binary data: Binary data contains suspicious content patterns")
)

// Binary decodes a base64 document and checks that it can be one: 4 bytes to 10 MB that do not begin like a
// web page or script. "" is nil without an error.
func Binary(s string) ([]byte, error) {
	if s == "" {
		return nil, nil
	}
	data, err := base64.StdEncoding.DecodeString(base64Only(s))
	switch {
	case err != nil:
		return nil, ErrBase64
	case len(data) > MaxSize:
		return nil, ErrBinaryLarge
	case len(data) == 0:
		return data, nil
	case len(data) < 4:
		return nil, ErrBinaryShort
	case suspicious(data):
		return nil, ErrBinarySuspicious
	}
	return data, nil
}

// base64Only drops what is not of the alphabet, as Python's decoder does.
func base64Only(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '+', r == '/', r == '=':
			return r
		}
		return -1
	}, s)
}

func suspicious(data []byte) bool {
	// Only the first 200 characters count; bytes that are not UTF-8 are left out before counting.
	var start strings.Builder
	for count := 0; len(data) > 0 && count < 200; {
		r, size := utf8.DecodeRune(data)
		data = data[size:]
		if r == utf8.RuneError && size == 1 {
			continue
		}
		start.WriteRune(unicode.ToLower(r))
		count++
	}
	for _, p := range []string{"<html", "<!doctype", "<script", "javascript:", "data:", "<iframe"} {
		if strings.Contains(start.String(), p) {
			return true
		}
	}
	return false
}
