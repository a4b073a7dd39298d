package hiring

import (
	"cmp"
	"math"
	"slices"
)

// RateGroup is the show rate of one value of a fact: all outcomes of one city, say.
type RateGroup struct {
	Value string `json:"value"`
	Rows  int    `json:"rows"`
	Came  int    `json:"came"`
	// Rate is the share that came, shrunk towards the firm's one rate: the fewer rows, the closer. Between
	// Low and High it lies with 80 % (the Beta posterior's tenth and ninetieth percentiles).
	Rate float64 `json:"rate"`
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// RateReply is what a reply is worth: Ratio is P(reply | came) / P(reply | did not come).
type RateReply struct {
	Reply Reply   `json:"reply"`
	Rows  int     `json:"rows"`
	Came  int     `json:"came"`
	Ratio float64 `json:"ratio"`
}

// rateGroupsMost keeps a picture readable.
const rateGroupsMost = 40

// RateGroups are the groups of a fact, those of most rows first, at most 40. How strongly they are
// shrunk is learned from how much they differ (empirical Bayes, as in LearnRates).
func RateGroups(rows []RateRow, field string) []RateGroup {
	m := learnShrunk(rows, []string{field})
	out := []RateGroup{}
	for key, seen := range m.Cells[0].Cells { // sorted below
		value := key[:len(key)-1]
		a, b := m.posterior(RateFacts{Fields: map[string]string{field: value}})
		g := RateGroup{Value: value, Rows: seen.Rows, Came: seen.Came, Rate: a / (a + b)}
		g.Low, g.High = RateInterval(a, b)
		out = append(out, g)
	}
	slices.SortFunc(out, func(a, b RateGroup) int {
		return cmp.Or(cmp.Compare(b.Rows, a.Rows), cmp.Compare(a.Value, b.Value))
	})
	return out[:min(len(out), rateGroupsMost)]
}

// RateInterval is where a rate known as Beta(a, b) lies with 80 %.
func RateInterval(a, b float64) (low, high float64) {
	log := planLogBeta(a, b)
	low = betaQuantile(a, b, log, 0.1, 0)
	return low, betaQuantile(a, b, log, 0.9, low)
}

// Overall is the firm's one rate with its interval; without a row the handbook's.
func (m *RateModel) Overall() RateGroup {
	a, b := ratePriorCame+float64(m.Came), ratePriorMissed+float64(m.Rows-m.Came)
	g := RateGroup{Rows: m.Rows, Came: m.Came, Rate: a / (a + b)}
	g.Low, g.High = RateInterval(a, b)
	return g
}

// Worth lists the replies that were met, and what each is worth.
func (m *RateModel) Worth() []RateReply {
	out := []RateReply{}
	for _, r := range Replies {
		if seen := m.Replies[r]; seen.Rows > 0 {
			out = append(out, RateReply{r, seen.Rows, seen.Came, m.ReplyRatio(r)})
		}
	}
	return out
}

// DaySpread is one standard deviation of a day's own rate around p when its people share correlation
// rho: sqrt(rho p (1-p)), from the Beta with that intraclass correlation.
func DaySpread(p, rho float64) float64 { return math.Sqrt(rho * p * (1 - p)) }
