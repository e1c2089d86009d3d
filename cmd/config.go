package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/sailplane/sailplane"
)

func (c *command) config() *cobra.Command {
	cmd := &cobra.Command{Use: "config", Short: "See and check the settings"}
	cmd.AddCommand(
		&cobra.Command{Use: "check", Short: "Say whether the settings are right, and if not, which one is wrong",
			Args: cobra.NoArgs, RunE: c.configCheck},
		&cobra.Command{Use: "show", Short: "Show the settings in force; secrets are masked", Args: cobra.NoArgs,
			RunE: c.configShow},
		&cobra.Command{Use: "example", Short: "Print every setting with its default and what it does", Args: cobra.NoArgs,
			RunE: c.configExample},
	)
	return cmd
}

func (c *command) configCheck(*cobra.Command, []string) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	if err := c.checkPlaces(cfg); err != nil {
		return err
	}
	return c.say(map[string]bool{"ok": true}, "The settings are right (%s, then the environment).",
		filepath.Join(c.dir, "config.toml"))
}

func (c *command) configShow(*cobra.Command, []string) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	shown, section := map[string]map[string]any{}, ""
	for _, s := range cfg.Settings() {
		value := s.Value()
		if s.Secret && value != "" {
			value = "********"
		}
		if shown[s.Section] == nil {
			shown[s.Section] = map[string]any{}
		}
		shown[s.Section][s.Key] = value
		if c.json {
			continue
		}
		if s.Section != section {
			fmt.Fprintf(c.out, "[%s]\n", s.Section)
			section = s.Section
		}
		if list, ok := value.([]string); ok {
			fmt.Fprintf(c.out, "%s = %q\n", s.Key, list)
			continue
		}
		fmt.Fprintf(c.out, "%s = %#v\n", s.Key, value)
	}
	if c.json {
		return c.say(shown, "")
	}
	return nil
}

func (c *command) configExample(*cobra.Command, []string) error {
	if c.json {
		return c.say(map[string]string{"config.toml": sailplane.ConfigExample}, "")
	}
	_, err := fmt.Fprint(c.out, sailplane.ConfigExample)
	return err
}
