package web

import (
	"context"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/staff"
)

// planned is a session of half-hours with everybody on the shortlist.
func (f *firm) planned(seats ...int) (uuid.UUID, string) {
	f.Helper()
	id, path := f.session(seats...)
	for n, a := range f.Applications {
		_, err := workflows.Do(context.Background(), f.pages.Commands, workflows.Shortlist, a.String(), f.by(staff.HR), workflows.ShortlistArgs{Rank: new(n + 1)})
		f.command(err)
	}
	return id, path
}

var seatField = regexp.MustCompile(`name="seats" type="number" min="\d+" max="500" inputmode="numeric" value="([^"]*)"`)

func seatsOn(page string) (out []string) {
	for _, m := range seatField.FindAllStringSubmatch(page, -1) {
		out = append(out, m[1])
	}
	return out
}

// deskOf is the desk's form as the page starts with it.
func deskOf(seats ...string) url.Values {
	return url.Values{"waiting_worth": {"0.5"}, "limit_minutes": {"60"}, "limit_risk": {"10"}, "overtime": {"1.5"}, "seats": seats}
}

func TestThePlansDesk(t *testing.T) {
	f := newFirm(t, 0)
	id, path := f.session(1, 1, 1, 1, 1, 1, 1, 1)
	plan := path + "/plan"
	_, page := f.get(staff.HR, path)
	wantPage(t, page, `href="`+plan+`"`, `action="`+path+`/fill"`)
	_, page = f.get(staff.HR, plan)
	wantPage(t, page, "come of 8 invited", "These are the seats as they stand", "Planned now it would be", "(1/p)", "40", "The handbook", "One more here", "worth it", `type="range"`, "Nine in ten do not wait at all.", `data-label="Nobody there">80%`, "Nine in ten wait at most")
	if got := seatsOn(page); strings.Join(got, "") != "11111111" {
		t.Fatal(got)
	}
	// the best plan instead
	best := deskOf(seatsOn(page)...)
	best.Set("step", "best")
	res, page := f.post(staff.HR, plan, plan+"/try", best)
	f.want(res, page, 200, "Expected to come", `name="own" value=""`)
	proposed := seatsOn(page)
	total := 0
	for _, s := range proposed {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(proposed)
		}
		total += n
	}
	if total < 20 || total > 31 { // about 26 with both limits at the page's values
		t.Fatal(proposed)
	}
	// one more at the third time
	more := deskOf(proposed...)
	more.Set("more", "2")
	res, page = f.post(staff.HR, plan, plan+"/try", more)
	f.want(res, page, 200, "come of "+strconv.Itoa(total+1)+" invited", `name="own" value="yes"`)
	third, _ := strconv.Atoi(proposed[2])
	if got := seatsOn(page); got[2] != strconv.Itoa(third+1) {
		t.Fatal(got)
	}
	// another worth moves the plan, unless the numbers are HR's
	dear := deskOf(proposed...)
	dear.Set("waiting_worth", "2")
	res, page = f.post(staff.HR, plan, plan+"/try", dear, "HX-Request", "true")
	f.want(res, page, 200, "worth 2 of")
	fewer := 0
	for _, s := range seatsOn(page) {
		n, _ := strconv.Atoi(s)
		fewer += n
	}
	if fewer >= total {
		t.Fatalf("%d at a dear wait, %d at a cheap one", fewer, total)
	}
	dear.Set("own", "yes")
	if res, page = f.post(staff.HR, plan, plan+"/try", dear); strings.Join(seatsOn(page), ",") != strings.Join(proposed, ",") {
		t.Fatal(res.StatusCode, seatsOn(page))
	}
	// saved: seats, settings and a plan of cause manual
	more = deskOf(strings.Split("5,5,0,5,5,5,5,5", ",")...)
	more.Set("own", "yes")
	more.Set("rate", "25,5")
	version := regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(page)[1]
	more.Set("version", version)
	res, page = f.post(staff.HR, plan, plan, more)
	f.want(res, page, 303)
	plans, err := f.Reader.Plans(context.Background(), id, 5)
	if err != nil || len(plans) != 1 || plans[0].Cause != "manual" || plans[0].After.Invited != 35 || plans[0].After.Expected.Shows < 8.9 {
		t.Fatalf("%+v %v", plans, err)
	}
	_, page = f.get(staff.HR, plan)
	wantPage(t, page, "come of 35 invited", "Set by hand", "figures only", "Пётр &lt;hr&gt;")
	more.Del("_command") // as another window would send it
	more["seats"] = strings.Split("9,5,0,5,5,5,5,5", ",")
	res, page = f.post(staff.HR, plan, plan, more)
	f.want(res, page, 409, "This has changed since you opened the page", "Saved now:", "35 seats", "0 taken")
	if seatsOn(page)[0] != "9" {
		t.Fatal("what was typed is gone", seatsOn(page))
	}
	if plans, _ = f.Reader.Plans(context.Background(), id, 5); len(plans) != 1 {
		t.Fatal("a stale form changed the plan")
	}
	if res, page = f.post(staff.Director, plan, plan, more); res.StatusCode != 404 {
		t.Fatalf("a director saves a plan: %d %s", res.StatusCode, text(page))
	}
	if code, _ := f.get(staff.Director, plan); code != 200 {
		t.Fatal(code)
	}
	if code, _ := f.get(staff.Receptionist, plan); code != 404 {
		t.Fatal(code)
	}
}

