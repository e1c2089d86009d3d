package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/coreos/go-systemd/v22/activation"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/web/certs"
)

// The doors: what the settings, and systemd's FileDescriptorName, call where the server listens.
const (
	doorHTTP     = "http"
	doorHTTPS    = "https"
	doorRedirect = "redirect"
	doorMetrics  = "metrics"
)

// door is one place where the server listens, and what answers there.
type door struct {
	name string
	net.Listener
	server *http.Server
}

// url is where the door is for who reads the log.
func (d *door) url(cfg *app.ServerConfig) string {
	at := d.Addr().String()
	switch {
	case d.Addr().Network() == "unix":
		return app.UnixSocket + at
	case d.name == doorHTTPS && cfg.Domain != "":
		return strings.TrimSuffix("https://"+net.JoinHostPort(cfg.Domain, at[strings.LastIndexByte(at, ':')+1:]), ":443")
	case d.name == doorHTTPS:
		return byName("https://" + at)
	}
	return byName("http://" + at)
}

func (d *door) serve() error {
	if d.name == doorHTTPS {
		return d.server.ServeTLS(d.Listener, "", "")
	}
	return d.server.Serve(d.Listener)
}

// doors are all of them, the one that people come to first.
type doors struct {
	open   []*door
	source certs.Source // of the certificate; nil: none
}

// close closes what is open, for when the rest cannot be.
func (d *doors) close() {
	for _, o := range d.open {
		o.Close()
	}
	if d.source != nil {
		d.source.Close()
	}
}

// openDoors begins to listen everywhere that the settings name, so that it is known before anybody is served whether
// that can be, and gets hold of the certificate.
func openDoors(cfg *app.Config, dir string, log *slog.Logger, answers, figures http.Handler) (*doors, error) {
	d := &doors{}
	err := d.listen(cfg)
	if err == nil {
		err = d.furnish(cfg, dir, log, answers, figures)
	}
	if err != nil {
		d.close()
		return nil, err
	}
	return d, nil
}

// listen opens the doors. What systemd hands over takes the place of what the settings say of that name.
func (d *doors) listen(cfg *app.Config) error {
	handed, err := handedOver()
	if err != nil {
		return err
	}
	s := &cfg.Server
	for _, o := range []struct {
		name, setting, address string
		wanted                 bool
	}{{doorHTTPS, "server.https", s.HTTPS, s.TLS()}, {doorHTTP, "server.http", s.HTTP, true},
		{doorRedirect, "server.redirect", s.Redirect, s.TLS()}, {doorMetrics, "metrics.http", cfg.Metrics.HTTP, true}} {
		listeners := handed[o.name]
		if len(listeners) == 0 && o.wanted && o.address != "" {
			l, err := listenAt(o.address, s)
			if err != nil {
				return fmt.Errorf("%s: %w", o.setting, err)
			}
			listeners = []net.Listener{l}
		}
		for _, l := range listeners {
			d.open = append(d.open, &door{name: o.name, Listener: l})
		}
	}
	return nil
}

// furnish gives each door what answers there.
func (d *doors) furnish(cfg *app.Config, dir string, log *slog.Logger, answers, figures http.Handler) (err error) {
	https, redirect := d.first(doorHTTPS), d.first(doorRedirect)
	switch s := &cfg.Server; {
	case https == nil:
	case s.Domain != "":
		d.source, err = certs.ACME(s, filepath.Join(dir, "certificates"), https, redirect, log)
	case s.TLSCertificate != "":
		d.source, err = certs.Files(s.TLSCertificate, s.TLSKey, log)
	default:
		err = errors.New("systemd hands a socket named https over, and there is no certificate: set server.domain, or " +
			"server.tls_certificate and server.tls_key")
	}
	if err != nil {
		return err
	}
	for _, o := range d.open {
		o.server = newHTTPServer(answers, log)
		switch {
		case o.name == doorHTTPS:
			o.server.TLSConfig = d.source.TLS()
		case o.name == doorRedirect && https == nil:
			return errors.New("systemd hands a socket named redirect over, and none named https to lead on to")
		case o.name == doorRedirect:
			o.server.Handler = d.source.Challenges(certs.Redirect(cfg.Server.Domain, https))
			o.server.ReadTimeout, o.server.WriteTimeout = 10*time.Second, 10*time.Second
		case o.name == doorMetrics:
			o.server.Handler = figures
			o.server.ReadTimeout, o.server.WriteTimeout = 10*time.Second, 10*time.Second // it waits for no slow reader
		}
	}
	return nil
}

