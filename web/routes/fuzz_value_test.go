package routes_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// hostile are JSON texts that broke something once, here or elsewhere.
var hostile = []string{
	`null`, `true`, `false`, `0`, `-1`, `1`, `2147483647`, `2147483648`, `-2147483649`, `9223372036854775808`, `1e308`,
	`1e400`, `-1e400`, `0.1`, `1.0`, `-0`,
	`""`, `" "`, `"\u0000"`, `"a\u0000b"`, `"\ud800"`, `"\udc00\ud800"`, `"\ud83d\ude00"`, `"null"`, `"None"`,
	`"undefined"`, `"NaN"`, `"true"`, `"0"`,
	`"9999-12-31T23:59:59-12:00"`, `"9999-12-31T23:59:59.999999Z"`, `"0001-01-01T00:00:00+14:00"`, `"0000-01-01"`,
	`"0000-00-00"`, `"10000-01-01"`,
	`"10000-01-01T00:00:00Z"`, `"0001-01-01"`, `"9999-12-31"`, `"-0001-01-01"`, `"2026-02-30"`, `"2024-02-29"`,
	`"2026-06-30T23:59:60Z"`,
	`"2016-12-31T23:59:60+00:00"`, `"2026-01-01T24:00:00Z"`, `"2026-01-01T00:00:00+23:59"`, `"2026-01-01T00:00:00-24:00"`,
	`"2026-W01-1"`, `"1970-01-01"`,
	`"1"`, `"<script>alert(1)</script>"`, `"<p onclick=x>'\"</p>"`, `"javascript:alert(1)"`, `"data:text/html,x"`,
	`"' OR 1=1 --"`, `"\"; DROP TABLE issues; --"`,
	`"%"`, `"_"`, `"%_\\"`, `"\\"`, `"{{7*7}}"`, `"${x}"`, `"../../etc/passwd"`, `"\r\nX: y"`, `"\u202e"`, `"ß"`, `"İ"`,
	`"ﬀ"`, `"e\u0301"`,
	`"00000000-0000-0000-0000-000000000000"`, `"00000000-0000-4000-8000-000000000000"`,
	`"FFFFFFFF-FFFF-4FFF-8FFF-FFFFFFFFFFFF"`, `"{00000000-0000-4000-8000-000000000000}"`,
	`[]`, `{}`, `[null]`, `[[]]`, `[{}]`, `[""]`, `["x"]`, `[0]`, `[true]`, `{"":""}`, `{"id":null}`, `{"a":1,"a":2}`,
	`{"a":{"b":[{"c":null}]}}`,
	`{"$ref":"#"}`, `{"__proto__":{}}`, `["00000000-0000-4000-8000-000000000000","x"]`,
	`"` + strings.Repeat("a", 256) + `"`, `"` + strings.Repeat("ä", 5000) + `"`,
	`"` + strings.Repeat("<p>x</p>", 2000) + `"`,
	strings.Repeat("[", 99) + strings.Repeat("]", 99), strings.Repeat(`{"a":`, 120) + "1" + strings.Repeat("}", 120),
	"[" + strings.TrimSuffix(strings.Repeat(`"00000000-0000-4000-8000-000000000000",`, 500), ",") + "]",
	"[" + strings.TrimSuffix(strings.Repeat(`1,`, 3000), ",") + "]",
}

var (
	hostileTimes = slices.Collect(func(yield func(string) bool) {
		for _, text := range hostile {
			if len(text) > 8 && len(text) < 40 && text[0] == '"' && (text[5] == '-' || text[6] == '-' || text[3] == '-') &&
				!yield(text) {
				return
			}
		}
	})
	hostileNumbers = []string{`0`, `-1`, `2147483647`, `2147483648`, `-2147483649`, `9223372036854775807`,
		`9223372036854775808`, `1e308`, `1e400`, `-1e400`, `0.1`, `1.0`, `-0`, `1e-400`, `"1"`, `"1e3"`, `true`}
	hostileTexts = []string{`""`, `" "`, `"\u0000"`, `"\ud800"`, `"<img src=x onerror=alert(1)>"`, `"' OR 1=1 --"`,
		`"%_\\"`, `"` + strings.Repeat("word ", 1100) + `"`, `"` + strings.Repeat("ä", 256) + `"`,
		`"` + strings.Repeat("x", 70_000) + `"`, `"\u202e\u0007"`, `"İß"`, `"a/b"`, `"."`, `".."`, `"-"`, `"instances"`,
		`"null"`, `1`, `1.5`, `true`, `[]`, `{}`}
)

