package hiring

import (
	"math"
	"sync"
)

// planDays is the number of equal-mass points that stand for the Beta distribution of a day.
const planDays = 40

// planDayPoints returns the points of a day's show probability: with rho 0 (or p 0 or 1) p itself,
// else n points of mass 1/n, the means of Beta(p(1-rho)/rho, (1-p)(1-rho)/rho) between its quantiles
// at i/n and (i+1)/n. Means, not midpoints, keep the expectation at p exactly. Point i of different p
// share the quantile range, which is the common u of the day. The result always has n entries when rho > 0.
//
// They are kept, since a session is planned anew on every reply with the same people; the caller does not change them.
func planDayPoints(p, rho float64, n int) []float64 {
	key := planDayKey{p, rho, n}
	planDaysKept.Lock()
	points, ok := planDaysKept.points[key]
	planDaysKept.Unlock()
	if ok {
		return points
	}
	points = planDayPointsOf(p, rho, n)
	planDaysKept.Lock()
	defer planDaysKept.Unlock()
	if planDaysKept.points == nil || len(planDaysKept.points) >= 4096 { // 1.3 MB; p are few, but forecasts change
		planDaysKept.points = map[planDayKey][]float64{}
	}
	planDaysKept.points[key] = points
	return points
}

type planDayKey struct {
	p, rho float64
	n      int
}

var planDaysKept struct {
	sync.Mutex
	points map[planDayKey][]float64
}

func planDayPointsOf(p, rho float64, n int) []float64 {
	if rho <= 0 {
		return []float64{p}
	}
	points := make([]float64, n)
	if p <= 0 || p >= 1 {
		for i := range points {
			points[i] = p
		}
		return points
	}
	a, b := p*(1-rho)/rho, (1-p)*(1-rho)/rho
	low, massLow := 0.0, 0.0
	lb, lb1 := planLogBeta(a, b), planLogBeta(a+1, b)
	for i := range points {
		high, massHigh := 1.0, 1.0
		if i < n-1 {
			high = betaQuantile(a, b, lb, float64(i+1)/float64(n), low)
			massHigh = betaRegularized(a+1, b, lb1, high)
		}
		points[i] = min(max(p*float64(n)*(massHigh-massLow), low), high)
		low, massLow = high, massHigh
	}
	return points
}

func planLogBeta(a, b float64) float64 {
	la, _ := math.Lgamma(a)
	lb, _ := math.Lgamma(b)
	lab, _ := math.Lgamma(a + b)
	return la + lb - lab
}

// betaRegularized is I_x(a, b), the Beta distribution function, by the continued fraction of
// DLMF 8.17.22 evaluated with the modified Lentz method. logBeta is ln B(a, b).
func betaRegularized(a, b, logBeta, x float64) float64 {
	switch {
	case x <= 0:
		return 0
	case x >= 1:
		return 1
	}
	front := math.Exp(a*math.Log(x) + b*math.Log1p(-x) - logBeta)
	if x < (a+1)/(a+b+2) {
		return min(1, front*betaFraction(a, b, x)/a)
	}
	return max(0, 1-front*betaFraction(b, a, 1-x)/b)
}

func betaFraction(a, b, x float64) float64 {
	const tiny = 1e-300
	away := func(v float64) float64 {
		if math.Abs(v) < tiny {
			return tiny
		}
		return v
	}
	c, d := 1.0, 1/away(1-(a+b)*x/(a+1))
	h := d
	// The fraction needs about sqrt(max(a, b)) terms; the bound only guards against not-a-numbers.
	for m := 1.0; m < 20000; m++ {
		even := m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m))
		d = 1 / away(1+even*d)
		c = away(1 + even/c)
		h *= d * c
		odd := -(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1))
		d = 1 / away(1+odd*d)
		c = away(1 + odd/c)
		step := d * c
		h *= step
		if math.Abs(step-1) < 1e-16 {
			break
		}
	}
	return h
}

// betaQuantile solves I_x(a, b) = u for x in [low, 1]: Newton's method kept inside a shrinking
// bracket. low must not be above the answer.
func betaQuantile(a, b, logBeta, u, low float64) float64 {
	lo, hi := low, 1.0
	// First guesses: the leading power at 0, which is exact for small a, else the mean.
	x := math.Exp((math.Log(u*a) + logBeta) / a)
	if !(x > lo && x < a/(a+b)) {
		x = max(a/(a+b), lo+(hi-lo)/64)
	}
	for range 200 {
		err := betaRegularized(a, b, logBeta, x) - u
		if err == 0 {
			return x
		}
		if err < 0 {
			lo = x
		} else {
			hi = x
		}
		density := math.Exp((a-1)*math.Log(x) + (b-1)*math.Log1p(-x) - logBeta)
		next := x - err/density
		if !(next > lo && next < hi) {
			if lo > 0 || hi > 1e-3 {
				next = lo + (hi-lo)/2
			} else {
				next = hi * 1e-3
			}
		}
		// Newton's error squares: a step this small leaves nothing but rounding.
		if math.Abs(next-x) <= 1e-10*min(x, 1-x) || next < 1e-290 {
			return next
		}
		x = next
	}
	return x
}
