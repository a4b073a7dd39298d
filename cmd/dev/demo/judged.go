package demo

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows/hiring"
)

// Evidence that interviewers write, by criterion: for low and for high scores.
var evidence = map[string][2]string{
	"motivation": {"Не смог сказать, чем его привлекает работа с клиентами; спросил только о графике.", "Сам рассказал, какие наши услуги сравнил с конкурентами и что предложил бы иначе."},
	"competence": {"В ролевой игре сразу предложил скидку, потребность не выяснил.", "В ролевой игре задал пять уточняющих вопросов и назвал цену после ценности."},
	"adequacy":   {"Перебивал, на замечание ответил резко.", "Спокойно принял возражение, уточнил и вернулся к делу."},
}

var summaries = map[hiring.Decision]string{
	hiring.Hire:    "Рекомендую взять: говорит ясно, слышит собеседника, готов учиться.",
	hiring.Reserve: "Хороший кандидат, но пока не хватает опыта; вернуться при следующем наборе.",
	hiring.Reject:  "Для этой должности не подходит.",
}

// judged files the interviewer's scorecard on somebody who came, and mostly decides.
func (b *builder) judged(p *past, g pastGuest, k store.Booking, interviewer uuid.UUID, app *store.Application) {
	level := b.people.rand.IntN(100) // of the person: scores of one person resemble each other
	scores, notes, sum := map[string]int{}, map[string]string{}, 0
	for _, c := range hiring.Criteria {
		score := min(max(1+(level+b.people.rand.IntN(31)-15)/20, 1), 5)
		scores[c], sum = score, sum+score
		switch {
		case score <= 2:
			notes[c] = evidence[c][0]
		case score == 5:
			notes[c] = evidence[c][1]
		}
	}
	opinion := hiring.Reject
	switch {
	case sum >= 12:
		opinion = hiring.Hire
	case sum >= 9:
		opinion = hiring.Reserve
	}
	notes["summary"] = summaries[opinion]
	filed := k.EndedAt.Add(10 * time.Minute)
	raw, _ := json.Marshal(notes) // strings only
	doc := store.Document{
		ID: b.id(g.key + "/note"), Key: "demo/" + g.key + "/scorecard", Kind: "scorecard", MediaType: "application/json",
		Body: raw, CreatedAt: filed, LinkedAt: &filed,
	}
	p.documents = append(p.documents, doc)
	p.scorecards = append(p.scorecards, store.Scorecard{
		ID: b.id(g.key + "/scorecard"), ApplicationID: app.ID, BookingID: &k.ID, StaffID: interviewer, Scores: scores,
		Recommendation: string(opinion), NoteID: &doc.ID, FiledAt: filed,
	})
	// The latest few still wait for a decision.
	if b.start.Sub(k.StartsAt) < 12*24*time.Hour && b.people.rand.IntN(2) == 0 {
		return
	}
	reasons := map[hiring.Decision][]string{
		hiring.Hire: {"fits", "best_of_session"}, hiring.Reserve: {"needs_experience", "next_vacancy"},
		hiring.Reject: {"motivation", "competence", "adequacy", "requirements_not_met", "pay_expectation"},
	}
	decided := filed.Add(time.Duration(1+b.people.rand.IntN(40)) * time.Hour)
	if decided.After(b.start) {
		decided = b.start
	}
	d := store.Decision{
		ID: b.id(g.key + "/decision"), ApplicationID: app.ID, Decision: opinion, Reason: b.people.pick(reasons[opinion]),
		PreviousState: hiring.Interviewed, DecidedBy: b.hr("").Actor, DecidedAt: decided,
	}
	p.decisions = append(p.decisions, d)
	app.State, app.Decision, app.Reason, app.ChangedAt = hiring.Decided, d.Decision, d.Reason, decided
}

// space separates the demo's ids from all others.
var space = uuid.MustParse("1f6c6f0a-7f0c-4a54-9a1e-2f0f4f3f8c77")

// id is the id of what this name stands for: the same at each start.
func (b *builder) id(name string) uuid.UUID { return uuid.NewSHA1(space, []byte(name)) }
