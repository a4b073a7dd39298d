package hiring

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
)

func TestHandbookForecast(t *testing.T) {
	m := LearnRates(nil, nil)
	f := m.Forecast(RateFacts{Reply: ReplySilent})
	if f.A != 4 || f.B != 16 || f.Reasons[0].Code != "handbook" {
		t.Errorf("without history: %+v", f)
	}
	odds := func(r Reply) float64 { return m.Forecast(RateFacts{Reply: r}).P }
	if !(odds(ReplyConfirmed) > 0.2 && 0.2 > odds(ReplySilent) && odds(ReplySilent) > odds(ReplyDeclined)) {
		t.Errorf("replies out of order: %v, %v, %v", odds(ReplyConfirmed), odds(ReplySilent), odds(ReplyDeclined))
	}
	if m.DayEffect != RateDefaultDayEffect {
		t.Errorf("day effect %v", m.DayEffect)
	}
}

// One context, counted by hand: Beta(4+s, 16+n-s), and the second city's own rows against it.
func TestShrinkage(t *testing.T) {
	var rows []RateRow
	add := func(city string, n, came int) {
		for i := range n {
			rows = append(rows, RateRow{RateFacts: RateFacts{Fields: map[string]string{"city": city}}, Came: i < came})
		}
	}
	add("a", 20, 10)
	add("b", 10, 1)
	m := LearnRates(rows, []string{"city"})
	all := (4.0 + 11) / (20 + 30)
	a, b := m.posterior(RateFacts{Fields: map[string]string{"city": "b"}})
	planNear(t, "city b", a/(a+b), (20*all+1)/(20+10), 1e-12)
	a, b = m.posterior(RateFacts{Fields: map[string]string{"city": "unknown"}})
	planNear(t, "a city never met", a/(a+b), all, 1e-12)
	f := m.Forecast(RateFacts{Fields: map[string]string{"city": "b"}})
	if len(f.Reasons) != 3 || f.Reasons[1].Code != "context" || f.Reasons[1].Rows != 10 || f.Reasons[1].Came != 1 {
		t.Errorf("reasons %+v", f.Reasons)
	}
	planNear(t, "reasons end at the forecast", f.Reasons[2].To, f.P, 1e-12)
}

// rateWorld makes days of people whose chance depends on reply, city and two answers.
func rateWorld(g *rand.Rand, days, perDay int, rho float64) []RateRow {
	var rows []RateRow
	for d := range days {
		shift := 0.0
		if rho > 0 {
			shift = planDayPoints(0.5, rho, planDays)[g.IntN(planDays)] - 0.5
		}
		for range perDay {
			f := RateFacts{Fields: map[string]string{"city": []string{"x", "y", "z"}[g.IntN(3)], "id": strconv.Itoa(g.IntN(1e6))}, Numbers: map[string]float64{"days": 10 * g.Float64()}}
			p := map[string]float64{"x": 0.35, "y": 0.45, "z": 0.55}[f.Fields["city"]]
			for q := range 4 {
				f.Fields["q"+strconv.Itoa(q)] = "no"
				if g.IntN(2) == 0 {
					f.Fields["q"+strconv.Itoa(q)] = "yes"
					p += 0.09
				} else {
					p -= 0.09
				}
			}
			if f.Numbers["days"] > 7 {
				p -= 0.1
			}
			f.Reply = []Reply{ReplyConfirmed, ReplySilent, ReplyDeclined}[g.IntN(3)]
			p += map[Reply]float64{ReplyConfirmed: 0.2, ReplySilent: 0, ReplyDeclined: -0.25}[f.Reply]
			rows = append(rows, RateRow{RateFacts: f, Day: "day " + strconv.Itoa(d), Came: g.Float64() < min(max(p+shift, 0.02), 0.98)})
		}
	}
	return rows
}

func rateScoreOf(m *RateModel, rows []RateRow) RateScore {
	var p []float64
	var came []bool
	for _, r := range rows {
		p, came = append(p, m.Forecast(r.RateFacts).P), append(came, r.Came)
	}
	return ScoreRates(p, came)
}

func TestLogisticEarnsItsPlace(t *testing.T) {
	g := rand.New(rand.NewPCG(1, 2))
	train, test := rateWorld(g, 60, 25, 0), rateWorld(g, 40, 25, 0)
	m := LearnRates(train, []string{"city"})
	if m.Kind != RateLogistic || m.HeldOut["logistic"] >= m.HeldOut["shrunk"] {
		t.Fatalf("kind %s, held out %v", m.Kind, m.HeldOut)
	}
	shrunk := *m
	shrunk.Kind = RateShrunk
	full, less := rateScoreOf(m, test), rateScoreOf(&shrunk, test)
	if full.LogLoss > less.LogLoss-0.01 {
		t.Errorf("log-loss %v with the regression, %v without", full.LogLoss, less.LogLoss)
	}
	for _, b := range full.Calibration {
		if b.N > 100 && math.Abs(b.Predicted-b.Came) > 0.12 {
			t.Errorf("badly calibrated: %+v", b)
		}
	}
	// A short history gets no regression, however good it would look.
	if few := LearnRates(train[:RateLogisticRows], nil); few.Kind != RateShrunk {
		t.Errorf("%d rows: %s", RateLogisticRows, few.Kind)
	}
	// Stored and read back it forecasts the same.
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var back RateModel
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	for _, r := range test[:50] {
		a, b := m.Forecast(r.RateFacts), back.Forecast(r.RateFacts)
		planNear(t, "read back", b.P, a.P, 0)
		if len(a.Reasons) < 3 || math.Abs(a.Reasons[len(a.Reasons)-1].To-a.P) > 1e-9 {
			t.Errorf("reasons %+v do not end at %v", a.Reasons, a.P)
		}
		pending := r.RateFacts
		pending.Reply = ReplyPending
		last := a.Reasons[len(a.Reasons)-1]
		if last.Code != "reply" || last.Value != string(r.Reply) {
			t.Errorf("the reply is no reason of its own: %+v", a.Reasons)
		}
		planNear(t, "before the reply", last.From, m.Forecast(pending).P, 1e-12)
		told := map[string]bool{}
		for n := 1; n < len(a.Reasons); n++ {
			if of := a.Reasons[n].Field; of != "" && told[of] {
				t.Errorf("%s is told twice: %+v", of, a.Reasons)
			}
			told[a.Reasons[n].Field] = true
			planNear(t, "a reason begins where the one before ended", a.Reasons[n].From, a.Reasons[n-1].To, 1e-9)
		}
	}
}

