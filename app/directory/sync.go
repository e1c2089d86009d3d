package directory

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/grant"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/store"
)

const (
	perPage     = 100 // entries that the directory is asked for at a time (RFC 2696)
	syncPeople  = 100_000
	syncAtLeast = 5 // people who may be shut out at once, however many others there are
)

// Outcome is what came of looking whether those whom the directory has let in are still there.
type Outcome struct {
	People  int      `json:"people"`             // who are connected with an entry
	ShutOut []string `json:"shut_out,omitempty"` // their addresses
	LetIn   []string `json:"let_in,omitempty"`
	Stay    []string `json:"stay,omitempty"` // who would be shut out, but administers the installation
}

// ErrTooMany refuses to shut out more than half of the people at once: a filter, a base or a right of the directory's
// has changed, most likely.
var ErrTooMany = errors.New("more than half of the people are gone from the directory, or disabled there: nobody was shut out. " +
	"See whether sign_in.ldap finds people (sailplane ldap check); if that is so: sailplane ldap sync --force")

// Sync is Shut for the clock.
func Sync(ctx context.Context, a *app.App) error {
	d, err := Of(ctx, a)
	if err != nil || d == nil || !d.LDAPConfig.Sync {
		return err
	}
	out, err := d.Shut(ctx, false, false)
	if len(out.ShutOut)+len(out.LetIn)+len(out.Stay) > 0 {
		a.Log.Info("the directory was asked who is still there", "people", out.People, "shut_out", len(out.ShutOut),
			"let_in", len(out.LetIn), "administrators_left", len(out.Stay))
	}
	return err
}

// Shut shuts out who is gone from the directory or disabled there, and lets those in again who are back. try: it only
// says who that would be. force: however many they are. As long as the directory has not answered all questions,
// nothing happens.
func (d *Directory) Shut(ctx context.Context, try, force bool) (out Outcome, err error) {
	rows, err := d.connected(ctx)
	if err != nil || len(rows) == 0 {
		return out, err
	}
	out.People = len(rows)
	there, err := d.present(ctx, rows)
	if err != nil {
		return out, err
	}
	var gone, back []fate
	for start := 0; start < len(rows); start += perPage {
		part := rows[start:min(start+perPage, len(rows))]
		people, err := store.Users.ByID(d.app.DB.Read(ctx), owners(part))
		if err != nil {
			return out, err
		}
		for i := range part {
			u := people[part[i].UserID]
			switch f := (fate{&part[i], u}); {
			case u == nil:
			case there[part[i].ProviderAccountID] && shutOf(f.row).Since != "":
				back = append(back, f)
			case !there[part[i].ProviderAccountID] && u.MaskedAt == nil && shutOf(f.row).Since == "":
				gone = append(gone, f)
			}
		}
	}
	if len(gone) > syncAtLeast && 2*len(gone) > len(rows) && !force {
		return out, ErrTooMany
	}
	return d.settle(ctx, &out, gone, back, try)
}

// fate is a person who is connected with an entry.
type fate struct {
	row *store.Account
	u   *store.User
}

func (f fate) address() string {
	if f.u.Email == nil {
		return f.u.ID
	}
	return *f.u.Email
}

func owners(rows []store.Account) []string {
	ids := make([]string, len(rows))
	for i := range rows {
		ids[i] = rows[i].UserID
	}
	return ids
}

// settle does what was found to be done.
func (d *Directory) settle(ctx context.Context, out *Outcome, gone, back []fate, try bool) (Outcome, error) {
	for _, f := range back {
		if shutOf(f.row).is(f.u) {
			out.LetIn = append(out.LetIn, f.address())
		}
		if try {
			continue
		}
		if err := reopen(ctx, d.app, f.row); err != nil {
			return *out, err
		}
	}
	for _, f := range gone {
		stays, err := d.shutOut(ctx, f, try)
		if err != nil {
			return *out, err
		}
		if stays {
			out.Stay = append(out.Stay, f.address())
			continue
		}
		out.ShutOut = append(out.ShutOut, f.address())
	}
	return *out, nil
}

