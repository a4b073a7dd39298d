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
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/hiring"
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
		"in the past":       {map[string]string{"date": "2027-02-01"}, "Choose a moment in the future"},
		"no day":            {map[string]string{"date": "31.02.2027"}, "Enter a real date"},
		"nobody interviews": {map[string]string{"lanes": ""}, "Choose one"},
		"a new time":        {map[string]string{"slots": "4"}, "There are new times"},
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

func TestInviteFromAnEmptyShortlist(t *testing.T) {
	f := newFirm(t, 1)
	_, path := f.session(2, 1)
	res, page := f.post(staff.HR, path, path+"/invite", url.Values{"first": {"2"}})
	f.want(res, page, http.StatusSeeOther)
	_, page = f.get(staff.HR, path, "Cookie", f.as(staff.HR)+"; "+flashOf(res))
	wantPage(t, page, i18n.T("en", "flash.wave_none"))
}

func TestInviteAndWithdraw(t *testing.T) {
	f := newFirm(t, 6)
	id, path := f.session(2, 1)
	for _, a := range f.Applications[:5] {
		_, err := workflows.Do(t.Context(), f.pages.Commands, workflows.Shortlist, a.String(), f.by(staff.HR), workflows.ShortlistArgs{})
		f.command(err)
	}
	_, page := f.get(staff.HR, path)
	wantPage(t, page, "3 people fit into the free seats; 5 are on the shortlist", "Invite the first 3", "Ivanov Ivan 001")
	res, page := f.post(staff.HR, path, path+"/invite", url.Values{})
	f.want(res, page, http.StatusUnprocessableEntity, "There is a problem")
	// A colleague takes somebody off the list after the page was shown: those shown are invited, he is named.
	shown := shownIn(page)
	if len(shown) != 3 || shown[0] != f.Applications[0].String() {
		t.Fatal(shown)
	}
	_, err := workflows.Do(t.Context(), f.pages.Commands, workflows.Unshortlist, shown[2], f.by(staff.HR), workflows.None{})
	f.command(err)
	res, page = f.post(staff.HR, path, path+"/invite", url.Values{"first": {"3"}, "shown": {shown[2], shown[0], shown[1], f.Applications[4].String()}})
	f.want(res, page, http.StatusSeeOther)
	at := res.Header.Get("Location")
	if at != path+"?left="+shown[2] {
		t.Fatal(at)
	}
	_, page = f.get(staff.HR, at)
	wantPage(t, page, "These people were not invited", "Ivanov Ivan 003</a> (responded)")
	_, err = workflows.Do(t.Context(), f.pages.Commands, workflows.Shortlist, shown[2], f.by(staff.HR), workflows.ShortlistArgs{})
	f.command(err)
	places, _ := f.Reader.SessionPlaces(t.Context(), id)
	if len(places) != 2 || places[0].Name != "Ivanov Ivan 001" || places[1].Name != "Ivanov Ivan 002" {
		t.Fatalf("%+v", places)
	}
	// Three ticked, one seat: the flash says so.
	form := url.Values{"applications": {f.Applications[2].String(), f.Applications[3].String(), f.Applications[4].String()}}
	res, page = f.post(staff.HR, path, path+"/invite", form)
	f.want(res, page, http.StatusSeeOther)
	_, page = f.get(staff.HR, path, "Cookie", f.as(staff.HR)+"; "+flashOf(res))
	wantPage(t, page, "1 of 3 were invited", "People in this session", "Invitation")
	// Withdraw one; the second try meets another version and says what is true.
	form = url.Values{"booking": {places[0].ID.String()}, "version": {strconv.Itoa(places[0].Version)}}
	res, page = f.post(staff.HR, path, path+"/withdraw", form)
	f.want(res, page, http.StatusSeeOther)
	form.Del("_command")
	res, page = f.post(staff.HR, path, path+"/withdraw", form)
	f.want(res, page, http.StatusSeeOther)
	_, page = f.get(staff.HR, path, "Cookie", f.as(staff.HR)+"; "+flashOf(res))
	wantPage(t, page, "This has changed since you opened the page", "withdrawn by us")
	// A booking of another session is not this one's.
	_, other := f.otherSession()
	form.Del("_command")
	if res, _ = f.post(staff.HR, other, other+"/withdraw", form); res.StatusCode != http.StatusNotFound {
		t.Error(res.StatusCode)
	}
}

// shownIn are the applications that "invite the first" of a page stands for.
func shownIn(page string) (ids []string) {
	for _, part := range strings.Split(page, `name="shown" value="`)[1:] {
		ids = append(ids, part[:36])
	}
	return ids
}

