// Package acmetest runs Pebble, the authority with which ACME's authors test clients, in this process.
package acmetest

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/letsencrypt/pebble/v2/ca"
	"github.com/letsencrypt/pebble/v2/db"
	"github.com/letsencrypt/pebble/v2/va"
	"github.com/letsencrypt/pebble/v2/wfe"
	"github.com/miekg/dns"
)

// Authority issues certificates for whoever answers at this machine's ports.
type Authority struct {
	Directory string         // its address
	CAFile    string         // by which the authority itself is known
	Roots     *x509.CertPool // by which what it issues is known
}

// New runs an authority that asks at these ports and issues certificates for so long. Every name is this machine.
func New(t testing.TB, httpPort, tlsPort int, life time.Duration) *Authority {
	t.Helper()
	for name, value := range map[string]string{"PEBBLE_VA_NOSLEEP": "1"} {
		if err := os.Setenv(name, value); err != nil {
			t.Fatal(err)
		}
	}
	quiet := log.New(io.Discard, "", 0)
	kept := db.NewMemoryStore()
	issuer := ca.New(quiet, kept, "", "ecdsa", 0, 1,
		map[string]ca.Profile{"default": {ValidityPeriod: uint64(life.Seconds())}})
	checker := va.New(quiet, httpPort, tlsPort, true, names(t), kept)
	front := wfe.New(quiet, kept, checker, issuer, []string{"pebble.test"}, true, false, 1, 1)
	server := httptest.NewUnstartedServer(front.Handler())
	server.Config.ErrorLog = quiet
	server.StartTLS()
	t.Cleanup(server.Close)
	var itself bytes.Buffer
	if err := pem.Encode(&itself, &pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}); err != nil {
		t.Fatal(err)
	}
	a := &Authority{Directory: server.URL + wfe.DirectoryPath, CAFile: filepath.Join(t.TempDir(), "ca.pem"),
		Roots: x509.NewCertPool()}
	if err := os.WriteFile(a.CAFile, itself.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	root, err := x509.ParseCertificate(issuer.GetRootCert(0).DER)
	if err != nil {
		t.Fatal(err)
	}
	a.Roots.AddCert(root)
	return a
}

// names runs a server of names that says of every name that it is this machine, and returns its address.
func names(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &dns.Server{Listener: l, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, asked *dns.Msg) {
		answer := new(dns.Msg)
		answer.SetReply(asked)
		if q := asked.Question[0]; q.Qtype == dns.TypeA {
			answer.Answer = []dns.RR{&dns.A{Hdr: dns.RR_Header{Name: q.Name, Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: 1},
				A: net.IPv4(127, 0, 0, 1)}}
		}
		w.WriteMsg(answer) //nolint:errcheck // who asked has gone
	})}
	go server.ActivateAndServe()            //nolint:errcheck // it ends with the listener
	t.Cleanup(func() { server.Shutdown() }) //nolint:errcheck // the test is over
	return l.Addr().String()
}
