package certs

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/web/certs/acmetest"
)

const domain = "plane.example.org"

func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Minute); !so(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal(what)
		}
	}
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// client asks for any host at one address, and knows what the authority issues.
func client(at net.Addr, roots *x509.CertPool) *http.Client {
	return &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{ForceAttemptHTTP2: true, DisableKeepAlives: true,
			TLSClientConfig: &tls.Config{RootCAs: roots},
			DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				return (&net.Dialer{}).DialContext(ctx, "tcp", at.String())
			}}}
}

// site is a server with a certificate by ACME, and what leads there.
type site struct {
	https, redirect net.Listener
	source          Source
	roots           *x509.CertPool
}

func newSite(t *testing.T, cfg app.ServerConfig, folder string, life time.Duration, byHTTP, byTLS bool) *site {
	t.Helper()
	s := &site{https: listen(t)}
	var redirect net.Addr
	httpPort, tlsPort := 1, 1 // nobody listens there
	if byTLS {
		tlsPort = port(s.https.Addr())
	}
	if byHTTP {
		s.redirect = listen(t)
		redirect, httpPort = s.redirect.Addr(), port(s.redirect.Addr())
	}
	authority := acmetest.New(t, httpPort, tlsPort, life)
	s.roots = authority.Roots
	cfg.Domain, cfg.ACMEDirectory, cfg.ACMECAFile = domain, authority.Directory, authority.CAFile
	source, err := ACME(&cfg, folder, s.https.Addr(), redirect, slog.New(slog.NewTextHandler(t.Output(), nil)))
	if err != nil {
		t.Fatal(err)
	}
	s.source = source
	says := func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Proto) }
	secure := &http.Server{TLSConfig: source.TLS(), Handler: http.HandlerFunc(says),
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, 0)}
	go secure.ServeTLS(s.https, "", "")
	t.Cleanup(func() { secure.Close(); source.Close() })
	if byHTTP {
		plain := &http.Server{Handler: source.Challenges(Redirect(domain, s.https.Addr()))}
		go plain.Serve(s.redirect)
		t.Cleanup(func() { plain.Close() })
	}
	return s
}

// serial is that of the certificate that the site shows; empty while it has none.
func (s *site) serial(t *testing.T) string {
	res, err := client(s.https.Addr(), s.roots).Get("https://" + domain + "/")
	if err != nil {
		return ""
	}
	defer res.Body.Close()
	if text, err := io.ReadAll(res.Body); err != nil || string(text) != "HTTP/2.0" {
		t.Errorf("spoken is %s, %v", text, err)
	}
	return res.TLS.PeerCertificates[0].SerialNumber.String()
}

// A certificate is got by either way of asking, kept where nobody else reads, and found there again; the site leads on
// to itself.
func TestACertificateByACME(t *testing.T) {
	for name, by := range map[string]struct{ http, tls bool }{"over HTTP": {true, false}, "over TLS": {false, true},
		"over either": {true, true}} {
		t.Run(name, func(t *testing.T) {
			folder := filepath.Join(t.TempDir(), "certificates")
			s := newSite(t, app.ServerConfig{ACMEEmail: "you@example.org"}, folder, 90*24*time.Hour, by.http, by.tls)
			if !s.source.Expires().IsZero() {
				t.Error("there is a certificate before there is one")
			}
			eventually(t, "no certificate", func() bool { return s.serial(t) != "" })
			if until := time.Until(s.source.Expires()); until < 89*24*time.Hour {
				t.Errorf("it ends in %s", until)
			}
			keys := 0
			err := filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
				info, _ := d.Info()
				if d.IsDir() && info.Mode().Perm() != 0o700 || filepath.Ext(path) == ".key" && info.Mode().Perm() != 0o600 {
					t.Errorf("%s is %s", path, info.Mode())
				}
				keys += map[bool]int{true: 1}[filepath.Ext(path) == ".key"]
				return err
			})
			if err != nil || keys < 2 { // the account's and the certificate's
				t.Errorf("%d keys, %v", keys, err)
			}
			if _, err := client(s.https.Addr(), s.roots).Get("https://other.example.org/"); err == nil {
				t.Error("another name is served")
			}
			if s.redirect == nil {
				return
			}
			plain := client(s.redirect.Addr(), nil)
			res, err := plain.Post("http://"+domain+"/api/x?y=%2F", "text/plain", strings.NewReader("z"))
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			want := "https://" + domain + ":" + strings.Split(s.https.Addr().String(), ":")[1] + "/api/x?y=%2F"
			if got := res.Header.Get("Location"); res.StatusCode != 308 || got != want {
				t.Errorf("%d to %s, want %s", res.StatusCode, got, want)
			}
		})
	}
}

