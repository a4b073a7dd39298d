package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

// Application is one person's application to one vacancy.
type Application struct {
	bun.BaseModel  `bun:"table:application"`
	ID             uuid.UUID       `bun:"id,pk"`
	PersonID       uuid.UUID       `bun:"person_id"`
	VacancyID      uuid.UUID       `bun:"vacancy_id"`
	SourceID       *uuid.UUID      `bun:"source_id"`
	BatchID        *uuid.UUID      `bun:"batch_id"`
	State          hiring.State    `bun:"state"`
	Decision       hiring.Decision `bun:"decision"`
	Reason         string          `bun:"reason"`
	Rank           *int            `bun:"rank"`
	CommentID      *uuid.UUID      `bun:"comment_id"`
	ConsentAt      *time.Time      `bun:"consent_at"`
	ConsentVersion string          `bun:"consent_version"`
	LinkGeneration int             `bun:"link_generation"`
	RespondedAt    time.Time       `bun:"responded_at"`
	ChangedAt      time.Time       `bun:"changed_at"`
	LoadedAt       *time.Time      `bun:"loaded_at"`
	DueAt          *time.Time      `bun:"due_at"`
	Version        int             `bun:"version"`
}

// Scorecard is one interviewer's judgement of one application.
type Scorecard struct {
	bun.BaseModel  `bun:"table:scorecard"`
	ID             uuid.UUID      `bun:"id,pk"`
	ApplicationID  uuid.UUID      `bun:"application_id"`
	BookingID      *uuid.UUID     `bun:"booking_id"`
	StaffID        uuid.UUID      `bun:"staff_id"`
	Scores         map[string]int `bun:"scores,type:jsonb"`
	Recommendation string         `bun:"recommendation"`
	NoteID         *uuid.UUID     `bun:"note_id"`
	FiledAt        time.Time      `bun:"filed_at"`
}

// Decision is what was decided; undone ones stay.
type Decision struct {
	bun.BaseModel `bun:"table:decision"`
	ID            uuid.UUID       `bun:"id,pk"`
	ApplicationID uuid.UUID       `bun:"application_id"`
	Decision      hiring.Decision `bun:"decision"`
	Reason        string          `bun:"reason"`
	NoteID        *uuid.UUID      `bun:"note_id"`
	PreviousState hiring.State    `bun:"previous_state"`
	DecidedBy     string          `bun:"decided_by"`
	DecidedAt     time.Time       `bun:"decided_at"`
	UndoneBy      string          `bun:"undone_by"`
	UndoneAt      *time.Time      `bun:"undone_at"`
}

// Application returns one application. Fault not_found.
func (r *Reader) Application(ctx context.Context, id uuid.UUID) (Application, error) {
	var a Application
	err := r.db.NewSelect().Model(&a).Where("id = ?", id).Scan(ctx)
	return a, missing(err, "application")
}

// ApplicationFacts returns what the application's process needs to know, and false if there is no such
// application; the clock is there in either case.
func (r *Reader) ApplicationFacts(ctx context.Context, id uuid.UUID) (hiring.ApplicationFacts, bool, error) {
	var f hiring.ApplicationFacts
	var err error
	if f.Clock, err = r.Clock(ctx); err != nil {
		return f, false, err
	}
	a, err := r.Application(ctx, id)
	if fault.KindOf(err) == fault.NotFound {
		return f, false, nil
	} else if err != nil {
		return f, false, err
	}
	f.ID, f.State, f.Version = id.String(), a.State, a.Version
	if f.Policy, err = r.Policy(ctx); err != nil {
		return f, false, err
	}
	erase, err := r.eraseAt(ctx, a.PersonID)
	if err != nil {
		return f, false, err
	}
	if erase != nil {
		f.EraseAt = *erase
	}
	if err = r.db.NewRaw(`SELECT id FROM offer WHERE application_id = ? AND NOT EXISTS (SELECT FROM booking WHERE booking.id = offer.id)
		ORDER BY created_at, id`, id).Scan(ctx, &f.Offers); err != nil {
		return f, false, err
	}
	var open []struct {
		Booking    `bun:",extend"`
		SessionOff bool
		MetAt      *time.Time
		Unmet      bool
		Sending    hiring.Sending
	}
	err = r.db.NewSelect().Model(&open).ModelTableExpr("booking AS booking").ColumnExpr("booking.*").
		ColumnExpr("EXISTS (SELECT FROM interview i WHERE i.id = booking.interview_id AND i.state = 'cancelled') AS session_off").
		ColumnExpr("(SELECT max(c.ended_at) FROM call c WHERE c.booking_id = booking.id AND c.outcome IN ('done', 'forgotten')) AS met_at").
		ColumnExpr(unmet+" AS unmet").ColumnExpr(sending+" AS sending").
		Where("application_id = ?", id).Where("state IN (?)", bun.List(openStates)).OrderExpr("starts_at, id").Scan(ctx)
	for _, b := range open {
		fact := hiring.BookingFact{
			ID: b.ID.String(), State: b.State, Version: b.Version, StartsAt: b.StartsAt, BookedAt: b.BookedAt,
			RemindedDay: b.RemindedDay, RemindedHours: b.RemindedHours, SessionOff: b.SessionOff, Sending: b.Sending,
		}
		if b.ReplyBy != nil {
			fact.ReplyBy = *b.ReplyBy
		}
		fact.Unmet = b.Unmet
		if b.MetAt != nil {
			fact.MetAt = *b.MetAt
		}
		if b.LateMinutes != nil {
			fact.LateMinutes = *b.LateMinutes
		}
		f.Bookings = append(f.Bookings, fact)
	}
	return f, true, err
}

