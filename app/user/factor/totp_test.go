package factor_test

import (
	"encoding/base32"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/sailplane/sailplane/app/user/factor"
)

// The examples of RFC 6238, appendix B, for SHA-1; the last six digits of its eight.
func TestCodesAreThoseOfTheRFC(t *testing.T) {
	secret := base32.StdEncoding.EncodeToString([]byte("12345678901234567890"))
	for at, want := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924",
		2000000000: "279037", 20000000000: "353130"} {
		if got := factor.Code(secret, factor.Step(time.Unix(at, 0))); got != want {
			t.Errorf("at %d: %s, want %s", at, got, want)
		}
	}
}

// What oathtool makes of a secret of ours is what is taken.
func TestCodesAreThoseOfOathtool(t *testing.T) {
	tool, err := exec.LookPath("oathtool")
	if err != nil {
		t.Skip("no oathtool here")
	}
	for range 20 {
		secret, now := factor.NewSecret(), time.Now()
		out, err := exec.Command(tool, "--totp", "-b", "--now", now.UTC().Format("2006-01-02 15:04:05 UTC"), secret).Output()
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := factor.Match(secret, strings.TrimSpace(string(out)), now); !ok {
			t.Errorf("%s of %s is refused", out, secret)
		}
	}
}

func TestClocksMayDifferByOneStep(t *testing.T) {
	secret, now := factor.NewSecret(), time.Unix(1_700_000_000, 0)
	for off := int64(-3); off <= 3; off++ {
		step, ok := factor.Match(secret, factor.Code(secret, factor.Step(now)+off), now)
		if want := -1 <= off && off <= 1; ok != want || ok && step != factor.Step(now)+off {
			t.Errorf("a code %d steps off: %v, of step %d", off, ok, step-factor.Step(now))
		}
	}
	for _, code := range []string{"", "000", "abcdef", "1234567"} {
		if _, ok := factor.Match("", code, now); ok {
			t.Errorf("%q is a code of no secret", code)
		}
	}
}

func TestAddressesForAuthenticators(t *testing.T) {
	got := factor.URI("ABC", "track.example.org", "ann+work@example.org")
	if want := "otpauth://totp/track.example.org:ann+work@example.org?secret=ABC&issuer=track.example.org"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestRecoveryCodesHoweverTheyAreTyped(t *testing.T) {
	if got := factor.Plain(" ABCD-efgh ijkl-mnop\t"); got != "abcdefgh1jk1mn0p" {
		t.Errorf("%q", got)
	}
	if factor.IsCode("12345") || factor.IsCode("12345a") || !factor.IsCode("012345") {
		t.Error("what is a code is not told from what is none")
	}
}
