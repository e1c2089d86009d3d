package web

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"sync"
)

// Reply is the Out of operations whose answer is no JSON, or not always: a redirect, a page, a stream. JSON with
// headers or cookies is a With.
type Reply struct {
	Status   int // 0: the operation's
	Body     any // written as JSON; nil for none
	Header   http.Header
	Cookies  []*http.Cookie
	Redirect string // Location; the status is then 302 unless given
	HTML     []byte
	Stream   func(w http.ResponseWriter, r *http.Request) error // writes everything itself
}

// Appender is a body that writes its own JSON: for answers so large that encoding them by reflection costs more than
// everything else. What it appends must be what encoding/json would write for the type.
type Appender interface{ AppendJSON(b []byte) []byte }

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// writeJSON writes a body; 204 and nil bodies are empty.
func writeJSON(w http.ResponseWriter, status int, body any) error {
	if status == http.StatusNoContent || body == nil {
		w.WriteHeader(status)
		return nil
	}
	b := buffers.Get().(*bytes.Buffer)
	b.Reset()
	if a, ok := body.(Appender); ok {
		*b = *bytes.NewBuffer(a.AppendJSON(b.AvailableBuffer())) // which may have outgrown what was there
	} else {
		enc := json.NewEncoder(b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(body); err != nil {
			return err
		}
	}
	raw := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(raw)))
	w.WriteHeader(status)
	if x, ok := w.(*exchange); ok {
		if len(raw) >= spoolAnswer {
			if file, err := keep(x.server.app.Temp, raw); err == nil {
				buffers.Put(b)
				return x.sendFile(file)
			} // else there is no room for files: the answer waits in memory
		}
		x.release()
	}
	_, err := w.Write(raw)
	buffers.Put(b)
	return err
}

func writeReply(w http.ResponseWriter, r *http.Request, status int, out Reply) error {
	for k, vs := range out.Header {
		w.Header()[k] = vs
	}
	for _, c := range out.Cookies {
		http.SetCookie(w, c)
	}
	if out.Status != 0 {
		status = out.Status
	}
	switch {
	case out.Stream != nil:
		return out.Stream(w, r)
	case out.Redirect != "":
		if out.Status == 0 {
			status = http.StatusFound
		}
		w.Header().Set("Location", out.Redirect)
		w.WriteHeader(status)
		return nil
	case out.HTML != nil:
		pageHeaders(w.Header())
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(status)
		_, err := w.Write(out.HTML)
		return err
	}
	return writeJSON(w, status, out.Body)
}
