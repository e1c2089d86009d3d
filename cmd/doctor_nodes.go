package main

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
func checkNodes(ctx context.Context, p *patient) []finding {
	secret, err := p.command.secret(p.config)
	if err != nil {
		return nil // checkSecret has said what is the matter
	}
	if err := instance.CheckSecret(ctx, &app.App{DB: p.db, Secret: secret}); errors.Is(err, instance.ErrOtherSecret) {
		return []finding{{
			Code: "secret.foreign", Level: wrong, What: err.Error() + " than the one here",
			Why: "the server does not start: it could read neither settings nor links",
			Do:  "put the secret back that is in a backup, or that the other nodes have",
		}}
	}
	if !p.db.Postgres {
		return nil
	}
	nodes, err := p.db.Servers(ctx)
	if err != nil {
		return []finding{{Code: "nodes.unknown", Level: note, What: err.Error(), Do: "sailplane doctor, again"}}
	}
	marks, err := store.Marks(p.db.Read(ctx))
	if err != nil {
		return []finding{{Code: "nodes.unknown", Level: note, What: err.Error(), Do: "sailplane doctor, again"}}
	}
	return storageOfNodes(p, nodes, marks[store.MarkStorage])
}

// storageOfNodes compares the place for files with the one that the nodes have agreed on.
func storageOfNodes(p *patient, nodes int, agreed string) []finding {
	own, err := p.command.storageName(p.config, p.db, false)
	apart := finding{
		Code: "files.local-with-several-nodes", Level: wrong,
		What: "the files of the installation are kept in " + agreed + ", and those of this node in " + own,
		Why:  "what is uploaded to one node is missing on the others",
		Do:   "give all nodes the same bucket ([storage]), or a folder that they share",
	}
	switch {
	case err != nil:
		return []finding{{Code: "nodes.unknown", Level: note, What: err.Error(), Do: "look at the rights of the folder for files"}}
	case agreed != "" && own != "" && agreed != own:
		return []finding{apart}
	case nodes > 1 && p.config.Storage.S3Bucket == "":
		apart.What = fmt.Sprintf("%d nodes serve, and files are kept in a folder", nodes)
		apart.Do = "see that all of them have this very folder (or use a bucket: [storage])"
		return []finding{apart.at(note)}
	}
	return []finding{ok("nodes.alike", fmt.Sprintf("%d nodes serve, with one secret and one place for files", nodes))}
}
