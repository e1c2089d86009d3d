package app

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// wanted is what the value of a setting has to be, in words; empty for what is no setting.
func wanted(name string) string {
	all := Defaults()
	if provider, ok := strings.CutPrefix(name, "sign_in.oidc."); ok {
		provider, _, _ = strings.Cut(provider, ".")
		all.SignIn.OIDC = map[string]*OIDCConfig{provider: {}}
	}
	for _, s := range all.Settings() {
		if s.Name() != name {
			continue
		}
		switch s.value.Kind() {
		case reflect.String:
			return "a text in quotes"
		case reflect.Bool:
			return "true or false, without quotes"
		case reflect.Slice:
			return `a list of texts, such as ["a", "b"]`
		}
		return "a whole number"
	}
	return ""
}

// lineAt says what the value in a line of the file is; empty when it can't be told.
func lineAt(text []byte, line int) string {
	lines := strings.Split(string(text), "\n")
	if line < 1 || line > len(lines) {
		return ""
	}
	var doc map[string]any
	_, value, _ := strings.Cut(lines[line-1], "=")
	if toml.Unmarshal([]byte("v ="+value), &doc) != nil {
		return ""
	}
	kinds := map[reflect.Kind]string{reflect.String: "a text", reflect.Int64: "a whole number",
		reflect.Float64: "a number with a point", reflect.Bool: "a switch", reflect.Slice: "a list"}
	kind := kinds[reflect.ValueOf(doc["v"]).Kind()]
	if kind == "" {
		kind = "something else"
	}
	return fmt.Sprintf("%s is %s", strings.TrimSpace(value), kind)
}
