package api_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/workflows/staff"
)

// schedule makes a session of two half-hours in three days.
func (b *bench) schedule(seats ...int) string {
	b.t.Helper()
	a := b.want(201, staff.HR, "POST", "/api/v1/interviews", map[string]any{
		"venue": b.Venue, "vacancies": []uuid.UUID{b.Vacancy}, "starts": b.now.AddDate(0, 0, 3), "slot_minutes": 30, "seats": seats,
		"lanes": []uuid.UUID{b.Staff[staff.Interviewer]}, "room": 10,
	})
	return a.text("id")
}

// invite shortlists and invites the n-th application and returns its path and booking.
func (b *bench) invite(n int, session string) (string, map[string]any) {
	b.t.Helper()
	path := "/api/v1/applications/" + b.Applications[n].String()
	b.want(200, staff.HR, "POST", path+"/shortlist", `{"rank":3}`)
	if got := b.want(200, staff.HR, "POST", "/api/v1/interviews/"+session+"/invite", map[string]any{"applications": []uuid.UUID{b.Applications[n]}}); got.text("count") != "1" {
		b.t.Fatal(got.raw)
	}
	booking, _ := b.want(200, staff.HR, "GET", path, nil).body["booking"].(map[string]any)
	return path, booking
}

func of(booking map[string]any) map[string]any {
	return map[string]any{"booking": booking["id"], "version": booking["version"]}
}

func TestOneCandidatesWayOverTheAPI(t *testing.T) {
	b := newBench(t, 3)
	session := b.schedule(2, 2)
	path, booking := b.invite(0, session)
	if booking["state"] != "invited" {
		t.Fatal(booking)
	}
	confirmed := b.want(200, staff.Receptionist, "POST", path+"/confirm", of(booking), "Idempotency-Key", "one")
	again := b.want(200, staff.Receptionist, "POST", path+"/confirm", of(booking), "Idempotency-Key", "one")
	if confirmed.raw != again.raw || confirmed.text("code") != "confirmed" {
		t.Fatalf("the same key: %s, then %s", confirmed.raw, again.raw)
	}
	b.refused(422, "key_reused", staff.Receptionist, "POST", path+"/cancel", of(booking), "Idempotency-Key", "one")
	b.refused(409, "stale_form", staff.Receptionist, "POST", path+"/confirm", of(booking))
	booking["version"] = confirmed.body["version"]

	*b.now = b.now.AddDate(0, 0, 3).Add(-20 * time.Minute)
	late := of(booking)
	late["minutes"] = 15
	booking["version"] = b.want(200, staff.Receptionist, "POST", path+"/late", late).body["version"]
	booking["version"] = b.want(200, staff.Receptionist, "POST", path+"/check-in", of(booking)).body["version"]
	booking["version"] = b.want(200, staff.Receptionist, "POST", path+"/undo-check-in", of(booking)).body["version"]
	b.refused(409, "too_early", staff.Receptionist, "POST", path+"/no-show", of(booking))
	booking["version"] = b.want(200, staff.Receptionist, "POST", path+"/check-in", of(booking)).body["version"]
	b.refused(409, "not_left", staff.Receptionist, "POST", path+"/undo-left", of(booking))
	booking["version"] = b.want(200, staff.Receptionist, "POST", path+"/left", of(booking)).body["version"]
	booking["version"] = b.want(200, staff.Receptionist, "POST", path+"/undo-left", of(booking)).body["version"]

	// Blind until filed.
	card := map[string]any{"scores": map[string]int{"motivation": 4, "competence": 5, "adequacy": 3}, "recommendation": "hire"}
	b.refused(422, "invalid_input", staff.HR, "POST", path+"/scorecard", card)
	for _, bad := range []struct{ name, note, field, code string }{
		{"summary", "Good", "notes.competence", "evidence_required"},
		{"competence", "  ", "notes.competence", "evidence_required"},
		{"competence", strings.Repeat("я", 2001), "notes.competence", "too_long:2000"},
		{"talent", "Good", "notes.other", "unknown_field"},
	} {
		card["notes"] = map[string]string{bad.name: bad.note}
		if got := b.refused(422, "invalid_input", staff.HR, "POST", path+"/scorecard", card); got.text("fields", bad.field) != bad.code {
			b.t.Errorf("%s: %s", bad.name, got.raw)
		}
	}
	card["scores"] = map[string]int{"motivation": 4, "competence": 3, "adequacy": 3}
	delete(card, "notes")
	if got := b.refused(422, "invalid_input", staff.HR, "POST", path+"/scorecard", card); got.text("fields", "notes.motivation") != "one_note_required" {
		b.t.Error(got.raw)
	}
	card["scores"] = map[string]int{"motivation": 4, "competence": 5, "adequacy": 3}
	card["notes"] = map[string]string{"competence": "Sold us the table.", "summary": "Good"}
	b.want(200, staff.HR, "POST", path+"/scorecard", card)
	b.refused(409, "already_filed", staff.HR, "POST", path+"/scorecard", card)
	blind := b.want(200, staff.Interviewer, "GET", path+"/scorecards", nil)
	if len(blind.items()) != 0 || blind.text("hidden") != "1" {
		t.Fatalf("the interviewer sees before he files: %s", blind.raw)
	}
	b.want(200, staff.Interviewer, "POST", path+"/scorecard", card)
	if seen := b.want(200, staff.Interviewer, "GET", path+"/scorecards", nil); len(seen.items()) != 2 || seen.items()[0]["notes"] == nil {
		t.Fatal(seen.raw)
	}
	if his := b.want(200, staff.Interviewer, "GET", path, nil); his.text("person", "email") != "" || his.text("person", "phone") != "" || his.text("person", "name") == "" {
		t.Fatalf("an interviewer needs no address: %s", his.raw)
	}

	decided := b.want(200, staff.Director, "POST", path+"/decide", `{"decision":"hire","reason":"fits","note":"At once"}`, "Idempotency-Key", "d")
	b.refused(422, "key_reused", staff.Director, "POST", path+"/decide", `{"decision":"hire","reason":"fits","note":"Another"}`, "Idempotency-Key", "d")
	if got := b.want(200, staff.Director, "POST", path+"/decide", `{"decision":"hire","reason":"fits","note":"At once"}`, "Idempotency-Key", "d"); got.raw != decided.raw {
		t.Fatal(got.raw)
	}
	b.refused(409, "already_decided", staff.Director, "POST", path+"/decide", `{"decision":"reject","reason":"other"}`)
	b.want(200, staff.Director, "POST", path+"/undo-decision", nil)
	mails := b.want(200, staff.HR, "GET", path+"/mail", nil).items()
	states := map[any]any{}
	for _, m := range mails {
		states[m["kind"]] = m["state"]
	}
	if states["decision_hire"] != "dropped" || states["invitation"] != "queued" || states["booked"] != "queued" {
		t.Errorf("%v", mails)
	}
	journal := b.want(200, staff.HR, "GET", path+"/journal?limit=3", nil)
	if len(journal.items()) != 3 || journal.items()[0]["step"] != "application.undo_decision" || journal.text("next") == "" {
		t.Error(journal.raw)
	}
	if more := b.want(200, staff.HR, "GET", path+"/journal?limit=3&cursor="+journal.text("next"), nil); len(more.items()) == 0 || more.items()[0]["seq"] == journal.items()[2]["seq"] {
		t.Error(more.raw)
	}
	if all := b.want(200, staff.Admin, "GET", "/api/v1/journal?kind=interview", nil).items(); len(all) != 2 {
		t.Error(all)
	}
}

