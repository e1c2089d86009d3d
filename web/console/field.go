package console

import (
	"html/template"
	"net/http"
	"strings"
)

// functions are what templates may call beside the methods of a view.
var functions = template.FuncMap{"t": mark, "field": newField, "check": newCheck, "choice": newChoice,
	"button": newButton, "device": device, "size": size, "join": strings.Join, "status": http.StatusText}

// field is a labelled field of a form.
type field struct {
	ID, Name, Label, Value, Type, Hint, Autocomplete string

	Required, On bool
	Choices      []choice
}

// choice is one of the values of a field.
type choice struct {
	Value, Label string
	On           bool
}

// newField is a field for a text. Its kind is that of HTML; further words are required, or say what browsers fill in
// (autocomplete=email), which text stands below it (hint=mail.port-hint), what tells it from fields of that name in
// other forms of the page (id=google), or that it always shows what is known (raw).
func newField(v view, name, label, kind, known string, more ...string) field {
	f := field{ID: "f-" + name, Name: name, Label: label, Type: kind, Value: v.Val(name, known)}
	for _, word := range more {
		switch key, value, _ := strings.Cut(word, "="); key {
		case "required":
			f.Required = true
		case "id":
			f.ID = "f-" + value + "-" + name
		case "raw":
			f.Value = known
		case "hint":
			f.Hint = value
		case "autocomplete":
			f.Autocomplete = value
		}
	}
	if kind == "password" {
		f.Value = ""
	}
	return f
}

// newCheck is a box to tick.
func newCheck(v view, name, label string, known bool, more ...string) field {
	f := newField(v, name, label, "checkbox", "", more...)
	f.On = known
	if v.Sent != nil {
		f.On = v.Sent[name] == "1"
	}
	return f
}

// newChoice is a field of one of several values, in pairs of value and text.
func newChoice(v view, name, label, known string, pairs ...string) field {
	f := newField(v, name, label, "", known)
	for i := 0; i+1 < len(pairs); i += 2 {
		f.Choices = append(f.Choices, choice{Value: pairs[i], Label: pairs[i+1], On: pairs[i] == f.Value})
	}
	return f
}

// button is a form that is only a button.
type button struct {
	CSRF, To, Label, About, Kind string
	Hidden                       []choice
}

// newButton is a button that sends a form with hidden values, in pairs of name and value. about is what it is about,
// for those who do not see the row it stands in. A kind of danger asks first: the script does, if there is one.
func newButton(v view, to, label, about, kind string, pairs ...string) button {
	b := button{CSRF: v.CSRF, To: to, Label: label, About: about, Kind: kind}
	for i := 0; i+1 < len(pairs); i += 2 {
		b.Hidden = append(b.Hidden, choice{Value: pairs[i+1], Label: pairs[i]})
	}
	return b
}

// size writes a number of bytes for people.
func size(n int64) string {
	switch {
	case n >= 1<<30:
		return say("size.gib", float64(n)/(1<<30))
	case n >= 1<<20:
		return say("size.mib", float64(n)/(1<<20))
	case n >= 1<<10:
		return say("size.kib", float64(n)/(1<<10))
	}
	return say("size.bytes", n)
}

// browsers and systems are what user agents say of themselves, the one first that others pretend to be, too.
var (
	browsers = [][2]string{{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"},
		{"Safari/", "Safari"}, {"curl/", "curl"}}
	systems = [][2]string{{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"},
		{"Mac OS X", "Mac"}, {"Linux", "Linux"}}
)

// device is a browser in few words; a program that says something else is called what it says.
func device(agent string) string {
	name := func(known [][2]string) string {
		for _, k := range known {
			if strings.Contains(agent, k[0]) {
				return k[1]
			}
		}
		return ""
	}
	browser, system := name(browsers), name(systems)
	switch {
	case agent == "":
		return say("account.unknown-device")
	case browser == "":
		return agent
	case system == "":
		return browser
	}
	return say("account.on", browser, system)
}
