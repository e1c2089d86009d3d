package directory

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
)

const (
	mostPacket = 4 << 20 // of one message, in bytes
	mostAnswer = 16 << 20
	mostIdle   = time.Minute // for which a connection is kept that nobody uses
)

// The library reads no message that is larger: without that a length that a server makes up is believed. Its bounds are
// variables of the whole program, so they are set before anything reads them.
func init() { ber.MaxPacketLengthBytes, ber.MaxNestingDepth = mostPacket, 50 }

// session is a connection to the directory, bound as the one that looks for people.
type session struct {
	*ldap.Conn

	raw  *bounded
	used time.Time
}

// bounded is a connection on which no more comes in than somebody has waited for.
type bounded struct {
	net.Conn
	left atomic.Int64
}

// Read reads what is left.
func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.Conn.Read(p)
	if b.left.Add(-int64(n)) < 0 {
		return 0, fmt.Errorf("it sends more than %d bytes", mostAnswer)
	}
	return n, err
}

// pool are the connections that nobody uses, and how many more there may be.
type pool struct {
	print string // of the settings
	slots chan struct{}

	mu     sync.Mutex
	idle   []*session
	closed bool // the settings are others now
}

func newPool(print string, size int) *pool {
	return &pool{print: print, slots: make(chan struct{}, size)}
}

// take returns a connection that was kept; nil: there is none.
func (p *pool) take() *session {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.idle) > 0 {
		s := p.idle[len(p.idle)-1]
		p.idle = p.idle[:len(p.idle)-1]
		if !s.stale() {
			return s
		}
	}
	return nil
}

// give keeps a connection for the next one.
func (p *pool) give(s *session) {
	s.raw.SetDeadline(time.Time{}) //nolint:errcheck // a connection that can't is closed
	s.used = time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.idle = slices.DeleteFunc(p.idle, (*session).stale)
	if p.closed {
		s.end()
		return
	}
	p.idle = append(p.idle, s)
}

// close ends the connections that nobody uses; those in use end with what is done by them.
func (p *pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, s := range p.idle {
		s.end()
	}
	p.idle = nil
}

// stale ends a connection that nobody has used for long, or that is dead already.
func (s *session) stale() bool {
	if !s.IsClosing() && time.Since(s.used) < mostIdle {
		return false
	}
	s.end()
	return true
}

// with does something by a connection. Whoever waits for one, or for what comes by it, waits no longer than the
// context. A connection that was kept and is dead is no fault.
func (d *Directory) with(ctx context.Context, do func(s *session) error) error {
	select {
	case d.pool.slots <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("all connections to it are in use: %w", ctx.Err())
	}
	defer func() { <-d.pool.slots }()
	if kept := d.pool.take(); kept != nil {
		dead, err := kept.during(ctx, d, do)
		if !dead || err == nil || ctx.Err() != nil {
			return err
		}
	}
	s, err := d.open(ctx)
	if err != nil {
		return err
	}
	_, err = s.during(ctx, d, do)
	return err
}

// during does something within a time, and keeps the connection, unless it is dead.
func (s *session) during(ctx context.Context, d *Directory, do func(s *session) error) (dead bool, err error) {
	stop := s.bound(ctx)
	err = do(s)
	if stop() && !ldap.IsErrorWithCode(err, ldap.ErrorNetwork) && !s.IsClosing() {
		d.pool.give(s)
		return false, err
	}
	s.end()
	if ctx.Err() != nil && err != nil {
		err = fmt.Errorf("%w: %w", ctx.Err(), err)
	}
	return true, err
}

// end closes a connection, whatever is under way on it.
func (s *session) end() {
	s.raw.Close()
	s.Close()
}

// bound has everything on the connection end with the context. stop lets go of that; false: it has ended.
func (s *session) bound(ctx context.Context) (stop func() bool) {
	s.raw.left.Store(mostAnswer)
	if at, ok := ctx.Deadline(); ok {
		s.raw.SetDeadline(at) //nolint:errcheck // a connection that can't fails at once
		s.SetTimeout(max(time.Until(at), time.Millisecond))
	}
	return context.AfterFunc(ctx, func() { s.raw.Close() })
}

