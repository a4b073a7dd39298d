package web

import (
	"html/template"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/staff"
)

func (f *firm) laneForm(do string, lane uuid.UUID, more ...string) url.Values {
	form := url.Values{"do": {do}, "lane": {lane.String()}}
	for i := 0; i+1 < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return form
}

// liveCall is the id of the call that lives in the session.
func (f *firm) liveCall(session uuid.UUID) string {
	f.Helper()
	calls, err := f.Reader.Calls(f.Context(), session)
	f.command(err)
	for _, c := range calls {
		if c.Outcome == hiring.CallLive {
			return c.ID.String()
		}
	}
	f.Fatal("nobody is called")
	return ""
}

// callOf is the id of the call that lives at a lane.
func (f *firm) callOf(session, lane uuid.UUID) string {
	f.Helper()
	calls, err := f.Reader.Calls(f.Context(), session)
	f.command(err)
	for _, c := range calls {
		if c.LaneID == lane && c.Outcome == hiring.CallLive {
			return c.ID.String()
		}
	}
	f.Fatal("nobody is at the lane")
	return ""
}

// The board and the interviewer's own screen, from the first call to the report.
func TestBoardCallsAndReport(t *testing.T) {
	f := newFirm(t, 3)
	id, places := f.met(2)
	path := sessionPath(id)
	f.DB.NewRaw("UPDATE person SET name = 'Ёжикова Ася' WHERE id = ?", places[0].PersonID).Exec(t.Context())
	f.now = places[0].StartsAt
	lanes, err := f.Reader.Lanes(t.Context(), id)
	f.command(err)
	lane := lanes[0].ID
	row, err := f.Reader.InterviewRow(t.Context(), id)
	f.command(err)
	name := template.HTMLEscapeString(row.Lanes[0].StaffName)
	_, page := f.get(staff.Interviewer, path+"/lane")
	wantPage(t, page, "next:", "Call next", "Waiting")
	if strings.Contains(page, "+7900") || strings.Contains(page, "7900000") {
		t.Error("a telephone number on the interviewer's screen")
	}
	if code, _ := f.get(staff.Receptionist, path+"/lane"); code != http.StatusNotFound {
		t.Error("reception has no lane of its own", code)
	}
	if code, _ := f.get(staff.Receptionist, path+"/lane?lane="+lane.String()); code != http.StatusOK {
		t.Error("reception may look at any", code)
	}
	if code, _ := f.get(staff.Director, path+"/lane?lane="+lane.String()); code != http.StatusNotFound {
		t.Error("a director runs no lane", code)
	}
	// By htmx the screen as it is now; the same press again is refused plainly.
	res, page := f.post(staff.Interviewer, path+"/lane", path+"/lane", f.laneForm("call_next", lane, "from", "lane"), "HX-Request", "true")
	f.want(res, page, http.StatusOK, ">Begin<", ">Back to the queue<", "/scorecards/")
	// Who was called to him is his to score, and stands first; the other stands below.
	_, page = f.get(staff.Interviewer, "/scorecards")
	wantPage(t, page, "Yours to score", "with you now", "Lane 1", "Others in your sessions")
	if first := strings.Index(page, "with you now"); first > strings.Index(page, "Others in your sessions") {
		t.Error("who is with him stands below the others")
	}
	_, page = f.get(staff.Interviewer, regexp.MustCompile(`/scorecards/[0-9a-f-]{36}`).FindString(page))
	wantPage(t, page, `href="`+path+`/lane"`, "My interviews", // the way back to whoever comes next
		"Filing it ends the interview: you are then free for the next person.")
	_, page = f.get(staff.Interviewer, "/")
	wantPage(t, page, "1 person to score", "1 person is here, not called yet", path+"/lane")
	if _, page = f.get(staff.Receptionist, "/"); strings.Contains(page, path+"/lane") {
		t.Error("reception has a screen of its own")
	}
	res, page = f.post(staff.Receptionist, path+"/day", path+"/lane", f.laneForm("call_next", lane), "HX-Request", "true")
	f.want(res, page, http.StatusOK, "Somebody is with this interviewer", `id="list"`)
	_, page = f.get(staff.HR, path+"/day")
	wantPage(t, page, "with "+name, "With an interviewer", ">Begin<")
	call := f.liveCall(id)
	res, page = f.post(staff.Receptionist, path+"/day", path+"/lane", f.laneForm("start", lane, "call", call))
	f.want(res, page, http.StatusSeeOther)
	// A walk-in is found by name, and stands behind.
	res, page = f.post(staff.Receptionist, path+"/day", path+"/day/find", url.Values{"q": {"ivanov ivan 003"}})
	f.want(res, page, http.StatusOK, "Ivanov Ivan 003", "Is here")
	res, page = f.post(staff.Receptionist, path+"/day", path+"/walk-in", url.Values{"application": {f.Applications[2].String()}})
	f.want(res, page, http.StatusSeeOther)
	_, page = f.get(staff.HR, path+"/day")
	wantPage(t, page, "here, walked in", "Waiting <span class=\"count\">2<")
	f.now = f.now.Add(31 * time.Minute)
	_, page = f.get(staff.HR, path+"/day")
	wantPage(t, page, "is-over", "31", ">Finish<", "waits 31", "is-long")
	res, page = f.post(staff.Interviewer, path+"/lane", path+"/lane", f.laneForm("finish", lane, "call", call, "from", "lane"))
	f.want(res, page, http.StatusSeeOther)
	if got := f.placeNow(id, places[0].ID).State; got != hiring.BookingInterviewed && f.placeNow(id, places[1].ID).State != hiring.BookingInterviewed {
		t.Error("finishing made nobody interviewed", got)
	}
	// Whom he has met and not scored stands on his screen until he has.
	_, page = f.get(staff.Interviewer, path+"/lane")
	wantPage(t, page, "To score", `href="/scorecards/`)
	for _, do := range []string{"pause", "resume"} {
		res, page = f.post(staff.Interviewer, path+"/lane", path+"/lane", f.laneForm(do, lane, "from", "lane"))
		f.want(res, page, http.StatusSeeOther)
	}
	if res, _ = f.post(staff.Interviewer, path+"/lane", path+"/lane", f.laneForm("call_next", uuid.New())); res.StatusCode != http.StatusNotFound {
		t.Error("a lane that is not there", res.StatusCode)
	}
	_, page = f.get(staff.HR, path+"/report")
	wantPage(t, page, "Came with a place", "of 2", "Came without a place", name, "31", "not closed yet")
	for _, lang := range []string{"en", "bg", "ru"} {
		for _, one := range []string{"/day", "/report", "/lane?lane=" + lane.String()} {
			if code, page := f.get(staff.HR, path+one, "Cookie", f.as(staff.HR)+"; lang="+lang); code != 200 {
				t.Errorf("%s %s: %d %s", lang, one, code, text(page))
			}
		}
	}
}

