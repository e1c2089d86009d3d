package zxcvbn

import (
	"bufio"
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"
)

// TestScoresEqualPythons compares with what Python zxcvbn 4.4.28 gave: per line password, score and log10 of the
// guesses. The port was written with testdata/golden.jsonl at hand; testdata/heldout.jsonl was generated after it.
func TestScoresEqualPythons(t *testing.T) {
	for _, name := range []string{"testdata/golden.jsonl", "testdata/heldout.jsonl"} {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		lines := bufio.NewScanner(f)
		for lines.Scan() {
			var password string
			var want int
			var log float64
			if err := json.Unmarshal(lines.Bytes(), &[]any{&password, &want, &log}); err != nil {
				t.Fatal(err)
			}
			if got := Score(password); got != want {
				t.Errorf("Score(%q) = %d, Python %d (10^%.2f guesses)", password, got, want, log)
			}
			if runes := []rune(password); len(runes) > 0 && len(runes) <= maxRunes {
				if got := math.Log10(loaded().guesses(runes)); math.Abs(got-log) > 1e-6 {
					t.Errorf("%q takes 10^%f guesses, Python 10^%f", password, got, log)
				}
			}
		}
		if err := lines.Err(); err != nil {
			t.Fatal(err)
		}
	}
}

// hostile are passwords that cost the most: long, of all signs that stand for emails, of repeats within repeats.
var hostile = []string{
	strings.Repeat("a", 10000),
	strings.Repeat("ab3$", 2500),
	strings.Repeat("4@8({[<369 1!|70$5+%2", 500),
	strings.Repeat("p4@8({[<369s1!|70$5+%2word", 2) + strings.Repeat("passw0rd1!4@8({[<369|7$5+%2", 400),
	strings.Repeat("19991231", 1000),
}

// The work for a password is bounded however long it is: counted by what is allocated, which no busy machine changes.
func TestScoreEndsSoon(t *testing.T) {
	Score("the tables are read")
	for _, password := range hostile {
		work := testing.AllocsPerRun(2, func() { Score(password) })
		start := string([]rune(password)[:maxRunes])
		if least := testing.AllocsPerRun(2, func() { Score(start) }); work > least+10 {
			t.Errorf("Score(%.40q…) allocates %.0f times, its first %d characters %.0f", password, work, maxRunes, least)
		}
		if work > 400_000 {
			t.Errorf("Score(%.40q…) allocates %.0f times", password, work)
		}
	}
}

func TestTablesAreDropped(t *testing.T) {
	before := Score("Plane@2026!")
	drop()
	if cache.tables != nil {
		t.Error("the tables stay")
	}
	if got := Score("Plane@2026!"); got != before {
		t.Errorf("%d after the tables were dropped, %d before", got, before)
	}
}

func FuzzScore(f *testing.F) {
	for _, s := range append([]string{"", "\xff", "P@ssw0rd1!", "密码密码", "İstanbul4"}, hostile...) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, password string) {
		if got := Score(password); got < 0 || got > 4 {
			t.Errorf("Score(%q) = %d", password, got)
		}
	})
}

func BenchmarkScore(b *testing.B) {
	for b.Loop() {
		Score("Plane@2026!")
	}
}

func BenchmarkHostile(b *testing.B) {
	for _, password := range hostile {
		b.Run(password[:8], func(b *testing.B) {
			for b.Loop() {
				Score(password)
			}
		})
	}
}
