package store

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/intake"
)

// LockBatch locks a batch for the rest of the transaction. Fault not_found.
func (r *Record) LockBatch(ctx context.Context, id uuid.UUID) (Batch, error) {
	var b Batch
	err := r.tx.NewSelect().Model(&b).Where("id = ?", id).For("UPDATE").Scan(ctx)
	return b, missing(err, "batch")
}

// SaveBatch writes a batch's state and counters back, raising its version.
func (r *Record) SaveBatch(ctx context.Context, b *Batch) error {
	b.Version++
	_, err := r.tx.NewUpdate().Model(b).WherePK().Column("state", "total", "position", "added", "joined", "repeated", "refused",
		"reverted", "kept", "finished_at", "version").Exec(ctx)
	return err
}

// DropBatchFile deletes the file behind a batch, so that erasing a person leaves nothing of him in it.
func (r *Record) DropBatchFile(ctx context.Context, b *Batch) error {
	if b.DocumentID == nil {
		return nil
	}
	file := *b.DocumentID
	b.DocumentID = nil
	if _, err := r.tx.NewUpdate().Model(b).WherePK().Column("document_id").Exec(ctx); err != nil {
		return err
	}
	_, err := r.tx.NewDelete().Model((*Document)(nil)).Where("id = ?", file).Exec(ctx)
	return err
}

// AddBatchRows writes what became of rows.
func (r *Record) AddBatchRows(ctx context.Context, rows []BatchRow) error {
	if len(rows) == 0 {
		return nil
	}
	_, err := r.tx.NewInsert().Model(&rows).Exec(ctx)
	return err
}

// ImportRow is a row of a file: what it says, or why it cannot go in with what its mapped cells say.
type ImportRow struct {
	Row   intake.Row
	Bad   *intake.RowError
	Cells map[intake.Field]string
}

// errRaced: another transaction added one of these people or applications in this moment. The step is
// tried again and finds them.
var errRaced = errors.New("another response of the same people came in at this moment")

// ImportRows takes rows of a file in, some hundreds with a handful of statements, and returns what
// became of each, in their order. People known by e-mail or telephone are joined and completed, within
// the rows too.
func (r *Record) ImportRows(ctx context.Context, b Batch, rows []ImportRow, at time.Time) ([]BatchRow, error) {
	m := importing{batch: b, at: at, people: map[uuid.UUID]*Person{}, dirty: map[uuid.UUID]bool{}, fresh: map[uuid.UUID]bool{}}
	if err := m.match(ctx, r.tx, rows); err != nil {
		return nil, err
	}
	ids := make([]uuid.UUID, 0, len(m.people))
	for id := range m.people {
		ids = append(ids, id)
	}
	var err error
	if m.applied, err = appliedTo(ctx, r.tx, *b.VacancyID, ids); err != nil {
		return nil, err
	}
	out := m.judge(rows)
	return out, m.write(ctx, r.tx)
}

type importing struct {
	batch            Batch
	at               time.Time
	byEmail, byPhone map[string]Person
	people           map[uuid.UUID]*Person
	owner            []uuid.UUID // of each row
	added            []*Person   // new people in the order of rows
	dirty            map[uuid.UUID]bool
	fresh            map[uuid.UUID]bool // new people
	applied          map[uuid.UUID]uuid.UUID

	applications []Application
	documents    []Document
	mails        []OutgoingMail
}

// match gives every good row its person, known or new.
func (m *importing) match(ctx context.Context, tx bun.Tx, rows []ImportRow) (err error) {
	var emails, phones []string
	for _, row := range rows {
		if row.Row.Email != "" {
			emails = append(emails, row.Row.Email)
		}
		if row.Row.Phone != "" {
			phones = append(phones, row.Row.Phone)
		}
	}
	if m.byEmail, m.byPhone, err = peopleBy(ctx, tx, emails, phones); err != nil {
		return err
	}
	email, phone := map[string]*Person{}, map[string]*Person{}
	m.owner = make([]uuid.UUID, len(rows))
	for i, row := range rows {
		if row.Bad != nil {
			continue
		}
		w := row.Row
		given := newPerson(w.Name, w.FirstName, w.Email, w.Phone, w.City, w.BirthYear, w.Language, m.at)
		p := m.find(w, email, phone)
		if p == nil {
			p = &given
			m.people[p.ID], m.fresh[p.ID] = p, true
			m.added = append(m.added, p)
		} else if p.fill(given) && !m.fresh[p.ID] {
			m.dirty[p.ID] = true
		}
		m.owner[i] = p.ID
		if w.Email != "" && email[w.Email] == nil {
			email[w.Email] = p
		}
		if w.Phone != "" && phone[w.Phone] == nil {
			phone[w.Phone] = p
		}
	}
	return nil
}

