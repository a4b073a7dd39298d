package activities

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/mail/mailsink"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

// vacancyBeside adds a second vacancy to the world.
func (w *world) vacancyBeside() uuid.UUID {
	w.t.Helper()
	id := uuid.New()
	w.exec(`INSERT INTO vacancy (id, profile_id, title, city, zone, headcount, pay_level, public, created_at)
		SELECT ?, profile_id, 'Sales director', city, zone, headcount, pay_level, public, created_at FROM vacancy WHERE id = ?`, id, w.vacancy)
	return id
}

// beside adds an application of the person of another, shortlisted; if merged, it came to a record of its own that was
// merged with the other's afterwards.
func (w *world) beside(app, vacancy uuid.UUID, merged bool) uuid.UUID {
	w.t.Helper()
	id, person := uuid.New(), uuid.New()
	if merged {
		w.exec(`INSERT INTO person (id, name, first_name, email, created_at, merged_into) SELECT ?, 'Анна Иванова', 'Анна', ?, ?, person_id FROM application WHERE id = ?`, person, person.String()+"@example.org", w.now, app)
	}
	w.exec(`INSERT INTO application (id, person_id, vacancy_id, state, responded_at, changed_at)
		SELECT ?, coalesce((SELECT id FROM person WHERE id = ?), person_id), ?, 'shortlisted', ?, ? FROM application WHERE id = ?`, id, person, vacancy, w.now, w.now, app)
	return id
}

// both invites somebody to the world's session, on Wednesday at 12:00, and under another application to one of another
// vacancy that begins so long after now.
func (w *world) both(after time.Duration, merged bool) (app, twin, other uuid.UUID) {
	w.t.Helper()
	second := w.vacancyBeside()
	other = w.sessionFor(second, after, 1, 1, 1, 1)
	app = w.shortlisted()
	twin = w.beside(app, second, merged)
	w.invite(app)
	w.inviteTo(other, twin)
	return app, twin, other
}

func refused[A workflows.Args](w *world, c workflows.Command[A, hiring.ApplicationFacts], app uuid.UUID, a A, code string) {
	w.t.Helper()
	if _, err := call(w, c.Step(), inOf(w, app, a, w.key())); fault.CodeOf(err) != code {
		w.t.Errorf("%s: %v, not %s", c, err, code)
	}
}

const quarterLater = 48*time.Hour + 15*time.Minute

// Two vacancies, two invitations, hours that overlap: the first yes wins for the person.
func TestAPersonSaysYesOnce(t *testing.T) {
	for _, merged := range []bool{false, true} {
		w := newWorld(t)
		app, twin, other := w.both(quarterLater, merged)
		w.exec(`UPDATE outgoing_mail SET state = 'sent'`)
		second := w.inSession(twin, other)
		out := do(w, workflows.Confirm, app, w.inSession(app, w.session))
		if !strings.Contains(strings.Join(out.Nudge, " "), "application/"+twin.String()) {
			t.Error("the other application's process is not woken", out.Nudge)
		}
		w.expect(app, "booked [confirmed+] [booked invitation sent]")
		w.expect(twin, "shortlisted [withdrawn_by_us] [invitation sent replaced]")
		refused(w, workflows.Confirm, twin, second, "replaced")
		if w.taken() != 1 {
			t.Error(w.taken(), "seats are taken")
		}
		if hiring.BookingWithdrawn.Came() != nil {
			t.Error("what gave way counts against him")
		}
		// Its hours are no longer his to choose, others are; and once he cancels the first, so are they.
		refused(w, workflows.Choose, twin, workflows.ChooseArgs{Interview: other.String(), Slot: 2}, "time_overlaps")
		if w.taken() != 1 {
			t.Error("a refused time keeps its seat")
		}
		w.now = w.now.Add(time.Minute)
		do(w, workflows.Choose, twin, workflows.ChooseArgs{Interview: other.String(), Slot: 3}) // 13:45, he is free at 13:30
		do(w, workflows.Cancel, app, w.inSession(app, w.session))
		do(w, workflows.Choose, twin, workflows.ChooseArgs{Booking: w.inSession(twin, other).Booking, Version: w.inSession(twin, other).Version, Interview: other.String(), Slot: 0})
	}
}