// ends is when the certificate does; the zero time without one.
func (d *doors) ends() time.Time {
	if d.source == nil {
		return time.Time{}
	}
	return d.source.Expires()
}

// first is where the first door of a name listens; nil when there is none.
func (d *doors) first(name string) net.Addr {
	for _, o := range d.open {
		if o.name == name {
			return o.Addr()
		}
	}
	return nil
}

// newHTTPServer bounds how long a client may take before it has said what it wants; the rest is the handler's matter.
func newHTTPServer(answers http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{Handler: answers, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug)}
}

// handedOver are the sockets that systemd has opened for us, by the names of doors; those of no such name are http.
func handedOver() (map[string][]net.Listener, error) {
	all, err := activation.ListenersWithNames()
	if err != nil {
		return nil, fmt.Errorf("the sockets that systemd hands over: %w", err)
	}
	handed := map[string][]net.Listener{}
	for name, listeners := range all {
		switch name {
		case doorHTTPS, doorRedirect, doorMetrics:
		default:
			name = doorHTTP
		}
		handed[name] = append(handed[name], listeners...)
	}
	return handed, nil
}

// listenAt listens at an address of the settings.
func listenAt(address string, cfg *app.ServerConfig) (net.Listener, error) {
	path, unix := strings.CutPrefix(address, app.UnixSocket)
	if !unix {
		l, err := net.Listen("tcp", address)
		switch {
		case errors.Is(err, syscall.EADDRINUSE):
			return nil, fmt.Errorf("%w: another program listens there; stop it, or name another address", err)
		case errors.Is(err, syscall.EACCES):
			return nil, fmt.Errorf("%w: ports below 1024 want the right CAP_NET_BIND_SERVICE, which systemd gives "+
				"(AmbientCapabilities), or setcap cap_net_bind_service=+ep on the binary", err)
		}
		return l, err
	}
	mode, err := cfg.Mode()
	if err != nil {
		return nil, err
	}
	if err := removeStale(path); err != nil {
		return nil, err
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, mode); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// removeStale removes the socket of a server that has died. What another one listens at, and what is no socket, stays.
func removeStale(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Mode()&os.ModeSocket == 0 {
		return fmt.Errorf("%s is there and is no socket", path)
	}
	if c, err := net.DialTimeout("unix", path, time.Second); err == nil {
		c.Close()
		return fmt.Errorf("another program listens at %s", path)
	}
	return os.Remove(path)
}

// answering is how long requests may take that are being answered when the server stops.
const answering = 10 * time.Second

// serveUntil answers requests at all doors until the context ends, and then those that have begun. Serve returns as
// soon as the shutdown begins, so its end is waited for.
func (d *doors) serveUntil(ctx context.Context, log *slog.Logger) error {
	served := make(chan error, len(d.open))
	for _, o := range d.open {
		go func() { served <- o.serve() }()
	}
	select {
	case err := <-served:
		d.close()
		return err
	case <-ctx.Done():
	}
	began := time.Now()
	log.Info("stopping", "reason", context.Cause(ctx))
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), answering)
	defer cancel()
	var all sync.WaitGroup
	for _, o := range d.open {
		all.Go(func() {
			if err := o.server.Shutdown(end); err != nil {
				log.Warn("requests are cut that are not answered yet", "after", answering, "error", err)
				o.server.Close()
			}
		})
	}
	all.Wait()
	if d.source != nil {
		d.source.Close()
	}
	log.Info("stopped answering", "took", time.Since(began))
	return nil
}
