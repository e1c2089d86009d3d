package pql

import "strings"

// expr is a condition, or several.
type expr interface{}

type (
	and []expr
	or  []expr
	not struct{ expr }
)

// comparison is a field, an operator and values.
type comparison struct {
	field    token
	property string // of cf["…"]
	op       operator
	opAt     int
	not      bool // != and NOT IN, IS NOT
	values   []value
}

// predicate is a condition that stands alone: isOverdue(), childOf("WEB-5").
type predicate struct {
	name token
	args []value
}

// value is a text, a number, true or false, or a function of several.
type value struct {
	token
	call bool
	args []value
}

// operator is what a field is compared by.
type operator string

// The operators. != is = with not, and so on; NULL is EMPTY.
const (
	equal        operator = "="
	contains     operator = "~"
	less         operator = "<"
	lessEqual    operator = "<="
	greater      operator = ">"
	greaterEqual operator = ">="
	in           operator = "IN"
	null         operator = "IS EMPTY"
	between      operator = "BETWEEN"
)

const (
	maxLength     = 4000 // characters
	maxDepth      = 20   // brackets and NOT within one another
	maxConditions = 5    // of the contract; those on project are not counted
	maxParts      = 50   // conditions of every kind
	maxValues     = 100  // of a list
)

type parser struct {
	tokens     []token
	at         int
	depth      int
	conditions int
	parts      int
}

// parse reads a query: OR binds less than AND, and AND less than NOT.
func parse(text string) (expr, error) {
	if len([]rune(text)) > maxLength {
		return nil, fault(maxLength+1, "A query can't be longer than %d characters.", maxLength)
	}
	tokens, err := lex(text)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: tokens}
	x, err := p.or()
	if err == nil && p.peek().kind != end {
		err = p.unexpected("AND, OR or the end")
	}
	return x, err
}

func (p *parser) peek() token { return p.tokens[p.at] }

func (p *parser) take() token {
	t := p.tokens[p.at]
	if t.kind != end {
		p.at++
	}
	return t
}

// accept takes the next token if it is that one.
func (p *parser) accept(text string) bool {
	if !p.peek().is(text) {
		return false
	}
	p.at++
	return true
}

func (p *parser) expect(text string) error {
	if p.accept(text) {
		return nil
	}
	return p.unexpected("\"" + text + "\"")
}

func (p *parser) unexpected(wanted string) error {
	return fault(p.peek().at, "Expected %s, and not %v.", wanted, p.peek())
}

func (p *parser) or() (expr, error) {
	all, err := p.several("OR", p.and)
	if err != nil || len(all) == 1 {
		return first(all), err
	}
	return or(all), nil
}

func (p *parser) and() (expr, error) {
	all, err := p.several("AND", p.unary)
	if err != nil || len(all) == 1 {
		return first(all), err
	}
	return and(all), nil
}

func first(all []expr) expr {
	if len(all) == 0 {
		return nil
	}
	return all[0]
}

func (p *parser) several(between string, one func() (expr, error)) ([]expr, error) {
	var all []expr
	for {
		x, err := one()
		if err != nil {
			return nil, err
		}
		if all = append(all, x); !p.accept(between) {
			return all, nil
		}
	}
}

// unary reads NOT, something in brackets, or one condition.
func (p *parser) unary() (expr, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, fault(p.peek().at, "Brackets and NOT can't stand in more than %d others.", maxDepth)
	}
	defer func() { p.depth-- }()
	switch {
	case p.accept("NOT"):
		x, err := p.unary()
		return not{x}, err
	case p.accept("("):
		x, err := p.or()
		if err != nil {
			return nil, err
		}
		return x, p.expect(")")
	}
	return p.condition()
}

