package web

import (
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stazh/stazh/workflows/staff"
)

// wrongAt asks that the one field of the change that is wrong says so itself, with what was typed in it, and that
// a plan still stands beside it.
func wrongAt(t *testing.T, name, page string, change url.Values) {
	t.Helper()
	wantPage(t, page, "The plan below is of the numbers before", `class="plan-sentence"`, "is-stale", "One more here", `name="last"`)
	for field, typed := range change {
		if field == "save" || field == "own" {
			continue
		}
		at := html.UnescapeString(regexp.MustCompile(`<input[^>]* id="f-` + field + `"[^>]*>`).FindString(page))
		if !strings.Contains(at, `value="`+typed[0]+`"`) || !strings.Contains(at, `aria-invalid="true"`) || !strings.Contains(at, "f-"+field+"-error") || !strings.Contains(page, `id="f-`+field+`-error"`) {
			t.Errorf("%s: the field is not marked: %s", name, at)
		}
	}
}

func TestThePlansBadInput(t *testing.T) {
	f := newFirm(t, 0)
	_, path := f.session(2, 2)
	plan := path + "/plan"
	for name, c := range map[string]struct {
		form url.Values
		want string
	}{
		"NaN":                {url.Values{"waiting_worth": {"NaN"}}, "Enter a number"},
		"negative":           {url.Values{"overtime": {"-1"}}, "0"},
		"infinite":           {url.Values{"overtime": {"+Inf"}}, "Enter a number"},
		"no number":          {url.Values{"limit_risk": {"often"}}, "Enter a number"},
		"a rate above all":   {url.Values{"rate": {"120"}}, "100"},
		"nobody comes":       {url.Values{"rate": {"0"}}, "Enter 0.1 or more"},
		"a negative rate":    {url.Values{"rate": {"-5"}}, "Enter 0.1 or more"},
		"a rate with a sign": {url.Values{"rate": {"12%"}}, "Enter a number"},
		"NaN of the risk":    {url.Values{"limit_risk": {"NaN"}}, "Enter a number"},
		"a day effect of 9":  {url.Values{"day_effect": {"9"}}, "Enter 0.5 or less"},
		"no times":           {url.Values{"slots": {"0"}}, "Enter 1 or more"},
		"65 times":           {url.Values{"slots": {"65"}}, "Enter 64 or less"},
		"no length":          {url.Values{"slot_minutes": {"0"}}, "Enter 5 or more"},
		"half a minute":      {url.Values{"slot_minutes": {"7.5"}}, "Enter a whole number"},
		"too many people":    {url.Values{"seats": {"501", "2"}}, "Enter 500 or less"},
		"a negative seat":    {url.Values{"seats": {"-3", "2"}}, "Enter 0 or more"},
		"too many in all":    {url.Values{"seats": {"300", "300"}}, "No more than 500 people in all"},
		"more than it holds": {url.Values{"seats": {"400", "400"}, "own": {"yes"}, "save": {"yes"}}, "There is a problem"},
	} {
		form := deskOf("2", "2")
		for k, v := range c.form {
			form[k] = v
		}
		to := plan + "/try"
		if form.Get("save") != "" {
			to = plan
			form.Set("version", "1")
		}
		res, page := f.post(staff.HR, plan, to, form)
		if res.StatusCode != 422 || !strings.Contains(page, c.want) {
			t.Errorf("%s: %d %s", name, res.StatusCode, text(page))
		}
		wrongAt(t, name, page, c.form)
	}
	second := deskOf("2", "x")
	res, page := f.post(staff.HR, plan, plan+"/try", second)
	f.want(res, page, 422, `id="f-seats-1-error"`, `aria-describedby="f-seats-1-error"`, `href="#f-seats-1"`)
	if strings.Contains(page, `id="f-seats-error"`) {
		t.Error("the seats that are right are marked")
	}
	for _, rate := range []string{"0.1", "100"} { // sane plans
		form := deskOf("2", "2")
		form.Set("rate", rate)
		if res, page := f.post(staff.HR, plan, plan+"/try", form); res.StatusCode != 200 {
			t.Errorf("rate %s: %d %s", rate, res.StatusCode, text(page))
		}
	}
	form := deskOf("2", "2")
	form["breaks"] = []string{"0", "1"}
	res, page = f.post(staff.HR, plan, plan+"/try", form)
	f.want(res, page, 200, "There are only breaks")
	f.now = f.now.AddDate(0, 0, 5) // over, though its process has not closed it
	res, page = f.post(staff.HR, plan, path+"/fill", url.Values{"mode": {"auto"}, "from": {"plan"}})
	f.want(res, page, 303)
	if code, page := f.get(staff.HR, plan, "Cookie", f.as(staff.HR)+"; "+strings.Split(res.Header.Get("Set-Cookie"), ";")[0]); code != 200 || !strings.Contains(page, "too late") {
		t.Error(code, text(page))
	}
}