func TestDayEffectIsFound(t *testing.T) {
	g := rand.New(rand.NewPCG(3, 4))
	rate := func(RateRow) float64 { return 0.3 }
	for _, rho := range []float64{0, 0.05, 0.15} {
		var rows []RateRow
		points := planDayPoints(0.3, rho, planDays)
		for d := range 600 {
			p := points[g.IntN(len(points))]
			for range 15 {
				rows = append(rows, RateRow{Day: strconv.Itoa(d), Came: g.Float64() < p})
			}
		}
		planNear(t, "rho", RateDayEffect(rows, rate), rho, 0.015)
		planNear(t, "rho of 19 days", RateDayEffect(rows[:19*15], rate), RateDefaultDayEffect, 0)
	}
}

func TestScoreRates(t *testing.T) {
	s := ScoreRates([]float64{0.2, 0.2, 1, 0.75}, []bool{true, false, true, true})
	planNear(t, "log-loss", s.LogLoss, -(math.Log(0.2)+math.Log(0.8)+math.Log(0.75))/4, 1e-12)
	planNear(t, "Brier", s.Brier, (0.64+0.04+0+0.0625)/4, 1e-12)
	want := []RateBin{{0.2, 0.3, 2, 0.2, 0.5}, {0.7, 0.8, 1, 0.75, 1}, {0.9, 1, 1, 1, 1}}
	if len(s.Calibration) != len(want) {
		t.Fatalf("calibration %+v", s.Calibration)
	}
	for i, b := range want {
		if s.Calibration[i] != b {
			t.Errorf("bin %+v, want %+v", s.Calibration[i], b)
		}
	}
	if worst := ScoreRates([]float64{0}, []bool{true}); math.IsInf(worst.LogLoss, 0) {
		t.Error("a sure forecast that failed costs infinitely much")
	}
}

func TestBetaBinomial(t *testing.T) {
	pmf := RateComers(10, 4, 16)
	sum, mean, square := 0.0, 0.0, 0.0
	for n, p := range pmf {
		sum, mean, square = sum+p, mean+p*float64(n), square+p*float64(n*n)
	}
	planNear(t, "sum", sum, 1, 1e-12)
	planNear(t, "mean", mean, 2, 1e-12)
	planNear(t, "variance", square-mean*mean, 10*0.2*0.8*(1+9.0/21), 1e-12)
}

// Points of a day: the mean is kept, quantiles agree with the distribution function, and the spread
// tends to the Beta's.
func TestDayPoints(t *testing.T) {
	for _, p := range []float64{1e-6, 0.01, 0.2, 0.5, 0.93} {
		for _, rho := range []float64{0.001, 0.03, 0.3, 0.9} {
			points := planDayPoints(p, rho, 400)
			mean, square := 0.0, 0.0
			for i, x := range points {
				mean, square = mean+x/400, square+x*x/400
				if i > 0 && x < points[i-1] {
					t.Fatalf("p %v rho %v: points fall at %d", p, rho, i)
				}
			}
			planNear(t, "mean", mean, p, 1e-9)
			if p > 0.005 {
				planNear(t, "variance", (square-mean*mean)/(p*(1-p)), rho, 0.03*rho)
			}
			a, b := p*(1-rho)/rho, (1-p)*(1-rho)/rho
			for _, u := range []float64{0.025, 0.5, 0.9} {
				x := betaQuantile(a, b, planLogBeta(a, b), u, 0)
				if x > 1e-200 && x < 1-1e-12 {
					planNear(t, "I at the quantile", betaRegularized(a, b, planLogBeta(a, b), x), u, 1e-9)
				}
			}
		}
	}
	// Closed forms: I_x(1, b) = 1-(1-x)^b, I_x(a, 1) = x^a, and I_x(2, 3) as a polynomial.
	for _, x := range []float64{0.01, 0.3, 0.77} {
		planNear(t, "I(1,5)", betaRegularized(1, 5, planLogBeta(1, 5), x), 1-math.Pow(1-x, 5), 1e-14)
		planNear(t, "I(0.3,1)", betaRegularized(0.3, 1, planLogBeta(0.3, 1), x), math.Pow(x, 0.3), 1e-14)
		planNear(t, "I(2,3)", betaRegularized(2, 3, planLogBeta(2, 3), x), x*x*(6-8*x+3*x*x), 1e-14)
	}
}
