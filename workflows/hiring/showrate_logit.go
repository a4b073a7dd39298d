package hiring

import (
	"maps"
	"math"
	"slices"
	"strings"
)

// rateLogit is a logistic regression over answers, values and binned numbers, with a ridge penalty
// that pulls every value towards no effect.
type rateLogit struct {
	Intercept float64              `json:"intercept"`
	Weights   map[string]float64   `json:"weights"` // by feature: field, 0x1f, value
	Cuts      map[string][]float64 `json:"cuts"`    // where numbers are cut into bins
	Scope     string               `json:"scope"`   // answers or all
	Ridge     float64              `json:"ridge"`
}

// rateScopes say which facts a regression sees; fewer often forecast better.
var (
	rateScopes = []string{"answers", "all"}
	rateRidges = []float64{10, 30, 100, 300}
)

// rateShown is how many facts of a regression are named in a forecast's reasons.
const rateShown = 4

// rateReplyRidge is the reply's own penalty: it is known to matter, the other facts must prove it.
const rateReplyRidge = 1

// rateRare is the number of rows that a value needs to have a weight of its own.
const rateRare = 5

const rateReplyField = "reply"

// rateNumberBin is the bin of a number: how many cuts are below it.
func rateNumberBin(cuts []float64, v float64) string {
	n := 0
	for n < len(cuts) && v > cuts[n] {
		n++
	}
	return "bin " + string(rune('0'+n))
}

// features are a person's features in a fixed order.
func (l *rateLogit) features(f RateFacts, answers map[string]bool) []string {
	out := []string{rateReplyField + "\x1f" + string(f.Reply.known())}
	for _, name := range slices.Sorted(maps.Keys(f.Fields)) {
		if l.Scope == "all" || answers == nil || answers[name] {
			out = append(out, name+"\x1f"+f.Fields[name])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f.Numbers)) {
		if cuts := l.Cuts[name]; len(cuts) > 0 {
			out = append(out, name+"\x1f"+rateNumberBin(cuts, f.Numbers[name]))
		}
	}
	return out
}

// rateCuts are the quartiles of each number, learned from the rows.
func rateCuts(rows []RateRow) map[string][]float64 {
	all := map[string][]float64{}
	for _, r := range rows {
		for name, v := range r.Numbers { // each list is sorted below: order does not matter
			if !math.IsNaN(v) {
				all[name] = append(all[name], v)
			}
		}
	}
	cuts := map[string][]float64{}
	for name, v := range all { // each name on its own: order does not matter
		slices.Sort(v)
		c := slices.Compact([]float64{v[len(v)/4], v[len(v)/2], v[len(v)*3/4]})
		if len(v) >= 20 && c[0] < v[len(v)-1] {
			cuts[name] = c
		}
	}
	return cuts
}

func rateAnswerFields(rows []RateRow) map[string]bool {
	values := map[string]map[string]int{}
	for _, r := range rows {
		for f, v := range r.Fields { // counts only: order does not matter
			if values[f] == nil {
				values[f] = map[string]int{}
			}
			values[f][v]++
		}
	}
	out := map[string]bool{}
	for f, v := range values { // a set: order does not matter
		out[f] = rateIsAnswer(v)
	}
	return out
}

// fitLogit fits by Newton's method; the penalized likelihood is concave, so it ends in a few steps.
func fitLogit(rows []RateRow, scope string, ridge float64) *rateLogit {
	l := &rateLogit{Scope: scope, Ridge: ridge, Cuts: rateCuts(rows), Weights: map[string]float64{}}
	answers := rateAnswerFields(rows)
	count := map[string]int{}
	named := make([][]string, len(rows))
	for i, r := range rows {
		named[i] = l.features(r.RateFacts, answers)
		for _, f := range named[i] {
			count[f]++
		}
	}
	index := map[string]int{}
	var names []string
	for _, f := range slices.Sorted(maps.Keys(count)) {
		if count[f] >= rateRare && count[f] < len(rows) {
			index[f] = len(names) + 1
			names = append(names, f)
		}
	}
	x := make([][]int, len(rows)) // feature numbers; 0 is the intercept
	for i, list := range named {
		x[i] = []int{0}
		for _, f := range list {
			if at, ok := index[f]; ok {
				x[i] = append(x[i], at)
			}
		}
	}
	reply := make([]bool, len(names)+1)
	for i, f := range names {
		reply[i+1] = strings.HasPrefix(f, rateReplyField+"\x1f")
	}
	w := newtonLogit(rows, x, reply, ridge)
	l.Intercept = w[0]
	for i, f := range names {
		l.Weights[f] = w[i+1]
	}
	return l
}

func newtonLogit(rows []RateRow, x [][]int, reply []bool, ridge float64) []float64 {
	n := len(reply)
	w := make([]float64, n)
	w[0] = rateOdds(RateOne(rows))
	for range 25 {
		grad, hess := make([]float64, n), make([]float64, n*n)
		for i, feats := range x {
			sum := 0.0
			for _, f := range feats {
				sum += w[f]
			}
			p := rateUnodds(sum)
			err := -p
			if rows[i].Came {
				err++
			}
			v := max(p*(1-p), 1e-9)
			for _, f := range feats {
				grad[f] += err
				for _, g := range feats {
					hess[f*n+g] += v
				}
			}
		}
		for f := range n {
			pull := ridge
			switch {
			case f == 0:
				pull = 1e-6
			case reply[f]:
				pull = min(ridge, rateReplyRidge)
			}
			grad[f] -= pull * w[f]
			hess[f*n+f] += pull
		}
		step := rateSolve(hess, grad)
		size := 0.0
		for f, s := range step {
			s = min(max(s, -3), 3)
			w[f] += s
			size = max(size, math.Abs(s))
		}
		if size < 1e-8 {
			break
		}
	}
	return w
}

// rateSolve solves a symmetric positive definite system by Cholesky's method; a is overwritten.
func rateSolve(a, b []float64) []float64 {
	n := len(b)
	for j := range n {
		d := a[j*n+j] - planDot(a[j*n:j*n+j], a[j*n:j*n+j])
		d = math.Sqrt(max(d, 1e-12))
		a[j*n+j] = d
		for i := j + 1; i < n; i++ {
			a[i*n+j] = (a[i*n+j] - planDot(a[i*n:i*n+j], a[j*n:j*n+j])) / d
		}
	}
	x := slices.Clone(b)
	for i := range n {
		x[i] = (x[i] - planDot(a[i*n:i*n+i], x[:i])) / a[i*n+i]
	}
	for i := n - 1; i >= 0; i-- {
		for j := i + 1; j < n; j++ {
			x[i] -= a[j*n+i] * x[j]
		}
		x[i] /= a[i*n+i]
	}
	return x
}

// chooseLogit takes scope and ridge by the held-out days, as mean log-odds with the shrunk rate of
// context, and fits all rows with them. The mean of the two is steadier than either: one knows the
// reply well, the other the many small facts.
func chooseLogit(rows []RateRow, folds [][]int, context []string) (*rateLogit, float64) {
	best, scope, ridge := math.Inf(1), "", 0.0
	for _, s := range rateScopes {
		for _, k := range rateRidges {
			loss := rateHeldOut(rows, folds, func(train []RateRow) func(RateFacts) float64 {
				m := learnShrunk(train, context)
				m.Kind, m.Logit = RateLogistic, fitLogit(train, s, k)
				return m.probability
			})
			if loss < best-1e-6 {
				best, scope, ridge = loss, s, k
			}
		}
	}
	return fitLogit(rows, scope, ridge), best
}
