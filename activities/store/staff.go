package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/staff"
)

// Staff is someone who works here.
type Staff struct {
	bun.BaseModel `bun:"table:staff"`
	ID            uuid.UUID  `bun:"id,pk"`
	Email         string     `bun:"email"`
	Name          string     `bun:"name"`
	Roles         []string   `bun:"roles,array"`
	Language      string     `bun:"language"`
	Zone          string     `bun:"zone"`
	PasswordHash  string     `bun:"password_hash"`
	Generation    int        `bun:"generation"`
	DisabledAt    *time.Time `bun:"disabled_at"`
	CreatedAt     time.Time  `bun:"created_at"`
	Version       int        `bun:"version"`
}

// Invited reports whether the person has yet to set a password.
func (s Staff) Invited() bool { return s.PasswordHash == "" && s.DisabledAt == nil }

// Has reports whether the person has the role.
func (s Staff) Has(r staff.Role) bool { return slices.Contains(s.Roles, string(r)) }

// administers reports whether the person can sign in and administer now.
func (s Staff) administers() bool {
	return s.DisabledAt == nil && s.PasswordHash != "" && s.Has(staff.Admin)
}

// StaffByID returns one member of staff, disabled or not. Fault not_found.
func (r *Reader) StaffByID(ctx context.Context, id uuid.UUID) (Staff, error) {
	var s Staff
	err := r.db.NewSelect().Model(&s).Where("id = ?", id).Scan(ctx)
	return s, missing(err, "staff")
}

// StaffByEmail returns one member of staff by address, whatever its case. Fault not_found.
func (r *Reader) StaffByEmail(ctx context.Context, email string) (Staff, error) {
	var s Staff
	if err := CheckText(email); err != nil {
		return s, fault.Missing("staff")
	}
	err := r.db.NewSelect().Model(&s).Where("lower(email) = lower(?)", email).Scan(ctx)
	return s, missing(err, "staff")
}

// StaffQuery asks for a page of the staff list. The zero value asks for the first 50 who are not disabled.
type StaffQuery struct {
	Search   string // part of the name or address, any case
	Role     staff.Role
	Disabled bool   // the disabled instead of the others
	Cursor   string // from the page before
	Limit    int    // 1 to 200; 0 is 50
}

// StaffList returns a page by name and the cursor of the next, "" at the end. Fault invalid bad_cursor.
func (r *Reader) StaffList(ctx context.Context, q StaffQuery) (list []Staff, next string, err error) {
	if err := CheckText(q.Search); err != nil {
		return nil, "", err
	}
	after, err := readCursor(q.Cursor, 2)
	if err != nil {
		return nil, "", err
	}
	limit := pageSize(q.Limit)
	sel := r.db.NewSelect().Model(&list).OrderExpr("lower(name), id").Limit(int64(limit) + 1)
	if q.Disabled {
		sel = sel.Where("disabled_at IS NOT NULL")
	} else {
		sel = sel.Where("disabled_at IS NULL")
	}
	if q.Search != "" {
		sel = sel.Where("strpos(lower(name), lower(?0)) > 0 OR strpos(lower(email), lower(?0)) > 0", q.Search)
	}
	if q.Role != "" {
		sel = sel.Where("? = ANY(roles)", string(q.Role))
	}
	if after != nil {
		id, err := uuid.Parse(after[1])
		if err != nil {
			return nil, "", fault.New(fault.Invalid, "bad_cursor")
		}
		sel = sel.Where("(lower(name), id) > (?, ?)", after[0], id)
	}
	if err := sel.Scan(ctx); err != nil {
		return nil, "", err
	}
	if len(list) > limit {
		list = list[:limit]
		last := list[limit-1]
		// The name's lower case is the database's own: Go's may differ for a few letters.
		var name string
		if err := r.db.NewRaw("SELECT lower(?)", last.Name).Scan(ctx, &name); err != nil {
			return nil, "", err
		}
		next = cursor(name, last.ID.String())
	}
	return list, next, nil
}

