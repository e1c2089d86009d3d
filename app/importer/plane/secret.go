package plane

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/fernet/fernet-go"

	"github.com/sailplane/sailplane/app"
)

// specials change what is kept in another way here, as table.column.
var specials = map[string]func(c *conversion, row []field, p *plan, value any) (any, error){
	"api_tokens.token":              hashed,
	"webhooks.secret_key":           sealed,
	"accounts.access_token":         sealed,
	"accounts.refresh_token":        sealed,
	"accounts.id_token":             sealed,
	"instance_configurations.value": setting,
	"instances.current_version": func(c *conversion, _ []field, _ *plan, value any) (any, error) {
		c.report.Release, _ = value.(string)
		return value, nil
	},
	"email_notification_logs.processed_at": func(c *conversion, _ []field, _ *plan, value any) (any, error) {
		if value == nil { // a letter that was not sent there is not sent from here: it tells of long ago
			return c.t.Now, nil
		}
		return value, nil
	},
}

// hashed keeps of a key what is kept of ours: it goes on working, and nobody can read it.
func hashed(_ *conversion, _ []field, _ *plan, value any) (any, error) {
	key, _ := value.(string)
	return app.HashKey(key), nil
}

func sealed(c *conversion, _ []field, _ *plan, value any) (any, error) {
	text, ok := value.(string)
	if !ok {
		return value, nil
	}
	return c.app.Seal(text), nil
}

// setting opens a setting that Plane has sealed, and seals it anew.
func setting(c *conversion, row []field, p *plan, value any) (any, error) {
	text, ok := value.(string)
	if !ok || text == "" || p.text(row, "is_encrypted") != "t" {
		return value, nil
	}
	name := p.text(row, "key")
	if c.order.Key == "" {
		c.report.Emptied = append(c.report.Emptied, name)
		return "", nil
	}
	plain, err := open(text, c.order.Key)
	if err != nil {
		return nil, fmt.Errorf("the setting %s %w", name, err)
	}
	if plain != "" {
		c.report.Unsealed++
	}
	return c.app.Seal(plain), nil
}

// What Plane makes the key of SECRET_KEY with (plane/license/utils/encryption.py of v1.3.1).
const (
	fernetSalt   = "salt"
	fernetRounds = 100_000
)

// keyOf is what Plane seals settings with.
func keyOf(secretKey string) (*fernet.Key, error) {
	raw, err := pbkdf2.Key(sha256.New, secretKey, []byte(fernetSalt), fernetRounds, sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("make a key of SECRET_KEY: %w", err)
	}
	key := fernet.Key(raw)
	return &key, nil
}

// open opens what Plane has sealed, whenever that was.
func open(text, secretKey string) (string, error) {
	key, err := keyOf(secretKey)
	if err != nil {
		return "", err
	}
	plain := fernet.VerifyAndDecrypt([]byte(text), 0, []*fernet.Key{key})
	if plain == nil {
		return "", errors.New("can't be opened with this key: give SECRET_KEY of the old installation (from its plane.env), " +
			"or none, and type the passwords in again")
	}
	return string(plain), nil
}
