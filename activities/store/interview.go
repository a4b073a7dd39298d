package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

// Interview is a session.
type Interview struct {
	bun.BaseModel `bun:"table:interview"`
	ID            uuid.UUID             `bun:"id,pk"`
	Kind          string                `bun:"kind"`
	VenueID       uuid.UUID             `bun:"venue_id"`
	Title         string                `bun:"title"`
	Zone          string                `bun:"zone"`
	StartsAt      time.Time             `bun:"starts_at"`
	EndsAt        time.Time             `bun:"ends_at"`
	SlotMinutes   int                   `bun:"slot_minutes"`
	Room          int                   `bun:"room"`
	WaitMinutes   int                   `bun:"wait_minutes"`
	Rules         hiring.CandidateRules `bun:"rules,type:jsonb"`
	State         hiring.SessionState   `bun:"state"`
	Filling       hiring.Filling        `bun:"filling"`
	Settings      hiring.PlanSettings   `bun:"settings,type:jsonb"`
	PlannedAt     *time.Time            `bun:"planned_at"`
	OwnSeats      bool                  `bun:"own_seats"` // HR set the seats: no wave goes beyond them
	CreatedBy     string                `bun:"created_by"`
	CreatedAt     time.Time             `bun:"created_at"`
	ChangedAt     time.Time             `bun:"changed_at"`
	LoadedAt      *time.Time            `bun:"loaded_at"`
	DueAt         *time.Time            `bun:"due_at"`
	AbsentAt      *time.Time            `bun:"absent_at"` // noted that no interviewer came
	Version       int                   `bun:"version"`
}

// Lane is one interviewer's time in a session.
type Lane struct {
	bun.BaseModel `bun:"table:lane"`
	ID            uuid.UUID  `bun:"id,pk"`
	InterviewID   uuid.UUID  `bun:"interview_id"`
	Number        int        `bun:"number"`
	StaffID       uuid.UUID  `bun:"staff_id"`
	ClosedAt      *time.Time `bun:"closed_at"`
	PausedAt      *time.Time `bun:"paused_at"`
}

// Slot is an arrival time with its seats.
type Slot struct {
	bun.BaseModel `bun:"table:slot"`
	InterviewID   uuid.UUID `bun:"interview_id,pk"`
	Number        int       `bun:"number,pk"`
	StartsAt      time.Time `bun:"starts_at"`
	Seats         int       `bun:"seats"`
	Taken         int       `bun:"taken"`
}

// Wave is a set of offers decided at once.
type Wave struct {
	bun.BaseModel `bun:"table:wave"`
	ID            uuid.UUID `bun:"id,pk"`
	InterviewID   uuid.UUID `bun:"interview_id"`
	Number        int       `bun:"number"`
	DecidedBy     string    `bun:"decided_by"`
	DecidedAt     time.Time `bun:"decided_at"`
}

// Offer is one member of a wave; it holds a seat until it is taken up as a booking of the same id.
type Offer struct {
	bun.BaseModel `bun:"table:offer"`
	ID            uuid.UUID `bun:"id,pk"`
	WaveID        uuid.UUID `bun:"wave_id"`
	InterviewID   uuid.UUID `bun:"interview_id"`
	ApplicationID uuid.UUID `bun:"application_id"`
	Slot          int       `bun:"slot"`
	ReplyBy       time.Time `bun:"reply_by"`
	CreatedAt     time.Time `bun:"created_at"`
}

// Interview returns one session. Fault not_found.
func (r *Reader) Interview(ctx context.Context, id uuid.UUID) (Interview, error) {
	var i Interview
	err := r.db.NewSelect().Model(&i).Where("id = ?", id).Scan(ctx)
	return i, missing(err, "interview")
}

// ForVacancy reports whether a session is for the vacancy.
func (r *Reader) ForVacancy(ctx context.Context, interview, vacancy uuid.UUID) (bool, error) {
	return r.db.NewSelect().Table("interview_vacancy").Where("interview_id = ? AND vacancy_id = ?", interview, vacancy).Exists(ctx)
}

// Slots returns a session's slots in order.
func (r *Reader) Slots(ctx context.Context, interview uuid.UUID) ([]Slot, error) {
	var list []Slot
	err := r.db.NewSelect().Model(&list).Where("interview_id = ?", interview).OrderExpr("number").Scan(ctx)
	return list, err
}

