package api_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/workflows/staff"
)

// theDay is a session of two times and two lanes, some of whose people are here.
type theDay struct {
	*bench
	id, path string
	own      string // the interviewer's lane
	other    string // the head of sales's
	bookings []string
	starts   time.Time
}

// newDay makes one with so many people here, five minutes before it begins; two more have responded.
func newDay(t *testing.T, here int) *theDay {
	t.Helper()
	d := &theDay{bench: newBench(t, here+2)}
	d.id = d.schedule(here, 1)
	d.path = "/api/v1/interviews/" + d.id
	d.starts = d.now.AddDate(0, 0, 3)
	versions := []any{}
	for n := range here {
		path, booking := d.invite(n, d.id)
		versions = append(versions, d.want(200, staff.Receptionist, "POST", path+"/confirm", of(booking)).body["version"])
		d.bookings = append(d.bookings, fmt.Sprint(booking["id"]))
	}
	*d.now = d.starts.Add(-5 * time.Minute)
	d.other = d.want(200, staff.Receptionist, "POST", d.path+"/lanes", map[string]any{"staff": d.Staff[staff.HeadOfSales]}).text("id")
	for n := range here {
		d.want(200, staff.Receptionist, "POST", d.application(n)+"/check-in", map[string]any{"booking": d.bookings[n], "version": versions[n]})
	}
	board := d.want(200, staff.HR, "GET", d.path+"/day", nil)
	lanes, _ := board.body["lanes"].([]any)
	for _, l := range lanes {
		if id := fmt.Sprint(l.(map[string]any)["id"]); id != d.other {
			d.own = id
		}
	}
	return d
}

func (d *theDay) application(n int) string {
	return "/api/v1/applications/" + d.Applications[n].String()
}

// queue is the bookings of those waiting, as the board has them.
func (d *theDay) queue() (ids []string) {
	d.t.Helper()
	list, _ := d.want(200, staff.Receptionist, "GET", d.path+"/day", nil).body["queue"].([]any)
	for _, one := range list {
		ids = append(ids, fmt.Sprint(one.(map[string]any)["booking"]))
	}
	return ids
}

// twice commands under a key, the same again (the same answer), and another thing under it (refused).
func (d *theDay) twice(role staff.Role, path string, body, another any) answer {
	d.t.Helper()
	key := uuid.NewString()
	first := d.want(200, role, "POST", path, body, "Idempotency-Key", key)
	if again := d.want(200, role, "POST", path, body, "Idempotency-Key", key); again.raw != first.raw {
		d.t.Errorf("%s under one key: %s, then %s", path, first.raw, again.raw)
	}
	if another != nil {
		d.refused(422, "key_reused", role, "POST", path, another, "Idempotency-Key", key)
	}
	return first
}

func lane(id string) map[string]any   { return map[string]any{"lane": id} }
func called(id string) map[string]any { return map[string]any{"call": id} }
func turn(booking, lane string) map[string]any {
	return map[string]any{"booking": booking, "lane": lane}
}