// pageSize bounds a list's limit.
func pageSize(n int) int {
	if n <= 0 {
		return 50
	}
	return min(n, 200)
}

// NewStaff is what an account begins with. The caller has checked the shape of each.
type NewStaff struct {
	Email, Name, Language, Zone string
	Roles                       []staff.Role
}

// accountSpace makes an account's id from the actor and key of the command that creates it, so that
// the command given twice is about the same account.
var accountSpace = uuid.MustParse("5f0c2b8e-6f0e-4f39-9a52-6a4d0c1b7e11")

type linked struct {
	Link string `json:"link,omitempty"`
}

// InviteStaff creates an account without a password, a one-time link until expires (wall time), and
// queues the mail that carries it. Fault invalid with field email "taken"; invalid key_reused if the
// key created somebody else.
func (c *Catalog) InviteStaff(ctx context.Context, act Act, n NewStaff, expires time.Time) (Staff, error) {
	return c.newStaff(ctx, act, n, "staff.invite", "", func(ctx context.Context, tx bun.Tx, s *Staff, out *linked) error {
		id, err := addLink(ctx, tx, act, s.ID, Invitation, expires)
		out.Link = id.String()
		return err
	})
}

// CreateStaff creates an account with a password's hash: the first administrator, a demo company.
// Faults as InviteStaff.
func (c *Catalog) CreateStaff(ctx context.Context, act Act, n NewStaff, passwordHash string) (Staff, error) {
	return c.newStaff(ctx, act, n, "staff.create", passwordHash, func(context.Context, bun.Tx, *Staff, *linked) error { return nil })
}

func (c *Catalog) newStaff(ctx context.Context, act Act, n NewStaff, step, passwordHash string,
	more func(context.Context, bun.Tx, *Staff, *linked) error,
) (s Staff, err error) {
	if err := CheckText(n.Email, n.Name, n.Language, n.Zone); err != nil {
		return s, err
	}
	if err := staff.CheckRoles(n.Roles); err != nil {
		return s, err
	}
	id := uuid.NewSHA1(accountSpace, []byte(act.Actor+"\x00"+act.Key))
	made := Staff{
		ID: id, Email: n.Email, Name: n.Name, Roles: roleTexts(n.Roles), Language: n.Language, Zone: n.Zone,
		PasswordHash: passwordHash, Generation: 1, CreatedAt: act.Wall, Version: 1,
	}
	err = c.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewInsert().Model(&made).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
			return err
		}
		if s, err = lockStaff(ctx, tx, id); err != nil {
			if fault.KindOf(err) == fault.NotFound { // not by id, so the conflict was the address
				return &fault.Error{Kind: fault.Invalid, Code: "invalid_input", Fields: map[string]string{"email": "taken"}}
			}
			return err
		}
		var out linked
		// Neither name nor address is among the arguments: the journal keeps their hash for ever, and
		// a hash of an address can be guessed.
		args := map[string]any{"roles": made.Roles, "language": n.Language, "zone": n.Zone}
		repeated, err := once(ctx, tx, act.entry(id, step, args), &out, func() error { return more(ctx, tx, &s, &out) })
		if err == nil && repeated && !strings.EqualFold(s.Email, n.Email) {
			return fault.New(fault.Invalid, "key_reused")
		}
		return err
	})
	return s, err
}

func roleTexts(roles []staff.Role) []string {
	texts := make([]string, 0, len(roles))
	for _, r := range staff.Roles { // one order, each once
		if slices.Contains(roles, r) {
			texts = append(texts, string(r))
		}
	}
	return texts
}

// StaffNames returns the names of these accounts; unknown ids are absent.
func (r *Reader) StaffNames(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]string, error) {
	names := map[uuid.UUID]string{}
	if len(ids) == 0 {
		return names, nil
	}
	var rows []Staff
	if err := r.db.NewSelect().Model(&rows).Column("id", "name").Where("id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return nil, err
	}
	for _, s := range rows {
		names[s.ID] = s.Name
	}
	return names, nil
}
