package hiring

import (
	"math"
	"strings"
)

// rateSeen counts outcomes.
type rateSeen struct {
	Rows int `json:"rows"`
	Came int `json:"came"`
}

// rateLevel is one level of the nested shrinkage: the outcomes of each cell (the values of Context up
// to this level), and how many rows the level above is worth against them.
type rateLevel struct {
	Strength float64             `json:"strength"`
	Cells    map[string]rateSeen `json:"cells"`
}

// rateStrengths are tried for a level; the likeliest for the firm's own history is taken.
var rateStrengths = []float64{2, 5, 10, 20, 50, 100, 200, 500, 1000}

// replyPrior is how much likelier each reply was among those who came, before the firm's own rows
// say better; it weighs like replyPriorRows rows.
var replyPrior = map[Reply]float64{ReplyConfirmed: 1.5, ReplySilent: 0.7, ReplyUncertain: 0.6, ReplyDeclined: 0.15}

const replyPriorRows = 20

// learnShrunk counts. Strengths are chosen by the Beta-binomial likelihood of the cells given the
// level above (empirical Bayes).
func learnShrunk(rows []RateRow, context []string) *RateModel {
	m := &RateModel{Kind: RateShrunk, Rows: len(rows), Came: rateCame(rows), Context: context, Replies: map[Reply]rateSeen{}}
	for _, r := range rows {
		m.Replies[r.Reply.known()] = m.Replies[r.Reply.known()].with(r.Came)
	}
	for depth := range context {
		level := rateLevel{Strength: 20, Cells: map[string]rateSeen{}}
		facts := map[string]RateFacts{}
		var keys []string // in order of the rows: sums of floats must not depend on a map's order
		for _, r := range rows {
			key, ok := m.cell(r.RateFacts, depth)
			if !ok {
				continue
			}
			if _, seen := level.Cells[key]; !seen {
				keys = append(keys, key)
			}
			level.Cells[key] = level.Cells[key].with(r.Came)
			facts[key] = r.RateFacts
		}
		best := math.Inf(-1)
		for _, k := range rateStrengths {
			if len(rows) < 50 {
				break // too few to choose by
			}
			sum := 0.0
			for _, key := range keys {
				a, b := m.posterior(facts[key])
				mean := a / (a + b)
				s := level.Cells[key]
				sum += planLogBeta(k*mean+float64(s.Came), k*(1-mean)+float64(s.Rows-s.Came)) - planLogBeta(k*mean, k*(1-mean))
			}
			if sum > best {
				best, level.Strength = sum, k
			}
		}
		m.Cells = append(m.Cells, level)
	}
	return m
}

func (s rateSeen) with(came bool) rateSeen {
	s.Rows++
	if came {
		s.Came++
	}
	return s
}

// cell names the cell of a person at a level; false when one of its facts is not known.
func (m *RateModel) cell(f RateFacts, depth int) (string, bool) {
	var b strings.Builder
	for _, field := range m.Context[:depth+1] {
		v, ok := f.Fields[field]
		if !ok || v == "" {
			return "", false
		}
		b.WriteString(v)
		b.WriteByte(0x1f)
	}
	return b.String(), true
}

// posterior is the Beta distribution of the rate of a person's context: (a+s, b+n-s) at each level, with a
// and b from the level above.
func (m *RateModel) posterior(f RateFacts) (a, b float64) {
	a, b = ratePriorCame+float64(m.Came), ratePriorMissed+float64(m.Rows-m.Came)
	for depth, level := range m.Cells {
		key, ok := m.cell(f, depth)
		if !ok {
			break
		}
		seen := level.Cells[key]
		if seen.Rows == 0 {
			break // never met: the level above is all that is known
		}
		mean := a / (a + b)
		strength := min(level.Strength, a+b)
		a = strength*mean + float64(seen.Came)
		b = strength*(1-mean) + float64(seen.Rows-seen.Came)
	}
	return a, b
}

// ReplyRatio is the likelihood ratio of a reply, P(reply | came) / P(reply | did not come): how many
// times the odds of coming it is worth. A reply that is still pending is worth 1.
func (m *RateModel) ReplyRatio(reply Reply) float64 {
	reply = reply.known()
	if reply == ReplyPending {
		return 1
	}
	seen := m.Replies[reply]
	prior := math.Sqrt(replyPrior[reply])
	share := (float64(seen.Rows) + 1) / (float64(m.Rows) + 4) // how usual the reply is at all
	came := (float64(seen.Came) + replyPriorRows*share*prior) / (float64(m.Came) + replyPriorRows)
	missed := (float64(seen.Rows-seen.Came) + replyPriorRows*share/prior) / (float64(m.Rows-m.Came) + replyPriorRows)
	return came / missed
}

func (m *RateModel) shrunkForecast(f RateFacts) RateForecast {
	handbook := ratePriorCame / (ratePriorCame + ratePriorMissed)
	all := (ratePriorCame + float64(m.Came)) / (ratePriorCame + ratePriorMissed + float64(m.Rows))
	out := RateForecast{Reasons: []RateReason{{Code: "handbook", From: handbook, To: handbook}}}
	if m.Rows > 0 {
		out.Reasons = []RateReason{{Code: "own_history", From: handbook, To: all, Rows: m.Rows, Came: m.Came}}
	}
	at := all
	upTo := *m
	for depth := range m.Cells {
		key, ok := m.cell(f, depth)
		if !ok || m.Cells[depth].Cells[key].Rows == 0 {
			break
		}
		upTo.Cells = m.Cells[:depth+1]
		a, b := upTo.posterior(f)
		seen := m.Cells[depth].Cells[key]
		field := m.Context[depth]
		why := RateReason{Code: "context", Field: field, Value: f.Fields[field], From: at, To: a / (a + b), Rows: seen.Rows, Came: seen.Came}
		for _, wider := range m.Context[:depth] {
			why.Within = append(why.Within, RateFact{wider, f.Fields[wider]})
		}
		out.Reasons = append(out.Reasons, why)
		at = a / (a + b)
	}
	out.A, out.B = m.posterior(f)
	reply := f.Reply.known()
	seen := m.Replies[reply]
	p := rateUnodds(rateOdds(rateBounded(at)) + math.Log(m.ReplyRatio(reply)))
	out.Reasons = append(out.Reasons, RateReason{Code: "reply", Value: string(reply), From: at, To: p, Rows: seen.Rows, Came: seen.Came})
	out.P = rateBounded(p)
	return out
}
