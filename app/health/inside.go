package health

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/instance"
	"github.com/sailplane/sailplane/app/queue"
	"github.com/sailplane/sailplane/store"
)

// checkSecret looks for what signs and encrypts.
func checkSecret(ctx context.Context, p *Patient) []Finding {
	file := filepath.Join(p.Dir, "secret")
	if p.Config.Server.Secret != "" {
		return []Finding{ok("secret.present", "the secret is the one of server.secret")}
	}
	secret, err := os.ReadFile(file)
	switch {
	case errors.Is(err, os.ErrNotExist) && !anybody(ctx, p):
		return []Finding{{
			Code: "secret.later", Level: Note, What: file + " is not there yet", Why: "",
			Do: "the first start of the server makes it",
		}}
	case err != nil:
		return []Finding{{
			Code: "secret.missing", Level: Wrong, What: err.Error(),
			Why: "settings that were encrypted with it can't be read, and links that were sent don't work",
			Do:  "put the file back from a backup; if it is lost for good: sailplane serve --adopt",
		}}
	case len(secret) < 32:
		return []Finding{{
			Code: "secret.short", Level: Wrong, What: fmt.Sprintf("%s has %d bytes", file, len(secret)),
			Why: "what it signs can be forged", Do: "put the file back from a backup",
		}}
	}
	return []Finding{ok("secret.present", "the secret is in "+file)}
}

// anybody says whether somebody has an account: then there has been a secret.
func anybody(ctx context.Context, p *Patient) bool {
	some, err := store.Users.Exists(p.DB.Read(ctx), dbx.HashExp{})
	return some || err != nil
}

const lateJobs = 5 * time.Minute

// checkJobs looks for jobs that have failed for good and for those that could be done and are not.
func checkJobs(ctx context.Context, p *Patient) []Finding {
	now, err := queue.LeaseTime(ctx, p.DB)
	var counts []store.Backlog
	if err == nil {
		counts, err = store.Backlogs(p.DB.Read(ctx), now)
	}
	if err != nil {
		return []Finding{{
			Code: "jobs.unknown", Level: Wrong, What: fmt.Sprint("the queue can't be read: ", err), Why: "",
			Do: "sailplane doctor, again",
		}}
	}
	var found []Finding
	waiting, dead := 0, 0
	for _, b := range counts {
		waiting, dead = waiting+b.Waiting, dead+b.Dead
		lane := p.Lanes[b.Kind]
		if b.Since == nil || now.Sub(*b.Since) < lateJobs {
			continue
		}
		f := Finding{
			Code: "jobs.late", Level: Wrong, What: fmt.Sprintf("%s: %s", b.Kind, queue.Tell(b, now)),
			Why: "what they do comes late",
			Do:  fmt.Sprintf("see that the server runs; if it does, more of them at a time: jobs.%s", lane),
		}
		if lane == "" && p.Lanes != nil {
			f.Do = "no server of this version does them: run the one that left them, or drop them"
		}
		found = append(found, f)
	}
	if dead > 0 {
		found = append(found, Finding{
			Code: "jobs.dead", Level: Wrong, What: fmt.Sprintf("%d jobs have failed for good", dead),
			Why: "what they were to do (a mail, a webhook, a clean-up) has not happened",
			Do:  "sailplane jobs list, then sailplane jobs retry all or drop all",
		})
	}
	if len(found) == 0 {
		found = append(found, ok("jobs.timely", fmt.Sprintf("%d jobs wait, none is late, none has failed for good", waiting)))
	}
	return found
}

func checkAdmins(ctx context.Context, p *Patient) []Finding {
	some, err := store.InstanceAdmins.Exists(p.DB.Read(ctx), dbx.HashExp{})
	switch {
	case err != nil:
		return []Finding{{
			Code: "admins.unknown", Level: Wrong, What: err.Error(), Why: "", Do: "sailplane doctor, again",
		}}
	case !some:
		return []Finding{{
			Code: "admins.none", Level: Note, What: "nobody administers the installation",
			Why: "nobody can sign in before it is set up",
			Do:  "open the set-up link that the server prints when it starts, or: sailplane admin create --email YOU@EXAMPLE.ORG",
		}}
	}
	return []Finding{ok("admins.present", "the installation is set up")}
}

