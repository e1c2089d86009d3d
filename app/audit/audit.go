// Package audit is the audit log: what is written there without anybody asking for it, how entries are numbered and
// sealed, who reads them, and where they are passed on to.
//
// An entry is written by app.Note, in the transaction of what it tells of. It waits in a table of its own, without a
// number, so that transactions on several nodes do not wait for each other. Shortly after, Seal moves what waits into
// the log: there an entry has a number, and a hash over itself and the hash before it. Whoever changes, removes or
// inserts an entry breaks the chain from there on; whoever mends the chain lacks the installation's secret, which the
// seals are made with. What is done to an entry before it is sealed, within some seconds, shows nowhere.
package audit

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"strconv"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

const (
	sealBatch = 500             // entries of one transaction
	sealDelay = 2 * time.Second // between looks for what other nodes and commands have left
)

// Keep seals what waits until the context ends, and passes on what is sealed.
func Keep(ctx context.Context, a *app.App) {
	done := startSinks(ctx, a)
	defer done()
	tick := time.NewTicker(sealDelay)
	defer tick.Stop()
	failing := false
	for {
		if err := Seal(ctx, a); err != nil && ctx.Err() == nil {
			if !failing {
				a.Log.Warn("entries of the audit log are not sealed yet", "error", err)
			}
			failing = true
		} else {
			failing = false
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Seal moves all that waits into the log.
func Seal(ctx context.Context, a *app.App) error {
	for {
		waits, err := store.AuditWaits(a.DB.Read(ctx))
		if err != nil || !waits {
			return err
		}
		n := 0
		err = a.DB.Write(ctx, "", func(t *store.Tx) error {
			n, err = seal(t, a)
			return err
		})
		if err != nil {
			return fmt.Errorf("seal the audit log: %w", err)
		}
		if n < sealBatch {
			return nil
		}
	}
}

// seal moves some of what waits, and says how many.
func seal(t *store.Tx, a *app.App) (n int, err error) {
	entries, err := store.TakeAudit(t, sealBatch)
	if err != nil || len(entries) == 0 {
		return 0, err
	}
	last, link, err := store.LastAudit(t)
	if err != nil {
		return 0, err
	}
	c := newChain()
	for i := range entries {
		e := &entries[i]
		last++
		e.Sequence, e.ID = last, store.NewID()
		e.Hash = c.link(link, e)
		link = e.Hash
	}
	return len(entries), store.AddAudit(t, entries, sealed(a, last, link, t.Now))
}

// sealed is the seal of a number's hash.
func sealed(a *app.App, sequence int64, hash string, at time.Time) store.AuditSeal {
	return store.AuditSeal{Sequence: sequence, Hash: hash, At: at, Tag: a.Sign("audit log", sealText(sequence, hash))}
}

func sealText(sequence int64, hash string) string {
	return strconv.FormatInt(sequence, 10) + " " + hash
}

// chain makes hashes; it is used by one goroutine.
type chain struct {
	hash.Hash
	size []byte
}

func newChain() *chain { return &chain{Hash: sha256.New()} }

// link is the hash of an entry behind the one of that hash; empty: it is the first.
//
// It is SHA-256, in hex, of these texts, each with its length in front as an unsigned varint: the hash before, the
// number, the id, the event's id, the time in microseconds since 1970, the event, the category, the outcome, the actor,
// the workspace, the project, the type and the id of the target, the address, the details. The name of the target is
// hashed within the details.
func (c *chain) link(before string, e *store.AuditEntry) string {
	c.Reset()
	for _, text := range [...]string{before, strconv.FormatInt(e.Sequence, 10), e.ID, e.EventID,
		strconv.FormatInt(e.At.UnixMicro(), 10), e.Event, e.Category, e.Outcome, e.ActorID, e.WorkspaceID, e.ProjectID,
		e.TargetType, e.TargetID, e.IP, e.Details} {
		c.size = binary.AppendUvarint(c.size[:0], uint64(len(text)))
		c.Write(c.size)
		c.size = append(c.size[:0], text...)
		c.Write(c.size)
	}
	return hex.EncodeToString(c.Sum(c.size[:0]))
}

// Old returns what removes, from the oldest end, entries that are from before the days that retention.audit_days says.
// The hash of the last one stays, sealed: the rest of the log begins with it.
func Old(a *app.App) func(t *store.Tx, most int) (int64, error) {
	days := a.Config.Retention.AuditDays
	before := a.DB.Now().AddDate(0, 0, -days)
	return func(t *store.Tx, most int) (int64, error) {
		if err := t.Lock("audit log"); err != nil || days == 0 {
			return 0, err
		}
		last, n, err := store.OldAudit(t, before, most)
		if err != nil || n == 0 {
			return 0, err
		}
		return n, store.ForgetAudit(t, sealed(a, last.Sequence, last.Hash, t.Now))
	}
}
