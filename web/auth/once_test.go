package auth_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"context"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// atOnce lets browsers, each with its token, do the same at the same moment, and returns what each was told.
func atOnce(t *testing.T, s *webtest.Server, n int, do func(b *browser) string) []string {
	t.Helper()
	said := make([]string, n)
	browsers := make([]*browser, n)
	for i := range browsers {
		browsers[i] = newBrowser(t, s)
		browsers[i].token()
	}
	s.App.DB.Observe(func(context.Context, string, []any) { time.Sleep(rand.N(2 * time.Millisecond)) })
	defer s.App.DB.Observe(nil)
	var all sync.WaitGroup
	for i, b := range browsers {
		all.Go(func() { said[i] = do(b) })
	}
	all.Wait()
	slices.Sort(said)
	return said
}

func fault(to string) string {
	if _, name, ok := strings.Cut(to, "error_message="); ok {
		name, _, _ = strings.Cut(name, "&")
		return name
	}
	return "in"
}

// An address becomes one account, and a code opens one door, however often both are tried at once.
func TestAccountsAtOnce(t *testing.T) {
	setUp(t, func(t *testing.T, s *webtest.Server) {
		got := atOnce(t, s, 3, func(b *browser) string {
			return fault(b.post("/auth/sign-up/", "email", "once@sailplane.test", "password", strong))
		})
		if want := []string{"USER_ALREADY_EXIST", "USER_ALREADY_EXIST", "in"}; !slices.Equal(got, want) {
			t.Errorf("three sign-ups: %q, want %q", got, want)
		}
		const email, purpose, code = "once@sailplane.test", "sign-in once@sailplane.test", "123456"
		configure(t, s, map[string]string{"EMAIL_HOST": "mail.test", "ENABLE_MAGIC_LINK_LOGIN": "1"})
		write(t, s, func(tx *store.Tx) error {
			_, err := store.SaveCode(tx,
				&store.Code{Purpose: purpose, Hash: app.HashKey(purpose + code), ExpiresAt: tx.Now.Add(time.Minute)},
				store.CodeLimits{Sends: 4, Misses: 10})
			return err
		})
		got = atOnce(t, s, 3, func(b *browser) string {
			return fault(b.post("/auth/magic-sign-in/", "email", email, "code", code))
		})
		in := 0
		for _, said := range got {
			if said == "in" {
				in++
			}
		}
		if in != 1 {
			t.Errorf("one code, tried three times at once: %q", got)
		}
	})
}

// The set-up makes one administrator; noting that its page was seen never fails.
func TestTheInstallationAtOnce(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		got := atOnce(t, s, 3, func(b *browser) string {
			return fmt.Sprint(b.do("POST", "/api/instances/admins/sign-up-screen-visited/", nil).StatusCode)
		})
		if want := []string{"204", "204", "204"}; !slices.Equal(got, want) {
			t.Errorf("the page was seen: %q", got)
		}
		n := 0
		var mu sync.Mutex
		got = atOnce(t, s, 3, func(b *browser) string {
			mu.Lock()
			n++
			email := fmt.Sprintf("admin-%d@sailplane.test", n)
			mu.Unlock()
			return fault(b.post("/api/instances/admins/sign-up/", "email", email, "password", strong, "first_name", "A",
				"company_name", "C"))
		})
		admins, err := store.InstanceAdmins.Count(s.App.DB.Read(t.Context()), dbx.HashExp{})
		if want := []string{"ADMIN_ALREADY_EXIST", "ADMIN_ALREADY_EXIST", "in"}; err != nil || !slices.Equal(got, want) ||
			admins != 1 {
			t.Errorf("three set up the installation: %q, %d administrators (%v)", got, admins, err)
		}
	})
}
