package console

import (
	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/health"
)

// The parts that pages are made of. What stands in them is escaped; words are named by their keys (see t).

// href is where a link leads.
func href(to string) g.Node { return h.Href(app.SafeLink(to)) }

func link(to string, children ...g.Node) g.Node { return h.A(href(to), g.Group(children)) }

// lead is what a page begins with.
func lead(key string, values ...any) g.Node { return h.P(h.Class("lead"), t(key, values...)) }

func hint(key string, values ...any) g.Node { return h.P(h.Class("hint"), t(key, values...)) }

// empty stands where a list has nothing.
func empty(key string) g.Node { return h.P(h.Class("empty"), t(key)) }

// notice is something to be noticed; a fault is one, too.
func notice(children ...g.Node) g.Node { return h.P(h.Class("notice"), g.Group(children)) }

func fault(children ...g.Node) g.Node { return h.P(h.Class("notice fault"), g.Group(children)) }

// alert is read out to whoever does not see it.
func alert(children ...g.Node) g.Node { return h.Div(h.Role("alert"), g.Group(children)) }

// well says that nothing is wrong.
func well(key string) g.Node {
	return h.P(h.Class("well"), h.Span(h.Class("mark ok"), t("health.ok")), g.Text(" "), t(key))
}

// tag is a word about something; its kind is accent, warn or empty.
func tag(kind, key string) g.Node {
	class := "tag"
	if kind != "" {
		class += " " + kind
	}
	return h.Span(h.Class(class), t(key))
}

// sub is a second line below something.
func sub(children ...g.Node) g.Node { return h.Span(h.Class("sub"), g.Group(children)) }

// card is a part of a page with a heading; id is that of the heading on the page.
func card(id, heading string, children ...g.Node) g.Node {
	return h.Section(h.Class("card"), h.Aria("labelledby", id), h.H2(h.ID(id), t(heading)), g.Group(children))
}

// facts are what is known, one below the other.
func facts(children ...g.Node) g.Node { return h.Dl(h.Class("facts"), g.Group(children)) }

func fact(label string, children ...g.Node) g.Node {
	return h.Div(h.Dt(t(label)), h.Dd(children...))
}

func actions(children ...g.Node) g.Node { return h.Div(h.Class("actions"), g.Group(children)) }

// pair is two fields beside each other where there is room.
func pair(children ...g.Node) g.Node { return h.Div(h.Class("pair"), g.Group(children)) }

// crumbs lead back to the list that a page is reached by.
func crumbs(to, label string) g.Node { return h.P(h.Class("crumbs"), link(to, t(label))) }

// secret is something that is shown once, with a button that copies it.
func secret(value string) g.Node {
	return h.P(h.Class("secret"), h.Code(h.ID("secret"), h.TabIndex("0"), g.Text(value)),
		h.Button(h.Type("button"), h.Class("quiet"), h.Data("copy", "secret"), g.Attr("hidden"), t("form.copy")))
}

// row is the cells of a row of a table. The first is its heading.
type row []g.Node

// long is a cell of text that may be long.
func long(text string) g.Node { return g.Group{h.Class("words"), g.Text(text)} }

// listActions is the column of a table that has buttons.
const listActions = "list.actions"

// table is a list: its name, the names of its columns, and its rows. On a small screen each cell says what column it is
// of.
func table[T any](caption string, columns []string, all []T, cells func(T) row) g.Node {
	rows := make([]row, len(all))
	for i := range all {
		rows[i] = cells(all[i])
	}
	return tableOf(caption, columns, rows)
}

// tableOf is no part of table so that it is compiled once, not for each type of rows.
func tableOf(caption string, columns []string, rows []row) g.Node {
	return h.Table(h.Role("table"), h.Class("list"),
		h.Caption(h.Class("unseen"), t(caption)),
		h.THead(h.Role("rowgroup"), h.Tr(h.Role("row"), g.Map(columns, columnHead))),
		h.TBody(h.Role("rowgroup"), g.Map(rows, func(cells row) g.Node {
			line := g.Group{h.Role("row")}
			for i, cell := range cells {
				switch {
				case i == 0:
					line = append(line, h.Th(h.Role("rowheader"), h.Scope("row"), cell))
				case columns[i] == listActions:
					line = append(line, h.Td(h.Role("cell"), h.Class("do"), cell))
				default:
					line = append(line, h.Td(h.Role("cell"), h.Data("label", say(columns[i])), cell))
				}
			}
			return h.Tr(line...)
		})))
}

func columnHead(column string) g.Node {
	label := t(column)
	if column == listActions {
		label = h.Span(h.Class("unseen"), label)
	}
	return h.Th(h.Role("columnheader"), h.Scope("col"), label)
}

// searching is the field above a list, with what was looked for in it, and how many rows there are.
func (p pager) searching(count string) g.Node {
	return h.Div(h.Class("tools"),
		h.Form(h.Method("get"), h.Role("search"), h.Class("search"),
			h.Label(h.Class("unseen"), h.For("search"), t("list.search")),
			h.Input(h.ID("search"), h.Name("search"), h.Type("search"), h.Value(p.Search), h.Placeholder(say("list.search"))),
			h.Button(h.Type("submit"), t("list.find"))),
		h.P(h.Class("count"), t(count, p.Rows)))
}

// leafing leads to the pages of a list before and after.
func (p pager) leafing() g.Node {
	return h.Nav(h.Class("pager"), h.Aria("label", say("list.pages")),
		g.If(p.Before != "", h.A(h.Rel("prev"), href(p.Before), t("list.before"))),
		h.Span(t("list.page", p.Page, p.Of)),
		g.If(p.After != "", h.A(h.Rel("next"), href(p.After), t("list.after"))))
}

// findings are what was found out about the installation.
func findings(all []health.Finding) g.Node {
	return h.Ul(h.Class("findings"), g.Map(all, func(f health.Finding) g.Node {
		word := map[health.Level]string{health.Fine: "health.ok", health.Note: "health.note"}[f.Level]
		if word == "" {
			word = "health.wrong"
		}
		return h.Li(h.Class(string(f.Level)),
			h.P(h.Span(h.Class("mark "+string(f.Level)), t(word)), g.Text(" "+f.What+" "), h.Code(h.Class("code"), g.Text(f.Code))),
			detail("health.why", f.Why), detail("health.do", f.Do))
	}))
}

func detail(key, text string) g.Node {
	if text == "" {
		return nil
	}
	return h.P(h.Class("detail"), h.Span(t(key)), g.Text(" "+text))
}

// either is one of two nodes. Both are made: neither may need what is there only sometimes.
func either(is bool, yes, no g.Node) g.Node {
	if is {
		return yes
	}
	return no
}
