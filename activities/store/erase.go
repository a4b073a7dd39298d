package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// eraseAt returns when the person's data are to be erased; nil if nobody asked.
func (r *Reader) eraseAt(ctx context.Context, person uuid.UUID) (*time.Time, error) {
	var at *time.Time
	err := r.db.NewSelect().Table("person").Column("erase_at").Where("id = ?", person).Scan(ctx, &at)
	return at, err
}

// samePerson are the ids of a person: the one others were merged into, and all those.
const samePerson = `WITH root AS (SELECT coalesce(merged_into, id) AS id FROM person WHERE id = ?)
	SELECT id FROM person WHERE id IN (SELECT id FROM root) OR merged_into IN (SELECT id FROM root)`

// LockPersonsApplications locks the person, with the records merged into one with his, and returns all
// his applications under lock, in the order of their ids.
func (r *Record) LockPersonsApplications(ctx context.Context, person uuid.UUID) ([]Application, error) {
	ids, err := r.lockPerson(ctx, person)
	if err != nil {
		return nil, err
	}
	var apps []Application
	err = r.tx.NewSelect().Model(&apps).Where("person_id IN (?)", bun.List(ids)).OrderExpr("id").For("UPDATE").Scan(ctx)
	return apps, err
}

func (r *Record) lockPerson(ctx context.Context, person uuid.UUID) ([]uuid.UUID, error) {
	var ids []uuid.UUID
	err := r.tx.NewRaw("SELECT id FROM person WHERE id IN ("+samePerson+") ORDER BY id FOR UPDATE", person).Scan(ctx, &ids)
	return ids, err
}

// SetErase sets when the person is erased, or takes it back (nil). An erased person stays erased.
func (r *Record) SetErase(ctx context.Context, person uuid.UUID, at *time.Time) error {
	_, err := r.tx.NewRaw("UPDATE person SET erase_at = ?, version = version + 1 WHERE erased_at IS NULL AND erase_at IS DISTINCT FROM ? AND id IN ("+samePerson+")",
		at, at, person).Exec(ctx)
	return err
}

// Erase makes numbered stubs of the person's records, deletes the documents that he wrote or that were
// written about him, and ends his links; it returns the stub's number. What was decided, scored and
// attended stays as figures. Fault not_found if no erasing is planned any more.
func (r *Record) Erase(ctx context.Context, person uuid.UUID, at time.Time) (int, error) {
	ids, err := r.lockPerson(ctx, person)
	if err != nil {
		return 0, err
	}
	var number int
	err = r.tx.NewRaw("SELECT nextval('person_erased_number') FROM person WHERE id = ? AND erase_at IS NOT NULL AND erased_at IS NULL", person).Scan(ctx, &number)
	if err != nil {
		return 0, missing(err, "person")
	}
	if err := r.dropRefusedOf(ctx, ids); err != nil {
		return 0, err
	}
	people := bun.List(ids)
	applications := r.tx.NewSelect().Table("application").Column("id").Where("person_id IN (?)", people)
	// One statement finds all documents before the references to them go.
	var documents []uuid.UUID
	err = r.tx.NewRaw(`SELECT comment_id FROM application WHERE person_id IN (?) AND comment_id IS NOT NULL
		UNION SELECT note_id FROM scorecard WHERE application_id IN (?) AND note_id IS NOT NULL
		UNION SELECT note_id FROM decision WHERE application_id IN (?) AND note_id IS NOT NULL`,
		people, applications, applications).Scan(ctx, &documents)
	if err != nil {
		return 0, err
	}
	for _, statement := range []struct {
		text string
		args []any
	}{
		{"UPDATE scorecard SET note_id = NULL WHERE application_id IN (?)", []any{applications}},
		{"UPDATE decision SET note_id = NULL WHERE application_id IN (?)", []any{applications}},
		{
			"UPDATE application SET comment_id = NULL, link_generation = link_generation + 1, changed_at = ?, version = version + 1 WHERE person_id IN (?)",
			[]any{at, people},
		},
		{
			`UPDATE person SET name = ?, first_name = '', email = '', phone = '', city = '', birth_year = NULL, name_key = '',
				erase_at = NULL, erased_at = ?, version = version + 1 WHERE id IN (?)`,
			[]any{fmt.Sprintf("#%d", number), at, people},
		},
	} {
		if _, err := r.tx.NewRaw(statement.text, statement.args...).Exec(ctx); err != nil {
			return 0, err
		}
	}
	if len(documents) > 0 {
		_, err = r.tx.NewDelete().Model((*Document)(nil)).Where("id IN (?)", bun.List(documents)).Exec(ctx)
	}
	return number, err
}
