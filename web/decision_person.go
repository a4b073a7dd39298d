package web

import (
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

type decisionBody struct {
	Row     comparedRow
	Decided *decidedRow
	Choices []Option
	Reasons []reasonGroup
	Minutes int // that a decision's mail waits
	Can     map[string]bool
	Why     string // why nobody can be hired yet, in words
	Within  within
}

// reasonGroup are the reasons of one decision.
type reasonGroup struct {
	Decision string
	Options  []Option
}

func (p *Pages) showDecision(c *fiber.Ctx) error {
	id, err := idIn(c, "application")
	if err != nil {
		return err
	}
	return p.decisionPage(c, fiber.StatusOK, id, nil)
}

func (p *Pages) decisionPage(c *fiber.Ctx, status int, id uuid.UUID, form *Form) error {
	ctx := c.UserContext()
	app, err := p.Reader.ApplicationRow(ctx, id)
	if err != nil {
		return err
	}
	rows, err := p.candidates(c, []store.ApplicationRow{app})
	if err != nil {
		return err
	}
	body := decisionBody{Row: rows[0], Within: withinOf(c)}
	if body.Row.Cards, _, err = p.cards(c, id); err != nil {
		return err
	}
	policy, err := p.Reader.Policy(ctx)
	if err != nil {
		return err
	}
	body.Minutes = policy.UndoMinutes
	if list, _, err := p.Reader.Decisions(ctx, store.DecisionFilter{Application: id}, store.Page{Limit: 1}); err != nil {
		return err
	} else if len(list) > 0 {
		decided := decidedOf(list[0])
		body.Decided = &decided
	}
	for _, d := range decisionsInOrder {
		refused := hiring.CheckDecide(app.State, d, app.Scorecards)
		if refused != nil && d == hiring.Hire {
			body.Why = p.Frame.Words(c, refused)
		}
		body.Choices = append(body.Choices, Option{Value: string(d), Label: p.Frame.T(c, "decision.choose_"+string(d)), Disabled: refused != nil})
		group := reasonGroup{Decision: string(d)}
		for _, reason := range hiring.Reasons[d] {
			group.Options = append(group.Options, Option{Value: reason, Label: p.Frame.T(c, "reason."+reason)})
		}
		body.Reasons = append(body.Reasons, group)
	}
	if form == nil {
		form = NewForm(nil)
	}
	list, _ := body.Within.To("/decisions")
	return p.Frame.HTML(c, status, "interview/decision", Page{
		Title: app.Name, Lead: app.VacancyTitle, Form: form, Body: body,
		Crumbs: []Crumb{{Label: p.Frame.T(c, "decision.title"), URL: list}},
	})
}

// decide takes a decision. The reason's field is named after the decision, because without scripts the
// page shows the reasons of all three.
func (p *Pages) decide(c *fiber.Ctx) error {
	id, err := idIn(c, "application")
	if err != nil {
		return err
	}
	if _, err := p.Reader.Application(c.UserContext(), id); err != nil {
		return err
	}
	who, err := p.by(c)
	if err != nil {
		return err
	}
	form := ReadForm(c, "decision", "reason_hire", "reason_reserve", "reason_reject", "note", "no_mail")
	decision := hiring.Decision(form.Get("decision"))
	args := workflows.DecideArgs{Decision: decision, Reason: form.Get("reason_" + string(decision)), NoMail: form.Get("no_mail") == "yes"}
	if _, known := hiring.Reasons[decision]; !known {
		form.Add("decision", "choose_one")
	} else if !slices.Contains(hiring.Reasons[decision], args.Reason) {
		form.Add("reason_"+string(decision), "choose_one")
	}
	if utf8.RuneCountInString(form.Get("note")) > hiring.MaxNote {
		form.Add("note", "too_long:"+strconv.Itoa(hiring.MaxNote))
	}
	if !form.OK() {
		return p.decisionPage(c, fiber.StatusUnprocessableEntity, id, form)
	}
	if args.Note, err = p.document(c, who, "note", "text/plain; charset=utf-8", []byte(form.Get("note"))); err == nil {
		_, err = workflows.Do(c.UserContext(), p.Commands, workflows.Decide, id.String(), who, args)
	}
	switch kind := fault.KindOf(err); {
	case err == nil:
		list, _ := withinOf(c).To("/decisions", "done", id.String())
		return p.Frame.Redirect(c, list)
	case kind == fault.Invalid && form.Take(err, p.Frame.Words(c, err)):
		return p.decisionPage(c, fiber.StatusUnprocessableEntity, id, form)
	case kind == fault.Conflict, kind == fault.Pending, kind == fault.Unavailable: // what was typed stays
		form.Fault = p.Frame.Words(c, err)
		return p.decisionPage(c, Status(kind), id, form)
	}
	return err
}

func (p *Pages) takeBack(c *fiber.Ctx) error {
	id, err := idIn(c, "application")
	if err != nil {
		return err
	}
	who, err := p.by(c)
	if err != nil {
		return err
	}
	answer, err := workflows.Do(c.UserContext(), p.Commands, workflows.UndoDecision, id.String(), who, workflows.None{})
	done := Flash{Key: "flash.decision_taken_back"}
	if answer.Code == "undone_told" {
		done.Key = "flash.decision_taken_back_told"
	}
	path, _ := withinOf(c).To("/decisions/" + id.String())
	return p.after(c, path, done, err)
}
