package app

import "github.com/sailplane/sailplane/store"

// ExternalRef is what another program calls a row that it made here. Programs rely on both halves together being unique
// in a project.
type ExternalRef struct {
	ExternalID     Opt[string] `json:"external_id" check:"max=255,blank,null"`
	ExternalSource Opt[string] `json:"external_source" check:"max=255,blank,null"`
}

// Put writes what the request has of it into a row and notes the columns.
func (o *ExternalRef) Put(cols *[]string, id, source **string) {
	ChangePtr(cols, "external_id", o.ExternalID, id)
	ChangePtr(cols, "external_source", o.ExternalSource, source)
}

// CheckNew refuses a new row of the table when another one of the project has both halves; name is what the refusal
// calls it.
func (o *ExternalRef) CheckNew(t *store.Tx, table, name, project string) error {
	if o.ExternalID.V == "" || o.ExternalSource.V == "" {
		return nil
	}
	holder, err := store.ExternalRefHolder(t, table, project, o.ExternalID.V, &o.ExternalSource.V)
	if err != nil || holder == "" {
		return err
	}
	return taken(name, holder)
}

// CheckChange refuses to give a row an origin that is taken. As in the reference the refusal names the row itself.
func (o *ExternalRef) CheckChange(t *store.Tx, table, name, project, row string, id, source *string) error {
	if o.ExternalID.V == "" || id != nil && *id == o.ExternalID.V {
		return nil
	}
	if o.ExternalSource.Set {
		source = o.ExternalSource.Ptr()
	}
	holder, err := store.ExternalRefHolder(t, table, project, o.ExternalID.V, source)
	if err != nil || holder == "" {
		return err
	}
	return taken(name, row)
}

func taken(name, id string) error {
	return DuplicateOf(name+" with the same external id and external source already exists", id)
}

// CheckOrigin refuses to give a row of a workspace's table an origin that another one has; one is whole with both
// halves. Name is what the refusal calls a row, and the refusal says which row has it.
func CheckOrigin(t *store.Tx, table, name, workspace, row string, id, source *string) error {
	if id == nil || source == nil || *id == "" || *source == "" {
		return nil
	}
	if row == "" {
		row = store.NewID() // nobody's
	}
	holder, err := store.OriginHolder(t, table, workspace, row, *id, *source)
	if err != nil || holder == "" {
		return err
	}
	return taken(name, holder)
}