// shutOut closes an account and ends its sessions; memberships and keys stay, and are of no use until it is opened
// again. What the directory's groups made of somebody in the installation ends before. stays: they administer it all
// the same.
func (d *Directory) shutOut(ctx context.Context, f fate, try bool) (stays bool, err error) {
	err = d.app.DB.Write(ctx, "", func(t *store.Tx) error {
		u, err := store.Users.Find(t, f.row.UserID)
		if errors.Is(err, store.ErrNotFound) || err == nil && u.MaskedAt != nil {
			return nil
		}
		if err != nil {
			return err
		}
		if stays, err = administers(t, u, try); err != nil || stays || try {
			return err
		}
		u.MaskedAt, u.IsActive, u.LastLogoutTime = &t.Now, false, &t.Now
		if err := store.Users.Update(t, u, "masked_at", "is_active", "last_logout_time"); err != nil {
			return err
		}
		since := store.Stamped(t.Now).Format(time.RFC3339Nano)
		row := *f.row
		row.Metadata = store.JSON(fmt.Sprintf(`{"shut_out_since": %q}`, since))
		if err := store.Accounts.Update(t, &row, "metadata"); err != nil {
			return err
		}
		return store.EndSessions(t, u.ID, "")
	})
	if err != nil {
		return false, fmt.Errorf("shut somebody out who is gone from the directory: %w", err)
	}
	return stays, nil
}

func administers(t *store.Tx, u *store.User, try bool) (bool, error) {
	if !try {
		if err := grant.EndAdministration(t, u, provider); err != nil {
			return false, err
		}
	}
	if err := t.Lock(user.AdministratorsLock); err != nil {
		return false, err
	}
	return store.IsInstanceAdmin(t, u.ID)
}

// connected are all accounts that are connected with an entry.
func (d *Directory) connected(ctx context.Context) (rows []store.Account, err error) {
	for after := ""; len(rows) < syncPeople; {
		part, err := store.AccountsOf(d.app.DB.Read(ctx), provider, after, perPage)
		if err != nil || len(part) == 0 {
			return rows, err
		}
		rows, after = append(rows, part...), part[len(part)-1].ProviderAccountID
	}
	return nil, fmt.Errorf("more than %d people are connected with the directory", syncPeople)
}

// present asks the directory for the entries of accounts, and says which are there and not disabled.
func (d *Directory) present(ctx context.Context, rows []store.Account) (map[string]bool, error) {
	there := map[string]bool{}
	for start := 0; start < len(rows); start += perPage {
		part := rows[start:min(start+perPage, len(rows))]
		if err := d.look(ctx, part, there); err != nil {
			return nil, err
		}
	}
	if len(there) > 0 {
		return there, nil
	}
	return there, d.anybody(ctx)
}

// anybody fails unless the directory finds anybody at all.
func (d *Directory) anybody(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, d.patience())
	defer cancel()
	return d.with(ctx, func(s *session) error {
		found, err := s.Search(d.search(d.BaseDN, ldap.ScopeWholeSubtree, 1, d.filter("*"), []string{"1.1"}))
		if err != nil && !ldap.IsErrorWithCode(err, ldap.LDAPResultSizeLimitExceeded) {
			return fmt.Errorf("look for people below %s: %w", d.BaseDN, err)
		}
		if err == nil && len(found.Entries) == 0 {
			return fmt.Errorf("below %s the filter finds nobody at all", d.BaseDN)
		}
		return nil
	})
}

// look asks for some entries by what they are known by.
func (d *Directory) look(ctx context.Context, rows []store.Account, there map[string]bool) error {
	ctx, cancel := context.WithTimeout(ctx, d.patience())
	defer cancel()
	var some strings.Builder
	var names []string
	for _, row := range rows {
		name, value, _ := strings.Cut(row.ProviderAccountID, "=")
		if name+"=" == dnID {
			names = append(names, value)
			continue
		}
		fmt.Fprintf(&some, "(%s=%s)", name, escapeID(name, value))
	}
	return d.with(ctx, func(s *session) error {
		see := func(r *ldap.SearchRequest) error {
			found, err := s.SearchWithPaging(r, perPage)
			if err != nil {
				return fmt.Errorf("look for those who were there: %w", err)
			}
			for _, e := range found.Entries {
				there[d.id(e)] = disabled(e, time.Now()) == ""
			}
			return nil
		}
		attributes := append(append([]string{}, d.ids()...), disabledAttributes...)
		if some.Len() > 0 {
			filter := "(&" + d.filter("*") + "(|" + some.String() + "))"
			if err := see(d.search(d.BaseDN, ldap.ScopeWholeSubtree, 0, filter, attributes)); err != nil {
				return err
			}
		}
		for _, dn := range names {
			err := see(d.search(dn, ldap.ScopeBaseObject, 0, d.filter("*"), attributes))
			if err != nil && !ldap.IsErrorWithCode(errors.Unwrap(err), ldap.LDAPResultNoSuchObject) {
				return err
			}
		}
		return nil
	})
}

// escapeID is what an entry is known by as a filter has it.
func escapeID(name, value string) string {
	raw, err := hex.DecodeString(value)
	if name != "objectguid" || err != nil {
		return ldap.EscapeFilter(value)
	}
	var b strings.Builder
	for _, c := range raw {
		fmt.Fprintf(&b, `\%02x`, c)
	}
	return b.String()
}
