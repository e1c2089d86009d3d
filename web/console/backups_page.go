package console

import (
	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/sailplane/sailplane/app/backup"
)

func (p backupsPage) body(v view) g.Node {
	failed := ""
	if p.Last.Ended != nil {
		failed = p.Last.Ended.Fault
	}
	return g.Group{
		lead("backups.lead"),
		g.If(p.Fault != "", alert(fault(g.Text(p.Fault)))),
		g.If(failed != "", fault(t("backups.failed"), g.Text(" "+failed))),
		p.plan(v),
		card("list", "backups.list", either(len(p.List) > 0, p.list(v), empty("backups.none"))),
		card("restore", "backups.restore", h.P(t("backups.restore-hint")),
			h.Pre(h.TabIndex("0"), t("backups.restore-command"))),
	}
}

func (p backupsPage) plan(v view) g.Node {
	plan := p.Plan
	next := t("backups.no-schedule")
	if plan.Next != nil {
		next = g.Group{v.time(plan.Next), g.Text(" "), sub(h.Code(g.Text(plan.Schedule)))}
	}
	return card("plan", "backups.plan",
		facts(
			fact("backups.place", g.Text(plan.Place)),
			fact("backups.next", next),
			fact("backups.kept", t("backups.numbers", plan.KeepDaily, plan.KeepWeekly, plan.KeepMonthly)),
			fact("backups.encryption", either(plan.Encrypted, t("backups.encrypted"), t("backups.plain")))),
		hint("backups.plan-hint"),
		g.If(p.Last.Running > 0, notice(t("backups.running"))),
		actions(v.press(button{To: backupsPath, Label: "backups.make", Kind: "primary"})))
}

func (p backupsPage) list(v view) g.Node {
	return table("backups.list", []string{"backups.backup", "backups.size", "backups.whole", listActions}, p.List,
		func(b backup.Entry) row {
			whole := v.time(b.VerifiedAt)
			if b.Fault != "" {
				whole = g.Group{tag("warn", "backups.broken"), g.Text(" "), h.Span(h.Class("words"), g.Text(b.Fault))}
			}
			press := func(path, label string) g.Node {
				return v.press(button{To: backupsPath + path, Label: label, About: b.Name, Name: "name", Value: b.Name})
			}
			return row{
				g.Group{v.time(&b.MadeAt), sub(g.Text(b.Name))},
				g.Text(size(b.Size)),
				whole,
				g.Group{press("download/", "backups.download"), press("verify/", "backups.verify")},
			}
		})
}
