package instance_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/wneessen/go-mail"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/instance"
)

// authority is trusted by this test alone: SSL_CERT_FILE names it before anybody asks for the known ones.
var authority, authorityKey = makeAuthority()

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	file := filepath.Join(dir, "authority.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: authority.Raw})
	if err := os.WriteFile(file, text, 0o600); err != nil {
		log.Fatal(err)
	}
	os.Setenv("SSL_CERT_FILE", file)
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

func makeAuthority() (*x509.Certificate, *ecdsa.PrivateKey) {
	cert, key := issue("authority", time.Now().Add(time.Hour), nil, nil)
	return cert, key
}

func issue(name string, until time.Time, by *x509.Certificate,
	byKey *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	t := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: until, IsCA: by == nil, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature}
	if ip := net.ParseIP(name); ip != nil {
		t.IPAddresses = []net.IP{ip}
	} else {
		t.DNSNames = []string{name}
	}
	if by == nil {
		by, byKey = t, key
	}
	der, err := x509.CreateCertificate(rand.Reader, t, by, &key.PublicKey, byKey)
	if err != nil {
		log.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		log.Fatal(err)
	}
	return cert, key
}

// postOffice is a mail server: what it takes, and what it answers to what it does not.
type postOffice struct {
	certificate    string // its name; empty: without TLS
	until          time.Time
	stranger       bool // the certificate is of an authority that nobody knows
	implicit       bool
	silent         bool // says nothing
	hangup         bool
	stalls         bool   // at the receiver
	sasl           string // the way to sign in that it offers
	refuse         map[string]int
	open           bool // signs people in without TLS
	helo, from, to string
	letters        int
}

func (p *postOffice) start(t *testing.T) (port string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	_, port, _ = net.SplitHostPort(l.Addr().String())
	if p.silent || p.hangup {
		go func() {
			for conn, err := l.Accept(); err == nil; conn, err = l.Accept() {
				if p.hangup {
					conn.Close()
				}
				t.Cleanup(func() { conn.Close() }) // what nobody holds is closed
			}
		}()
		return port
	}
	s := smtp.NewServer(p)
	s.Domain, s.AllowInsecureAuth = "post.test", p.open
	if p.certificate != "" {
		ca, key := authority, authorityKey
		if p.stranger {
			ca, key = makeAuthority()
		}
		until := p.until
		if until.IsZero() {
			until = time.Now().Add(time.Hour)
		}
		cert, own := issue(p.certificate, until, ca, key)
		s.TLSConfig = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{cert.Raw}, PrivateKey: own}}}
	}
	s.ErrorLog = log.New(io.Discard, "", 0)
	if p.implicit {
		l = tls.NewListener(l, s.TLSConfig)
	}
	go s.Serve(l) // it ends with the test
	t.Cleanup(func() { s.Close() })
	return port
}

func (p *postOffice) answer(verb string) error {
	if code := p.refuse[verb]; code != 0 {
		return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 7, 1},
			Message: "no " + verb + " today"}
	}
	return nil
}

func (p *postOffice) NewSession(c *smtp.Conn) (smtp.Session, error) {
	p.helo = c.Hostname()
	return &errand{p}, nil
}

type errand struct{ *postOffice }

func (e *errand) AuthMechanisms() []string {
	if e.sasl == "" {
		return nil
	}
	return []string{e.sasl}
}

func (e *errand) Auth(string) (sasl.Server, error) {
	check := func(user, password string) error {
		if user == "post" && password == "Sesame-31" {
			return nil
		}
		return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "never heard of you"}
	}
	if e.sasl == "LOGIN" {
		return loginServer(check), nil
	}
	return sasl.NewPlainServer(func(_, user, password string) error { return check(user, password) }), nil
}

func (e *errand) Mail(from string, _ *smtp.MailOptions) error { e.from = from; return e.answer("MAIL") }
func (e *errand) Rcpt(to string, _ *smtp.RcptOptions) error {
	if e.to = to; e.stalls {
		time.Sleep(time.Second)
	}
	return e.answer("RCPT")
}

