package activities_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities"
	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/activities/store/storetest"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/staff"
	"github.com/stazh/stazh/workflows/workflowstest"
)

// One candidate's whole way by commands, on the real steps and the real database.
func TestOneCandidatesWay(t *testing.T) {
	ctx := context.Background()
	now := time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)
	c := storetest.Seed(t, now, 3)
	engine := workflowstest.New(t, activities.New(c.Records, c.Reader))
	engine.Now = func() time.Time { return now }
	commands := engine.Commands()
	by := func(actor string) workflows.By { return workflows.By{Actor: actor, Key: uuid.NewString()} }
	hr := "staff/" + c.Staff[staff.HR].String()
	id := c.Applications[0].String()

	must := func(answer workflows.Answer, err error) workflows.Answer {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	session := uuid.NewString()
	start := now.AddDate(0, 0, 3)
	must(workflows.Do(ctx, commands, workflows.Schedule, session, by(hr), workflows.ScheduleArgs{
		Venue: c.Venue.String(), Vacancies: []string{c.Vacancy.String()}, Rules: hiring.DefaultCandidateRules(),
		Session: hiring.Session{Starts: start, SlotMinutes: 30, Seats: []int{2, 2}, Lanes: []string{c.Staff[staff.Interviewer].String()}, Room: 10, WaitMinutes: 60},
	}))
	if _, err := workflows.Do(ctx, commands, workflows.Invite, session, by(hr), workflows.InviteArgs{Applications: []string{id}}); fault.CodeOf(err) != "nobody_to_invite" {
		t.Fatalf("invited a mere response: %v", err)
	}
	must(workflows.Do(ctx, commands, workflows.Shortlist, id, by(hr), workflows.ShortlistArgs{}))
	once := by(hr)
	invited := must(workflows.Do(ctx, commands, workflows.Invite, session, once, workflows.InviteArgs{Applications: []string{id}}))
	if again := must(workflows.Do(ctx, commands, workflows.Invite, session, once, workflows.InviteArgs{Applications: []string{id}})); again.ID != invited.ID {
		t.Fatalf("the same key made another wave: %v %v", invited, again)
	}
	row, err := c.Reader.ApplicationRow(ctx, c.Applications[0])
	if err != nil || row.State != hiring.Invited || row.BookingID == nil || row.Bookings != 1 {
		t.Fatalf("the offer was not taken up: %+v %v", row, err)
	}
	booking := workflows.BookingArgs{Booking: row.BookingID.String(), Version: row.BookingVersion}
	candidate := "candidate/" + id
	answer := must(workflows.Do(ctx, commands, workflows.Confirm, id, by(candidate), booking))
	if _, err := workflows.Do(ctx, commands, workflows.Confirm, id, by(candidate), booking); fault.CodeOf(err) != "stale_form" {
		t.Fatalf("an old form was taken: %v", err)
	}
	now = start.Add(-10 * time.Minute)
	booking.Version = answer.Version
	answer = must(workflows.Do(ctx, commands, workflows.CheckIn, id, by(hr), booking))
	interviewer := c.Staff[staff.Interviewer].String()
	note, err := c.Catalog.PutDocument(ctx, store.Document{Key: "card", Kind: "scorecard", MediaType: "application/json", Body: []byte(`{"adequacy":"a"}`), CreatedAt: now})
	if err != nil {
		t.Fatal(err)
	}
	must(workflows.Do(ctx, commands, workflows.FileScorecard, id, by("staff/"+interviewer), workflows.ScorecardArgs{
		Staff: interviewer, Scores: map[string]int{"motivation": 4, "competence": 3, "adequacy": 4}, Recommendation: "hire", Note: note.String(),
	}))
	must(workflows.Do(ctx, commands, workflows.Decide, id, by(hr), workflows.DecideArgs{Decision: hiring.Hire, Reason: "fits"}))
	if row, err = c.Reader.ApplicationRow(ctx, c.Applications[0]); err != nil || row.State != hiring.Decided || row.Decision != hiring.Hire || row.Scorecards != 1 {
		t.Fatalf("%+v %v", row, err)
	}
	engine.Down.Store(true)
	if _, err := workflows.Do(ctx, commands, workflows.UndoDecision, id, by(hr), workflows.None{}); fault.KindOf(err) != fault.Unavailable {
		t.Fatal(err)
	}
	engine.Down.Store(false)
	engine.Silent.Store(true)
	if _, err := workflows.Do(ctx, commands, workflows.UndoDecision, id, by(hr), workflows.None{}); fault.KindOf(err) != fault.Pending {
		t.Fatal(err)
	}
	if row, err = c.Reader.ApplicationRow(ctx, c.Applications[0]); err != nil || row.State != hiring.Interviewed {
		t.Fatalf("a late answer is still done: %+v %v", row, err)
	}
	if rows, broken, err := c.Reader.VerifyJournal(ctx); err != nil || len(broken) != 0 || rows < 8 {
		t.Fatal(rows, broken, err)
	}
}
