package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows/staff"
)

// typed is the new session's form as somebody fills it in.
func (f *firm) typed(change map[string]string) url.Values {
	f.as(staff.Interviewer)
	v := url.Values{
		"venue": {f.Venue.String()}, "vacancies": {f.Vacancy.String()}, "lanes": {f.Staff[staff.Interviewer].String()},
		"date": {"2027-03-04"}, "time": {"10:00"}, "slot_minutes": {"30"}, "slots": {"3"}, "room": {"12"}, "wait_minutes": {"60"},
		"notice_hours": {"2"}, "horizon_days": {"14"}, "moves": {"2"}, "cutoff_hours": {"4"}, "same_day": {"yes"}, "seats": {"3", "0", "2"},
	}
	for name, value := range change {
		v.Set(name, value)
	}
	return v
}

func TestNewSession(t *testing.T) {
	f := newFirm(t, 0)
	code, page := f.get(staff.HR, "/sessions/new")
	if code != 200 {
		t.Fatal(code)
	}
	wantPage(t, page, "minutes on average", "the clock of the venue: Moscow time", `name="seats"`, "handbook")

	form := f.typed(nil)
	res, page := f.post(staff.HR, "/sessions/new", "/sessions", form)
	f.want(res, page, http.StatusSeeOther)
	path := res.Header.Get("Location")
	id, err := uuid.Parse(strings.TrimPrefix(path, "/sessions/"))
	if err != nil {
		t.Fatal(path)
	}
	session, err := f.Reader.Interview(t.Context(), id)
	if err != nil || !session.StartsAt.Equal(time.Date(2027, 3, 4, 7, 0, 0, 0, time.UTC)) || !session.EndsAt.Equal(session.StartsAt.Add(90*time.Minute)) {
		t.Fatalf("%+v %v", session, err)
	}
	slots, _ := f.Reader.Slots(t.Context(), id)
	if len(slots) != 3 || slots[0].Seats != 3 || slots[1].Seats != 0 || slots[2].Seats != 2 {
		t.Fatalf("%+v", slots)
	}
	// The same form sent again is the same session; with other words under its id it is refused and kept.
	res, _ = do(t, f.app, "POST", "/sessions", form.Encode(), "Cookie", f.as(staff.HR), "Sec-Fetch-Site", "same-origin")
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != path {
		t.Fatal(res.StatusCode, res.Header.Get("Location"))
	}
	// The interviewer is busy then: 409, who and where, and what was typed stays.
	res, page = f.post(staff.HR, "/sessions/new", "/sessions", f.typed(map[string]string{"time": "11:00", "room": "17"}))
	f.want(res, page, http.StatusConflict, "Пётр &lt;interviewer&gt; is in another session then: Head office", "already leads another room", `value="17"`, `value="11:00"`)
	if rows, _, _ := f.Reader.Interviews(t.Context(), store.InterviewFilter{}, store.Page{}); len(rows) != 1 {
		t.Fatalf("%d sessions", len(rows))
	}
}

// The place is that of the vacancy the page was opened from, else where the last session was made; its
// vacancies stand first, and its city is not said twice.
func TestNewSessionsPlace(t *testing.T) {
	f := newFirm(t, 0)
	sofia, there := uuid.NewString(), uuid.NewString()
	for _, q := range []string{
		`INSERT INTO venue (id, name, city, zone, address, room, created_at, version) VALUES ('` + sofia + `', 'Office in Sofia', 'Sofia', 'Europe/Sofia', 'Vitosha 48', 8, '2027-02-20Z', 1)`,
		`INSERT INTO vacancy (id, profile_id, title, city, zone, headcount, pay_level, public, state, created_at, version)
			SELECT '` + there + `', profile_id, 'Manager', 'Sofia', 'Europe/Sofia', 1, 1, true, 'open', created_at - interval '1 day', 1 FROM vacancy`,
	} {
		_, err := f.DB.NewRaw(q).Exec(t.Context())
		f.command(err)
	}
	first := func(path, venue, vacancy string) {
		t.Helper()
		_, page := f.get(staff.HR, path)
		wantPage(t, page, `<option value="`+venue+`" selected>`, ">Office in Sofia<", ">Head office, Moscow<", `name="vacancies" value="`+vacancy+`"`)
		if list := page[strings.Index(page, `id="vacancies"`):]; !strings.Contains(list[:strings.Index(list, "</label>")], vacancy) {
			t.Errorf("%s: %s is not the first vacancy", path, vacancy)
		}
	}
	first("/sessions/new?vacancy="+f.Vacancy.String(), f.Venue.String(), f.Vacancy.String())
	first("/sessions/new?vacancy="+there, sofia, there)
	first("/sessions/new", sofia, there) // the newest place, while no session was made
	f.session(2, 2)
	first("/sessions/new", f.Venue.String(), f.Vacancy.String())
	first("/sessions/new?vacancy="+there, sofia, there)
	first("/sessions/new?vacancy=nonsense", f.Venue.String(), f.Vacancy.String())
	_, page := f.get(staff.HR, "/vacancies/"+there)
	wantPage(t, page, `href="/sessions/new?vacancy=`+there+`"`)
}

