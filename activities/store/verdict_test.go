package store

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/hiring"
)

// Judge counts who was invited and what became of him: not who moved or was withdrawn, not who walked in,
// whatever became of him later; who was still expected did not come.
func TestJudge(t *testing.T) {
	r, _, records := ratesWorld(t, 40)
	ctx := context.Background()
	id := ratesID("i0")
	ratesExec(t, r.db.(*bun.DB),
		`UPDATE slot SET seats = 6`,
		`INSERT INTO slot SELECT id, n, starts_at + n * interval '30 minutes', 6, 0 FROM interview, generate_series(1, 3) n`,
		`UPDATE booking SET slot = uid::int % 4, state = 'no_show', arrived_at = NULL`,
		`UPDATE booking SET state = 'interviewed', arrived_at = starts_at WHERE uid::int IN (0, 1, 2, 3, 4, 5)`,
		`UPDATE booking SET state = 'interviewed', booked_at = arrived_at WHERE uid::int = 5`, // walked in, and was met
		`UPDATE booking SET state = 'moved' WHERE uid::int IN (6, 7)`,
		`UPDATE booking SET state = 'withdrawn_by_us' WHERE uid::int = 8`,
		`UPDATE booking SET state = 'confirmed' WHERE uid::int = 9`,
		`UPDATE interview SET own_seats = true WHERE id = md5('i0')::uuid`)
	session, err := r.Interview(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	v, on, err := r.Judge(ctx, session, nil)
	if err != nil || v == nil {
		t.Fatal(v, err)
	}
	if v.People != 36 || v.Came != 5 || v.Was.Invited != 36 || v.Was.Shows != 5 || on != "0:9/2 1:9/1 2:9/1 3:9/1 " {
		t.Errorf("%+v on %q", v, on)
	}
	if v.Own == nil || v.Own.Played.Invited != 24 || len(v.Own.Planned) != 4 || v.Plan == nil || v.OneEach.Invited != 4 || v.SlotMinutes != 30 {
		t.Errorf("%+v own %+v", v, v.Own)
	}
	// A lane closed for some minutes and opened again, and relief at the end: the day is still judged with as many.
	ratesExec(t, r.db.(*bun.DB),
		`INSERT INTO staff (id, email, name, roles, created_at) SELECT md5('st' || n)::uuid, 'st' || n || '@x.example', 'S' || n, '{interviewer}', '2026-01-01Z' FROM generate_series(1, 2) n`,
		`UPDATE interview SET ends_at = starts_at + interval '2 hours' WHERE id = md5('i0')::uuid`,
		`DELETE FROM lane WHERE interview_id = md5('i0')::uuid`,
		`INSERT INTO lane (id, interview_id, number, staff_id, during, closed_at) SELECT md5('l' || l.n)::uuid, i.id, l.n, md5('st' || l.who)::uuid,
			tstzrange(i.starts_at + l.opened, i.ends_at), i.starts_at + l.closed
		FROM interview i, (VALUES (1, 1, interval '0', interval '50 minutes'), (2, 1, interval '55 minutes', NULL), (3, 2, interval '100 minutes', NULL)) l (n, who, opened, closed)
		WHERE i.id = md5('i0')::uuid`)
	if session, err = r.Interview(ctx, id); err != nil {
		t.Fatal(err)
	}
	// The report of the day says the same: with a place came as many as the verdict counts, and who walked in
	// stands apart, here one who had let an invitation pass.
	ratesExec(t, r.db.(*bun.DB), `UPDATE booking SET state = 'no_answer', booked_at = booked_at - interval '2 days',
		person_id = (SELECT person_id FROM booking WHERE uid::int = 5 AND interview_id = md5('i0')::uuid) WHERE uid::int = 10`)
	if day, err := r.DayReport(ctx, session, ratesNow, true); err != nil || day.Kept() != v.Came || day.Places != 35 || day.Missed() != 30 || day.WalkIns != 1 || day.Asked != 1 {
		t.Errorf("%+v %v", day, err)
	}
	if again, _, err := r.Judge(ctx, session, nil); err != nil || again.OneEach.Invited != 4 || again.Was != v.Was {
		t.Errorf("%+v, before %+v: %v", again, v, err)
	}
	if v, on, err := r.Judge(ctx, Interview{ID: ratesNext}, nil); v != nil || on != "" || err != nil {
		t.Error("nobody was there", v, on, err)
	}

	// Kept, it is what is read; a day counted again takes the place of its first count, and keeps its hour.
	if v, judged, err := r.Verdict(ctx, id); v != nil || judged || err != nil {
		t.Error(v, judged, err)
	}
	for n, places := range []int{7, 36} {
		if err := records.Do(ctx, func(rec *Record) error {
			return rec.SaveReport(ctx, id, hiring.DayReport{Places: places}, v, []string{"other", on}[n], ratesNow.Add(time.Duration(n)*time.Hour))
		}); err != nil {
			t.Fatal(err)
		}
	}
	kept, judged, err := r.Verdict(ctx, id)
	if err != nil || !judged || kept.Was != v.Was || *kept.Plan != *v.Plan || kept.Own.Seats[0] != v.Own.Seats[0] {
		t.Errorf("%+v %v", kept, err)
	}
	if report, _, err := r.Report(ctx, id); err != nil || report.Places != 36 {
		t.Error(report.Places, err)
	}
	if at, err := r.ReportedAt(ctx, id); err != nil || !at.Equal(ratesNow) {
		t.Error(at, err)
	}
	unjudge := func() (ids []uuid.UUID) {
		t.Helper()
		if err := records.Do(ctx, func(rec *Record) (err error) {
			ids, err = rec.Unjudge(ctx, []uuid.UUID{id, ratesNext})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return ids
	}
	ratesExec(t, r.db.(*bun.DB), `UPDATE booking SET state = 'no_answer' WHERE uid::int = 9`)
	if ids := unjudge(); len(ids) != 0 {
		t.Error("the same outcomes", ids)
	}
	ratesExec(t, r.db.(*bun.DB), `UPDATE booking SET state = 'arrived_late' WHERE uid::int = 9`)
	ratesExec(t, r.db.(*bun.DB), `INSERT INTO forecast (id, application_id, interview_id, at, p, came, final, scored_at)
		SELECT md5('f' || id)::uuid, application_id, interview_id, '2026-01-02Z', .2, false, true, '2026-03-02Z' FROM booking WHERE uid::int IN (9, 39)`)
	if ids := unjudge(); len(ids) != 1 || ids[0] != id {
		t.Error("another outcome", ids)
	}
	if n, err := r.db.NewSelect().Table("forecast").Where("scored_at IS NULL AND came IS NULL AND NOT final").Count(ctx); n != 2 || err != nil {
		t.Error("forecasts to be scored again:", n, err)
	}
	if _, judged, _ := r.Verdict(ctx, id); judged || len(unjudge()) != 0 {
		t.Error("still judged")
	}
	if facts, _, err := r.InterviewFacts(ctx, id); err != nil || !facts.Unjudged {
		t.Error(facts.Unjudged, err)
	}
}

// Sessions of half-hours and of hours are summed in minutes, each by its own; what the planner has no plan
// for is left out.
func TestPlanSums(t *testing.T) {
	r, _, records := ratesWorld(t, 120)
	ctx := context.Background()
	if sums, err := r.PlanSums(ctx); err != nil || len(sums) != 0 {
		t.Fatal(sums, err)
	}
	played := func(wait, utility float64) hiring.PlanPlayed {
		return hiring.PlanPlayed{Invited: 10, Shows: 2, Wait: wait, Idle: 1, Overtime: .5, Utility: utility}
	}
	plan := played(1, 3)
	for id, v := range map[string]*hiring.PlanVerdict{
		"i0": {SlotMinutes: 30, Was: played(4, 1), Plan: &plan, Naive: played(6, 0), OneEach: played(0, -1)},
		"i1": {SlotMinutes: 60, Was: played(2, 1), Plan: &plan, Naive: played(6, 0), OneEach: played(0, -1), Own: &hiring.PlanOwn{Played: played(2, 2.5)}},
		"i2": {SlotMinutes: 30, Was: played(100, 1), Naive: played(6, 0)},
		"i3": nil,
	} {
		if err := records.Do(ctx, func(rec *Record) error {
			return rec.SaveReport(ctx, ratesID(id), hiring.DayReport{}, v, "", ratesNow)
		}); err != nil {
			t.Fatal(err)
		}
	}
	sums, err := r.PlanSums(ctx)
	if err != nil || len(sums) != 5 {
		t.Fatal(sums, err)
	}
	if was := sums["was"]; was.Sessions != 2 || was.Invited != 20 || was.Shows != 4 || was.Wait != 4*30+2*60 || was.Idle != 90 || was.Overtime != 1 || was.Utility != 2 {
		t.Errorf("%+v", was)
	}
	if sums["plan"].Wait != 90 || sums["naive"].Wait != 540 || sums["one_each"].Utility != -2 {
		t.Errorf("%+v", sums)
	}
	if own := sums["own"]; own.Sessions != 1 || math.Abs(own.Gain+.5) > 1e-9 {
		t.Errorf("%+v", own)
	}
}
