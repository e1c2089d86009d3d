package conformance

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Placeholders of answers:
//
//	<base>            the server, a receiver or a provider of ours
//	<run> <RUN>       the token that makes the names of a run unique
//	<user:owner>      the id that a step named so; <uuid> any other, <hex32> one without dashes
//	<timeZ>           a time; the form of its offset counts
//	<day+3>           a date, in days from today
//	<secret>          what is never shown twice; <random> a colour that the server draws
//	<any> <any:KIND>  anything; anything of a JSON type
//
// Placeholders of requests, beside <base>, <run>, <RUN>, <day+3> and what steps named or took:
//
//	<csrf>            a token for forms, asked for just before
//	<hook:1>          the address of the first receiver of webhooks
//	<provider:1>      the address of the first OAuth provider
//	<mail:port>       where mail arrives
//	<now+5h>          a time
//	<month>           today's month, 1 to 12
//	<number+2>        a number of the run's own
var (
	uuids  = regexp.MustCompile(`\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b`)
	hexes  = regexp.MustCompile(`\b[0-9a-f]{32}\b`)
	stamps = regexp.MustCompile(`\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(Z|[+-]\d\d:?\d\d)?`)
	dates  = regexp.MustCompile(`\b\d{4}-\d\d-\d\d\b`)

	references = regexp.MustCompile(`<[A-Za-z][A-Za-z ]*(?:[:#+-][^<>]*)?>`)
	offsets    = regexp.MustCompile(`^(day|now|number)([+-]\d+)h?$`)
)

// nowhere is the id of nothing: it is shown as it is.
const nowhere = "00000000-0000-0000-0000-000000000000"

// secrets are the keys whose values are never shown twice; random ones are drawn by the server.
var (
	secrets = []string{
		"token", "csrf_token", "csrfmiddlewaretoken", "secret_key", "api_key", "access_token", "refresh_token", "anchor",
		"last_login_ip", "last_logout_ip", "last_login_uagent", "username",
	}
	random = []string{"background_color"}
)

// names are what the placeholders of a run stand for.
type names struct {
	run   string
	today time.Time
	bases []string          // the longest first
	taken map[string]any    // by name: what requests refer to
	shown map[string]string // by id: its name in answers
}

// newRun returns a token for the names of a run. It has digits only: letters spell words that recordings search for
// ("red" finds a workspace called red4f1c0a).
func newRun() string { return fmt.Sprintf("r%08d", rand.IntN(100_000_000)) }

func newNames(run string) *names {
	today := time.Now().UTC().Truncate(24 * time.Hour)
	taken := map[string]any{"run": run, "RUN": strings.ToUpper(run)}
	return &names{run: run, today: today, taken: taken, shown: map[string]string{}}
}

// base adds an address that is shown as <base>.
func (n *names) base(address string) {
	address = strings.TrimRight(address, "/")
	n.bases = append(n.bases, address, url.QueryEscape(address))
	slices.SortFunc(n.bases, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
}

// name shows an id by a name from here on. The first name that an id gets stays.
func (n *names) name(label string, v any) {
	n.taken[label] = v
	if id, ok := v.(string); ok && id != nowhere && n.shown[id] == "" {
		n.shown[id] = label
	}
}

// take keeps a value for later requests.
func (n *names) take(label string, v any) { n.taken[label] = v }

// resolve replaces the placeholders of a request. What is no placeholder that a step has bound stays as it is: requests
// contain HTML too. A string that is one placeholder as a whole becomes its value, of whichever type.
func (n *names) resolve(s string) any {
	if whole := references.FindString(s); whole == s && s != "" {
		if v, ok := n.value(s[1 : len(s)-1]); ok {
			return v
		}
	}
	return n.text(s)
}

func (n *names) text(s string) string {
	return references.ReplaceAllStringFunc(s, func(ref string) string {
		if v, ok := n.value(ref[1 : len(ref)-1]); ok {
			return asText(v)
		}
		return ref
	})
}

func (n *names) value(name string) (any, bool) {
	if v, ok := n.taken[name]; ok {
		return v, true
	}
	if name == "month" {
		return strconv.Itoa(int(n.today.Month())), true
	}
	m := offsets.FindStringSubmatch(name)
	if m == nil {
		return nil, false
	}
	by, _ := strconv.Atoi(m[2])
	switch m[1] {
	case "day":
		return n.today.AddDate(0, 0, by).Format(time.DateOnly), true
	case "now":
		return time.Now().UTC().Add(time.Duration(by) * time.Hour).Format("2006-01-02T15:04:05Z"), true
	}
	number, _ := strconv.ParseInt(n.run[1:], 16, 64)
	return float64(number + int64(by)), true
}

// resolveAll replaces the placeholders of a value of JSON, but for the keys that are none.
func (n *names) resolveAll(v any) any {
	switch v := v.(type) {
	case string:
		return n.resolve(v)
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = n.resolveAll(item)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, item := range v {
			out[n.text(key)] = n.resolveAll(item)
		}
		return out
	}
	return v
}

// unbound lists the names that a text refers to, of those that the scenario has, and that no step has bound.
func (n *names) unbound(text string, all map[string]bool) (missing []string) {
	for name := range maps.Keys(all) {
		if _, ok := n.value(name); !ok && strings.Contains(text, "<"+name+">") {
			missing = append(missing, name)
		}
	}
	slices.Sort(missing)
	return missing
}

// show replaces what may differ between two runs by placeholders.
func (n *names) show(v any, key string) any {
	switch v := v.(type) {
	case string:
		switch {
		case v != "" && slices.Contains(secrets, key):
			return "<secret>"
		case v != "" && slices.Contains(random, key):
			return "<random>"
		case v == n.taken["mail:port"]:
			return "<mail:port>"
		}
		return n.showText(v)
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = n.show(item, "")
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, item := range v {
			out[n.showText(key)] = n.show(item, key)
		}
		return out
	}
	return v
}

func (n *names) showText(s string) string {
	if len(s) < len(n.run) { // shorter than all that is replaced: most are
		return s
	}
	for _, base := range n.bases {
		s = strings.ReplaceAll(s, base, "<base>")
	}
	s = strings.ReplaceAll(s, n.run, "<run>")
	s = strings.ReplaceAll(s, strings.ToUpper(n.run), "<RUN>")
	if len(s) < len(time.DateOnly) {
		return s
	}
	s = stamps.ReplaceAllString(s, "<time$1>")
	s = uuids.ReplaceAllStringFunc(s, func(id string) string {
		if id == nowhere {
			return id
		}
		return "<" + cmp.Or(n.shown[id], "uuid") + ">"
	})
	s = hexes.ReplaceAllString(s, "<hex32>")
	return dates.ReplaceAllStringFunc(s, func(text string) string {
		day, err := time.Parse(time.DateOnly, text)
		if err != nil {
			return text
		}
		if days := int(day.Sub(n.today).Hours() / 24); days >= -400 && days <= 400 {
			return fmt.Sprintf("<day%+d>", days)
		}
		return text
	})
}

// asText is a value in the middle of a text.
func asText(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	return string(asJSON(v))
}