// Who may use the operations of the day at all, what names nothing, and bodies of a wrong shape.
func TestDayIsFor(t *testing.T) {
	d := newDay(t, 1)
	onTheDay := []staff.Role{staff.Admin, staff.HR, staff.HeadOfSales, staff.Director, staff.Receptionist, staff.Interviewer}
	atLanes := []staff.Role{staff.Admin, staff.HR, staff.Receptionist, staff.Interviewer}
	reception := []staff.Role{staff.Admin, staff.HR, staff.Receptionist}
	nobody := uuid.NewString()
	interviews, applications := "/api/v1/interviews/", "/api/v1/applications/"
	for _, op := range []struct {
		method, subject, path string
		may                   []staff.Role
		body                  map[string]any // of a sound shape, about nothing there
		wrong                 map[string]string
	}{
		{"GET", interviews, "/day", onTheDay, nil, nil},
		{"GET", interviews, "/report", onTheDay, nil, nil},
		{"POST", interviews, "/lanes", reception, map[string]any{"staff": nobody}, map[string]string{"staff": "not_an_id"}},
		{"POST", interviews, "/close-lane", atLanes, lane(nobody), map[string]string{"lane": "not_an_id"}},
		{"POST", interviews, "/call-next", atLanes, lane(nobody), map[string]string{"lane": "not_an_id"}},
		{"POST", interviews, "/pause-lane", atLanes, lane(nobody), map[string]string{"lane": "not_an_id"}},
		{"POST", interviews, "/resume-lane", atLanes, lane(nobody), map[string]string{"lane": "not_an_id"}},
		{"POST", interviews, "/call", atLanes, turn(nobody, nobody), map[string]string{"lane": "not_an_id", "booking": "not_an_id"}},
		{"POST", interviews, "/start-call", atLanes, called(nobody), map[string]string{"call": "not_an_id"}},
		{"POST", interviews, "/finish-call", atLanes, called(nobody), map[string]string{"call": "not_an_id"}},
		{"POST", interviews, "/return-call", atLanes, called(nobody), map[string]string{"call": "not_an_id"}},
		{"POST", interviews, "/absent", reception, nil, nil},
		{"POST", applications, "/walk-in", reception, map[string]any{"interview": nobody}, map[string]string{"interview": "not_an_id"}},
		{"POST", applications, "/rebook", reception, map[string]any{"interview": nobody, "slot": 0}, map[string]string{"interview": "not_an_id", "slot": "too_small:0"}},
	} {
		there := d.id
		if op.subject == applications {
			there = d.Applications[0].String()
		}
		var body any
		if op.body != nil {
			body = op.body
		}
		d.refused(401, "unauthenticated", "", op.method, op.subject+there+op.path, body)
		for _, role := range staff.Roles {
			if !slices.Contains(op.may, role) {
				d.refused(404, "not_found", role, op.method, op.subject+there+op.path, body)
			}
		}
		for _, role := range op.may {
			d.refused(404, "not_found", role, op.method, op.subject+nobody+op.path, body)
			if op.body != nil {
				d.refused(404, "not_found", role, op.method, op.subject+there+op.path, body)
			}
		}
		d.refused(422, "invalid_input", op.may[0], op.method, op.subject+"x"+op.path, body)
		if op.wrong == nil {
			continue
		}
		bad := map[string]any{"extra": 1}
		for field, code := range op.wrong {
			bad[field] = "x"
			if code == "too_small:0" {
				bad[field] = -1
			}
		}
		got := d.refused(422, "invalid_input", op.may[0], op.method, op.subject+there+op.path, bad)
		for field, code := range op.wrong {
			if got.text("fields", field) != code {
				t.Errorf("%s %s: %s", op.path, field, got.raw)
			}
		}
		if got.text("fields", "extra") != "unknown_field" {
			t.Error(op.path, got.raw)
		}
		got = d.refused(422, "invalid_input", op.may[0], op.method, op.subject+there+op.path, map[string]any{})
		for field := range op.wrong {
			if got.text("fields", field) != "required" {
				t.Errorf("%s %s: %s", op.path, field, got.raw)
			}
		}
		d.refused(400, "bad_json", op.may[0], op.method, op.subject+there+op.path, "{")
		d.refused(422, "bad_key", op.may[0], op.method, op.subject+there+op.path, body, "Idempotency-Key", "a\tb")
	}
	// An interviewer runs his own lane, and sees his own session.
	for path, body := range map[string]any{"/call-next": lane(d.other), "/pause-lane": lane(d.other), "/resume-lane": lane(d.other), "/close-lane": lane(d.other), "/call": turn(d.bookings[0], d.other)} {
		d.refused(404, "not_found", staff.Interviewer, "POST", d.path+path, body)
	}
	its := d.want(200, staff.Receptionist, "POST", d.path+"/call-next", lane(d.other)).text("id")
	for _, path := range []string{"/start-call", "/finish-call", "/return-call"} {
		d.refused(404, "not_found", staff.Interviewer, "POST", d.path+path, called(its))
	}
	d.exec("UPDATE lane SET staff_id = ? WHERE id = ?", d.Staff[staff.Director], d.own)
	for _, path := range []string{"/day", "/report"} {
		d.refused(404, "not_found", staff.Interviewer, "GET", d.path+path, nil)
	}
}

