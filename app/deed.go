package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/sailplane/sailplane/store"
)

// Deed is something that may have to be answered for: what was done, or tried, to what. Who did it, and from where,
// follows from the context of the transaction.
type Deed struct {
	Event     string // a name of Events
	Failed    bool
	Reason    string // why it failed
	Workspace string // the id of the workspace it belongs to; empty: it is the installation's
	Project   string // likewise
	Target    Target
	By        string // who did it, when that is not whoever the context names: the id of a person

	// Old and New are what was and is, and More what else there is to know: values of JSON, without secrets.
	Old, New, More map[string]any
}

// Target is what something was done to. A person needs no name: they are called what they are called when somebody
// reads it, and have none once their account is deleted.
type Target struct{ Type, ID, Name string }

// Person is a person as a target.
func Person(id string) Target { return Target{Type: "user", ID: id} }

// DeedDetails is what an entry of the audit log has beside what it is found by: audit_entries.details.
type DeedDetails struct {
	Source    string         `json:"source"`     // platform, api, auth or system: see Events
	ActorType string         `json:"actor_type"` // user, api_token, system or anonymous
	Token     string         `json:"token,omitempty"`
	Command   string         `json:"command,omitempty"` // of the command line
	Account   string         `json:"account,omitempty"` // of the machine's user who ran it
	UserAgent string         `json:"user_agent,omitempty"`
	RequestID string         `json:"request_id,omitempty"`
	Reason    string         `json:"reason,omitempty"`
	Old       map[string]any `json:"old,omitempty"`
	New       map[string]any `json:"new,omitempty"`
	More      map[string]any `json:"more,omitempty"`
	// Name is what the target's name is known by when it is taken out of the log: see NameTag.
	Name string `json:"name,omitempty"`
}

// NameTag is what stays of the name of an entry's target when the name is taken out because the person that it belongs
// to had their account deleted. The entry's id is in it, so that tags of one name differ.
func NameTag(event, name string) string {
	if name == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(event + "\n" + name))
	return hex.EncodeToString(sum[:])
}

// mostValue is how much of a value the log keeps, in characters.
const mostValue = 500

// Note writes a deed into the audit log, within the transaction of what it tells of: it is there exactly when that is.
func Note(t *store.Tx, d Deed) error {
	kind, ok := Events[d.Event]
	if !ok {
		return fmt.Errorf("audit log: there is no event %q", d.Event)
	}
	e := &store.AuditEntry{EventID: store.NewID(), At: t.Now, Event: d.Event, Category: kind.Category,
		Outcome: store.AuditSuccess, WorkspaceID: d.Workspace, ProjectID: d.Project, TargetType: d.Target.Type,
		TargetID: d.Target.ID, TargetName: cut(d.Target.Name, mostValue)}
	if d.Failed {
		e.Outcome = store.AuditFailure
	}
	details := DeedDetails{Source: kind.Source, Reason: d.Reason, Old: shortened(d.Old), New: shortened(d.New),
		More: shortened(d.More), Name: NameTag(e.EventID, e.TargetName)}
	doerOf(t.Context()).sign(e, &details)
	if d.By != "" {
		e.ActorID, details.ActorType = d.By, actorUser
	}
	raw, err := json.Marshal(details)
	if err != nil {
		return fmt.Errorf("audit log: details of %s: %w", d.Event, err)
	}
	e.Details = string(raw)
	return store.AwaitAudit(t, e)
}

// shortened cuts the texts among values, which may be as long as anybody likes.
func shortened(values map[string]any) map[string]any {
	for k, v := range values {
		if rv := reflect.ValueOf(v); rv.Kind() == reflect.Pointer {
			if rv.IsNil() {
				values[k] = nil
				continue
			}
			v = rv.Elem().Interface()
			values[k] = v
		}
		if text, ok := v.(string); ok {
			values[k] = cut(text, mostValue)
		}
	}
	return values
}

// Changed is what differs between two rows of values, as Old and New of a Deed; both empty: nothing does.
func Changed(before, after map[string]any) (was, is map[string]any) {
	was, is = map[string]any{}, map[string]any{}
	for k, v := range after {
		if !reflect.DeepEqual(before[k], v) {
			was[k], is[k] = before[k], v
		}
	}
	return was, is
}

// Who does something.
const (
	actorUser      = "user"
	actorToken     = "api_token"
	actorSystem    = "system" // the program itself, or whoever is at its command line
	actorAnonymous = "anonymous"
)

// doer is who does what happens in a context, and from where; nil: the program by itself.
type doer struct {
	call             *Call
	command, account string
}

type doerKey struct{}

// doing makes a context in which the call is who does what happens.
func doing(ctx context.Context, c *Call) context.Context {
	return context.WithValue(ctx, doerKey{}, &doer{call: c})
}

// Asking gives a call the context in which it is who does what happens.
func (c *Call) Asking(ctx context.Context) { c.Context = doing(ctx, c) }

// AtCommand makes a context in which what happens is done by that command, which the machine's user of that name runs.
func AtCommand(ctx context.Context, command, account string) context.Context {
	return context.WithValue(ctx, doerKey{}, &doer{command: command, account: account})
}

func doerOf(ctx context.Context) *doer {
	d, _ := ctx.Value(doerKey{}).(*doer)
	return d
}

// sign writes on an entry who did it, and from where.
func (d *doer) sign(e *store.AuditEntry, to *DeedDetails) {
	if d == nil || d.call == nil {
		to.ActorType, to.Source = actorSystem, sourceSystem
		if d != nil {
			to.Command, to.Account = d.command, d.account
		}
		return
	}
	c := d.call
	e.IP, e.ActorID = cut(c.IP, mostValue), c.UserID()
	to.UserAgent, to.RequestID = cut(c.UserAgent, mostValue), c.RequestID
	switch {
	case c.Token != nil:
		to.ActorType, to.Token = actorToken, c.Token.ID
		if to.Source == sourcePlatform {
			to.Source = sourceAPI
		}
	case c.User != nil:
		to.ActorType = actorUser
	default:
		to.ActorType = actorAnonymous
	}
	if c.RequestID == "" { // a job in somebody's name
		to.Source = sourceSystem
	}
}

// DoneBy is the id of the person who does what happens in the transaction; empty: nobody is known.
func DoneBy(t *store.Tx) string {
	if d := doerOf(t.Context()); d != nil && d.call != nil {
		return d.call.UserID()
	}
	return ""
}

// Nameless says whether somebody asks of whom nobody knows yet who it is: they sign in or up with it.
func Nameless(t *store.Tx) bool {
	d := doerOf(t.Context())
	return d != nil && d.call != nil && d.call.User == nil
}