// When waits come near the limit the board proposes; one tap does it.
func TestBoardRelief(t *testing.T) {
	f := newFirm(t, 4)
	id, places := f.met(4)
	path := sessionPath(id)
	f.as(staff.HR)
	helper := uuid.New()
	if _, err := f.DB.NewRaw(`INSERT INTO staff (id, email, name, roles, created_at) VALUES (?, 'helper@example.org', 'Галя Шум', '{interviewer}', ?)`, helper, f.now).Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
	other := uuid.New()
	_, err := workflows.Do(t.Context(), f.pages.Commands, workflows.Schedule, other.String(), f.by(staff.HR), workflows.ScheduleArgs{
		Venue: f.Venue.String(), Vacancies: []string{f.Vacancy.String()}, Rules: hiring.DefaultCandidateRules(),
		Session: hiring.Session{Starts: f.now.AddDate(0, 0, 2), SlotMinutes: 30, Seats: []int{3}, Lanes: []string{f.Staff[staff.Interviewer].String()}, Room: 10, WaitMinutes: 60},
	})
	f.command(err)
	f.now = places[0].StartsAt.Add(5 * time.Minute)
	_, page := f.get(staff.Receptionist, path+"/day")
	wantPage(t, page, "close to the limit of 1\u00a0h", "longest 5\u00a0min", "Open a lane for Галя Шум", "Another time: Ivanov Ivan 00", "is-near", "Agreed with the person?", "Free now, call the next: ")
	f.now = places[0].StartsAt.Add(-5 * time.Minute)
	if _, page = f.get(staff.Receptionist, path+"/day"); strings.Contains(page, "close to the limit") {
		t.Error("who came before the start waits too long")
	}
	f.now = places[0].StartsAt.Add(65 * time.Minute)
	_, page = f.get(staff.Receptionist, path+"/day")
	wantPage(t, page, "4 people have waited longer than 1\u00a0h", "longest 1\u00a0h 5\u00a0min")
	f.now = places[0].StartsAt.Add(5 * time.Minute)
	for _, role := range []staff.Role{staff.Interviewer, staff.Director} {
		if _, page = f.get(role, path+"/day"); strings.Contains(page, "Галя Шум") {
			t.Error(role, "is offered relief")
		}
	}
	res, page := f.post(staff.Receptionist, path+"/day", path+"/relief", url.Values{"do": {"move"}, "booking": {places[3].ID.String()}, "interview": {other.String()}, "slot": {"0"}}, "HX-Request", "true")
	f.want(res, page, http.StatusOK, `id="list"`, "Another time is given; the mail is on its way.")
	if got := f.placeNow(id, places[3].ID).State; got != hiring.BookingLeft {
		t.Error(got)
	}
	res, page = f.post(staff.Receptionist, path+"/day", path+"/relief", url.Values{"do": {"move"}, "booking": {places[2].ID.String()}, "interview": {other.String()}, "slot": {"0"}}, "HX-Request", "true")
	f.want(res, page, http.StatusOK, "as many promised places as interviewers")
	res, page = f.post(staff.Receptionist, path+"/day", path+"/relief", url.Values{"do": {"lane"}, "staff": {helper.String()}})
	f.want(res, page, http.StatusSeeOther)
	_, page = f.get(staff.Receptionist, path+"/day")
	wantPage(t, page, "Галя Шум")
	if strings.Contains(page, "close to the limit") {
		t.Error("relief is still proposed")
	}
	// Nobody is called for long: perhaps no interviewer came.
	f.now = f.now.Add(20 * time.Minute)
	_, page = f.get(staff.Receptionist, path+"/day")
	wantPage(t, page, "nobody has been called yet")
	res, page = f.post(staff.Receptionist, path+"/day", path+"/absent", url.Values{})
	f.want(res, page, http.StatusSeeOther)
	if got := f.placeNow(id, places[0].ID).State; got != hiring.BookingNoInterview {
		t.Error(got)
	}
}