// However the two answers meet, one is accepted.
func TestTwoAnswersAtTheSameInstant(t *testing.T) {
	w := newWorld(t)
	second := w.vacancyBeside()
	other := w.sessionFor(second, quarterLater, 20, 20)
	const people = 18
	var pairs [people][2]uuid.UUID
	var wait sync.WaitGroup
	errs := [people][2]error{}
	for n := range pairs {
		app := w.shortlisted()
		twin := w.beside(app, second, n%2 == 1)
		w.invite(app)
		w.inviteTo(other, twin)
		pairs[n] = [2]uuid.UUID{app, twin}
	}
	for n, pair := range pairs {
		for i, app := range pair {
			session := []uuid.UUID{w.session, other}[i]
			in := w.inSession(app, session)
			key := w.key()
			wait.Go(func() {
				if n%3 == 2 { // he moves one time to where it overlaps with the other
					_, errs[n][i] = call(w, workflows.Choose.Step(), inOf(w, app, workflows.ChooseArgs{Booking: in.Booking, Version: in.Version, Interview: session.String(), Slot: 1}, key))
					return
				}
				_, errs[n][i] = call(w, workflows.Confirm.Step(), inOf(w, app, in, key))
			})
		}
	}
	wait.Wait()
	var confirmed, open, taken int
	if err := w.db.NewRaw(`SELECT count(*) FILTER (WHERE state = 'confirmed'), count(*) FILTER (WHERE state IN ('confirmed', 'invited')), (SELECT sum(taken) FROM slot) FROM booking`).Scan(context.Background(), &confirmed, &open, &taken); err != nil {
		t.Fatal(err)
	}
	if confirmed != people || open != people || taken != people {
		t.Error(confirmed, open, taken)
	}
	for n, pair := range errs {
		if (pair[0] == nil) == (pair[1] == nil) || pair[0] != nil && fault.CodeOf(pair[0]) != "replaced" || pair[1] != nil && fault.CodeOf(pair[1]) != "replaced" {
			t.Error(n, pair)
		}
	}
}

// Two interviews for two vacancies at hours apart are legitimate, until one is moved onto the other.
func TestTwoVacanciesAtHoursApart(t *testing.T) {
	w := newWorld(t)
	app, twin, other := w.both(72*time.Hour, false)
	do(w, workflows.Confirm, app, w.inSession(app, w.session))
	w.expect(twin, "invited [invited+] [invitation]")
	do(w, workflows.Confirm, twin, w.inSession(twin, other))
	w.expect(twin, "booked [confirmed+] [booked invitation]")
	thursday := w.another(72*time.Hour, 1)
	in := w.inSession(app, w.session)
	before := w.taken()
	refused(w, workflows.Choose, app, workflows.ChooseArgs{Booking: in.Booking, Version: in.Version, Interview: thursday.String(), Slot: 0}, "time_overlaps")
	refused(w, workflows.Rebook, app, workflows.RebookArgs{Interview: thursday.String(), Slot: 0}, "time_overlaps")
	if w.taken() != before {
		t.Error("seats", before, w.taken())
	}
	w.expect(app, "booked [confirmed+] [booked invitation]")
	// An invitation gives way to a time that is moved onto it.
	mover, invited, _ := w.both(72*time.Hour, true)
	do(w, workflows.Confirm, mover, w.inSession(mover, w.session))
	in = w.inSession(mover, w.session)
	do(w, workflows.Choose, mover, workflows.ChooseArgs{Booking: in.Booking, Version: in.Version, Interview: thursday.String(), Slot: 0})
	w.expect(invited, "shortlisted [withdrawn_by_us] [invitation dropped]")
}

// An offer that his application takes up after he said yes elsewhere is given back without a mail.
func TestAnOfferComesTooLate(t *testing.T) {
	w := newWorld(t)
	second := w.vacancyBeside()
	other := w.sessionFor(second, quarterLater, 2)
	app := w.shortlisted()
	twin := w.beside(app, second, true)
	w.invite(app)
	mustStep(w, workflows.Invite.Step(), inOf(w, other, workflows.InviteArgs{Applications: []string{twin.String()}}, w.key()))
	do(w, workflows.Confirm, app, w.inSession(app, w.session))
	w.advance(twin)
	w.expect(twin, "shortlisted [withdrawn_by_us] []")
	if w.taken() != 1 {
		t.Error("the seat is not free", w.taken())
	}
	rows, err := w.steps.Reader.BookingRows(context.Background(), twin)
	if err != nil || len(rows) != 1 || rows[0].ReplacedBy == nil {
		t.Error("HR does not see why", rows, err)
	}
}

