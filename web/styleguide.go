package web

import (
	"regexp"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/stazh/stazh/web/chart"
	"github.com/stazh/stazh/workflows/fault"
)

// The style guide shows every component with made-up content, for those who build pages. It exists in
// dev only, speaks English between the components and is not part of the product.

type samplePerson struct {
	Name, Note, State, Source string
	Tone                      Tone
	Chance                    float64
	At                        time.Time
}

type sample struct {
	Tabs                []Tab
	Stats               []Stat
	People              []samplePerson
	Pager               Pager
	Arrivals, Funnel    chart.Chart
	Calibration         chart.Plot
	Cities, Kinds, Days []Option
	At, Before          time.Time
	Wait                time.Duration
	Events              []Event
	Icons               []string
}

var iconNames = regexp.MustCompile(`<symbol id="([^"]+)"`)

func (f *Frame) sample() sample {
	at := time.Date(2026, 11, 26, 7, 30, 0, 0, time.UTC)
	var icons []string
	for _, m := range iconNames.FindAllSubmatch(f.assets.byURL[f.assets.byName["icons.svg"]].body, -1) {
		icons = append(icons, string(m[1]))
	}
	return sample{
		Tabs: []Tab{{Label: "Shortlist", URL: "/styleguide", Active: true, Count: 18}, {Label: "Plan", URL: "#"}, {Label: "Board", URL: "#", Count: 3}, {Label: "Decisions", URL: "#"}, {Label: "History", URL: "#"}},
		Stats: []Stat{
			{Label: "Invited", Value: "25", Note: "in 2 waves"},
			{Label: "Expected interviews", Value: "6.4", Note: "of 7 seats", Tone: Success},
			{Label: "Longest wait, 90 %", Value: "38 min", Note: "limit 60 min"},
			{Label: "Nobody comes", Value: "3.1%", Note: "worst slot 10:30", Tone: Warning},
			{Label: "Cost per arrival", Value: "₽1,284", Note: "12 % below October", Tone: Success},
		},
		People: []samplePerson{
			{"Мария Петрова", "Moscow · 2 years in sales", "confirmed", "HeadHunter", Success, 0.81, at},
			{"Александър Димитров", "Sofia · 1 year", "invited", "Referral", Info, 0.44, at.Add(30 * time.Minute)},
			{"John Whitfield", "Moscow · student", "no answer", "Own site", Warning, 0.12, at.Add(time.Hour)},
			{"Екатерина Константинопольская", "Yekaterinburg · 4 years", "no show", "SuperJob", Danger, 0.2, at.Add(90 * time.Minute)},
			{"Олег Ли", "St Petersburg · 3 years", "responded", "HeadHunter", Neutral, 0.31, at.Add(2 * time.Hour)},
		},
		Pager: Pager{Previous: "#", Next: "#", Rows: 5},
		Arrivals: chart.Chart{ID: "arrivals", Title: "Arrivals per slot", Desc: "Who came, beside what the plan expected.", Values: "Came", Expected: "Planned", Points: []chart.Point{
			{Label: "10:00", Value: 3, Expected: 2.4},
			{Label: "10:30", Value: 1, Expected: 2.1},
			{Label: "11:00", Value: 2, Expected: 2},
			{Label: "11:30", Value: 4, Expected: 2.2, Tone: "warning"},
			{Label: "12:00", Value: 0, Expected: 1.2},
			{Label: "12:30", Value: 2, Expected: 1.9},
			{Label: "13:00", Value: 1, Expected: 1.4},
		}},
		Funnel: chart.Chart{ID: "funnel", Title: "Funnel, November", Desc: "From a response to a hire.", Values: "People", Points: []chart.Point{
			{Label: "Responded", Value: 412}, {Label: "Shortlisted", Value: 138}, {Label: "Booked", Value: 74}, {Label: "Interviewed", Value: 31}, {Label: "Hired", Value: 6, Tone: "success"},
		}},
		Calibration: chart.Plot{ID: "calibration", Title: "Calibration of show rates", Desc: "On the dashed line, people come as often as we said.", X: "Predicted", Y: "Came", Count: "Bookings", Points: []chart.Pair{
			{Predicted: 0.08, Observed: 0.05, Count: 60}, {Predicted: 0.18, Observed: 0.21, Count: 140}, {Predicted: 0.33, Observed: 0.29, Count: 80}, {Predicted: 0.52, Observed: 0.6, Count: 40}, {Predicted: 0.8, Observed: 0.77, Count: 35},
		}},
		Cities: []Option{{Value: "", Label: "Choose"}, {Value: "msk", Label: "Moscow"}, {Value: "ekb", Label: "Yekaterinburg"}, {Value: "nn", Label: "Nizhny Novgorod"}, {Value: "spb", Label: "St Petersburg"}},
		Kinds:  []Option{{Value: "a", Label: "Thursday, 26 November, 12:00", Hint: "Office on Nikitskaya"}, {Value: "b", Label: "Friday, 27 November, 10:30", Hint: "Office on Nikitskaya"}, {Value: "c", Label: "None of these fits"}},
		Days:   []Option{{Value: "1", Label: "Mon"}, {Value: "2", Label: "Tue"}, {Value: "3", Label: "Wed"}, {Value: "4", Label: "Thu"}, {Value: "5", Label: "Fri", Disabled: true}},
		At:     at, Before: f.opt.Now().Add(-50 * time.Hour), Wait: 80 * time.Minute,
		Events: []Event{
			{At: at, Title: "Interviewed", Text: "Score 4.2, filed by two", Icon: "check", Tone: Success},
			{At: at.Add(-22 * time.Minute), Title: "Arrived 6 minutes late", Tone: Warning, Icon: "clock"},
			{At: at.Add(-26 * time.Hour), Title: "Confirmed by link", Tone: Info},
			{At: at.Add(-90 * time.Hour), Title: "Responded through HeadHunter"},
		},
		Icons: icons,
	}
}