// LockApplication locks the person (the record and the one it was merged into, so that all records of one person take
// turns) and then the application for the rest of the transaction and returns the application. Fault not_found. NO KEY, so that a session's step, which holds its session,
// may write an offer that refers to them: else the two would wait for each other.
func (r *Record) LockApplication(ctx context.Context, id uuid.UUID) (Application, error) {
	var a Application
	var people []lockedPerson
	err := r.tx.NewRaw(`SELECT id, merged_into FROM person WHERE id = (SELECT person_id FROM application WHERE id = ?)
		OR id = (SELECT p.merged_into FROM application a JOIN person p ON p.id = a.person_id WHERE a.id = ?) ORDER BY id FOR NO KEY UPDATE`, id, id).Scan(ctx, &people)
	if err != nil {
		return a, err
	}
	held := map[uuid.UUID]bool{}
	for _, p := range people {
		held[p.ID] = true
	}
	for _, p := range people {
		if p.MergedInto != nil && !held[*p.MergedInto] { // merged while this waited: the step is tried again
			return a, errRaced
		}
	}
	return r.LockOther(ctx, id)
}

// SaveApplication writes the application's state back, raising its version.
func (r *Record) SaveApplication(ctx context.Context, a *Application, at time.Time) error {
	a.Version++
	a.ChangedAt = at
	_, err := r.tx.NewUpdate().Model(a).WherePK().
		Column("state", "decision", "reason", "rank", "link_generation", "changed_at", "version").Exec(ctx)
	return err
}

// NoteProcess records when the process last read its application and when it will act next (nil: nothing
// awaited), for Reconcile.
func (r *Record) NoteProcess(ctx context.Context, table string, id uuid.UUID, loaded time.Time, due *time.Time) error {
	_, err := r.tx.NewUpdate().Table(table).Set("loaded_at = ?, due_at = ?", loaded, due).Where("id = ?", id).Exec(ctx)
	return err
}

// Offer returns an offer to the application. Fault not_found.
func (r *Record) Offer(ctx context.Context, application, id uuid.UUID) (Offer, error) {
	var o Offer
	err := r.tx.NewSelect().Model(&o).Where("id = ? AND application_id = ?", id, application).Scan(ctx)
	return o, missing(err, "offer")
}

// AddScorecard files a scorecard; conflict already_filed if this interviewer has one on the application.
func (r *Record) AddScorecard(ctx context.Context, s *Scorecard) error {
	res, err := r.tx.NewInsert().Model(s).On("CONFLICT (application_id, staff_id) DO NOTHING").Exec(ctx)
	if err != nil {
		return err
	}
	if n, _ := res.RowsAffected(); n == 0 {
		return fault.New(fault.Conflict, "already_filed")
	}
	return nil
}

// Scorecards returns the scorecards filed on an application, the earliest first.
func (r *Reader) Scorecards(ctx context.Context, application uuid.UUID) ([]Scorecard, error) {
	var list []Scorecard
	err := r.db.NewSelect().Model(&list).Where("application_id = ?", application).OrderExpr("filed_at, id").Scan(ctx)
	return list, err
}

// AddDecision writes a decision.
func (r *Record) AddDecision(ctx context.Context, d *Decision) error {
	_, err := r.tx.NewInsert().Model(d).Exec(ctx)
	return err
}

// LiveDecision returns the decision in force. Fault not_found.
func (r *Reader) LiveDecision(ctx context.Context, application uuid.UUID) (Decision, error) {
	var d Decision
	err := r.db.NewSelect().Model(&d).Where("application_id = ? AND undone_at IS NULL", application).Scan(ctx)
	return d, missing(err, "decision")
}

// UndoDecision marks a decision undone.
func (r *Record) UndoDecision(ctx context.Context, id uuid.UUID, by string, at time.Time) error {
	_, err := r.tx.NewUpdate().Model((*Decision)(nil)).Set("undone_by = ?, undone_at = ?", by, at).Where("id = ?", id).Exec(ctx)
	return err
}