// open makes a connection that is bound as the one that looks for people.
func (d *Directory) open(ctx context.Context) (*session, error) {
	s, err := d.dial(ctx)
	if err != nil {
		return nil, err
	}
	if d.BindDN == "" {
		return s, nil
	}
	stop := s.bound(ctx)
	err = s.Bind(d.BindDN, d.BindPassword)
	if !stop() || err != nil {
		s.end()
		return nil, fmt.Errorf("bind as %s (sign_in.ldap.bind_dn): %w", d.BindDN, err)
	}
	return s, nil
}

// dial makes a connection that is encrypted, unless the settings say that it need not be: then the address has to be in
// one of the networks that they name. A server that refuses StartTLS is asked nothing in the clear.
func (d *Directory) dial(ctx context.Context) (*session, error) {
	u, err := url.Parse(d.URL)
	if err != nil {
		return nil, err
	}
	config, err := d.tls(u.Hostname())
	if err != nil {
		return nil, err
	}
	tlsFirst := u.Scheme == "ldaps"
	port := u.Port()
	if port == "" {
		port = map[bool]string{false: "389", true: "636"}[tlsFirst]
	}
	dialer, err := d.dialer(!tlsFirst && !d.StartTLS)
	if err != nil {
		return nil, err
	}
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return nil, err
	}
	raw := &bounded{Conn: conn}
	s := &session{raw: raw}
	raw.left.Store(mostAnswer)
	if tlsFirst {
		secured := tls.Client(raw, config)
		if err := secured.HandshakeContext(ctx); err != nil {
			raw.Close()
			return nil, fmt.Errorf("TLS with %s: %w", u.Host, err)
		}
		s.Conn = ldap.NewConn(secured, true)
	} else {
		s.Conn = ldap.NewConn(raw, false)
	}
	s.Start()
	if tlsFirst || !d.StartTLS {
		return s, nil
	}
	stop := s.bound(ctx)
	err = s.StartTLS(config)
	if !stop() || err != nil {
		s.end()
		return nil, fmt.Errorf("StartTLS with %s: %w", u.Host, err)
	}
	return s, nil
}

// dialer connects without TLS only to where the settings allow it, and for the administrators of a page that is no way
// to ask around in private networks.
func (d *Directory) dialer(bare bool) (*net.Dialer, error) {
	if bare {
		return &net.Dialer{Control: d.app.InTheClear}, nil
	}
	if d.Fixed {
		return &net.Dialer{}, nil
	}
	control, err := d.app.ProviderGuard()
	return &net.Dialer{Control: control}, err
}

func (d *Directory) tls(host string) (*tls.Config, error) {
	config := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	if d.CAFile == "" {
		return config, nil
	}
	raw, err := os.ReadFile(d.CAFile)
	if err != nil {
		return nil, fmt.Errorf("sign_in.ldap.ca_file: %w", err)
	}
	config.RootCAs = x509.NewCertPool()
	if !config.RootCAs.AppendCertsFromPEM(raw) {
		return nil, fmt.Errorf("sign_in.ldap.ca_file: there is no certificate in %s", d.CAFile)
	}
	return config, nil
}

// prove says whether a password is an entry's, by a connection of its own, so that none that looks for people is ever
// bound as somebody else.
func (d *Directory) prove(ctx context.Context, dn, plain string) error {
	if dn == "" || plain == "" || strings.ContainsRune(plain, 0) { // which many directories take for nobody, and let in
		return stranger("a password that is none")
	}
	s, err := d.dial(ctx)
	if err != nil {
		return err
	}
	defer s.end()
	stop := s.bound(ctx)
	defer stop()
	err = s.Bind(dn, plain)
	var refused *ldap.Error
	if errors.As(err, &refused) && refused.ResultCode < ldap.ErrorNetwork && ctx.Err() == nil {
		switch refused.ResultCode {
		case ldap.LDAPResultBusy, ldap.LDAPResultUnavailable, ldap.LDAPResultServerDown,
			ldap.LDAPResultConfidentialityRequired:
			return err
		}
		return stranger("%s: %s", dn, shorten(err))
	}
	return err
}

const maxSaid = 300 // of what a directory answers, in the log

// shorten keeps what a directory answers from filling the log.
func shorten(err error) error {
	if err == nil || len(err.Error()) <= maxSaid {
		return err
	}
	return errors.New(strings.ToValidUTF8(err.Error()[:maxSaid], "") + "…")
}
