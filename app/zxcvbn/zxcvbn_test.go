package zxcvbn

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// otherwise are the samples that we are known to score otherwise than Python, whose dates and years may have digits of any script.
var otherwise = map[string]int{"19٩٩": 1, "20٠1-01-02": 2}

// TestScoresEqualPythons compares with testdata/golden.jsonl: password, score and log10 of the guesses by Python zxcvbn 4.4.28.
func TestScoresEqualPythons(t *testing.T) {
	f, err := os.Open("testdata/golden.jsonl")
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
		if known, ok := otherwise[password]; ok {
			if (known >= Strong) != (want >= Strong) {
				t.Errorf("Python's %d for %q is on the other side of the gate", want, password)
			}
			want = known
		}
		if got := Score(password); got != want {
			t.Errorf("Score(%q) = %d, Python %d (10^%.2f guesses)", password, got, want, log)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}

func FuzzScore(f *testing.F) {
	for _, s := range []string{"", "\xff", "P@ssw0rd1!", "密码密码", strings.Repeat("ab3$", 2500)} {
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