func TestNewSessionRefusals(t *testing.T) {
	f := newFirm(t, 0)
	f.DB.NewRaw("UPDATE venue SET zone = 'Europe/Sofia' WHERE id = ?", f.Venue).Exec(t.Context())
	for name, c := range map[string]struct {
		change map[string]string
		words  string
	}{
		"no such hour":      {map[string]string{"date": "2027-03-28", "time": "03:30"}, "the clocks go forward"},
		"an hour twice":     {map[string]string{"date": "2027-10-31", "time": "03:30"}, "the clocks go back"},
		"in the past":       {map[string]string{"date": "2027-02-01"}, "This day is over"},
		"no day":            {map[string]string{"date": "31.02.2027"}, "Enter a real date"},
		"nobody interviews": {map[string]string{"lanes": ""}, "Choose at least one"},
		"a new time":        {map[string]string{"slots": "4"}, "Numbers were changed"},
		"no seats":          {map[string]string{"seats": "x"}, "Enter a whole number"},
		"room":              {map[string]string{"room": "0"}, "Enter 1 or more"},
		"wait":              {map[string]string{"wait_minutes": "1000"}, "Enter 480 or less"},
		"moves":             {map[string]string{"moves": "-1"}, "Enter 0 or more"},
	} {
		form := f.typed(c.change)
		if c.change["lanes"] == "" && name == "nobody interviews" {
			form.Del("lanes")
		}
		res, page := f.post(staff.HR, "/sessions/new", "/sessions", form)
		if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page, c.words) {
			t.Errorf("%s: %d, lacks %q: %s", name, res.StatusCode, c.words, text(page))
		}
	}
	f.engine.Down.Store(true)
	res, page := f.post(staff.HR, "/sessions/new", "/sessions", f.typed(map[string]string{"room": "19"}))
	f.want(res, page, http.StatusServiceUnavailable, `value="19"`)
}

// A night on which clocks change: neither a gap nor an overlap is guessed at, and hours around are sound.
func TestLocalTime(t *testing.T) {
	at := func(day, clock, zone string) (time.Time, string) {
		d, _ := time.Parse(time.DateOnly, day)
		c, _ := time.Parse("15:04", clock)
		return localTime(d, c, zoneOf(zone))
	}
	for _, c := range []struct{ day, clock, zone, want, code string }{
		{"2027-03-28", "02:59", "Europe/Sofia", "2027-03-28T00:59:00Z", ""},
		{"2027-03-28", "03:00", "Europe/Sofia", "", "no_such_time"},
		{"2027-03-28", "04:00", "Europe/Sofia", "2027-03-28T01:00:00Z", ""},
		{"2027-10-31", "03:15", "Europe/Sofia", "", "time_twice"},
		{"2027-10-31", "04:00", "Europe/Sofia", "2027-10-31T02:00:00Z", ""},
		{"2027-04-04", "01:45", "Australia/Lord_Howe", "", "time_twice"}, // half an hour only
		{"2027-03-28", "03:30", "Europe/Moscow", "2027-03-28T00:30:00Z", ""},
	} {
		got, code := at(c.day, c.clock, c.zone)
		if code != c.code || code == "" && got.UTC().Format(time.RFC3339) != c.want {
			t.Errorf("%s %s %s: %s %q", c.day, c.clock, c.zone, got.UTC(), code)
		}
	}
}

