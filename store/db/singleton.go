package db

import "reflect"

// Singleton returns what a package keeps in memory beside the database, one of a type; it is made when it is first
// asked for, and lasts as long as the database is open.
func Singleton[T any](t *Tx, make func(*DB) *T) *T {
	t.db.holding.Lock()
	defer t.db.holding.Unlock()
	key := reflect.TypeFor[T]()
	if v, ok := t.db.held[key]; ok {
		return v.(*T)
	}
	v := make(t.db)
	if t.db.held == nil {
		t.db.held = map[reflect.Type]any{}
	}
	t.db.held[key] = v
	return v
}

// Carried is Singleton for one transaction: what a package keeps with it, one of a type.
func Carried[T any](t *Tx, make func() *T) *T {
	key := reflect.TypeFor[T]()
	if v, ok := t.held[key]; ok {
		return v.(*T)
	}
	v := make()
	if t.held == nil {
		t.held = map[reflect.Type]any{}
	}
	t.held[key] = v
	return v
}
