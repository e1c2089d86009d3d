package app

import (
	"cmp"
	"errors"
	"fmt"
	"net/mail"
	"strconv"
	"strings"
)

// MailConfig is the mail server that letters go by. Without a host it is the one that the administrators name on
// their page; with one, that page shows these settings and changes nothing.
type MailConfig struct {
	Host     string `toml:"host"`
	Port     int    `toml:"port"`
	TLS      string `toml:"tls"`
	User     string `toml:"user"`
	Password string `toml:"password" secret:"yes"`
	From     string `toml:"from"`
	Helo     string `toml:"helo"`
	// PlainSignIn lets the name and the password go unencrypted, to this machine and to private networks. It counts for
	// the administrators' server too.
	PlainSignIn bool `toml:"plain_sign_in"`
}

// What mail.tls may be.
const (
	MailStartTLS = "starttls"
	MailTLS      = "implicit"
	MailNoTLS    = "none"
)

// Settings of the mail server that the administrators' page does not know.
const (
	MailHelo        = "EMAIL_HELO"
	MailPlainSignIn = "EMAIL_PLAIN_SIGN_IN"
)

// mailPorts are the ports that mail servers are asked at, when none is named.
var mailPorts = map[string]int{MailStartTLS: 587, MailTLS: 465, MailNoTLS: 25}

// Fixed are the settings of the administrators' page that the configuration decides, by key; none without a host.
func (m MailConfig) Fixed() Settings {
	if m.Host == "" {
		return Settings{}
	}
	flag := map[bool]string{false: "0", true: "1"}
	return Settings{"ENABLE_SMTP": "1", "EMAIL_HOST": m.Host, "EMAIL_PORT": strconv.Itoa(cmp.Or(m.Port, mailPorts[m.TLS])),
		"EMAIL_HOST_USER": m.User, "EMAIL_HOST_PASSWORD": m.Password, "EMAIL_FROM": m.From,
		"EMAIL_USE_TLS": flag[m.TLS == MailStartTLS], "EMAIL_USE_SSL": flag[m.TLS == MailTLS]}
}

// check returns the key of a setting with which no letter could be sent, and why.
func (m MailConfig) check() (key string, err error) {
	if _, known := mailPorts[m.TLS]; !known {
		return "tls", fmt.Errorf("%q is none of %s, %s, %s", m.TLS, MailStartTLS, MailTLS, MailNoTLS)
	}
	if m.Port < 0 || m.Port > 65535 {
		return "port", fmt.Errorf("%d is no port", m.Port)
	}
	if strings.ContainsAny(m.Helo, " \r\n") {
		return "helo", fmt.Errorf("%q is not a name such as plane.example.org", m.Helo)
	}
	if m.Host == "" {
		for _, s := range []struct{ key, value string }{{"user", m.User}, {"password", m.Password}, {"from", m.From}} {
			if s.value != "" {
				return "host", fmt.Errorf("mail.%s is set, and this is empty: name the mail server", s.key)
			}
		}
		return "", nil
	}
	switch {
	case strings.ContainsAny(m.Host, " /@") || strings.Count(m.Host, ":") == 1:
		return "host", fmt.Errorf("%q is not a name such as mail.example.org, without a port", m.Host)
	case m.From == "":
		return "from", errors.New("it says who letters are from, such as Tracker <tracker@example.org>")
	case m.Password != "" && m.User == "":
		return "user", errors.New("mail.password is set, and this is empty")
	}
	if a, err := mail.ParseAddress(m.From); err != nil || !IsEmail(a.Address) {
		return "from", fmt.Errorf("%q is neither an address nor a name with one", m.From)
	}
	return "", nil
}
