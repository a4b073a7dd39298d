package hiring

import (
	"cmp"
	"maps"
	"math"
	"slices"
)

// Reply is what an invited person said about coming.
type Reply string

// The replies; anything else counts as silent. Silent is who let the time for a reply pass; pending is
// who still may reply, or is not invited yet: nothing is known then, and the context's rate stands.
const (
	ReplyConfirmed Reply = "confirmed"
	ReplySilent    Reply = "silent"
	ReplyUncertain Reply = "uncertain"
	ReplyDeclined  Reply = "declined"
	ReplyPending   Reply = "pending"
)

// RateFacts are what is known of a person before the day: the context (vacancy, source, city and
// whatever columns a firm keeps), numbers such as days of notice, and the reply.
type RateFacts struct {
	Fields  map[string]string
	Numbers map[string]float64
	Reply   Reply
}

// RateRow is one past invitation and its outcome. Rows of one Day share weather and metro; "" is a
// day of its own. Those who left without an interview came; those we withdrew are no rows.
type RateRow struct {
	RateFacts
	Day  string
	Came bool
}

// RateKind says how a model forecasts.
type RateKind string

// The kinds, in the order in which a firm with a growing history gets them.
const (
	RateShrunk   RateKind = "shrunk"   // one rate, shrunk by context, times the reply's likelihood ratio
	RateLogistic RateKind = "logistic" // the mean log-odds of that and of a ridge regression over all that is known
)

const (
	// The handbook's one in five, as Beta(4, 16): all that is known before the first row.
	ratePriorCame, ratePriorMissed = 4.0, 16.0
	// RateLogisticRows is how many outcomes a logistic model needs to be tried at all.
	RateLogisticRows = 200
	// RateFolds are the parts, by whole days, of a held-out comparison.
	rateFolds = 5
	// rateContextWorth is the held-out gain that a context found by itself must bring.
	rateContextWorth = 0.002
	// rateFloor keeps forecasts off 0 and 1, where one surprise would cost infinitely much.
	rateFloor = 0.005
)

// RateModel is what was learned. It is plain data: it can be stored as JSON and forecasts the same
// after being read back.
type RateModel struct {
	Kind    RateKind           `json:"kind"`
	Rows    int                `json:"rows"`
	Came    int                `json:"came"`
	Context []string           `json:"context"` // fields of the nested shrinkage, widest first
	Cells   []rateLevel        `json:"cells"`
	Replies map[Reply]rateSeen `json:"replies"`
	Logit   *rateLogit         `json:"logit,omitempty"`
	// DayEffect is rho, the correlation within a day, for PlanRequest.DayEffect.
	DayEffect float64 `json:"day_effect"`
	// HeldOut is the mean log-loss on the firm's own held-out days: "one_rate", "shrunk" and, when it
	// was tried, "logistic".
	HeldOut map[string]float64 `json:"held_out,omitempty"`
}

// RateReason is a step of a forecast: the probability before and after a fact was counted. Codes:
// handbook, own_history, context, reply, field, number, other_facts; beside the model, override (HR's
// word) and arrived (the person is here).
type RateReason struct {
	Code  string  `json:"code"`
	Field string  `json:"field,omitempty"`
	Value string  `json:"value,omitempty"`
	From  float64 `json:"from"`
	To    float64 `json:"to"`
	Rows  int     `json:"rows,omitempty"` // outcomes behind it
	Came  int     `json:"came,omitempty"`
	// Within are the wider facts that the people behind a context share as well: of this vacancy, and of this city and
	// this source.
	Within []RateFact `json:"within,omitempty"`
}

// RateFact is one thing known of a person.
type RateFact struct {
	Field string `json:"field"`
	Value string `json:"value"`
}

// RateForecast is one person's probability to come, 0..1, with its reasons in order. A and B are the Beta
// distribution of the context's rate, before the reply: how sure the rate itself is.
type RateForecast struct {
	P       float64      `json:"p"`
	A       float64      `json:"a"`
	B       float64      `json:"b"`
	Reasons []RateReason `json:"reasons"`
}

