package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/intake"
)

// LeftoverDays is how long a file that nobody took in, and what the refused rows of an import said, are kept: time
// enough to mend them, and no longer, since both are full of people.
const LeftoverDays = 14

// refusedRow is what a refused row said.
type refusedRow struct {
	bun.BaseModel `bun:"table:batch_refused"`
	BatchID       uuid.UUID               `bun:"batch_id,pk"`
	Line          int                     `bun:"line,pk"`
	Cells         map[intake.Field]string `bun:"cells,type:jsonb"`
	NameKey       string                  `bun:"name_key"`
}

// AddRefused keeps what the refused among these rows of a file said.
func (r *Record) AddRefused(ctx context.Context, batch uuid.UUID, rows []ImportRow) error {
	var list []refusedRow
	for _, row := range rows {
		if row.Bad != nil && len(row.Cells) > 0 {
			list = append(list, refusedRow{BatchID: batch, Line: row.Bad.Line, Cells: row.Cells, NameKey: intake.NameKey(intake.WholeName(row.Cells))})
		}
	}
	if len(list) == 0 {
		return nil
	}
	_, err := r.tx.NewInsert().Model(&list).Exec(ctx)
	return err
}

// DropRefused forgets what a batch's refused rows said.
func (r *Record) DropRefused(ctx context.Context, batch uuid.UUID) error {
	_, err := r.tx.NewRaw("DELETE FROM batch_refused WHERE batch_id = ?", batch).Exec(ctx)
	return err
}

// dropRefusedOf forgets the refused rows that may be about these people: by name, address or the last ten digits of
// a telephone. A refused row is nobody's, so a namesake's may go too; that costs a hint, keeping one costs a promise.
func (r *Record) dropRefusedOf(ctx context.Context, people []uuid.UUID) error {
	_, err := r.tx.NewRaw(`DELETE FROM batch_refused r USING person p WHERE p.id IN (?) AND (
		p.name_key <> '' AND r.name_key = p.name_key
		OR p.email <> '' AND position(lower(p.email) IN lower(r.cells::text)) > 0
		OR p.phone <> '' AND position(right(regexp_replace(p.phone, '\D', '', 'g'), 10) IN regexp_replace(r.cells::text, '\D', '', 'g')) > 0)`,
		bun.List(people)).Exec(ctx)
	return err
}

// SweepRefused forgets what refused rows of imports that ended before said, and returns how many it forgot.
func (c *Catalog) SweepRefused(ctx context.Context, before time.Time) (int, error) {
	res, err := c.db.NewRaw("DELETE FROM batch_refused r USING batch b WHERE b.id = r.batch_id AND b.finished_at < ?", before).Exec(ctx)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	return int(n), err
}