// InterviewFacts returns what the session's process needs to know, and false if there is no such
// session; the clock is there in either case.
func (r *Reader) InterviewFacts(ctx context.Context, id uuid.UUID) (hiring.InterviewFacts, bool, error) {
	var f hiring.InterviewFacts
	var err error
	if f.Clock, err = r.Clock(ctx); err != nil {
		return f, false, err
	}
	i, err := r.Interview(ctx, id)
	if fault.KindOf(err) == fault.NotFound {
		return f, false, nil
	} else if err != nil {
		return f, false, err
	}
	f.ID, f.State, f.Version, f.StartsAt, f.EndsAt = id.String(), i.State, i.Version, i.StartsAt, i.EndsAt
	if f.Over, err = r.overCalls(ctx, id); err != nil {
		return f, true, err
	}
	if i.State == hiring.SessionClosed {
		if err = r.db.NewRaw(`SELECT EXISTS (SELECT FROM interview t WHERE t.id = ? AND `+unjudged+`)`, id).Scan(ctx, &f.Unjudged); err != nil {
			return f, true, err
		}
	}
	if f.Policy, err = r.Policy(ctx); err != nil || i.Filling == hiring.FillOff {
		return f, true, err
	}
	f.Filling = i.Filling
	if i.PlannedAt != nil {
		f.PlannedAt = *i.PlannedAt
	}
	err = r.fillingFacts(ctx, id, &f)
	return f, true, err
}

// AddInterview writes a session with its vacancies, lanes and slots. It returns false, writing nothing,
// if there is one of this id. Conflict interviewer_busy when a lane's interviewer is in another session
// at that time; fault not_found for a venue, vacancy or interviewer that does not exist.
func (r *Record) AddInterview(ctx context.Context, i *Interview, vacancies []uuid.UUID, lanes []Lane, slots []Slot) (bool, error) {
	i.Version = 1
	res, err := r.tx.NewInsert().Model(i).On("CONFLICT (id) DO NOTHING").Exec(ctx)
	if violates(err, "interview_venue_id_fkey") {
		return false, fault.Missing("venue")
	} else if err != nil {
		return false, err
	}
	if n, _ := res.RowsAffected(); n == 0 {
		return false, nil
	}
	for _, v := range vacancies {
		_, err := r.tx.NewRaw(`INSERT INTO interview_vacancy VALUES (?, ?) ON CONFLICT DO NOTHING`, i.ID, v).Exec(ctx)
		if violates(err, "interview_vacancy_vacancy_id_fkey") {
			return false, fault.Missing("vacancy")
		} else if err != nil {
			return false, err
		}
	}
	for _, lane := range lanes {
		if err := r.AddLane(ctx, lane, i.StartsAt, i.EndsAt); err != nil {
			return false, err
		}
	}
	_, err = r.tx.NewInsert().Model(&slots).Exec(ctx)
	return true, err
}

// AddLane opens a lane from one time to another. Conflict interviewer_busy, fault not_found (staff).
func (r *Record) AddLane(ctx context.Context, l Lane, from, to time.Time) error {
	_, err := r.tx.NewRaw(`INSERT INTO lane (id, interview_id, number, staff_id, during) VALUES (?, ?, ?, ?, tstzrange(?, ?))`,
		l.ID, l.InterviewID, l.Number, l.StaffID, from, to).Exec(ctx)
	switch {
	case violates(err, "lane_interviewer_busy"):
		return fault.New(fault.Conflict, "interviewer_busy", "staff", l.StaffID.String())
	case violates(err, "lane_staff_id_fkey"):
		return fault.Missing("staff")
	}
	return err
}

// CloseLane ends a lane: its interviewer is free from then on. Fault not_found.
func (r *Record) CloseLane(ctx context.Context, interview, lane uuid.UUID, at time.Time) error {
	res, err := r.tx.NewRaw(`UPDATE lane SET closed_at = ? WHERE id = ? AND interview_id = ? AND closed_at IS NULL`, at, lane, interview).Exec(ctx)
	if err != nil {
		return err
	}
	if n, _ := res.RowsAffected(); n == 0 {
		return fault.Missing("lane")
	}
	return nil
}

// Lanes returns a session's lanes in order, closed ones too.
func (r *Reader) Lanes(ctx context.Context, interview uuid.UUID) ([]Lane, error) {
	var list []Lane
	err := r.db.NewSelect().Model(&list).Where("interview_id = ?", interview).OrderExpr("number").Scan(ctx)
	return list, err
}

// LockInterview locks a session for the rest of the transaction. Fault not_found.
func (r *Record) LockInterview(ctx context.Context, id uuid.UUID) (Interview, error) {
	var i Interview
	err := r.tx.NewSelect().Model(&i).Where("id = ?", id).For("UPDATE").Scan(ctx)
	return i, missing(err, "interview")
}

