package conformance

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
)

// receiveMail speaks SMTP with everybody who comes.
func (w *World) receiveMail(l net.Listener) {
	for conn, err := l.Accept(); err == nil; conn, err = l.Accept() {
		go w.converse(conn)
	}
}

func (w *World) converse(conn net.Conn) {
	defer conn.Close()
	say := func(line string) { fmt.Fprint(conn, line, "\r\n") }
	say("220 conformance")
	var to []string
	var text *strings.Builder
	for lines := bufio.NewReader(conn); ; {
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		bare := strings.TrimRight(line, "\r\n")
		verb, _, _ := strings.Cut(strings.ToUpper(bare), " ")
		switch {
		case text != nil && bare == ".":
			w.keep(to, text.String())
			to, text = nil, nil
			say("250 ok")
		case text != nil:
			text.WriteString(strings.TrimPrefix(line, "."))
		case verb == "RCPT":
			_, address, _ := strings.Cut(bare, ":")
			to = append(to, strings.ToLower(strings.Trim(address, "<> ")))
			say("250 ok")
		case verb == "DATA":
			text = &strings.Builder{}
			say("354 go")
		case verb == "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

func (w *World) keep(to []string, raw string) {
	letter := letterOf(raw)
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, address := range to {
		w.letters[address] = append(w.letters[address], letter)
	}
}

// lettersTo are those that reached an address so far.
func (w *World) lettersTo(address string) []any {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]any{}, w.letters[strings.ToLower(address)]...)
}

// letterOf is an email as jq programs see it: subject, from, to, type, and its parts that hold no others, each with
// type, file name, text and rows; text is that of all parts that are text.
func letterOf(raw string) map[string]any {
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		return map[string]any{"error": err.Error()}
	}
	var words mime.WordDecoder
	letter := map[string]any{}
	for _, key := range []string{"subject", "from", "to"} {
		text, err := words.DecodeHeader(m.Header.Get(key))
		if err != nil {
			text = m.Header.Get(key)
		}
		letter[key] = text
		if address, err := mail.ParseAddress(text); err == nil && key != "subject" {
			letter[key] = strings.TrimSpace(strings.Join([]string{address.Name, "<" + address.Address + ">"}, " "))
			if address.Name == "" {
				letter[key] = address.Address
			}
		}
	}
	parts := partsOf(m.Header.Get, m.Body)
	letter["type"], _, _ = mime.ParseMediaType(m.Header.Get("Content-Type"))
	texts := []string{}
	for _, part := range parts {
		if text, ok := part.(map[string]any)["text"].(string); ok {
			texts = append(texts, text)
		}
	}
	letter["parts"], letter["text"] = parts, strings.Join(texts, "\n")
	return letter
}

func partsOf(header func(string) string, body io.Reader) []any {
	kind, parameters, _ := mime.ParseMediaType(header("Content-Type"))
	if strings.HasPrefix(kind, "multipart/") {
		all := []any{}
		for r := multipart.NewReader(body, parameters["boundary"]); ; {
			part, err := r.NextRawPart()
			if err != nil {
				return all
			}
			all = append(all, partsOf(part.Header.Get, part)...)
		}
	}
	switch strings.ToLower(header("Content-Transfer-Encoding")) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	content, _ := io.ReadAll(body) // what is broken shows as what is missing
	part := map[string]any{"type": kind}
	if _, is, err := mime.ParseMediaType(header("Content-Disposition")); err == nil && is["filename"] != "" {
		part["file"] = is["filename"]
	}
	if strings.HasPrefix(kind, "text/") {
		part["text"] = string(content)
	}
	if kind == "text/csv" {
		part["rows"] = table(content)
	}
	return []any{part}
}
