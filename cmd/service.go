package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sailplane/sailplane/embed"
	"github.com/sailplane/sailplane/store/durable"
)

// unit is what the systemd unit says of one installation.
type unit struct {
	Binary string // the program's absolute path
	Dir    string // the data folder's absolute path
	User   string // who the server runs as
	State  string // the data folder's name when it lies in /var/lib, where systemd makes it; else empty
	root   string // where the system's files are: /, or the root of an image that is being made
}

const (
	unitPath     = "etc/systemd/system/sailplane.service"
	sysusersPath = "etc/sysusers.d/sailplane.conf"
	stateFolder  = "/var/lib"
)

func (c *command) service() *cobra.Command {
	cmd := &cobra.Command{Use: "service", Short: "Run the server by systemd, or in a container"}
	u := &unit{}
	install := &cobra.Command{Use: "install", Args: cobra.NoArgs,
		Short: "Install a hardened systemd unit, and start the server (as root)",
		RunE:  func(cmd *cobra.Command, _ []string) error { return c.installService(cmd.Context(), u) }}
	show := &cobra.Command{Use: "print", Short: "Print the systemd unit", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return c.printService(u) }}
	remove := &cobra.Command{Use: "remove", Short: "Stop the server and remove the unit; the data stays", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return c.removeService(cmd.Context(), u) }}
	compose := &cobra.Command{Use: "compose", Short: "Print a compose file of one service", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return renderService(c.out, "compose.yaml", map[string]string{"version": version})
		}}
	for _, one := range []*cobra.Command{install, show} {
		one.Flags().StringVar(&u.User, "user", "sailplane", "who the server runs as")
		one.Flags().StringVar(&u.Binary, "binary", "", "the program's path (default: this one)")
	}
	for _, one := range []*cobra.Command{install, remove} {
		one.Flags().StringVar(&u.root, "root", "/", "where the system's files are, to make an image of a system")
	}
	cmd.AddCommand(install, show, remove, compose)
	return cmd
}

// asOwner makes root, for a verb that touches the data folder, the folder's owner.
func (c *command) asOwner(cmd *cobra.Command) error {
	if cmd.HasParent() && cmd.Parent().Name() == "service" {
		return nil
	}
	notice, err := beOwner(c.dir)
	if err == nil && notice != "" && !c.json {
		cmd.PrintErrln(notice)
	}
	return err
}

// userName is what useradd takes on every system.
var userName = regexp.MustCompile(`^[a-z_][a-z0-9_-]{0,31}$`)

// fill completes a unit by where this program and the data folder are. The default folder of a service is in /var/lib.
func (c *command) fill(u *unit) (err error) {
	if !userName.MatchString(u.User) {
		return fmt.Errorf("%q cannot be a user's name", u.User)
	}
	if u.Dir = c.dir; u.Dir == defaultDir {
		u.Dir = filepath.Join(stateFolder, "sailplane")
	}
	if u.Dir, err = filepath.Abs(u.Dir); err != nil {
		return err
	}
	if u.Binary == "" {
		if u.Binary, err = os.Executable(); err != nil {
			return fmt.Errorf("find this program: %w", err)
		}
	}
	if u.Binary, err = filepath.Abs(u.Binary); err != nil {
		return err
	}
	for _, path := range []string{u.Dir, u.Binary} {
		if strings.ContainsAny(path, " \t\n\"'\\%$") {
			return fmt.Errorf("%q has characters that systemd reads in its own way; choose another path", path)
		}
	}
	if name, ok := strings.CutPrefix(u.Dir, stateFolder+"/"); ok {
		u.State = name
	} else if u.Dir == "/" || hidden(u.Dir) {
		return fmt.Errorf("the unit hides %s from the server; choose a data folder such as /var/lib/sailplane or /srv/sailplane",
			u.Dir)
	}
	return nil
}

// hidden tells whether a path is one that a hardened unit does not see.
func hidden(path string) bool {
	return slices.ContainsFunc([]string{"/home", "/root", "/run/user", "/tmp", "/var/tmp"}, func(dir string) bool {
		return path == dir || strings.HasPrefix(path, dir+"/")
	})
}

func renderService(w io.Writer, name string, told map[string]string) error {
	raw, err := embed.Service.ReadFile("service/" + name)
	if err != nil {
		return err
	}
	text, err := embed.Fill(string(raw), told)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	_, err = io.WriteString(w, text)
	return err
}

