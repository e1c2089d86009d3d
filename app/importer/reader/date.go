package reader

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/sailplane/sailplane/app/importer/record"
)

// Dates of a file are written in one order: day, month and year. It is found by looking at all of them first.

// months are how the names of months begin, in the languages in which trackers write them.
var months = map[string]time.Month{
	"jan": 1, "ene": 1, "gen": 1, "jän": 1, "feb": 2, "fév": 2, "fev": 2, "mar": 3, "mär": 3, "mrz": 3, "maa": 3, "mrt": 3,
	"apr": 4, "avr": 4, "abr": 4, "may": 5, "mai": 5, "mag": 5, "mei": 5, "jun": 6, "juin": 6, "giu": 6, "jul": 7,
	"juil": 7, "lug": 7, "aug": 8, "aoû": 8, "ago": 8, "sep": 9, "set": 9, "oct": 10, "okt": 10, "ott": 10, "out": 10,
	"nov": 11, "dec": 12, "déc": 12, "dez": 12, "dic": 12,
}

func month(word string) (time.Month, bool) {
	word = strings.ToLower(strings.Trim(word, "."))
	runes := []rune(word)
	for _, n := range []int{4, 3} {
		if len(runes) >= n {
			if m, ok := months[string(runes[:n])]; ok {
				return m, true
			}
		}
	}
	return 0, false
}

// fixed are layouts that say themselves what is what.
var fixed = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02T15:04:05-0700",
	"2006-01-02T15:04:05.000-0700", "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05 MST", "2006-01-02 15:04:05",
	"2006-01-02 15:04", time.DateOnly, "Mon Jan 2 2006 15:04:05 GMT-0700", "2006/01/02 15:04:05"}

// parsed is a time of a cell, and whether it is only a day.
type parsed struct {
	time.Time

	day bool
}

// dates reads the dates of one file.
type dates struct {
	order string // dmy, mdy or ymd
	zone  *time.Location
}

// read returns the time that a cell says; false: it says none that can be read.
func (d dates) read(cell string) (parsed, bool) {
	cell = strings.TrimSpace(cell)
	if cell == "" || len(cell) > 100 {
		return parsed{}, false
	}
	whole := cell
	if i := strings.IndexByte(whole, '('); i > 0 { // the name of a zone
		whole = strings.TrimSpace(whole[:i])
	}
	for _, layout := range fixed {
		if at, err := time.ParseInLocation(layout, whole, d.zone); err == nil {
			return parsed{at, layout == time.DateOnly}, sane(at)
		}
	}
	return d.loose(cell)
}

func sane(at time.Time) bool { return at.Year() >= 1970 && at.Year() < 2200 }

// loose reads what is written by hand or by a locale: 25/Jun/20 12:44, 6/21/2025 4:14 PM, 1. März 2024.
func (d dates) loose(cell string) (parsed, bool) {
	words := strings.FieldsFunc(cell, func(c rune) bool { return unicode.IsSpace(c) || c == ',' || c == '\u202f' })
	var date []string
	var clock, half string
	for i, w := range words {
		switch up := strings.ToUpper(strings.ReplaceAll(w, ".", "")); {
		case up == "AM" || up == "PM":
			half = up
		case strings.Contains(w, ":"):
			clock = w
		case i > 0 && clock != "":
			// a zone, or what stands after the time
		default:
			date = append(date, strings.FieldsFunc(w, func(c rune) bool { return c == '/' || c == '.' || c == '-' })...)
		}
	}
	y, m, dd, ok := d.parts(date)
	if !ok {
		return parsed{}, false
	}
	h, min, sec, ok := clockOf(clock, half)
	if !ok {
		return parsed{}, false
	}
	at := time.Date(y, m, dd, h, min, sec, 0, d.zone)
	if at.Day() != dd || at.Month() != m {
		return parsed{}, false
	}
	return parsed{at, clock == ""}, sane(at)
}

