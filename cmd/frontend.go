package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/frontend"
)

func (c *command) frontend() *cobra.Command {
	cmd := &cobra.Command{Use: "frontend", Short: "Fetch Plane's own pages, see which are served, remove them",
		Long: "Keeps the web, administrators' and published boards' frontends in DIR/frontend, which the server serves\n" +
			"unless [web] frontend names another folder. A running server follows within a second. Each of several nodes\n" +
			"on one Postgres has a folder of its own: run the command on each of them."}
	var o frontend.Options
	pull := &cobra.Command{Use: "pull", Short: "Fetch the frontends and put them in the place of those that are there",
		Long: "Fetches the published images of the three frontends, checks their digests and unpacks their files into\n" +
			"DIR/frontend, or takes them from an archive (docker save of the three, a layout of OCI), from a folder with a\n" +
			"build, or from another registry. A pull that is cut short changes nothing; the next one goes on where it was.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return c.frontendPull(cmd.Context(), o) }}
	pull.Flags().StringVar(&o.From, "from", "", "a registry, a tar or a folder (default "+frontend.Registry+")")
	pull.Flags().StringVar(&o.Version, "version", "", "the release of the images (default "+frontend.Version+")")
	pull.Flags().BoolVar(&o.Insecure, "insecure", false, "ask a registry without TLS, or whose certificate is not valid")
	cmd.AddCommand(pull,
		&cobra.Command{Use: "status", Short: "Say which frontends are served", Args: cobra.NoArgs,
			RunE: func(*cobra.Command, []string) error { return c.frontendStatus() }},
		&cobra.Command{Use: "remove", Short: "Remove what was pulled; only the API is served then", Args: cobra.NoArgs,
			RunE: func(*cobra.Command, []string) error { return c.frontendRemove() }})
	return cmd
}

func (c *command) frontendPull(ctx context.Context, o frontend.Options) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	o.Folder, o.Credentials, o.Progress = c.frontends(), true, c.pulling()
	info, err := frontend.Pull(untilSignal(ctx), o)
	if err != nil {
		return sentence(err)
	}
	build, _, err := frontend.Current(o.Folder)
	if err != nil {
		return err
	}
	found, err := frontend.Examine(build, info, &cfg.Web)
	if err != nil {
		return err
	}
	if c.json {
		return c.say(info, "")
	}
	for _, p := range info.Parts {
		fmt.Fprintf(c.out, "%-6s %5d files, %.1f MiB\n", p.Name, p.Files, float64(p.Bytes)/(1<<20))
	}
	for _, f := range found {
		if f.Level != frontend.Fine {
			fmt.Fprintf(c.out, "%s. What to do: %s\n", f.What, f.Do)
		}
	}
	if cfg.Web.Frontend != "" {
		return c.say(nil, "The frontends are in %s, but [web] frontend names %s, which is served. Next: take that setting away.",
			build, cfg.Web.Frontend)
	}
	name := "The frontends"
	if info.Version != "" {
		name += " " + info.Version
	}
	return c.say(nil, "%s are in force; a running server serves them within a second.\n"+
		"Next: sailplane serve --dir %s (and on other nodes of the same Postgres: sailplane frontend pull)", name, c.dir)
}

// pulling tells a person how far a pull is: of the bytes that come at most ten times, and every ten seconds.
func (c *command) pulling() func(frontend.Progress) {
	var said frontend.Progress
	var when time.Time
	return func(p frontend.Progress) {
		same := p.Step == said.Step && p.Part == said.Part
		if same && p.Done < p.Total && p.Done-said.Done < p.Total/10 && time.Since(when) < 10*time.Second {
			return
		}
		if same && p.Done == said.Done {
			return
		}
		said, when = p, time.Now()
		c.progress(p.Text())
	}
}

// sentence is what a person hears of a refusal.
func sentence(err error) error {
	var refusal *app.Error
	if errors.As(err, &refusal) && refusal.Text != "" {
		return errors.New(refusal.Text)
	}
	return err
}

// frontendState is what status says: what was pulled, and what of it, or of another folder, is served.
type frontendState struct {
	frontend.Status
	Served string `json:"served,omitempty"` // the folder that a server serves with these settings; empty: none
}

func (c *command) frontendStatus() error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	s, err := frontend.State(c.frontends())
	if err != nil {
		return fmt.Errorf("%w (to put it right: sailplane frontend pull)", err)
	}
	state := frontendState{Status: s, Served: s.Build}
	if cfg.Web.Frontend != "" {
		state.Served = cfg.Web.Frontend
	}
	if c.json {
		return c.say(state, "")
	}
	if s.Fetched > 0 {
		fmt.Fprintf(c.out, "A pull was cut short: %.1f MiB of it are kept, and sailplane frontend pull goes on with them.\n",
			float64(s.Fetched)/(1<<20))
	}
	switch {
	case s.Info == nil:
	case s.Info.Build == "":
		fmt.Fprintf(c.out, "A frontend was put into %s by hand.\n", s.Folder)
	default:
		fmt.Fprintf(c.out, "Pulled: %s from %s, at %s, into %s\n", s.Info.Version, s.Info.From,
			s.Info.PulledAt.Format(time.DateTime), s.Build)
		for _, p := range s.Info.Parts {
			fmt.Fprintf(c.out, "  %-6s %5d files, %5.1f MiB  %s %s\n", p.Name, p.Files, float64(p.Bytes)/(1<<20), p.Image,
				p.Digest)
		}
	}
	if state.Served == "" {
		return c.say(nil, "No frontend is served, only the API. Next: sailplane frontend pull")
	}
	return c.say(nil, "A server with these settings serves %s. sailplane doctor looks whether it is whole.", state.Served)
}

func (c *command) frontendRemove() error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	removed, err := frontend.Remove(c.frontends())
	if err != nil {
		return sentence(err)
	}
	next := "Only the API is served now; a running server follows within a second. To have them back: sailplane frontend pull"
	if cfg.Web.Frontend != "" {
		next = "The server serves " + cfg.Web.Frontend + ", which [web] frontend names."
	}
	if !removed {
		return c.say(map[string]bool{"removed": false}, "There was nothing to remove. %s", next)
	}
	return c.say(map[string]bool{"removed": true}, "What was pulled is removed. %s", next)
}
