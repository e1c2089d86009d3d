package db

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// JSON is a document that is never NULL in the database; empty is written as {}.
// It goes to the wire as it is.
type JSON []byte

// NullJSON is a document that may be missing: nil is NULL in the database and null on the wire.
type NullJSON []byte

// MarshalJSON writes the document itself.
func (j JSON) MarshalJSON() ([]byte, error) {
	if len(j) == 0 {
		return []byte("{}"), nil
	}
	return j, nil
}

// UnmarshalJSON keeps the document as it came.
func (j *JSON) UnmarshalJSON(b []byte) error { *j = append((*j)[:0], b...); return nil }

// Value writes text: Postgres takes it for jsonb, SQLite keeps it.
func (j JSON) Value() (driver.Value, error) {
	if len(j) == 0 {
		return "{}", nil
	}
	return string(j), nil
}

// Scan reads text, bytes or NULL.
func (j *JSON) Scan(src any) error {
	b, err := document(src)
	*j = b
	return err
}

// MarshalJSON writes the document itself, or null.
func (j NullJSON) MarshalJSON() ([]byte, error) {
	if len(j) == 0 {
		return []byte("null"), nil
	}
	return j, nil
}

// UnmarshalJSON keeps the document as it came; null is nil.
func (j *NullJSON) UnmarshalJSON(b []byte) error {
	*j = nil
	if string(b) != "null" {
		*j = append(NullJSON(nil), b...)
	}
	return nil
}

// Value writes text or NULL.
func (j NullJSON) Value() (driver.Value, error) {
	if len(j) == 0 {
		return nil, nil
	}
	return string(j), nil
}

// Scan reads text, bytes or NULL.
func (j *NullJSON) Scan(src any) error {
	b, err := document(src)
	*j = b
	return err
}

func document(src any) ([]byte, error) {
	switch v := src.(type) {
	case nil:
		return nil, nil
	case string:
		return []byte(v), nil
	case []byte:
		return append([]byte(nil), v...), nil
	}
	return nil, fmt.Errorf("store: a JSON column holds %T", src)
}

// Date is a calendar day, YYYY-MM-DD, without a time or a zone.
type Date string

// Scan reads text or, from Postgres, midnight of the day.
func (d *Date) Scan(src any) error {
	switch v := src.(type) {
	case string:
		*d = Date(v)
	case []byte:
		*d = Date(v)
	case time.Time:
		*d = Date(v.Format(time.DateOnly))
	default:
		return fmt.Errorf("store: a date column holds %T", src)
	}
	return nil
}

// Value writes the day as text.
func (d Date) Value() (driver.Value, error) { return string(d), nil }

// Stamped cuts a time to what both databases keep: UTC, microseconds.
func Stamped(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// IsID says whether a text is a UUID as ids are written: lower case, with dashes.
func IsID(s string) bool {
	id, err := uuid.Parse(s)
	return err == nil && id.String() == s
}

// Texts is a list of texts that may be missing: nil is NULL in the database, which keeps it as JSON.
type Texts []string

// Value writes JSON or NULL.
func (l Texts) Value() (driver.Value, error) {
	if l == nil {
		return nil, nil
	}
	b, err := json.Marshal([]string(l))
	return string(b), err
}

// Scan reads text, bytes or NULL.
func (l *Texts) Scan(src any) error {
	*l = nil
	b, err := document(src)
	if err != nil || len(b) == 0 {
		return err
	}
	return json.Unmarshal(b, (*[]string)(l))
}
