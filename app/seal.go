package app

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
)

// subkey derives a key for one purpose from the installation's secret.
func (a *App) subkey(purpose string) []byte {
	key, err := hkdf.Key(sha256.New, a.Secret, nil, "sailplane "+purpose, 32)
	if err != nil {
		panic("app: " + err.Error()) // only a length that SHA-256 cannot give
	}
	return key
}

func (a *App) sealer() cipher.AEAD {
	block, err := aes.NewCipher(a.subkey("seal"))
	if err != nil {
		panic("app: " + err.Error()) // only a key of a wrong length
	}
	gcm, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic("app: " + err.Error())
	}
	return gcm
}

// Seal encrypts a text with the installation's secret; empty stays empty.
func (a *App) Seal(plain string) string {
	if plain == "" {
		return ""
	}
	return base64.RawStdEncoding.EncodeToString(a.sealer().Seal(nil, nil, []byte(plain), nil))
}

// Unseal decrypts what Seal has made. It fails when the installation's secret is another one.
func (a *App) Unseal(sealed string) (string, error) {
	if sealed == "" {
		return "", nil
	}
	raw, err := base64.RawStdEncoding.DecodeString(sealed)
	if err != nil {
		return "", fmt.Errorf("unseal: %w", err)
	}
	plain, err := a.sealer().Open(nil, nil, raw, nil)
	if err != nil {
		return "", errors.New("unseal: made with another secret, or damaged")
	}
	return string(plain), nil
}

// Sign returns a tag, 64 hex digits, that only this installation can make for this purpose and text.
func (a *App) Sign(purpose, text string) string {
	mac := hmac.New(sha256.New, a.subkey(purpose))
	mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil))
}

const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789"

// Random returns n characters [a-z0-9] that nobody can guess.
func Random(n int) string {
	out := make([]byte, 0, n)
	buf := make([]byte, 2*n)
	for len(out) < n {
		rand.Read(buf)
		for _, b := range buf {
			if b < 252 && len(out) < n { // 252 = 7·36: no character is likelier than another
				out = append(out, alphabet[b%36])
			}
		}
	}
	return string(out)
}

// RandomHex returns n hex digits that nobody can guess; n is even.
func RandomHex(n int) string {
	buf := make([]byte, n/2)
	rand.Read(buf)
	return hex.EncodeToString(buf)
}
