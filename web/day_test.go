package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/staff"
)

func marking(place store.SessionPlace, what string) url.Values {
	return url.Values{"do": {what}, "booking": {place.ID.String()}, "version": {strconv.Itoa(place.Version)}}
}

func (f *firm) placeNow(session, booking uuid.UUID) store.SessionPlace {
	f.Helper()
	place, err := f.Reader.SessionPlace(f.Context(), session, booking)
	f.command(err)
	return place
}

func TestCheckIn(t *testing.T) {
	f := newFirm(t, 3)
	id, path := f.session(2, 1)
	places := f.booked(id, 3)
	f.DB.NewRaw("UPDATE person SET name = 'Ёлкина <Зоя>' WHERE id = ?", places[0].PersonID).Exec(t.Context())
	f.now = places[0].StartsAt.Add(-5 * time.Minute)
	day := path + "/day"
	_, page := f.get(staff.Receptionist, day)
	wantPage(t, page, "Ёлкина &lt;Зоя&gt;", "Second door", "74950000000", ">Arrived<", "12:00", "12:30")
	if strings.Contains(page, ">Did not come<") {
		t.Error("a no-show before the time")
	}
	// By htmx: the row as it is now.
	res, row := f.post(staff.Receptionist, day, day, marking(places[0], "arrived"), "HX-Request", "true")
	f.want(res, row, http.StatusOK, `id="row-`+places[0].ID.String(), ">Undo arrival<", ">Left<", "Leaving without an interview is never held against the person", "here since 11:55")
	if strings.Contains(row, "<html") {
		t.Error("a whole page in a row")
	}
	// A second receptionist still sees the old version: nothing is done twice, the row says what is true.
	res, row = f.post(staff.HR, day, day, marking(places[0], "arrived"), "HX-Request", "true")
	f.want(res, row, http.StatusOK, "This has changed since you opened the page", "here since 11:55")
	// Without scripts: back to the row, with the same words.
	res, row = f.post(staff.HR, day, day, marking(places[0], "no_show"))
	f.want(res, row, http.StatusSeeOther)
	if at := res.Header.Get("Location"); at != day+"#row-"+places[0].ID.String() {
		t.Error(at)
	}
	_, page = f.get(staff.HR, day, "Cookie", f.as(staff.HR)+"; "+flashOf(res))
	wantPage(t, page, "This has changed since you opened the page")

	// The wait counts from the time promised and turns long after twenty minutes.
	f.now = places[0].StartsAt.Add(15 * time.Minute)
	if _, page = f.get(staff.Receptionist, day); !strings.Contains(page, "waits 15") || strings.Contains(page, "is-long") {
		t.Error("waits", text(page))
	}
	f.now = places[0].StartsAt.Add(21 * time.Minute)
	_, page = f.get(staff.Receptionist, day)
	wantPage(t, page, "waits 21", "is-long", ">Did not come<")

	f.now = places[0].StartsAt.Add(19 * time.Minute) // past the grace the process itself marks a no-show
	// Undo, then a no-show, then he came after all, then he left.
	for _, step := range []struct {
		do   string
		want hiring.Attendance
	}{{"undo", hiring.BookingConfirmed}, {"no_show", hiring.BookingNoShow}, {"arrived", hiring.BookingArrivedLate}, {"left", hiring.BookingLeft}, {"return", hiring.BookingArrivedLate}, {"left", hiring.BookingLeft}} {
		res, row = f.post(staff.Receptionist, day, day, marking(f.placeNow(id, places[0].ID), step.do))
		f.want(res, row, http.StatusSeeOther)
		if now := f.placeNow(id, places[0].ID); now.State != step.want {
			t.Fatalf("%s: %s", step.do, now.State)
		}
	}
	// Too early for the one at 12:30 to be a no-show: said, not done.
	res, row = f.post(staff.Receptionist, day, day, marking(places[2], "no_show"), "HX-Request", "true")
	f.want(res, row, http.StatusOK, "It is too early for this")
	if res, _ = f.post(staff.Receptionist, day, day, marking(places[2], "promoted")); res.StatusCode != 404 {
		t.Error(res.StatusCode)
	}
	if res, _ = f.post(staff.Receptionist, day, day, url.Values{"do": {"arrived"}, "booking": {"x"}}); res.StatusCode != 404 {
		t.Error(res.StatusCode)
	}
	f.engine.Down.Store(true)
	if res, _ = f.post(staff.Receptionist, day, day, marking(places[2], "arrived")); res.StatusCode != http.StatusServiceUnavailable {
		t.Error(res.StatusCode)
	}
	f.engine.Down.Store(false)
	f.engine.Silent.Store(true)
	res, _ = f.post(staff.Receptionist, day, day, marking(places[2], "arrived"))
	_, page = f.get(staff.HR, day, "Cookie", f.as(staff.HR)+"; "+flashOf(res))
	wantPage(t, page, "still being saved")
}

