package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/store"
)

func (c *command) serviceAccount() *cobra.Command {
	cmd := &cobra.Command{Use: "service-account", Short: "Manage accounts for programs that belong to a workspace"}
	cmd.AddCommand(c.serviceAccountList(), c.serviceAccountCreate(), c.serviceAccountKey(),
		c.onServiceAccount("keys SLUG ID", "List the keys of one", func(call *app.Call, id string) error {
			keys, err := user.ServiceAccountKeys(call, id)
			if err != nil {
				return err
			}
			return c.listKeys(call.App, keys)
		}),
		c.onServiceAccount("remove SLUG ID", "Remove one; its keys end, and what it did stays", func(call *app.Call, id string) error {
			if err := user.RemoveServiceAccount(call, id); err != nil {
				return err
			}
			return c.say(map[string]string{"removed": id}, "The service account is removed; a running server refuses its keys within a second.")
		}))
	return cmd
}

// inOwnersName does something in a workspace in the name of its owner.
func (c *command) inOwnersName(cmd *cobra.Command, slug string, do func(call *app.Call) error) error {
	return c.inWorkspace(cmd, slug, func(ctx context.Context, a *app.App, w *store.Workspace) error {
		call, err := a.CallFor(ctx, w.ID, w.OwnerID)
		if err != nil {
			return err
		}
		if call == nil {
			return fmt.Errorf("the owner's account of %s is closed; give it another: sailplane workspace transfer", slug)
		}
		call.Context = ctx // the command is who does it
		return do(call)
	})
}

// onServiceAccount is a command about one service account.
func (c *command) onServiceAccount(use, short string, do func(call *app.Call, id string) error) *cobra.Command {
	run := func(cmd *cobra.Command, args []string) error {
		return c.inOwnersName(cmd, args[0], func(call *app.Call) error { return notThere(do(call, args[1]), args) })
	}
	return &cobra.Command{Use: use, Short: short, Args: cobra.ExactArgs(2), RunE: run}
}

// notThere says which service account is not there.
func notThere(err error, args []string) error {
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("there is no service account %s; sailplane service-account list %s shows them", args[1], args[0])
	}
	return err
}

// serviceAccountInfo is what is shown of a service account.
type serviceAccountInfo struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Role     string `json:"role"`
	Projects int    `json:"projects"`
}

func serviceAccountInfoOf(s *user.ServiceAccount) serviceAccountInfo {
	return serviceAccountInfo{ID: s.ID, Name: s.DisplayName, Role: app.RoleSlug(app.OfWorkspace, s.MemberRole, false),
		Projects: len(s.Seats)}
}

func (c *command) serviceAccountList() *cobra.Command {
	return &cobra.Command{Use: "list SLUG", Short: "List those of a workspace", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.inOwnersName(cmd, args[0], func(call *app.Call) error {
				all, _, err := user.ServiceAccounts(call, store.ListPart{Limit: -1})
				if err != nil {
					return err
				}
				list := make([]serviceAccountInfo, len(all))
				for i := range all {
					list[i] = serviceAccountInfoOf(&all[i])
				}
				if c.json {
					return c.say(list, "")
				}
				if len(list) == 0 {
					return c.say(nil, "%s has no service accounts. Next: sailplane service-account create %s --name NAME", args[0], args[0])
				}
				for _, p := range list {
					fmt.Fprintf(c.out, "%s  %s  %s, in %d projects\n", p.ID, p.Name, p.Role, p.Projects)
				}
				return nil
			})
		}}
}

func (c *command) serviceAccountCreate() *cobra.Command {
	var name, role string
	var projects []string
	cmd := &cobra.Command{Use: "create SLUG", Short: "Make one", Args: cobra.ExactArgs(1)}
	cmd.Flags().StringVar(&name, "name", "", "what it is called")
	cmd.Flags().StringVar(&role, "role", "member", "its role in the workspace: guest, member or admin")
	cmd.Flags().StringSliceVar(&projects, "project", nil, "the identifier of a project that it is in; several with commas")
	cmd.MarkFlagRequired("name") //nolint:errcheck // the flag is there
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if roles[role] == app.Nobody || strings.TrimSpace(name) == "" {
			return misused("--role is guest, member or admin, and --name is not empty")
		}
		return c.inOwnersName(cmd, args[0], func(call *app.Call) error {
			place, err := user.BindTo(call, call.App, args[0], projects)
			if err != nil {
				return err
			}
			s, err := user.MakeServiceAccount(call, user.ServiceAccountInput{Name: app.Some(strings.TrimSpace(name)),
				Role: app.Some(int(roles[role])), ProjectIDs: app.Some(place.OnlyProjects.V)})
			if err != nil {
				return err
			}
			return c.say(serviceAccountInfoOf(s), "The service account %s is made. Next: sailplane service-account key %s %s", s.ID, args[0], s.ID)
		})
	}
	return cmd
}

func (c *command) serviceAccountKey() *cobra.Command {
	var draft keyDraft
	cmd := &cobra.Command{Use: "key SLUG ID", Short: "Make a key of one and show it, once", Args: cobra.ExactArgs(2)}
	draft.flags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return c.inOwnersName(cmd, args[0], func(call *app.Call) error {
			d, err := draft.of(call, call.App, map[bool]string{true: args[0]}[draft.projects != nil])
			if err != nil {
				return err
			}
			secret, k, err := user.MakeServiceAccountKey(call, args[1], d)
			if err != nil {
				return notThere(err, args)
			}
			return c.sayKey(secret, k)
		})
	}
	return cmd
}
