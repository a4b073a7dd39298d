package web

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows"
)

// planLine is a line of a session's history: a plan, or another step of its inviting.
type planLine struct {
	store.Plan
	Step   string // a key: no plan, but what else was done
	Note   string // of a step, in words
	Who    string
	Tone   Tone
	Seated int      // invitations of the plan
	Why    string   // a key: what it was made for
	News   []string // in words: what had come in since the plan before
}

var planTones = map[string]Tone{"proposed": Info, "taken": Success, "dismissed": Neutral, "superseded": Neutral, "figures": Neutral}

// history fills in what was planned and what else was done about inviting, the newest first.
func (p *Pages) history(c *fiber.Ctx, v *wavesView, plans []store.Plan) error {
	ctx, lang := c.UserContext(), p.Frame.Lang(c)
	steps, err := p.Reader.PlanSteps(ctx, v.Row.ID, plansShown)
	if err != nil {
		return err
	}
	who, err := p.planners(c, plans, steps)
	if err != nil {
		return err
	}
	for _, plan := range plans {
		v.History = append(v.History, planLine{
			Plan: plan, Tone: planTones[plan.State], Seated: len(plan.Invite), Who: who(plan.SettledBy, plan.DecidedBy), Why: "plan.cause_" + plan.Cause,
		})
	}
	for _, step := range steps {
		v.History = append(v.History, stepLine(lang, step, who(step.Actor)))
	}
	slices.SortStableFunc(v.History, func(a, b planLine) int { return b.DecidedAt.Compare(a.DecidedAt) })
	if v.From == "plan" && len(plans) > 0 {
		news, err := p.Reader.PlanNews(ctx, v.Row.ID, plans[len(plans)-1].DecidedAt)
		if err != nil {
			return err
		}
		explain(lang, v.History, news)
	}
	if len(plans) > 0 && v.Filling() && v.Proposal == nil {
		v.Quiet = plans[0].Quiet
	}
	if at := slices.IndexFunc(v.History, func(l planLine) bool { return l.Step == "plan.cause_ended" }); at >= 0 && !v.Filling() {
		v.Ended = &v.History[at]
	}
	return nil
}

func stepLine(lang string, step store.PlanStep, who string) planLine {
	line := planLine{Plan: store.Plan{DecidedAt: step.At}, Who: who}
	switch step.Code {
	case store.StepFilling:
		line.Step, line.Note = "plan.cause_started", i18n.T(lang, "plan.started_free")
		if step.Count > 0 {
			line.Note = i18n.T(lang, "plan.most_text", "n", step.Count)
		}
	case store.StepSeatsChanged:
		line.Step, line.Note = "plan.cause_manual", i18n.T(lang, "plan.seats_on_page")
	default:
		line.Step, line.Note = "plan.cause_ended", i18n.T(lang, "plan.ended_by_hand")
		if step.Actor == workflows.System { // the process stops for one reason only
			line.Note = i18n.T(lang, "plan.ended_late")
		}
	}
	return line
}

// planNews are the kinds of news, in the order in which a line tells them.
var planNews = []string{"confirmed", "declined", "no_answer", "moved", "replaced", "cancelled_in_time", "cancelled_late", "withdrawn_by_us", "forecast"}

// explain says of each plan of a history, the newest first, what it was made for: the news (the newest first) since
// the plan before it, and whether the first plan of a filling is made for its start or for other seats.
func explain(lang string, history []planLine, news []store.PlanNews) {
	for n := range history {
		line := &history[n]
		if line.Step != "" {
			continue
		}
		older := history[n+1:]
		if line.Cause == "fill" && len(older) > 0 && older[0].Step != "plan.cause_started" {
			line.Why = "plan.cause_reseated"
		}
		before := slices.IndexFunc(older, func(l planLine) bool { return l.Step == "" })
		if before < 0 || line.Cause == "manual" || line.Cause == "taken" {
			continue
		}
		counts := map[string]int{}
		for _, one := range news {
			if one.At.After(older[before].DecidedAt) && !one.At.After(line.DecidedAt) {
				counts[one.Kind]++
			}
		}
		for _, kind := range planNews {
			if counts[kind] > 0 {
				line.News = append(line.News, i18n.T(lang, "plan.news_"+kind, "n", counts[kind]))
			}
		}
	}
}

// planners returns a function from actors to the name of the first who is on the staff, else the system's.
func (p *Pages) planners(c *fiber.Ctx, plans []store.Plan, steps []store.PlanStep) (func(actors ...string) string, error) {
	staffID := func(actor string) uuid.UUID {
		id, _ := uuid.Parse(strings.TrimPrefix(actor, "staff/"))
		return id
	}
	var ids []uuid.UUID
	for _, plan := range plans {
		ids = append(ids, staffID(plan.DecidedBy), staffID(plan.SettledBy))
	}
	for _, step := range steps {
		ids = append(ids, staffID(step.Actor))
	}
	if len(ids) == 0 {
		return func(...string) string { return "" }, nil
	}
	names, err := p.Reader.StaffNames(c.UserContext(), ids)
	return func(actors ...string) string {
		for _, actor := range actors {
			if name := names[staffID(actor)]; name != "" {
				return name
			}
		}
		return p.Frame.T(c, "plan.by_system")
	}, err
}
