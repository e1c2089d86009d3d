package letter

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/sailplane/sailplane/app/mail"
)

// words are the texts of letters; say is one, with %s and %d in it filled in.
var words, say = mail.Words, mail.Say

// order is that of the fields in a letter; others come last.
var order = []string{"name", "state", "priority", "assignees", "labels", "start_date", "target_date", "estimate_points",
	"estimate_categories", "estimate_time", "parent", "blocked_by", "blocking", "duplicate", "relates_to", "start_after",
	"start_before", "finish_after", "finish_before", "implements", "implemented_by", "link", "attachment", "description",
	"archived_at", "comment"}

func place(field string) int {
	if at := slices.Index(order, field); at >= 0 {
		return at
	}
	return len(order)
}

// label is what people call a field.
func label(field string) string {
	if text, ok := words()["field."+field]; ok {
		return text
	}
	text := []rune(strings.ReplaceAll(mail.OneLine(field), "_", " ")) // one that came after this was written
	if len(text) == 0 {
		return say("field.unknown")
	}
	text[0] = unicode.ToUpper(text[0])
	return string(text)
}

// shown is a value of a field for people.
func shown(field, value string) string {
	if value == "" {
		return say("value.none")
	}
	switch field {
	case "priority":
		if text, ok := words()["priority."+value]; ok {
			return text
		}
	case "start_date", "target_date":
		if day, err := time.Parse(time.DateOnly, value); err == nil {
			return day.Format("Mon, 2 Jan 2006")
		}
	case "attachment": // workspace/32 digits-name
		if at := strings.LastIndexByte(value, '/'); at >= 0 {
			value = value[at+1:]
		}
		if before, name, ok := strings.Cut(value, "-"); ok && len(before) == 32 {
			value = name
		}
	}
	return shorten(mail.OneLine(value), mostName)
}

const mostName = 300 // characters of a name in a letter

// shorten cuts a text to that many characters, at a blank if there is one near the end.
func shorten(s string, most int) string {
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	cut := string(runes[:most-1])
	if at := strings.LastIndexAny(cut, " \n"); at > len(cut)*3/4 {
		cut = cut[:at]
	}
	return strings.TrimRight(cut, " \n") + "…"
}

// people are names in one text: all of up to three, else two and how many more there are.
func people(names []string) string {
	switch n := len(names); {
	case n == 0:
		return say("people.somebody")
	case n == 1:
		return names[0]
	case n <= 3:
		return say("people.last", strings.Join(names[:n-1], ", "), names[n-1])
	default:
		return say("people.more", names[0], names[1], n-2)
	}
}