func TestPlanFollowsWhatIsTyped(t *testing.T) {
	f := newFirm(t, 0)
	ask := func(step string, change map[string]string, breaks ...string) string {
		form := f.typed(change)
		form.Set("step", step)
		form["breaks"] = breaks
		res, page := f.post(staff.HR, "/sessions/new", "/sessions/new", form)
		f.want(res, page, http.StatusOK)
		return page
	}
	page := ask("propose", map[string]string{"slots": "5"}, "2")
	if seats := seatsOf(page); len(seats) != 5 || seats[2] != 0 || seats[0] < 3 || seats[4] == 0 {
		t.Errorf("proposed %v", seats)
	}
	page = ask("evaluate", map[string]string{"slots": "1", "seats": "10"})
	if seats := seatsOf(page); !slices.Equal(seats, []int{10}) {
		t.Errorf("what was typed became %v", seats)
	}
	wantPage(t, page, "About 2 come of 10 invited")
	page = ask("evaluate", map[string]string{"slots": "2", "seats": "10"}) // nobody said how many to the second time
	if seats := seatsOf(page); len(seats) != 2 || seats[0] != 10 || seats[1] == 0 {
		t.Errorf("what was typed became %v", seats)
	}
	// The company's own attendance moves the rate.
	session, _ := f.session(1)
	for i := range 30 {
		state := "interviewed"
		if i%5 == 0 {
			state = "no_show"
		}
		person, application := uuid.New(), uuid.New()
		f.DB.NewRaw("INSERT INTO person (id, name, first_name, created_at) VALUES (?, 'A', 'A', now())", person).Exec(context.Background())
		f.DB.NewRaw("INSERT INTO application (id, person_id, vacancy_id, state, responded_at, changed_at) VALUES (?, ?, ?, 'interviewed', now(), now())", application, person, f.Vacancy).Exec(context.Background())
		if _, err := f.DB.NewRaw(`INSERT INTO booking (id, application_id, person_id, interview_id, slot, starts_at, state, holds_seat, uid, booked_at, reminded_day, reminded_hours)
			VALUES (?, ?, ?, ?, 0, now(), ?, false, '', now(), false, false)`, uuid.New(), application, person, session, state).Exec(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.DB.NewRaw("UPDATE interview SET state = 'closed' WHERE id = ?", session).Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.command(f.pages.Catalog.LearnRates(t.Context(), f.now))
	wantPage(t, ask("propose", nil), "24 of 30 came", "Counted with")
}

func seatsOf(page string) (seats []int) {
	for _, part := range strings.Split(page, `name="seats"`)[1:] {
		_, rest, _ := strings.Cut(part, `value="`)
		n, _ := strconv.Atoi(rest[:strings.IndexByte(rest, '"')])
		seats = append(seats, n)
	}
	return seats
}

func TestWhoSeesWhat(t *testing.T) {
	f := newFirm(t, 2)
	id, path := f.session(2)
	places := f.booked(id, 1)
	for _, c := range []struct {
		role staff.Role
		path string
		want int
	}{
		{staff.Employee, "/sessions", 404},
		{staff.Curator, path, 404},
		{staff.Payroll, "/arrivals", 404},
		{staff.Employee, "/", 200},
		{staff.Receptionist, path, 200},
		{staff.Receptionist, "/sessions/new", 404},
		{staff.Receptionist, "/decisions", 404},
		{staff.Receptionist, "/scorecards", 404},
		{staff.Interviewer, path, 200},
		{staff.Interviewer, "/decisions", 404},
		{staff.Interviewer, "/decisions/" + places[0].ApplicationID.String(), 404},
		{staff.Director, path, 200},
		{staff.Director, "/sessions/new", 404},
		{staff.HeadOfSales, "/decisions", 200},
		{staff.HR, "/sessions/" + uuid.NewString(), 404},
		{staff.HR, "/sessions/x", 404},
		{staff.HR, "/scorecards/" + places[0].ApplicationID.String(), 404},
		{staff.HR, "/sessions?cursor=x", 422},
	} {
		if code, _ := f.get(c.role, c.path); code != c.want {
			t.Errorf("%s %s: %d, want %d", c.role, c.path, code, c.want)
		}
	}
	_, other := f.otherSession()
	if code, _ := f.get(staff.Interviewer, other); code != 404 {
		t.Error("an interviewer sees another's session", code)
	}
	if _, page := f.get(staff.Interviewer, "/sessions"); strings.Contains(page, other) {
		t.Error("an interviewer's list has another's session")
	}
	for _, to := range []string{"/invite", "/seats", "/cancel", "/lanes", "/withdraw"} {
		if res, _ := f.post(staff.Receptionist, path, path+to, url.Values{}); res.StatusCode != 404 {
			t.Error(to, res.StatusCode)
		}
	}
	if res, _ := f.post(staff.Interviewer, path+"/day", path+"/day", url.Values{"do": {"arrived"}}); res.StatusCode != 404 {
		t.Error("an interviewer checks people in", res.StatusCode)
	}
	if res, _ := do(t, f.app, "GET", path, ""); res.StatusCode != http.StatusSeeOther {
		t.Error("a stranger", res.StatusCode)
	}
	if wrong := f.matrix.Compare(f.app); len(wrong) > 0 {
		t.Error(wrong)
	}
}

func TestTheNextSessionsOnADayWithoutAny(t *testing.T) {
	f := newFirm(t, 1)
	_, path := f.session(2)
	for _, role := range []staff.Role{staff.HR, staff.Interviewer, staff.Receptionist} {
		_, page := f.get(role, "/")
		wantPage(t, page, "No session today", "Next sessions", `href="`+path+`"`)
	}
	if _, page := f.get(staff.Employee, "/"); strings.Contains(page, "Next sessions") {
		t.Error("an employee has nothing to do with sessions")
	}
}
