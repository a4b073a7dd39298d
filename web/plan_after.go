package web

import (
	"context"
	"strconv"
	"strings"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/web/chart"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/hiring"
)

// afterView asks after the day: would the plan have been better?
type afterView struct {
	*hiring.PlanVerdict
	None    string             // a key: why there is no verdict
	Planned *hiring.PlanAnswer // the last plan's figures, as logged before the day
	Changed string             // what HR made of the plan, in words; empty: nothing
}

// afterRow is one way to have planned days.
type afterRow struct {
	Key string
	hiring.PlanPlayed
	Was     bool
	Minutes int // of a slot
}

// WaitMinutes is the wait of one who came.
func (r afterRow) WaitMinutes() float64 { return r.MeanWait() * float64(r.Minutes) }

// IdleHours are the interviewers'.
func (r afterRow) IdleHours() float64 { return r.Idle * float64(r.Minutes) / 60 }

// Rows are the ways to have planned the day, the day as it was first.
func (v afterView) Rows() []afterRow {
	rows := []afterRow{{"plan.as_it_was", v.Was, true, v.SlotMinutes}}
	if v.Own != nil {
		rows = append(rows, afterRow{"plan.rule_hr", v.Own.Played, false, v.SlotMinutes})
	}
	if v.Plan != nil {
		rows = append(rows, afterRow{"plan.rule_best", *v.Plan, false, v.SlotMinutes})
	}
	return append(rows, afterRow{"plan.rule_naive", v.Naive, false, v.SlotMinutes}, afterRow{"plan.rule_one_each", v.OneEach, false, v.SlotMinutes})
}

// afterTheDay is the verdict that was kept when the session closed, and where it says why there is none.
func (p *Pages) afterTheDay(ctx context.Context, s meeting, lang string) (*afterView, error) {
	verdict, judged, err := p.Reader.Verdict(ctx, s.ID)
	switch {
	case err != nil:
		return nil, err
	case !judged && s.State == hiring.SessionClosed:
		return &afterView{None: "plan.after_soon"}, nil
	case verdict == nil:
		return &afterView{None: "plan.after_none"}, nil
	}
	v := &afterView{PlanVerdict: verdict}
	if own := verdict.Own; own != nil && verdict.Plan != nil {
		v.Changed = i18n.T(lang, "plan.after_changed", "own", counts(own.Seats), "planned", counts(own.Planned), "gain", signed(lang, own.Played.Utility-verdict.Plan.Utility))
	}
	plans, err := p.Reader.Plans(ctx, s.ID, 1)
	if len(plans) > 0 {
		v.Planned = &plans[0].After
	}
	return v, err
}

// counts writes how many are invited to each time.
func counts(list []int) string {
	words := make([]string, len(list))
	for n, one := range list {
		words[n] = strconv.Itoa(one)
	}
	return strings.Join(words, ", ")
}

// pastPlans is whether planning has been worth it, over past sessions.
type pastPlans struct {
	Rows    []pastRow
	Picture chart.Chart
	Say     string
	Own     string // how HR's own numbers did; empty: there were none
}

// pastRow is the mean of a session under one rule.
type pastRow struct {
	Key                                           string
	Was                                           bool
	Invited, Shows, Wait, Idle, Overtime, Utility float64
}

// pastPlans is nil while no session has closed with a verdict.
func (p *Pages) pastPlans(ctx context.Context, lang string) (*pastPlans, error) {
	sums, err := p.Reader.PlanSums(ctx)
	if err != nil || len(sums) == 0 {
		return nil, err
	}
	out := &pastPlans{Picture: chart.Chart{ID: "past-plans", Title: i18n.T(lang, "plan.past_wait"), Desc: i18n.T(lang, "plan.past_wait_desc"), Values: i18n.T(lang, "plan.minutes")}}
	for _, rule := range []struct{ key, rule string }{{"plan.as_it_was", "was"}, {"plan.rule_best", "plan"}, {"plan.rule_naive", "naive"}, {"plan.rule_one_each", "one_each"}} {
		row := meanOf(rule.key, sums[rule.rule])
		out.Rows = append(out.Rows, row)
		out.Picture.Points = append(out.Picture.Points, chart.Point{Label: i18n.T(lang, rule.key), Value: row.Wait, Text: rough(lang, row.Wait)})
	}
	best, naive, each := out.Rows[1].Utility, out.Rows[2].Utility, out.Rows[3].Utility
	key := "plan.past_better"
	if best <= max(naive, each) {
		key = "plan.past_not_better"
	}
	out.Say = i18n.T(lang, key, "n", sums["plan"].Sessions, "gain", signed(lang, best-naive), "each", signed(lang, best-each))
	if own := sums["own"]; own.Sessions > 0 {
		out.Own = i18n.T(lang, "plan.past_own", "n", own.Sessions, "gain", signed(lang, own.Gain/float64(own.Sessions)))
	}
	return out, nil
}

func meanOf(key string, s store.PlanSum) pastRow {
	n := float64(max(s.Sessions, 1))
	row := pastRow{
		Key: key, Was: s.Rule == "was", Invited: float64(s.Invited) / n, Shows: s.Shows / n, Idle: s.Idle / 60 / n,
		Overtime: s.Overtime / n, Utility: s.Utility / n,
	}
	if s.Shows > 0 {
		row.Wait = s.Wait / s.Shows // of one who came
	}
	return row
}
