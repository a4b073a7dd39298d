package auth

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/link"
)

// LinkPath is the path of the page that a link opens; its mail appends the token.
const LinkPath = "/password/"

// LinkURL returns the address that a link's mail carries.
func (a *Accounts) LinkURL(l store.StaffLink, who store.Staff) string {
	return strings.TrimRight(a.Origin, "/") + LinkPath + a.Links.Token(link.Password, l.ID, who.Generation)
}

// LinkState is what a link for a password is good for now.
type LinkState struct {
	Purpose string // store.Invitation or store.Reset
	// Ended says why it no longer works: "used" (or another password was set since), "expired";
	// "" means it works. A new one may be sent.
	Ended string
	Name  string // whose account it is
	Email string
}

// endedLinks is how many passwords back a link is still known as ours.
const endedLinks = 50

// readLink finds a token's link and whose it is, and whether it still works. Fault not_found for a
// token that is not ours, and for a disabled account.
func (a *Accounts) readLink(ctx context.Context, token string) (l store.StaffLink, who store.Staff, ended string, err error) {
	id, err := link.ID(token)
	if err != nil {
		return l, who, "", err
	}
	if l, who, err = a.Reader.StaffLink(ctx, id); err != nil {
		return l, who, "", err
	}
	if who.DisabledAt != nil {
		return l, who, "", fault.Missing("link")
	}
	if err = a.Links.Verify(token, link.Password, who.Generation); err == nil {
		switch {
		case l.UsedAt != nil:
			ended = "used"
		case !a.Now().Before(l.ExpiresAt):
			ended = "expired"
		}
		return l, who, ended, nil
	}
	for g := who.Generation - 1; g >= 1 && g >= who.Generation-endedLinks; g-- {
		if a.Links.Verify(token, link.Password, g) == nil {
			return l, who, "used", nil
		}
	}
	return l, who, "", err
}

// OpenLink says what a link is good for; it changes nothing. Fault not_found for a token that is not ours.
func (a *Accounts) OpenLink(ctx context.Context, token string) (LinkState, error) {
	l, who, ended, err := a.readLink(ctx, token)
	if err != nil {
		return LinkState{}, err
	}
	return LinkState{Purpose: l.Purpose, Ended: ended, Name: who.Name, Email: who.Email}, nil
}

// SetPassword sets the password by a link and signs in: all other sessions and links of the account end,
// and its failed tries are forgiven. Faults: not_found; conflict link_used, link_expired; invalid with
// field password.
func (a *Accounts) SetPassword(ctx context.Context, token, password string, from Client) (Signed, error) {
	l, who, ended, err := a.readLink(ctx, token)
	switch {
	case err != nil:
		return Signed{}, err
	case ended != "":
		return Signed{}, fault.New(fault.Conflict, "link_"+ended)
	}
	if err := checkNew("password", password, who); err != nil {
		return Signed{}, err
	}
	hash, err := a.hashes.hash(ctx, password)
	if err != nil {
		return Signed{}, err
	}
	// The key is new each time: a second submit of the form must be told that the link is used, not
	// that its password was taken.
	act := a.act("staff/"+who.ID.String(), "set_password/"+uuid.NewString())
	if who, err = a.Catalog.UseLink(ctx, act, l.ID, who.Generation, hash); err != nil {
		return Signed{}, err
	}
	if err := a.Catalog.Forgive(ctx, a.limitKey("signin-account", strings.ToLower(who.Email))); err != nil {
		return Signed{}, err
	}
	return a.begin(ctx, who, from)
}

// Forgotten mails a link for a new password if the address has an open account. The answer and its time
// are the same if not, and if the account has had its links for this hour. Fault too_many for an address
// on the net that asks for very many.
func (a *Accounts) Forgotten(ctx context.Context, email string, from Client) error {
	defer a.floor(ctx)()
	if err := a.Catalog.Hit(ctx, a.limitKey("mail-address", network(from.IP)), a.MailAddress, a.Now()); err != nil {
		return err
	}
	who, err := a.Reader.StaffByEmail(ctx, strings.TrimSpace(email))
	if fault.KindOf(err) == fault.NotFound || err == nil && who.DisabledAt != nil {
		return nil
	}
	if err != nil {
		return err
	}
	return a.mailLink(ctx, who.ID)
}

// RenewLink mails another link to the owner of an ended one. Faults: not_found; too_many.
func (a *Accounts) RenewLink(ctx context.Context, token string, from Client) error {
	if err := a.Catalog.Hit(ctx, a.limitKey("mail-address", network(from.IP)), a.MailAddress, a.Now()); err != nil {
		return err
	}
	_, who, _, err := a.readLink(ctx, token)
	if err != nil {
		return err
	}
	return a.mailLink(ctx, who.ID)
}

// mailLink sends a link unless the account has had its share: then nothing, silently.
func (a *Accounts) mailLink(ctx context.Context, id uuid.UUID) error {
	err := a.Catalog.Hit(ctx, a.limitKey("mail-account", id.String()), a.MailAccount, a.Now())
	if fault.KindOf(err) == fault.TooMany {
		a.Log.Warn("no more links this hour", "staff", id)
		return nil
	}
	if err != nil {
		return err
	}
	return a.Catalog.SendLink(ctx, a.act("system", "forgotten/"+uuid.NewString()), id, a.linkEnds)
}

func (a *Accounts) linkEnds(purpose string) time.Time {
	if purpose == store.Invitation {
		return a.Now().Add(a.Invitation)
	}
	return a.Now().Add(a.Reset)
}

// floor returns a function that waits until Floor has passed since floor was called: writing a link
// takes a few milliseconds that would tell a stranger who has an account.
func (a *Accounts) floor(ctx context.Context) func() {
	if a.Floor <= 0 {
		return func() {}
	}
	wait := time.NewTimer(a.Floor)
	return func() {
		defer wait.Stop()
		select {
		case <-wait.C:
		case <-ctx.Done():
		}
	}
}

// ChangePassword sets a new password for the principal, who must know the old one. His other sessions
// end. Faults: invalid with fields old, password; too_many; forbidden for a token.
func (a *Accounts) ChangePassword(ctx context.Context, p Principal, key, old, password string) error {
	if p.Kind != Browser {
		return fault.New(fault.Forbidden, "token_scope", "scope", "session")
	}
	who, err := a.Reader.StaffByID(ctx, p.StaffID)
	if err != nil {
		return err
	}
	account := a.limitKey("signin-account", strings.ToLower(who.Email))
	if err := a.Catalog.Hit(ctx, account, a.PerAccount, a.Now()); err != nil {
		return err
	}
	ok, _, err := a.hashes.matches(ctx, old, who.PasswordHash)
	if err != nil {
		return err
	}
	if !ok {
		return &fault.Error{Kind: fault.Invalid, Code: "invalid_input", Fields: map[string]string{"old": "wrong_password"}}
	}
	if err := a.Catalog.Forgive(ctx, account); err != nil {
		return err
	}
	if err := checkNew("password", password, who); err != nil {
		return err
	}
	hash, err := a.hashes.hash(ctx, password)
	if err != nil {
		return err
	}
	return a.Catalog.ChangePassword(ctx, a.act(p.Actor(), key), who.ID, who.Generation, hash, p.SessionID)
}

func checkNew(field, password string, who store.Staff) error {
	if code := CheckPassword(password, who.Name, who.Email); code != "" {
		return &fault.Error{Kind: fault.Invalid, Code: "invalid_input", Fields: map[string]string{field: code}}
	}
	return nil
}
