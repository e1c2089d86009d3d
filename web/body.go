package web

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// What a body may hold, beside how large it is. Honest clients stay far below.
const (
	maxDepth    = 100     // of JSON
	maxElements = 250_000 // values in JSON
	maxKeys     = 1000    // of the outermost object, fields of a form, parameters of an address
	maxItems    = 10_000  // of one list
)

// budgeted is how large a body is that is worked on within the shared budget of memory.
const budgeted = 16 << 10

// received is the body of a request that is read as a whole: within the budget of memory if it is large.
type received struct {
	io.ReadCloser
	x       *exchange
	unknown []string // its keys that the operation does not read
}

// Read says of a body that is larger than it may be that it is app.TooLarge: rules that read one know no HTTP.
func (b *received) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		err = fmt.Errorf("%w: %w", app.TooLarge, err)
	}
	return n, err
}

// readBody reads no more than the server's limit, which the request's body already carries. What is large is received
// first and then waits for its part of the budget.
func readBody(r *http.Request) ([]byte, error) {
	body, ok := r.Body.(*received)
	if !ok { // none, or it was read before
		raw, err := io.ReadAll(r.Body)
		return raw, bodyFault(err)
	}
	x := body.x
	start, rest, size, err := receive(x.server.app.Temp, body, r.ContentLength)
	if err != nil {
		return nil, bodyFault(err)
	}
	if rest != nil {
		defer rest.Close()
	}
	if size < budgeted {
		return start, nil
	}
	cost, err := costOf(start, rest, size)
	if err != nil {
		return nil, err
	}
	if x.give, err = x.server.budget.take(r.Context(), cost); err != nil {
		return nil, err
	}
	x.moved()
	if rest == nil {
		return start, nil
	}
	raw := make([]byte, size)
	if _, err := io.ReadFull(rest, raw[copy(raw, start):]); err != nil {
		return nil, err
	}
	return raw, nil
}

// costOf estimates how much memory the work on a body takes: copies of it, and what each of its parts becomes.
func costOf(start []byte, rest *spool, size int64) (int64, error) {
	const copies, part = 10, 64
	parts := int64(partsOf(start))
	if rest != nil {
		chunk := make([]byte, 32<<10)
		for {
			n, err := rest.Read(chunk)
			parts += int64(partsOf(chunk[:n]))
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return 0, err
			}
		}
		if _, err := rest.Seek(0, io.SeekStart); err != nil {
			return 0, err
		}
	}
	return copies*size + part*parts, nil
}

// partsOf counts what begins a value in JSON, an element in HTML or a field in a form.
func partsOf(b []byte) int {
	return bytes.Count(b, []byte{'<'}) + bytes.Count(b, []byte{','}) + bytes.Count(b, []byte{'&'})
}

// bodyFault says what went wrong with a body as its sender sees it.
func bodyFault(err error) error {
	var large *http.MaxBytesError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &large):
		return Detail(http.StatusRequestEntityTooLarge,
			"The request is larger than "+strconv.FormatInt(large.Limit, 10)+" bytes.")
	case errors.Is(err, store.ErrFull):
		return err
	case stalled(err):
		return &Refusal{Status: http.StatusRequestTimeout,
			Body: map[string]string{"detail": "The request took too long to arrive."}, Cause: err}
	}
	return &Refusal{Status: http.StatusBadRequest, Body: map[string]string{"detail": "The request ended early."},
		Cause: err}
}

// boundJSON refuses JSON that would become far larger than it is, before anything is made of it. What is no JSON is
// refused by whoever reads it.
func boundJSON(raw []byte) error {
	depth, elements, keys, text := 0, 0, 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case text && c == '\\':
			i++
		case c == '"':
			text = !text
		case text:
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return parseFault("nested deeper than " + strconv.Itoa(maxDepth))
			}
			elements++
		case c == '}' || c == ']':
			depth--
		case c == ',':
			if elements++; depth == 1 {
				keys++
			}
		}
	}
	if elements > maxElements {
		return parseFault("more than " + strconv.Itoa(maxElements) + " values")
	}
	if keys >= maxKeys && bytes.HasPrefix(bytes.TrimLeft(raw[:min(len(raw), 64)], " \t\r\n"), []byte("{")) {
		return parseFault("more than " + strconv.Itoa(maxKeys) + " keys")
	}
	return nil
}

func parseFault(what string) error {
	return Detail(http.StatusBadRequest, "JSON parse error - "+what)
}

// longList says whether a JSON value is a list of more than maxItems.
func longList(raw []byte) bool {
	if len(raw) == 0 || raw[0] != '[' || bytes.Count(raw, []byte{','}) < maxItems {
		return false
	}
	depth, items, text := 0, 1, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case text && c == '\\':
			i++
		case c == '"':
			text = !text
		case text:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth--
		case c == ',' && depth == 1:
			items++
		}
	}
	return items > maxItems
}

var errLongList = []string{"Ensure this field has no more than " + strconv.Itoa(maxItems) + " elements."}
