package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
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

// StaffByID returns one member of staff, disabled or not. Fault not_found.
func (r *Reader) StaffByID(ctx context.Context, id uuid.UUID) (Staff, error) {
	var s Staff
	err := r.db.NewSelect().Model(&s).Where("id = ?", id).Scan(ctx)
	return s, missing(err, "staff")
}
