package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

const (
	mostColumns = 120
	mostLines   = 400
)

// What is data may be wider than a line of code: SQL, texts, rows of the route tables, commands in comments.
var (
	longText = regexp.MustCompile("\"(?:[^\"\\\\]|\\\\.){25,}\"|`")
	tableRow = regexp.MustCompile(`^\s*web\.[A-Z]\w*\("[A-Z]+", |^\s*//\t`)
)

// Files and lines stay short. Functions do too, which the linter holds.
func TestFilesAndLinesAreShort(t *testing.T) {
	walk(t, func(path string, source []byte) {
		lines := strings.Split(strings.TrimSuffix(string(source), "\n"), "\n")
		if len(lines) > mostLines {
			t.Errorf("%s has %d lines, more than %d", path, len(lines), mostLines)
		}
		raw := false // within a text of several lines
		for n, line := range lines {
			inside := raw
			if strings.Count(line, "`")%2 == 1 {
				raw = !raw
			}
			width, data := utf8.RuneCountInString(line), longText.MatchString(line) || tableRow.MatchString(line)
			if width > mostColumns && !inside && !data {
				t.Errorf("%s:%d has %d columns, more than %d", path, n+1, width, mostColumns)
			}
		}
	})
}

// Comments say "returns" of what a function returns, and "they" of somebody; a server answers.
var oldWords = regexp.MustCompile(`//.*(\b[a-zA-Z]\w* answers (the|a|an|whether|how|what|all|nil|it)\b|\b(he|his|him|himself|she|her)\b)`)

func TestCommentsUsePlainWords(t *testing.T) {
	answering := regexp.MustCompile(`(reference|server|host|receiver|database|link|request|nothing|nobody|provider|who) answers`)
	walk(t, func(path string, source []byte) {
		for n, line := range strings.Split(string(source), "\n") {
			if oldWords.MatchString(line) && !answering.MatchString(line) && !strings.HasSuffix(path, "layout_test.go") {
				t.Errorf("%s:%d: %s", path, n+1, strings.TrimSpace(line))
			}
		}
	})
}

// walk visits every file of Go of the module.
func walk(t *testing.T, visit func(path string, source []byte)) {
	t.Helper()
	err := filepath.WalkDir("..", func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		source, err := os.ReadFile(path)
		if err == nil {
			visit(path, source)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