func (m *importing) find(w intake.Row, email, phone map[string]*Person) *Person {
	if w.Email != "" {
		if p := email[w.Email]; p != nil {
			return p
		}
		if p, ok := m.byEmail[w.Email]; ok {
			return m.adopt(p)
		}
	}
	if w.Phone != "" {
		if p := phone[w.Phone]; p != nil {
			return p
		}
		if p, ok := m.byPhone[w.Phone]; ok {
			return m.adopt(p)
		}
	}
	return nil
}

// adopt keeps one copy of a known person, so that rows see what earlier rows completed.
func (m *importing) adopt(p Person) *Person {
	if m.people[p.ID] == nil {
		m.people[p.ID] = &p
	}
	return m.people[p.ID]
}

// judge says what becomes of each row and gathers what is to be written.
func (m *importing) judge(rows []ImportRow) []BatchRow {
	out := make([]BatchRow, 0, len(rows))
	for i, row := range rows {
		line := BatchRow{BatchID: m.batch.ID, Line: row.Row.Line}
		if row.Bad != nil {
			line.Line, line.Outcome, line.Code, line.Field = row.Bad.Line, Refused, row.Bad.Code, string(row.Bad.Field)
			out = append(out, line)
			continue
		}
		p := m.people[m.owner[i]]
		if id, again := m.applied[p.ID]; again {
			line.Outcome, line.ApplicationID = Repeated, &id
			out = append(out, line)
			continue
		}
		line.Outcome = Joined
		if m.fresh[p.ID] {
			line.Outcome = Added
		}
		if len(row.Row.Notes) > 0 { // the first value that was left out
			line.Code, line.Field = row.Row.Notes[0].Code, string(row.Row.Notes[0].Field)
		}
		app := m.application(p, row.Row)
		m.applied[p.ID], line.ApplicationID = app.ID, &app.ID
		out = append(out, line)
	}
	return out
}

func (m *importing) application(p *Person, w intake.Row) Application {
	app := Application{
		ID: uuid.New(), PersonID: p.ID, VacancyID: *m.batch.VacancyID, SourceID: m.batch.SourceID, BatchID: &m.batch.ID,
		State: hiring.Responded, LinkGeneration: 1, RespondedAt: w.RespondedAt, ChangedAt: m.at, Version: 1,
	}
	if app.RespondedAt.IsZero() {
		app.RespondedAt = m.at
	}
	if note := noteOf(p, w); !note.empty() {
		doc := note.document("application/"+app.ID.String()+"/response", m.at)
		m.documents = append(m.documents, doc)
		app.CommentID = &doc.ID
	}
	m.applications = append(m.applications, app)
	if m.batch.Settings.Acknowledge && p.Email != "" {
		mail := acknowledgement(app.ID, m.at)
		mail.ID, mail.State, mail.Params = uuid.New(), "queued", map[string]string{}
		m.mails = append(m.mails, mail)
	}
	return app
}

func noteOf(p *Person, w intake.Row) ResponseNote {
	n := ResponseNote{
		Comment: w.Comment, OtherPhone: w.OtherPhone, Source: w.Source, ExperienceMonths: w.ExperienceMonths, Education: w.Education,
		ExpectedPay: w.ExpectedPay, PayCurrency: w.PayCurrency, ResumeLink: w.ResumeLink,
	}
	if w.Email != p.Email {
		n.Email = w.Email
	}
	if w.Phone != p.Phone {
		n.Phone = w.Phone
	}
	for _, e := range w.Notes {
		n.Codes = append(n.Codes, string(e.Field)+":"+e.Code)
	}
	return n
}

// write stores everything: a statement for each table.
func (m *importing) write(ctx context.Context, tx bun.Tx) error {
	if len(m.added) > 0 {
		if err := insertAll(ctx, tx, m.added, "CONFLICT (email) WHERE email <> '' AND merged_into IS NULL DO NOTHING"); err != nil {
			return err
		}
	}
	byID := func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) } // one order of locks for all
	for _, id := range slices.SortedFunc(maps.Keys(m.dirty), byID) {      // seldom many
		p := m.people[id]
		p.Version++
		if _, err := tx.NewUpdate().Model(p).WherePK().Column("email", "phone", "city", "birth_year", "language", "version").Exec(ctx); err != nil {
			return err
		}
	}
	if len(m.documents) > 0 {
		if err := insertAll(ctx, tx, m.documents, "CONFLICT (key) DO NOTHING"); err != nil {
			return err
		}
	}
	if len(m.applications) > 0 {
		if err := insertAll(ctx, tx, m.applications, "CONFLICT (person_id, vacancy_id) DO NOTHING"); err != nil {
			return err
		}
	}
	if len(m.mails) > 0 {
		return insertAll(ctx, tx, m.mails, "CONFLICT (key) DO NOTHING")
	}
	return nil
}

// insertAll inserts rows with one statement; a row that was there already is errRaced.
func insertAll[T any](ctx context.Context, tx bun.Tx, rows []T, conflict string) error {
	res, err := tx.NewInsert().Model(&rows).On(conflict).Exec(ctx)
	if err != nil {
		return err
	}
	if n, _ := res.RowsAffected(); int(n) != len(rows) {
		return errRaced
	}
	return nil
}
