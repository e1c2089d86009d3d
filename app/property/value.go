// Package property reads the values that work items have of properties, and says how they look.
package property

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"net/mail"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/richtext"
	"github.com/sailplane/sailplane/store"
)

// Values of properties, as requests have them and as answers show them.

const (
	// Most is how many values a work item may have of one property.
	Most         = 100
	longestText  = 10_000 // characters
	longestURL   = 2048
	longestEmail = 254
)

// RichValue is how the refusal of a rich text begins that is no object: clients ask for these words.
const RichValue = "Rich text value must be an object"

var tooMany = "Ensure this field has no more than " + strconv.Itoa(Most) + " elements."

// Read reads the values of a property out of a request: one, or a list where the property has several; null, an
// empty text and an empty list are none. fault says what is wrong with them. Whether what they name is there, Check
// says.
func Read(p *store.ItemProperty, raw json.RawMessage) (values []store.PropertyValue, fault string) {
	if len(raw) == 0 {
		return nil, ""
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var read any
	if err := dec.Decode(&read); err != nil {
		return nil, "This is no value."
	}
	list, many := read.([]any)
	if !many {
		list = []any{read}
	}
	switch {
	case many && !p.IsMulti:
		return nil, "This property has one value, not a list."
	case len(list) > Most:
		return nil, tooMany
	}
	for _, one := range list {
		if one == nil || one == "" {
			continue
		}
		v, fault := readValue(p, one)
		if fault != "" {
			return nil, fault
		}
		values = append(values, v)
	}
	return distinctValues(values), ""
}

// ReadDefault reads the default_value of a property: a list of texts.
func ReadDefault(p *store.ItemProperty, texts []string) (values []store.PropertyValue, fault string) {
	switch {
	case len(texts) > 1 && !p.IsMulti:
		return nil, "This property has one value."
	case len(texts) > Most:
		return nil, tooMany
	}
	for _, text := range texts {
		if text == "" {
			continue
		}
		var one any = text
		switch {
		case p.PropertyType == store.PropertyDecimal:
			one = json.Number(text)
		case p.PropertyType == store.PropertyBoolean && (text == "true" || text == "false"):
			one = text == "true"
		case p.Relates() == store.ToRichText:
			one = map[string]any{"description_html": text}
		}
		v, fault := readValue(p, one)
		if fault != "" {
			return nil, fault
		}
		values = append(values, v)
	}
	return distinctValues(values), ""
}

func distinctValues(values []store.PropertyValue) (kept []store.PropertyValue) {
	for i := range values {
		twice := false
		for k := range kept {
			twice = twice || kept[k].Same(&values[i])
		}
		if !twice {
			kept = append(kept, values[i])
		}
	}
	return kept
}

func readValue(p *store.ItemProperty, one any) (v store.PropertyValue, fault string) {
	v.PropertyID = p.ID
	text, isText := one.(string)
	switch p.PropertyType {
	case store.PropertyDecimal:
		if v.Number = readNumber(one); v.Number == nil {
			return v, "A valid number is required."
		}
		return v, ""
	case store.PropertyBoolean:
		on, ok := one.(bool)
		if !ok {
			return v, "Must be a valid boolean."
		}
		n := 0.0
		if on {
			n = 1
		}
		v.Number = &n
		return v, ""
	case store.PropertyRelation:
		if p.Relates() == store.ToRichText {
			return readRich(v, one)
		}
	}
	if !isText {
		return v, "Not a valid string."
	}
	return v, readText(p, &v, text)
}

func readNumber(one any) *float64 {
	number, ok := one.(json.Number)
	if !ok {
		return nil
	}
	n, err := number.Float64()
	if err != nil || math.IsInf(n, 0) || math.IsNaN(n) {
		return nil
	}
	n += 0 // no negative zero
	return &n
}

func readText(p *store.ItemProperty, v *store.PropertyValue, text string) string {
	text = strings.ReplaceAll(text, "\x00", "")
	longest := func(n int) string {
		if utf8.RuneCountInString(text) > n {
			return fmt.Sprintf("Ensure this field has no more than %d characters.", n)
		}
		v.Text = &text
		return ""
	}
	switch p.PropertyType {
	case store.PropertyText:
		return longest(longestText)
	case store.PropertyURL:
		if !strings.Contains(text, "://") || !app.IsAddress(text) {
			return "Enter a valid URL."
		}
		return longest(longestURL)
	case store.PropertyEmail:
		if a, err := mail.ParseAddress(text); err != nil || a.Address != text {
			return "Enter a valid email address."
		}
		return longest(longestEmail)
	case store.PropertyTime:
		return readWhen(v, text)
	}
	id := strings.ToLower(text)
	if !store.IsID(id) {
		return "\"" + text + "\" is not a valid UUID."
	}
	switch {
	case p.PropertyType == store.PropertyOption:
		v.OptionID = &id
	case p.PropertyType == store.PropertyFile:
		v.FileID = &id
	case p.Relates() == store.ToUser:
		v.UserID = &id
	default:
		v.RelatedIssueID = &id
	}
	return ""
}

// readWhen reads a day, or a day and a time, which are no zone's own.
func readWhen(v *store.PropertyValue, text string) string {
	for _, form := range []struct{ read, kept string }{{time.DateOnly, time.DateOnly}, {time.DateTime, time.DateTime},
		{"2006-01-02T15:04:05", time.DateTime}, {time.RFC3339, time.DateTime}} {
		at, err := time.Parse(form.read, text)
		if err != nil || !store.InCalendar(at) {
			continue
		}
		kept, seconds := at.UTC().Format(form.kept), float64(at.Unix())
		v.Text, v.Number = &kept, &seconds
		return ""
	}
	return "Expected a day as 2026-05-31, or a time as 2026-05-31 16:30:00."
}

func readRich(v store.PropertyValue, one any) (store.PropertyValue, string) {
	object, _ := one.(map[string]any)
	html, ok := object["description_html"].(string)
	if !ok {
		return v, RichValue + " with description_html."
	}
	clean, err := richtext.Clean(strings.ReplaceAll(html, "\x00", ""))
	if richtext.Excessive(err) {
		return v, err.Error()
	}
	if err != nil {
		return v, "html content is not valid"
	}
	v.Text = &clean
	return v, ""
}

// Show is a value as answers have it: a text, a number or a boolean.
func Show(propertyType string, v *store.PropertyValue) any {
	switch {
	case propertyType == store.PropertyBoolean && v.Number != nil:
		return *v.Number != 0
	case propertyType == store.PropertyDecimal && v.Number != nil:
		return *v.Number
	case v.Text != nil:
		return *v.Text
	}
	return v.Refers()
}

// Shown are the values of a property as answers have them: one, nil for none, or a list where there may be several.
func Shown(p *store.ItemProperty, values []store.PropertyValue) any {
	if !p.IsMulti {
		if len(values) == 0 {
			return nil
		}
		return Show(p.PropertyType, &values[0])
	}
	list := make([]any, len(values))
	for i := range values {
		list[i] = Show(p.PropertyType, &values[i])
	}
	return list
}

// Add adds a value to what a work item has, by property: one, or a list where the property may have several.
func Add(by map[string]any, v *store.ShownValue) {
	shown := Show(v.PropertyType, &v.PropertyValue)
	if v.IsMulti {
		list, _ := by[v.PropertyID].([]any)
		shown = append(list, shown)
	}
	by[v.PropertyID] = shown
}