// Somebody may be called before his turn. The card says whom it passes over, and what another screen did
// meanwhile is told on both.
func TestCallNow(t *testing.T) {
	f := newFirm(t, 3)
	id, places := f.met(3)
	path := sessionPath(id)
	f.as(staff.HR)
	helper := uuid.New()
	if _, err := f.DB.NewRaw(`INSERT INTO staff (id, email, name, roles, created_at) VALUES (?, 'helper@example.org', 'Галя Шум', '{interviewer}', ?)`, helper, f.now).Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
	answer, err := workflows.Do(t.Context(), f.pages.Commands, workflows.AddLane, id.String(), f.by(staff.HR), workflows.LaneArgs{Staff: helper.String()})
	f.command(err)
	second := uuid.MustParse(answer.ID)
	lanes, err := f.Reader.Lanes(t.Context(), id)
	f.command(err)
	first := lanes[0].ID
	queue, err := f.Reader.InQueue(t.Context(), id)
	f.command(err)
	var order []string // of those waiting
	for _, w := range hiring.Queue(queue) {
		order = append(order, w.ID)
	}
	names := map[string]string{}
	for _, place := range places {
		names[place.ID.String()] = place.Name
	}
	call := func(lane uuid.UUID, booking string) url.Values {
		return url.Values{"do": {"call"}, "lane": {lane.String()}, "booking": {booking}}
	}

	_, page := f.get(staff.Receptionist, path+"/day")
	wantPage(t, page, "Call now", "nobody is passed over", "passes over 1 person before in the queue: "+names[order[0]]+".",
		"passes over 2 people before in the queue: "+names[order[0]]+" and "+names[order[1]]+".", "To Галя Шум")
	if _, page := f.get(staff.Director, path+"/day"); strings.Contains(page, "Call now") {
		t.Error("a director calls people")
	}
	f.now = places[0].StartsAt.Add(-hiring.CallBefore - time.Minute)
	res, page := f.post(staff.Receptionist, path+"/day", path+"/lane", call(second, order[2]), "HX-Request", "true")
	f.want(res, page, http.StatusOK, "It is too early for this")
	f.now = places[0].StartsAt
	res, page = f.post(staff.Receptionist, path+"/day", path+"/lane", call(second, order[2]), "HX-Request", "true")
	f.want(res, page, http.StatusOK, `id="list"`, "with Галя Шум", "Waiting <span class=\"count\">2<")
	// Whom another interviewer called is not his to score.
	_, page = f.get(staff.Interviewer, "/scorecards")
	wantPage(t, page, "Others in your sessions", "with Галя Шум")
	if strings.Contains(page, "Yours to score") {
		t.Error("somebody is his whom another called")
	}
	_, page = f.get(staff.Interviewer, "/")
	wantPage(t, page, "2 people are here, not called yet")
	// Another screen still offers him, to the other lane: both say the same from now on.
	res, page = f.post(staff.HR, path+"/day", path+"/lane", call(first, order[2]), "HX-Request", "true")
	f.want(res, page, http.StatusOK, "has been called already", "with Галя Шум")
	// The lane that another screen has given somebody meanwhile.
	res, page = f.post(staff.HR, path+"/day", path+"/lane", call(second, order[1]), "HX-Request", "true")
	f.want(res, page, http.StatusOK, "Somebody is with this interviewer")
	// Without scripts: back to the board with the same words, or with what was done.
	res, page = f.post(staff.HR, path+"/day", path+"/lane", call(first, order[2]))
	f.want(res, page, http.StatusSeeOther)
	_, page = f.get(staff.HR, path+"/day", "Cookie", f.as(staff.HR)+"; "+flashOf(res))
	wantPage(t, page, "has been called already")
	res, page = f.post(staff.HR, path+"/day", path+"/lane", call(first, order[1]))
	f.want(res, page, http.StatusSeeOther)
	_, page = f.get(staff.HR, path+"/day", "Cookie", f.as(staff.HR)+"; "+flashOf(res))
	wantPage(t, page, "Called.", "No interviewer is free", "nobody is passed over")
	if strings.Contains(page, ">To ") {
		t.Error("a lane that is not free is offered")
	}
	// Who went home, what is not there and what is nonsense.
	gone := f.placeNow(id, uuid.MustParse(order[0]))
	res, page = f.post(staff.Receptionist, path+"/day", path+"/day", marking(gone, "left"))
	f.want(res, page, http.StatusSeeOther)
	res, page = f.post(staff.Interviewer, path+"/lane", path+"/lane", f.laneForm("return", first, "call", f.callOf(id, first), "from", "lane"))
	f.want(res, page, http.StatusSeeOther)
	res, page = f.post(staff.HR, path+"/day", path+"/lane", call(first, order[0]), "HX-Request", "true")
	f.want(res, page, http.StatusOK, "The person is not here")
	for _, wrong := range []url.Values{call(uuid.New(), order[1]), call(first, uuid.NewString())} {
		if res, page = f.post(staff.HR, path+"/day", path+"/lane", wrong); res.StatusCode != http.StatusNotFound {
			t.Error(res.StatusCode, text(page))
		}
	}
	if res, page = f.post(staff.HR, path+"/day", path+"/lane", call(first, "x")); res.StatusCode >= 500 || res.StatusCode < 400 {
		t.Error(res.StatusCode, text(page))
	}
	// The other's interview is over: the list does not say that it goes on, nor that the person is still here.
	_, page = f.get(staff.Interviewer, "/scorecards")
	wantPage(t, page, "with Галя Шум", "here since")
	hers := "/scorecards/" + f.placeNow(id, uuid.MustParse(order[2])).ApplicationID.String()
	_, page = f.get(staff.Interviewer, hers)
	wantPage(t, page, "Filing it ends the interview: Галя Шум is then free for the next person.")
	res, page = f.post(staff.HR, path+"/day", path+"/lane", f.laneForm("finish", second, "call", f.callOf(id, second)))
	f.want(res, page, http.StatusSeeOther)
	if _, page = f.get(staff.Interviewer, "/scorecards"); strings.Contains(page, "with Галя Шум") {
		t.Error("an interview that is over goes on")
	}
	wantPage(t, page, "was met by Галя Шум", "came at")
	if _, page = f.get(staff.Interviewer, hers); strings.Contains(page, "ends the interview") || !strings.Contains(page, "File the scorecard") {
		t.Error("filing ends what is over")
	}
	for _, lang := range []string{"bg", "ru"} {
		if code, page := f.get(staff.HR, path+"/day", "Cookie", f.as(staff.HR)+"; lang="+lang); code != 200 {
			t.Errorf("%s: %d %s", lang, code, text(page))
		}
	}
}