func (b *bench) exec(query string, args ...any) {
	b.t.Helper()
	if _, err := b.DB.NewRaw(query, args...).Exec(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
}

func TestDayOfLanesAndCalls(t *testing.T) {
	d := newDay(t, 3)
	board := d.want(200, staff.Interviewer, "GET", d.path+"/day", nil)
	if board.text("state") != "open" && board.text("state") != "running" || len(d.queue()) != 3 || board.body["now"] != "2027-03-04T08:55:00Z" {
		t.Fatal(board.raw)
	}
	if board.body["relief"] != nil {
		t.Error("relief for people who came before the start", board.raw)
	}
	*d.now = d.starts.Add(65 * time.Minute)
	relief, _ := d.want(200, staff.HR, "GET", d.path+"/day", nil).body["relief"].(map[string]any)
	if over, _ := relief["over"].([]any); len(over) != 3 || relief["longest_minutes"] != 65.0 || len(relief["near"].([]any)) != 0 {
		t.Errorf("%v", relief)
	}
	*d.now = d.starts.Add(-5 * time.Minute)
	// Lanes.
	d.refused(409, "lane_open_already", staff.Receptionist, "POST", d.path+"/lanes", map[string]any{"staff": d.Staff[staff.HeadOfSales]})
	d.twice(staff.Receptionist, d.path+"/pause-lane", lane(d.own), lane(d.other))
	d.refused(409, "lane_paused", staff.Interviewer, "POST", d.path+"/pause-lane", lane(d.own))
	d.refused(409, "lane_paused", staff.Interviewer, "POST", d.path+"/call-next", lane(d.own))
	d.refused(409, "lane_paused", staff.Interviewer, "POST", d.path+"/call", turn(d.bookings[0], d.own))
	d.twice(staff.Receptionist, d.path+"/resume-lane", lane(d.own), lane(d.other))
	d.refused(409, "lane_not_paused", staff.Interviewer, "POST", d.path+"/resume-lane", lane(d.own))

	// Calls: the next, then one out of turn.
	queue := d.queue()
	*d.now = d.starts.Add(-2 * time.Hour)
	d.refused(409, "too_early", staff.Receptionist, "POST", d.path+"/call-next", lane(d.own))
	d.refused(409, "too_early", staff.Receptionist, "POST", d.path+"/call", turn(queue[2], d.own))
	*d.now = d.starts
	first := d.twice(staff.Receptionist, d.path+"/call-next", lane(d.own), lane(d.other))
	if first.text("code") != "called" || first.text("id") == "" || !slices.Equal(d.queue(), queue[1:]) {
		t.Fatal(first.raw, d.queue(), queue)
	}
	d.refused(409, "lane_busy", staff.Interviewer, "POST", d.path+"/call-next", lane(d.own))
	d.refused(409, "lane_busy", staff.Receptionist, "POST", d.path+"/call", turn(queue[2], d.own))
	d.refused(409, "lane_busy", staff.Receptionist, "POST", d.path+"/close-lane", lane(d.own))
	d.refused(409, "already_called", staff.Receptionist, "POST", d.path+"/call", turn(queue[0], d.other))
	second := d.twice(staff.Receptionist, d.path+"/call", turn(queue[2], d.other), turn(queue[1], d.other))
	if !slices.Equal(d.queue(), queue[1:2]) {
		t.Fatal(d.queue())
	}
	d.refused(409, "lane_opened", staff.Receptionist, "POST", d.path+"/absent", nil)

	// Begin, finish, put back.
	one, two := called(first.text("id")), called(second.text("id"))
	d.twice(staff.Interviewer, d.path+"/start-call", one, nil)
	d.refused(409, "already_started", staff.Interviewer, "POST", d.path+"/start-call", one)
	board = d.want(200, staff.HR, "GET", d.path+"/day", nil)
	for _, l := range board.body["lanes"].([]any) {
		l := l.(map[string]any)
		call, _ := l["call"].(map[string]any)
		if call == nil || l["id"] == d.own && call["started_at"] == nil || l["id"] == d.other && call["started_at"] != nil {
			t.Error(board.raw)
		}
	}
	*d.now = d.starts.Add(25 * time.Minute)
	d.twice(staff.Receptionist, d.path+"/return-call", two, one)
	d.refused(409, "call_over", staff.Receptionist, "POST", d.path+"/return-call", two)
	d.twice(staff.Interviewer, d.path+"/finish-call", one, nil)
	for _, path := range []string{"/start-call", "/finish-call", "/return-call"} {
		d.refused(409, "call_over", staff.Interviewer, "POST", d.path+path, one)
	}
	d.refused(409, "not_here", staff.Receptionist, "POST", d.path+"/call", turn(queue[0], d.own)) // he is interviewed
	waiting := d.queue()
	if !slices.Equal(waiting, []string{queue[1], queue[2]}) {
		t.Error("who was put back stands behind", waiting)
	}
	for _, booking := range waiting {
		at := d.want(200, staff.Receptionist, "POST", d.path+"/call", turn(booking, d.own)).text("id")
		d.want(200, staff.Receptionist, "POST", d.path+"/finish-call", called(at))
	}
	d.refused(409, "nobody_waiting", staff.Receptionist, "POST", d.path+"/call-next", lane(d.own))

	d.twice(staff.Interviewer, d.path+"/close-lane", lane(d.own), nil)
	for path, body := range map[string]any{"/close-lane": lane(d.own), "/pause-lane": lane(d.own), "/resume-lane": lane(d.own), "/call": turn(queue[1], d.own)} {
		d.refused(409, "lane_closed", staff.Receptionist, "POST", d.path+path, body)
	}
	report := d.want(200, staff.Director, "GET", d.path+"/report", nil)
	if report.text("interviewed") != "3" || report.text("came") != "3" {
		t.Error(report.raw)
	}
	// A service that is away, and an answer that does not come in time.
	d.engine.Down.Store(true)
	d.refused(503, "unavailable", staff.Receptionist, "POST", d.path+"/pause-lane", lane(d.other))
	d.engine.Down.Store(false)
	d.engine.Silent.Store(true)
	d.want(202, staff.Receptionist, "POST", d.path+"/pause-lane", lane(d.other), "Idempotency-Key", "slow")
	d.engine.Silent.Store(false)
	d.want(200, staff.Receptionist, "POST", d.path+"/pause-lane", lane(d.other), "Idempotency-Key", "slow")
	// The day is over.
	d.refused(409, "times_ahead", staff.HR, "POST", d.path+"/close", nil)
	*d.now = d.starts.Add(35 * time.Minute)
	if over := d.twice(staff.HR, d.path+"/close", nil, nil); over.text("code") != "closed" {
		t.Error(over.raw)
	}
	for path, body := range map[string]any{"/lanes": map[string]any{"staff": d.Staff[staff.Director]}, "/pause-lane": lane(d.other), "/resume-lane": lane(d.other), "/absent": nil} {
		code := "session_closed"
		if path == "/absent" {
			code = "lane_opened"
		}
		d.refused(409, code, staff.Receptionist, "POST", d.path+path, body)
	}
}

func TestDayWithoutAnInterviewer(t *testing.T) {
	d := newDay(t, 2)
	d.refused(409, "too_early", staff.Receptionist, "POST", d.path+"/absent", nil)
	*d.now = d.starts.Add(25 * time.Minute)
	first := d.want(200, staff.Receptionist, "POST", d.path+"/absent", nil, "Idempotency-Key", "absent")
	if again := d.want(200, staff.Receptionist, "POST", d.path+"/absent", nil, "Idempotency-Key", "absent"); again.raw != first.raw || first.text("count") != "2" {
		t.Error(first.raw, again.raw)
	}
	d.refused(409, "already_absent", staff.Receptionist, "POST", d.path+"/absent", nil)
	if got := d.want(200, staff.HR, "GET", d.application(0), nil); got.text("booking", "state") != "interviewer_no_show" && got.text("state") != "shortlisted" {
		t.Error(got.raw)
	}
	if len(d.queue()) != 0 {
		t.Error(d.queue())
	}
}

func TestDayOfGuestsAndOtherTimes(t *testing.T) {
	d := newDay(t, 1)
	later := d.want(201, staff.HR, "POST", "/api/v1/interviews", map[string]any{
		"venue": d.Venue, "vacancies": []uuid.UUID{d.Vacancy}, "starts": d.starts.AddDate(0, 0, 2), "slot_minutes": 30, "seats": []int{1, 1}, "lanes": []uuid.UUID{d.Staff[staff.Interviewer]}, "room": 10,
	}).text("id")
	here, unasked, third := d.application(0), d.application(1), d.application(2)
	to := func(interview string) map[string]any { return map[string]any{"interview": interview} }
	slot := func(interview string, n int) map[string]any { return map[string]any{"interview": interview, "slot": n} }

	// Somebody comes unasked.
	d.refused(409, "too_early", staff.Receptionist, "POST", unasked+"/walk-in", to(later))
	d.refused(409, "already_in_session", staff.Receptionist, "POST", here+"/walk-in", to(d.id))
	guest := d.twice(staff.Receptionist, unasked+"/walk-in", to(d.id), to(later))
	if queue := d.queue(); guest.text("code") != "walked_in" || len(queue) != 2 || queue[1] != guest.text("id") {
		t.Error(guest.raw, queue)
	}
	d.refused(409, "already_in_session", staff.Receptionist, "POST", unasked+"/walk-in", to(d.id))
	*d.now = d.starts.Add(6 * time.Hour)
	d.refused(409, "too_late", staff.Receptionist, "POST", third+"/walk-in", to(d.id))
	*d.now = d.starts.Add(5 * time.Minute)

	// Another time that comes first.
	d.refused(409, "same_time", staff.Receptionist, "POST", unasked+"/rebook", slot(d.id, 0))
	*d.now = d.starts.Add(35 * time.Minute)
	d.refused(409, "too_late", staff.Receptionist, "POST", unasked+"/rebook", slot(d.id, 1))
	*d.now = d.starts.Add(5 * time.Minute)
	d.refused(404, "not_found", staff.Receptionist, "POST", unasked+"/rebook", slot(later, 7))
	d.refused(409, "cannot_rebook", staff.Receptionist, "POST", third+"/rebook", slot(later, 0))
	again := d.twice(staff.Receptionist, unasked+"/rebook", slot(later, 0), slot(later, 1))
	if again.text("code") != "rebooked" || len(d.queue()) != 1 {
		t.Error(again.raw, d.queue())
	}
	d.refused(409, "same_time", staff.Receptionist, "POST", unasked+"/rebook", slot(later, 0))
	d.refused(409, "no_priority_place", staff.Receptionist, "POST", here+"/rebook", slot(later, 0))
	d.want(200, staff.HR, "POST", "/api/v1/interviews/"+later+"/cancel", nil)
	d.refused(409, "session_closed", staff.Receptionist, "POST", here+"/rebook", slot(later, 1))

	// Who was interviewed is neither a walk-in nor owed a time.
	its := d.want(200, staff.Receptionist, "POST", d.path+"/call-next", lane(d.own)).text("id")
	d.want(200, staff.Receptionist, "POST", d.path+"/finish-call", called(its))
	d.refused(409, "cannot_rebook", staff.Receptionist, "POST", here+"/rebook", slot(later, 1))
	d.refused(409, "cannot_walk_in", staff.Receptionist, "POST", here+"/walk-in", to(d.id))
	d.want(200, staff.HR, "POST", d.path+"/cancel", nil)
	d.refused(409, "session_closed", staff.Receptionist, "POST", third+"/walk-in", to(d.id))
}