func TestTakenSeatComesWithAlternatives(t *testing.T) {
	b := newBench(t, 3)
	session := b.schedule(1, 1, 1)
	first, one := b.invite(0, session)
	b.want(200, staff.HR, "POST", first+"/confirm", of(one))
	second, two := b.invite(1, session)
	body := of(two)
	body["interview"], body["slot"] = session, 0
	got := b.refused(409, "seat_taken", staff.Receptionist, "POST", second+"/choose", body)
	times, _ := got.body["alternatives"].([]any)
	if len(times) != 1 || fmt.Sprint(times[0].(map[string]any)["slot"]) != "2" {
		t.Fatal(got.raw)
	}
	if free := b.want(200, staff.Receptionist, "GET", "/api/v1/free-times?vacancy="+b.Vacancy.String(), nil).items(); len(free) != 1 {
		t.Fatal(free)
	}
	body["slot"] = 2
	moved := b.want(200, staff.Receptionist, "POST", second+"/choose", body)
	list := b.want(200, staff.HR, "GET", second+"/bookings", nil).items()
	if moved.text("code") != "moved" || len(list) != 1 || fmt.Sprint(list[0]["slot"]) != "2" || list[0]["state"] != "confirmed" {
		t.Fatal(moved.raw, list)
	}
	b.want(200, staff.HR, "POST", second+"/withdraw-booking", map[string]any{"booking": two["id"], "version": moved.body["version"]})
	b.want(200, staff.HR, "POST", second+"/withdraw", nil)
	b.refused(409, "cannot_withdraw", staff.HR, "POST", second+"/withdraw", nil)
}

