package page

import (
	"errors"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

var errAccess = app.Refuse(app.Invalid, "Access cannot be updated since this page is owned by someone else")

// Change writes what a request says of a page that is not locked; its access only for its owner.
func Change(c *app.Call, id string, in Input) (*store.Page, error) { return change(c, id, in, nil) }

// change is Change; by is what a program says of the page besides, nil: it is none.
func change(c *app.Call, id string, in Input, by *program) (*store.Page, error) {
	if err := in.clean(); err != nil {
		return nil, err
	}
	text := &newText{html: in.DescriptionHTML.V}
	if in.DescriptionHTML.Set {
		p, err := Enter(c, c.Read(), id, app.Member)
		if err != nil {
			return nil, err
		}
		if err := text.workOut(p); err != nil {
			return nil, err
		}
	}
	var p *store.Page
	err := c.Write(func(t *store.Tx) (err error) {
		if in.Parent.Ptr() != nil || by.named() {
			if err := holdPages(c, t); err != nil {
				return err
			}
		}
		if p, err = Enter(c, t, id, app.Member); err != nil {
			return err
		}
		cols, err := by.put(c, t, p, &in)
		if err != nil {
			return err
		}
		if p.IsLocked {
			return app.Refuse(app.Invalid, "Page is locked")
		}
		if err := in.checkChange(c, t, p); err != nil {
			return err
		}
		before := p.DescriptionHTML
		cols = append(cols, in.put(p)...)
		if in.DescriptionHTML.Set {
			texts, err := replaceText(t, p, text)
			if err != nil {
				return err
			}
			cols = append(cols, texts...)
		}
		if err := store.Pages.Update(t, p, cols...); err != nil {
			return err
		}
		if err := by.settle(c, t, p, true); err != nil {
			return err
		}
		store.NoteEvent(t, p.WorkspaceID, store.EventPage, store.ActionUpdated, p.ID)
		if in.Labels.Set {
			if err := setLabels(t, p, in.Labels.V); err != nil {
				return err
			}
		}
		if !in.DescriptionHTML.Set {
			return nil
		}
		return told(t, p, before, text, by)
	})
	return p, err
}

// told notes whom a text that was written names; what a program wrote in the place of another is a version.
func told(t *store.Tx, p *store.Page, before string, text *newText, by *program) error {
	if err := logMentions(t, p); err != nil || by == nil || p.DescriptionHTML == before && !text.over {
		return err
	}
	return keepVersion(t, p, text.over)
}

// checkChange asks for what the reference asks for before it looks at the fields.
func (in *Input) checkChange(c *app.Call, t *store.Tx, p *store.Page) error {
	if in.Faults["parent"] != nil {
		return app.ErrValue
	}
	if parent := in.Parent.Ptr(); parent != nil {
		if _, err := at(c, t, *parent); errors.Is(err, store.ErrNotFound) {
			return errAccess // the reference's words for a parent that is not there
		} else if err != nil {
			return err
		}
	}
	if in.Access.Set && (in.Access.V != p.Access || in.Faults["access"] != nil) && p.OwnedByID != c.UserID() {
		return errAccess
	}
	if in.DescriptionHTML.Set && in.DescriptionHTML.V == "" && in.Faults["description_html"] == nil {
		in.Faults.Add("description_html", "This field may not be blank.")
	}
	return in.check(c, t, p.ID)
}