func (p *parser) condition() (expr, error) {
	name := p.peek()
	if name.kind != word {
		return nil, p.unexpected("a field or a function")
	}
	p.take()
	if p.parts++; !name.is("project") {
		p.conditions++
	}
	if p.conditions > maxConditions || p.parts > maxParts {
		return nil, fault(name.at, "A query can't have more than %d conditions.", maxConditions)
	}
	if p.peek().is("(") {
		args, err := p.list()
		return predicate{name, args}, err
	}
	x := comparison{field: name}
	if name.is("cf") {
		if err := p.property(&x); err != nil {
			return nil, err
		}
	}
	return p.compare(x)
}

// property reads ["…"].
func (p *parser) property(x *comparison) error {
	if err := p.expect("["); err != nil {
		return err
	}
	if p.peek().kind != quoted {
		return p.unexpected("the id of a property in quotes")
	}
	x.property = p.take().text
	return p.expect("]")
}

func (p *parser) compare(x comparison) (expr, error) {
	x.opAt = p.peek().at
	switch t := p.peek(); {
	case p.accept("IS"):
		x.op, x.not = null, p.accept("NOT")
		if !p.accept("NULL") && !p.accept("EMPTY") {
			return nil, p.unexpected("NULL or EMPTY")
		}
		return x, nil
	case p.accept("NOT"):
		x.not = true
		if !p.peek().is("IN") {
			return nil, p.unexpected("IN")
		}
		fallthrough
	case t.is("IN"):
		p.take()
		x.op = in
		return p.compareIn(x)
	case p.accept("BETWEEN"):
		x.op = between
		return p.compareBetween(x)
	case p.accept("!="):
		x.op, x.not = equal, true
	case t.kind == symbol && strings.Contains("= ~ < <= > >=", t.text):
		p.take()
		x.op = operator(t.text)
	default:
		return nil, p.unexpected("an operator")
	}
	v, err := p.value()
	x.values = []value{v}
	return x, err
}

// compareIn reads a list, or a function that gives one.
func (p *parser) compareIn(x comparison) (_ expr, err error) {
	if p.peek().is("(") {
		x.values, err = p.list()
		if err == nil && len(x.values) == 0 {
			err = fault(x.opAt, "The list is empty.")
		}
		return x, err
	}
	v, err := p.value()
	if err == nil && !v.call {
		err = fault(v.at, "Expected a list in brackets, or a function.")
	}
	x.values = []value{v}
	return x, err
}

// compareBetween reads A AND B, or (A, B).
func (p *parser) compareBetween(x comparison) (_ expr, err error) {
	if p.peek().is("(") {
		if x.values, err = p.list(); err == nil && len(x.values) != 2 {
			err = fault(x.opAt, "BETWEEN wants two values.")
		}
		return x, err
	}
	low, err := p.value()
	if err == nil {
		err = p.expect("AND")
	}
	if err != nil {
		return nil, err
	}
	high, err := p.value()
	x.values = []value{low, high}
	return x, err
}

// list reads (A, B, …); it may be empty.
func (p *parser) list() ([]value, error) {
	p.take()
	var all []value
	if p.accept(")") {
		return nil, nil
	}
	for {
		if len(all) == maxValues {
			return nil, fault(p.peek().at, "A list can't have more than %d values.", maxValues)
		}
		v, err := p.value()
		if err != nil {
			return nil, err
		}
		if all = append(all, v); p.accept(")") {
			return all, nil
		}
		if !p.accept(",") {
			return nil, p.unexpected("\",\" or \")\"")
		}
	}
}

// value reads a text, a number, true, false, or a function with its arguments.
func (p *parser) value() (value, error) {
	t := p.peek()
	switch t.kind {
	case quoted, number:
		return value{token: p.take()}, nil
	case word:
		p.take()
		if !p.peek().is("(") {
			if t.is("true") || t.is("false") {
				return value{token: t}, nil
			}
			return value{}, fault(t.at, "Texts stand in quotes: \"%s\".", t.text)
		}
		if p.depth++; p.depth > maxDepth {
			return value{}, fault(t.at, "Functions can't stand in more than %d others.", maxDepth)
		}
		args, err := p.list()
		p.depth--
		return value{token: t, call: true, args: args}, err
	}
	return value{}, p.unexpected("a value")
}