func TestFiftyAskForSevenSeats(t *testing.T) {
	b := newBench(t, 50)
	wide := b.schedule(50)
	ids := make([]string, 50)
	for i, id := range b.Applications {
		ids[i] = id.String()
		b.want(200, staff.HR, "POST", "/api/v1/applications/"+ids[i]+"/shortlist", `{}`)
	}
	b.want(200, staff.HR, "POST", "/api/v1/interviews/"+wide+"/invite", map[string]any{"applications": ids})
	narrow := b.want(201, staff.HR, "POST", "/api/v1/interviews", map[string]any{
		"venue": b.Venue, "vacancies": []uuid.UUID{b.Vacancy}, "starts": b.now.AddDate(0, 0, 5), "slot_minutes": 30, "seats": []int{7, 3},
		"lanes": []uuid.UUID{b.Staff[staff.Interviewer]}, "room": 10,
	}).text("id")
	var wait sync.WaitGroup
	answers := make([]answer, len(ids))
	for i, id := range ids {
		booking, _ := b.want(200, staff.HR, "GET", "/api/v1/applications/"+id, nil).body["booking"].(map[string]any)
		body := of(booking)
		body["interview"], body["slot"] = narrow, 0
		wait.Go(func() {
			answers[i] = b.call(staff.Receptionist, "POST", "/api/v1/applications/"+id+"/choose", body)
		})
	}
	wait.Wait()
	moved, taken := 0, 0
	for _, a := range answers {
		switch {
		case a.status == 200:
			moved++
		case a.text("code") == "seat_taken":
			taken++
			if times, _ := a.body["alternatives"].([]any); len(times) == 0 {
				t.Error("no alternatives: " + a.raw)
			}
		default:
			t.Error(a.status, a.raw)
		}
	}
	if moved != 7 || taken != 43 {
		t.Errorf("%d moved, %d were told it is taken", moved, taken)
	}
	slots := b.want(200, staff.HR, "GET", "/api/v1/interviews/"+narrow+"/slots", nil).items()
	if fmt.Sprint(slots[0]["taken"]) != "7" {
		t.Error(slots)
	}
}

func TestAnswersThatDoNotCome(t *testing.T) {
	b := newBench(t, 1)
	path := "/api/v1/applications/" + b.Applications[0].String()
	b.engine.Down.Store(true)
	if got := b.refused(503, "unavailable", staff.HR, "POST", path+"/shortlist", `{}`); got.header.Get("Retry-After") == "" {
		t.Error("503 without Retry-After")
	}
	b.want(200, staff.HR, "GET", path, nil)
	b.engine.Down.Store(false)
	b.engine.Silent.Store(true)
	got := b.want(202, staff.HR, "POST", path+"/shortlist", `{}`, "Idempotency-Key", "s")
	if got.text("code") != "pending" || got.header.Get("Retry-After") == "" {
		t.Error(got.raw, got.header)
	}
	b.engine.Silent.Store(false)
	if got := b.want(200, staff.HR, "POST", path+"/shortlist", `{}`, "Idempotency-Key", "s"); got.text("code") != "shortlisted" {
		t.Error(got.raw)
	}
	b.want(200, staff.HR, "POST", path+"/unshortlist", nil)
}

func TestApplicationsPageAndFilter(t *testing.T) {
	b := newBench(t, 7)
	seen := map[any]bool{}
	for path := "/api/v1/applications?limit=3"; path != ""; {
		a := b.want(200, staff.HR, "GET", path, nil)
		for _, one := range a.items() {
			seen[one["id"]] = true
		}
		path = ""
		if next := a.text("next"); next != "" {
			path = "/api/v1/applications?limit=3&cursor=" + next
		}
	}
	if len(seen) != 7 {
		t.Fatalf("%d of 7", len(seen))
	}
	b.want(200, staff.HR, "POST", "/api/v1/applications/"+b.Applications[2].String()+"/shortlist", `{}`)
	for query, n := range map[string]int{
		"state=shortlisted": 1, "state=shortlisted,responded": 7, "vacancy=" + b.Vacancy.String(): 7, "vacancy=" + uuid.NewString(): 0,
		"text=ivanov": 7, "text=ivan5@example.net": 1, "text=%2B79000000004": 1, "text=100%25": 0, "order=rank&state=shortlisted": 1, "source=" + b.Source.String(): 7,
		"decision=hire": 0, "person=" + b.People[0].String(): 1,
	} {
		if got := b.want(200, staff.HR, "GET", "/api/v1/applications?"+query, nil).items(); len(got) != n {
			t.Errorf("%s: %d, want %d", query, len(got), n)
		}
	}
}
