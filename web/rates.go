package web

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/web/chart"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/hiring"
)

func (p *Pages) ratesRoutes(r auth.Routes) {
	r.Get("/reports/show-rates", reporters, p.rates)
	p.ratesImportRoutes(r)
}

type ratesBody struct {
	Stats   []Stat
	Model   store.RateModel
	Kind    string // words
	Groups  []chart.Ranges
	Replies []rateReply
	Day     string // the day effect in words
	HeldOut []heldOut
	Scores  store.ForecastScores
	Plot    chart.Plot
	Verdict string
	Tone    Tone
	By      []scoreTable
	Imports []store.AttendanceImport
	Past    *pastPlans // nil: none yet
	May     bool       // import
}

type rateReply struct {
	Name  string
	Words string
	hiring.RateReply
}

type heldOut struct {
	Name string
	Loss float64
}

type scoreTable struct {
	Head string
	Rows []store.ForecastScore
}

func (p *Pages) rates(c *fiber.Ctx) error {
	ctx, lang := c.UserContext(), p.Frame.Lang(c)
	model, err := p.Reader.RateModel(ctx)
	if err != nil {
		return err
	}
	groups, err := p.Reader.RateGroups(ctx)
	if err != nil {
		return err
	}
	names, err := p.Reader.RateNames(ctx)
	if err != nil {
		return err
	}
	scores, err := p.Reader.ForecastScores(ctx)
	if err != nil {
		return err
	}
	imports, _, err := p.Reader.AttendanceImports(ctx, store.Page{Limit: 5})
	if err != nil {
		return err
	}
	all := model.Model.Overall()
	body := ratesBody{Model: model, Scores: scores, Imports: imports, May: p.recruits(c), Kind: i18n.T(lang, "rates.kind_"+string(model.Model.Kind))}
	body.Stats = []Stat{
		{Label: i18n.T(lang, "rates.one_rate"), Value: i18n.Percent(lang, all.Rate, 0), Note: i18n.T(lang, "rates.between", "low", i18n.Percent(lang, all.Low, 0), "high", i18n.Percent(lang, all.High, 0))},
		{Label: i18n.T(lang, "rates.outcomes"), Value: i18n.Number(lang, int64(all.Rows)), Note: i18n.T(lang, "rates.came_of", "came", all.Came, "rows", all.Rows)},
	}
	if n := scores.All.Model.Rows; n > 0 {
		body.Stats = append(body.Stats, Stat{Label: i18n.T(lang, "rates.scored"), Value: i18n.Number(lang, int64(n)), Note: i18n.T(lang, "rates.scored_note")})
	}
	for _, g := range groups {
		body.Groups = append(body.Groups, rateRanges(lang, g, all, names))
	}
	for _, r := range model.Model.Worth() {
		body.Replies = append(body.Replies, rateReply{Name: i18n.T(lang, "rate.reply_"+string(r.Reply)), Words: worth(lang, r.Ratio), RateReply: r})
	}
	body.Day = dayWords(lang, all.Rate, model.Model.DayEffect)
	for _, kind := range []string{"one_rate", "shrunk", "logistic"} {
		if loss, ok := model.Model.HeldOut[kind]; ok && !math.IsInf(loss, 0) {
			body.HeldOut = append(body.HeldOut, heldOut{i18n.T(lang, "rates.kind_"+kind), loss})
		}
	}
	p.ratesScores(lang, &body)
	if body.Past, err = p.pastPlans(ctx, lang); err != nil {
		return err
	}
	return p.Frame.HTML(c, fiber.StatusOK, "report/rates", Page{
		Title: i18n.T(lang, "rates.title"), Lead: i18n.T(lang, "rates.lead"), Crumbs: []Crumb{{Label: i18n.T(lang, "nav.reports"), URL: "/reports"}}, Body: body, Wide: true,
	})
}

// dayWords says what the people of one day share, at a show rate and a day effect.
func dayWords(lang string, rate, rho float64) string {
	spread := hiring.DaySpread(rate, rho)
	if spread < 0.005 { // would be said as from 19 % to 19 %
		return i18n.T(lang, "rates.day_alike", "rho", i18n.Decimal(lang, rho, 3))
	}
	return i18n.T(lang, "rates.day_words", "rho", i18n.Decimal(lang, rho, 3),
		"low", i18n.Percent(lang, max(0, rate-spread), 0), "high", i18n.Percent(lang, min(1, rate+spread), 0))
}

func (p *Pages) ratesScores(lang string, body *ratesBody) {
	s := body.Scores
	if s.All.Model.Rows == 0 {
		return
	}
	gain := 1 - s.All.Model.LogLoss/s.All.One.LogLoss
	body.Verdict, body.Tone = i18n.T(lang, "rates.verdict_better", "gain", i18n.Percent(lang, gain, 0)), Success
	switch {
	case s.All.Model.Rows < 50:
		body.Verdict, body.Tone = i18n.T(lang, "rates.verdict_few", "n", s.All.Model.Rows), Info
	case gain < 0.005:
		body.Verdict, body.Tone = i18n.T(lang, "rates.verdict_same"), Warning
	}
	body.Plot = chart.Plot{
		ID: "calibration", Title: i18n.T(lang, "rates.calibration"), Desc: i18n.T(lang, "rates.calibration_desc"),
		X: i18n.T(lang, "rates.forecast"), Y: i18n.T(lang, "rates.came"), Count: i18n.T(lang, "rates.people"),
	}
	for _, b := range s.All.Model.Calibration {
		body.Plot.Points = append(body.Plot.Points, chart.Pair{Predicted: b.Predicted, Observed: b.Came, Count: b.N})
	}
	body.By = []scoreTable{{i18n.T(lang, "rates.field_city"), s.City}, {i18n.T(lang, "rates.field_source"), s.Source}}
}

