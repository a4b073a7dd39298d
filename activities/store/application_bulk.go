package store

import (
	"context"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/hiring"
)

// MatchingApplications returns the applications a filter meets, in the order of its list, at most so many.
func (r *Reader) MatchingApplications(ctx context.Context, f ApplicationFilter, most int) (ids []uuid.UUID, err error) {
	q, err := f.apply(r.db.NewSelect().Table("application").Column("id"))
	if err != nil {
		return nil, err
	}
	err = q.OrderExpr("application.responded_at DESC, application.id DESC").Limit(int64(most)).Scan(ctx, &ids)
	return ids, err
}

// CountMatching counts the applications a filter meets, up to most: counting a million would tell nobody anything.
func (r *Reader) CountMatching(ctx context.Context, f ApplicationFilter, most int) (int, error) {
	q, err := f.apply(r.db.NewSelect().Table("application").ColumnExpr("1"))
	if err != nil {
		return 0, err
	}
	n, err := r.db.NewSelect().TableExpr("(?) AS matching", q.Limit(int64(most))).Count(ctx)
	return int(n), err
}

// StatesOf counts in which states these applications are.
func (r *Reader) StatesOf(ctx context.Context, ids []uuid.UUID) (map[hiring.State]int, error) {
	counts := map[hiring.State]int{}
	if len(ids) == 0 {
		return counts, nil
	}
	var rows []struct {
		State hiring.State
		N     int
	}
	err := r.db.NewSelect().Table("application").ColumnExpr("state, count(*) AS n").Where("id IN (?)", bun.List(ids)).Group("state").Scan(ctx, &rows)
	for _, row := range rows {
		counts[row.State] = row.N
	}
	return counts, err
}

// DoneRows returns the rows of a bulk change that were done, from the given place on, in the order of lines.
func (r *Record) DoneRows(ctx context.Context, batch uuid.UUID, from, most int) (rows []BatchRow, err error) {
	err = r.tx.NewSelect().Model(&rows).Where("batch_id = ? AND outcome IN (?)", batch, bun.List([]string{Rejected, Shortlisted})).
		OrderExpr("line").Offset(int64(from)).Limit(int64(most)).Scan(ctx)
	return rows, err
}

// MarkKept notes that taking a batch back left a row as it was.
func (r *Record) MarkKept(ctx context.Context, batch uuid.UUID, line int) error {
	_, err := r.tx.NewRaw("UPDATE batch_row SET code = ? WHERE batch_id = ? AND line = ?", CodeKept, batch, line).Exec(ctx)
	return err
}
