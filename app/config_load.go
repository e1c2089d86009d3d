package app

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// Setting is one key of the configuration.
type Setting struct {
	Section, Key string
	Secret       bool // never shown
	value        reflect.Value
}

// Name is the key as config.toml and error messages have it: limits.auth_per_minute.
func (s Setting) Name() string { return s.Section + "." + s.Key }

// Env is the variable that sets the key: SAILPLANE_LIMITS_AUTH_PER_MINUTE.
func (s Setting) Env() string {
	section := strings.NewReplacer(".", "_", "-", "_").Replace(s.Section)
	return "SAILPLANE_" + strings.ToUpper(section) + "_" + strings.ToUpper(s.Key)
}

// Value is the setting as it is now.
func (s Setting) Value() any { return s.value.Interface() }

// Settings lists every key in the order of the sections.
func (c *Config) Settings() []Setting {
	var out []Setting
	sections := reflect.ValueOf(c).Elem()
	for i := range sections.NumField() {
		out = append(out, settingsOf(sections.Type().Field(i).Tag.Get("toml"), sections.Field(i))...)
	}
	out = append(out, settingsOf("sign_in.ldap", reflect.ValueOf(&c.SignIn.LDAP).Elem())...)
	return append(out, c.SignIn.oidcSettings()...)
}

// settingsOf lists the keys of one section; sections within it are for the caller to list.
func settingsOf(name string, section reflect.Value) (out []Setting) {
	for j := range section.NumField() {
		f := section.Type().Field(j)
		if f.Type.Kind() != reflect.Map && f.Type.Kind() != reflect.Struct {
			out = append(out, Setting{name, f.Tag.Get("toml"), f.Tag.Get("secret") != "", section.Field(j)})
		}
	}
	return out
}

// LoadConfig reads the settings: the defaults, then the file (if there is one), then the environment, in which
// NAME_FILE names a file that holds the value. What is unknown or of no use is an error that names the key, and the
// line if it is in the file.
func LoadConfig(file string, environ []string) (*Config, error) {
	cfg := Defaults()
	text, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	if err == nil {
		dec := toml.NewDecoder(bytes.NewReader(text)).DisallowUnknownFields()
		if err := dec.Decode(cfg); err != nil {
			return nil, fmt.Errorf("%s: %w", file, placed(err, text))
		}
	}
	fromEnv, err := cfg.readEnv(environ)
	if err != nil {
		return nil, err
	}
	if name, err := cfg.check(); err != nil {
		where := fmt.Sprintf("%s: line %d", file, lineOf(text, name))
		if slices.Contains(fromEnv, name) || lineOf(text, name) == 0 {
			where = "environment"
		}
		return nil, fmt.Errorf("%s: %s: %w", where, name, err)
	}
	return cfg, nil
}

// gone are settings that there were, and what stands for them now.
var gone = map[string]string{
	"jobs.workers":          "each lane has workers of its own, see jobs.mail, jobs.inside, jobs.outside and jobs.long",
	"jobs.hard_delete_days": "it is retention.deleted_days now",
}

// noSetting says of a name in the file, or in the environment, that it is none.
func noSetting(name, env string) string {
	for old, why := range gone {
		section, key, _ := strings.Cut(old, ".")
		if s := (Setting{Section: section, Key: key}); old == name || env == s.Env() {
			return fmt.Sprintf("there is no setting %s any more: %s", name+env, why)
		}
	}
	return "there is no setting " + name + env
}

// placed tells where in the file a fault is.
func placed(err error, text []byte) error {
	var unknown *toml.StrictMissingError
	if errors.As(err, &unknown) {
		var keys []string
		for _, e := range unknown.Errors {
			line, _ := e.Position()
			keys = append(keys, fmt.Sprintf("line %d: %s", line, noSetting(strings.Join(e.Key(), "."), "")))
		}
		return errors.New(strings.Join(keys, "; "))
	}
	var bad *toml.DecodeError
	if errors.As(err, &bad) {
		line, _ := bad.Position()
		key := strings.Join(bad.Key(), ".")
		if kind, given := wanted(key), lineAt(text, line); kind != "" && given != "" {
			return fmt.Errorf("line %d: %s must be %s, and %s", line, key, kind, given)
		}
		return fmt.Errorf("line %d: %s: %s", line, key, strings.TrimPrefix(bad.Error(), "toml: "))
	}
	return err
}

// lineOf finds the line of a key, 1 for the first; 0 if it is not in the text.
func lineOf(text []byte, name string) int {
	dot := max(0, strings.LastIndexByte(name, '.'))
	section, key := name[:dot], strings.TrimPrefix(name[dot:], ".")
	now := ""
	for i, line := range strings.Split(string(text), "\n") {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			now = strings.Trim(line, "[] ")
		}
		if k, _, ok := strings.Cut(line, "="); ok && now == section && strings.TrimSpace(k) == key {
			return i + 1
		}
	}
	return 0
}

