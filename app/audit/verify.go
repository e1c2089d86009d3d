package audit

import (
	"context"
	"crypto/hmac"
	"fmt"
	"runtime"
	"strings"
	"sync"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Verdict is what verifying the log has come to.
type Verdict struct {
	Entries int64   `json:"entries"`
	First   int64   `json:"first"` // the lowest number
	Last    int64   `json:"last"`
	Head    string  `json:"head"`   // the hash of the last entry
	Erased  int64   `json:"erased"` // names that were taken out because their people's accounts were deleted
	Seals   int     `json:"seals"`
	Faults  []Fault `json:"faults"`
	More    bool    `json:"more_faults"` // there are more faults than are told
}

// Fault is something in the log that is not as it was written.
type Fault struct {
	Sequence int64  `json:"sequence"`
	What     string `json:"what"`
}

// Head is a number and its hash that somebody has noted elsewhere.
type Head struct {
	Sequence int64
	Hash     string
}

const mostFaults = 100

// Verify reads the whole log and says what is not as it was written: an entry that was changed, removed or inserted
// breaks the chain, and a chain that was mended does not fit the seals. That its end was cut off, seals and all, is
// seen by who has noted a head elsewhere: noted is what the log has to have. Progress, if given, hears of how many
// entries were read.
func Verify(ctx context.Context, a *app.App, noted []Head, progress func(entries int64)) (*Verdict, error) {
	if err := Seal(ctx, a); err != nil {
		return nil, err
	}
	t := a.DB.Read(ctx)
	v := &Verdict{Faults: []Fault{}}
	var err error
	if v.First, v.Last, v.Entries, err = store.AuditBounds(t); err != nil {
		return nil, err
	}
	seals, err := store.AuditSeals(t)
	if err != nil {
		return nil, err
	}
	w := &walk{app: a, verdict: v, progress: progress, want: map[int64][]string{}}
	for _, h := range noted {
		w.want[h.Sequence] = append(w.want[h.Sequence], h.Hash)
	}
	w.seals(seals)
	v.Seals = len(seals)
	if v.Entries == 0 {
		for _, h := range noted {
			w.fault(h.Sequence, "the entry is missing")
		}
		return v, nil
	}
	if err := w.all(ctx); err != nil {
		return nil, err
	}
	w.missing()
	return v, nil
}

// walk is a verification under way.
type walk struct {
	app      *app.App
	verdict  *Verdict
	progress func(int64)
	begins   string             // the hash that the first entry goes on from
	want     map[int64][]string // hashes that numbers have to have

	mu   sync.Mutex
	read int64
}

func (w *walk) fault(sequence int64, format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.verdict.Faults) == mostFaults {
		w.verdict.More = true
		return
	}
	w.verdict.Faults = append(w.verdict.Faults, Fault{sequence, fmt.Sprintf(format, args...)})
}

// seals looks whether seals are this installation's, and what the log begins with.
func (w *walk) seals(seals []store.AuditSeal) {
	v := w.verdict
	anchored := v.First <= 1
	for _, s := range seals {
		if !hmac.Equal([]byte(s.Tag), []byte(sealed(w.app, s.Sequence, s.Hash, s.At).Tag)) {
			w.fault(s.Sequence, "the seal was not made with this installation's secret")
			continue
		}
		if s.Sequence == v.First-1 {
			w.begins, anchored = s.Hash, true
			continue
		}
		if s.Sequence < v.First {
			continue // what it sealed is removed
		}
		w.want[s.Sequence] = append(w.want[s.Sequence], s.Hash)
	}
	if v.Entries == 0 {
		if len(seals) > 1 { // one is what is left when all were removed for their age
			w.fault(seals[len(seals)-1].Sequence, "there is a seal, and no entry")
		}
		return
	}
	if !anchored {
		w.fault(v.First, "what comes before it is missing, and no seal says that it was removed for its age")
		w.begins = "?"
	}
}