func isTime(name, format string) bool {
	return strings.HasPrefix(format, "date") || strings.HasSuffix(name, "_date") || strings.HasSuffix(name, "_at") ||
		strings.HasSuffix(name, "_till")
}

// wrongFor is what the description does not want of a field: mostly of the kind that it wants.
func (s *source) wrongFor(name string, schema map[string]any) string {
	format, _ := schema["format"].(string)
	kind := s.kind(schema)
	switch {
	case s.chance(25):
	case isTime(name, format):
		if s.chance(50) {
			return pick(s, hostileTimes[:6]) // the ends of the calendar
		}
		return pick(s, hostileTimes)
	case kind == "integer" || kind == "number":
		return pick(s, hostileNumbers)
	case kind == "string" && format == "":
		return pick(s, hostileTexts)
	}
	return pick(s, hostile)
}

// brokenBodies are no JSON objects.
var brokenBodies = []string{"", " ", "{", "}", "[]", "null", "0", `"text"`, "{\"name\":", `{"name":"x",}`, "{'name':1}",
	"\xff\xfe", "\x00", `{"name":"\ud800"}`, "{\"name\":\"\xc3\x28\"}", `{"name":1e400}`, `{"a":1}{"b":2}`, "\ufeff{}",
	strings.Repeat("[", 100_000), `{"name":` + strings.Repeat(`"x",`, 3) + `}`, "name=x&name=y", "--x\r\n\r\n--x--"}

// source makes values as the description has them, or not.
type source struct {
	*rand.Rand
	doc    map[string]any
	path   string // of the operation that is asked for
	ids    *ids
	serial int
}

func pick[T any](s *source, list []T) T { return list[s.IntN(len(list))] }

func (s *source) chance(percent int) bool { return s.IntN(100) < percent }

