package issuelist

import (
	"strings"
	"time"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/outline"
)

// What asks for days and times, and for texts.

// Between holds when From <= field < To; either end may be missing (nil). The ends are store.Date for days, else times.
type Between struct {
	Field    Field
	From, To any
}

func (f Between) write(b *builder, _ bool) {
	to := f.To
	if beyond(to) { // as text, years of five digits stand before the others
		to = nil
	}
	switch {
	case beyond(f.From):
		b.text("1 = 0")
		return
	case f.From == nil && to == nil:
		b.text(string(f.Field) + " IS NOT NULL")
		return
	}
	b.text("(")
	if f.From != nil {
		b.text(string(f.Field) + " >= ")
		b.arg(f.From)
	}
	if f.From != nil && to != nil {
		b.text(" AND ")
	}
	if to != nil {
		b.text(string(f.Field) + " < ")
		b.arg(to)
	}
	b.text(")")
}

// beyond says whether an end is after the last time that there is.
func beyond(end any) bool {
	switch v := end.(type) {
	case store.Date:
		return len(v) > len(time.DateOnly)
	case time.Time:
		return v.After(store.LastTime)
	}
	return false
}

func (f Between) match(*matcher, bool) (cond, bool) {
	value, ok := number(f.Field)
	var from, to int64
	if ok && f.From != nil {
		from, ok = end(f.From)
	}
	if ok && f.To != nil {
		to, ok = end(f.To)
	}
	return func(c *candidate) bool {
		v := value(c.item)
		return v != outline.None && (f.From == nil || v >= from) && (f.To == nil || v < to)
	}, ok
}

// After holds when the time is later.
type After struct {
	Field Field
	Time  time.Time
}

func (f After) write(b *builder, _ bool) { b.text(string(f.Field) + " > "); b.arg(f.Time) }

func (f After) match(*matcher, bool) (cond, bool) {
	value, ok := number(f.Field)
	at := f.Time.UnixMicro()
	return func(c *candidate) bool { v := value(c.item); return v != outline.None && v > at }, ok
}

// Contains holds when the field, as text, has the text in it, in letters of either case.
type Contains struct {
	Field Field
	Text  string
}

func (f Contains) write(b *builder, _ bool) {
	column := string(f.Field)
	if b.postgres && f.Field != Name {
		column = "CAST(" + column + " AS TEXT)"
	}
	b.contains(column, f.Text)
}

func (b *builder) contains(column, text string) {
	sql, pattern := store.ContainsSQL(column, text, b.postgres)
	b.text(sql)
	b.args = append(b.args, pattern)
}

func (f Contains) match(*matcher, bool) (cond, bool) {
	if f.Field != StartDate && f.Field != TargetDate {
		return never, false
	}
	value, ok := number(f.Field)
	return func(c *candidate) bool {
		day := value(c.item)
		return day != outline.None && strings.Contains(outline.DayText(int32(day)), f.Text)
	}, ok
}

// number is a day or a time of a work item.
func number(field Field) (func(i *outline.Issue) int64, bool) {
	switch field {
	case StartDate:
		return func(i *outline.Issue) int64 { return int64(i.Start) }, true
	case TargetDate:
		return func(i *outline.Issue) int64 { return int64(i.Target) }, true
	case CreatedAt:
		return func(i *outline.Issue) int64 { return i.Created }, true
	case UpdatedAt:
		return func(i *outline.Issue) int64 { return i.Updated }, true
	case CompletedAt:
		return func(i *outline.Issue) int64 { return i.Completed }, true
	}
	return nil, false
}

// end is one end of a Between, as items have it.
func end(v any) (n int64, ok bool) {
	switch v := v.(type) {
	case store.Date:
		day := outline.Day(string(v))
		return int64(day), day != outline.None
	case time.Time:
		return v.UnixMicro(), v.Nanosecond()%1000 == 0
	}
	return 0, false
}
