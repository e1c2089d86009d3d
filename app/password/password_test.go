package password

import (
	"strings"
	"testing"
)

// Made with Django 4.2.30 and argon2-cffi 25.1.0.
const (
	django600k  = "pbkdf2_sha256$600000$5teJAkuw8bow2rUdXUdTFX$i5q6v3Vlzr5P/ejAdu3Ln+y41MT+ErswXtuWLnlbkhE="
	djangoShort = "pbkdf2_sha256$1000$abcSALT$W3bvHaU6gVxoiA7Vd709OR4+HG5gerT5dUtKNINLgik="
	djangoArgon = "argon2$argon2id$v=19$m=102400,t=2,p=8$TWk1b0RVSkM0Uk92cXNNYU5ybTZWcw$H5TGzLpnBakVx8k6JSMoIfEro0I71uWp6EK7l7YOpkA"
	djangoOwn   = "argon2$argon2id$v=19$m=19456,t=2,p=1$c2l4dGVlbmJ5dGVzYWx0IQ$v1jcTHgi+GvfSHLCnx8x7+QpnDZ7XvK8361JUf38ttA"
	unusable    = "!31MjXp0R8gZX1Ge85qkeWyELB1FSD6EZVygR9Mxb"
)

func TestVerify(t *testing.T) {
	for _, c := range []struct {
		name, encoded, plain string
		ok, stale            bool
	}{
		{"Django's default", django600k, "correct horse", true, true},
		{"few iterations, not ASCII", djangoShort, "pässwörd ☃", true, true},
		{"Django's argon2", djangoArgon, "correct horse", true, true},
		{"our own cost", djangoOwn, "correct horse", true, false},
		{"wrong, pbkdf2", djangoShort, "correct horse", false, false},
		{"wrong, argon2", djangoOwn, "Correct horse", false, false},
		{"no account", "", "", false, false},
		{"unusable", unusable, unusable, false, false},
		{"unknown scheme", "md5$salt$hash", "hash", false, false},
		{"too much memory", strings.Replace(djangoOwn, "m=19456", "m=4194304", 1), "correct horse", false, false},
		{"too much time", strings.Replace(djangoOwn, "t=2", "t=4000000", 1), "correct horse", false, false},
		{"no threads", strings.Replace(djangoOwn, "p=1", "p=0", 1), "correct horse", false, false},
		{"too many iterations", strings.Replace(djangoShort, "1000", "2000000000", 1), "pässwörd ☃", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			ok, stale := Verify(c.encoded, c.plain)
			if ok != c.ok || stale != c.stale {
				t.Errorf("Verify = %t, stale %t; want %t, %t", ok, stale, c.ok, c.stale)
			}
		})
	}
}

func TestHashVerifies(t *testing.T) {
	one, err := Hash("s3cret")
	if err != nil {
		t.Fatal(err)
	}
	if ok, stale := Verify(one, "s3cret"); !ok || stale {
		t.Errorf("Verify of a fresh hash = %t, stale %t", ok, stale)
	}
	if two, _ := Hash("s3cret"); one == two {
		t.Error("two hashes of one password share a salt")
	}
}

// FuzzDecode: no text panics, and what decodes stays within the bounds of cost.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{"", django600k, djangoShort, djangoArgon, djangoOwn, unusable} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, encoded string) {
		s, err := decode(encoded)
		if err != nil {
			return
		}
		switch s := s.(type) {
		case argon:
			if s.memory > maxMemory || s.memory < 8*uint32(s.threads) || s.time < 1 || s.time > maxTime ||
				s.threads > maxThreads {
				t.Errorf("%q decodes to an unreasonable cost", encoded)
			}
		case rounds:
			if s.iterations < 1 || s.iterations > maxIterations {
				t.Errorf("%q decodes to an unreasonable cost", encoded)
			}
		}
	})
}