// Who has said yes elsewhere is invited to the times he can come to, and to none if there are none.
func TestInvitingAroundAnotherTime(t *testing.T) {
	w := newWorld(t)
	second := w.vacancyBeside()
	app, _ := w.confirmed() // 12:00, and free at 13:30
	twin, single := w.beside(app, second, true), w.shortlisted()
	w.exec(`UPDATE application SET vacancy_id = ? WHERE id = ?`, second, single)
	early, late := w.sessionFor(second, quarterLater, 1, 1), w.sessionFor(second, quarterLater, 1, 1, 1, 1)
	if _, err := call(w, workflows.Invite.Step(), inOf(w, early, workflows.InviteArgs{Applications: []string{twin.String()}}, w.key())); fault.CodeOf(err) != "busy_elsewhere" {
		t.Error(err)
	}
	out := mustStep(w, workflows.Invite.Step(), inOf(w, early, workflows.InviteArgs{Applications: []string{twin.String(), single.String()}}, w.key())).Answer
	if out.Count != 1 || len(out.Left) != 1 || out.Left[0] != twin.String() {
		t.Error(out)
	}
	w.inviteTo(late, twin)
	var slot int
	if err := w.db.NewRaw(`SELECT slot FROM booking WHERE application_id = ?`, twin).Scan(context.Background(), &slot); err != nil || slot != 3 {
		t.Error(slot, err)
	}
	do(w, workflows.Confirm, twin, w.inSession(twin, late))
}

// Two records of one person, two applications for one vacancy: one interview.
func TestOneInterviewForAVacancy(t *testing.T) {
	w := newWorld(t)
	thursday := w.another(72*time.Hour, 2)
	app := w.shortlisted()
	twin := w.beside(app, w.vacancy, true)
	w.invite(app)
	w.inviteTo(thursday, twin)
	do(w, workflows.Confirm, app, w.inSession(app, w.session))
	w.expect(twin, "shortlisted [withdrawn_by_us] [invitation dropped]")
	refused(w, workflows.Choose, twin, workflows.ChooseArgs{Interview: thursday.String(), Slot: 0}, "vacancy_booked")
}

// The letter says what happened, what holds and what he can do.
func TestTheLetterAboutAnOverlap(t *testing.T) {
	p := newPost(t, 1)
	app, twin, _ := p.both(quarterLater, false)
	p.settled()
	do(p.world, workflows.Confirm, app, p.inSession(app, p.session))
	p.settled()
	list, err := p.sink.Store().List(context.Background(), mailsink.Filter{Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range list {
		if !strings.Contains(m.Subject, "больше не действует") {
			continue
		}
		for _, want := range []string{
			"пересекается по времени с этим (ср, 25 нояб., 12:15, ", "вакансия «Sales director»", "На Ваш отклик это не повлияет",
			"Теперь действует: ср, 25 нояб., 12:00, ", "; Office, Tverskaya 1.", "выберите на своей странице время",
		} {
			if !strings.Contains(m.Text, want) {
				t.Errorf("the letter does not say %q:\n%s", want, m.Text)
			}
		}
		return
	}
	t.Error("no letter", p.letters(twin))
}

// Who walks in is here: invitations at those hours are over, another vacancy's time that he accepted is not ours to end.
func TestWalkingInLeavesTheOtherVacancysTime(t *testing.T) {
	w := newWorld(t)
	app, twin, _ := w.both(quarterLater, false)
	held, invited := w.sessionFor(w.vacancy, quarterLater, 1), w.shortlisted()
	second := w.beside(invited, w.vacancyBeside(), true)
	w.inviteTo(held, invited)
	do(w, workflows.Confirm, invited, w.inSession(invited, held))
	w.exec(`INSERT INTO interview_vacancy (interview_id, vacancy_id) SELECT ?, vacancy_id FROM application WHERE id = ?`, w.session, second)
	w.atSession(0, func() {
		w.exec(`UPDATE booking SET state = 'cancelled_in_time' WHERE application_id = ?`, app)
		w.exec(`UPDATE application SET state = 'declined' WHERE id = ?`, app)
		do(w, workflows.WalkIn, app, workflows.WalkInArgs{Interview: w.session.String()})
		do(w, workflows.WalkIn, second, workflows.WalkInArgs{Interview: w.session.String()})
	})
	w.expect(twin, "shortlisted [withdrawn_by_us] [invitation dropped]")
	w.expect(invited, "booked [confirmed+] [booked invitation]")
}
