package auth

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows/fault"
)

// MaxTokenDays is the longest life of an API token: a year.
const MaxTokenDays = 366

// NewToken is what an API token begins with.
type NewToken struct {
	Name  string // what it is for
	Scope Scope  // the widest it may
	Days  int    // until it expires, 1 to MaxTokenDays
}

// CreateToken makes an API token for the principal and returns its secret, which is shown this once and
// kept nowhere. Faults: invalid with fields name, scope, days; conflict too_many_tokens; conflict
// token_made for a key used before: the secret cannot be shown again, make another and revoke that one.
func (a *Accounts) CreateToken(ctx context.Context, p Principal, key string, n NewToken) (secret string, t store.APIToken, err error) {
	return a.mint(ctx, p.Actor(), key, p.StaffID, n)
}

// MintToken is CreateToken by the system for a member of staff: the operator's command line, demo
// companies.
func (a *Accounts) MintToken(ctx context.Context, key string, staffID uuid.UUID, n NewToken) (string, store.APIToken, error) {
	return a.mint(ctx, "system", key, staffID, n)
}

func (a *Accounts) mint(ctx context.Context, actor, key string, staffID uuid.UUID, n NewToken) (string, store.APIToken, error) {
	n.Name = strings.TrimSpace(n.Name)
	var f fault.Fields
	f.Require(n.Name != "", "name", "required")
	f.Require(utf8.RuneCountInString(n.Name) <= 100, "name", "too_long:100")
	f.Require(slices.Contains(Scopes, n.Scope), "scope", "invalid_choice")
	f.Require(n.Days >= 1, "days", "too_small:1")
	f.Require(n.Days <= MaxTokenDays, "days", "too_large:366")
	if err := f.Err(); err != nil {
		return "", store.APIToken{}, err
	}
	raw := make([]byte, secretLen)
	_, _ = rand.Read(raw) // never fails
	secret := tokenPrefix + base64.RawURLEncoding.EncodeToString(raw)
	// A whole day's end would need a zone; the moment of making is plain.
	t := store.APIToken{
		ID: uuid.New(), StaffID: staffID, Name: n.Name, Hash: hashOf([]byte(secret)), Hint: secret[:len(tokenPrefix)+4],
		Scopes: []string{string(n.Scope)}, ExpiresAt: a.Now().Add(time.Duration(n.Days) * 24 * time.Hour),
	}
	if err := a.Catalog.AddToken(ctx, a.act(actor, key), t); err != nil {
		return "", store.APIToken{}, err
	}
	return secret, t, nil
}

// TokenPrincipal returns who asks with an API token. Fault unauthenticated bad_token if it opens nothing.
func (a *Accounts) TokenPrincipal(ctx context.Context, secret string) (Principal, error) {
	return a.program(ctx, "Bearer "+secret)
}

// Tokens lists the principal's tokens that are not revoked.
func (a *Accounts) Tokens(ctx context.Context, p Principal) ([]store.APIToken, error) {
	return a.Reader.Tokens(ctx, p.StaffID)
}

// RevokeToken ends one of the principal's tokens. Fault not_found.
func (a *Accounts) RevokeToken(ctx context.Context, p Principal, key string, id uuid.UUID) error {
	return a.Catalog.RevokeToken(ctx, a.act(p.Actor(), key), p.StaffID, id)
}
