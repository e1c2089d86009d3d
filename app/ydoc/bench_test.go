package ydoc_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/app/ydoc"
)

// paragraphs returns a content of so many letters, in paragraphs of some 300.
func paragraphs(letters int) []ydoc.Node {
	const sentence = "The quick brown fox jumps over the lazy dog. "
	var nodes []ydoc.Node
	for ; letters > 0; letters -= 300 {
		text := strings.Repeat(sentence, 7)[:300]
		nodes = append(nodes, ydoc.Node{Name: "paragraph", Children: []ydoc.Node{{Text: []ydoc.Run{{Text: text}}}}})
	}
	return nodes
}

// typed returns updates of one letter each: a client writes into the middle of a document, in runs at random places.
func typed(b *testing.B, d *ydoc.Doc, updates int) [][]byte {
	b.Helper()
	client := ydoc.New()
	if err := client.Apply(diff(b, d, nil)); err != nil {
		b.Fatal(err)
	}
	random, all := rand.New(rand.NewPCG(1, 2)), [][]byte{}
	content := client.Content("default")
	at, from := 0, 0
	for i := range updates {
		if i%20 == 0 {
			at = random.IntN(len(content))
			from = random.IntN(len(content[at].Children[0].Text[0].Text))
		}
		run := &content[at].Children[0].Text[0]
		run.Text = run.Text[:from] + "x" + run.Text[from:]
		from++
		u, err := client.Replace("default", content, 77)
		if err != nil {
			b.Fatal(err)
		}
		all = append(all, u)
	}
	return all
}

// One letter into a document of so many letters, in paragraphs and in one single text.
func BenchmarkLetter(b *testing.B) {
	one := []ydoc.Node{paragraph(ydoc.Run{Text: strings.Repeat("é", 30_000)})}
	for name, content := range map[string][]ydoc.Node{
		"3000": paragraphs(3000), "30000": paragraphs(30_000), "300000": paragraphs(300_000), "30000_in_one": one,
	} {
		b.Run(name, func(b *testing.B) {
			d := ydoc.New()
			if _, err := d.Replace("default", content, 1); err != nil {
				b.Fatal(err)
			}
			start := diff(b, d, nil)
			updates := typed(b, d, 500)
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				if i == len(updates) {
					b.StopTimer()
					i, d = 0, ydoc.New()
					if err := d.Apply(start); err != nil {
						b.Fatal(err)
					}
					b.StartTimer()
				}
				if err := d.Apply(updates[i]); err != nil {
					b.Fatal(err)
				}
				i++
			}
		})
	}
}
