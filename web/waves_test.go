package web

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/staff"
)

// run lets the session's process, and those of its people, do what is due.
func (f *firm) run(session uuid.UUID) {
	f.Helper()
	for range 3 {
		f.command(f.engine.Run(context.Background(), "interview/"+session.String()))
		for _, a := range f.Applications {
			f.command(f.engine.Run(context.Background(), "application/"+a.String()))
		}
	}
}

// Seats typed on the page of a new session bind through all that follows, with JavaScript's word that they are HR's
// and without it: the first wave, a top-up, a plan made anew by hand.
func TestTypedSeatsBindThroughWaves(t *testing.T) {
	for name, said := range map[string]string{"said": "yes", "only typed": ""} {
		f := newFirm(t, 25)
		form := f.typed(map[string]string{"own": "", "step": "best"})
		form["seats"] = []string{"1", "1", "1"}
		res, page := f.post(staff.HR, "/sessions/new", "/sessions/new", form)
		f.want(res, page, 200)
		form.Del("step")
		form.Set("last", hiddenField(page, "last"))
		form["seats"], form["breaks"] = []string{"2", "0", "1"}, []string{"1"}
		form.Set("own", said)
		res, page = f.post(staff.HR, "/sessions/new", "/sessions", form)
		f.want(res, page, 303)
		path := res.Header.Get("Location")
		id := uuid.MustParse(strings.TrimPrefix(path, "/sessions/"))
		for n, a := range f.Applications {
			_, err := workflows.Do(context.Background(), f.pages.Commands, workflows.Shortlist, a.String(), f.by(staff.HR), workflows.ShortlistArgs{Rank: new(n + 1)})
			f.command(err)
		}
		bound := func(when string) {
			t.Helper()
			slots, err := f.Reader.Slots(context.Background(), id)
			f.command(err)
			for n, want := range []int{2, 0, 1} {
				if slots[n].Seats != want || slots[n].Taken != want {
					t.Fatalf("%s, %s: %d of %d at time %d, HR gave %d", name, when, slots[n].Taken, slots[n].Seats, n, want)
				}
			}
		}
		res, page = f.post(staff.HR, path+"/plan", path+"/fill", url.Values{"mode": {"auto"}, "from": {"plan"}})
		f.want(res, page, 303)
		f.run(id)
		bound("after the first wave")
		_, page = f.get(staff.HR, path+"/plan")
		wantPage(t, page, "Your own numbers bind")
		places, err := f.Reader.SessionPlaces(context.Background(), id)
		f.command(err)
		f.now = f.now.Add(time.Minute)
		b := workflows.BookingArgs{Booking: places[0].ID.String(), Version: places[0].Version}
		_, err = workflows.Do(context.Background(), f.pages.Commands, workflows.Cancel, places[0].ApplicationID.String(), workflows.By{Actor: "candidate/" + places[0].ApplicationID.String(), Key: uuid.NewString()}, b)
		f.command(err)
		f.now = f.now.Add(time.Minute)
		f.run(id)
		bound("after the top-up")
		f.now = f.now.Add(10 * time.Minute)
		f.run(id)
		bound("planned anew")
		_, page = f.get(staff.HR, path)
		wantPage(t, page, "Nobody is invited now:", "the seats are taken, and they are your own numbers")
	}
}

// Why nobody is invited, and why inviting stopped, stands where the switch is, and in the history.
func TestWhyWavesRest(t *testing.T) {
	f := newFirm(t, 2)
	id, path := f.planned(1, 1, 1, 1)
	plan := path + "/plan"
	start := func() {
		t.Helper()
		res, page := f.post(staff.HR, plan, path+"/fill", url.Values{"mode": {"auto"}, "from": {"plan"}})
		f.want(res, page, 303)
		f.run(id)
	}
	start()
	f.now = f.now.Add(time.Hour + time.Minute)
	f.run(id)
	_, page := f.get(staff.HR, plan)
	wantPage(t, page, "Nobody is invited now:", "nobody is left on the shortlist", "Inviting began", "Пётр &lt;hr&gt;", "No bound on how many.", "First plan")
	res, page := f.post(staff.HR, plan, path+"/fill/stop", url.Values{"from": {"plan"}})
	f.want(res, page, 303)
	_, page = f.get(staff.HR, plan)
	wantPage(t, page, "Inviting in waves was stopped (Пётр &lt;hr&gt;)", "It was stopped by hand", "Start inviting", "nobody is left on the shortlist")
	start()
	if _, page = f.get(staff.HR, plan); strings.Contains(page, "Inviting in waves was stopped") {
		t.Error("it goes on")
	}
	s, err := f.Reader.Interview(context.Background(), id)
	f.command(err)
	f.now = s.StartsAt.Add(-10 * time.Hour)
	f.run(id)
	if s, _ = f.Reader.Interview(context.Background(), id); s.Filling != hiring.FillOff {
		t.Fatal("still filling")
	}
	_, page = f.get(staff.HR, plan)
	wantPage(t, page, "Inviting in waves was stopped (The system)", "It had become too late for invitations by mail", "at least 16 hours before", "It was stopped by hand")
	if strings.Contains(page, "Start inviting") {
		t.Error("it can be started, to be refused")
	}
}

