package store

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/staff"
)

// StaffChange is what an account is to become. The caller has checked the shape of each.
type StaffChange struct {
	Version              int // as the form showed it
	Name, Language, Zone string
	Roles                []staff.Role // nil leaves them: one's own account
}

type changed struct {
	Changed []string `json:"changed,omitempty"` // names of columns
	Roles   []string `json:"roles,omitempty"`   // as they are after a change of roles
}

// ChangeStaff changes an account and returns it as it then is. Faults: not_found; conflict stale_form
// if it has changed since Version; conflict last_admin if nobody could administer afterwards.
func (c *Catalog) ChangeStaff(ctx context.Context, act Act, id uuid.UUID, n StaffChange) (Staff, error) {
	if err := CheckText(n.Name, n.Language, n.Zone); err != nil {
		return Staff{}, err
	}
	roles := roleTexts(n.Roles)
	if n.Roles != nil {
		if err := staff.CheckRoles(n.Roles); err != nil {
			return Staff{}, err
		}
	}
	var out changed
	args := map[string]any{"version": n.Version, "language": n.Language, "zone": n.Zone}
	if n.Roles != nil {
		args["roles"] = roles
	}
	s, repeated, err := c.onStaff(ctx, act, id, "staff.change", args, &out, func(ctx context.Context, tx bun.Tx, s *Staff) error {
		if s.Version != n.Version {
			return fault.New(fault.Conflict, "stale_form")
		}
		was := *s
		note := func(what string, differs bool) {
			if differs {
				out.Changed = append(out.Changed, what)
			}
		}
		note("name", s.Name != n.Name)
		note("language", s.Language != n.Language)
		note("zone", s.Zone != n.Zone)
		s.Name, s.Language, s.Zone = n.Name, n.Language, n.Zone
		if n.Roles != nil && !slices.Equal(s.Roles, roles) {
			note("roles", true)
			s.Roles, out.Roles = roles, roles
		}
		s.Version++
		if was.administers() && !s.administers() {
			if err := anotherAdmin(ctx, tx, id); err != nil {
				return err
			}
		}
		_, err := tx.NewUpdate().Model(s).Column("name", "language", "zone", "roles", "version").WherePK().Exec(ctx)
		return err
	})
	if err == nil && repeated && s.Name != n.Name && s.Version == n.Version+1 {
		return s, fault.New(fault.Invalid, "key_reused") // the name is not among the hashed arguments
	}
	return s, err
}

// SetLanguage keeps the person's choice of language. Fault not_found.
func (c *Catalog) SetLanguage(ctx context.Context, act Act, id uuid.UUID, language string) error {
	if err := CheckText(language); err != nil {
		return err
	}
	var out changed
	_, _, err := c.onStaff(ctx, act, id, "staff.change", map[string]any{"language": language}, &out, func(ctx context.Context, tx bun.Tx, s *Staff) error {
		out.Changed = []string{"language"}
		_, err := tx.NewUpdate().Model(s).Set("language = ?, version = version + 1", language).WherePK().Exec(ctx)
		return err
	})
	return err
}

// DisableStaff closes an account: its sessions end, its tokens are revoked. Disabled already: nothing
// more happens. Faults: not_found; conflict last_admin if nobody could administer afterwards.
func (c *Catalog) DisableStaff(ctx context.Context, act Act, id uuid.UUID) error {
	var out struct{}
	_, _, err := c.onStaff(ctx, act, id, "staff.disable", nil, &out, func(ctx context.Context, tx bun.Tx, s *Staff) error {
		if s.DisabledAt != nil {
			return nil
		}
		if s.administers() {
			if err := anotherAdmin(ctx, tx, id); err != nil {
				return err
			}
		}
		if _, err := tx.NewUpdate().Model(s).Set("disabled_at = ?, version = version + 1", act.Wall).WherePK().Exec(ctx); err != nil {
			return err
		}
		if err := endSessions(ctx, tx, id, uuid.Nil); err != nil {
			return err
		}
		_, err := tx.NewUpdate().Model((*APIToken)(nil)).Set("revoked_at = ?", act.Wall).Where("staff_id = ? AND revoked_at IS NULL", id).Exec(ctx)
		return err
	})
	return err
}

// EnableStaff opens a disabled account again; its tokens stay revoked. Fault not_found.
func (c *Catalog) EnableStaff(ctx context.Context, act Act, id uuid.UUID) error {
	var out struct{}
	_, _, err := c.onStaff(ctx, act, id, "staff.enable", nil, &out, func(ctx context.Context, tx bun.Tx, s *Staff) error {
		if s.DisabledAt == nil {
			return nil
		}
		_, err := tx.NewUpdate().Model(s).Set("disabled_at = NULL, version = version + 1").WherePK().Exec(ctx)
		return err
	})
	return err
}

// anotherAdmin is nil if somebody but id can sign in and administer, else conflict last_admin. Two
// administrators who remove each other at once hold different rows, so the question itself takes a
// lock: the second asks after the first has committed.
func anotherAdmin(ctx context.Context, tx bun.Tx, id uuid.UUID) error {
	if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(7382914651)"); err != nil {
		return err
	}
	n, err := tx.NewSelect().Model((*Staff)(nil)).
		Where("id <> ? AND disabled_at IS NULL AND password_hash <> '' AND ? = ANY(roles)", id, string(staff.Admin)).Count(ctx)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Conflict, "last_admin")
	}
	return nil
}