// SaveInterview writes a session's state back, raising its version.
func (r *Record) SaveInterview(ctx context.Context, i *Interview, at time.Time) error {
	i.Version++
	i.ChangedAt = at
	_, err := r.tx.NewUpdate().Model(i).WherePK().Column("state", "filling", "settings", "planned_at", "own_seats", "absent_at", "changed_at", "version").Exec(ctx)
	return err
}

// SetSeats changes how many may be invited to a slot; conflict seats_in_use below what is taken.
func (r *Record) SetSeats(ctx context.Context, interview uuid.UUID, slot, seats int) error {
	res, err := r.tx.NewRaw(`UPDATE slot SET seats = ? WHERE interview_id = ? AND number = ?`, seats, interview, slot).Exec(ctx)
	if violates(err, "slot_seats") {
		return fault.New(fault.Conflict, "seats_in_use")
	} else if err != nil {
		return err
	}
	if n, _ := res.RowsAffected(); n == 0 {
		return fault.Missing("slot")
	}
	return nil
}

// AddWave writes the next wave of a session with its offers.
func (r *Record) AddWave(ctx context.Context, w *Wave, offers []Offer) error {
	err := r.tx.NewRaw(`INSERT INTO wave SELECT ?, ?, coalesce(max(number), 0) + 1, ?, ? FROM wave WHERE interview_id = ? RETURNING number`,
		w.ID, w.InterviewID, w.DecidedBy, w.DecidedAt, w.InterviewID).Scan(ctx, &w.Number)
	if err != nil {
		return err
	}
	_, err = r.tx.NewInsert().Model(&offers).Exec(ctx)
	return err
}

// Invitees returns those of the applications named that are for one of the session's vacancies. They are
// not locked (the order of locks is application, then session): whoever has moved on by the time his
// application takes the offer up is judged there again, and the seat goes back.
func (r *Record) Invitees(ctx context.Context, interview uuid.UUID, ids []uuid.UUID) (map[uuid.UUID]Invitee, error) {
	var list []Invitee
	err := r.tx.NewSelect().Model(&list).ModelTableExpr("application AS application").ColumnExpr("application.*, coalesce(p.merged_into, p.id) AS surviving").
		Join("JOIN person AS p ON p.id = application.person_id").Where("application.id IN (?)", bun.List(ids)).
		Where("vacancy_id IN (SELECT vacancy_id FROM interview_vacancy WHERE interview_id = ?)", interview).Where(addressOf("p") + " <> ''").Scan(ctx)
	found := map[uuid.UUID]Invitee{}
	for _, a := range list {
		found[a.ID] = a
	}
	return found, err
}

// Invitee is an application with the person it stands for.
type Invitee struct {
	Application `bun:",extend"`
	Surviving   uuid.UUID `bun:"surviving"` // the one his records were merged into
}

// InSession returns which surviving people have a live place or an untaken offer in the session.
func (r *Record) InSession(ctx context.Context, interview uuid.UUID) (map[uuid.UUID]bool, error) {
	var ids []uuid.UUID
	err := r.tx.NewRaw(`SELECT coalesce(p.merged_into, p.id) FROM booking b JOIN person p ON p.id = b.person_id
		WHERE interview_id = ? AND state IN ('invited', 'confirmed', 'arrived', 'arrived_late', 'walk_in', 'interviewed')
		UNION SELECT coalesce(p.merged_into, p.id) FROM offer o JOIN application a ON a.id = o.application_id JOIN person p ON p.id = a.person_id
		WHERE o.interview_id = ? AND NOT EXISTS (SELECT FROM booking b WHERE b.id = o.id)`, interview, interview).Scan(ctx, &ids)
	in := map[uuid.UUID]bool{}
	for _, id := range ids {
		in[id] = true
	}
	return in, err
}

// ApplicationsIn returns the applications with an open booking or untaken offer in a session.
func (r *Record) ApplicationsIn(ctx context.Context, interview uuid.UUID) ([]uuid.UUID, error) {
	var ids []uuid.UUID
	err := r.tx.NewRaw(`SELECT application_id FROM booking WHERE interview_id = ? AND state IN ('invited', 'confirmed', 'arrived', 'arrived_late', 'walk_in')
		UNION SELECT application_id FROM offer o WHERE interview_id = ? AND NOT EXISTS (SELECT FROM booking b WHERE b.id = o.id) ORDER BY 1`,
		interview, interview).Scan(ctx, &ids)
	return ids, err
}

// FreeLanes closes every lane of a session that is called off: its interviewers are free.
func (r *Record) FreeLanes(ctx context.Context, interview uuid.UUID, at time.Time) error {
	_, err := r.tx.NewRaw(`UPDATE lane SET closed_at = ? WHERE interview_id = ? AND closed_at IS NULL`, at, interview).Exec(ctx)
	return err
}
