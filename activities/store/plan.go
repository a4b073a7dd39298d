package store

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/hiring"
)

// Plan is what the planner said of a session at one moment, and what became of it.
type Plan struct {
	bun.BaseModel `bun:"table:plan"`
	ID            uuid.UUID              `bun:"id,pk"`
	InterviewID   uuid.UUID              `bun:"interview_id"`
	Number        int                    `bun:"number"`
	Cause         string                 `bun:"cause"` // fill, reply, shortlist, clock, taken, manual
	DecidedBy     string                 `bun:"decided_by"`
	DecidedAt     time.Time              `bun:"decided_at"`
	State         string                 `bun:"state"` // figures, proposed, taken, dismissed, superseded
	Invite        []hiring.PlanCommitted `bun:"invite,type:jsonb"`
	Before        hiring.PlanAnswer      `bun:"before,type:jsonb"`
	After         hiring.PlanAnswer      `bun:"after,type:jsonb"`
	Quiet         hiring.Quiet           `bun:"quiet"`   // why it invites nobody
	Seconds       float64                `bun:"seconds"` // of computing
	WaveID        *uuid.UUID             `bun:"wave_id"`
	SettledBy     string                 `bun:"settled_by"`
	SettledAt     *time.Time             `bun:"settled_at"`
}

// Plans returns a session's plans, the newest first, at most so many.
func (r *Reader) Plans(ctx context.Context, interview uuid.UUID, most int) ([]Plan, error) {
	var list []Plan
	err := r.db.NewSelect().Model(&list).Where("interview_id = ?", interview).OrderExpr("number DESC").Limit(int64(most)).Scan(ctx)
	return list, err
}

// Proposal returns the plan of this id while it is proposed. Fault not_found otherwise.
func (r *Reader) Proposal(ctx context.Context, interview, id uuid.UUID) (Plan, error) {
	var p Plan
	err := r.db.NewSelect().Model(&p).Where("id = ? AND interview_id = ? AND state = 'proposed'", id, interview).Scan(ctx)
	return p, missing(err, "proposal")
}

// AddPlan writes the session's next plan; a proposal still open is superseded by it.
func (r *Record) AddPlan(ctx context.Context, p *Plan) error {
	if err := r.EndProposal(ctx, p.InterviewID, p.DecidedAt); err != nil {
		return err
	}
	if err := r.tx.NewRaw(`SELECT coalesce(max(number), 0) + 1 FROM plan WHERE interview_id = ?`, p.InterviewID).Scan(ctx, &p.Number); err != nil {
		return err
	}
	_, err := r.tx.NewInsert().Model(p).Exec(ctx)
	return err
}

// EndProposal supersedes the proposal of a session that is open, if there is one.
func (r *Record) EndProposal(ctx context.Context, interview uuid.UUID, at time.Time) error {
	_, err := r.tx.NewRaw(`UPDATE plan SET state = 'superseded', settled_at = ? WHERE interview_id = ? AND state = 'proposed'`, at, interview).Exec(ctx)
	return err
}

// SettlePlan marks a proposal taken (with its wave) or dismissed.
func (r *Record) SettlePlan(ctx context.Context, id uuid.UUID, state, by string, at time.Time, wave *uuid.UUID) error {
	_, err := r.tx.NewRaw(`UPDATE plan SET state = ?, settled_by = ?, settled_at = ?, wave_id = ? WHERE id = ?`, state, by, at, wave, id).Exec(ctx)
	return err
}

// Committed is someone who has a time in a session, or an offer of one.
type Committed struct {
	ApplicationID uuid.UUID
	Slot          int
}

// CommittedTo returns everybody with an open place in a session or an offer not yet taken up, by slot.
func (r *Reader) CommittedTo(ctx context.Context, interview uuid.UUID) ([]Committed, error) {
	var list []Committed
	err := r.db.NewRaw(`SELECT application_id, slot FROM booking WHERE interview_id = ? AND state IN (?)
		UNION ALL
		SELECT application_id, slot FROM offer o WHERE interview_id = ? AND NOT EXISTS (SELECT FROM booking b WHERE b.id = o.id)
		ORDER BY slot, application_id`, interview, bun.List(openStates), interview).Scan(ctx, &list)
	return list, err
}

// InvitedEver returns how many people were ever invited to a session, whatever became of it.
func (r *Reader) InvitedEver(ctx context.Context, interview uuid.UUID) (n int, err error) {
	err = r.db.NewRaw(`SELECT count(DISTINCT application_id) FROM offer WHERE wave_id IN (SELECT id FROM wave WHERE interview_id = ?)`, interview).Scan(ctx, &n)
	return n, err
}