// LearnRates learns from a firm's own history. context names the fields of the shrinkage, widest
// first (city, source, vacancy); nil lets it be found among the rows' fields. No rows are fine: the
// forecast is then the handbook's one in five and the reply.
func LearnRates(rows []RateRow, context []string) *RateModel {
	found := context == nil
	if found {
		context = rateContext(rows)
	}
	m := learnShrunk(rows, context)
	m.DayEffect = RateDayEffect(rows, func(r RateRow) float64 { return m.Forecast(r.RateFacts).P })
	if len(rows) < 50 {
		return m
	}
	folds := rateFoldsOf(rows)
	held := func(learn func([]RateRow) func(RateFacts) float64) float64 { return rateHeldOut(rows, folds, learn) }
	shrunkBy := func(context []string) float64 {
		return held(func(train []RateRow) func(RateFacts) float64 { return learnShrunk(train, context).probability })
	}
	shrunk := shrunkBy(context)
	// A found context has to earn its place; a given one is HR's, and harmless by its shrinkage.
	if bare := shrunkBy(nil); found && bare < shrunk+rateContextWorth {
		day := m.DayEffect
		m, shrunk = learnShrunk(rows, nil), bare
		m.DayEffect = day
	}
	m.HeldOut = map[string]float64{
		"one_rate": held(func(train []RateRow) func(RateFacts) float64 {
			p := RateOne(train)
			return func(RateFacts) float64 { return p }
		}),
		"shrunk": shrunk,
	}
	if len(rows) <= RateLogisticRows {
		return m
	}
	logit, loss := chooseLogit(rows, folds, m.Context)
	m.HeldOut["logistic"] = loss
	if loss < shrunk {
		m.Kind, m.Logit = RateLogistic, logit
		m.DayEffect = RateDayEffect(rows, func(r RateRow) float64 { return m.probability(r.RateFacts) })
	}
	return m
}

// RateOne is the one rate of all rows, with half an outcome of each kind added (Jeffreys), so that it
// is never 0 or 1; without rows it is the handbook's 0.2.
func RateOne(rows []RateRow) float64 {
	if len(rows) == 0 {
		return ratePriorCame / (ratePriorCame + ratePriorMissed)
	}
	return (float64(rateCame(rows)) + 0.5) / (float64(len(rows)) + 1)
}

func rateCame(rows []RateRow) int {
	n := 0
	for _, r := range rows {
		if r.Came {
			n++
		}
	}
	return n
}

// Forecast returns a person's probability with its reasons. Facts never seen change nothing.
func (m *RateModel) Forecast(f RateFacts) RateForecast {
	out := m.shrunkForecast(f)
	if m.Kind == RateLogistic && m.Logit != nil {
		m.mix(f, &out)
	}
	return out
}

func (m *RateModel) probability(f RateFacts) float64 { return m.Forecast(f).P }

// rateContext finds the fields worth shrinking by: of two to fifty values, no answers to questions;
// at most three, those of fewer values first.
func rateContext(rows []RateRow) []string {
	values := map[string]map[string]int{}
	for _, r := range rows {
		for f, v := range r.Fields { // counts only: order does not matter
			if values[f] == nil {
				values[f] = map[string]int{}
			}
			values[f][v]++
		}
	}
	var out []string
	for _, f := range slices.Sorted(maps.Keys(values)) {
		if n := len(values[f]); n >= 2 && n <= 50 && !rateIsAnswer(values[f]) && n*5 <= len(rows) {
			out = append(out, f)
		}
	}
	slices.SortStableFunc(out, func(a, b string) int { return cmp.Compare(len(values[a]), len(values[b])) })
	return out[:min(len(out), 3)]
}

// rateIsAnswer says whether a field holds answers to a question.
func rateIsAnswer(values map[string]int) bool {
	for v := range values { // all or none: order does not matter
		switch v {
		case "yes", "no", "uncertain", "na", "":
		default:
			return false
		}
	}
	return true
}

func rateOdds(p float64) float64    { return math.Log(p / (1 - p)) }
func rateUnodds(x float64) float64  { return 1 / (1 + math.Exp(-x)) }
func rateBounded(p float64) float64 { return min(max(p, rateFloor), 1-rateFloor) }
func (r Reply) known() Reply {
	switch r {
	case ReplyConfirmed, ReplyUncertain, ReplyDeclined, ReplyPending:
		return r
	}
	return ReplySilent
}
