package app

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// checkAddresses returns the first setting of an address in the web that is of no use, and why.
func (c *Config) checkAddresses() (name string, err error) {
	for name, u := range map[string]string{"web.app_url": c.Web.AppURL, "web.admin_url": c.Web.AdminURL,
		"web.space_url": c.Web.SpaceURL} {
		v, err := url.Parse(u)
		switch {
		case u == "":
		case err != nil || v.Scheme != "http" && v.Scheme != "https" || v.Host == "":
			return name, fmt.Errorf("%q is not an address such as https://plane.example.org", u)
		case !strings.EqualFold(strings.TrimRight(u, "/"), v.Scheme+"://"+v.Host):
			return name, fmt.Errorf("%q has more than a scheme and a host: Plane's frontends ask for /assets/ and /api/ at the "+
				"root of a host and cannot live below a path; give them a host of their own", u)
		}
	}
	for _, origin := range c.Server.CORSOrigins {
		v, err := url.Parse(origin)
		if err != nil || v.Scheme != "http" && v.Scheme != "https" || v.Host == "" || origin != v.Scheme+"://"+v.Host ||
			strings.ContainsAny(origin, "*@") || origin != strings.ToLower(origin) || strings.HasSuffix(v.Host, ":"+usualPort[v.Scheme]) {
			return "server.cors_origins", fmt.Errorf("%q is not an origin as browsers write it, such as https://tools.example.org: "+
				"a scheme and a host in lower case, no path, no usual port, and no pattern", origin)
		}
	}
	return "", nil
}

var usualPort = map[string]string{"http": "80", "https": "443"}

// UnixSocket is how addresses begin that are a socket's: unix:/run/sailplane/socket.
const UnixSocket = "unix:"

// checkDoors returns the first setting of where the server listens, and by which certificate, that is of no use.
func (c *Config) checkDoors() (name string, err error) {
	s := &c.Server
	for name, address := range map[string]string{"server.http": s.HTTP, "server.https": s.HTTPS,
		"server.redirect": s.Redirect, "metrics.http": c.Metrics.HTTP} {
		if err := checkListen(address); err != nil {
			return name, err
		}
	}
	if _, err := s.Mode(); err != nil {
		return "server.socket_mode", err
	}
	if s.HTTP == "" && (s.HTTPS == "" || !s.TLS()) {
		return "server.http", errors.New("the server would listen nowhere: set it, or domain, or tls_certificate and tls_key")
	}
	if name, err := s.checkTLS(); err != nil {
		return name, err
	}
	if c.Metrics.HTTP != "" && c.Metrics.Token == "" && !c.Metrics.Open && !private(c.Metrics.HTTP) {
		return "metrics.http", fmt.Errorf("%q lets other machines read the figures: set metrics.token, or metrics.open = true if "+
			"only those who may can reach it", c.Metrics.HTTP)
	}
	return "", nil
}

// TLS says whether the server has certificates, and so speaks HTTPS.
func (s *ServerConfig) TLS() bool { return s.Domain != "" || s.TLSCertificate != "" }

// Mode is what a unix socket's file may be used for, and by whom.
func (s *ServerConfig) Mode() (os.FileMode, error) {
	mode, err := strconv.ParseUint(s.SocketMode, 8, 32)
	if err != nil || mode > 0o777 {
		return 0, fmt.Errorf("%q is not a mode such as 0660", s.SocketMode)
	}
	return os.FileMode(mode), nil
}

// checkListen says whether one can listen at an address; empty is nowhere.
func checkListen(address string) error {
	if path, ok := strings.CutPrefix(address, UnixSocket); ok {
		if !filepath.IsAbs(path) || len(path) > 100 {
			return fmt.Errorf("%q: a socket has a whole path of at most 100 characters, such as unix:/run/sailplane/socket", address)
		}
		return nil
	}
	if address == "" {
		return nil
	}
	host, port, err := net.SplitHostPort(address)
	if _, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil || strings.Contains(host, "/") {
		return fmt.Errorf("%q is not an address to listen at, such as 127.0.0.1:8080, :8080 or unix:/run/sailplane/socket", address)
	}
	return nil
}

// private says whether only this machine can reach an address.
func private(address string) bool {
	if strings.HasPrefix(address, UnixSocket) {
		return true
	}
	host, _, err := net.SplitHostPort(address)
	ip, notIP := netip.ParseAddr(host)
	return err == nil && (host == "localhost" || notIP == nil && ip.IsLoopback())
}

var domainName = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$`)

// checkTLS returns the first setting of certificates that is of no use, and why.
func (s *ServerConfig) checkTLS() (name string, err error) {
	ca, err := url.Parse(s.ACMEDirectory)
	switch {
	case s.Domain != "" && (!domainName.MatchString(s.Domain) || len(s.Domain) > 253):
		return "server.domain", fmt.Errorf("%q is not the name of one host in lower case, such as plane.example.org, without scheme, "+
			"port, path or pattern (letters outside a to z as xn--…)", s.Domain)
	case s.Domain != "" && s.TLSCertificate != "":
		return "server.tls_certificate", errors.New("domain gets a certificate by itself: set one of the two")
	case (s.TLSCertificate == "") != (s.TLSKey == ""):
		return "server.tls_key", errors.New("tls_certificate and tls_key are set both or not at all")
	case s.TLS() && s.HTTPS == "":
		return "server.https", errors.New("there is a certificate and nowhere to use it")
	case s.TLS() && strings.HasPrefix(s.HTTPS, UnixSocket), s.TLS() && strings.HasPrefix(s.Redirect, UnixSocket):
		return "server.https", errors.New("only http may be a unix socket: who stands behind one has TLS in front")
	case err != nil || ca.Scheme != "https" || ca.Host == "":
		return "server.acme_directory", fmt.Errorf("%q is not an address such as https://acme-v02.api.letsencrypt.org/directory",
			s.ACMEDirectory)
	case s.ACMEEmail != "" && !IsEmail(s.ACMEEmail):
		return "server.acme_email", fmt.Errorf("%q is not an e-mail address", s.ACMEEmail)
	}
	if s.ACMECAFile != "" {
		if _, err := os.ReadFile(s.ACMECAFile); err != nil {
			return "server.acme_ca_file", err
		}
	}
	if s.TLSCertificate != "" {
		if _, err := tls.LoadX509KeyPair(s.TLSCertificate, s.TLSKey); err != nil {
			return "server.tls_certificate", err
		}
	}
	listeners := slices.DeleteFunc([]string{s.HTTP, s.HTTPS, s.Redirect}, func(a string) bool { return a == "" || strings.HasSuffix(a, ":0") })
	if slices.Sort(listeners); s.TLS() && len(slices.Compact(slices.Clone(listeners))) < len(listeners) {
		return "server.https", errors.New("http, https and redirect are addresses of their own")
	}
	return "", nil
}

// checkLive refuses what requests cannot be passed on to. The path is the requests' own.
func checkLive(address string) error {
	if address == "" {
		return nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.Opaque != "" {
		return fmt.Errorf("%q is not an address such as http://127.0.0.1:3100", address)
	}
	if strings.Trim(u.Path, "/") != "" || u.Query().Encode() != "" || u.Fragment != "" || u.User != nil {
		return fmt.Errorf("%q has more than a host and a port; the path is /live, as it is asked for", address)
	}
	return nil
}
