package db

import (
	"bytes"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// nesting finds units of work that are begun inside a transaction: each takes a second connection, and once all
// connections are taken by transactions that want another one, they wait for each other for ever. It looks only where
// tests ask it to.
type nesting struct {
	tell   atomic.Pointer[func(fault string)]
	inside sync.Map // goroutine -> true
}

// ForbidNesting lets tell hear of every unit of work that is begun by the function of a Write, with the stack. For
// tests.
func (d *DB) ForbidNesting(tell func(fault string)) { d.nested.tell.Store(&tell) }

func (n *nesting) check(what string) {
	tell := n.tell.Load()
	if tell == nil {
		return
	}
	if _, inside := n.inside.Load(goroutine()); inside {
		(*tell)(fmt.Sprintf("%s begins inside a transaction, on a second connection:\n%s", what, debug.Stack()))
	}
}

// within runs what a transaction does.
func (n *nesting) within(do func() error) error {
	if n.tell.Load() == nil {
		return do()
	}
	me := goroutine()
	n.inside.Store(me, true)
	defer n.inside.Delete(me)
	return do()
}

// goroutine is the number of the running one, which only its stack tells.
func goroutine() string {
	stack := make([]byte, 64)
	words := bytes.Fields(stack[:runtime.Stack(stack, false)]) // goroutine 18 [running]:
	return string(words[1])
}
