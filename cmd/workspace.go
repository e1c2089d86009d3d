package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
)

func (c *command) workspace() *cobra.Command {
	cmd := &cobra.Command{Use: "workspace", Short: "Manage workspaces without the web"}
	cmd.AddCommand(c.workspaceList(), c.workspaceCreate(), c.workspaceRename(), c.workspaceTransfer(), c.workspaceAdd(),
		c.workspaceDelete(), c.workspaceExport(), c.workspaceImport())
	return cmd
}

// workspaceInfo is what the commands tell of a workspace.
type workspaceInfo struct {
	ID        string    `json:"id"`
	Slug      string    `json:"slug"`
	Name      string    `json:"name"`
	Owner     string    `json:"owner"` // their address
	Projects  int       `json:"projects"`
	Members   int       `json:"members"`
	CreatedAt time.Time `json:"created_at"`
}

func (c *command) workspaceList() *cobra.Command {
	return &cobra.Command{Use: "list [TEXT]", Short: "List the workspaces; with TEXT those with it in their name",
		Args: cobra.MaximumNArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
			return c.inApp(cmd.Context(), func(ctx context.Context, a *app.App) error {
				rows, _, err := workspace.ListKnown(&app.Call{Context: ctx, App: a}, strings.Join(args, ""), -1, 0)
				if err != nil {
					return err
				}
				list := make([]workspaceInfo, len(rows))
				for i, w := range rows {
					list[i] = workspaceInfo{ID: w.ID, Slug: w.Slug, Name: w.Name, Owner: w.OwnerEmail, Projects: w.TotalProjects,
						Members: w.TotalMembers, CreatedAt: w.CreatedAt}
				}
				return c.listWorkspaces(list)
			})
		}}
}

func (c *command) listWorkspaces(list []workspaceInfo) error {
	if c.json {
		return c.say(list, "")
	}
	if len(list) == 0 {
		return c.say(nil, "There are no such workspaces. Next: sailplane workspace create SLUG --name NAME --owner EMAIL")
	}
	table := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	for _, w := range list {
		fmt.Fprintf(table, "%s\t%s\t%s\t%d projects\t%d members\t%s\n", w.Slug, w.Name, w.Owner, w.Projects, w.Members, w.ID)
	}
	return table.Flush()
}

func (c *command) workspaceCreate() *cobra.Command {
	var name, owner string
	cmd := &cobra.Command{Use: "create SLUG", Short: "Make a workspace; SLUG is its part of addresses", Args: cobra.ExactArgs(1)}
	cmd.Flags().StringVar(&name, "name", "", "its name (else as the slug)")
	cmd.Flags().StringVar(&owner, "owner", "", "the address of the account that it belongs to")
	cmd.MarkFlagRequired("owner") //nolint:errcheck // the flag is there
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return c.inApp(cmd.Context(), func(ctx context.Context, a *app.App) error {
			u, err := user.Find(ctx, a, owner)
			if err != nil {
				return err
			}
			if name == "" {
				name = args[0]
			}
			w, err := workspace.SetUp(ctx, a, u, name, args[0])
			if err != nil {
				return err
			}
			return c.say(infoOf(w, *u.Email), "The workspace %s is there and belongs to %s. To invite somebody: "+
				"sailplane user invite --email EMAIL --workspace %s", w.Slug, *u.Email, w.Slug)
		})
	}
	return cmd
}

func infoOf(w *store.Workspace, owner string) workspaceInfo {
	return workspaceInfo{ID: w.ID, Slug: w.Slug, Name: w.Name, Owner: owner, Members: 1, CreatedAt: w.CreatedAt}
}

// inWorkspace runs what a verb does with the workspace that its first argument names.
func (c *command) inWorkspace(cmd *cobra.Command, slug string,
	do func(ctx context.Context, a *app.App, w *store.Workspace) error) error {
	return c.inApp(cmd.Context(), func(ctx context.Context, a *app.App) error {
		w, err := workspace.Known(ctx, a, slug)
		if err != nil {
			return err
		}
		return do(ctx, a, w)
	})
}

