package web

import (
	"context"

	"github.com/stazh/stazh/web/chart"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/hiring"
)

// afterView asks after the day: would the plan have been better?
type afterView struct {
	hiring.PlanVerdict
	Planned *hiring.PlanAnswer // the last plan's figures, as logged before the day
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
	if v.Plan != nil {
		rows = append(rows, afterRow{"plan.rule_best", *v.Plan, false, v.SlotMinutes})
	}
	return append(rows, afterRow{"plan.rule_naive", v.Naive, false, v.SlotMinutes})
}

// afterTheDay is the verdict that was kept when the session closed; for one that closed before verdicts
// were, it is given now. nil when nobody's outcome is known.
func (p *Pages) afterTheDay(ctx context.Context, s meeting) (*afterView, error) {
	verdict, err := p.Reader.Verdict(ctx, s.ID)
	if err == nil && verdict == nil {
		verdict, err = p.Reader.Judge(ctx, s.Interview, deadline(deskWithin))
	}
	if err != nil || verdict == nil {
		return nil, err
	}
	v := &afterView{PlanVerdict: *verdict}
	plans, err := p.Reader.Plans(ctx, s.ID, 1)
	if len(plans) > 0 {
		v.Planned = &plans[0].After
	}
	return v, err
}

// verdictsSummed are how many sessions the report on plans looks back on.
const verdictsSummed = 200

// pastPlans is whether planning has been worth it, over past sessions.
type pastPlans struct {
	hiring.PlanVerdictSum
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
	verdicts, err := p.Reader.Verdicts(ctx, verdictsSummed)
	if err != nil {
		return nil, err
	}
	out := &pastPlans{PlanVerdictSum: hiring.PlanSumUp(verdicts)}
	if out.Sessions == 0 {
		return nil, nil
	}
	n, minutes := float64(out.Sessions), 0.0
	for _, v := range verdicts {
		minutes += float64(v.SlotMinutes) / float64(len(verdicts))
	}
	out.Picture = chart.Chart{ID: "past-plans", Title: i18n.T(lang, "plan.past_wait"), Desc: i18n.T(lang, "plan.past_wait_desc"), Values: i18n.T(lang, "plan.minutes")}
	for _, rule := range []struct {
		key    string
		played hiring.PlanPlayed
	}{{"plan.as_it_was", out.Was}, {"plan.rule_best", out.Plan}, {"plan.rule_naive", out.Naive}} {
		row := pastRow{
			Key: rule.key, Was: rule.key == "plan.as_it_was", Invited: float64(rule.played.Invited) / n, Shows: rule.played.Shows / n,
			Wait: rule.played.MeanWait() * minutes, Idle: rule.played.Idle * minutes / 60 / n, Overtime: rule.played.Overtime / n, Utility: rule.played.Utility / n,
		}
		out.Rows = append(out.Rows, row)
		out.Picture.Points = append(out.Picture.Points, chart.Point{Label: i18n.T(lang, rule.key), Value: row.Wait, Text: i18n.Decimal(lang, row.Wait, 0)})
	}
	gain := (out.Plan.Utility - out.Naive.Utility) / n
	key := "plan.past_better"
	if gain <= 0 {
		key = "plan.past_not_better"
	}
	out.Say = i18n.T(lang, key, "n", out.Sessions, "gain", signed(lang, gain))
	if out.OwnSessions > 0 {
		out.Own = i18n.T(lang, "plan.past_own", "n", out.OwnSessions, "gain", signed(lang, out.OwnGain))
	}
	return out, nil
}