func TestOneTapIsOneEffect(t *testing.T) {
	f := newFirm(t, 1)
	id, path := f.session(1)
	place := f.booked(id, 1)[0]
	f.now = place.StartsAt
	form := marking(place, "arrived")
	for range 2 { // the same form twice: one effect, the same answer
		res, page := f.post(staff.Receptionist, path+"/day", path+"/day", form)
		f.want(res, page, http.StatusSeeOther)
		if message := flashOf(res); message == "flash=" {
			t.Error("no message")
		}
	}
	if now := f.placeNow(id, place.ID); now.State != hiring.BookingArrived || now.Version != place.Version+1 {
		t.Fatalf("%+v", now)
	}
}

func TestFindAndLate(t *testing.T) {
	f := newFirm(t, 2)
	id, path := f.session(2)
	places := f.booked(id, 2)
	f.DB.NewRaw("UPDATE person SET name = 'Щербаков Юрий' WHERE id = ?", places[1].PersonID).Exec(t.Context())
	f.now = places[0].StartsAt.Add(-10 * time.Minute)
	_, err := workflows.Do(t.Context(), f.pages.Commands, workflows.Late, places[1].ApplicationID.String(), workflows.By{Actor: "candidate/" + places[1].ApplicationID.String(), Key: "late"},
		workflows.LateArgs{BookingArgs: workflows.BookingArgs{Booking: places[1].ID.String(), Version: places[1].Version}, Minutes: 20})
	f.command(err)
	res, page := f.post(staff.Receptionist, path+"/day", path+"/day/find", url.Values{"q": {"щЕРБ"}})
	f.want(res, page, http.StatusOK, "Щербаков Юрий", "20 min late, about 12:20", "Show everybody")
	if strings.Contains(page, "Ivanov") {
		t.Error("the search finds everybody")
	}
	res, page = f.post(staff.Receptionist, path+"/day", path+"/day/find", url.Values{"q": {"нет такого"}})
	f.want(res, page, http.StatusOK, "Nobody on this list", `day-way" open`, "Nobody outside this list") // nor among those who may have come unasked
}

func TestArrivals(t *testing.T) {
	f := newFirm(t, 1)
	if code, page := f.get(staff.Receptionist, "/arrivals"); code != 200 || !strings.Contains(page, "No session today") {
		t.Fatal(code)
	}
	id, path := f.session(1)
	f.booked(id, 1)
	if _, page := f.get(staff.Receptionist, "/arrivals"); !strings.Contains(page, "No session today") {
		t.Error("a session in three days is today's")
	}
	f.now = f.now.AddDate(0, 0, 3).Add(-2 * time.Hour)
	_, page := f.get(staff.Receptionist, "/arrivals")
	wantPage(t, page, "Ivanov Ivan 001", path+"/day")
	second := uuid.New()
	_, err := workflows.Do(t.Context(), f.pages.Commands, workflows.Schedule, second.String(), f.by(staff.HR), workflows.ScheduleArgs{
		Venue: f.Venue.String(), Vacancies: []string{f.Vacancy.String()}, Rules: hiring.DefaultCandidateRules(),
		Session: hiring.Session{Starts: f.now.Add(3 * time.Hour), SlotMinutes: 30, Seats: []int{1}, Lanes: []string{f.Staff[staff.HeadOfSales].String()}, Room: 10, WaitMinutes: 60},
	})
	f.command(err)
	_, page = f.get(staff.Receptionist, "/arrivals")
	wantPage(t, page, "Several sessions today", sessionPath(second)+"/day")
	_, page = f.get(staff.Receptionist, "/")
	wantPage(t, page, "Sessions today", "Head office", "1 expected")
	if _, page = f.get(staff.Interviewer, "/arrivals"); strings.Contains(page, sessionPath(second)) {
		t.Error("an interviewer sees another's day")
	}
	if _, page = f.get(staff.Employee, "/"); strings.Contains(page, "Sessions today") {
		t.Error("an employee has sessions")
	}
}

// An interviewer comes to his own screen from the pages of the session; nobody else is shown the way there.
func TestTheWayToOnesOwnScreen(t *testing.T) {
	f := newFirm(t, 2)
	f.as(staff.Interviewer) // his account takes the place of the seed's
	_, path := f.session(2)
	link := `href="` + path + `/lane"`
	for _, from := range []string{path, path + "/day"} {
		if code, page := f.get(staff.Interviewer, from); code != 200 || !strings.Contains(page, link) {
			t.Errorf("%s does not lead there: %d", from, code)
		}
		if _, page := f.get(staff.Receptionist, from); strings.Contains(page, link) {
			t.Errorf("reception is shown an interviewer's screen on %s", from)
		}
	}
	code, page := f.get(staff.Interviewer, path+"/lane")
	if code != 200 {
		t.Fatal(code)
	}
	wantPage(t, page, "My interviews")
}
