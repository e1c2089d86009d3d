package plane

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/sailplane/sailplane/store"
)

// values turns a row of the source into one of ours.
func (p *plan) values(c *conversion, row []field) (values []any, bytes int, err error) {
	values = make([]any, len(p.columns))
	id := ""
	if p.id >= 0 {
		id = string(row[p.id])
	}
	for i, column := range p.columns {
		raw := row[p.from[i]]
		bytes += len(raw)
		if raw != nil {
			v, err := value(p.table, column, raw)
			if errors.Is(err, errNoTime) && !column.Required {
				c.report.note(Note{Table: p.table, ID: id, Column: column.Name, Reason: string(raw) + " is no time here; it is left empty"})
				v, err = nil, nil
			}
			if err != nil {
				return nil, 0, fmt.Errorf("row %s: %s: %w", id, column.Name, err)
			}
			values[i] = v
		}
	}
	for i, column := range p.columns {
		if special := specials[p.table+"."+column.Name]; special != nil {
			if values[i], err = special(c, row, p, values[i]); err != nil {
				return nil, 0, fmt.Errorf("row %s: %s: %w", id, column.Name, err)
			}
		}
	}
	return values, bytes, nil
}

// text returns a value of the source's row by the name of its column.
func (p *plan) text(row []field, name string) string {
	for i, column := range p.columns {
		if column.Name == name {
			return string(row[p.from[i]])
		}
	}
	return ""
}

// value reads what Postgres writes as text.
func value(table string, column store.Column, raw field) (any, error) {
	text := string(raw)
	if arrays[table+"."+column.Name] {
		return array(text)
	}
	switch column.Kind {
	case store.KindBoolean:
		if text != "t" && text != "f" {
			return nil, fmt.Errorf("%q is neither true nor false", text)
		}
		return text == "t", nil
	case store.KindInteger:
		return strconv.ParseInt(text, 10, 64)
	case store.KindReal:
		f, err := strconv.ParseFloat(text, 64)
		if err == nil && (math.IsNaN(f) || math.IsInf(f, 0)) {
			err = fmt.Errorf("%s is no number", text)
		}
		return f, err
	case store.KindTime:
		return timeOf(text)
	case store.KindBytes:
		digits, ok := strings.CutPrefix(text, `\x`)
		if !ok {
			return nil, errors.New("its bytes are not in the hexadecimal form")
		}
		return hex.DecodeString(digits)
	}
	return text, nil
}

var errNoTime = errors.New("it is no time between the years 1 and 9999")

// timeOf reads a time as Postgres writes it: with a zone of hours, and of minutes and seconds where they are not zero.
func timeOf(text string) (time.Time, error) {
	for _, layout := range []string{"2006-01-02 15:04:05-07", "2006-01-02 15:04:05-07:00", "2006-01-02 15:04:05-07:00:00"} {
		if at, err := time.Parse(layout, text); err == nil {
			if at = at.UTC(); at.Year() >= 1 && at.Year() <= 9999 {
				return at, nil
			}
		}
	}
	return time.Time{}, errNoTime
}

// array turns an array of texts or ids, as Postgres writes it, into JSON.
func array(text string) (string, error) {
	inner, ok := strings.CutPrefix(text, "{")
	inner, closed := strings.CutSuffix(inner, "}")
	if !ok || !closed {
		return "", fmt.Errorf("%q is no array", text)
	}
	all := []any{}
	for inner != "" {
		var part string
		var quoted bool
		if part, inner, quoted = element(inner); part == "NULL" && !quoted {
			all = append(all, nil)
		} else {
			all = append(all, part)
		}
	}
	b, err := json.Marshal(all)
	return string(b), err
}

// element cuts off the first element of an array.
func element(s string) (part, rest string, quoted bool) {
	if !strings.HasPrefix(s, `"`) {
		part, rest, _ = strings.Cut(s, ",")
		return part, rest, false
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			if i++; i < len(s) {
				b.WriteByte(s[i])
			}
		case '"':
			return b.String(), strings.TrimPrefix(s[i+1:], ","), true
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String(), "", true
}
