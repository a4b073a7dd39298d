package web

import (
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/hiring"
)

// What the desk's fields say. What cannot be read is noted at its field, and the plan of the numbers before
// stays: they travel with the page, in the field last, because nothing of a desk is saved.

var deskFields = []string{"waiting_worth", "limit_minutes", "limit_risk", "overtime", "day_effect", "rate", "seats", "breaks", "own", "date", "time", "slot_minutes", "slots", "interviewers", "last"}

// readDesk reads the desk's fields into settings, noting what is wrong on the form. Percentages are
// typed, shares come out.
func readDesk(form *Form) (s hiring.PlanSettings, rate *float64) {
	s = hiring.PlanSettings{
		WaitingWorth: decimalField(form, "waiting_worth", 0.01, 4), Overtime: decimalField(form, "overtime", 0, 10),
		LimitMinutes: wholeField(form, "limit_minutes", 0, 480), LimitRisk: decimalField(form, "limit_risk", 0, 100) / 100,
	}
	if form.Get("day_effect") != "" {
		v := decimalField(form, "day_effect", 0, 0.5)
		s.DayEffect = &v
	}
	if form.Get("rate") != "" {
		v := decimalField(form, "rate", 0.1, 100) / 100 // of nobody no plan can be made
		rate = &v
	}
	return s, rate
}

// decimalField reads a number between two bounds, with a point or a comma.
func decimalField(form *Form, name string, least, most float64) float64 {
	text := strings.ReplaceAll(form.Get(name), ",", ".")
	v, err := strconv.ParseFloat(text, 64)
	switch {
	case text == "":
		form.Add(name, "required")
	case err != nil || math.IsNaN(v) || math.IsInf(v, 0):
		form.Add(name, "not_a_number")
	case v < least:
		form.Add(name, "too_small:"+plainNumber(least))
	case v > most:
		form.Add(name, "too_large:"+plainNumber(most))
	default:
		return v
	}
	return least
}

