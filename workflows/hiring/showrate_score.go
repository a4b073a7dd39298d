package hiring

import (
	"math"
	"slices"
)

// RateScore says how good forecasts were. Lower is better for both losses; a forecast of the bare
// rate r scores -r ln r - (1-r) ln(1-r) and r(1-r).
type RateScore struct {
	Rows        int       `json:"rows"`
	LogLoss     float64   `json:"log_loss"` // mean of -ln(probability given to what happened)
	Brier       float64   `json:"brier"`    // mean squared error
	Calibration []RateBin `json:"calibration"`
}

// RateBin is a bar of the calibration picture: forecasts from From to below To (the last includes 1).
type RateBin struct {
	From      float64 `json:"from"`
	To        float64 `json:"to"`
	N         int     `json:"n"`
	Predicted float64 `json:"predicted"` // mean forecast
	Came      float64 `json:"came"`      // share who came
}

// ScoreRates scores forecasts against what happened; the slices are of one length. Bins without a
// forecast are left out. Without forecasts the losses are 0.
func ScoreRates(p []float64, came []bool) RateScore {
	s := RateScore{Rows: len(p), Calibration: []RateBin{}}
	bins := make([]RateBin, 10)
	for i, v := range p {
		s.LogLoss += rateLoss(v, came[i]) / float64(len(p))
		y := 0.0
		if came[i] {
			y = 1
		}
		s.Brier += (v - y) * (v - y) / float64(len(p))
		b := &bins[min(int(v*10), 9)]
		b.N++
		b.Predicted += v
		b.Came += y
	}
	for i, b := range bins {
		if b.N > 0 {
			b.From, b.To = float64(i)/10, float64(i+1)/10
			b.Predicted /= float64(b.N)
			b.Came /= float64(b.N)
			s.Calibration = append(s.Calibration, b)
		}
	}
	return s
}

func rateLoss(p float64, came bool) float64 {
	if !came {
		p = 1 - p
	}
	return -math.Log(max(p, 1e-15))
}

// rateFoldsOf deals whole days into folds: people of one day must not be on both sides, or the day's
// luck would pass for knowledge. Large days are dealt first, each to the smallest fold.
func rateFoldsOf(rows []RateRow) [][]int {
	at := map[string]int{}
	var days [][]int
	for i, r := range rows {
		d, ok := at[r.Day]
		if !ok || r.Day == "" {
			d = len(days)
			days = append(days, nil)
			if r.Day != "" {
				at[r.Day] = d
			}
		}
		days[d] = append(days[d], i)
	}
	slices.SortStableFunc(days, func(a, b []int) int { return len(b) - len(a) })
	folds := make([][]int, rateFolds)
	for _, d := range days {
		small := 0
		for f := range folds {
			if len(folds[f]) < len(folds[small]) {
				small = f
			}
		}
		folds[small] = append(folds[small], d...)
	}
	return folds
}

// rateHeldOut is the mean log-loss when each fold is forecast by what the others teach.
func rateHeldOut(rows []RateRow, folds [][]int, learn func([]RateRow) func(RateFacts) float64) float64 {
	sum, n := 0.0, 0
	for f, test := range folds {
		if len(test) == 0 || len(test) == len(rows) {
			continue
		}
		var train []RateRow
		for g, fold := range folds {
			if g != f {
				for _, i := range fold {
					train = append(train, rows[i])
				}
			}
		}
		forecast := learn(train)
		for _, i := range test {
			sum += rateLoss(forecast(rows[i].RateFacts), rows[i].Came)
			n++
		}
	}
	if n == 0 {
		return math.Inf(1)
	}
	return sum / float64(n)
}

const (
	// RateDefaultDayEffect is used until RateDayEffectDays days of two and more people are known.
	RateDefaultDayEffect = 0.03
	RateDayEffectDays    = 20
	rateMostDayEffect    = 0.3
)

// RateDayEffect estimates rho, the correlation of two people's coming on one day, given their
// forecasts: the moment estimator sum over days of ((S-E)^2 - V) over the sum over pairs of the
// products of standard deviations (an intraclass correlation for unequal probabilities). It is
// RateDefaultDayEffect until RateDayEffectDays days are known, and kept within 0..0.3.
func RateDayEffect(rows []RateRow, forecast func(RateRow) float64) float64 {
	type day struct{ excess, spread, squares, n float64 }
	days := map[string]*day{}
	var order []*day // sums of floats must not depend on a map's order
	for _, r := range rows {
		if r.Day == "" {
			continue
		}
		d := days[r.Day]
		if d == nil {
			d = &day{}
			days[r.Day] = d
			order = append(order, d)
		}
		p := forecast(r)
		y := 0.0
		if r.Came {
			y = 1
		}
		d.n++
		d.excess += y - p
		d.squares += p * (1 - p)
		d.spread += math.Sqrt(p * (1 - p))
	}
	above, pairs, known := 0.0, 0.0, 0
	for _, d := range order {
		if d.n >= 2 {
			known++
			above += d.excess*d.excess - d.squares
			pairs += d.spread*d.spread - d.squares
		}
	}
	if known < RateDayEffectDays || pairs <= 0 {
		return RateDefaultDayEffect
	}
	return min(max(above/pairs, 0), rateMostDayEffect)
}

// RateComers is the Beta-binomial distribution of how many of n alike people come when their common
// rate is Beta(a, b): the honest forecast of a number, wider than with the mean plugged in.
func RateComers(n int, a, b float64) []float64 {
	out := make([]float64, n+1)
	ln, _ := math.Lgamma(float64(n) + 1)
	base := planLogBeta(a, b)
	for s := range out {
		x, y := float64(s), float64(n-s)
		lx, _ := math.Lgamma(x + 1)
		ly, _ := math.Lgamma(y + 1)
		out[s] = math.Exp(ln - lx - ly + planLogBeta(a+x, b+y) - base)
	}
	return out
}
