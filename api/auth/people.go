package auth

import (
	"context"
	"net/mail"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/staff"
)

// Zones are the time zones offered for choice: where we have people. Any other IANA zone is accepted.
var Zones = []string{
	"Europe/London", "Europe/Berlin", "Europe/Sofia", "Europe/Kaliningrad", "Europe/Minsk", "Europe/Moscow", "Europe/Samara", "Asia/Almaty",
	"Asia/Yekaterinburg", "Asia/Omsk", "Asia/Novosibirsk", "Asia/Krasnoyarsk", "Asia/Irkutsk", "Asia/Yakutsk", "Asia/Vladivostok",
}

// checkAccount judges an account's shape: name, language, zone.
func checkAccount(f *fault.Fields, name, language, zone string) {
	f.Require(name != "", "name", "required")
	f.Require(utf8.RuneCountInString(name) <= 200, "name", "too_long:200")
	f.Require(!strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f || r == utf8.RuneError }), "name", "invalid_text")
	f.Require(i18n.Known(language), "language", "invalid_choice")
	_, err := time.LoadLocation(zone)
	f.Require(err == nil && zone != "" && zone != "Local", "zone", "invalid_zone")
}

// checkRoles puts what is wrong with roles beside the field.
func checkRoles(f *fault.Fields, roles []staff.Role) {
	f.Require(len(roles) > 0, "roles", "required")
	for _, r := range roles {
		f.Require(r.Valid(), "roles", "invalid_choice")
	}
}

// checkEmail judges an address: one bare address with a dot in its domain, at most 254 characters.
func checkEmail(email string) string {
	parsed, err := mail.ParseAddress(email)
	switch {
	case email == "":
		return "required"
	case len(email) > 254:
		return "too_long:254"
	case err != nil || parsed.Address != email || !strings.Contains(email[strings.LastIndexByte(email, '@')+1:], "."):
		return "invalid_email"
	}
	return ""
}

func tidy(n *store.NewStaff) error {
	n.Email, n.Name = strings.TrimSpace(n.Email), strings.TrimSpace(n.Name)
	var f fault.Fields
	if code := checkEmail(n.Email); code != "" {
		f.Add("email", code)
	}
	checkAccount(&f, n.Name, n.Language, n.Zone)
	checkRoles(&f, n.Roles)
	return f.Err()
}

// Invite creates an account and mails its owner a link to set a password. The same key again is the
// same account. Faults: invalid with fields email, name, roles, language, zone.
func (a *Accounts) Invite(ctx context.Context, p Principal, key string, n store.NewStaff) (store.Staff, error) {
	if err := tidy(&n); err != nil {
		return store.Staff{}, err
	}
	return a.Catalog.InviteStaff(ctx, a.act(p.Actor(), key), n, a.linkEnds(store.Invitation))
}

// InviteBySystem is Invite by the operator's command line.
func (a *Accounts) InviteBySystem(ctx context.Context, key string, n store.NewStaff) (store.Staff, error) {
	if err := tidy(&n); err != nil {
		return store.Staff{}, err
	}
	return a.Catalog.InviteStaff(ctx, a.act("system", key), n, a.linkEnds(store.Invitation))
}

// Create creates an account with a password, without mail, as the system: the first administrator and
// demo companies. Faults as Invite, and field password.
func (a *Accounts) Create(ctx context.Context, key string, n store.NewStaff, password string) (store.Staff, error) {
	if err := tidy(&n); err != nil {
		return store.Staff{}, err
	}
	if err := checkNew("password", password, store.Staff{Name: n.Name, Email: n.Email}); err != nil {
		return store.Staff{}, err
	}
	hash, err := a.hashes.hash(ctx, password)
	if err != nil {
		return store.Staff{}, err
	}
	return a.Catalog.CreateStaff(ctx, a.act("system", key), n, hash)
}

// SendLink mails a new link to somebody on an administrator's word. Faults: not_found; conflict
// account_disabled.
func (a *Accounts) SendLink(ctx context.Context, p Principal, key string, id uuid.UUID) error {
	return a.Catalog.SendLink(ctx, a.act(p.Actor(), key), id, a.linkEnds)
}

// Change changes somebody's account. Faults: invalid with fields; not_found; conflict stale_form, last_admin.
func (a *Accounts) Change(ctx context.Context, p Principal, key string, id uuid.UUID, n store.StaffChange) (store.Staff, error) {
	n.Name = strings.TrimSpace(n.Name)
	var f fault.Fields
	checkAccount(&f, n.Name, n.Language, n.Zone)
	checkRoles(&f, n.Roles)
	if err := f.Err(); err != nil {
		return store.Staff{}, err
	}
	return a.Catalog.ChangeStaff(ctx, a.act(p.Actor(), key), id, n)
}

// ChangeOwn changes the principal's own name, language and zone. Faults: invalid with fields; conflict
// stale_form.
func (a *Accounts) ChangeOwn(ctx context.Context, p Principal, key string, n store.StaffChange) (store.Staff, error) {
	n.Name, n.Roles = strings.TrimSpace(n.Name), nil
	var f fault.Fields
	checkAccount(&f, n.Name, n.Language, n.Zone)
	if err := f.Err(); err != nil {
		return store.Staff{}, err
	}
	return a.Catalog.ChangeStaff(ctx, a.act(p.Actor(), key), p.StaffID, n)
}

// SetLanguage keeps the principal's choice in the language switch. Fault invalid with field language.
func (a *Accounts) SetLanguage(ctx context.Context, p Principal, language string) error {
	if !i18n.Known(language) {
		return &fault.Error{Kind: fault.Invalid, Code: "invalid_input", Fields: map[string]string{"language": "invalid_choice"}}
	}
	if p.Language == language {
		return nil
	}
	return a.Catalog.SetLanguage(ctx, a.act(p.Actor(), "language/"+uuid.NewString()), p.StaffID, language)
}

// Disable closes somebody's account; Enable opens it again. Faults: not_found; conflict last_admin.
func (a *Accounts) Disable(ctx context.Context, p Principal, key string, id uuid.UUID) error {
	return a.Catalog.DisableStaff(ctx, a.act(p.Actor(), key), id)
}

// Enable opens a disabled account again. Fault not_found.
func (a *Accounts) Enable(ctx context.Context, p Principal, key string, id uuid.UUID) error {
	return a.Catalog.EnableStaff(ctx, a.act(p.Actor(), key), id)
}

// Sessions lists the principal's live sessions.
func (a *Accounts) Sessions(ctx context.Context, p Principal) ([]store.Session, error) {
	now := a.Now()
	return a.Reader.Sessions(ctx, p.StaffID, now, now.Add(-a.Idle))
}

// EndSession ends one of the principal's sessions. Fault not_found.
func (a *Accounts) EndSession(ctx context.Context, p Principal, key string, id uuid.UUID) error {
	return a.Catalog.EndSession(ctx, a.act(p.Actor(), key), p.StaffID, id)
}

// EndOthers ends all of the principal's sessions but the one he uses.
func (a *Accounts) EndOthers(ctx context.Context, p Principal, key string) error {
	return a.Catalog.EndSessions(ctx, a.act(p.Actor(), key), p.StaffID, p.SessionID)
}
