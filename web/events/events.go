// Package events serves streams of what happens in a workspace: to people by their session, to programs by a key.
package events

import (
	"errors"
	"slices"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/stream"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const described = `Server-sent events: one message for each change of a work item, comment, project, cycle, module, page or ` +
	`intake item that the caller may see when it is sent. Its data is JSON; read what it names anew to know what it is like now. ` +
	`To go on where one was, send the last id as Last-Event-ID (as EventSource does by itself) or in since; since=0 begins with the ` +
	`oldest event that is kept ([retention] event_days, a day unless told otherwise). An event named reset says that events were ` +
	`missed: read everything anew. kinds and project narrow what is told, several with commas; follow=false ends the answer when ` +
	`everything has been told. One person may have 20 streams open.`

// Ops are the rows: the same stream where people ask, who have a session, and where programs do.
func Ops() []web.Op {
	return []web.Op{
		web.Stream[input, Event]("/api/workspaces/{slug}/events/", web.Workspace(), "Follow what happens", listen).Narrowed().OrKey().Explained(described),
		web.Stream[input, Event]("/api/v1/workspaces/{slug}/events/", web.Workspace().Class(), "Follow what happens", listen).Narrowed().Explained(described),
	}
}

// Event is the data of a message.
type Event struct {
	ID       string   `json:"id"`
	Kind     string   `json:"kind"`
	Action   string   `json:"action"` // created, updated, deleted
	EntityID string   `json:"entity_id"`
	Project  string   `json:"project_id"`
	Issue    *string  `json:"issue_id,omitempty"` // the work item that a comment is on
	Key      *string  `json:"key,omitempty"`      // WEB-12
	Name     *string  `json:"name,omitempty"`
	Fields   []string `json:"fields,omitempty"` // of a work item, that have changed
	Actor    *string  `json:"actor_id"`
	At       string   `json:"at"`
}

// reset is the data of the event that says that others were missed.
type reset struct {
	ID     string `json:"id"`
	Detail string `json:"detail"`
}

type input struct {
	LastEventID string  `header:"Last-Event-ID"`
	Since       *string `query:"since"`
	Projects    *string `query:"project" type:"words"`
	Kinds       *string `query:"kinds" type:"words"`
	Follow      *string `query:"follow" type:"boolean"`
}

// listen opens a stream. What was sent by hand has to be right; an id that EventSource sends by itself is answered with
// a reset when it is none.
func listen(c *app.Call, in input) (web.Teller, bool, error) {
	faults := app.Fields{}
	var f stream.Filter
	f.Kinds = words(in.Kinds, func(kind string) {
		if !slices.Contains(stream.Kinds, kind) {
			faults.Add("kinds", quoted(kind)+" is no kind of event. Say some of "+strings.Join(stream.Kinds, ", ")+".")
		}
	})
	f.Projects = words(in.Projects, func(id string) {
		if !store.IsID(id) {
			faults.Add("project", quoted(id)+" is no id of a project.")
		}
	})
	from := in.LastEventID
	if in.Since != nil && *in.Since != "" && from == "" {
		if from = *in.Since; !stream.IsPlace(from) {
			faults.Add("since", quoted(from)+" is no id of an event. Say the id of the last one, or 0 for all that are kept.")
		}
	}
	follow := true
	if in.Follow != nil {
		switch strings.ToLower(*in.Follow) {
		case "false", "0":
			follow = false
		case "true", "1":
		default:
			faults.Add("follow", quoted(*in.Follow)+" is neither true nor false.")
		}
	}
	if err := faults.Err(); err != nil {
		return nil, false, err
	}
	l, err := stream.Listen(c, from, f)
	if err != nil {
		return nil, false, err
	}
	return teller{l}, follow, nil
}

// words are the texts between commas.
func words(text *string, check func(string)) []string {
	if text == nil || *text == "" {
		return nil
	}
	all := strings.Split(*text, ",")
	for i := range all {
		all[i] = strings.TrimSpace(all[i])
		check(all[i])
	}
	return all
}

// longest is how much of what a client sent stands in a refusal.
const longest = 60

func quoted(text string) string {
	if len(text) > longest {
		text = strings.ToValidUTF8(text[:longest], "") + "…"
	}
	return `"` + text + `"`
}

// teller writes what a listener hears.
type teller struct{ *stream.Listener }

// Next is what the caller may see of what is new.
func (t teller) Next(c *app.Call) (told []web.Told, more bool, err error) {
	if t.Reset() {
		told = append(told, web.Told{ID: t.Place(), Name: "reset", Data: reset{t.Place(),
			"What happened since the last event that you have is not kept. Read anew what you show."}})
	}
	events, more, err := t.Read(c)
	if err != nil && !errors.Is(err, c.Err()) {
		c.Log.Error("a stream of events ends", "id", c.RequestID, "error", err)
	}
	for _, e := range events {
		told = append(told, web.Told{ID: e.Place, Data: Event{ID: e.Place, Kind: e.Kind, Action: e.Action,
			EntityID: e.EntityID, Project: e.ProjectID, Issue: e.IssueID, Key: e.Key, Name: e.Name, Fields: e.Fields,
			Actor: e.ActorID, At: c.Time(e.At)}})
	}
	return told, more, err
}
