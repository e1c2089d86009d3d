package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/routes"
)

// operation is a row of the route tables as it is listed.
type operation struct {
	Method  string   `json:"method"`
	Path    string   `json:"path"`
	Who     string   `json:"who"` // may, in words
	Allow   web.Rule `json:"allow"`
	Summary string   `json:"summary"`
}

func (c *command) routes() *cobra.Command {
	var compare bool
	cmd := &cobra.Command{Use: "routes [TEXT]", Short: "List every operation: method, path, who may",
		Long: "Lists every operation of the API: method, path, who may. With TEXT only those that have it in their path or summary.\n" +
			"With --compare how many of the public API's published operations the open edition of Plane has, the paid ones, and\n" +
			"this server (with --json also which are missing).",
		Args: cobra.MaximumNArgs(1), RunE: func(_ *cobra.Command, args []string) error {
			if compare {
				return c.compare()
			}
			list := []operation{}
			for _, op := range routes.All(version) {
				row := strings.ToLower(op.Method + " " + op.Path + " " + op.Summary)
				if len(args) > 0 && !strings.Contains(row, strings.ToLower(args[0])) {
					continue
				}
				list = append(list, operation{Method: op.Method, Path: op.Path, Who: op.Allow.String(), Allow: op.Allow,
					Summary: op.Summary})
			}
			if c.json {
				return c.say(list, "")
			}
			if len(list) == 0 {
				return c.say(nil, "No operation has that in its path. sailplane routes lists all.")
			}
			table := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
			for _, op := range list {
				fmt.Fprintf(table, "%s\t%s\t%s\n", op.Method, op.Path, op.Who)
			}
			return table.Flush()
		}}
	cmd.Flags().BoolVar(&compare, "compare", false, "count beside the editions of Plane")
	return cmd
}

func (c *command) openapi() *cobra.Command {
	var inYAML bool
	cmd := &cobra.Command{Use: "openapi", Short: "Print the description of the API (OpenAPI 3.1)", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			doc, err := json.MarshalIndent(web.Document(routes.All(version), version), "", "  ")
			if err == nil && inYAML {
				var v any // in the order of its JSON
				if err = json.Unmarshal(doc, &v); err == nil {
					doc, err = yaml.Marshal(v)
				}
			}
			if err != nil {
				return fmt.Errorf("describe the API: %w", err)
			}
			_, err = fmt.Fprintln(c.out, strings.TrimSuffix(string(doc), "\n"))
			return err
		}}
	cmd.Flags().BoolVar(&inYAML, "yaml", false, "as YAML")
	return cmd
}

func (c *command) can() *cobra.Command {
	return &cobra.Command{Use: "can EMAIL METHOD PATH", Short: "Say whether somebody may do that, and by what",
		Long: "Says whether somebody may do what a method and a path of the API stand for, by which row of the route table\n" +
			"and by which of their memberships. The exit status is 1 for no.",
		Example: "  sailplane can ann@example.org PATCH /api/workspaces/acme/",
		Args:    cobra.ExactArgs(3), RunE: func(cmd *cobra.Command, args []string) error {
			return c.inApp(cmd.Context(), func(ctx context.Context, a *app.App) error {
				return c.verdict(ctx, a, args[0], strings.ToUpper(args[1]), args[2])
			})
		}}
}

func (c *command) verdict(ctx context.Context, a *app.App, email, method, path string) error {
	u, err := user.Find(ctx, a, email)
	if err != nil {
		return err
	}
	server, err := web.NewServer(a, routes.All(version), nil)
	if err != nil {
		return err
	}
	v, err := server.Explain(ctx, u, method, path)
	var refusal *app.Error
	if errors.As(err, &refusal) && (refusal.Code == web.ErrNoMethod.Code || refusal.Code == web.ErrNoOperation.Code) {
		return misused("%s sailplane routes lists them", refusal.Text)
	}
	if err != nil {
		return err
	}
	yes := "no"
	if v.Allowed {
		yes = "yes"
	}
	roles := "nothing there"
	if len(v.Roles) > 0 {
		roles = strings.Join(v.Roles, ", ")
	}
	note := ""
	if v.Key {
		note = "\n(with an API key: below /api/v1/ a session does not do)"
	}
	err = c.say(v, "%s: %s\nrow:    %s %s (%s)\nmay:    %s\nis:     %s%s", yes, v.Why, v.Method, v.Path, v.Summary, v.Who, roles, note)
	if err == nil && !v.Allowed {
		err = errSaid
	}
	return err
}

// errSaid ends a command with 1 that has said all there is to say.
var errSaid = errors.New("no")