// readEnv takes what the environment sets and returns the names.
func (c *Config) readEnv(environ []string) (names []string, err error) {
	vars := map[string]string{}
	for _, e := range environ {
		if k, v, ok := strings.Cut(e, "="); ok && strings.HasPrefix(k, "SAILPLANE_") {
			vars[k] = v
		}
	}
	c.SignIn.nameProviders(vars)
	for _, s := range c.Settings() {
		v, ok := vars[s.Env()]
		if file, there := vars[s.Env()+"_FILE"]; there {
			text, err := os.ReadFile(file)
			if err != nil {
				return nil, fmt.Errorf("environment: %s_FILE: %w", s.Env(), err)
			}
			v, ok = strings.TrimSpace(string(text)), true
		}
		delete(vars, s.Env())
		delete(vars, s.Env()+"_FILE")
		if !ok {
			continue
		}
		names = append(names, s.Name())
		if err := s.set(v); err != nil {
			return nil, fmt.Errorf("environment: %s: %w", s.Env(), err)
		}
	}
	return names, c.refuseUnknown(vars)
}

func (s Setting) set(text string) (err error) {
	switch s.value.Kind() {
	case reflect.String:
		s.value.SetString(text)
	case reflect.Bool:
		var b bool
		if b, err = strconv.ParseBool(text); err != nil {
			return fmt.Errorf("%q is neither true nor false", text)
		}
		s.value.SetBool(b)
	case reflect.Int, reflect.Int64:
		var n int64
		if n, err = strconv.ParseInt(text, 10, 64); err != nil {
			return fmt.Errorf("%q is not a whole number", text)
		}
		s.value.SetInt(n)
	case reflect.Slice:
		list := []string{}
		for part := range strings.SplitSeq(text, ",") {
			if part = strings.TrimSpace(part); part != "" {
				list = append(list, part)
			}
		}
		s.value.Set(reflect.ValueOf(list))
	default:
		return fmt.Errorf("a setting of type %s", s.value.Type())
	}
	return nil
}

// checkNetworks returns the first list of networks with one that is none, and why.
func (c *Config) checkNetworks() (name string, err error) {
	for _, list := range []struct {
		name string
		nets []string
	}{{"webhooks.allow_networks", c.Webhooks.AllowNetworks},
		{"sign_in.allow_networks", c.SignIn.AllowNetworks}, {"server.trusted_proxies", c.Server.TrustedProxies}} {
		for _, n := range list.nets {
			if _, err := netip.ParsePrefix(n); err != nil {
				if ip, err := netip.ParseAddr(n); err == nil {
					return list.name, fmt.Errorf("%q is one address, and no network: %s/%d is the network of it alone", n, n,
						ip.BitLen())
				}
				return list.name, fmt.Errorf("%q is not a network such as 10.0.0.0/8", n)
			}
		}
	}
	return "", nil
}

// check returns the first setting that is of no use, and why.
func (c *Config) check() (name string, err error) {
	if name, err := c.checkNetworks(); err != nil {
		return name, err
	}
	for name, n := range map[string]int{"limits.auth_per_minute": c.Limits.AuthPerMinute,
		"limits.api_key_per_minute": c.Limits.APIKeyPerMinute, "limits.service_per_minute": c.Limits.ServicePerMinute,
		"jobs.mail": c.Jobs.Mail - 1, "jobs.inside": c.Jobs.Inside - 1,
		"jobs.outside": c.Jobs.Outside - 1, "jobs.long": c.Jobs.Long - 1, "limits.file_size": int(c.Limits.FileSize) - 1,
		"limits.import_size": int(c.Limits.ImportSize) - 1,
		"server.max_body":    int(c.Server.MaxBody) - 1, "limits.body_memory": int(c.Limits.BodyMemory - 16<<20),
		"limits.request_seconds": c.Limits.RequestSeconds, "limits.invitations": c.Limits.Invitations,
		"limits.workspaces": c.Limits.Workspaces, "limits.invitations_per_request": c.Limits.InvitationsPerRequest,
		"limits.api_keys": c.Limits.APIKeys, "limits.service_accounts": c.Limits.ServiceAccounts, "limits.webhooks": c.Limits.Webhooks,
		"limits.board_per_minute": c.Limits.BoardPerMinute} {
		if n < 0 {
			return name, errors.New("the number is too small")
		}
	}
	if name, err := c.checkAddresses(); err != nil {
		return name, err
	}
	if name, err := c.checkDoors(); err != nil {
		return name, err
	}
	if err := checkLive(c.Web.Live); err != nil {
		return "web.live", err
	}
	if c.Database.URL != "" && !isPostgres(c.Database.URL) {
		return "database.url", errors.New("it must begin with postgres:// (leave it empty for SQLite)")
	}
	if d := c.Database.Durability; d != DurabilityFull && d != DurabilityNormal {
		return "database.durability", fmt.Errorf("%q is neither full nor normal", d)
	}
	if key, err := c.Backup.check(c.Storage); err != nil {
		return "backup." + key, err
	}
	if key, err := c.Retention.check(); err != nil {
		return "retention." + key, err
	}
	if key, err := c.Sessions.check(); err != nil {
		return "sessions." + key, err
	}
	if key, err := c.Keys.check(); err != nil {
		return "keys." + key, err
	}
	if key, err := c.Audit.check(); err != nil {
		return "audit." + key, err
	}
	if c.Server.Secret != "" && len(c.Server.Secret) < 32 {
		return "server.secret", errors.New("it must have at least 32 characters")
	}
	if err := new(slog.Level).UnmarshalText([]byte(c.Log.Level)); err != nil {
		return "log.level", fmt.Errorf("%q is none of debug, info, warn, error", c.Log.Level)
	}
	if c.Log.Format != "text" && c.Log.Format != "json" {
		return "log.format", fmt.Errorf("%q is neither text nor json", c.Log.Format)
	}
	return c.checkPlaces()
}