func TestWavesOnThePage(t *testing.T) {
	f := newFirm(t, 40)
	id, path := f.planned(1, 1, 1, 1, 1, 1, 1, 1)
	plan := path + "/plan"
	res, page := f.post(staff.HR, plan, path+"/fill", url.Values{"mode": {"sometimes"}, "from": {"plan"}})
	f.want(res, page, 422)
	res, page = f.post(staff.HR, plan, path+"/fill", url.Values{"mode": {"propose"}, "most_invited": {"0"}, "from": {"plan"}})
	f.want(res, page, 422, "There is a problem")
	res, page = f.post(staff.HR, plan, path+"/fill", url.Values{"mode": {"propose"}, "most_invited": {"12"}, "from": {"plan"}})
	f.want(res, page, 303)
	if _, page = f.get(staff.HR, plan); !strings.Contains(page, "The first plan is being made") && !strings.Contains(page, "Invite 12 more?") {
		t.Fatal(text(page))
	}
	f.command(f.engine.Run(context.Background(), "interview/"+id.String()))
	_, page = f.get(staff.HR, path)
	wantPage(t, page, "Invite 12 more?", "Ivanov Ivan 001", "Not now", "At most 12 people", `hx-trigger="every 10s"`)
	plans, err := f.Reader.Plans(context.Background(), id, 5)
	if err != nil || len(plans) != 1 {
		t.Fatal(plans, err)
	}
	take := url.Values{"plan": {plans[0].ID.String()}, "from": {"session"}}
	res, page = f.post(staff.HR, path, path+"/proposals/take", take)
	f.want(res, page, 303)
	if to := res.Header.Get("Location"); to != path {
		t.Fatal(to)
	}
	// a colleague presses the same button on his screen
	res, _ = f.post(staff.Admin, plan, path+"/proposals/take", url.Values{"plan": {plans[0].ID.String()}, "from": {"plan"}})
	_, page = f.get(staff.Admin, plan, "Cookie", f.as(staff.Admin)+"; "+strings.Split(res.Header.Get("Set-Cookie"), ";")[0])
	wantPage(t, page, "no longer stands", "12 people have a time", "The handbook")
	if code, page := f.get(staff.HR, path+"/waves?from=plan"); code != 200 || strings.Contains(page, "<html") || !strings.Contains(page, "12 more, 12 in all") {
		t.Fatal(code, text(page))
	}
	if res, _ = f.post(staff.HR, plan, path+"/proposals/dismiss", url.Values{"plan": {"x"}}); res.StatusCode != 404 {
		t.Fatal(res.StatusCode)
	}
	// HR knows better of one
	one := path + "/forecasts/" + f.Applications[0].String()
	_, page = f.get(staff.HR, one)
	wantPage(t, page, "Will Ivanov Ivan 001 come?", "one in five")
	res, page = f.post(staff.HR, one, one, url.Values{"p": {"180"}})
	f.want(res, page, 422)
	told := f.engine.Nudges("interview/" + id.String())
	res, page = f.post(staff.HR, one, one, url.Values{"p": {"90"}})
	f.want(res, page, 303)
	_, page = f.get(staff.HR, one)
	wantPage(t, page, "probability of 90%", "Back to the forecast")
	f.engine.Down.Store(true) // a nudge that is lost is no fault: the word is kept
	res, page = f.post(staff.HR, one, one, url.Values{"p": {"80"}})
	f.want(res, page, 303)
	f.engine.Down.Store(false)
	_, page = f.get(staff.HR, one)
	wantPage(t, page, "probability of 80%")
	res, page = f.post(staff.HR, one, one, url.Values{"step": {"model"}})
	f.want(res, page, 303)
	if n := f.engine.Nudges("interview/"+id.String()) - told; n != 2 {
		t.Errorf("the session was told %d times of a word set and taken back", n)
	}
	if _, page = f.get(staff.HR, one); strings.Contains(page, "90%") && strings.Contains(page, "Back to the forecast") {
		t.Fatal(text(page))
	}
	if code, _ := f.get(staff.HR, path+"/forecasts/"+uuid.NewString()); code != 404 {
		t.Fatal(code)
	}
	res, page = f.post(staff.HR, plan, path+"/fill/stop", url.Values{"from": {"plan"}})
	f.want(res, page, 303)
	if _, page = f.get(staff.HR, plan); strings.Contains(page, "every 10s") || !strings.Contains(page, "Start inviting") {
		t.Fatal("still filling")
	}
	_, page = f.get(staff.HR, path)
	if strings.Contains(page, "Your own numbers bind") {
		t.Error("the seats are not HR's own yet")
	}
	row, err := f.Reader.Interview(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	_, err = workflows.Do(context.Background(), f.pages.Commands, workflows.ChangeSeats, id.String(), f.by(staff.HR), workflows.SeatsArgs{Seats: []int{12, 12, 12, 12, 12, 12, 12, 12}, Version: row.Version})
	f.command(err)
	_, page = f.get(staff.HR, path)
	wantPage(t, page, "Your own numbers bind", "Use the best plan")
}

func TestThePlansTimes(t *testing.T) {
	f := newFirm(t, 1)
	id, path := f.session(2, 2, 2)
	plan := path + "/plan"
	shaped := func(change map[string]string, seats ...string) url.Values {
		form := deskOf(seats...)
		s, err := f.Reader.Interview(context.Background(), id)
		f.command(err)
		form.Set("version", strconv.Itoa(s.Version))
		for k, v := range change {
			form.Set(k, v)
		}
		return form
	}
	_, page := f.get(staff.HR, plan)
	wantPage(t, page, `name="slots"`, `name="interviewers"`, `name="date"`)
	// more times and interviewers, thought of: nothing is saved
	res, page := f.post(staff.HR, plan, plan+"/try", shaped(map[string]string{"slots": "5", "slot_minutes": "20", "interviewers": "2", "own": "yes"}, "2", "2", "2"))
	f.want(res, page, 200, "12:40", "13:20")
	if got := seatsOn(page); len(got) != 5 || got[2] != "2" || got[4] == "0" {
		t.Fatal(got)
	}
	if s, _ := f.Reader.Interview(context.Background(), id); s.SlotMinutes != 30 || s.Version != 1 {
		t.Fatal(s)
	}
	res, page = f.post(staff.HR, plan, plan, shaped(map[string]string{"slots": "4"}, "2", "2", "2")) // not seen yet
	f.want(res, page, 422, "Numbers were changed")
	res, page = f.post(staff.HR, plan, plan, shaped(map[string]string{"slots": "many"}, "2", "2", "2"))
	f.want(res, page, 422)
	res, page = f.post(staff.HR, plan, plan, shaped(map[string]string{"date": "2020-01-01"}, "2", "2", "2"))
	f.want(res, page, 422, "There is a problem")
	res, page = f.post(staff.HR, plan, plan, shaped(map[string]string{"slots": "4", "slot_minutes": "20", "time": "11:00", "own": "yes"}, "2", "2", "2", "3"))
	f.want(res, page, 303)
	slots, err := f.Reader.Slots(context.Background(), id)
	if err != nil || len(slots) != 4 || slots[3].Seats != 3 || !slots[3].StartsAt.Equal(slots[0].StartsAt.Add(time.Hour)) {
		t.Fatal(slots, err)
	}
	// somebody holds the last time
	a := f.Applications[0].String()
	_, err = workflows.Do(context.Background(), f.pages.Commands, workflows.Shortlist, a, f.by(staff.HR), workflows.ShortlistArgs{})
	f.command(err)
	_, err = workflows.Do(context.Background(), f.pages.Commands, workflows.Invite, id.String(), f.by(staff.HR), workflows.InviteArgs{Applications: []string{a}, Slot: new(3)})
	f.command(err)
	fewer := shaped(map[string]string{"slots": "2", "slot_minutes": "30"}, "2", "2")
	res, page = f.post(staff.HR, plan, plan+"/try", fewer)
	f.want(res, page, 200, "1 person holds 12:00: the time stays", "1 person was promised a time")
	if len(seatsOn(page)) != 4 {
		t.Fatal("a held time is not shown")
	}
	res, page = f.post(staff.HR, plan, plan, fewer)
	f.want(res, page, 409, "1 person was promised a time", "Saved now:", `value="30"`)
	res, page = f.post(staff.HR, plan, plan, shaped(map[string]string{"slots": "2"}, "2", "2"))
	f.want(res, page, 409, "1 person holds the time", "cannot be taken off")
}
