package web

import (
	"context"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/staff"
)

func TestAfterTheDay(t *testing.T) {
	f := newFirm(t, 10)
	exec := func(query string, args ...any) {
		t.Helper()
		if _, err := f.DB.NewRaw(query, args...).Exec(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	id, path := f.session(4, 4)
	places := f.booked(id, 8)
	starts := f.now.AddDate(0, 0, 3)
	f.now = starts.Add(5 * time.Minute)
	for n, place := range places {
		b := workflows.BookingArgs{Booking: place.ID.String(), Version: place.Version}
		if n%3 == 0 {
			_, err := workflows.Do(context.Background(), f.pages.Commands, workflows.CheckIn, place.ApplicationID.String(), f.by(staff.HR), b)
			f.command(err)
		}
	}
	f.now = starts.Add(26 * time.Hour)
	for _, place := range places {
		f.command(f.engine.Run(context.Background(), "application/"+place.ApplicationID.String()))
	}
	for range 3 {
		f.command(f.engine.Run(context.Background(), "interview/"+id.String()))
	}
	if s, _ := f.Reader.Interview(context.Background(), id); s.State != hiring.SessionClosed {
		t.Fatal(s.State)
	}
	verdict, _, err := f.Reader.Verdict(context.Background(), id)
	if err != nil || verdict == nil || verdict.People != 8 || verdict.Came != 3 || verdict.Was.Shows != 3 || verdict.Plan == nil {
		t.Fatalf("%+v %v", verdict, err)
	}
	// It stays as it was said, and counts among the past sessions.
	_, page := f.get(staff.HR, "/reports/show-rates")
	wantPage(t, page, "Was planning worth it?", "Over 1 closed session", "Minutes a person waits", "One to each interviewer")
	for lang, words := range map[string][]string{
		"en": {"Would the plan have been better?", "Of 8 people with a known outcome 3 came", "As it was", "(1/p)"},
		"bg": {"Щеше ли планът да е по-добър?"}, "ru": {"Был бы план лучше?"},
	} {
		code, page := f.get(staff.HR, path+"/plan", "Cookie", f.as(staff.HR)+"; lang="+lang)
		if code != 200 {
			t.Fatal(code)
		}
		wantPage(t, page, words...)
		if strings.Contains(page, `id="plan-form"`) {
			t.Error("a session that is over is planned")
		}
		for _, key := range []string{"plan.waves_off", "interview.people_none", "plan.history_none"} {
			if strings.Contains(page, i18n.T(lang, key)) {
				t.Errorf("of a session that is over: %s", i18n.T(lang, key))
			}
		}
	}
	// HR's own numbers stand beside the planner's.
	own := *verdict
	own.Own = &hiring.PlanOwn{Seats: []int{4, 4}, Planned: []int{3, 2}, Played: own.Was}
	raw, err := json.Marshal(own)
	f.command(err)
	exec(`UPDATE session_report SET verdict = ?`, string(raw))
	_, page = f.get(staff.HR, path+"/plan")
	wantPage(t, page, "HR set the numbers: 4, 4 where the planner would have invited 3, 2.")
	_, page = f.get(staff.HR, "/reports/show-rates")
	wantPage(t, page, "Where HR set the numbers (1 session)")
	// What closed before verdicts were kept is judged by its process, not by whoever looks.
	exec(`DELETE FROM session_report`)
	_, page = f.get(staff.HR, path+"/plan")
	wantPage(t, page, "has not been judged yet")
	f.command(f.engine.Run(context.Background(), "interview/"+id.String()))
	_, page = f.get(staff.HR, path+"/plan")
	wantPage(t, page, "Of 8 people with a known outcome 3 came")
	// Nobody's outcome is known.
	exec(`UPDATE session_report SET verdict = NULL`)
	_, page = f.get(staff.HR, path+"/plan")
	wantPage(t, page, "outcome is known")
}

func TestThePlanInEveryLanguage(t *testing.T) {
	f := newFirm(t, 30)
	id, path := f.planned(2, 0, 2, 2)
	_, err := workflows.Do(context.Background(), f.pages.Commands, workflows.Fill, id.String(), f.by(staff.HR), workflows.FillArgs{Mode: hiring.FillPropose, Settings: hiring.DefaultPlanSettings()})
	f.command(err)
	f.command(f.engine.Run(context.Background(), "interview/"+id.String()))
	for _, lang := range []string{"en", "bg", "ru"} {
		for _, at := range []string{path, path + "/plan", path + "/waves", path + "/forecasts/" + f.Applications[0].String()} {
			if code, page := f.get(staff.HR, at, "Cookie", f.as(staff.HR)+"; lang="+lang); code != 200 || strings.Contains(page, "plan.") && regexp.MustCompile(`>plan\.[a-z_]+<`).MatchString(page) {
				t.Errorf("%s %s: %d %s", lang, at, code, text(page))
			}
		}
	}
}

// What is counted is said with the form its number asks for, also where nothing is left of it.
func TestThePlanInWords(t *testing.T) {
	shown := func(over float64) *planDesk {
		d := &planDesk{deskInput: deskInput{Minutes: 30}, Shown: &hiring.PlanAnswer{Invited: 21, Wait90Minutes: new(int)}}
		d.Shown.Expected = hiring.PlanExpected{Shows: 5, IdleSlots: 3, Overtime: over}
		d.Shown.MeanWaitMinutes = 2
		return d
	}
	for _, c := range []struct {
		lang string
		over float64
		want string
	}{
		{"ru", 0.02, "Придут около 5 из 21 приглашённого; человек ждёт в среднем 2 минуты. Девять из десяти вовсе не ждут. Интервьюеры вместе простаивают 1,5 ч, после окончания никто не остаётся."},
		{"ru", 0.4, "после окончания ещё 0,4 собеседования."},
		{"ru", 1, "после окончания ещё 1 собеседование."},
		{"ru", 5, "после окончания ещё 5 собеседований."},
		{"bg", 1, "след края остава 1 интервю."},
		{"bg", 0, "след края никой не остава."},
		{"en", 1, "and 1 interview falls after hours."},
		{"en", 2.5, "and 2.5 interviews fall after hours."},
	} {
		d := shown(c.over)
		if d.say(c.lang); !strings.HasSuffix(d.Say, c.want) {
			t.Errorf("%s %v: %s", c.lang, c.over, d.Say)
		}
	}
	for v, want := range map[float64]string{0.04: "0", 0.6: "0.6", 9.94: "9.9", 9.96: "10", 36.4: "36", 0: "0"} {
		if got := rough("en", v); got != want {
			t.Errorf("%v reads %s, want %s", v, got, want)
		}
	}
}