func (f *Frame) styleguide(c *fiber.Ctx) error {
	p := Page{
		Title: "Style guide", Lead: "Every component in one place. Change the language and the appearance in the corner.",
		Crumbs: []Crumb{{Label: "Sessions", URL: "#"}, {Label: "Moscow, 26 November", URL: "#"}},
		Form:   NewForm(map[string]string{"wait": "60", "city": "msk", "kind": "a"}), Body: f.sample(),
	}
	if c.Method() == fiber.MethodGet {
		return f.HTML(c, fiber.StatusOK, "page/styleguide", p)
	}
	form := ReadForm(c, "name", "mail", "phone", "start", "city", "kind", "days", "wait", "note", "agree", "slot")
	var wrong fault.Fields
	wrong.Require(form.Get("name") != "", "name", "required")
	wrong.Require(len([]rune(form.Get("note"))) <= 20, "note", "too_long:20")
	wrong.Require(form.Get("city") != "", "city", "choose_one")
	wrong.Require(form.Get("kind") != "", "kind", "choose_one")
	wrong.Require(form.Get("agree") == "yes", "agree", "must_accept")
	if form.Take(wrong.Err(), "") || !form.OK() {
		p.Form = form
		return f.HTML(c, fiber.StatusUnprocessableEntity, "page/styleguide", p)
	}
	return f.RedirectFlash(c, "/styleguide", Flash{Key: "flash.saved"})
}

func (f *Frame) styleguideCandidate(c *fiber.Ctx) error {
	return f.HTML(c, fiber.StatusOK, "page/styleguide_candidate", Page{
		Title: "Мария, your interview", Lead: "Please tell us whether you will come. It takes one tap.",
		Layout: Candidate, Form: NewForm(map[string]string{"slot": "a"}), Body: f.sample(),
	})
}

// styleguideProblem answers GET /styleguide/problem/:status; "candidate" in the query shows it as one.
func (f *Frame) styleguideProblem(c *fiber.Ctx) error {
	if c.QueryBool("candidate") {
		For(c, Candidate, f.Lang(c))
	}
	status, err := strconv.Atoi(c.Params("status"))
	if err != nil || status < 400 || status > 599 {
		return fiber.ErrNotFound
	}
	return fiber.NewError(status)
}
