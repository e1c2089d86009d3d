package web

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/mux"
)

// checks are what a check:"…" tag asks of a value, comma-separated, with the reference's words for each fault
// (Django REST framework's field errors):
//
//	required    absent is a fault (not with PATCH)
//	null        null is fine (pointers and null documents take it anyway)
//	blank       an empty text is fine
//	raw         a text keeps its outer blanks
//	max=255     longest text, in characters
//	choice=a|b  the only texts or numbers
//	uuid        a text must be a UUID: a field's own value
//	pk          a text must be a UUID: another row's id
//	nested      faults of a list are told by their place in it
//	date        a text must be YYYY-MM-DD
//	zone        a text must be the name of a time zone
//	address     a text must be an address of the web, or a relative one of ours
//	logo        the addresses inside a document of a logo must be such ones
//	from=0      smallest number
//	to=12       largest number
type checks struct {
	required, null, blank, raw, uuid, pk, nested, date, zone, address, logo bool

	max      int
	from, to string // empty: no bound
	choice   []string
}

func parseChecks(tag string) checks {
	var c checks
	for word := range strings.SplitSeq(tag, ",") {
		key, value, _ := strings.Cut(word, "=")
		switch key {
		case "required":
			c.required = true
		case "null":
			c.null = true
		case "blank":
			c.blank = true
		case "raw":
			c.raw = true
		case "uuid":
			c.uuid = true
		case "pk":
			c.pk = true
		case "nested":
			c.nested = true
		case "date":
			c.date = true
		case "zone":
			c.zone = true
		case "address":
			c.address = true
		case "logo":
			c.logo = true
		case "from":
			c.from = value
		case "to":
			c.to = value
		case "max":
			c.max, _ = strconv.Atoi(value)
		case "choice":
			c.choice = strings.Split(value, "|")
		case "":
		default:
			panic("web: unknown check " + word)
		}
	}
	return c
}

type optional interface {
	Optional() (set *bool, null *bool, value any)
}

// set reads raw into v; what it returns is the field's fault: a list of texts, or a map for nested input.
func (c checks) set(v reflect.Value, raw json.RawMessage) any {
	isNull := string(raw) == "null" || c.pk && c.null && string(raw) == `""` // the reference takes no text for no row
	if v.Type() == reflect.TypeFor[*app.WrittenTime]() && c.blank && string(raw) == `""` {
		isNull = true // an empty field of a form
	}
	if opt, ok := v.Addr().Interface().(optional); ok {
		set, null, value := opt.Optional()
		*set = true
		inner := reflect.ValueOf(value).Elem()
		if isNull && (c.null || takesNull(inner)) {
			*null = true
			return nil
		}
		return c.set(inner, raw)
	}
	if isNull {
		if c.null || takesNull(v) {
			v.SetZero()
			return nil
		}
		return []string{"This field may not be null."}
	}
	if v.Kind() == reflect.Pointer {
		fresh := reflect.New(v.Type().Elem())
		fault := c.set(fresh.Elem(), raw)
		v.Set(fresh)
		return fault
	}
	return c.setValue(v, raw)
}

func takesNull(v reflect.Value) bool {
	return v.Kind() == reflect.Pointer || v.Type() == reflect.TypeFor[store.NullJSON]() || v.Kind() == reflect.Interface
}

func (c checks) setValue(v reflect.Value, raw json.RawMessage) any {
	if !v.CanInt() && v.Kind() != reflect.String && v.Kind() != reflect.Bool && hasUnreadable(raw) {
		return []string{"Null characters are not allowed."}
	}
	if c.logo && !app.SafeLogo(raw) {
		return []string{"Addresses of pictures begin with http:, https: or /."}
	}
	switch dest := v.Addr().Interface().(type) {
	case *json.RawMessage:
		if longList(raw) {
			return errLongList
		}
		*dest = append((*dest)[:0], raw...)
		return nil
	case *store.JSON:
		*dest = append((*dest)[:0], raw...)
		return nil
	case *store.NullJSON:
		*dest = append((*dest)[:0], raw...)
		return nil
	case *time.Time:
		return setTime(dest, raw)
	case *app.WrittenTime:
		return setWrittenTime(dest, raw)
	}
	switch v.Kind() {
	case reflect.String:
		return c.setText(v, raw)
	case reflect.Bool:
		return setBool(v, raw)
	case reflect.Int, reflect.Int64:
		return c.setInt(v, raw)
	case reflect.Float64:
		return setFloat(v, raw)
	case reflect.Slice:
		return c.setList(v, raw)
	}
	if err := json.Unmarshal(raw, v.Addr().Interface()); err != nil {
		return []string{"Invalid data. Expected a dictionary, but got " + pythonType(raw) + "."}
	}
	return nil
}

// hasUnreadable says whether a JSON text has escapes that no database keeps: NUL, and halves of surrogate pairs.
func hasUnreadable(raw []byte) bool {
	for {
		at := bytes.IndexByte(raw, '\\')
		if at < 0 || at+1 >= len(raw) {
			return false
		}
		if raw = raw[at+1:]; raw[0] != 'u' || len(raw) < 5 {
			raw = raw[1:]
			continue
		}
		r := escaped(raw)
		raw = raw[5:]
		if r == 0 {
			return true
		}
		if !utf16.IsSurrogate(r) {
			continue
		}
		if len(raw) < 6 || raw[0] != '\\' || raw[1] != 'u' || utf16.DecodeRune(r, escaped(raw[1:])) == utf8.RuneError {
			return true
		}
		raw = raw[6:]
	}
}

