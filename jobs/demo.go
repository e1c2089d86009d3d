package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/cycle"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/app/module"
	"github.com/sailplane/sailplane/app/project"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
)

const demoIdentifier = "SAIL"

// demoItems are the work items of the demo project: name, text, priority and label.
var demoItems = [][4]string{
	{"Look around", "<p>This project is yours to play with. Nothing in it matters: change it, break it, delete it.</p>",
		"high", "Start here"},
	{"Invite the crew", "<p>Work is better shared. People are invited in the settings of the workspace.</p>", "medium",
		"Start here"},
	{"Plan a fortnight", "<p>A <strong>cycle</strong> is a stretch of days with a fixed end. This work item is in the first one.</p>", "none", "Planning"},
	{"Split something large",
		"<p>A <strong>module</strong> holds what belongs together, however long it takes. Sub-items split it further.</p>",
		"none", "Planning"},
	{"Chart your own course", "<p>Make a project of your own when you have seen enough.</p>", "low", ""},
}

// demoProject makes the project that a new workspace begins with, in the name of its owner. One that was made is not
// made again.
func demoProject(ctx context.Context, a *app.App, d workspace.Demo) error {
	c, err := a.CallFor(ctx, d.WorkspaceID, d.OwnerID)
	if err != nil || c == nil {
		return err
	}
	there, err := store.ProjectIdentifiers.Exists(c.Read(),
		dbx.HashExp{"workspace_id": d.WorkspaceID, "name": demoIdentifier})
	if err != nil || there {
		return err
	}
	p, err := project.Create(c, project.Input{Name: app.Some("Maiden voyage"), Identifier: app.Some(demoIdentifier),
		Description: app.Some("A small project to try things in."), CycleView: app.Some(true), ModuleView: app.Some(true)},
		false)
	if err != nil {
		return fmt.Errorf("demo project: %w", err)
	}
	c.ProjectID = p.ID
	if c.Access, err = a.AccessOf(ctx, d.WorkspaceID, d.OwnerID); err != nil {
		return err
	}
	ids, err := demoWork(c)
	if err != nil {
		return fmt.Errorf("work of the demo project: %w", err)
	}
	start := a.DB.Now().UTC().Truncate(24 * time.Hour)
	fortnight, err := cycle.Create(c, cycle.Input{Name: app.Some("First fortnight"),
		StartDate: app.Some(app.WrittenTime{Time: start, Bare: true}),
		EndDate:   app.Some(app.WrittenTime{Time: start.AddDate(0, 0, 13), Bare: true})})
	if err != nil {
		return fmt.Errorf("cycle of the demo project: %w", err)
	}
	if err := cycle.AddIssues(c, fortnight.ID, ids[:3]); err != nil {
		return fmt.Errorf("cycle of the demo project: %w", err)
	}
	rigging, err := module.Create(c, module.Input{Name: app.Some("Getting under way")})
	if err != nil {
		return fmt.Errorf("module of the demo project: %w", err)
	}
	return module.AddIssues(c, rigging.ID, ids)
}

// demoWork makes the labels and the work items, and returns the ids of these.
func demoWork(c *app.Call) ([]string, error) {
	labels := map[string]string{}
	for name, color := range map[string]string{"Start here": "#2E7D32", "Planning": "#1565C0"} {
		l, err := project.CreateLabel(c, project.LabelInput{Name: app.Some(name), Color: app.Some(color)})
		if err != nil {
			return nil, err
		}
		labels[name] = l.ID
	}
	var ids []string
	for _, item := range demoItems {
		in := issue.Input{Name: app.Some(item[0]), DescriptionHTML: app.Some(item[1]), Priority: app.Some(item[2])}
		if item[3] != "" {
			in.LabelIDs = app.Some([]string{labels[item[3]]})
		}
		made, err := issue.Create(c, in)
		if err != nil {
			return nil, err
		}
		ids = append(ids, made.ID)
	}
	return ids, nil
}
