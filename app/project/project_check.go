package project

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"unicode"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/richtext"
	"github.com/sailplane/sailplane/store"
)

// plain says whether an identifier has only what an address and PROJ-12 can have: letters and digits of any script, and
// _.
func plain(identifier string) bool {
	return !strings.ContainsFunc(identifier, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && r != '_'
	})
}

// printable says whether a name can be shown in a line.
func printable(name string) bool { return !strings.ContainsFunc(name, unicode.IsControl) }

// normal is an identifier as it is kept.
func normal(identifier string) string { return strings.ToUpper(strings.TrimSpace(identifier)) }

// check refuses taken names, identifiers that are taken or break addresses, and people, states, estimates and files
// that are not of the place; was is the project as it is, without an id when it is new. What it has already it may
// keep.
func (in *Input) check(t *store.Tx, workspace string, was *store.Project) error {
	faults := in.faults()
	in.Identifier.V = normal(in.Identifier.V)
	for _, f := range []struct {
		key      string
		value    app.Opt[string]
		was      string
		word     string
		mayStand func(string) bool
	}{
		{key: "name", value: in.Name, was: was.Name, word: "NAME", mayStand: printable},
		{key: "identifier", value: in.Identifier, was: was.Identifier, word: "IDENTIFIER", mayStand: plain},
	} {
		if !f.value.Set || faults[f.key] != nil || was.ID != "" && f.value.V == f.was {
			continue
		}
		if !f.mayStand(f.value.V) {
			faults.Add(f.key, "PROJECT_"+f.word+"_CANNOT_CONTAIN_SPECIAL_CHARACTERS")
			continue
		}
		where := dbx.HashExp{f.key: f.value.V, "workspace_id": workspace}
		p, err := store.Projects.Get(t, where)
		if err == nil && p.ID != was.ID {
			faults.Add(f.key, "PROJECT_"+f.word+"_ALREADY_EXIST")
		} else if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	if err := in.checkReferences(t, faults, workspace, was.ID); err != nil {
		return err
	}
	if err := faults.Err(); err != nil {
		return err
	}
	return in.clean()
}

func (in *Input) faults() app.Fields {
	if in.Faults == nil {
		in.Faults = app.Fields{}
	}
	return in.Faults
}

// clean makes the description safe to show; whatever JSON it is, it is a text afterwards.
func (in *Input) clean() error {
	doc := in.DescriptionHTML.V
	if slices.Contains([]string{"", "null", `""`, "{}", "[]", "0", "false"}, string(doc)) {
		return nil
	}
	html := app.PythonText(doc)
	if doc[0] == '"' {
		if err := json.Unmarshal(doc, &html); err != nil {
			return err
		}
	}
	html, err := richtext.Clean(html)
	if richtext.Excessive(err) {
		return app.Field("description_html", err.Error())
	}
	if err != nil {
		return app.Field("error", "html content is not valid")
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err = enc.Encode(html)
	in.DescriptionHTML.V = bytes.TrimSpace(b.Bytes())
	return err
}

func (in *Input) checkReferences(t *store.Tx, faults app.Fields, workspace, id string) error {
	member := func(user string) (bool, error) {
		return store.WorkspaceMembers.Exists(t, dbx.HashExp{"workspace_id": workspace, "member_id": user, "is_active": true})
	}
	for _, f := range []struct {
		key    string
		value  app.Opt[string]
		exists func(string) (bool, error)
	}{
		{"default_assignee", in.DefaultAssignee, member},
		{"project_lead", in.ProjectLead, member},
		{"default_state", in.DefaultState, func(v string) (bool, error) {
			return store.States.Exists(t, dbx.HashExp{"id": v, "project_id": id})
		}},
		{"estimate", in.Estimate, func(v string) (bool, error) {
			return store.Estimates.Exists(t, dbx.HashExp{"id": v, "project_id": id})
		}},
		{"cover_image_asset", in.CoverImageAsset, func(v string) (bool, error) {
			ok, err := store.IsPictureOf(t, v, "PROJECT_COVER", "project_id", id, t.Actor)
			if err != nil || !ok {
				return false, err
			}
			return store.FileAssets.Exists(t, dbx.HashExp{"id": v, "workspace_id": workspace})
		}},
	} {
		if f.value.Ptr() == nil || faults[f.key] != nil {
			continue
		}
		ok, err := f.exists(f.value.V)
		if err != nil {
			return err
		}
		if !ok {
			faults.Add(f.key, app.NoObject(f.value.V))
		}
	}
	return nil
}