// A certificate that is about to end is replaced while the site goes on.
func TestACertificateIsRenewed(t *testing.T) {
	renewCheck = 200 * time.Millisecond
	t.Cleanup(func() { renewCheck = 10 * time.Minute })
	s := newSite(t, app.ServerConfig{}, t.TempDir(), 9*time.Second, true, true)
	first := ""
	eventually(t, "no certificate", func() bool { first = s.serial(t); return first != "" })
	ends := s.source.Expires()
	eventually(t, "no other certificate", func() bool { now := s.serial(t); return now != "" && now != first })
	if !s.source.Expires().After(ends) {
		t.Errorf("the new one ends %s, the old one ended %s", s.source.Expires(), ends)
	}
}

func TestAnAuthorityThatIsNotKnown(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	l := listen(t)
	defer l.Close()
	_, err := ACME(&app.ServerConfig{Domain: domain, ACMECAFile: file}, t.TempDir(), l.Addr(), nil, slog.Default())
	if err == nil || !strings.Contains(err.Error(), "server.acme_ca_file: there is no certificate in it") {
		t.Error(err)
	}
}

// write makes a certificate of one's own.
func write(t *testing.T, certificate, key, name string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		DNSNames: []string{domain}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{certificate: {Type: "CERTIFICATE", Bytes: raw},
		key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// A certificate of one's own is read again when it has changed, and stays while the files are of no use.
func TestACertificateInFiles(t *testing.T) {
	look = 0
	t.Cleanup(func() { look = time.Second })
	dir := t.TempDir()
	certificate, key := filepath.Join(dir, "c.pem"), filepath.Join(dir, "k.pem")
	_, err := Files(certificate, key, slog.Default())
	if err == nil || !strings.Contains(err.Error(), "server.tls_certificate") {
		t.Errorf("without files: %v", err)
	}
	write(t, certificate, key, "first")
	var said strings.Builder
	source, err := Files(certificate, key, slog.New(slog.NewTextHandler(&said, nil)))
	if err != nil {
		t.Fatal(err)
	}
	shown := func() string {
		t.Helper()
		c, err := source.TLS().GetCertificate(&tls.ClientHelloInfo{})
		if err != nil {
			t.Fatal(err)
		}
		return c.Leaf.Subject.CommonName
	}
	if shown() != "first" || source.Expires().Before(time.Now()) {
		t.Error(shown())
	}
	write(t, certificate, key, "the second")
	if shown() != "the second" {
		t.Error(shown())
	}
	if err := os.WriteFile(certificate, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 { // it is told once
		if name := shown(); name != "the second" || strings.Count(said.String(), "cannot be used") != 1 {
			t.Errorf("%s\n%s", name, said.String())
		}
	}
	write(t, filepath.Join(dir, "c3.pem"), filepath.Join(dir, "k3.pem"), "third")
	for old, link := range map[string]string{"c3.pem": certificate, "k3.pem": key} { // as certbot does
		if err := os.Remove(link); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(old, link); err != nil {
			t.Fatal(err)
		}
	}
	if shown() != "third" {
		t.Error(shown())
	}
}