// parts are year, month and day of three words.
func (d dates) parts(words []string) (y int, m time.Month, day int, ok bool) {
	if len(words) == 4 { // the day of the week
		words = words[1:]
	}
	if len(words) != 3 {
		return 0, 0, 0, false
	}
	order := d.order
	for i, w := range words {
		if named, is := month(w); is {
			m = named
			words = append(append([]string{}, words[:i]...), words[i+1:]...)
			if len(words[0]) == 4 {
				words[0], words[1] = words[1], words[0]
			}
			break
		}
	}
	var numbers []int
	for _, w := range words {
		n, err := strconv.Atoi(strings.TrimRight(w, "stndrh"))
		if err != nil || n < 0 {
			return 0, 0, 0, false
		}
		numbers = append(numbers, n)
	}
	switch {
	case m != 0:
		day, y = numbers[0], numbers[1]
	case len(words[0]) == 4 || order == "ymd":
		y, m, day = numbers[0], time.Month(numbers[1]), numbers[2]
	case order == "mdy":
		m, day, y = time.Month(numbers[0]), numbers[1], numbers[2]
	default:
		day, m, y = numbers[0], time.Month(numbers[1]), numbers[2]
	}
	if y < 100 {
		y += 2000
	}
	return y, m, day, m >= 1 && m <= 12 && day >= 1 && day <= 31
}

func clockOf(clock, half string) (h, m, s int, ok bool) {
	if clock == "" {
		return 0, 0, 0, true
	}
	up := strings.ToUpper(clock)
	if strings.HasSuffix(up, "AM") || strings.HasSuffix(up, "PM") {
		half, clock = up[len(up)-2:], clock[:len(clock)-2]
	}
	n := [3]int{}
	for i, part := range strings.SplitN(clock, ":", 3) {
		part, _, _ = strings.Cut(part, ".")
		v, err := strconv.Atoi(part)
		if err != nil {
			return 0, 0, 0, false
		}
		n[i] = v
	}
	h, m, s = n[0], n[1], n[2]
	switch {
	case half == "PM" && h < 12:
		h += 12
	case half == "AM" && h == 12:
		h = 0
	}
	return h, m, s, h >= 0 && h < 24 && m >= 0 && m < 60 && s >= 0 && s < 61
}

// guess finds the one order that fits all dates of a file.
type guess struct {
	bad     map[string]int
	seen    int
	example string // one that has another meaning in another order
}

var orders = []string{"dmy", "mdy", "ymd"}

// see looks at a cell with a date.
func (g *guess) see(cell string) {
	if strings.TrimSpace(cell) == "" {
		return
	}
	if g.bad == nil {
		g.bad = map[string]int{}
	}
	g.seen++
	var first parsed
	differ := false
	for i, order := range orders {
		at, ok := dates{order, time.UTC}.read(cell)
		if !ok || order == "ymd" && !longYear(cell) {
			g.bad[order]++
			continue
		}
		if i > 0 && !first.IsZero() && !first.Equal(at.Time) {
			differ = true
		}
		if first.IsZero() {
			first = at
		}
	}
	if differ && g.example == "" {
		g.example = strings.TrimSpace(cell)
	}
}

// longYear says whether a date begins with a year of four digits: with two, nobody writes it first.
func longYear(cell string) bool {
	n := 0
	for _, c := range cell {
		if c < '0' || c > '9' {
			break
		}
		n++
	}
	return n == 4
}

// decide is the order that fits; asked when two do and differ.
func (g *guess) decide(m *record.Map) (dates, error) {
	d := dates{order: m.Dates, zone: m.Zone()}
	if d.order != "" {
		return d, nil
	}
	d.order = orders[0]
	for _, order := range orders[1:] {
		if g.bad[order] < g.bad[d.order] {
			d.order = order
		}
	}
	if g.example != "" && g.bad["dmy"] == g.bad["mdy"] {
		dmy, _ := dates{"dmy", time.UTC}.read(g.example)
		mdy, _ := dates{"mdy", time.UTC}.read(g.example)
		return d, refuse("the dates may be day/month or month/day: %s is %s or %s. Say which: dates = \"dmy\" or \"mdy\" in --map, or --dates",
			g.example, dmy.Format("2 January 2006"), mdy.Format("2 January 2006"))
	}
	return d, nil
}

// when notes dates of a work item that cannot be read.
type when struct {
	dates
	item *record.Item
}

// at is the time of a cell; zero when it is empty or can't be read.
func (w when) at(name, cell string) time.Time {
	return w.parsed(name, cell).Time
}

func (w when) parsed(name, cell string) parsed {
	if strings.TrimSpace(cell) == "" {
		return parsed{}
	}
	p, ok := w.read(cell)
	if !ok {
		w.item.Lost = append(w.item.Lost, fmt.Sprintf("%s: %.60q is no date that can be read", name, cell))
		return parsed{}
	}
	return p
}

// on is the day of a cell; empty when it is empty or can't be read.
func (w when) on(name, cell string) string {
	p := w.parsed(name, cell)
	if p.IsZero() {
		return ""
	}
	if !p.day {
		p.Time = p.In(w.zone)
	}
	return p.Format(time.DateOnly)
}
