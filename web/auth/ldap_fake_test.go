package auth_test

import (
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/web/webtest"
)

const (
	company = "dc=company,dc=test"
	ann     = "uid=ann,ou=people,dc=company,dc=test"
	looker  = "cn=looker,dc=company,dc=test"
	reading = "s3cret of the looker" //nolint:gosec // of the fake
)

// tree is a directory that evaluates filters as they come, holds people to their passwords, takes an empty one for
// nobody and says that all is well, as many do, and can be told to misbehave.
type tree struct {
	t        *testing.T
	listener net.Listener
	config   *tls.Config // with which StartTLS is done; nil: it is refused
	ca       string      // the PEM that it is believed by

	mu      sync.Mutex
	entries []*ldap.Entry
	words   map[string]string // passwords by entry
	chain   map[string][]string
	refer   bool       // it sends everybody elsewhere
	silent  bool       // it says nothing any more
	pages   int        // entries that it sends at a time; 0: all
	asked   []string   // what was done: bind DN, search FILTER, start-tls
	hang    chan bool  // closed at the end
	conns   []net.Conn // open ones
	clear   []string   // passwords that came in the clear
}

func newTree(t *testing.T) *tree {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := &tree{t: t, listener: l, words: map[string]string{looker: reading}, hang: make(chan bool)}
	d.add(ann, "Quiet-harbour-1", "uid", "ann", "mail", "ann@company.test", "givenName", "Ann", "sn", "Onymous",
		"entryUUID", "U-1")
	t.Cleanup(func() {
		l.Close()
		close(d.hang)
		d.cut()
	})
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			d.change(func() { d.conns = append(d.conns, c) })
			go d.serve(c)
		}
	}()
	return d
}

// cut ends all connections.
func (d *tree) cut() {
	d.change(func() {
		for _, c := range d.conns {
			c.Close()
		}
		d.conns = nil
	})
}

// change tells the directory something while nobody asks it.
func (d *tree) change(f func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f()
}

// add makes an entry: pairs of attribute and value. A person without an objectClass is one.
func (d *tree) add(dn, password string, pairs ...string) {
	d.change(func() {
		values := map[string][]string{}
		for i := 0; i+1 < len(pairs); i += 2 {
			values[pairs[i]] = append(values[pairs[i]], pairs[i+1])
		}
		if values["objectClass"] == nil {
			values["objectClass"] = []string{"top", "person"}
		}
		d.entries = append(d.entries, ldap.NewEntry(dn, values))
		if password != "" {
			d.words[dn] = password
		}
	})
}

func (d *tree) remove(dn string) {
	d.change(func() {
		kept := d.entries[:0]
		for _, e := range d.entries {
			if e.DN != dn {
				kept = append(kept, e)
			}
		}
		d.entries = kept
	})
}

// set gives an entry one value of an attribute.
func (d *tree) set(dn, attribute, value string) {
	d.change(func() {
		for i, e := range d.entries {
			if e.DN != dn {
				continue
			}
			values := map[string][]string{attribute: {value}}
			for _, a := range e.Attributes {
				if a.Name != attribute {
					values[a.Name] = a.Values
				}
			}
			d.entries[i] = ldap.NewEntry(dn, values)
		}
	})
}

// took returns what was done since the last time.
func (d *tree) took() (asked []string) {
	d.change(func() { asked, d.asked = d.asked, nil })
	return asked
}

func (d *tree) serve(c net.Conn) {
	secured := false
	for {
		p, err := ber.ReadPacket(c)
		if err != nil || len(p.Children) < 2 {
			c.Close()
			return
		}
		id, op := p.Children[0].Value, p.Children[1]
		d.mu.Lock()
		silent := d.silent
		d.mu.Unlock()
		if silent {
			<-d.hang
			return
		}
		switch op.Tag {
		case ldap.ApplicationBindRequest:
			say(c, id, result(ldap.ApplicationBindResponse, d.bind(op, secured), ""))
		case ldap.ApplicationSearchRequest:
			d.search(c, id, p)
		case ldap.ApplicationExtendedRequest:
			d.change(func() { d.asked = append(d.asked, "start-tls") })
			if d.config == nil {
				say(c, id, result(ldap.ApplicationExtendedResponse, ldap.LDAPResultProtocolError, "no TLS here"))
				continue
			}
			say(c, id, result(ldap.ApplicationExtendedResponse, 0, ""))
			c, secured = tls.Server(c, d.config), true
		default:
			c.Close()
			return
		}
	}
}

func say(c net.Conn, id any, op *ber.Packet, controls ...*ber.Packet) {
	m := ber.NewSequence("message")
	m.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, id, ""))
	m.AppendChild(op)
	if len(controls) > 0 {
		all := ber.Encode(ber.ClassContext, ber.TypeConstructed, 0, nil, "")
		for _, control := range controls {
			all.AppendChild(control)
		}
		m.AppendChild(all)
	}
	c.Write(m.Bytes())
}

func result(tag ber.Tag, code uint16, words string) *ber.Packet {
	r := ber.Encode(ber.ClassApplication, ber.TypeConstructed, tag, nil, "")
	r.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagEnumerated, int64(code), ""))
	r.AppendChild(text(""))
	r.AppendChild(text(words))
	return r
}

func text(s string) *ber.Packet {
	return ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, s, "")
}