// Reserve returns the shortlisted applications of a session's vacancies that are not in it, in HR's
// order: by rank, else by the time of the response; at most so many. People with a time elsewhere are
// not shortlisted and so not in it, nor whoever has one for the same vacancy under another record, or might have to be in
// two places at once, or may at now choose a time that comes first (ShortlistRow.Taken, Promised); one person is in it
// once; whoever has no address, or one that takes no mail, cannot be invited by mail.
func (r *Reader) Reserve(ctx context.Context, interview uuid.UUID, now time.Time, most int) ([]uuid.UUID, error) {
	promises, err := r.promises(ctx, interview, now)
	if err != nil {
		return nil, err
	}
	promised := slices.AppendSeq([]uuid.UUID{uuid.Nil}, maps.Keys(promises))
	var ids []uuid.UUID
	err = r.db.NewRaw(`SELECT id FROM (
			SELECT DISTINCT ON (coalesce(p.merged_into, p.id)) a.id, a.rank, a.responded_at FROM application a JOIN person p ON p.id = a.person_id
			JOIN interview_vacancy v ON v.vacancy_id = a.vacancy_id AND v.interview_id = ?
			WHERE a.state = 'shortlisted' AND `+addressOf("p")+` <> '' AND NOT `+unreached+` AND coalesce(p.merged_into, p.id) NOT IN (?)
				AND NOT EXISTS (SELECT FROM booking b WHERE b.application_id = a.id AND b.interview_id = ? AND b.state NOT IN ('withdrawn_by_us', 'left_without_interview'))
				AND NOT EXISTS (`+here+`)
				AND NOT EXISTS (SELECT `+elsewhere+` AND (xa.vacancy_id = a.vacancy_id OR `+overlaps+`))
			ORDER BY coalesce(p.merged_into, p.id), a.rank NULLS LAST, a.responded_at, a.id) one
		ORDER BY rank NULLS LAST, responded_at, id LIMIT ?`, interview, bun.List(promised), interview, interview, interview, interview, most).Scan(ctx, &ids)
	return ids, err
}

// OpenLanes returns how many lanes of a session are open.
func (r *Reader) OpenLanes(ctx context.Context, interview uuid.UUID) (int, error) {
	n, err := r.db.NewSelect().Table("lane").Where("interview_id = ? AND closed_at IS NULL", interview).Count(ctx)
	return int(n), err
}

// GrantSeats makes sure that a slot has so many free seats, unless it is a break. A plan may invite more to a slot than
// were thought of when the session was set up.
func (r *Record) GrantSeats(ctx context.Context, interview uuid.UUID, slot, free int) error {
	_, err := r.tx.NewRaw(`UPDATE slot SET seats = greatest(seats, taken + ?) WHERE interview_id = ? AND number = ? AND seats > 0`, free, interview, slot).Exec(ctx)
	return err
}

// fillingFacts reads what a session that is being filled waits for.
func (r *Reader) fillingFacts(ctx context.Context, interview uuid.UUID, f *hiring.InterviewFacts) error {
	var seen struct {
		Changed, Listed *time.Time
		Open            int
		Last            time.Time
	}
	err := r.db.NewRaw(`SELECT greatest(max(greatest(confirmed_at, ended_at)), (SELECT max(at) FROM forecast WHERE interview_id = ?0 AND override_by <> '')) AS changed,
		(SELECT max(a.changed_at) FROM application a JOIN interview_vacancy v ON v.vacancy_id = a.vacancy_id WHERE v.interview_id = ?0 AND a.state = 'shortlisted') AS listed,
		count(*) FILTER (WHERE state = 'invited') AS open, (SELECT max(starts_at) FROM slot WHERE interview_id = ?0 AND seats > 0) AS last
		FROM booking WHERE interview_id = ?0`, interview).Scan(ctx, &seen)
	if seen.Changed != nil {
		f.ChangedAt = *seen.Changed
	}
	if seen.Listed != nil {
		f.ListedAt = *seen.Listed
	}
	f.OpenInvitations, f.FillUntil = seen.Open, f.Policy.InviteUntil(seen.Last)
	return err
}

// FilledFrom returns the sessions for a vacancy that are being filled in waves: they invite from its shortlist.
func (r *Reader) FilledFrom(ctx context.Context, vacancy uuid.UUID) ([]uuid.UUID, error) {
	var ids []uuid.UUID
	err := r.db.NewSelect().Table("interview").Column("id").Where("id IN (SELECT interview_id FROM interview_vacancy WHERE vacancy_id = ?) AND filling <> ''", vacancy).OrderExpr("id").Scan(ctx, &ids)
	return ids, err
}

// BeingFilled returns which of the sessions are being filled in waves: their processes want to know of replies.
func (r *Reader) BeingFilled(ctx context.Context, interviews []uuid.UUID) ([]uuid.UUID, error) {
	var ids []uuid.UUID
	err := r.db.NewSelect().Table("interview").Column("id").Where("id IN (?) AND filling <> ''", bun.List(interviews)).OrderExpr("id").Scan(ctx, &ids)
	return ids, err
}
