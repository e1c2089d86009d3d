package web

import (
	"encoding/json"
	"net/http"
	"reflect"
)

// AnyOf is an answer in the shape of an A or of a B: whichever is there. With neither the answer has no body.
type AnyOf[A, B any] struct {
	A *A
	B *B
}

// DescribesAny names both for the API description.
func (AnyOf[A, B]) DescribesAny() []reflect.Type {
	return []reflect.Type{reflect.TypeFor[A](), reflect.TypeFor[B]()}
}

func (o AnyOf[A, B]) unwrap() any {
	switch {
	case o.A != nil:
		return *o.A
	case o.B != nil:
		return *o.B
	}
	return nil
}

// MarshalJSON writes the one that is there.
func (o AnyOf[A, B]) MarshalJSON() ([]byte, error) { return json.Marshal(o.unwrap()) }

// As is an answer that is put together key by key and has the shape of a T.
type As[T any] struct{ Value any }

// Describes names T for the API description.
func (As[T]) Describes() reflect.Type { return reflect.TypeFor[T]() }

func (a As[T]) unwrap() any { return a.Value }

// MarshalJSON writes the value.
func (a As[T]) MarshalJSON() ([]byte, error) { return json.Marshal(a.Value) }

// With is a T that comes with headers or cookies.
type With[T any] struct {
	Body    T
	Header  http.Header
	Cookies []*http.Cookie
}

// Describes names T for the API description.
func (With[T]) Describes() reflect.Type { return reflect.TypeFor[T]() }

func (w With[T]) unwrap() any {
	reply := Reply{Body: w.Body, Header: w.Header, Cookies: w.Cookies}
	if _, none := any(w.Body).(Nothing); none {
		reply.Body = nil
	}
	return reply
}

// shaped is an answer inside of what only shapes it.
type shaped interface{ unwrap() any }