func (f *firm) otherSession() (uuid.UUID, string) {
	id := uuid.New()
	_, err := workflows.Do(context.Background(), f.pages.Commands, workflows.Schedule, id.String(), f.by(staff.HR), workflows.ScheduleArgs{
		Venue: f.Venue.String(), Vacancies: []string{f.Vacancy.String()}, Rules: hiring.DefaultCandidateRules(),
		Session: hiring.Session{Starts: f.now.AddDate(0, 0, 6), SlotMinutes: 30, Seats: []int{1}, Lanes: []string{f.Staff[staff.HeadOfSales].String()}, Room: 10, WaitMinutes: 60},
	})
	f.command(err)
	return id, sessionPath(id)
}

// flashOf is the cookie of a redirect's message.
func flashOf(res *http.Response) string {
	for _, c := range res.Cookies() {
		if c.Name == "flash" {
			return "flash=" + c.Value
		}
	}
	return "flash="
}

func TestSeatsLanesAndCancel(t *testing.T) {
	f := newFirm(t, 4)
	id, path := f.session(2, 2)
	f.booked(id, 2)
	_, page := f.get(staff.HR, path)
	version := strings.SplitN(strings.SplitN(page, `/seats"`, 2)[1], `name="version" value="`, 2)[1]
	version = version[:strings.IndexByte(version, '"')]
	res, page := f.post(staff.HR, path, path+"/seats", url.Values{"seats": {"1", "5"}, "version": {version}})
	f.want(res, page, http.StatusConflict, "fewer seats than are already taken", `value="5"`)
	res, page = f.post(staff.HR, path, path+"/seats", url.Values{"seats": {"2", "many"}, "version": {version}})
	f.want(res, page, http.StatusUnprocessableEntity, "Enter a whole number", `value="many"`, `aria-invalid="true" aria-describedby="f-seats-1-error"`)
	res, page = f.post(staff.HR, path, path+"/seats", url.Values{"seats": {"3", "5"}, "version": {version}})
	f.want(res, page, http.StatusSeeOther)
	res, _ = f.post(staff.HR, path, path+"/seats", url.Values{"seats": {"9", "9"}, "version": {version}}) // as another tab had it
	_, page = f.get(staff.HR, path, "Cookie", f.as(staff.HR)+"; "+flashOf(res))
	wantPage(t, page, "This has changed since you opened the page", `value="5"`)

	f.as(staff.HeadOfSales)
	res, page = f.post(staff.HR, path, path+"/lanes", url.Values{"staff": {f.Staff[staff.HeadOfSales].String()}})
	f.want(res, page, http.StatusSeeOther)
	lanes, _ := f.Reader.Lanes(t.Context(), id)
	res, page = f.post(staff.HR, path, path+"/lanes/close", url.Values{"lane": {lanes[1].ID.String()}})
	f.want(res, page, http.StatusSeeOther)
	_, page = f.get(staff.HR, path)
	wantPage(t, page, "closed 12:00", "2 people are invited or expected")
	res, page = f.post(staff.HR, path, path+"/cancel", url.Values{})
	f.want(res, page, http.StatusSeeOther)
	_, page = f.get(staff.HR, path)
	wantPage(t, page, "This session was called off")
	if strings.Contains(page, path+"/invite") || strings.Contains(page, path+"/seats") {
		t.Error("a session called off can be changed")
	}
	places, _ := f.Reader.SessionPlaces(t.Context(), id)
	for _, place := range places {
		if place.State != hiring.BookingWithdrawn {
			t.Errorf("%s is still %s", place.Name, place.State)
		}
	}
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

// On its day a session's page and the list say who said yes although they have come.
func TestSessionCounters(t *testing.T) {
	f := newFirm(t, 3)
	id, _ := f.met(2)
	_, err := workflows.Do(t.Context(), f.pages.Commands, workflows.WalkIn, f.Applications[2].String(), f.by(staff.Receptionist), workflows.WalkInArgs{Interview: id.String()})
	f.command(err)
	_, page := f.get(staff.HR, sessionPath(id))
	for label, value := range map[string]string{"Invited": "2", "Said yes": "2", "Came": "3", "Did not come": "0"} {
		wantPage(t, page, `<p class="stat-label">`+label+`</p><p class="stat-value">`+value+"</p>")
	}
	wantPage(t, page, "1 without an invitation")
	_, page = f.get(staff.HR, "/sessions")
	for label, value := range map[string]string{"Invited": "2", "Said yes": "2", "Came": "3", "Did not come": "0"} {
		wantPage(t, page, `data-label="`+label+`">`+value+"<")
	}
	_, page = f.get(staff.Receptionist, "/")
	wantPage(t, page, "0 expected", "3 here")
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