// rateRanges draws one fact's values: hours and weekdays in their order, the rest by rows.
func rateRanges(lang string, g store.RateGroups, all hiring.RateGroup, names map[string]string) chart.Ranges {
	out := chart.Ranges{
		Title: rateField(lang, g.Field), Values: i18n.T(lang, "rates.came"), Mark: all.Rate,
		MarkText: i18n.T(lang, "rates.mark", "rate", i18n.Percent(lang, all.Rate, 0)),
	}
	rows := slices.Clone(g.Groups)
	switch g.Field {
	case hiring.RateHour:
		slices.SortFunc(rows, func(a, b hiring.RateGroup) int {
			return cmp.Or(len(a.Value)-len(b.Value), cmp.Compare(a.Value, b.Value))
		})
	case hiring.RateWeekday:
		slices.SortFunc(rows, func(a, b hiring.RateGroup) int {
			return strings.Index(weekdayOrder, a.Value) - strings.Index(weekdayOrder, b.Value)
		})
	default:
		rows = rows[:min(len(rows), 12)]
	}
	for _, r := range rows {
		out.Rows = append(out.Rows, chart.Range{
			Label: rateValue(lang, g.Field, r.Value, names), Value: r.Rate, Low: r.Low, High: r.High,
			Text: i18n.T(lang, "rates.of", "came", r.Came, "rows", r.Rows),
		})
	}
	return out
}

const weekdayOrder = "mon tue wed thu fri sat sun"

// rateField is a fact in words; a column that a firm brought is its own header.
func rateField(lang, field string) string {
	if key := "rates.field_" + field; i18n.Has(key) {
		return i18n.T(lang, key)
	}
	return capital(field)
}

// rateValue is a value of a fact as people write it.
func rateValue(lang, field, value string, names map[string]string) string {
	if key := "rates.weekday_" + value; field == hiring.RateWeekday && i18n.Has(key) {
		return i18n.T(lang, key)
	}
	if field == hiring.RateHour {
		return value + ":00"
	}
	if name := names[value]; name != "" {
		return name
	}
	return capital(value)
}

// worth says what a likelihood ratio means.
func worth(lang string, ratio float64) string {
	switch {
	case ratio >= 1.05:
		return times(lang, "rates.worth_more", ratio)
	case ratio <= 0.95:
		return times(lang, "rates.worth_less", 1/max(ratio, 0.01))
	}
	return i18n.T(lang, "rates.worth_nothing")
}

// times says how many times with a decimal as long as it tells: 1.4 times, 5 times, 100 times.
func times(lang, key string, n float64) string {
	n = math.Round(n*10) / 10
	places := 1
	if n >= 10 {
		n = math.Round(n)
	}
	if n == math.Trunc(n) {
		places = 0
	}
	return i18n.T(lang, key, "n", n, "times", i18n.Decimal(lang, n, places))
}

// RateReasons are the reasons of a forecast in words, in their order. names are store.Reader.RateNames.
func RateReasons(lang string, reasons []hiring.RateReason, names map[string]string) []string {
	out := make([]string, 0, len(reasons))
	for _, r := range reasons {
		key := "rate.reason_" + r.Code
		if !i18n.Has(key) {
			continue
		}
		value := rateValue(lang, r.Field, r.Value, names)
		cell := ""
		for _, wider := range r.Within {
			cell += rateField(lang, wider.Field) + " " + rateValue(lang, wider.Field, wider.Value, names) + " + "
		}
		switch r.Code {
		case "context":
			if cell != "" {
				key = "rate.reason_cell"
			}
		case "reply":
			value = r.Value
			if reply := "rate.reply_" + r.Value; i18n.Has(reply) {
				value = i18n.T(lang, reply)
			}
			if i18n.Percent(lang, r.From, 0) == i18n.Percent(lang, r.To, 0) {
				key = "rate.reason_reply_same"
			}
		case "number":
			value = i18n.T(lang, "rates.bin", "n", binNumber(r.Value))
		}
		args := map[string]any{
			"field": rateField(lang, r.Field), "value": value, "cell": cell + rateField(lang, r.Field) + " " + value, "came": r.Came, "rows": r.Rows,
			"from": i18n.Percent(lang, r.From, 0), "to": i18n.Percent(lang, r.To, 0),
		}
		var pairs []any
		for _, name := range i18n.Arguments(key) {
			pairs = append(pairs, name, args[name])
		}
		out = append(out, i18n.T(lang, key, pairs...))
	}
	return out
}

// binNumber reads "bin 2": the third quarter of a number's values.
func binNumber(value string) int {
	if n := len(value); n > 0 && value[n-1] >= '0' && value[n-1] <= '9' {
		return int(value[n-1]-'0') + 1
	}
	return 1
}
