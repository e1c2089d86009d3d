package move

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/sailplane/sailplane/store"
)

// mark makes of a key what is one of a kind.
func mark(salt []byte, key string) string {
	mac := hmac.New(sha256.New, salt)
	mac.Write([]byte(key))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// announcedAtOnce is how many files are announced in one transaction.
const announcedAtOnce = 200

// eachFile calls fn for every part with bytes that a row of the file names, with the key that it gets here.
func (i *importing) eachFile(fn func(part, key string) error) error {
	seen := map[[16]byte]bool{}
	visit := func(part, key string) error {
		if _, err := os.Stat(filepath.Join(i.work, spoolName(part))); err != nil || seen[short(part)] {
			return nil //nolint:nilerr // what is not in the file is counted as missing
		}
		seen[short(part)] = true
		return fn(part, key)
	}
	for _, p := range i.people {
		if p.Picture == nil {
			continue
		}
		part := picturesPrefix + p.ID
		if err := visit(part, mark(i.keySalt, part)+"-user-avatar"); err != nil {
			return err
		}
	}
	assets := i.tables[i.numbers[store.FileAssets.Name]]
	column := 0
	for n, c := range assets.columns {
		if c.Name == "asset" {
			column = n
		}
	}
	return i.lines(partOf(assets.MovedTable), func(line []byte) error {
		values, err := readRow(line, assets.columns)
		if err != nil {
			return err
		}
		key, _ := values[column].(string)
		return visit(filesPrefix+key, i.key(key))
	})
}

// putFiles puts the files down. Rows of uploads that have not arrived are there before them, so that the sweep finds
// what a crash leaves.
func (i *importing) putFiles(ctx context.Context) error {
	type place struct{ part, key string }
	var some []place
	put := func() error {
		rows := make([]*store.FileAsset, len(some))
		for n, f := range some {
			rows[n] = &store.FileAsset{Asset: f.key, Attributes: store.JSON("{}")}
		}
		err := i.app.DB.Write(ctx, "", func(t *store.Tx) error { return store.FileAssets.Insert(t, rows...) })
		for _, f := range some {
			if err == nil {
				err = i.putFile(ctx, f.part, f.key)
			}
		}
		some = some[:0]
		return err
	}
	err := i.eachFile(func(part, key string) error {
		if some = append(some, place{part, key}); len(some) < announcedAtOnce {
			return nil
		}
		return put()
	})
	if err != nil || len(some) == 0 {
		return err
	}
	return put()
}

func (i *importing) putFile(ctx context.Context, part, key string) error {
	f, err := os.Open(filepath.Join(i.work, spoolName(part)))
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := i.app.Blob.Put(ctx, key, f, info.Size()); err != nil {
		return err
	}
	if strings.HasPrefix(part, filesPrefix) {
		i.report.Files++
	} else {
		i.placed[part] = key
	}
	return nil
}

// arrived removes the rows that announced the files: they belong to the workspace now. Pictures of people who have an
// account stay announced, and are swept away.
func (i *importing) arrived(t *store.Tx) error {
	var keys []string
	drop := func() error {
		err := store.DropUnarrived(t, keys)
		keys = keys[:0]
		return err
	}
	err := i.eachFile(func(part, key string) error {
		if strings.HasPrefix(part, picturesPrefix) && !i.pictured[part] {
			return nil
		}
		if keys = append(keys, key); len(keys) < announcedAtOnce {
			return nil
		}
		return drop()
	})
	if err != nil {
		return err
	}
	return drop()
}

// takeBack removes the files of an import that failed, and the rows that announced them.
func (i *importing) takeBack(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	return i.eachFile(func(_, key string) error {
		return errors.Join(i.app.Blob.Delete(ctx, key), i.app.DB.Write(ctx, "", func(t *store.Tx) error {
			return store.DropUnarrived(t, []string{key})
		}))
	})
}
