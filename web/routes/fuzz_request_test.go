package routes_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

func (f *fuzzer) request(op operation) request {
	f.source.path = op.path
	r := request{method: op.method, op: op, who: f.caller(op.path), query: f.query(op)}
	r.path, r.args = f.pathOf(op.path)
	content := at(op.described, "requestBody", "content")
	wrong := pick(f.source, []int{0, 0, 0, 0, 0, -1, -1, -1, 10, 50}) // -1: one field
	switch {
	case op.method == http.MethodGet && f.chance(97):
	case content["multipart/form-data"] != nil || f.chance(2):
		r.kind, r.body = "multipart/form-data; boundary=x", f.multipart()
	case f.chance(f.odd):
		r.kind, r.body = pick(f.source,
			[]string{"application/json", "", "text/plain", "application/xml", "application/x-www-form-urlencoded",
				"multipart/form-data"}), pick(f.source, brokenBodies)
	default:
		r.kind, r.body = "application/json", "{}"
		for _, kind := range sortedKeys(content) {
			schema := at(content, kind, "schema")
			r.kind, r.body = kind, f.object(f.resolve(schema), wrong)
		}
		if r.kind == "application/x-www-form-urlencoded" || f.chance(3) {
			r.kind, r.body = "application/x-www-form-urlencoded", form(r.body)
		}
	}
	return r
}

// form writes a JSON object as a form.
func form(object string) string {
	var fields map[string]json.RawMessage
	if json.Unmarshal([]byte(object), &fields) != nil {
		return "x=y"
	}
	q := url.Values{}
	for _, name := range sortedKeys(fields) {
		var text string
		if json.Unmarshal(fields[name], &text) != nil {
			text = string(fields[name])
		}
		q.Add(name, text)
	}
	return q.Encode()
}

func (f *fuzzer) multipart() string {
	var b strings.Builder
	for _, name := range []string{"asset", "file", "key", "policy", "name"} {
		if f.chance(50) {
			file := ""
			if f.chance(50) {
				file = `; filename="a.txt"`
			}
			b.WriteString("--x\r\nContent-Disposition: form-data; name=\"" + name + "\"" + file + "\r\n\r\n" + pick(f.source,
				hostile) + "\r\n")
		}
	}
	if f.chance(90) {
		b.WriteString("--x--\r\n")
	}
	return b.String()
}

// caller is who asks: mostly those who may.
func (f *fuzzer) caller(path string) person {
	if strings.HasPrefix(path, "/api/instances/") && f.chance(85) {
		return f.admin
	}
	if f.chance(72) {
		return f.world.people[f.IntN(2)]
	}
	return pick(f.source, f.world.people)
}

var parameter = regexp.MustCompile(`\{([a-z_0-9]+)\}`)

// pathOf fills the parameters from the last to the first: mostly with what is there, below what it was found below.
func (f *fuzzer) pathOf(pattern string) (string, map[string]string) {
	segs := strings.Split(pattern, "/")
	args, below := map[string]string{}, map[string]string{}
	for i := len(segs) - 1; i > 0; i-- {
		before := segs[i-1]
		segs[i] = parameter.ReplaceAllStringFunc(segs[i], func(p string) string {
			name := strings.Trim(p, "{}")
			if known := below[name]; known != "" && f.chance(95) {
				args[name] = known
				return known
			}
			args[name] = f.argument(name, before)
			if args[name] != "" && len(below) == 0 {
				below = f.ids.below[args[name]]
			}
			return args[name]
		})
	}
	return strings.Join(segs, "/"), args
}

func (f *fuzzer) argument(name, before string) string {
	switch n := f.IntN(200); {
	case n < 3:
		var text string
		if json.Unmarshal([]byte(pick(f.source, hostile)), &text) == nil && text != "" && len(text) < 300 {
			return url.PathEscape(text)
		}
	case n < 6:
		return f.ids.of(f.source, "")
	}
	switch name {
	case "slug":
		if f.chance(97) {
			return f.world.slug
		}
		return pick(f.source, []string{"world-0", "nowhere", "instances", f.world.slug + "x"})
	case "project_id":
		return f.whichProject()
	case "anchor":
		return f.world.anchor
	case "identifier":
		return f.world.identifier
	case "number":
		return strconv.Itoa(1 + f.IntN(8))
	case "reaction_code":
		return pick(f.source, []string{"128077", "9731"})
	case "asset":
		return pick(f.source, []string{"swagger-ui.css", "swagger-ui-bundle.js"})
	case "pk":
		if before == "projects" {
			return f.whichProject()
		}
		name = before
	}
	if kindOf(before) == "asked" {
		name = before
	}
	if name == "asset_id" || name == "entity_id" || strings.HasSuffix(name, "_id") || name == before {
		return f.ids.of(f.source, name)
	}
	return f.ids.of(f.source, pick(f.source, []string{name, before}))
}

func (f *fuzzer) whichProject() string {
	if f.chance(96) {
		return f.world.project
	}
	return f.ids.of(f.source, "project")
}

// query has some of the parameters that are described, and seldom one that is not.
func (f *fuzzer) query(op operation) string {
	params, _ := op.described["parameters"].([]any)
	var parts []string
	often := pick(f.source, []int{0, 0, 8, 30, 85})
	for _, p := range params {
		param, _ := p.(map[string]any)
		if param["in"] != "query" || !f.chance(often) {
			continue
		}
		name, _ := param["name"].(string)
		parts = append(parts, url.QueryEscape(name)+"="+f.parameterValue(name, at(param, "schema")))
	}
	if f.chance(2) {
		parts = append(parts, pick(f.source,
			[]string{"%00=x", "x=%ff", "a;b", "=", "per_page=1&per_page=x", "cursor=1:2:3:4", "%",
				"x=" + strings.Repeat("y", 3000)}))
	}
	return strings.Join(parts, "&")
}

func (f *fuzzer) parameterValue(name string, schema map[string]any) string {
	if name == "cursor" && f.chance(70) {
		return pick(f.source, []string{"10:0:0", "10:1:0", "1000:0:0", "0:0:0", "5:-1:1", "2.5:1:0", "1:99999999:0",
			"NaN:1:0"})
	}
	raw := f.value(name, schema, pick(f.source, []int{0, 0, 20}))
	var list []json.RawMessage
	if json.Unmarshal([]byte(raw), &list) == nil {
		words := make([]string, min(len(list), 600))
		for i := range words {
			words[i] = plain(list[i])
		}
		return url.QueryEscape(strings.Join(words, ","))
	}
	return url.QueryEscape(plain([]byte(raw)))
}

// plain is a JSON text without its quotes.
func plain(raw []byte) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	return string(raw)
}
