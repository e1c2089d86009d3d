// Package password hashes and verifies passwords in Django's encodings, so that rows written by the reference sign in
// unchanged.
package password

import (
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"runtime"
)

// current are the parameters of new hashes: OWASP's smallest memory for argon2id, so that a sign-in costs 19 MiB and
// not Django's 100.
var current = argon{memory: 19456, time: 2, threads: 1}

// Quick makes new hashes cost next to nothing, and as little as a hash may. It is for tests, which sign up hundreds of
// people; a program of ours never calls it, and a test holds that.
func Quick() { current = argon{memory: 64, time: 1, threads: 1} }

// saltLen and keyLen are the bytes of salt and key in new hashes.
const (
	saltLen = 16
	keyLen  = 32
)

// turn admits as many hashings at once as there are processors: more would only add memory, not speed.
var turn = make(chan struct{}, runtime.NumCPU())

// Hash encodes a password with a fresh salt as argon2$argon2id$v=19$m=…,t=…,p=…$salt$key. It fails only if the system
// has no randomness.
func Hash(plain string) (string, error) {
	a := current
	a.salt = make([]byte, saltLen)
	if _, err := rand.Read(a.salt); err != nil {
		return "", fmt.Errorf("make a salt: %w", err)
	}
	a.key = derive(a, plain, keyLen)
	return a.encode(), nil
}

// Verify tells whether plain is the password that encoded was made from, and whether that hash is stale: no longer what
// Hash would make, so to be replaced now that the plain text is at hand. Nothing matches an encoded text that is empty,
// unusable ("!…"), unknown or unreasonably expensive, yet refusing it takes as long as refusing a wrong password: the
// time does not tell who has an account.
func Verify(encoded, plain string) (ok, stale bool) {
	s, err := decode(encoded)
	if err != nil {
		a := current
		a.salt = make([]byte, saltLen)
		derive(a, plain, keyLen)
		return false, false
	}
	want := s.want()
	if subtle.ConstantTimeCompare(derive(s, plain, len(want)), want) != 1 {
		return false, false
	}
	a, isArgon := s.(argon)
	return true, !isArgon || !a.sameCost(current) || len(a.salt) < saltLen || len(a.key) < keyLen
}

// scheme is one way to stretch a password.
type scheme interface {
	// stretch makes size bytes from the password.
	stretch(plain string, size int) []byte
	// want is the key that the right password stretches to.
	want() []byte
}

// derive stretches a password when its turn comes.
func derive(s scheme, plain string, size int) []byte {
	turn <- struct{}{}
	defer func() { <-turn }()
	return s.stretch(plain, size)
}
