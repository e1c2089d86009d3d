package room

import (
	"encoding/json"
	"sync"
	"time"
)

// Kind is what a message is about.
type Kind int

// The kinds of messages.
const (
	Update    Kind = iota // somebody has typed: an update of Yjs
	Awareness             // where people are: an update of the awareness protocol
	Word                  // something happened to the page: a text
	Kept                  // what the one who hears it has sent is kept: 1, or refused: 0
)

// Message is what those in a room hear. It is the same for all of them, so that it is written once.
type Message struct {
	Page string
	Kind Kind
	Data []byte

	once  sync.Once
	frame []byte
}

// Frame returns the message as a protocol writes it.
func (m *Message) Frame(write func(*Message) []byte) []byte {
	m.once.Do(func() { m.frame = write(m) })
	return m.frame
}

// Peer is the connection of a seat. Its methods never wait.
type Peer interface {
	// Hear takes what is to be sent.
	Hear(m *Message)
	// Ejected is told that the seat is taken away, and why.
	Ejected(s *Seat, why Ejection)
}

// Ejection is why somebody has to leave a room, in the words and codes of Plane's live server.
// Plane: apps/live/src/types/admin-commands.ts
type Ejection struct {
	Code    int
	Reason  string
	Message string
}

// The ejections.
var (
	Gone     = Ejection{4000, "admin_request", "This page has been deleted."}
	TooLarge = Ejection{4001, "document_too_large", "This page is too large to write on it together."}
	Denied   = Ejection{4003, "security_violation", "You may not write on this page any more."}
)

// Text is the word that says it.
func (e Ejection) Text(at time.Time) []byte {
	return asText(map[string]any{"type": "force_close", "reason": e.Reason, "code": e.Code, "message": e.Message,
		"timestamp": at.UTC().Format("2006-01-02T15:04:05.000Z")})
}

// words are those of browsers, and what the others then hear. Plane: DocumentCollaborativeEvents
var words = map[string]string{"lock": "locked", "unlock": "unlocked", "archive": "archived", "unarchive": "unarchived",
	"make-public": "made-public", "make-private": "made-private", "delete": "deleted", "move": "moved",
	"duplicate": "duplicated", "property_update": "property_updated", "restore": "restored", "error": "error"}

// passed are the words of browsers that others hear. All others come from what was written, whoever wrote it: a browser
// that says them has written before.
var passed = map[string]bool{"move": true, "duplicate": true, "property_update": true, "restore": true}

// tooLarge is the word that comes before the ejection.
func tooLarge(page, workspace, user string) []byte {
	return asText(map[string]any{"action": "error", "page_id": page, "workspace_slug": workspace, "user_id": user,
		"descendants_ids": []string{}, "data": map[string]any{
			"error_message": "The page is too large to be saved. Please make it shorter.", "error_type": "store",
			"error_code": "content_too_large", "should_disconnect": true, "user_id": user}})
}

func asText(of map[string]any) []byte {
	text, err := json.Marshal(of)
	if err != nil {
		panic(err) // texts and numbers
	}
	return text
}
