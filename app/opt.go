package app

import "encoding/json"

// Opt is a value that a request may leave out: absent is not the same as null. Null leaves V zero.
type Opt[T any] struct {
	Set  bool
	Null bool
	V    T
}

// Some is a value that is there.
func Some[T any](v T) Opt[T] { return Opt[T]{Set: true, V: v} }

// Or returns the value, or def when it is absent or null.
func (o Opt[T]) Or(def T) T {
	if !o.Set || o.Null {
		return def
	}
	return o.V
}

// Ptr returns the value, or nil when it is absent or null.
func (o Opt[T]) Ptr() *T {
	if !o.Set || o.Null {
		return nil
	}
	v := o.V
	return &v
}

// Change puts a value that a request has into a row and notes its column; null leaves the column's zero value.
func Change[T any](cols *[]string, col string, in Opt[T], dest *T) {
	if in.Set {
		*dest, *cols = in.V, append(*cols, col)
	}
}

// ChangePtr is Change for a column that may be NULL.
func ChangePtr[T any](cols *[]string, col string, in Opt[T], dest **T) {
	if in.Set {
		*dest, *cols = in.Ptr(), append(*cols, col)
	}
}

// UnmarshalJSON notes that the value was there.
func (o *Opt[T]) UnmarshalJSON(b []byte) error {
	o.Set = true
	if string(b) == "null" {
		o.Null = true
		return nil
	}
	return json.Unmarshal(b, &o.V)
}

// Optional gives a reader of requests the parts to fill.
func (o *Opt[T]) Optional() (set, null *bool, value any) { return &o.Set, &o.Null, &o.V }