// resolve follows a reference and chooses among shapes.
func (s *source) resolve(schema map[string]any) map[string]any {
	for {
		if ref, ok := schema["$ref"].(string); ok {
			schema = at(s.doc, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
			continue
		}
		if each, ok := schema["anyOf"].([]any); ok {
			schema, _ = pick(s, each).(map[string]any)
			continue
		}
		return schema
	}
}

// at goes down a document.
func at(doc map[string]any, keys ...string) map[string]any {
	for _, key := range keys {
		doc, _ = doc[key].(map[string]any)
	}
	return doc
}

func (s *source) kind(schema map[string]any) string {
	switch kind := schema["type"].(type) {
	case string:
		return kind
	case []any:
		if name, _ := pick(s, kind).(string); name != "null" || s.chance(30) {
			return name
		}
		name, _ := kind[0].(string)
		return name
	}
	return ""
}

// value is a JSON text for a field: what the description wants, or with so much chance what it does not.
func (s *source) value(name string, schema map[string]any, wrong int) string {
	schema = s.resolve(schema)
	if s.chance(wrong) {
		return s.wrongFor(name, schema)
	}
	if choices, ok := schema["enum"].([]any); ok {
		return encode(pick(s, choices))
	}
	if constant, ok := schema["const"]; ok {
		return encode(constant)
	}
	switch s.kind(schema) {
	case "null":
		return "null"
	case "boolean":
		return strconv.FormatBool(s.chance(50))
	case "integer":
		return strconv.FormatInt(s.integer(schema), 10)
	case "number":
		return pick(s, []string{"0", "1", "65535", "0.5", "-3.25", "1e6", "99999.125"})
	case "array":
		items, _ := schema["items"].(map[string]any)
		list := make([]string, s.IntN(3))
		for i := range list {
			list[i] = s.value(strings.TrimSuffix(name, "s"), items, wrong/2)
		}
		return "[" + strings.Join(list, ",") + "]"
	case "object":
		return s.object(schema, wrong)
	case "string":
		return encode(s.text(name, schema))
	}
	return s.anything(name)
}

func encode(v any) string {
	raw, _ := json.Marshal(v)
	return string(raw)
}

func (s *source) integer(schema map[string]any) int64 {
	low, high := bound(schema["minimum"], -5), bound(schema["maximum"], 200)
	switch s.IntN(6) {
	case 0:
		return low
	case 1:
		return high
	}
	low, high = max(low, -5), min(high, 200)
	return low + s.Int64N(max(high-low+1, 1))
}

func bound(v any, usual int64) int64 {
	if f, ok := v.(float64); ok {
		return int64(f)
	}
	return usual
}

// object has what is required, some of the rest, and seldom a key twice or one that is not known.
func (s *source) object(schema map[string]any, wrong int) string {
	props, _ := schema["properties"].(map[string]any)
	required, _ := schema["required"].([]any)
	var parts []string
	one := "" // the only one that is wrong
	if names := sortedKeys(props); wrong < 0 && len(names) > 0 {
		one, wrong = pick(s, names), 0
		for range 3 { // times went wrong most often
			if other := pick(s, names); isTime(other, "") {
				one = other
			}
		}
	}
	for _, name := range sortedKeys(props) {
		if name == one {
			prop, _ := props[name].(map[string]any)
			parts = append(parts, encode(name)+":"+s.wrongFor(name, s.resolve(prop)))
			continue
		}
		needed := slices.Contains(required, any(name)) || name == "name"
		if needed && s.chance(97) || s.chance(min(40, 1+300/(len(props)+1))) {
			prop, _ := props[name].(map[string]any)
			parts = append(parts, encode(name)+":"+s.value(name, prop, wrong))
		}
	}
	if len(parts) > 0 && s.chance(2) {
		parts = append(parts, parts[0])
	}
	if s.chance(2) || len(props) == 0 && s.chance(20) {
		parts = append(parts, encode(pick(s,
			[]string{"id", "created_by", "archived_at", "deleted_at", "x", "", "is_draft", "workspace"}))+":"+pick(s, hostile))
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// text is a text for a field of that name.
func (s *source) text(name string, schema map[string]any) string {
	s.serial++
	format, _ := schema["format"].(string)
	switch {
	case format == "uuid" || strings.HasSuffix(name, "_id") && format == "":
		return s.ids.of(s, name)
	case format == "date":
		return fmt.Sprintf("2026-%02d-%02d", 1+s.IntN(12), 1+s.IntN(28))
	case format == "date-time":
		return fmt.Sprintf("2026-%02d-%02dT%02d:00:00%s", 1+s.IntN(12), 1+s.IntN(28), s.IntN(24),
			pick(s, []string{"Z", "+05:30", "-03:00"}))
	}
	if _, known := s.ids.kinds[kindOf(name)]; known && !strings.Contains(name, "label_") &&
		slices.Contains([]string{"issue", "module", "project", "user", "cycle", "state", "label", "page", "asset",
			"estimate"}, kindOf(name)) && s.chance(95) {
		return s.ids.of(s, name)
	}
	text := s.sample(name)
	if longest := bound(schema["maxLength"], 1<<20); int64(len(text)) > longest {
		text = text[:longest]
	}
	return text
}

func (s *source) sample(name string) string {
	n := strconv.Itoa(s.serial)
	switch {
	case strings.Contains(name, "email"):
		return pick(s, []string{"person" + n + "@sailplane.test", "Person" + n + "@Sailplane.test", "person1@sailplane.test"})
	case strings.Contains(name, "html"), name == "comment":
		return pick(s, []string{"<p>text " + n + "</p>", "<p></p>",
			`<p>hello <mention-component entity_name="user_mention" entity_identifier="` + s.ids.of(s, "user") +
				`"></mention-component></p>`})
	case name == "url" && strings.Contains(s.path, "webhook"):
		return "http://127.0.0.1:1/" + n
	case name == "provider":
		return pick(s, []string{"csv", "json", "xlsx"})
	case strings.Contains(name, "url"), name == "logo", name == "cover_image":
		return pick(s, []string{"https://example.invalid/" + n, "http://127.0.0.1:1/" + n,
			"/api/assets/v2/static/" + s.ids.of(s, "asset") + "/"})
	case name == "slug":
		return pick(s, []string{"space-" + n, "Space_" + n, s.ids.slug})
	case name == "external_id":
		return pick(s, []string{"1", "2", "3"})
	case name == "external_source":
		return pick(s, []string{"jira", "github"})
	case name == "identifier":
		return "ID" + n
	case strings.Contains(name, "color"):
		return "#3f76ff"
	case strings.Contains(name, "timezone"):
		return pick(s, []string{"UTC", "Asia/Kolkata", "America/New_York", "Pacific/Apia"})
	case strings.Contains(name, "reaction"):
		return pick(s, []string{"128077", "9731", "👍"})
	case name == "order_by":
		return pick(s, []string{"-created_at", "name", "sort_order", "-updated_at", "issue__created_at"})
	case name == "password" || strings.HasSuffix(name, "_password"):
		return "Sturdy-Walrus-2219!"
	case name == "type" && (strings.Contains(s.path, "asset") || strings.Contains(s.path, "attachment")):
		return pick(s, []string{"image/png", "image/jpeg", "text/plain"})
	case name == "entity_identifier", name == "entity_identifiers":
		return s.ids.of(s, pick(s, []string{"issue", "page", "comment", "project", "user"}))
	case name == "type":
		return pick(s, []string{"text/plain", "image/png", "projects", "custom-work-items", "work-items", "assigned",
			"created", "all"})
	case name == "entity_type" && strings.Contains(s.path, "user-assets"):
		return pick(s, []string{"USER_AVATAR", "USER_COVER"})
	case name == "entity_type", name == "entity_name":
		return pick(s, []string{"ISSUE_ATTACHMENT", "ISSUE_DESCRIPTION", "COMMENT_DESCRIPTION", "PAGE_DESCRIPTION",
			"WORKSPACE_LOGO", "PROJECT_COVER", "USER_AVATAR", "issue", "page", "cycle", "project"})
	case strings.HasSuffix(name, "_axis"), name == "segment":
		return pick(s, []string{"state_id", "priority", "labels__id", "assignees__id", "issue_count", "issue_count",
			"issue_count", "estimate", "PRIORITY", "STATES", "ESTIMATE_POINTS", "completed_at"})
	case strings.HasPrefix(name, "relation_type"):
		return pick(s, []string{"blocking", "blocked_by", "relates_to", "duplicate", "start_before", "finish_after"})
	case name == "filters":
		return s.conditions(3)
	}
	return pick(s, []string{"Name " + n, name + n, "task", "ü" + n, "a & b (c) #" + n})
}

// conditions is a tree of filters.
func (s *source) conditions(depth int) string {
	if depth > 0 && s.chance(50) {
		return `{"` + pick(s, []string{"and", "or"}) + `":[` + s.conditions(depth-1) + `,` + s.conditions(depth-1) + `]}`
	}
	field := pick(s, []string{"priority", "priority__in", "state_id", "state_id__in", "state_group__in", "assignee_id__in",
		"label_id__in", "cycle_id", "module_id__in", "created_by_id", "start_date__range", "target_date__range",
		"created_at__range", "is_draft", "name__icontains", "subscriber_id__in", "project_id", "mention_id__in", "start_date",
		"x"})
	value := pick(s, []string{`"high"`, `["low","urgent"]`, `"2026-01-01,2026-12-31"`,
		encode(s.ids.of(s, strings.Split(field, "__")[0])), `[` + encode(s.ids.of(s, "state_id")) + `]`, `null`, `"started"`})
	if s.chance(15) {
		value = pick(s, hostile)
	}
	return `{"` + field + `":` + value + `}`
}

// anything is for fields of which the description does not say what they hold.
func (s *source) anything(name string) string {
	switch {
	case strings.Contains(name, "html"):
		return encode(s.sample(name))
	case strings.HasSuffix(name, "ids"), name == "issues", name == "assignees", name == "labels", name == "members",
		name == "modules":
		return "[" + encode(s.ids.of(s, name)) + "," + encode(s.ids.of(s, name)) + "]"
	case name == "issue":
		return `{"name":` + encode(s.sample("name")) + `,"priority":"high"}`
	case name == "updates":
		return `[{"id":` + encode(s.ids.of(s, "issue")) + `,"start_date":"2026-05-01","target_date":"2026-05-02"}]`
	case name == "email":
		return `{"email":` + encode(s.sample("email")) + `,"role":` + pick(s, []string{"5", "15"}) + `}`
	case name == "member" && strings.HasSuffix(s.path, "/members/"):
		return `{"member_id":` + encode(s.ids.of(s, "user")) + `,"role":` + pick(s, []string{"5", "15"}) + `}`
	case name == "estimate":
		return `{"name":"points","type":"points"}`
	case name == "estimate_points":
		return `[{"key":0,"value":"1"},{"key":1,"value":"2"}]`
	}
	return pick(s, []string{`{}`, `[]`, `"text"`, `1`, `true`, `null`, `{"name":"x","in_use":"emoji"}`,
		encode(s.ids.of(s, name)), `{"order_by":"-created_at"}`})
}
