package web

import (
	"math"
	"time"

	"github.com/stazh/stazh/web/chart"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/hiring"
)

// rules sets the counts shown beside the best plan and beside the handbook's rule.
func (d *planDesk) rules(lang string, naive *hiring.PlanAnswer) {
	add := func(name string, a *hiring.PlanAnswer, current bool) {
		if a == nil {
			return
		}
		if a.Invited > hiring.MaxSeats {
			d.Rules = append(d.Rules, ruleRow{Name: name, Invited: a.Invited, Over: hiring.MaxSeats})
			return
		}
		row := ruleRow{
			Name: name, Current: current, Invited: a.Invited, Shows: a.Expected.Shows, Wait: a.MeanWaitMinutes, Most: *a.Wait90Minutes,
			Idle: a.Expected.IdleSlots * float64(d.Minutes) / 60, Overtime: a.Expected.Overtime, Long: math.NaN(),
		}
		if over := a.Probability.WaitOverLimit; over != nil {
			row.Long = *over
		}
		d.Rules = append(d.Rules, row)
	}
	switch {
	case d.Own && d.Kept:
		add(i18n.T(lang, "plan.rule_kept"), d.Shown, true)
	case d.Own:
		add(i18n.T(lang, "plan.rule_own"), d.Shown, true)
	}
	add(i18n.T(lang, "plan.rule_best"), d.Best, !d.Own)
	add(i18n.T(lang, "plan.rule_naive"), naive, false)
}

// pictures draws invitations and arrivals, waiting and idleness of each time, and the risks of the day.
func (d *planDesk) pictures(lang string) {
	t := func(key string, args ...any) string { return i18n.T(lang, key, args...) }
	come := chart.Chart{ID: "plan-come", Title: t("plan.chart_come"), Desc: t("plan.chart_come_desc"), Values: t("plan.invited"), Expected: t("plan.expected")}
	wait := chart.Chart{ID: "plan-wait", Title: t("plan.chart_wait"), Desc: t("plan.chart_wait_desc"), Values: t("plan.minutes")}
	idle := chart.Chart{ID: "plan-idle", Title: t("plan.chart_idle"), Desc: t("plan.chart_idle_desc"), Values: t("plan.minutes")}
	k := 0
	for i, at := range d.Times {
		label := i18n.Clock(lang, at, d.Zone)
		var slot hiring.PlanSlot
		if !d.Pause[i] {
			slot = d.Shown.Slots[k]
			k++
		}
		come.Points = append(come.Points, chart.Point{
			Label: label, Value: float64(slot.Invited), Expected: slot.ExpectedArrivals,
			Text: i18n.Number(lang, int64(slot.Invited)),
		})
		wait.Points = append(wait.Points, chart.Point{Label: label, Value: slot.ExpectedQueue * float64(d.Minutes), Text: rough(lang, slot.ExpectedQueue*float64(d.Minutes)), Tone: "warning"})
		idle.Points = append(idle.Points, chart.Point{Label: label, Value: slot.Idle * float64(d.Minutes), Text: rough(lang, slot.Idle*float64(d.Minutes)), Tone: "neutral"})
	}
	d.Charts = []chart.Chart{come, wait, idle}

	risk := d.Shown.Probability
	d.Risks = chart.Chart{ID: "plan-risk", Title: t("plan.risks"), Values: t("plan.chance"), Percent: true, Top: 1}
	add := func(name string, v float64, tone string) {
		d.Risks.Points = append(d.Risks.Points, chart.Point{Label: name, Value: v, Text: i18n.Percent(lang, v, 1), Tone: tone})
	}
	bounded := func(name string, v *float64) {
		switch {
		case v == nil:
		case *v > d.Most+1e-9:
			add(name, *v, "danger")
		default:
			add(name, *v, "success")
		}
	}
	bounded(t("plan.risk_long", "n", d.Settings.LimitMinutes), risk.WaitOverLimit)
	bounded(t("plan.risk_room"), risk.RoomFull)
	add(t("plan.risk_wait"), risk.AnyWait, "")
	add(t("plan.risk_overtime"), risk.Overtime, "")
	add(t("plan.risk_nobody"), risk.Nobody, "")
}

// rough writes an expected number: with a decimal while it is small, when two that differ must not read alike.
func rough(lang string, v float64) string {
	if math.Abs(v) < 9.95 {
		return i18n.Decimal(lang, v, 1)
	}
	return i18n.Decimal(lang, v, 0)
}

// hopeless says what to do where even the best plan comes to nothing, or may not invite as many as it would.
func (d *planDesk) hopeless(lang string) string {
	best := d.Best
	shows := i18n.Decimal(lang, best.Expected.Shows, 1)
	switch {
	case best.Invited >= hiring.MaxSeats:
		say := i18n.T(lang, "plan.at_most", "n", hiring.MaxSeats, "shows", shows)
		if d.P < 0.1 { // it is the turn-up, and not the size of the session
			say += " " + i18n.T(lang, "plan.at_most_call")
		}
		return say
	case best.Expected.Shows < 1 && len(best.Counts)*d.Lanes >= 4:
		return i18n.T(lang, "plan.hardly_any", "n", best.Invited, "shows", shows)
	}
	return ""
}

// pastMidnight asks whether a session that goes on into the next day is meant to.
func (d *planDesk) pastMidnight(lang string) string {
	last := d.Times[len(d.Times)-1].Add(time.Duration(d.Minutes) * time.Minute).In(d.Zone)
	if last.Add(-time.Nanosecond).YearDay() == d.Times[0].In(d.Zone).YearDay() { // at midnight is not after it
		return ""
	}
	return i18n.T(lang, "plan.past_midnight", "time", i18n.Day(lang, last, d.Zone)+", "+i18n.Clock(lang, last, d.Zone))
}

// say is the plan in one plain sentence.
func (d *planDesk) say(lang string) {
	d.Say = i18n.T(lang, "plan.say", "shows", i18n.Decimal(lang, d.Shown.Expected.Shows, 1), "invited", d.Shown.Invited,
		"n", int(math.Round(d.Shown.MeanWaitMinutes)))
	if most := *d.Shown.Wait90Minutes; most > 0 {
		d.Say += " " + i18n.T(lang, "plan.say_most", "n", most)
	} else if d.Shown.Expected.Shows > 0 {
		d.Say += " " + i18n.T(lang, "plan.say_no_wait")
	}
	idle := d.Shown.Expected.IdleSlots * float64(d.Minutes) / 60
	hours, over := i18n.Decimal(lang, idle, 1), i18n.Decimal(lang, d.Shown.Expected.Overtime, 1)
	if over == "0" {
		d.Say += " " + i18n.T(lang, "plan.say_idle_done", "hours", hours)
	} else {
		d.Say += " " + i18n.T(lang, "plan.say_idle", "hours", hours, "over", over)
	}
}

// reasonWords writes the steps of a forecast; those that change nothing are left out, but not a reply.
func reasonWords(lang string, reasons []hiring.RateReason, names map[string]string) []string {
	var telling []hiring.RateReason
	for n, r := range reasons {
		replied := r.Code == "reply" && r.Value != string(hiring.ReplyPending)
		if n == 0 || r.Code == "override" || replied || i18n.Percent(lang, r.From, 0) != i18n.Percent(lang, r.To, 0) {
			telling = append(telling, r)
		}
	}
	return RateReasons(lang, telling, names)
}
