package issue

import (
	"reflect"
	"slices"
	"testing"

	"github.com/sailplane/sailplane/store"
)

// Whatever a work item says by itself can be written, and a change of it is told to webhooks and in the history.
func TestEveryValueIsWrittenAndCompared(t *testing.T) {
	var in Input
	of := reflect.ValueOf(&in).Elem()
	for i := range of.NumField() {
		if set := of.Field(i); set.Kind() == reflect.Struct && set.FieldByName("Set").IsValid() {
			set.FieldByName("Set").SetBool(true)
		}
	}
	written := in.setValues(&store.IssueValues{})
	values := reflect.TypeFor[store.IssueValues]()
	for i := range values.NumField() {
		column := values.Field(i).Tag.Get("db")
		if !slices.Contains(written, column) {
			t.Errorf("a request does not set %s", column)
		}
		var from, to store.IssueValues
		some(reflect.ValueOf(&to).Elem().Field(i))
		var r record
		r.compareValues(&from, &to)
		if len(r.fields) != 1 || r.fields[0].Field != column {
			t.Errorf("a change of %s leaves %v", column, r.fields)
		}
		if column != "sort_order" && len(r.rows) != 1 { // a place leaves nothing in the history, as in the reference
			t.Errorf("a change of %s leaves %d rows of history", column, len(r.rows))
		}
	}
}

// some puts something else than nothing into a value.
func some(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		some(v.Elem())
	case reflect.String:
		v.SetString("2026-01-01")
	case reflect.Int:
		v.SetInt(1)
	case reflect.Float64:
		v.SetFloat(1)
	}
}
