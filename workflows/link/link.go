// Package link makes and reads the tokens in e-mail links.
//
// A token is base64url(key number | id | HMAC-SHA-256(key, purpose | id | generation)): derived, never
// stored, so a mail rendered again after a crash has the same link and nothing secret lies in the
// database. Raising the subject's generation ends all its links; a new key with a higher number is used
// for new links while older keys still verify.
package link

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	"github.com/stazh/stazh/workflows/fault"
)

// The purposes of links; a token for one is worthless for another.
const (
	Application = "application"
	Password    = "password"
)

// Keys are the signing keys by number (0-255); the highest signs, all verify. Each is at least 32 bytes.
type Keys map[byte][]byte

const idLen, macLen = 16, 32

// Token returns the token for an id (a UUID's 16 bytes) of the given purpose and generation.
func (k Keys) Token(purpose string, id [idLen]byte, generation int) string {
	number := slices.Max(slices.Collect(maps.Keys(k)))
	raw := append([]byte{number}, id[:]...)
	return base64.RawURLEncoding.EncodeToString(append(raw, k.mac(number, purpose, id, generation)...))
}

// ID returns the id a token names, not yet verified: read the subject's generation, then Verify. The
// fault is not_found for anything that cannot be a token.
func ID(token string) ([idLen]byte, error) {
	var id [idLen]byte
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) != 1+idLen+macLen {
		return id, fault.Missing("link")
	}
	copy(id[:], raw[1:])
	return id, nil
}

// Verify returns nil if the token was made for this purpose and generation, else fault not_found.
func (k Keys) Verify(token, purpose string, generation int) error {
	id, err := ID(token)
	if err != nil {
		return err
	}
	raw, _ := base64.RawURLEncoding.DecodeString(token)
	if _, known := k[raw[0]]; !known || !hmac.Equal(raw[1+idLen:], k.mac(raw[0], purpose, id, generation)) {
		return fault.Missing("link")
	}
	return nil
}

func (k Keys) mac(number byte, purpose string, id [idLen]byte, generation int) []byte {
	m := hmac.New(sha256.New, k[number])
	m.Write([]byte{number, byte(len(purpose))})
	m.Write([]byte(purpose))
	m.Write(id[:])
	var g [8]byte
	binary.BigEndian.PutUint64(g[:], uint64(generation))
	m.Write(g[:])
	return m.Sum(nil)
}

// ParseKeys reads "1:hex,2:hex"; each key at least 32 bytes. Fault invalid link_keys otherwise.
func ParseKeys(text string) (Keys, error) {
	keys := Keys{}
	for part := range strings.SplitSeq(text, ",") {
		number, secret, ok := strings.Cut(strings.TrimSpace(part), ":")
		raw, err := hex.DecodeString(secret)
		n := 0
		for _, c := range number {
			if c < '0' || c > '9' || n > 25 {
				ok = false
				break
			}
			n = n*10 + int(c-'0')
		}
		if !ok || err != nil || len(raw) < 32 || number == "" || n > 255 {
			return nil, fault.New(fault.Invalid, "link_keys")
		}
		keys[byte(n)] = raw
	}
	return keys, nil
}
