package store

import (
	"context"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/intake"
)

// Batch returns one batch. Fault not_found.
func (r *Reader) Batch(ctx context.Context, id uuid.UUID) (Batch, error) {
	var b Batch
	err := r.db.NewSelect().Model(&b).Where("id = ?", id).Scan(ctx)
	return b, missing(err, "batch")
}

// Batches returns a page of batches, the newest first, of one vacancy or (nil) of all, and the cursor of
// the next. Fault invalid bad_cursor.
func (r *Reader) Batches(ctx context.Context, vacancy *uuid.UUID, p Page) ([]Batch, string, error) {
	created, id, more, err := readTimeCursor(p.Cursor)
	if err != nil {
		return nil, "", err
	}
	var list []Batch
	sel := r.db.NewSelect().Model(&list).OrderExpr("created_at DESC, id DESC").Limit(int64(p.limit()) + 1)
	if vacancy != nil {
		sel = sel.Where("vacancy_id = ?", *vacancy)
	}
	if more {
		sel = sel.Where("(created_at, id) < (?, ?)", created, id)
	}
	if err := sel.Scan(ctx); err != nil {
		return nil, "", err
	}
	list, next := cut(list, p.limit(), func(b Batch) string { return timeCursor(b.CreatedAt, b.ID) })
	return list, next, nil
}

// BatchRowQuery asks for rows of a batch in the order of lines.
type BatchRowQuery struct {
	Outcome string // "" is all
	Code    string // "" is all; "kept" lists what a revert left
	Noted   bool   // only what went in with a remark
	After   int    // line
	Limit   int
}

// BatchRowNamed is a row with the person's name, if its application is there, or with what the row said, if it was
// refused and that is still kept.
type BatchRowNamed struct {
	BatchRow     `bun:",extend"`
	Name         string
	VacancyTitle string
	VacancyCity  string
	Cells        map[intake.Field]string `bun:"cells,type:jsonb"`
}

// batchNoted are rows that went in without one of their values: its code and field are the row's.
const batchNoted = "batch_row.outcome IN (?, ?) AND batch_row.code NOT IN ('', ?)"

// BatchNoted returns how many rows of an import went in with a remark: without a usable address or date, say.
func (r *Reader) BatchNoted(ctx context.Context, id uuid.UUID) (int, error) {
	n, err := r.db.NewSelect().Model((*BatchRow)(nil)).Where("batch_id = ?", id).Where(batchNoted, Added, Joined, CodeKept).Count(ctx)
	return int(n), err
}

// BatchRows returns rows of a batch and the line to go on after, 0 at the end.
func (r *Reader) BatchRows(ctx context.Context, id uuid.UUID, q BatchRowQuery) ([]BatchRowNamed, int, error) {
	limit := Page{Limit: q.Limit}.limit()
	var list []BatchRowNamed
	sel := r.db.NewSelect().Model(&list).ModelTableExpr("batch_row AS batch_row").ColumnExpr("batch_row.*").ColumnExpr("coalesce("+shownName+", '') AS name, f.cells").
		ColumnExpr("coalesce(v.title, '') AS vacancy_title, coalesce(v.city, '') AS vacancy_city").
		Join("LEFT JOIN batch_refused AS f ON f.batch_id = batch_row.batch_id AND f.line = batch_row.line").
		Join("LEFT JOIN application AS a ON a.id = batch_row.application_id").Join("LEFT JOIN person AS p ON p.id = a.person_id").Join("LEFT JOIN vacancy AS v ON v.id = a.vacancy_id").
		Where("batch_row.batch_id = ? AND batch_row.line > ?", id, q.After).OrderExpr("batch_row.line").Limit(int64(limit) + 1)
	if q.Outcome != "" {
		sel = sel.Where("batch_row.outcome = ?", q.Outcome)
	}
	if q.Code != "" {
		sel = sel.Where("batch_row.code = ?", q.Code)
	}
	if q.Noted {
		sel = sel.Where(batchNoted, Added, Joined, CodeKept)
	}
	if err := sel.Scan(ctx); err != nil {
		return nil, 0, err
	}
	for i, row := range list {
		if row.Name == "" {
			list[i].Name = intake.WholeName(row.Cells)
		}
	}
	if len(list) > limit {
		return list[:limit], list[limit-1].Line, nil
	}
	return list, 0, nil
}

// IntakeFacts returns what a batch's process needs to know, and false if there is no such batch; the
// clock is there in either case.
func (r *Reader) IntakeFacts(ctx context.Context, id uuid.UUID) (f hiring.IntakeFacts, found bool, err error) {
	if f.Clock, err = r.Clock(ctx); err != nil {
		return f, false, err
	}
	b, err := r.Batch(ctx, id)
	if fault.KindOf(err) == fault.NotFound {
		return f, false, nil
	}
	f.ID, f.State, f.Position = id.String(), b.State, b.Position
	return f, err == nil, err
}

// Known tells which of these contacts belong to known people who have (applied) or have not applied to
// the vacancy yet, for the preview of a file: by e-mail or telephone, who it is and whether he applied.
type Known struct {
	Person  uuid.UUID
	Applied bool
	Name    string
}

// KnownContacts looks contacts up for a preview, at once for a whole file.
func (r *Reader) KnownContacts(ctx context.Context, vacancy uuid.UUID, emails, phones []string) (byEmail, byPhone map[string]Known, err error) {
	byEmail, byPhone = map[string]Known{}, map[string]Known{}
	people, others, err := peopleBy(ctx, r.db, emails, phones)
	if err != nil || len(people)+len(others) == 0 {
		return byEmail, byPhone, err
	}
	ids := []uuid.UUID{}
	for _, m := range []map[string]Person{people, others} {
		for _, p := range m {
			ids = append(ids, p.ID)
		}
	}
	applied, err := appliedTo(ctx, r.db, vacancy, ids)
	for contact, p := range people {
		byEmail[contact] = Known{p.ID, applied[p.ID] != uuid.Nil, p.Name}
	}
	for contact, p := range others {
		byPhone[contact] = Known{p.ID, applied[p.ID] != uuid.Nil, p.Name}
	}
	return byEmail, byPhone, err
}

// ProbablyKnown returns, by their place in the list, the identities that are probably people known under
// other contacts.
func (r *Reader) ProbablyKnown(ctx context.Context, of []intake.Identity) (map[int][]Person, error) {
	return probable(ctx, r.db, of, nil)
}

// appliedTo returns the applications these people have to the vacancy, under any of their records.
func appliedTo(ctx context.Context, db bun.IDB, vacancy uuid.UUID, people []uuid.UUID) (map[uuid.UUID]uuid.UUID, error) {
	out := map[uuid.UUID]uuid.UUID{}
	if len(people) == 0 {
		return out, nil
	}
	var rows []struct{ ID, PersonID uuid.UUID }
	err := db.NewRaw(`SELECT a.id, coalesce(p.merged_into, p.id) AS person_id FROM person p JOIN application a ON a.person_id = p.id AND a.vacancy_id = ?
		WHERE p.id IN (?) OR p.merged_into IN (?)`, vacancy, bun.List(people), bun.List(people)).Scan(ctx, &rows)
	for _, row := range rows {
		out[row.PersonID] = row.ID
	}
	return out, err
}
