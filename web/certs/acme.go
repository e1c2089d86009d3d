// Package certs has the certificates by which the server speaks HTTPS: one that it gets by ACME and renews, or one of
// the operator's own, in files.
package certs

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/caddyserver/certmagic"
	"go.uber.org/zap"

	"github.com/sailplane/sailplane/app"
)

// Source is where the server's certificate comes from.
type Source interface {
	// TLS is how to speak HTTPS with it, HTTP/2 included.
	TLS() *tls.Config
	// Expires is when the certificate that is in use ends; the zero time while there is none.
	Expires() time.Time
	// Challenges handles what the authority asks over plain HTTP, and leaves the rest to next.
	Challenges(next http.Handler) http.Handler
	// Close ends what goes on in the background.
	Close()
}

// protocols are those that are spoken over TLS, the best first.
var protocols = []string{"h2", "http/1.1"}

// acme keeps a certificate for one domain. certmagic rather than x/crypto's autocert: for 1.8 MB more it gets the
// certificate at the start and not when somebody waits for it, asks the authority when to renew (ARI), tries again more
// and more slowly and on the authority's test server, so that its limits are not used up by a mistake, and tells what
// went wrong.
type acme struct {
	domain string
	config *certmagic.Config
	cache  *certmagic.Cache
	issuer *certmagic.ACMEIssuer
	stop   context.CancelFunc
}

// renewCheck is how often it is looked whether a certificate is due; tests have less time.
var renewCheck = certmagic.DefaultRenewCheckInterval

// ACME begins to get a certificate for the domain of the settings and keeps it in the folder. The authority's questions
// arrive at https and, unless that is nil, at redirect.
func ACME(cfg *app.ServerConfig, folder string, https, redirect net.Addr, log *slog.Logger) (Source, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder for certificates: %w", err)
	}
	roots, err := trusted(cfg.ACMECAFile)
	if err != nil {
		return nil, fmt.Errorf("server.acme_ca_file: %w", err)
	}
	a := &acme{domain: cfg.Domain}
	a.cache = certmagic.NewCache(certmagic.CacheOptions{RenewCheckInterval: renewCheck, Logger: zap.NewNop(),
		GetConfigForCert: func(certmagic.Certificate) (*certmagic.Config, error) { return a.config, nil }})
	a.config = certmagic.New(a.cache, certmagic.Config{Storage: &certmagic.FileStorage{Path: folder}, Logger: zap.NewNop(),
		DefaultServerName: cfg.Domain, OnEvent: tell(log)})
	template := certmagic.ACMEIssuer{CA: cfg.ACMEDirectory, Email: cfg.ACMEEmail, Agreed: true, TrustedRoots: roots,
		AltTLSALPNPort: port(https), ListenHost: host(https), DisableHTTPChallenge: redirect == nil, Logger: zap.NewNop()}
	if redirect != nil {
		template.AltHTTPPort = port(redirect)
	}
	a.issuer = certmagic.NewACMEIssuer(a.config, template)
	a.config.Issuers = []certmagic.Issuer{a.issuer}
	ctx, stop := context.WithCancel(context.Background())
	a.stop = stop
	if err := a.config.ManageAsync(ctx, []string{cfg.Domain}); err != nil {
		a.Close()
		return nil, fmt.Errorf("the certificate of %s: %w", cfg.Domain, err)
	}
	return a, nil
}

// trusted are the certificates of a file; nil: those of the system.
func trusted(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, errors.New("there is no certificate in it")
	}
	return pool, nil
}

// tell writes into the log what becomes of the certificate. The rest that certmagic would say is for its authors.
func tell(log *slog.Logger) func(context.Context, string, map[string]any) error {
	return func(_ context.Context, event string, data map[string]any) error {
		switch event {
		case "cert_obtaining":
			log.Info("asking for a certificate", "domain", data["identifier"], "renewal", data["renewal"] == true)
		case "cert_obtained":
			log.Info("there is a new certificate", "domain", data["identifier"], "renewal", data["renewal"] == true)
		case "cert_failed":
			log.Error("no certificate: ports 80 and 443 of the domain must reach this machine; it is tried again, more and more slowly",
				"domain", data["identifier"], "renewal", data["renewal"] == true, "error", data["error"])
		}
		return nil
	}
}

func (a *acme) TLS() *tls.Config {
	c := a.config.TLSConfig()
	c.NextProtos = append(append([]string{}, protocols...), c.NextProtos...) // with the authority's own
	c.MinVersion = tls.VersionTLS12
	return c
}

func (a *acme) Expires() (at time.Time) {
	for _, c := range a.cache.AllMatchingCertificates(a.domain) {
		if c.Leaf != nil && c.Leaf.NotAfter.After(at) {
			at = c.Leaf.NotAfter
		}
	}
	return at
}

func (a *acme) Challenges(next http.Handler) http.Handler { return a.issuer.HTTPChallengeHandler(next) }

func (a *acme) Close() {
	a.stop()
	a.cache.Stop()
}

// port and host are those of an address that is listened at.
func port(a net.Addr) int {
	_, p, _ := net.SplitHostPort(a.String())
	n, _ := strconv.Atoi(p) // an address of our own has one
	return n
}

func host(a net.Addr) string {
	h, _, _ := net.SplitHostPort(a.String())
	if ip := net.ParseIP(h); ip != nil && ip.IsUnspecified() {
		return ""
	}
	return h
}