// missing tells of numbers that ought to be there.
func (w *walk) missing() {
	for sequence := range w.want {
		if sequence > w.verdict.Last {
			w.fault(sequence, "the entry is missing: the end of the log is cut off")
		} else if sequence < w.verdict.First {
			w.fault(sequence, "the entry is missing")
		}
	}
}

const part = 20_000 // entries that one goroutine reads in one go

// all reads the log, several parts of it at the same time: each begins with the hash that the entry before it has.
func (w *walk) all(ctx context.Context) error {
	parts := make(chan int64)
	errs := make(chan error, 8)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var readers sync.WaitGroup
	for range min(4, runtime.GOMAXPROCS(0)) {
		readers.Go(func() {
			for from := range parts {
				if err := w.some(ctx, from); err != nil {
					select {
					case errs <- err:
					default:
					}
					stop()
				}
			}
		})
	}
	for from := w.verdict.First; from <= w.verdict.Last && ctx.Err() == nil; from += part {
		select {
		case parts <- from:
		case <-ctx.Done():
		}
	}
	close(parts)
	readers.Wait()
	select {
	case err := <-errs:
		return err
	default:
		return ctx.Err()
	}
}

// some verifies the entries from a number on.
func (w *walk) some(ctx context.Context, from int64) error {
	c := newChain()
	before, expected, known := w.begins, from, from == w.verdict.First
	read, erased := int64(0), int64(0)
	begin := from
	if !known {
		begin-- // its hash is the one to go on from
	}
	err := store.EachAudit(w.app.DB.Read(ctx), begin, min(from+part-1, w.verdict.Last), func(e *store.AuditEntry) error {
		if e.Sequence < from {
			before, known = e.Hash, true
			return nil
		}
		if e.Sequence != expected {
			w.fault(expected, "%d entries are missing before number %d", e.Sequence-expected, e.Sequence)
			known = false
		}
		if known && before != "?" && c.link(before, e) != e.Hash {
			w.fault(e.Sequence, "the entry is not as it was written, or was not there: its hash does not fit")
		}
		for _, hash := range w.want[e.Sequence] {
			if hash != e.Hash {
				w.fault(e.Sequence, "the entry has another hash than it had: the chain was made anew")
			}
		}
		gone, ok := nameFits(e)
		if !ok {
			w.fault(e.Sequence, "the name of what it was done to is not as it was written")
		}
		erased += gone
		before, known, expected = e.Hash, true, e.Sequence+1
		read++
		return nil
	})
	if err != nil {
		return err
	}
	end := min(from+part-1, w.verdict.Last)
	if expected <= end {
		w.fault(expected, "%d entries are missing from here", end-expected+1)
	}
	w.mu.Lock()
	w.read += read
	w.verdict.Erased += erased
	if end == w.verdict.Last {
		w.verdict.Head = before
	}
	total := w.read
	w.mu.Unlock()
	if w.progress != nil {
		w.progress(total)
	}
	return nil
}

// nameFits says whether the name of a target is what it was, and counts those that were taken out.
func nameFits(e *store.AuditEntry) (erased int64, ok bool) {
	if e.TargetName != "" {
		return 0, hasTag(e.Details, app.NameTag(e.EventID, e.TargetName))
	}
	if hasTag(e.Details, "") {
		return 0, true
	}
	return 1, true
}

// tagSize is how long the tag of a name is, in hex digits.
const tagSize = 64

// hasTag says whether details have that tag of a name; empty: none. It stands last in them: reading them as JSON would
// take as long as all the rest of verifying.
func hasTag(details, tag string) bool {
	const before, after = `"name":"`, `"}`
	if tag != "" {
		return strings.HasSuffix(details, before+tag+after)
	}
	at := len(details) - tagSize - len(before) - len(after)
	return at < 0 || !strings.HasPrefix(details[at:], before) || !strings.HasSuffix(details, after)
}
