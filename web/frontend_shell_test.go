package web

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// Nothing that a build or a board says gets out of where it stands on the page.
func TestShellHoldsWhatItIsTold(t *testing.T) {
	const bad = "</script><script>alert(1)</script><!--\u2028\u2029"
	s := &shell{data: shellData{Icon: "javascript:alert(1)", Styles: []string{"data:text/css,x"}, Preloads: []string{bad},
		Manifest: map[string]any{bad: bad}, Roots: []string{bad}, Entry: bad, Context: routerContext{Basename: bad}}}
	page, err := s.page(preview{Board: true, Title: bad + `"'`, Description: `"><script>`, Image: bad})
	if err != nil {
		t.Fatal(err)
	}
	root, err := html.Parse(strings.NewReader(string(page)))
	if err != nil {
		t.Fatal(err)
	}
	scripts := 0
	for n := range root.Descendants() {
		if n.Type == html.CommentNode {
			t.Errorf("a comment: %s", n.Data)
		}
		if n.Data == "script" && n.Type == html.ElementNode {
			if scripts++; strings.ContainsAny(n.FirstChild.Data, "<\u2028\u2029") {
				t.Errorf("a script: %s", n.FirstChild.Data)
			}
		}
		for _, a := range n.Attr {
			if a.Key == "href" && (strings.HasPrefix(a.Val, "javascript:") || strings.HasPrefix(a.Val, "data:")) {
				t.Errorf("a link to %s", a.Val)
			}
			if a.Key == "content" && n.Attr[0].Val == "og:title" && a.Val != bad+`"'` {
				t.Errorf("the title is %q", a.Val)
			}
		}
	}
	if scripts != 2 {
		t.Errorf("%d scripts:\n%s", scripts, page)
	}
}