func (c *command) workspaceRename() *cobra.Command {
	var name, slug string
	cmd := &cobra.Command{Use: "rename SLUG", Short: "Give a workspace another name, another slug, or both",
		Args: cobra.ExactArgs(1)}
	cmd.Flags().StringVar(&name, "name", "", "the new name")
	cmd.Flags().StringVar(&slug, "slug", "", "the new slug: links with the old one lead nowhere then")
	cmd.MarkFlagsOneRequired("name", "slug")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return c.inWorkspace(cmd, args[0], func(ctx context.Context, a *app.App, w *store.Workspace) error {
			renamed, err := workspace.Rename(ctx, a, w, name, slug)
			if err != nil {
				return err
			}
			return c.say(map[string]string{"id": w.ID, "slug": renamed.Slug, "name": renamed.Name},
				"The workspace is called %s now, and is at /%s/.", renamed.Name, renamed.Slug)
		})
	}
	return cmd
}

func (c *command) workspaceTransfer() *cobra.Command {
	var to string
	cmd := &cobra.Command{Use: "transfer SLUG", Short: "Make somebody the owner of a workspace, and its administrator",
		Args: cobra.ExactArgs(1)}
	cmd.Flags().StringVar(&to, "to", "", "the address of the new owner's account")
	cmd.MarkFlagRequired("to") //nolint:errcheck // the flag is there
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return c.inWorkspace(cmd, args[0], func(ctx context.Context, a *app.App, w *store.Workspace) error {
			u, err := user.Find(ctx, a, to)
			if err != nil {
				return err
			}
			if err := workspace.Transfer(ctx, a, w, u); err != nil {
				return err
			}
			return c.say(map[string]string{"id": w.ID, "slug": w.Slug, "owner": *u.Email},
				"%s belongs to %s now, who administers it. Whoever owned it before stays its administrator.", w.Slug, *u.Email)
		})
	}
	return cmd
}

func (c *command) workspaceAdd() *cobra.Command {
	var email, role string
	cmd := &cobra.Command{Use: "add SLUG", Short: "Make somebody who has an account a member, without an invitation",
		Args: cobra.ExactArgs(1)}
	emailFlag(cmd, &email)
	cmd.Flags().StringVar(&role, "role", "member", "what they are there: guest, member or admin")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		as, ok := roles[role]
		if !ok {
			return misused("%q is none of the roles guest, member, admin (--role)", role)
		}
		return c.inWorkspace(cmd, args[0], func(ctx context.Context, a *app.App, w *store.Workspace) error {
			u, err := user.Find(ctx, a, email)
			if err != nil {
				return err
			}
			if err := workspace.Take(ctx, a, w, u, as); err != nil {
				return err
			}
			return c.say(map[string]string{"id": w.ID, "slug": w.Slug, "email": *u.Email, "role": role},
				"%s is in %s now, as %s.", *u.Email, w.Slug, role)
		})
	}
	return cmd
}

func (c *command) workspaceDelete() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{Use: "delete SLUG", Short: "Delete a workspace and all that it holds", Args: cobra.ExactArgs(1)}
	yesFlag(cmd, &yes)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return c.inWorkspace(cmd, args[0], func(ctx context.Context, a *app.App, w *store.Workspace) error {
			if !yes {
				return misused("nothing was deleted: the workspace %s (%s) would go with all its projects. "+
					"Make a backup (sailplane backup create FILE), then say --yes", w.Slug, w.Name)
			}
			if err := workspace.Remove(ctx, a, w); err != nil {
				return err
			}
			return c.say(map[string]string{"deleted": w.Slug, "id": w.ID},
				"The workspace %s is deleted; the server removes what it held. Its slug is free.", w.Slug)
		})
	}
	return cmd
}

// yesFlag is what verbs want that can't be undone.
func yesFlag(cmd *cobra.Command, yes *bool) {
	cmd.Flags().BoolVar(yes, "yes", false, "it is meant: this can't be undone")
}
