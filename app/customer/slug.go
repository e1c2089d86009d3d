package customer

import (
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"
)

var (
	noWord = regexp.MustCompile(`[^a-z0-9_\s-]`)
	gaps   = regexp.MustCompile(`[-\s]+`)
)

// slug is a name for programs: what people call it in small letters without accents, with - for gaps. What has no such
// letters keeps its own.
func slug(text string) string {
	word := noWord.ReplaceAllString(strings.ToLower(norm.NFKD.String(text)), "")
	word = strings.Trim(gaps.ReplaceAllString(word, "-"), "-_")
	if word == "" {
		return text
	}
	return word
}
