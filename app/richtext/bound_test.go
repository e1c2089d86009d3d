package richtext

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

func many(n int, one func(i int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(one(i))
	}
	return b.String()
}

func TestCleanIsBounded(t *testing.T) {
	bold := many(400, func(i int) string { return fmt.Sprintf("<b id=%d>", i) })
	for name, tc := range map[string]struct {
		html string
		want error
	}{
		"a book": {many(40_000,
			func(i int) string { return fmt.Sprintf("<p class=\"x\">Line <strong>%d</strong></p>", i) }), nil},
		"a table": {"<table><tbody>" + many(5000,
			func(int) string { return "<tr><td><p>a</p></td><td><p><em>b</em></p></td></tr>" }) + "</tbody></table>", nil},
		"one large text": {"<p>" + strings.Repeat("word ", 2_000_000) + "</p>", nil},
		"unclosed lists": {"<ul>" + many(10_000,
			func(i int) string { return fmt.Sprintf("<li><a href=\"/%d\">one</a>", i) }) + "</ul>", nil},
		"sloppy marks": {many(10_000, func(int) string { return "<p><b>bold</p>" }), nil},
		"elements":     {strings.Repeat("<p>x</p>", 1_200_000), ErrElements},
		"attributes":   {"<p " + many(1_000_000, func(i int) string { return fmt.Sprintf("a%d ", i) }) + ">", ErrTangled},
		"opened again": {"<p>" + bold + "</p>" + strings.Repeat("<p>x", 10_000), ErrTangled},
		"closed in cells": {"<p>" + bold + "<table><td>" + strings.Repeat("</b>", 400) + "</table></p>" +
			strings.Repeat("<p>x", 10_000), ErrTangled},
		"a small one": {"<p>" + bold + "</p>" + strings.Repeat("<p>x", 400), ErrTangled},
		"size":        {strings.Repeat("x", MaxSize+1), ErrTooLarge},
	} {
		if err := Bound(tc.html); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v, want %v", name, err, tc.want)
		}
		if tc.want != nil && !Excessive(tc.want) {
			t.Errorf("%s is not excessive", name)
		}
	}
}

// What is kept already and would be too much today keeps its words.
func TestKeptTextLosesNoWords(t *testing.T) {
	got, err := CleanKept(strings.Repeat("<p onclick=x>word &amp; </p>", MaxElements+1))
	if err != nil || strings.Count(got, "word &amp;") != MaxElements+1 || strings.Contains(got, "onclick") {
		t.Errorf("%.100q, %v", got, err)
	}
}

// FuzzBound holds that no HTML which is let through becomes more than it was measured for.
func FuzzBound(f *testing.F) {
	f.Add("<p><b id=1><b id=2><table><td></b></b></table></p>", "<p>x")
	f.Add("<table><b><tr><td><object></td>", "</b><i a=1>x")
	f.Add("<svg><b><foreignObject><font color=1>", "</svg><a href=x><nobr>")
	f.Fuzz(func(t *testing.T, s, again string) {
		if s += strings.Repeat(again, 200); len(s) > 1<<16 || Bound(s) != nil {
			return
		}
		nodes, err := html.ParseFragment(strings.NewReader(s),
			&html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
		if err != nil {
			return
		}
		count := 0
		for _, root := range nodes {
			count++
			for range root.Descendants() {
				count++
			}
		}
		if most := 2 * (4000 + len(s)); count > most {
			t.Fatalf("%d nodes of %d bytes: %.200q", count, len(s), s)
		}
	})
}