func (e *errand) Data(r io.Reader) error {
	if _, err := io.Copy(io.Discard, r); err != nil {
		return err
	}
	if err := e.answer("DATA"); err != nil {
		return err
	}
	e.letters++
	return nil
}
func (e *errand) Reset()        {}
func (e *errand) Logout() error { return nil }

// loginServer is the server's side of LOGIN, which the library has none of.
func loginServer(check func(user, password string) error) sasl.Server { return &login{check: check} }

type login struct {
	check func(user, password string) error
	step  int
	user  string
}

func (l *login) Next(response []byte) (challenge []byte, done bool, err error) {
	l.step++
	switch l.step {
	case 1:
		return []byte("Username:"), false, nil
	case 2:
		l.user = string(response)
		return []byte("Password:"), false, nil
	}
	return nil, true, l.check(l.user, string(response))
}

func TestWhatKeepsLettersFromBeingSentIsExplained(t *testing.T) {
	tls12 := func(p postOffice) *postOffice { p.certificate = "127.0.0.1"; return &p }
	user := app.MailConfig{User: "post", Password: "Sesame-31"}
	with := func(m app.MailConfig, mode string) app.MailConfig { m.TLS = mode; return m }
	wrong := app.MailConfig{User: "post", Password: "wrong"}
	near := with(user, app.MailNoTLS)
	near.PlainSignIn = true
	helo := with(app.MailConfig{}, app.MailNoTLS)
	helo.Helo = "tracker.test"
	for name, tt := range map[string]struct {
		office *postOffice
		mail   app.MailConfig
		what   string // what is explained; empty: the letter is taken
		said   string // of the server's words
		final  bool   // it is of no use to try again
	}{
		"open":                {office: &postOffice{}, mail: helo},
		"STARTTLS":            {office: tls12(postOffice{sasl: "PLAIN"}), mail: with(user, app.MailStartTLS)},
		"TLS from the start":  {office: tls12(postOffice{sasl: "PLAIN", implicit: true}), mail: with(user, app.MailTLS)},
		"LOGIN":               {office: tls12(postOffice{sasl: "LOGIN"}), mail: with(user, app.MailStartTLS)},
		"near, unencrypted":   {office: &postOffice{sasl: "PLAIN", open: true}, mail: near},
		"near, by LOGIN":      {office: &postOffice{sasl: "LOGIN", open: true}, mail: near},
		"near, not wanted":    {office: &postOffice{sasl: "PLAIN", open: true}, mail: with(user, app.MailNoTLS), what: "know no way to sign in"},
		"wrong password":      {office: tls12(postOffice{sasl: "PLAIN"}), mail: with(wrong, app.MailStartTLS), what: "refused the name or the password", said: "535 5.7.8 never heard of you"},
		"no STARTTLS":         {office: &postOffice{}, mail: with(user, app.MailStartTLS), what: "offers no STARTTLS"},
		"no TLS at the start": {office: &postOffice{}, mail: with(user, app.MailTLS), what: "does not speak TLS from the start"},
		"strange authority":   {office: tls12(postOffice{stranger: true}), mail: with(user, app.MailStartTLS), what: "an authority that this machine does not know"},
		"another name":        {office: &postOffice{certificate: "post.example.org"}, mail: with(user, app.MailStartTLS), what: "certificate is for another name"},
		"an old certificate":  {office: &postOffice{certificate: "127.0.0.1", until: time.Now().Add(-time.Hour)}, mail: with(user, app.MailStartTLS), what: "certificate is not valid"},
		"refused sender":      {office: &postOffice{refuse: map[string]int{"MAIL": 553}}, mail: helo, what: "refused the sender", said: "no MAIL today", final: true},
		"refused receiver":    {office: &postOffice{refuse: map[string]int{"RCPT": 550}}, mail: helo, what: "refused the receiver", said: "no RCPT today", final: true},
		"receiver later":      {office: &postOffice{refuse: map[string]int{"RCPT": 451}}, mail: helo, what: "refused the receiver", said: "no RCPT today"},
		"refused letter":      {office: &postOffice{refuse: map[string]int{"DATA": 554}}, mail: helo, what: "refused the letter", said: "no DATA today", final: true},
		"sign in first":       {office: &postOffice{refuse: map[string]int{"MAIL": 530}}, mail: helo, what: "wants something else first", said: "no MAIL today"},
		"hangs up":            {office: &postOffice{hangup: true}, mail: helo, what: "hung up"},
		"silent":              {office: &postOffice{silent: true}, mail: helo, what: "did not answer in time"},
		"stalls":              {office: &postOffice{stalls: true}, mail: helo, what: "did not answer in time"},
		"nobody":              {mail: helo, what: "Nobody listens"},
		"no name":             {mail: with(app.MailConfig{Host: "no-such-host.invalid"}, app.MailNoTLS), what: "name of the mail server is not known"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			port := "1"
			if tt.office != nil {
				port = tt.office.start(t)
			}
			m := tt.mail
			if m.Host == "" {
				m.Host = "127.0.0.1"
			}
			m.From = "Tracker <tracker@example.org>"
			s := m.Fixed()
			s["EMAIL_PORT"], s[app.MailHelo] = port, m.Helo
			if m.PlainSignIn {
				s[app.MailPlainSignIn] = "1"
			}
			ctx := t.Context()
			if tt.office != nil && (tt.office.silent || tt.office.stalls) { // its patience is the library's, which is long
				short, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
				defer cancel()
				ctx = short
			}
			err := instance.SendTest(ctx, s, "ann@example.org")
			if tt.what == "" {
				if err != nil || tt.office.letters != 1 || tt.office.from != "tracker@example.org" {
					t.Fatalf("%v, %d letters from %s", err, tt.office.letters, tt.office.from)
				}
				if m.Helo != "" && tt.office.helo != m.Helo {
					t.Errorf("it said it is %q", tt.office.helo)
				}
				if err := instance.TryMail(ctx, s); err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil {
				t.Fatal("the letter was taken")
			}
			f := instance.ExplainMail(err)
			if !strings.Contains(f.What, tt.what) || !strings.Contains(f.Said, tt.said) || f.Do == "" {
				t.Errorf("%+v, of %v", f, err)
			}
			if final := instance.RefusedForGood(err); final != tt.final {
				t.Errorf("of use to try again: %t", !final)
			}
			if strings.Contains(fmt.Sprint(f, err), "Sesame") {
				t.Error("the password is told")
			}
		})
	}
}

// A server that goes away without a goodbye has taken the letter all the same: it is not sent twice.
func TestALetterThatWasTakenIsSent(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		b := make([]byte, 4096)
		fmt.Fprint(conn, "220 here\r\n")
		for {
			n, err := conn.Read(b)
			if err != nil {
				return
			}
			switch text := string(b[:n]); {
			case strings.HasPrefix(text, "DATA"):
				fmt.Fprint(conn, "354 go on\r\n")
			case strings.HasSuffix(text, "\r\n.\r\n"):
				fmt.Fprint(conn, "250 kept\r\n")
			case strings.HasPrefix(text, "QUIT"):
				return
			default:
				fmt.Fprint(conn, "250 ok\r\n")
			}
		}
	}()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	s := app.MailConfig{Host: "127.0.0.1", TLS: app.MailNoTLS, From: "tracker@example.org"}.Fixed()
	s["EMAIL_PORT"] = port
	msg := mail.NewMsg()
	msg.SetBodyString(mail.TypeTextPlain, "x\n")
	if err := instance.Send(t.Context(), s, "ann@example.org", msg); err != nil {
		t.Error(err)
	}
}
