package embed

import (
	"embed"
	"fmt"
	"regexp"
	"strings"
)

// Texts are words for people by their keys.
type Texts map[string]string

// ReadTexts reads a file of Texts: "key: text", a line each; a line that begins with # is a comment. It is compiled in,
// so a fault in it is the program's.
func ReadTexts(from embed.FS, file string) Texts {
	raw, err := from.ReadFile(file)
	if err != nil {
		panic("texts: " + err.Error())
	}
	all := Texts{}
	for line := range strings.Lines(string(raw)) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, value, ok := strings.Cut(line, ": ")
		if _, twice := all[key]; !ok || twice {
			panic("texts: " + file + ": " + line)
		}
		all[key] = value
	}
	return all
}

// Say is a text; %s and %d in it are filled in. A key without a text is shown as it is; tests hold that there is none.
func (t Texts) Say(key string, values ...any) string {
	text, ok := t[key]
	if !ok {
		return key
	}
	if len(values) > 0 {
		text = fmt.Sprintf(text, values...)
	}
	return text
}

// hole is where a text is filled in: ${name}.
var hole = regexp.MustCompile(`\$\{[a-z]+\}`)

// Fill fills the holes of a text, such as ${name}, with what is told. What is filled in is not looked through again. A
// hole of which nothing is told is an error: a letter with a word missing is worse than none.
func Fill(text string, told map[string]string) (string, error) {
	missing := ""
	filled := hole.ReplaceAllStringFunc(text, func(found string) string {
		name := found[2 : len(found)-1]
		value, ok := told[name]
		if !ok {
			missing = name
		}
		return value
	})
	if missing != "" {
		return "", fmt.Errorf("nothing is told of %q", missing)
	}
	return filled, nil
}
