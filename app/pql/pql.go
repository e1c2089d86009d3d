// Package pql reads the query language in which programs ask for work items, as plane-mcp-server 0.3 describes it:
//
//	priority = "urgent" AND assignee = currentUser()
//	stateGroup IN openStates() AND NOT (dueDate >= today() OR isSubWorkItem())
//
// A query is read (lex.go, parse.go) and compiled to conditions of the one engine of lists. What it says is bounded:
// its length, its depth, its conditions; each of them costs a fixed number of statements, whatever is in the workspace.
// What it can't say is refused with the place where it goes wrong.
package pql

import (
	"fmt"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/issuelist"
)

// Param is the name of the parameter; refusals have it as their field.
const Param = "pql"

// fault is the refusal of a query, with the character at which it goes wrong.
func fault(at int, format string, args ...any) error {
	return app.Field(Param, fmt.Sprintf("At character %d: ", at)+fmt.Sprintf(format, args...))
}

// Compile reads a query and turns it into a condition on work items of those projects, which are the caller's. What is
// wrong with the query is an app.Error for the field pql.
func Compile(c *app.Call, text string, projects []string) (issuelist.Filter, error) {
	return CompileIn(c, c.Read(), text, projects)
}

// CompileIn is Compile within a transaction.
func CompileIn(c *app.Call, t *store.Tx, text string, projects []string) (issuelist.Filter, error) {
	x, err := parse(text)
	if err != nil {
		return nil, err
	}
	k := &compiler{c: c, t: t, now: t.Now, zone: c.Zone(), projects: projects}
	return k.compile(x)
}

// compiler turns what a query says into conditions.
type compiler struct {
	c        *app.Call
	t        *store.Tx
	now      time.Time
	zone     *time.Location
	projects []string // that the list is of

	identifiers map[string]string // of the caller's projects: their ids; nil: not read yet
}

func (k *compiler) compile(x expr) (issuelist.Filter, error) {
	switch x := x.(type) {
	case and:
		all, err := k.each(x)
		return issuelist.All(all), err
	case or:
		all, err := k.each(x)
		return issuelist.Any(all), err
	case not:
		f, err := k.compile(x.expr)
		return issuelist.Not{Filter: f}, err
	case predicate:
		return k.predicate(x)
	case comparison:
		f, err := k.comparison(x)
		if err != nil || !x.not {
			return f, err
		}
		return issuelist.Not{Filter: f}, nil
	}
	return nil, fmt.Errorf("pql: a %T is no condition", x)
}

func (k *compiler) each(list []expr) ([]issuelist.Filter, error) {
	all := make([]issuelist.Filter, 0, len(list))
	for _, x := range list {
		f, err := k.compile(x)
		if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	return all, nil
}