// told is what the unit is filled in with.
func (u *unit) told() map[string]string {
	folder := "ReadWritePaths=" + u.Dir
	if u.State != "" {
		folder = "StateDirectory=" + u.State + "\nStateDirectoryMode=0700"
	}
	return map[string]string{"binary": u.Binary, "dir": u.Dir, "user": u.User, "folder": folder}
}

func (c *command) printService(u *unit) error {
	if err := c.fill(u); err != nil {
		return err
	}
	return renderService(c.out, "sailplane.service", u.told())
}

// installService leaves alone what is there already and right, so that it may be called again after an upgrade.
func (c *command) installService(ctx context.Context, u *unit) error {
	if err := c.fill(u); err != nil {
		return err
	}
	if err := u.placeBinary(c.progress); err != nil {
		return err
	}
	var text bytes.Buffer
	if err := renderService(&text, "sailplane.service", u.told()); err != nil {
		return err
	}
	account := fmt.Sprintf("u %s - \"Sailplane\" %s\n", u.User, u.Dir)
	for path, content := range map[string]string{unitPath: text.String(), sysusersPath: account} {
		if err := u.write(path, content); err != nil {
			return err
		}
	}
	c.progress("making the user " + u.User)
	if err := system(ctx, "systemd-sysusers", "--root="+u.root, u.in(sysusersPath)); err != nil {
		return err
	}
	if u.State == "" {
		if err := system(ctx, "install", "-d", "-m", "0700", "-o", u.User, "-g", u.User, u.in(u.Dir)); err != nil {
			return err
		}
	}
	if u.root != "/" {
		return c.say(map[string]string{"unit": u.in(unitPath)}, "The unit is in %s.", u.in(unitPath))
	}
	c.progress("starting the server")
	for _, args := range [][]string{{"daemon-reload"}, {"enable", "sailplane.service"}, {"restart", "sailplane.service"}} {
		if err := system(ctx, "systemctl", args...); err != nil {
			return fmt.Errorf("%w (why: journalctl -u sailplane -n 30)", err)
		}
	}
	return c.say(map[string]string{"unit": "/" + unitPath, "dir": u.Dir},
		"Sailplane runs as a service; its data is in %s. Its log, with the address and the set-up link: journalctl -u sailplane\n"+
			"Settings: %s/config.toml or /etc/default/sailplane, then systemctl restart sailplane.", u.Dir, u.Dir)
}

// placeBinary copies this program to /usr/local/bin if it lies where a hardened service cannot see it.
func (u *unit) placeBinary(say func(string)) error {
	if !hidden(u.Binary) {
		return nil
	}
	from, to := u.Binary, "/usr/local/bin/sailplane"
	say("copying the program to " + u.in(to))
	content, err := os.ReadFile(from)
	if err != nil {
		return fmt.Errorf("copy the program: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(u.in(to)), 0o755); err != nil {
		return fmt.Errorf("copy the program: %w", err)
	}
	if err := durable.WriteFile(u.in(to), content); err != nil { // a running one keeps its own
		return fmt.Errorf("copy the program: %w", asRoot(err))
	}
	u.Binary = to
	return os.Chmod(u.in(to), 0o755)
}

func (u *unit) in(path string) string { return filepath.Join(u.root, path) }

func (u *unit) write(path, content string) error {
	file := u.in(path)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return asRoot(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil { //nolint:gosec // everybody may read a unit
		return asRoot(err)
	}
	return nil
}

func (c *command) removeService(ctx context.Context, u *unit) error {
	file := u.in(unitPath)
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no service: %s is not there", file)
	}
	if u.root == "/" {
		if err := system(ctx, "systemctl", "disable", "--now", "sailplane.service"); err != nil {
			return err
		}
	}
	for _, path := range []string{unitPath, sysusersPath} {
		if err := os.Remove(u.in(path)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return asRoot(err)
		}
	}
	if u.root == "/" {
		if err := system(ctx, "systemctl", "daemon-reload"); err != nil {
			return err
		}
	}
	return c.say(map[string]string{"removed": file}, "The service is removed. The data and the user stay.")
}

// system runs a command of the system; what it says stands in the error.
func system(ctx context.Context, name string, args ...string) error {
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if errors.Is(err, exec.ErrNotFound) {
		return fmt.Errorf("%s is not there: this needs a system with systemd; sailplane serve runs anywhere", name)
	}
	if err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, bytes.TrimSpace(out))
	}
	return nil
}

func asRoot(err error) error {
	if errors.Is(err, fs.ErrPermission) && os.Geteuid() != 0 {
		return fmt.Errorf("%w; run it as root, such as by sudo", err)
	}
	return err
}
