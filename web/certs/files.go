package certs

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"time"
)

// files is a certificate and its key in files, which are read again when they have changed.
type files struct {
	certificate, key string
	log              *slog.Logger

	mu     sync.Mutex
	pair   *tls.Certificate
	stamp  [2]stamp // of the files when they were read last
	looked time.Time
}

// stamp tells one state of a file from another.
type stamp struct {
	size int64
	at   time.Time
}

// look is how often a handshake may look at the files.
var look = time.Second

// Files reads a certificate and its key.
func Files(certificate, key string, log *slog.Logger) (Source, error) {
	f := &files{certificate: certificate, key: key, log: log}
	f.stamp = f.state()
	pair, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		return nil, fmt.Errorf("server.tls_certificate: %w", err)
	}
	f.pair, f.looked = &pair, time.Now()
	return f, nil
}

// state is that of both files; a link is followed, so that one that leads elsewhere now counts as a change.
func (f *files) state() (now [2]stamp) {
	for i, name := range []string{f.certificate, f.key} {
		if info, err := os.Stat(name); err == nil {
			now[i] = stamp{info.Size(), info.ModTime()}
		}
	}
	return now
}

// current is the certificate as the files have it. Half a change, or a wrong one, leaves what there was.
func (f *files) current(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if time.Since(f.looked) < look {
		return f.pair, nil
	}
	f.looked = time.Now()
	now := f.state()
	if now == f.stamp {
		return f.pair, nil
	}
	f.stamp = now
	pair, err := tls.LoadX509KeyPair(f.certificate, f.key)
	if err != nil {
		f.log.Error("the certificate has changed and cannot be used; the one before is used on", "file", f.certificate, "error", err)
		return f.pair, nil
	}
	f.pair = &pair
	f.log.Info("the certificate has changed", "file", f.certificate, "until", pair.Leaf.NotAfter)
	return f.pair, nil
}

func (f *files) TLS() *tls.Config {
	return &tls.Config{GetCertificate: f.current, NextProtos: protocols, MinVersion: tls.VersionTLS12}
}

func (f *files) Expires() time.Time {
	pair, _ := f.current(nil) // it never fails
	return pair.Leaf.NotAfter
}

func (f *files) Challenges(next http.Handler) http.Handler { return next }

func (f *files) Close() {}
