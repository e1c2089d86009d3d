package app

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"
)

// SessionsConfig says how long people stay signed in. IdleMinutes is for how long nothing may be asked; 0: no matter
// how long.
type SessionsConfig struct {
	LifetimeHours int  `toml:"lifetime_hours"`
	IdleMinutes   int  `toml:"idle_minutes"`
	NewDeviceMail bool `toml:"new_device_mail"`
}

// Life is how long a session lasts, whatever happens.
func (s *SessionsConfig) Life() time.Duration { return time.Duration(s.LifetimeHours) * time.Hour }

// Idle is for how long nothing may be asked; 0: no matter how long.
func (s *SessionsConfig) Idle() time.Duration { return time.Duration(s.IdleMinutes) * time.Minute }

// leastIdle is how short idle_minutes may be: that a session is used is written down once in a while only.
const leastIdle = 5

func (s *SessionsConfig) check() (key string, err error) {
	switch {
	case s.LifetimeHours < 1 || s.LifetimeHours > 10*365*24:
		return "lifetime_hours", errors.New("it must be from 1 to 87600, which is ten years")
	case s.IdleMinutes != 0 && (s.IdleMinutes < leastIdle || s.IdleMinutes > 10*365*24*60):
		return "idle_minutes", fmt.Errorf("it must be at least %d; 0 is no matter how long", leastIdle)
	}
	return "", nil
}

// AuditConfig is where the audit log is passed on to, entry by entry; empty: nowhere.
type AuditConfig struct {
	Syslog string `toml:"syslog"`
	File   string `toml:"file"`
}

// SyslogSchemes are the ways to a syslog.
var SyslogSchemes = []string{"udp", "tcp", "tls", "unix"}

// SyslogAddress is where a syslog listens: the way to it and, on that, its address.
func SyslogAddress(raw string) (scheme, address string, err error) {
	u, err := url.Parse(raw)
	if err != nil || !slices.Contains(SyslogSchemes, u.Scheme) {
		return "", "", fmt.Errorf("%q is not the address of a syslog, such as udp://log.example.org:514, tcp://…, tls://… "+
			"or unix:/dev/log", raw)
	}
	if u.Scheme == "unix" {
		if u.Opaque+u.Path == "" || u.Host != "" {
			return "", "", fmt.Errorf("%q names no socket, such as unix:/dev/log", raw)
		}
		return u.Scheme, u.Opaque + u.Path, nil
	}
	if u.Hostname() == "" || strings.Trim(u.Path, "/") != "" {
		return "", "", fmt.Errorf("%q has no host, or more than that and a port", raw)
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"udp": "514", "tcp": "601", "tls": "6514"}[u.Scheme]
	}
	return u.Scheme, net.JoinHostPort(u.Hostname(), port), nil
}

func (c *AuditConfig) check() (key string, err error) {
	if c.Syslog != "" {
		if _, _, err := SyslogAddress(c.Syslog); err != nil {
			return "syslog", err
		}
	}
	return "", nil
}
