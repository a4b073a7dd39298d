package web

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stazh/stazh/workflows/staff"
)

// What is created is what was shown: numbers that were changed since the plan was counted bring the page back once.
func TestCreatedBeforeTheCount(t *testing.T) {
	f := newFirm(t, 0)
	shown := func(change map[string]string) url.Values {
		form := f.typed(change)
		form.Del("seats")
		res, page := f.post(staff.HR, "/sessions/new", "/sessions/new", form, "HX-Request", "true")
		f.want(res, page, 200)
		form["seats"] = seatsOn(page)
		form.Set("last", hiddenField(page, "last"))
		form.Set("own", hiddenField(page, "own"))
		return form
	}
	f.as(staff.Interviewer)
	three := []string{f.Staff[staff.Interviewer].String(), f.Staff[staff.HR].String(), f.Staff[staff.Director].String()}
	for name, c := range map[string]struct {
		field  string
		to     []string
		seats  int  // how many times then
		differ bool // the planner invites otherwise
	}{
		"fewer times":       {"slots", []string{"4"}, 4, true},
		"more times":        {"slots", []string{"9"}, 9, true},
		"more interviewers": {"lanes", three, 8, true},
		"another room":      {"room", []string{"1"}, 8, true},
		"another limit":     {"wait_minutes", []string{"10"}, 8, true},
		"another turn-up":   {"rate", []string{"60"}, 8, true},
		"another length":    {"slot_minutes", []string{"60"}, 8, false},
		"another day":       {"date", []string{"2027-03-05"}, 8, false},
		"a break":           {"breaks", []string{"3"}, 8, true},
		"another worth":     {"waiting_worth", []string{"2"}, 8, true},
	} {
		form := shown(map[string]string{"slots": "8", "rate": "20", "waiting_worth": "0.5"})
		before := form["seats"]
		form[c.field] = c.to
		res, page := f.post(staff.HR, "/sessions/new", "/sessions", form)
		f.want(res, page, 422, "Numbers were changed after this plan was counted", `href="#plan"`, `value="`+c.to[0]+`"`)
		got := seatsOn(page)
		if len(got) != c.seats || hiddenField(page, "own") != "" || strings.Contains(page, "is-stale") {
			t.Fatalf("%s: %v, own %q", name, got, hiddenField(page, "own"))
		}
		if same := strings.Join(got, " ") == strings.Join(before[:min(len(before), len(got))], " "); same && c.differ {
			t.Errorf("%s: the plan was not counted anew: %v", name, got)
		}
		// HR's own numbers stay, those of times that are gone are gone, and a new time has the planner's.
		if c.field == "breaks" {
			continue // it is one of them
		}
		own := shown(map[string]string{"slots": "8", "rate": "20", "waiting_worth": "0.5"})
		own["seats"][0] = "9"
		own[c.field] = c.to
		res, page = f.post(staff.HR, "/sessions/new", "/sessions", own)
		f.want(res, page, 422, "Numbers were changed", "These are your own numbers")
		kept := seatsOn(page)
		want := append([]string{}, own["seats"]...)
		if n := min(len(want), len(kept)); len(kept) != c.seats || strings.Join(kept[:n], " ") != strings.Join(want[:n], " ") || hiddenField(page, "own") != "yes" {
			t.Errorf("%s: HR's own became %v", name, kept)
		}
		if name != "fewer times" {
			continue
		}
		form["seats"] = got // looked at, and pressed again
		form.Set("last", hiddenField(page, "last"))
		form.Del("_command")
		res, page = f.post(staff.HR, "/sessions/new", "/sessions", form)
		f.want(res, page, 303)
	}
	// What no plan is made of brings nothing back, nor does one interviewer, for whom it was made before he was chosen.
	form := f.typed(map[string]string{"slots": "4", "date": "2027-03-09"})
	form.Del("seats")
	form.Del("lanes")
	res, page := f.post(staff.HR, "/sessions/new", "/sessions/new", form, "HX-Request", "true")
	f.want(res, page, 200)
	form["seats"] = seatsOn(page)
	form.Set("last", hiddenField(page, "last"))
	form.Set("lanes", f.Staff[staff.Interviewer].String())
	form.Set("moves", "1")
	res, page = f.post(staff.HR, "/sessions/new", "/sessions", form)
	f.want(res, page, 303)
}

func TestSavedBeforeTheCount(t *testing.T) {
	f := newFirm(t, 0)
	id, path := f.session(1, 1, 1, 1)
	plan := path + "/plan"
	_, page := f.get(staff.HR, plan)
	form := deskOf(seatsOn(page)...)
	for _, name := range []string{"date", "time", "slot_minutes", "slots", "interviewers"} {
		form.Set(name, fieldValue(page, name))
	}
	form.Set("version", "1")
	form.Set("last", hiddenField(page, "last"))
	form.Set("own", hiddenField(page, "own"))
	form.Set("limit_minutes", "20")
	res, page := f.post(staff.HR, plan, plan, form)
	f.want(res, page, 422, "Numbers were changed", `value="20"`)
	form.Set("last", hiddenField(page, "last"))
	form.Del("_command")
	res, page = f.post(staff.HR, plan, plan, form)
	f.want(res, page, 303)
	if s, err := f.Reader.Interview(t.Context(), id); err != nil || s.Settings.LimitMinutes != 20 {
		t.Fatal(s.Settings, err)
	}
}

// fieldValue is what stands in an input of the page.
func fieldValue(page, name string) string {
	m := regexp.MustCompile(`<input[^>]* name="` + name + `"[^>]* value="([^"]*)"`).FindStringSubmatch(page)
	if m == nil {
		return "none"
	}
	return m[1]
}
