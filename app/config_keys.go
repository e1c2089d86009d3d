package app

import (
	"errors"
	"fmt"
	"time"

	"github.com/sailplane/sailplane/store"
)

// KeysConfig says which API keys may be made. MaxDays is how long a key is good at most; 0: no matter how long.
type KeysConfig struct {
	MaxDays    int  `toml:"max_days"`
	Endless    bool `toml:"endless"`
	ScopedOnly bool `toml:"scoped_only"`
}

func (k *KeysConfig) check() (key string, err error) {
	if k.MaxDays < 0 || k.MaxDays > 3650 {
		return "max_days", errors.New("it must be from 0 to 3650, which is ten years")
	}
	return "", nil
}

// Fault says why a key that would begin then could not be made; empty: it could.
func (k *KeysConfig) Fault(token *store.APIToken, begins time.Time) string {
	longest := time.Duration(k.MaxDays) * 24 * time.Hour
	switch {
	case token.ExpiredAt == nil && k.MaxDays > 0:
		return fmt.Sprintf("Keys have to end here, after at most %d days.", k.MaxDays)
	case token.ExpiredAt == nil && !k.Endless:
		return "Keys have to end here."
	case token.ExpiredAt != nil && longest > 0 && token.ExpiredAt.Sub(begins) > longest+time.Minute:
		return fmt.Sprintf("Keys are good for at most %d days here.", k.MaxDays)
	case token.Scopes == nil && k.ScopedOnly:
		return "Keys have to say for which groups of operations they are here: their scopes."
	}
	return ""
}