// The history says what each plan was made for: what had come in, or that the seats are others now.
func TestHistoryExplains(t *testing.T) {
	at := func(minute int) time.Time { return time.Date(2027, 3, 1, 10, minute, 0, 0, time.UTC) }
	plan := func(minute int, cause string) planLine {
		return planLine{Plan: store.Plan{DecidedAt: at(minute), Cause: cause}, Why: "plan.cause_" + cause}
	}
	history := []planLine{
		plan(50, "fill"), stepLine("en", store.PlanStep{Code: store.StepSeatsChanged, At: at(50)}, "Ann"),
		plan(40, "reply"), plan(30, "clock"), plan(20, "fill"), stepLine("en", store.PlanStep{Code: store.StepFilling, At: at(20), Count: 9}, "Ann"),
	}
	explain("en", history, []store.PlanNews{
		{At: at(39), Kind: "forecast"},
		{At: at(38), Kind: "declined"},
		{At: at(37), Kind: "confirmed"},
		{At: at(36), Kind: "confirmed"},
		{At: at(30), Kind: "no_answer"},
		{At: at(10), Kind: "moved"},
	})
	var got []string
	for _, line := range history {
		got = append(got, strings.TrimSpace(line.Step+line.Why+" "+line.Note+strings.Join(line.News, ", ")))
	}
	want := []string{
		"plan.cause_reseated", "plan.cause_manual The seats of each time were set on the session's page.",
		"plan.cause_reply 2 said yes, 1 said no, a probability was set by hand", "plan.cause_clock 1 did not answer",
		"plan.cause_fill", "plan.cause_started At most 9 people are invited in all, those who decline or do not answer included.",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// A session too near to invite by mail says so, and what can be done instead of counting no free seats.
func TestTooNearToInvite(t *testing.T) {
	f := newFirm(t, 3)
	_, path := f.planned(2, 0, 2)
	if _, err := f.DB.NewRaw(`UPDATE person SET phone = '+7912345670' || right(name, 1)`).Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, page := f.get(staff.HR, path)
	wantPage(t, page, "4 people fit into the free seats", "Invite 3 in order")
	if strings.Contains(page, "too late to invite") {
		t.Error("there are three days")
	}
	f.now = f.now.AddDate(0, 0, 3).Add(-14 * time.Hour)
	for lang, words := range map[string][]string{
		"en": {"It is too late to invite by mail", "at least 16 hours before", "3 people are on the shortlist", "Move the session", `href="tel:`, path + "/day"},
		"bg": {"Вече е късно да се кани по имейл"}, "ru": {"не позже чем за 16 часов до прихода", "Перенести сессию"},
	} {
		_, page = f.get(staff.HR, path, "Cookie", f.as(staff.HR)+"; lang="+lang)
		wantPage(t, page, words...)
		for _, gone := range []string{`name="first"`, "fit into the free seats", `name="applications"`} {
			if strings.Contains(page, gone) {
				t.Errorf("%s: still there: %s", lang, gone)
			}
		}
	}
	// On the page of a new session it is said before it is made, and after.
	f.as(staff.HeadOfSales)
	near := f.typed(nil) // tomorrow morning
	near["lanes"] = []string{f.Staff[staff.HeadOfSales].String()}
	res, page := f.post(staff.HR, "/sessions/new", "/sessions/new", near)
	f.want(res, page, 200, "It is too late to invite by mail")
	res, page = f.post(staff.HR, "/sessions/new", "/sessions", near)
	f.want(res, page, 303)
	_, page = f.get(staff.HR, res.Header.Get("Location"), "Cookie", f.as(staff.HR)+"; "+strings.Split(res.Header.Get("Set-Cookie"), ";")[0])
	wantPage(t, page, "The session was made, but it is too late")
}
