package app

import (
	"fmt"

	"github.com/sailplane/sailplane/store"
)

// CheckRoom refuses what would be more than most of something (0: no limit). The name is locked first, so that what is
// made at the same time counts too; text has a %d for the limit.
func CheckRoom(t *store.Tx, name string, most, more int, count func() (int, error), text string) error {
	if most <= 0 {
		return nil
	}
	if err := t.Lock(name); err != nil {
		return err
	}
	n, err := count()
	if err == nil && n+more > most {
		err = Refuse(Invalid, fmt.Sprintf(text, most))
	}
	return err
}
