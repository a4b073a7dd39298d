package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// PlanStep is what changed a session's inviting besides its plans, and who did it: Code is the command's answer.
type PlanStep struct {
	Actor string // workflows.System, when it was too late to invite
	At    time.Time
	Code  string
	Count int // of filling: the most to be invited in all; 0: no bound
}

// The steps that PlanSteps tells of.
const (
	StepFilling        = "filling"
	StepFillingStopped = "filling_stopped"
	StepSeatsChanged   = "seats_changed"
)

// PlanSteps returns when filling a session began and ended and when its seats were changed on its page, the newest
// first, at most so many.
func (r *Reader) PlanSteps(ctx context.Context, interview uuid.UUID, most int) ([]PlanStep, error) {
	var list []PlanStep
	err := r.db.NewRaw(`SELECT actor, at, result->>'code' AS code, coalesce((result->>'count')::int, 0) AS count FROM journal
		WHERE subject = ? AND result->>'code' IN (?) ORDER BY seq DESC LIMIT ?`,
		"interview/"+interview.String(), bun.List([]string{StepFilling, StepFillingStopped, StepSeatsChanged}), most).Scan(ctx, &list)
	return list, err
}

// PlanNews is one thing that a session is planned anew for: Kind is confirmed, the state in which a booking
// ended, replaced when the person took another time, or forecast for a probability that HR set or took back.
type PlanNews struct {
	At   time.Time
	Kind string
}

// PlanNews returns what came in about a session's people after a moment, the newest first.
func (r *Reader) PlanNews(ctx context.Context, interview uuid.UUID, after time.Time) ([]PlanNews, error) {
	var list []PlanNews
	err := r.db.NewRaw(`SELECT confirmed_at AS at, 'confirmed' AS kind FROM booking WHERE interview_id = ?0 AND confirmed_at > ?1
		UNION ALL SELECT ended_at, CASE WHEN replaced_by IS NULL THEN state ELSE 'replaced' END FROM booking WHERE interview_id = ?0 AND ended_at > ?1
		UNION ALL SELECT at, 'forecast' FROM forecast WHERE interview_id = ?0 AND at > ?1 AND override_by <> ''
		ORDER BY at DESC`, interview, after).Scan(ctx, &list)
	return list, err
}
