package conformance

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
)

// client is one person's or one program's connection: cookies, or an API key.
type client struct {
	key     string
	cookies map[string]string
}

// response is what came back.
type response struct {
	status int
	header http.Header
	raw    []byte
}

func (r *response) kind() string {
	kind, _, _ := strings.Cut(r.header.Get("Content-Type"), ";")
	return kind
}

// answer is the response as jq programs see it.
func (r *response) answer() map[string]any {
	headers := map[string]any{}
	for key, values := range r.header {
		headers[strings.ToLower(key)] = values[0]
	}
	return map[string]any{
		"status": r.status, "headers": headers,
		"size": len(r.raw), "base64": base64.StdEncoding.EncodeToString(r.raw),
	}
}

// jar is the client's cookies as jq programs see them.
func (c *client) jar() map[string]any {
	jar := map[string]any{}
	if c != nil {
		for name, value := range c.cookies {
			if name != knownDevice {
				jar[name] = value
			}
		}
	}
	return jar
}

// request is what a client sends.
type request struct {
	method, path string
	body         []byte
	kind         string
	headers      map[string]string
}

// send sends a request of a client as a browser or a program does; it follows no redirects.
func (p *play) send(ctx context.Context, c *client, r request) (*response, error) {
	address := r.path
	if strings.HasPrefix(address, "/") {
		address = p.Base + address
	}
	req, err := http.NewRequestWithContext(ctx, r.method, address, bytes.NewReader(r.body))
	if err != nil {
		return nil, err
	}
	for key, value := range map[string]string{
		"User-Agent": "conformance", "Accept": "application/json", "Content-Type": r.kind,
		"Origin": p.Base, "Referer": p.Base + "/",
	} {
		if value != "" {
			req.Header.Set(key, value)
		}
	}
	req.Header["Idempotency-Key"] = nil // not sent; whatever the method, it is sent again if the connection was closed
	ours := strings.HasPrefix(address, p.Base+"/")
	if ours && c.key != "" {
		req.Header.Set("X-Api-Key", c.key)
	}
	for name, value := range c.cookies {
		if ours {
			req.AddCookie(&http.Cookie{Name: name, Value: value})
		}
	}
	for key, value := range r.headers {
		req.Header.Set(key, value)
	}
	res, err := p.transport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	if ours {
		c.keep(res.Cookies())
	}
	return &response{res.StatusCode, res.Header, raw}, nil
}

func (c *client) keep(cookies []*http.Cookie) {
	for _, cookie := range cookies {
		if cookie.MaxAge < 0 || cookie.Value == "" {
			delete(c.cookies, cookie.Name)
		} else {
			c.cookies[cookie.Name] = cookie.Value
		}
	}
}

// request builds what a step sends.
func (p *play) request(ctx context.Context, c *client, s *Step) (request, error) {
	method, path, ok := strings.Cut(s.Do, " ")
	if !ok {
		return request{}, fmt.Errorf("want METHOD PATH, got %q", s.Do)
	}
	if err := p.csrf(ctx, c, s); err != nil {
		return request{}, err
	}
	r := request{method: method, path: p.names.text(path), headers: map[string]string{}}
	switch {
	case s.Multipart != nil:
		body, kind, err := p.multipart(nil, s.Multipart)
		if err != nil {
			return r, err
		}
		r.body, r.kind = body, kind
	case s.Raw != nil:
		r.body = []byte(p.names.text(*s.Raw))
	case s.Form != nil:
		fields := url.Values{}
		for key, value := range s.Form {
			fields.Set(key, p.names.text(value))
		}
		r.body, r.kind = []byte(fields.Encode()), "application/x-www-form-urlencoded"
	case s.Send != nil:
		r.body, r.kind = asJSON(p.names.resolveAll(fromJSON(s.Send))), "application/json"
	}
	for key, value := range s.Headers {
		r.headers[key] = p.names.text(value)
	}
	return r, nil
}

// csrf asks for a token when the step sends one.
func (p *play) csrf(ctx context.Context, c *client, s *Step) error {
	wanted := false
	for _, fields := range []map[string]string{s.Form, s.Headers} {
		for value := range maps.Values(fields) {
			wanted = wanted || value == "<csrf>"
		}
	}
	if !wanted {
		return nil
	}
	res, err := p.send(ctx, c, request{method: "GET", path: "/auth/get-csrf-token/"})
	if err != nil {
		return err
	}
	token, _ := fromJSON(res.raw).(map[string]any)
	p.names.taken["csrf"] = token["csrf_token"]
	return nil
}

// multipart encodes a form with files: the fields first, then the parts.
func (p *play) multipart(fields map[string]any, parts []Part) (body []byte, kind string, err error) {
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	for name, value := range fields {
		if err := w.WriteField(name, asText(value)); err != nil {
			return nil, "", err
		}
	}
	for _, part := range parts {
		header := textproto.MIMEHeader{"Content-Disposition": {fmt.Sprintf("form-data; name=%q", part.Name)}}
		if part.File != "" {
			header.Set("Content-Disposition", fmt.Sprintf("form-data; name=%q; filename=%q", part.Name, part.File))
			header.Set("Content-Type", part.Type)
		}
		content := part.Base64
		if content == nil {
			content = []byte(p.names.text(part.Text))
		}
		to, err := w.CreatePart(header)
		if err == nil {
			_, err = to.Write(content)
		}
		if err != nil {
			return nil, "", err
		}
	}
	if err := w.Close(); err != nil {
		return nil, "", err
	}
	return out.Bytes(), w.FormDataContentType(), nil
}

// upload posts a file the way the server said: an address and the fields of a form.
func (p *play) upload(ctx context.Context, c *client, s *Step) (*response, error) {
	data, _ := p.names.taken[s.Upload].(map[string]any)
	address, _ := data["url"].(string)
	if address == "" {
		return nil, fmt.Errorf("%s says no address to post to", s.Upload)
	}
	fields, _ := data["fields"].(map[string]any)
	body, kind, err := p.multipart(fields, s.Multipart)
	if err != nil {
		return nil, err
	}
	return p.send(ctx, c, request{method: "POST", path: address, body: body, kind: kind})
}

// download follows redirects to a file.
func (p *play) download(ctx context.Context, c *client, path string) (*response, error) {
	res, err := p.send(ctx, c, request{method: "GET", path: path})
	for hops := 4; err == nil && hops > 0 && res.status/100 == 3; hops-- {
		res, err = p.send(ctx, c, request{method: "GET", path: res.header.Get("Location")})
	}
	return res, err
}