func plainNumber(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// writeDesk puts settings into the form's fields.
func writeDesk(form *Form, s hiring.PlanSettings) {
	form.Values["waiting_worth"], form.Values["overtime"] = plainNumber(s.WaitingWorth), plainNumber(s.Overtime)
	form.Values["limit_minutes"], form.Values["limit_risk"] = strconv.Itoa(s.LimitMinutes), plainNumber(math.Round(s.LimitRisk*1000)/10)
	if s.DayEffect != nil {
		form.Values["day_effect"] = plainNumber(*s.DayEffect)
	}
}

// press applies the button that sent the form: plus and minus change a number of it, which is then HR's own, and
// so is what was typed before counting anew; the best plan takes the numbers back.
func press(c *fiber.Ctx, form *Form) {
	if owned(form) || c.FormValue("step") == "evaluate" && form.Get("last") == "" {
		form.Values["own"] = "yes"
	}
	seats := form.Many["seats"]
	for name, by := range map[string]int{"more": 1, "less": -1} { // at most one is sent
		n, err := strconv.Atoi(c.FormValue(name))
		if err != nil || n < 0 || n >= len(seats) {
			continue
		}
		if v, err := strconv.Atoi(seats[n]); err == nil {
			seats[n] = strconv.Itoa(min(max(v+by, 0), hiring.MaxSeats))
			form.Values["own"] = "yes"
		}
	}
	if step := c.FormValue("step"); step == "best" || step == "propose" {
		form.Values["own"] = ""
		for n, text := range seats { // what was typed amiss goes with the numbers that are not wanted any more
			if v, err := strconv.Atoi(text); err != nil || v < 0 || v > hiring.MaxSeats {
				seats[n] = "0"
			}
		}
	}
}

// owned reports whether the seats are HR's own: said to be, or other than those the page came with.
func owned(form *Form) bool {
	if form.Get("own") == "yes" {
		return true
	}
	last, n := lastForm(form), len(form.Many["seats"])
	return last != nil && n > 0 && n == len(last.Many["seats"]) && !slices.Equal(form.Many["seats"], last.Many["seats"])
}

var (
	lastOnes  = []string{"waiting_worth", "limit_minutes", "limit_risk", "overtime", "day_effect", "rate", "date", "time", "slot_minutes", "slots", "interviewers", "venue", "room", "wait_minutes"}
	lastLists = []string{"seats", "breaks", "vacancies", "lanes"}
)

// lastForm is the form of the numbers that were planned last; nil if there are none.
func lastForm(form *Form) *Form {
	values, err := url.ParseQuery(form.Get("last"))
	if err != nil || len(values) == 0 {
		return nil
	}
	last := NewForm(nil)
	for _, name := range append(slices.Clone(lastOnes), "own") {
		last.Values[name] = values.Get(name)
	}
	for _, name := range lastLists {
		last.Many[name] = values[name]
	}
	return last
}

// moved reports whether numbers that a plan is made of were typed after the one on the page was counted: sent at
// once, the seats beside them are of other numbers. A break among HR's own seats is one of those.
func moved(form *Form) bool {
	last := lastForm(form)
	if last == nil {
		return false
	}
	only := func(f *Form) string { // the vacancy a forecast is for: of several there is none
		if list := f.Many["vacancies"]; len(list) == 1 {
			return list[0]
		}
		return ""
	}
	differs := func(name string) bool { return form.Get(name) != last.Get(name) }
	return slices.ContainsFunc(lastOnes, differs) || !owned(form) && !slices.Equal(form.Many["breaks"], last.Many["breaks"]) ||
		only(form) != only(last) || max(len(form.Many["lanes"]), 1) != max(len(last.Many["lanes"]), 1)
}

// remember keeps what the desk was computed from, and whose the seats then are. Of one without figures that is
// what was shown before.
func (d *planDesk) remember(form *Form) {
	if d.Busy {
		if d.Last = form.Get("last"); d.Last == "" {
			d.Last = "none=1" // and nothing that is sent is what it is of
		}
		if d.Own {
			form.Values["own"] = "yes"
		}
		return
	}
	values := url.Values{}
	for _, name := range lastOnes {
		if v := form.Get(name); v != "" {
			values.Set(name, v)
		}
	}
	for _, name := range lastLists {
		values[name] = form.Many[name]
	}
	values["seats"], values["breaks"] = nil, nil
	for i, row := range d.Rows {
		values.Add("seats", row.Seats)
		if row.Break {
			values.Add("breaks", strconv.Itoa(i))
		}
	}
	own := ""
	if d.Own {
		own = "yes"
	}
	values.Set("own", own)
	form.Values["own"], d.Last = own, values.Encode()
}

// planned is the desk that build makes of the form, which notes what is wrong on the form and then makes none. In
// its place stands the desk of the numbers planned last, or else of usual, with what was typed; nil if they too
// cannot be planned.
func planned(form *Form, build func(*Form) (*planDesk, error), usual func() (*planDesk, error)) (*planDesk, error) {
	judged := &Form{Values: form.Values, Many: form.Many, Errors: map[string]string{}} // what else is wrong with the page is none of the desk's
	d, err := build(judged)
	for name, code := range judged.Errors { // each on its own: order does not matter
		form.Add(name, code)
	}
	if err != nil || d != nil {
		if d != nil {
			d.remember(form)
			d.WrongAt = "f-seats"
		}
		return d, err
	}
	last := lastForm(form)
	if last != nil {
		if d, err = build(last); err != nil {
			return nil, err
		}
	}
	if d != nil {
		d.remember(last)
	} else if d, err = usual(); d == nil || err != nil {
		return nil, err
	}
	d.Stale = true
	d.typed(form, judged.Errors["seats"])
	return d, nil
}

// typed puts what was typed into the fields of a desk that is of other numbers, with what is wrong there.
func (d *planDesk) typed(form *Form, code string) {
	at := "f-seats"
	for i, text := range form.Many["seats"][:min(len(form.Many["seats"]), len(d.Rows))] {
		row := &d.Rows[i]
		row.Seats, row.Break = text, form.Has("breaks", strconv.Itoa(i))
		if _, row.Wrong = seatsIn(text); row.Wrong != "" && code != "" {
			code = ""
			if i > 0 {
				at += "-" + strconv.Itoa(i)
			}
		}
	}
	d.TooMany, d.WrongAt = code, at
}

// noted tells the form where the desk's errors stand, and that numbers sent uncounted are still so.
func (d *planDesk) noted(lang string, form *Form) {
	form.note("plan", "plan", i18n.T(lang, "interview.plan_title"))
	form.note("seats", d.WrongAt, i18n.T(lang, "plan.invite"))
	if d.Busy && form.Errors["plan"] != "" {
		form.Errors["plan"] = "plan_busy"
	}
}
