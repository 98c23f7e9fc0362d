package accounts

import (
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/base64"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"

	"github.com/allclear/allclear/internal/platform/fault"
)

// hashParams cost about 25 ms and 19 MiB on one core. Source: OWASP Password Storage
// Cheat Sheet, Argon2id, "m=19456 (19 MiB), t=2, p=1".
var hashParams = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// The limits of a password's length. ASVS 5.0, 6.2.1 recommends at least 15 and
// requires 8; 12 with a second factor for what matters lies between. The upper bound
// (6.2.9 asks for at least 64) only keeps the work of hashing finite.
const (
	minPassword = 12
	maxPassword = 256
)

// hash returns the Argon2id hash. Few run at once, so that a flood of sign-ins fills
// neither the memory nor all cores.
func (s *Service) hash(ctx context.Context, password string) (string, error) {
	if err := s.enter(ctx); err != nil {
		return "", err
	}
	defer s.leave()
	return argon2id.CreateHash(password, hashParams)
}

// matches reports whether password has the hash. Without a hash it does the same work
// and says no.
func (s *Service) matches(ctx context.Context, password, hash string) (bool, error) {
	real := hash != ""
	if !real {
		hash = s.decoy
	}
	if utf8.RuneCountInString(password) > maxPassword {
		password, real = password[:maxPassword], false
	}
	if err := s.enter(ctx); err != nil {
		return false, err
	}
	defer s.leave()
	ok, err := argon2id.ComparePasswordAndHash(password, hash)
	return ok && real, err
}

func (s *Service) enter(ctx context.Context) error {
	select {
	case s.hashing <- struct{}{}:
		s.hashes.Add(1)
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Service) leave() { <-s.hashing }

func randomSecret() (string, error) {
	raw := make([]byte, 32)
	if _, err := rand.Read(raw); err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(raw), nil
}

//go:embed common.txt
var commonText string

var common, longestCommon = readCommon(commonText)

func readCommon(text string) (words map[string]bool, longest int) {
	words = map[string]bool{}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for _, word := range strings.Fields(line) {
			words[word] = true
			longest = max(longest, len(word))
		}
	}
	return words, longest
}

// checkPassword refuses a password that is too short, too common, or the username.
func checkPassword(password, username string) error {
	switch n := utf8.RuneCountInString(password); {
	case n < minPassword:
		return fault.Invalidf("accounts.password_short", "the password needs at least %d characters", minPassword).
			With("password", "too_short").Param("min", minPassword)
	case n > maxPassword:
		return fault.Invalidf("accounts.password_long", "the password may have at most %d characters", maxPassword).
			With("password", "too_long").Param("max", maxPassword)
	}
	lower := strings.ToLower(password)
	if isCommon(lower) || (len(username) > 2 && isCommon(strings.ReplaceAll(lower, username, ""))) {
		return fault.Invalidf("accounts.password_common", "this password, or its parts, are among the first that attackers try").
			With("password", "too_common")
	}
	return nil
}

// isCommon reports whether the text consists of nothing but common words, digits,
// keyboard runs and repetitions: "Password2022!", "qwertyqwerty", "123456789abc".
// The list is of parts, because no common password of old has twelve characters, and
// people lengthen them by putting parts together.
func isCommon(text string) bool {
	var letters []rune
	distinct := map[rune]bool{}
	for _, r := range text {
		distinct[r] = true
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			letters = append(letters, plain(r))
		}
	}
	if len(distinct) <= 3 || len(letters) < 5 {
		return true
	}
	return coverable(string(letters), 3) || coverable(foldDigits(text), 3) || repeated(letters)
}

// coverable reports whether at most parts common words, with any digits between them,
// make up the whole text.
func coverable(text string, parts int) bool {
	if text == "" {
		return true
	}
	for end := min(len(text), longestCommon); end > 0 && parts > 0; end-- {
		if common[text[:end]] && coverable(text[end:], parts-1) {
			return true
		}
	}
	return text[0] >= '0' && text[0] <= '9' && coverable(text[1:], parts)
}

func repeated(text []rune) bool {
	for n := 1; n <= len(text)/2; n++ {
		if len(text)%n == 0 && strings.Repeat(string(text[:n]), len(text)/n) == string(text) {
			return true
		}
	}
	return false
}

// plain undoes full-width letters and digits.
func plain(r rune) rune {
	if r >= '！' && r <= '～' {
		return unicode.ToLower(r - '！' + '!')
	}
	return r
}

var digitLetters = strings.NewReplacer("@", "a", "4", "a", "0", "o", "1", "i", "3", "e", "5", "s", "$", "s", "7", "t")

// foldDigits undoes "P@ssw0rd": digits and signs that stand for letters, digits at
// both ends kept apart as digits.
func foldDigits(text string) string {
	trimmed := strings.TrimFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && r != '@' && r != '$' })
	var b strings.Builder
	for _, r := range digitLetters.Replace(trimmed) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}
