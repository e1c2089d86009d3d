package console

import (
	"cmp"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/sailplane/sailplane/app"
)

// form is a form that is sent to a page of ours, with the token that shows that it comes from one.
func (v view) form(to, class string, children ...g.Node) g.Node {
	return h.Form(h.Method("post"), h.Action(app.SafeLink(to)), g.If(class != "", h.Class(class)),
		hidden("csrfmiddlewaretoken", v.CSRF), g.Group(children))
}

// hidden is a field that nobody sees.
func hidden(name, value string) g.Node {
	return h.Input(h.Type("hidden"), h.Name(name), h.Value(value))
}

// submit is the button at the end of a form; its kind is primary, danger or empty.
func submit(kind, key string, children ...g.Node) g.Node {
	return h.P(h.Button(g.If(kind != "", h.Class(kind)), h.Type("submit"), t(key), g.Group(children)))
}

// field is a labelled field of a form. A form that was refused is shown again with what was sent.
type field struct {
	Name, Label  string // of what is sent, and of a text
	Type         string // of HTML; empty: text
	Known        string // what it is filled in with
	Hint         string // the key of a text below it
	Autocomplete string // what browsers may fill in
	Form         string // tells it from fields of that name in other forms of the page
	Required     bool
	Raw          bool // it shows what is known, whatever was sent
}

func (f field) id() string {
	if f.Form != "" {
		return "f-" + f.Form + "-" + f.Name
	}
	return "f-" + f.Name
}

// described says which text explains the field, and hint is that.
func (f field) described() g.Node {
	return g.If(f.Hint != "", h.Aria("describedby", f.id()+"-hint"))
}

func (f field) hint() g.Node {
	return g.If(f.Hint != "", h.P(h.Class("hint"), h.ID(f.id()+"-hint"), t(f.Hint)))
}

// label says what the field is, and whether it may be empty.
func (f field) label() g.Node {
	return h.Label(h.For(f.id()), t(f.Label),
		g.If(!f.Required, g.Group{g.Text(" "), h.Span(h.Class("optional"), t("form.optional"))}))
}

// input is a field for a text.
func (v view) input(f field) g.Node {
	value := v.value(f)
	if f.Type == "password" {
		value = ""
	}
	return h.Div(h.Class("field"), f.label(),
		h.Input(h.ID(f.id()), h.Name(f.Name), h.Type(cmp.Or(f.Type, "text")), h.Value(value),
			g.If(f.Required, h.Required()), g.If(f.Autocomplete != "", h.AutoComplete(f.Autocomplete)), f.described()),
		f.hint())
}

// area is a field for a text of several lines.
func (v view) area(f field) g.Node {
	return h.Div(h.Class("field"), f.label(),
		h.Textarea(h.ID(f.id()), h.Name(f.Name), h.Rows("3"), h.AutoComplete("off"),
			g.Attr("spellcheck", "false"), f.described(),
			g.Text(v.value(f))),
		f.hint())
}

// tick is a box to tick.
func (v view) tick(f field, on bool) g.Node {
	if v.Sent != nil {
		on = v.Sent[f.Name] == "1"
	}
	return h.Div(h.Class("tick"),
		h.Input(h.ID(f.id()), h.Name(f.Name), h.Type("checkbox"), h.Value("1"), g.If(on, h.Checked()), f.described()),
		h.Div(h.Label(h.For(f.id()), t(f.Label)), f.hint()))
}

// choice is one of the values of a field, and the key of its text.
type choice struct{ Value, Label string }

// choose is a field of one of several values.
func (v view) choose(f field, choices ...choice) g.Node {
	value := v.value(f)
	return h.Div(h.Class("field"),
		h.Label(h.For(f.id()), t(f.Label)),
		h.Select(h.ID(f.id()), h.Name(f.Name), g.Map(choices, func(c choice) g.Node {
			return h.Option(h.Value(c.Value), g.If(c.Value == value, h.Selected()), t(c.Label))
		})))
}

// value is what a field is filled in with: what was sent, else what is known.
func (v view) value(f field) string {
	if sent, ok := v.Sent[f.Name]; ok && !f.Raw {
		return sent
	}
	return f.Known
}

// button is a form that is only a button.
type button struct {
	To, Label   string
	About       string // what it is about, for those who do not see the row it stands in
	Kind        string // primary; danger: the script asks first, if there is one; or empty
	Name, Value string // what is sent with it, if there is a name
}

func (v view) press(b button) g.Node {
	return v.form(b.To, "press", g.If(b.Kind == "danger", h.Data("confirm", say("form.sure"))),
		g.If(b.Name != "", hidden(b.Name, b.Value)),
		h.Button(h.Type("submit"), g.If(b.Kind != "", h.Class(b.Kind)), t(b.Label),
			g.If(b.About != "", unseen(b.About))))
}

// unseen tells those who do not see where a button stands what it is about.
func unseen(about string) g.Node { return h.Span(h.Class("unseen"), g.Text(" "+about)) }

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

// device is a browser in few words; a program that says something else is called what it says.
func device(agent string) string {
	browser, system := app.Browser(agent)
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
