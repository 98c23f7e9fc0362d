package accounts

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"github.com/allclear/allclear/internal/platform/vault"
	"github.com/allclear/allclear/internal/ref"
)

// codeLife is how long a one-time code works: over a weekend.
const codeLife = 72 * time.Hour

// The classes under which this package seals and hashes, so that nothing of one use
// passes for another.
const (
	secretClass   vault.Class = "account_secret"
	totpClass     vault.Class = "totp_secret"
	codeClass     vault.Class = "one_time_code"
	recoveryClass vault.Class = "recovery_code"
	tryClass      vault.Class = "signin_try"
)

// codeAlphabet has no letters that are taken for others when read aloud or copied by
// hand (Crockford's base 32).
const codeAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// newCode returns groups of four random characters, 20 bits each: "7K3D-Q2XW-0M9P".
func newCode(groups int) (string, error) {
	raw := make([]byte, 4*groups)
	if _, err := rand.Read(raw); err != nil {
		return "", err
	}
	var b strings.Builder
	for i, x := range raw {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(codeAlphabet[x&31])
	}
	return b.String(), nil
}

var codeReadings = strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1")

// normalCode undoes what people do to a code when they type it.
func normalCode(s string) string { return codeReadings.Replace(strings.ToUpper(strings.TrimSpace(s))) }

// codeHash is keyed and bound to the account: a copied database gives no way to guess
// a code without the key file.
func (s *Service) codeHash(class vault.Class, id ref.User, code string) string {
	return s.vault.Hash(class, string(id)+":"+normalCode(code))
}

// secretHash is enough for secrets of 256 random bits: there is nothing to guess.
func secretHash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
