package hiring

import (
	"cmp"
	"math"
	"slices"
)

func (l *rateLogit) probability(f RateFacts) float64 {
	sum := l.Intercept
	for _, name := range l.features(f, nil) {
		sum += l.Weights[name]
	}
	return rateBounded(rateUnodds(sum))
}

// regressed is the regression's probability. While the reply is pending it is the mean over the
// replies, each as usual as it was.
func (m *RateModel) regressed(f RateFacts) float64 {
	if f.Reply.known() != ReplyPending {
		return m.Logit.probability(f)
	}
	sum, shares := 0.0, 0.0
	for _, reply := range Replies {
		share := (float64(m.Replies[reply].Rows) + 0.5) / (float64(m.Rows) + 2)
		f.Reply = reply
		sum, shares = sum+share*m.Logit.probability(f), shares+share
	}
	return sum / shares
}

// mix turns the shrunk forecast into the mean, in log-odds, of it and the regression, and says what
// the strongest facts changed. A regression counts all facts at once; they are shown from the
// strongest on, the small ones together. The reply comes last and whole, as the difference to the same
// forecast while it was pending: both parts know it, and HR asks what a confirmation is worth.
func (m *RateModel) mix(f RateFacts, out *RateForecast) {
	l := m.Logit
	last := out.Reasons[len(out.Reasons)-1] // the reply's
	bare, pending := last.From, f
	pending.Reply = ReplyPending
	mean := func(shrunk float64, f RateFacts) float64 {
		return rateUnodds((rateOdds(rateBounded(shrunk)) + rateOdds(m.regressed(f))) / 2)
	}
	before, p := mean(bare, pending), mean(out.P, f)
	at := rateOdds(rateBounded(bare))
	last.From, last.To = before, p
	out.Reasons = out.Reasons[:len(out.Reasons)-1]
	names := l.features(f, nil)
	slices.SortStableFunc(names, func(a, b string) int {
		return cmp.Compare(math.Abs(l.Weights[b]), math.Abs(l.Weights[a]))
	})
	for shown, i := 0, 0; i < len(names) && shown < rateShown; i++ {
		w := l.Weights[names[i]] / 2
		field, value := rateSplit(names[i])
		if field == rateReplyField {
			continue
		}
		if math.Abs(w) < 0.05 {
			break
		}
		if told := slices.IndexFunc(out.Reasons, func(r RateReason) bool { return r.Field == field && r.Value == value }); told >= 0 {
			out.add(told, w) // the shrunk forecast has counted the fact: it is told once, with what both make of it
			at += w
			continue
		}
		code := "field"
		if _, text := f.Fields[field]; !text {
			code = "number"
		}
		out.Reasons = append(out.Reasons, RateReason{Code: code, Field: field, Value: value, From: rateUnodds(at), To: rateUnodds(at + w)})
		at += w
		shown++
	}
	out.Reasons = append(out.Reasons, RateReason{Code: "other_facts", From: rateUnodds(at), To: before}, last)
	out.P = p
}

// add makes a reason larger by so much in log-odds; those after it begin where it ends.
func (f *RateForecast) add(reason int, w float64) {
	for k := reason; k < len(f.Reasons); k++ {
		r := &f.Reasons[k]
		if k > reason {
			r.From = f.Reasons[k-1].To
		}
		r.To = rateUnodds(rateOdds(rateBounded(r.To)) + w)
	}
}

func rateSplit(feature string) (field, value string) {
	i := slices.Index([]byte(feature), 0x1f)
	return feature[:i], feature[i+1:]
}