// A day that is over: nobody is called any more, no wait grows, and those of whom nothing is noted are asked
// for until it is.
func TestBoardOfADayThatIsOver(t *testing.T) {
	f := newFirm(t, 3)
	id, places := f.met(3)
	path := sessionPath(id)
	lanes, err := f.Reader.Lanes(t.Context(), id)
	f.command(err)
	lane := lanes[0].ID
	// A second interviewer, who never uses the board: whether he met people without it nobody can say.
	helper := uuid.New()
	if _, err := f.DB.NewRaw(`INSERT INTO staff (id, email, name, roles, created_at) VALUES (?, 'helper@example.org', 'Галя Шум', '{interviewer}', ?)`, helper, f.now).Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err = workflows.Do(t.Context(), f.pages.Commands, workflows.AddLane, id.String(), f.by(staff.HR), workflows.LaneArgs{Staff: helper.String()})
	f.command(err)
	f.now = places[0].StartsAt
	for _, do := range []string{"call_next", "finish"} {
		form := f.laneForm(do, lane, "from", "lane")
		if do == "finish" {
			form.Set("call", f.liveCall(id))
		}
		res, page := f.post(staff.Interviewer, path+"/lane", path+"/lane", form)
		f.want(res, page, http.StatusSeeOther)
	}
	f.now = f.now.Add(26 * time.Hour)
	for range 3 {
		f.command(f.engine.Run(t.Context(), "interview/"+id.String()))
	}
	_, page := f.get(staff.Receptionist, path+"/day")
	wantPage(t, page, "of 2 people who came it is not noted what became of them", "Came, and nothing is noted", ">Left<")
	for _, gone := range []string{"Call next", "Call now", "waits ", "longer than", "without an invitation"} {
		if strings.Contains(page, gone) {
			t.Errorf("a closed day shows %q", gone)
		}
	}
	_, page = f.get(staff.Receptionist, "/")
	wantPage(t, page, "2 people came and nothing is noted: Head office", path+"/day")
	_, page = f.get(staff.HR, path+"/report")
	wantPage(t, page, "of 2 people who came", `href="`+path+`/day"`)
	_, page = f.get(staff.Interviewer, path+"/lane")
	wantPage(t, page, "The session is over", "To score")
	if strings.Contains(page, "next:") {
		t.Error("somebody is next after the session")
	}
	if _, page = f.get(staff.Interviewer, "/"); strings.Contains(page, "not called yet") {
		t.Error("somebody may still be called after the session")
	}
	for _, place := range places {
		if now := f.placeNow(id, place.ID); now.State.Present() {
			res, page := f.post(staff.Receptionist, path+"/day", path+"/day", marking(now, "left"))
			f.want(res, page, http.StatusSeeOther)
		}
	}
	for _, asked := range []string{path + "/day", "/"} {
		if _, page = f.get(staff.Receptionist, asked); strings.Contains(page, "not noted") || strings.Contains(page, "nothing is noted") {
			t.Errorf("%s asks for them still", asked)
		}
	}
}
