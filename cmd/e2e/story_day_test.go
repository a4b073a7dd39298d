package e2e

import (
	"context"
	"strings"
	"time"

	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/hiring"
)

func (s *story) day() {
	s.travel(s.starts.Add(-5 * time.Minute))
	w := s.desk
	w.size(390, 800)
	w.visit("/arrivals")
	w.sees(anna, boris, emily, i18n.T("ru", "day.directions"))
	w.click(w.say("day.arrived"), emily)
	w.seesIn(emily, w.say("status.arrived"))
	w.click(w.say("day.arrived"), anna)
	w.seesIn(anna, w.say("status.arrived"))
	w.click(w.say("day.undo"), emily) // the wrong person was pressed
	w.seesIn(emily, w.say("status.confirmed"))
	w.click(w.say("day.arrived"), emily)
	w.seesIn(emily, w.say("status.arrived"))
	if wide := eval[int](w, `document.documentElement.scrollWidth`); wide > 390 {
		w.fail("the list is %d pixels wide", wide)
	}
	// Boris does not come until his grace has passed, and then he does.
	s.travel(s.second.Add(time.Duration(hiring.DefaultPolicy().GraceMinutes+1) * time.Minute))
	eventually(s.t, "who did not come is marked", func() bool {
		return read[string](s.installation, `SELECT a.state FROM application a JOIN person p ON p.id = a.person_id WHERE p.email = ?`, borisMail) == string(hiring.NoShow)
	})
	s.borisW.visit(s.links[borisMail])
	s.borisW.sees(s.borisW.say("candidate.missed.title"))
	w.visit("/arrivals")
	w.click(w.say("board.no_show"), "") // folded: it is over for them
	w.seesIn(boris, w.say("status.no_show"))
	w.click(w.say("day.arrived_after"), boris)
	w.seesIn(boris, w.say("status.arrived_late"))
	s.borisW.visit(s.links[borisMail])
	s.borisW.sees(s.borisW.say("candidate.here.title"))
}

// scorecard fills and files one.
func (w *window) scorecard(name, scores, note, advice string) {
	w.i.t.Helper()
	w.visit("/scorecards")
	w.press(w.say("decision.score_of", "name", name))
	for n, criterion := range hiring.Criteria {
		w.choose("score_"+criterion, scores[n:n+1])
	}
	w.choose("recommendation", advice)
	w.press(w.say("decision.file"))
	w.sees(w.say("form.problems")) // a 5 without evidence
	w.named("note_"+hiring.Criteria[0], note)
	w.press(w.say("decision.file"))
	w.sees(w.say("flash.scorecard_filed"))
}

func (s *story) score() {
	i, p := s.igor, s.petra
	i.scorecard(anna, "544", "Рассказала о трёх сделках", "hire")
	// Petra has not filed hers: she sees the form and nothing of Igor's.
	p.visit("/scorecards")
	p.press(p.say("decision.score_of", "name", anna))
	p.sees(p.say("decision.score_lead"))
	p.blind("Рассказала о трёх сделках", "Игорь Лебедев")
	p.scorecard(anna, "533", "Secret note", "reserve")
	p.visit("/scorecards")
	p.press(anna)
	p.sees("Рассказала о трёх сделках", "Secret note")
	i.scorecard(emily, "533", "Тихая заметка", "reject")
}

// decided takes a decision by the page.
func (w *window) decided(name, decision, reason string) {
	w.i.t.Helper()
	w.visit("/decisions")
	w.press(w.say("decision.decide_on", "name", name))
	w.choose("decision", decision)
	w.choose("reason_"+decision, reason)
	w.named("note", "Тихая заметка")
	w.press(w.say("decision.save"))
	w.sees(w.say("decision.just", "name", name, "decision", w.say("status."+decision)))
}

func (s *story) decide() {
	w := s.hr
	w.visit("/decisions")
	w.sees(anna, emily)
	w.decided(anna, "reject", "motivation")
	w.agree(w.say("decision.undo_of", "name", anna)) // a slip, taken back unseen
	w.sees(w.say("flash.decision_taken_back"))
	w.decided(anna, "hire", "fits")
	w.decided(emily, "reject", "competence")
	// Nobody reads it on his page before the mail is due.
	s.annaW.visit(s.links[annaMail])
	s.annaW.blind(s.annaW.say("candidate.hire.title"))
	s.travel(s.now().Add(time.Duration(hiring.DefaultPolicy().UndoMinutes)*time.Minute + time.Minute))
	s.mail(annaMail, subject("ru", "decision_hire"))
	if m := s.mail(emilyMail, subject("en", "decision_reject")); !strings.Contains(m.Text, i18n.T("en", "mail.decision_reject.title")) {
		s.t.Errorf("Emily reads %s", m.Text)
	}
	s.annaW.visit(s.links[annaMail])
	s.annaW.sees(i18n.T("ru", "candidate.hire.title"))
	s.emilyW.visit(s.links[emilyMail])
	s.emilyW.sees(i18n.T("en", "candidate.reject.title"))
	s.untold(annaMail, "decision_reject")
	s.untold(borisMail, "no_show") // it waits for the end of the session, and he came after all
}

func (s *story) journal() {
	rows, broken, err := s.app.Reader.VerifyJournal(context.Background())
	if err != nil || rows < 40 || len(broken) > 0 {
		s.t.Fatal(rows, broken, err)
	}
	s.admin.visit("/audit")
	s.admin.sees(s.admin.say("journal.application.decide"), s.admin.say("journal.application.undo_decision"))
	counts, err := s.sink.Store().Counts(context.Background())
	if err != nil {
		s.t.Fatal(err)
	}
	for id, n := range counts {
		if n != 1 || id == "" {
			s.t.Errorf("the mail %q arrived %d times", id, n)
		}
	}
}