// Where hardly anybody comes the plan says so, and what to do; a rule that wants more than may be invited too.
func TestThePlanWithHardlyAnybody(t *testing.T) {
	f := newFirm(t, 0)
	_, path := f.session(2, 2, 2, 2, 2, 2, 2, 2)
	ask := func(change map[string]string) string {
		t.Helper()
		form := deskOf("2", "2", "2", "2", "2", "2", "2", "2")
		for k, v := range change {
			form.Set(k, v)
		}
		res, page := f.post(staff.HR, path+"/plan", path+"/plan/try", form)
		f.want(res, page, 200)
		return page
	}
	page := ask(map[string]string{"rate": "0.5", "step": "best"})
	wantPage(t, page, "of 160 invited", "the session stays nearly empty", "more than the 500 who may be invited")
	page = ask(map[string]string{"rate": "0,5", "day_effect": "0", "step": "best"})
	wantPage(t, page, "come of 500 invited", "No more than 500 people can be invited", "of all of them about 2.5 come", "call the people on the shortlist")
	if strings.Contains(page, `name="more" value="0" formaction="`+path+`/plan/try" formnovalidate data-step="1" aria-label="One more at 12:00">`) {
		t.Error("one more may be invited than may be")
	}
	page = ask(map[string]string{"rate": "100", "step": "best"})
	if got := strings.Join(seatsOn(page), ""); got != "11111111" {
		t.Error(got)
	}
}

// What was planned last stays while what is typed cannot be planned, and Enter in a field is no word on the seats.
func TestTheLastPlanStays(t *testing.T) {
	f := newFirm(t, 0)
	_, path := f.session(2, 2, 2, 2)
	for _, at := range []struct{ from, to, field, wrong string }{
		{path + "/plan", path + "/plan/try", "rate", "-5"},
		{"/sessions/new", "/sessions/new", "room", "0"},
		{"/sessions/new", "/sessions/new", "slots", "65"},
		{"/sessions/new", "/sessions/new", "slot_minutes", "7.5"},
		{"/sessions/new", "/sessions/new", "wait_minutes", "many"},
		{"/sessions/new", "/sessions/new", "date", "31.02.2027"},
	} {
		form := f.typed(map[string]string{"limit_minutes": "60", "limit_risk": "10", "waiting_worth": "0.5", "overtime": "1.5", "slots": "4", "rate": "40", "step": "best"})
		form["seats"] = []string{"2", "2", "2", "2"}
		res, page := f.post(staff.HR, at.from, at.to, form, "HX-Request", "true")
		f.want(res, page, 200)
		sentence := regexp.MustCompile(`<p class="plan-sentence">[^<]+`)
		say, seats := sentence.FindString(page), seatsOn(page)
		form.Del("step")
		form.Set("last", hiddenField(page, "last"))
		form["seats"] = seats
		form.Set(at.field, at.wrong)
		for _, headers := range [][]string{{"HX-Request", "true"}, nil} {
			res, page = f.post(staff.HR, at.from, at.to, form, headers...)
			if want := map[bool]int{true: 200, false: 422}[headers != nil]; res.StatusCode != want {
				t.Fatalf("%+v: %d", at, res.StatusCode)
			}
			wrongAt(t, at.field, page, url.Values{at.field: {at.wrong}})
			if got := sentence.FindString(page); got != say || !slices.Equal(seatsOn(page), seats) || hiddenField(page, "own") != "" {
				t.Errorf("%+v: %s instead of %s, %v", at, got, say, seatsOn(page))
			}
		}
		if at.field != "rate" && strings.Contains(page, `id="f-vacancies-error"`) {
			t.Error("what was not asked for is marked")
		}
		// Mended by Enter: the hidden button counts anew, and the seats stay the planner's.
		form.Set("last", hiddenField(page, "last"))
		form.Set(at.field, map[string]string{"rate": "30", "room": "9", "slots": "4", "slot_minutes": "30", "wait_minutes": "45", "date": "2027-03-05"}[at.field])
		form.Set("step", "evaluate")
		res, page = f.post(staff.HR, at.from, at.to, form)
		f.want(res, page, 200)
		if strings.Contains(page, "is-stale") || hiddenField(page, "own") != "" {
			t.Errorf("%+v: mended, and %q", at, hiddenField(page, "own"))
		}
		// A seat typed and counted anew is HR's.
		form.Set("last", hiddenField(page, "last"))
		form["seats"] = []string{"7", "2", "2", "2"}
		res, page = f.post(staff.HR, at.from, at.to, form)
		if f.want(res, page, 200); hiddenField(page, "own") != "yes" || seatsOn(page)[0] != "7" {
			t.Errorf("%+v: %v, %q", at, seatsOn(page), hiddenField(page, "own"))
		}
	}
}

// hiddenField is the value of a hidden field of the page.
func hiddenField(page, name string) string {
	m := regexp.MustCompile(`<input type="hidden" name="` + name + `" value="([^"]*)">`).FindStringSubmatch(page)
	if m == nil {
		return "none"
	}
	return html.UnescapeString(m[1])
}

// Chairs can be what binds a plan: the page says so, of the plan and of one more in each time.
func TestASmallWaitingRoom(t *testing.T) {
	f := newFirm(t, 0)
	res, page := f.post(staff.HR, "/sessions/new", "/sessions/new", f.typed(map[string]string{"room": "1", "slots": "8"}))
	f.want(res, page, 200, "the waiting room is too small", "over the limit", "room full")
	if res, page = f.post(staff.HR, "/sessions/new", "/sessions/new", f.typed(map[string]string{"room": "40", "slots": "8"})); strings.Contains(page, "room full") {
		t.Error(res.StatusCode, "forty chairs bind it")
	}
}