func (d *tree) bind(op *ber.Packet, secured bool) uint16 {
	dn, word := fmt.Sprint(op.Children[1].Value), op.Children[2].Data.String()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked = append(d.asked, "bind "+dn)
	if !secured {
		d.clear = append(d.clear, word)
	}
	if strings.TrimRight(word, "\x00") == "" || d.words[dn] == word {
		return 0
	}
	return ldap.LDAPResultInvalidCredentials
}

func (d *tree) search(c net.Conn, id any, p *ber.Packet) {
	op := p.Children[1]
	base, scope := fmt.Sprint(op.Children[0].Value), op.Children[1].Value.(int64)
	most := int(op.Children[3].Value.(int64))
	d.mu.Lock()
	defer d.mu.Unlock()
	filter, err := ldap.DecompileFilter(op.Children[6])
	if err != nil {
		filter = err.Error()
	}
	d.asked = append(d.asked, "search "+filter)
	if d.refer {
		say(c, id, result(ldap.ApplicationSearchResultDone, ldap.LDAPResultReferral, "elsewhere"))
		return
	}
	var found []*ldap.Entry
	for _, e := range d.entries {
		if (scope == 0 && e.DN == base || scope != 0 && strings.HasSuffix(e.DN, base)) && d.fits(e, op.Children[6]) {
			found = append(found, e)
		}
	}
	var controls []*ber.Packet
	if d.pages > 0 && len(p.Children) > 2 { // pages of the size that it likes
		start := 0
		for _, raw := range p.Children[2].Children {
			if control, err := ldap.DecodeControl(raw); err == nil {
				fmt.Sscan(string(control.(*ldap.ControlPaging).Cookie), &start)
			}
		}
		next := ldap.NewControlPaging(uint32(d.pages))
		if found = found[min(start, len(found)):]; len(found) > d.pages {
			found = found[:d.pages]
			next.SetCookie([]byte(fmt.Sprint(start + d.pages)))
		}
		controls = append(controls, next.Encode())
	}
	code := uint16(0)
	if most > 0 && len(found) > most {
		found, code = found[:most], ldap.LDAPResultSizeLimitExceeded
	}
	for _, e := range found {
		say(c, id, encoded(e))
	}
	say(c, id, result(ldap.ApplicationSearchResultDone, code, ""), controls...)
}

func encoded(e *ldap.Entry) *ber.Packet {
	out := ber.Encode(ber.ClassApplication, ber.TypeConstructed, ldap.ApplicationSearchResultEntry, nil, "")
	out.AppendChild(text(e.DN))
	all := ber.NewSequence("")
	for _, a := range e.Attributes {
		one, values := ber.NewSequence(""), ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSet, nil, "")
		one.AppendChild(text(a.Name))
		for _, v := range a.Values {
			values.AppendChild(text(v))
		}
		one.AppendChild(values)
		all.AppendChild(one)
	}
	out.AppendChild(all)
	return out
}

// fits evaluates a filter as RFC 4511 has it.
func (d *tree) fits(e *ldap.Entry, f *ber.Packet) bool {
	part := func(i int) string { return f.Children[i].Data.String() }
	switch f.Tag {
	case ldap.FilterAnd, ldap.FilterOr:
		for _, child := range f.Children {
			if d.fits(e, child) == (f.Tag == ldap.FilterOr) {
				return f.Tag == ldap.FilterOr
			}
		}
		return f.Tag == ldap.FilterAnd
	case ldap.FilterNot:
		return !d.fits(e, f.Children[0])
	case ldap.FilterPresent:
		return len(e.GetEqualFoldAttributeValues(f.Data.String())) > 0
	case ldap.FilterEqualityMatch:
		for _, v := range e.GetEqualFoldAttributeValues(part(0)) {
			if strings.EqualFold(v, part(1)) {
				return true
			}
		}
	case ldap.FilterExtensibleMatch: // Active Directory's chain
		for _, above := range d.chain[f.Children[len(f.Children)-1].Data.String()] {
			if above == e.DN {
				return true
			}
		}
	}
	return false
}

// secured gives the directory a certificate for 127.0.0.1 and example.com, and ca the file of who is believed for it.
func (d *tree) secured() *tls.Config {
	s := httptest.NewUnstartedServer(nil)
	s.StartTLS()
	defer s.Close()
	raw := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	d.ca = filepath.Join(d.t.TempDir(), "ca.pem")
	if err := os.WriteFile(d.ca, raw, 0o600); err != nil {
		d.t.Fatal(err)
	}
	return &tls.Config{Certificates: s.TLS.Certificates, MinVersion: tls.VersionTLS12}
}

// of makes the directory known to a server.
func (d *tree) of(s *webtest.Server, more ...func(c *app.LDAPConfig)) {
	d.t.Helper()
	cfg := app.DefaultLDAP()
	cfg.URL, cfg.StartTLS = "ldap://"+d.listener.Addr().String(), false
	cfg.BindDN, cfg.BindPassword, cfg.BaseDN = looker, reading, company
	for _, f := range more {
		f(&cfg)
	}
	if key, err := cfg.Check(); err != nil {
		d.t.Fatalf("%s: %v", key, err)
	}
	s.App.Config.SignIn.LDAP, s.App.Config.SignIn.AllowNetworks = cfg, []string{"127.0.0.0/8"}
}
