package password

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
)

// What a stored hash may cost at most. Django's own defaults lie well below; an imported row beyond them would stall
// the server.
const (
	maxMemory     = 256 << 10 // KiB
	maxTime       = 10
	maxThreads    = 16
	maxIterations = 3_000_000
	maxEncoded    = 512 // bytes of text
)

// errUnknown is what decode says of a text that no password can match.
var errUnknown = errors.New("not a usable password hash")

// decode reads a hash in one of Django's encodings: argon2$argon2id$… or pbkdf2_sha256$….
func decode(encoded string) (scheme, error) {
	if len(encoded) > maxEncoded {
		return nil, errUnknown
	}
	switch name, rest, _ := strings.Cut(encoded, "$"); name {
	case "argon2":
		return decodeArgon(rest)
	case "pbkdf2_sha256":
		return decodePBKDF2(rest)
	default:
		return nil, errUnknown
	}
}

// argon is argon2id with its cost; memory is in KiB.
type argon struct {
	memory, time uint32
	threads      uint8
	salt, key    []byte
}

// decodeArgon reads what follows "argon2$": the PHC string format, base64 without padding.
func decodeArgon(rest string) (scheme, error) {
	part := strings.Split(rest, "$")
	if len(part) != 5 || part[0] != "argon2id" || part[1] != "v="+strconv.Itoa(argon2.Version) {
		return nil, errUnknown
	}
	var cost [3]uint64
	fields := strings.Split(part[2], ",")
	if len(fields) != len(cost) {
		return nil, errUnknown
	}
	for i, name := range []string{"m=", "t=", "p="} {
		digits, ok := strings.CutPrefix(fields[i], name)
		n, err := strconv.ParseUint(digits, 10, 32)
		if !ok || err != nil {
			return nil, errUnknown
		}
		cost[i] = n
	}
	memory, time, threads := cost[0], cost[1], cost[2]
	if threads < 1 || threads > maxThreads || time < 1 || time > maxTime || memory < 8*threads || memory > maxMemory {
		return nil, errUnknown
	}
	salt, errSalt := base64.RawStdEncoding.DecodeString(part[3])
	key, errKey := base64.RawStdEncoding.DecodeString(part[4])
	if errSalt != nil || errKey != nil || len(salt) < 8 || len(key) < 16 {
		return nil, errUnknown
	}
	return argon{memory: uint32(memory), time: uint32(time), threads: uint8(threads), salt: salt, key: key}, nil
}

func (a argon) encode() string {
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("argon2$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, a.memory, a.time, a.threads, b64(a.salt), b64(a.key))
}

func (a argon) stretch(plain string, size int) []byte {
	return argon2.IDKey([]byte(plain), a.salt, a.time, a.memory, a.threads, uint32(size))
}

func (a argon) want() []byte { return a.key }

func (a argon) sameCost(b argon) bool {
	return a.memory == b.memory && a.time == b.time && a.threads == b.threads
}

// rounds is pbkdf2 over HMAC-SHA-256, what the reference writes.
type rounds struct {
	iterations int
	salt       string
	key        []byte
}

// decodePBKDF2 reads what follows "pbkdf2_sha256$": the salt is plain text, the key base64 with padding.
func decodePBKDF2(rest string) (scheme, error) {
	part := strings.Split(rest, "$")
	if len(part) != 3 || part[1] == "" {
		return nil, errUnknown
	}
	n, errCount := strconv.Atoi(part[0])
	key, errKey := base64.StdEncoding.DecodeString(part[2])
	if errCount != nil || errKey != nil || n < 1 || n > maxIterations || len(key) != sha256.Size {
		return nil, errUnknown
	}
	return rounds{iterations: n, salt: part[1], key: key}, nil
}

func (r rounds) stretch(plain string, size int) []byte {
	key, err := pbkdf2.Key(sha256.New, plain, []byte(r.salt), r.iterations, size)
	if err != nil { // only under FIPS rules, which refuse short salts: then nothing matches
		return nil
	}
	return key
}

func (r rounds) want() []byte { return r.key }