// checkMail signs in at the mail server of the settings.
func checkMail(ctx context.Context, p *Patient) []Finding {
	if p.Config.Server.Secret == "" && !exists(filepath.Join(p.Dir, "secret")) {
		return nil // reading would make it; checkSecret has said what is the matter
	}
	secret, err := p.Secret(ctx)
	if err != nil {
		return []Finding{{
			Code: "settings.sealed", Level: Wrong, What: err.Error(),
			Why: "the settings of the administrators' pages can't be decrypted", Do: "see that the file can be read",
		}}
	}
	a := &app.App{DB: p.DB, Config: p.Config, Secret: secret}
	s, err := a.Settings(ctx)
	if err != nil {
		return []Finding{sealed(err)}
	}
	host := s["EMAIL_HOST"]
	if host == "" {
		return []Finding{noMail()}
	}
	address := net.JoinHostPort(host, s["EMAIL_PORT"])
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := instance.TryMail(ctx, s); err != nil {
		fault := instance.ExplainMail(err)
		return []Finding{{
			Code: "mail.refused", Level: Wrong, What: fault.What + ", at " + address + ": " + fault.Said,
			Why: "mail waits in the queue, for about a day", Do: fault.Do,
		}}
	}
	what := "the mail server answers at " + address
	if s["EMAIL_HOST_USER"] != "" {
		what += " and lets " + s["EMAIL_HOST_USER"] + " in"
	}
	return []Finding{ok("mail.reachable", what), checkAddress(ctx, a)}
}

// checkAddresses looks whether letters can be sent, without knocking at the mail server.
func checkAddresses(ctx context.Context, p *Patient) []Finding {
	secret, err := p.Secret(ctx)
	if err != nil {
		return nil // checkSecret says so
	}
	a := &app.App{DB: p.DB, Config: p.Config, Secret: secret}
	s, err := a.Settings(ctx)
	switch {
	case err != nil:
		return []Finding{sealed(err)}
	case s["EMAIL_HOST"] == "":
		return []Finding{noMail()}
	}
	return []Finding{checkAddress(ctx, a)}
}

func sealed(err error) Finding {
	return Finding{
		Code: "settings.sealed", Level: Wrong, What: err.Error(),
		Why: "the settings of the administrators' pages can't be decrypted: sign-in and mail fail",
		Do:  "put the secret back that they were made with (DIR/secret or server.secret)",
	}
}

func noMail() Finding {
	return Finding{
		Code: "mail.none", Level: Note, What: "no mail server is set",
		Why: "invitations, codes and forgotten passwords are not sent",
		Do:  "name one in [mail] or in the administrators' pages; then: sailplane mail test --to YOU@EXAMPLE.ORG",
	}
}

// checkAddress looks where the links of letters lead.
func checkAddress(ctx context.Context, a *app.App) Finding {
	const change = `web.app_url = "https://plane.example.org"`
	address, err := a.Address(ctx)
	switch {
	case err != nil:
		return Finding{
			Code: "address.unknown", Level: Wrong, What: err.Error(),
			Why: "where links of letters lead can't be told", Do: "",
		}
	case address == "":
		return Finding{Code: "address.unknown", Level: Wrong, What: "nobody has said where the app is",
			Why: "invitations and forgotten passwords are not sent: their links would lead nowhere",
			Do:  change + ", or sign in as an administrator in the browser, at the address that everybody uses"}
	case app.Local(address):
		return Finding{Code: "address.local", Level: Note, What: "links of letters lead to " + address,
			Why: "nobody can open them but on this machine", Do: change}
	}
	return ok("address.known", "links of letters lead to "+address)
}

const clockSlack = time.Minute

// checkClock compares this machine's time with the database's: the server's of Postgres, the last write's of SQLite.
func checkClock(ctx context.Context, p *Patient) []Finding {
	theirs, err := p.DB.Clock(ctx)
	if err != nil {
		return []Finding{{
			Code: "clock.unknown", Level: Note, What: err.Error(), Why: "whether the clock is right can't be told", Do: "",
		}}
	}
	off := theirs.Sub(p.DB.Now())
	if !p.DB.Postgres {
		off = max(off, 0) // an old file is no wonder, one from the future is
	}
	if off.Abs() > clockSlack {
		return []Finding{{
			Code: "clock.off", Level: Wrong,
			What: fmt.Sprintf("this machine's clock and the database's time differ by %s", off.Round(time.Second)),
			Why:  "sessions and codes end at the wrong time, jobs run late", Do: "set the clock (timedatectl set-ntp true)",
		}}
	}
	return []Finding{ok("clock.right",
		"the clock agrees with the database: "+time.Now().UTC().Format(time.DateTime)+" UTC")}
}
