package health

import (
	"context"
	"errors"
	"fmt"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/instance"
	"github.com/sailplane/sailplane/store"
)

// checkNodes looks whether this node's secret and its place for files are those of the installation, which several
// nodes may serve from one Postgres.
func checkNodes(ctx context.Context, p *Patient) []Finding {
	secret, err := p.Secret(ctx)
	if err != nil {
		return nil // checkSecret has said what is the matter
	}
	if err := instance.CheckSecret(ctx, &app.App{DB: p.DB, Secret: secret}); errors.Is(err, instance.ErrOtherSecret) {
		return []Finding{{
			Code: "secret.foreign", Level: Wrong, What: err.Error() + " than the one here",
			Why: "the server does not start: it could read neither settings nor links",
			Do:  "put the secret back that is in a backup, or that the other nodes have",
		}}
	}
	if !p.DB.Postgres || p.Storage == nil { // a server that runs has compared at its start
		return nil
	}
	nodes, err := p.DB.Servers(ctx)
	if err != nil {
		return []Finding{{Code: "nodes.unknown", Level: Note, What: err.Error(), Do: "sailplane doctor, again"}}
	}
	marks, err := store.Marks(p.DB.Read(ctx))
	if err != nil {
		return []Finding{{Code: "nodes.unknown", Level: Note, What: err.Error(), Do: "sailplane doctor, again"}}
	}
	return storageOfNodes(p, nodes, marks[store.MarkStorage])
}

// storageOfNodes compares the place for files with the one that the nodes have agreed on.
func storageOfNodes(p *Patient, nodes int, agreed string) []Finding {
	own, err := p.Storage(p.DB)
	apart := Finding{
		Code: "files.local-with-several-nodes", Level: Wrong,
		What: "the files of the installation are kept in " + agreed + ", and those of this node in " + own,
		Why:  "what is uploaded to one node is missing on the others",
		Do:   "give all nodes the same bucket ([storage]), or a folder that they share",
	}
	switch {
	case err != nil:
		return []Finding{{Code: "nodes.unknown", Level: Note, What: err.Error(), Do: "look at the rights of the folder for files"}}
	case agreed != "" && own != "" && agreed != own:
		return []Finding{apart}
	case nodes > 1 && p.Config.Storage.S3Bucket == "":
		apart.What = fmt.Sprintf("%d nodes serve, and files are kept in a folder", nodes)
		apart.Do = "see that all of them have this very folder (or use a bucket: [storage])"
		return []Finding{apart.at(Note)}
	}
	return []Finding{ok("nodes.alike", fmt.Sprintf("%d nodes serve, with one secret and one place for files", nodes))}
}
