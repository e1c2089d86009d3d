package conformance

import (
	"reflect"
	"strings"
	"testing"
)

func TestDifferences(t *testing.T) {
	for _, tt := range []struct {
		name, want, got string
		faults          []string
	}{
		{"equal", `{"a":[1,"x",null]}`, `{"a":[1.0,"x",null]}`, nil},
		{"another value", `{"a":{"b":1}}`, `{"a":{"b":2}}`, []string{"body.a.b: want 1, got 2"}},
		{"another type", `{"a":1}`, `{"a":"1"}`, []string{`body.a: want 1, got "1"`}},
		{"null is not absent", `{"a":null}`, `{}`, []string{"body.a: missing, want null"}},
		{"a key too many", `{}`, `{"a":null}`, []string{"body.a: not in the reference, got null"}},
		{"an item too many", `[1]`, `[1,2]`, []string{"body: want 1 items, got 2"}},
		{"order", `[1,2]`, `[2,1]`, []string{"body[0]: want 1, got 2", "body[1]: want 2, got 1"}},
		{"anything", `"<any>"`, `{"a":1}`, nil},
		{"any of a type", `["<any:string>","<any:number>"]`, `["x",1]`, nil},
		{"any of another type", `"<any:string>"`, `null`, []string{"body: want any string, got null"}},
		{"false is not 0", `false`, `0`, []string{"body: want false, got 0"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			faults := differences("body", fromJSON([]byte(tt.want)), fromJSON([]byte(tt.got)))
			if !reflect.DeepEqual(faults, tt.faults) {
				t.Errorf("got %q, want %q", faults, tt.faults)
			}
		})
	}
}

func TestMask(t *testing.T) {
	const body = `{"a":[{"b":1,"c":null},{"b":"x","c":2}],"d":{"e":{"b":true}}}`
	for _, tt := range []struct{ mask, want string }{
		{"a.*.b", `{"a":[{"b":"<any:number>","c":null},{"b":"<any:string>","c":2}],"d":{"e":{"b":true}}}`},
		{"**.b", `{"a":[{"b":"<any:number>","c":null},{"b":"<any:string>","c":2}],"d":{"e":{"b":"<any:bool>"}}}`},
		{"a.*.c?", `{"a":[{"b":1,"c":"<any>"},{"b":"x","c":"<any>"}],"d":{"e":{"b":true}}}`},
		{"d", `{"a":[{"b":1,"c":null},{"b":"x","c":2}],"d":"<any:object>"}`},
		{"e", body},
	} {
		if got := string(asJSON(mask(fromJSON([]byte(body)), []string{tt.mask}))); got != tt.want {
			t.Errorf("%s: got %s", tt.mask, got)
		}
	}
}

func TestRunsSpellNoWord(t *testing.T) {
	for range 1000 {
		if run := newRun(); strings.ContainsAny(run, "abcdef") || len(run) != 9 {
			t.Fatalf("run %q", run)
		}
	}
}

func TestPlaceholders(t *testing.T) {
	n := newNames("r0000000a")
	n.base("http://127.0.0.1:8080")
	const id, other = "0190a0b1-0000-7000-8000-000000000001", "0190a0b1-0000-7000-8000-000000000002"
	n.name("issue:one", id)
	n.name("again", id)
	n.take("count:1", 7.0)
	tomorrow := n.today.AddDate(0, 0, 1).Format("2006-01-02")
	for _, tt := range []struct{ value, shown string }{
		{`{"id":"` + id + `","other":"` + other + `"}`, `{"id":"<issue:one>","other":"<uuid>"}`},
		{`"http://127.0.0.1:8080/ws-r0000000a/R0000000A"`, `"<base>/ws-<run>/<RUN>"`},
		{`["2020-01-02T03:04:05.678901Z","2020-01-02T03:04:05+05:30","2020-01-02"]`,
			`["<timeZ>","<time+05:30>","2020-01-02"]`},
		{`"` + tomorrow + `"`, `"<day+1>"`},
		{`{"token":"x","anchor":"","background_color":"#fff"}`,
			`{"anchor":"","background_color":"<random>","token":"<secret>"}`},
	} {
		if got := string(asJSON(n.show(fromJSON([]byte(tt.value)), ""))); got != tt.shown {
			t.Errorf("%s is shown as %s, want %s", tt.value, got, tt.shown)
		}
	}
	for _, tt := range []struct{ asked, sent string }{
		{`"/issues/<issue:one>/"`, `"/issues/` + id + `/"`},
		{`["<count:1>","n<count:1>","<number+2>"]`, `[7,"n7",12]`},
		{`"<p>a<br>b</p> <day+1> <unknown:1>"`, `"<p>a<br>b</p> ` + tomorrow + ` <unknown:1>"`},
	} {
		if got := string(asJSON(n.resolveAll(fromJSON([]byte(tt.asked))))); got != tt.sent {
			t.Errorf("%s is sent as %s, want %s", tt.asked, got, tt.sent)
		}
	}
	if got := n.unbound("<issue:one> <issue:two>", map[string]bool{"issue:one": true, "issue:two": true}); len(got) != 1 {
		t.Errorf("unbound: %q", got)
	}
}

func TestJudge(t *testing.T) {
	step := func(n int, faults ...string) Outcome { return Outcome{Step: &Step{N: &n}, Faults: faults} }
	listed := Differences{{"s", 1}: "better", {"s", 2}: "sometimes", {"s", 9}: "there is no such step"}
	wrong := listed.Judge("s", []Outcome{step(0, "x"), step(1), step(2), step(3)})
	if len(wrong) != 3 || !strings.HasPrefix(wrong[0], "step 0") || !strings.Contains(wrong[1], "conforms") {
		t.Errorf("got %q", wrong)
	}
	if wrong = listed.Judge("s", []Outcome{step(1, "x"), step(2, "x"), step(9, "x")}); len(wrong) != 0 {
		t.Errorf("what is listed is wrong: %q", wrong)
	}
}

func TestLetters(t *testing.T) {
	letter := letterOf("Subject: =?utf-8?q?Code_123456?=\r\nFrom: \"Sail\" <a@x.test>\r\nTo: <b@x.test>\r\n" +
		"Content-Type: multipart/mixed; boundary=e\r\n\r\n--e\r\nContent-Type: text/plain\r\n" +
		"Content-Transfer-Encoding: quoted-printable\r\n\r\na=3Db\r\n--e\r\nContent-Type: text/csv\r\n" +
		"Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"t.csv\"\r\n\r\nMSwyCg==\r\n--e--\r\n")
	const want = `{"from":"Sail <a@x.test>","parts":[{"text":"a=b","type":"text/plain"},` +
		`{"file":"t.csv","rows":[["1","2"]],"text":"1,2\n","type":"text/csv"}],` +
		`"subject":"Code 123456","text":"a=b\n1,2\n","to":"b@x.test","type":"multipart/mixed"}`
	if got := string(asJSON(letter)); got != want {
		t.Errorf("got %s", got)
	}
}