// escaped reads the four digits after a u.
func escaped(raw []byte) rune {
	n, _ := strconv.ParseUint(string(raw[1:5]), 16, 32) // the text is valid JSON
	return rune(n)
}

func (c checks) setText(v reflect.Value, raw json.RawMessage) any {
	var s string
	switch kind := pythonType(raw); {
	case kind == "str":
		if json.Unmarshal(raw, &s) != nil {
			return []string{"Not a valid string."}
		}
	case kind == "int" && c.pk: // a UUID may be given as its number; nothing here has one that is so small
		return []string{`Invalid pk "` + string(raw) + `" - object does not exist.`}
	case kind == "bool" && c.pk:
		return []string{"Incorrect type. Expected pk value, received bool."}
	case kind == "int" || kind == "float":
		s = string(raw)
	default:
		return c.textFault(string(raw))
	}
	if strings.ContainsRune(s, 0) {
		return []string{"Null characters are not allowed."}
	}
	if !c.raw {
		s = strings.TrimSpace(s)
	}
	if s == "" && (c.pk && c.null || c.blank && (c.uuid || c.pk || c.date)) {
		v.SetString("")
		return nil
	}
	switch {
	case (c.uuid || c.pk) && !mux.IsUUID(strings.ToLower(s)):
		return c.textFault(s)
	case c.uuid || c.pk:
		s = strings.ToLower(s)
	case c.date && !isDate(s):
		return c.textFault(s)
	case s == "" && !c.blank && c.choice == nil && !c.zone:
		return []string{"This field may not be blank."}
	case c.max > 0 && len([]rune(s)) > c.max:
		return []string{"Ensure this field has no more than " + strconv.Itoa(c.max) + " characters."}
	case c.choice != nil && !slices.Contains(c.choice, s) && (s != "" || !c.blank), c.zone && !app.IsZone(s):
		return []string{`"` + s + `" is not a valid choice.`}
	}
	if c.address && s != "" && !app.IsAddress(s) {
		return []string{"Enter an address that begins with http:, https: or /."}
	}
	v.SetString(s)
	return nil
}

func (c checks) textFault(s string) any {
	switch {
	case c.pk:
		return []string{"“" + s + "” is not a valid UUID."}
	case c.uuid:
		return []string{"Must be a valid UUID."}
	case c.date:
		return []string{"Date has wrong format. Use one of these formats instead: YYYY-MM-DD."}
	case c.choice != nil:
		return []string{`"` + s + `" is not a valid choice.`}
	}
	return []string{"Not a valid string."}
}

var (
	truths = []string{"true", "True", "TRUE", "t", "T", "1", "yes", "Yes", "YES", "y", "Y", "on", "On", "ON"}
	lies   = []string{"false", "False", "FALSE", "f", "F", "0", "no", "No", "NO", "n", "N", "off", "Off", "OFF"}
)

func setBool(v reflect.Value, raw json.RawMessage) any {
	s := strings.Trim(string(raw), `"`)
	switch {
	case slices.Contains(truths, s) || s == "1.0":
		v.SetBool(true)
	case slices.Contains(lies, s) || s == "0.0":
		v.SetBool(false)
	default:
		return []string{"Must be a valid boolean."}
	}
	return nil
}

// Bool reads a JSON value as the reference reads booleans.
func Bool(raw json.RawMessage) (is, ok bool) {
	v := reflect.New(reflect.TypeFor[bool]()).Elem()
	ok = setBool(v, raw) == nil
	return v.Bool(), ok
}

// Text reads a JSON text or number as text.
func Text(raw json.RawMessage) (s string, ok bool) {
	v := reflect.New(reflect.TypeFor[string]()).Elem()
	ok = checks{blank: true, raw: true}.setText(v, raw) == nil
	return v.String(), ok
}

func (c checks) setInt(v reflect.Value, raw json.RawMessage) any {
	s := strings.Trim(string(raw), `"`)
	if c.choice != nil && !slices.Contains(c.choice, s) {
		return []string{`"` + s + `" is not a valid choice.`}
	}
	n, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(s), ".0"), 10, 32)
	if err != nil {
		return []string{"A valid integer is required."}
	}
	if fault := c.bounds(n); fault != "" {
		return []string{fault}
	}
	v.SetInt(n)
	return nil
}

func (c checks) bounds(n int64) string {
	if to, err := strconv.ParseInt(c.to, 10, 64); err == nil && n > to {
		return "Ensure this value is less than or equal to " + c.to + "."
	}
	if from, err := strconv.ParseInt(c.from, 10, 64); err == nil && n < from {
		return "Ensure this value is greater than or equal to " + c.from + "."
	}
	return ""
}

func setFloat(v reflect.Value, raw json.RawMessage) any {
	f, err := strconv.ParseFloat(strings.TrimSpace(strings.Trim(string(raw), `"`)), 64)
	if err != nil || f != f || f > 1e308 || f < -1e308 {
		return []string{"A valid number is required."}
	}
	v.SetFloat(f)
	return nil
}

func (c checks) setList(v reflect.Value, raw json.RawMessage) any {
	if longList(raw) {
		return errLongList
	}
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil {
		return []string{`Expected a list of items but got type "` + pythonType(raw) + `".`}
	}
	c.null = false
	list := reflect.MakeSlice(v.Type(), len(items), len(items))
	nested := app.Fields{}
	for i, item := range items {
		fault := c.set(list.Index(i), item)
		if fault != nil && c.pk && !c.nested {
			return fault
		}
		if fault != nil {
			nested[strconv.Itoa(i)] = fault
		}
	}
	v.Set(list)
	if len(nested) > 0 {
		return nested
	}
	return nil
}
