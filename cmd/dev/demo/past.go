package demo

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/intake"
)

// The past: so many sessions, and so many people invited to each.
const (
	pastSessions = 20
	pastEach     = 27
	pastDays     = 90
	pastLatest   = 3 // days ago, before weekends are stepped over
)

// past is one session of the past, as rows. Commands cannot make them, because nothing can be scheduled, answered or
// missed in the past.
type past struct {
	interview    store.Interview
	people       []store.Person
	applications []store.Application
	links        []sessionVacancy
	lanes        []lane
	slots        []store.Slot
	bookings     []store.Booking // as the day ended
	guests       []pastGuest     // of the bookings
	calls        []store.Call
	documents    []store.Document
	scorecards   []store.Scorecard
	decisions    []store.Decision
}

type sessionVacancy struct {
	bun.BaseModel `bun:"table:interview_vacancy"`
	InterviewID   uuid.UUID `bun:"interview_id"`
	VacancyID     uuid.UUID `bun:"vacancy_id"`
}

type lane struct {
	bun.BaseModel `bun:"table:lane"`
	ID            uuid.UUID `bun:"id,pk"`
	InterviewID   uuid.UUID `bun:"interview_id"`
	Number        int       `bun:"number"`
	StaffID       uuid.UUID `bun:"staff_id"`
	During        string    `bun:"during"`
	ClosedAt      time.Time `bun:"closed_at"`
}

// pastVacancies are those a city's past sessions were for.
func pastVacancies(city int) (list []int) {
	for n, v := range vacancies {
		if v.city == city && v.state != store.VacancyDraft {
			list = append(list, n)
		}
	}
	return list
}

// interviewersOf are who sits in a city's sessions.
var interviewersOf = [][]string{
	{"interviewer@stazh.example", "a.moroz@stazh.example"},
	{"t.gareeva@stazh.example"},
	{"k.belyaev@stazh.example"},
	{"d.lind@stazh.example"},
	{"r.stoyanova@stazh.example"},
}

// pastSession invents one session, the first the earliest: cities take turns, mornings and afternoons too.
func (b *builder) pastSession(n int) *past {
	where := n % len(cities)
	c := cities[where]
	ago := pastDays - n*(pastDays-pastLatest)/(pastSessions-1)
	hour := []int{10, 9, 14, 11}[n/len(cities)%4]
	starts := nextWorkingDay(b.start.AddDate(0, 0, -ago-3), c.zone, hour)
	id := b.id(fmt.Sprintf("past/%d", n))
	made := starts.AddDate(0, 0, -6)
	seats := 4
	count := 7
	ends := starts.Add(time.Duration(count*slotMinutes) * time.Minute)
	p := &past{interview: store.Interview{
		ID: id, Kind: "streaming", VenueID: b.venues[where], Zone: c.zone, StartsAt: starts, EndsAt: ends, SlotMinutes: slotMinutes,
		Room: c.venue.Room, WaitMinutes: 60, Rules: hiring.DefaultCandidateRules(), State: hiring.SessionClosed,
		CreatedBy: b.hr("").Actor, CreatedAt: made, ChangedAt: ends.Add(hiring.CloseAfter), Version: 3,
	}}
	for number, email := range interviewersOf[where] {
		p.lanes = append(p.lanes, lane{
			ID: b.id(fmt.Sprintf("past/%d/lane/%d", n, number)), InterviewID: id, Number: number + 1, StaffID: b.staff[email],
			During: "[" + starts.Format(time.RFC3339) + "," + ends.Format(time.RFC3339) + ")", ClosedAt: ends,
		})
	}
	of := pastVacancies(where)
	for _, v := range of {
		p.links = append(p.links, sessionVacancy{InterviewID: id, VacancyID: b.vacancies[v]})
	}
	for number := range count {
		p.slots = append(p.slots, store.Slot{
			InterviewID: id, Number: number, StartsAt: starts.Add(time.Duration(number*slotMinutes) * time.Minute), Seats: seats,
		})
	}
	for k := range pastEach {
		b.pastBooking(p, pastGuest{slot: &p.slots[k%count], city: where, vacancy: of[k%len(of)], key: fmt.Sprintf("past/%d/%d", n, k)})
	}
	met := b.callAll(p)
	for k := range p.bookings {
		if by, ok := met[p.bookings[k].ID]; ok {
			b.judged(p, p.guests[k], p.bookings[k], by, &p.applications[k])
		}
	}
	return p
}

// pastGuest is somebody invited to a past session.
type pastGuest struct {
	slot          *store.Slot
	city, vacancy int
	key           string
}

func (b *builder) pastBooking(p *past, g pastGuest) {
	c, who := cities[g.city], b.people.draw(cities[g.city].language)
	s := b.weighted([]int{sources[0].share, sources[1].share, sources[2].share, sources[3].share})
	responded := p.interview.CreatedAt.Add(-time.Duration(b.people.rand.IntN(8*24)) * time.Hour)
	person := store.Person{
		ID: b.id(g.key + "/person"), Name: who.name, FirstName: who.first, Email: who.email, Phone: who.phone, City: c.name,
		BirthYear: &who.birth, Language: c.language, NameKey: intake.NameKey(who.name), CreatedAt: responded, Version: 1,
	}
	app := store.Application{
		ID: b.id(g.key + "/application"), PersonID: person.ID, VacancyID: b.vacancies[g.vacancy], SourceID: &b.sources[s],
		LinkGeneration: 1, RespondedAt: responded, Version: 4,
	}
	invited := p.interview.StartsAt.Add(-time.Duration(30+b.people.rand.IntN(90)) * time.Hour)
	reply, _ := hiring.DefaultPolicy().ReplyBy(invited, g.slot.StartsAt)
	booking := store.Booking{
		ID: b.id(g.key + "/booking"), ApplicationID: app.ID, PersonID: person.ID, InterviewID: p.interview.ID, Slot: g.slot.Number,
		StartsAt: g.slot.StartsAt, ReplyBy: &reply, UID: b.id(g.key + "/uid").String(), BookedAt: invited, Version: 3,
		RemindedDay: true, RemindedHours: true,
	}
	b.outcome(&booking, show(c, sources[s], g.slot.StartsAt))
	app.State = hiring.StateAfter(nil, booking.State)
	if booking.HoldsSeat {
		g.slot.Taken++
	}
	p.people, p.applications = append(p.people, person), append(p.applications, app)
	p.bookings, p.guests = append(p.bookings, booking), append(p.guests, g)
}

// callAll lets the lanes meet everybody who came and stayed: the earliest promised first, as soon as a lane is free.
// It returns who met whom, by booking.
func (b *builder) callAll(p *past) map[uuid.UUID]uuid.UUID {
	var here []*store.Booking
	for k := range p.bookings {
		if p.bookings[k].State == hiring.BookingInterviewed {
			here = append(here, &p.bookings[k])
		}
	}
	slices.SortStableFunc(here, func(a, b *store.Booking) int { return a.StartsAt.Compare(b.StartsAt) })
	free := make([]time.Time, len(p.lanes)) // from when on each lane is
	for l := range free {
		free[l] = p.interview.StartsAt
	}
	met := map[uuid.UUID]uuid.UUID{}
	for len(here) > 0 {
		l := 0
		for other := range free {
			if free[other].Before(free[l]) {
				l = other
			}
		}
		at := free[l]
		if first := slices.MinFunc(here, func(a, b *store.Booking) int { return a.ArrivedAt.Compare(*b.ArrivedAt) }); first.ArrivedAt.After(at) {
			at = *first.ArrivedAt
		}
		next := slices.IndexFunc(here, func(k *store.Booking) bool { return !k.ArrivedAt.After(at) }) // in the order promised
		k := here[next]
		here = slices.Delete(here, next, next+1)
		started := at.Add(time.Minute)
		ended := started.Add(time.Duration(20+b.people.rand.IntN(18)) * time.Minute)
		p.calls = append(p.calls, store.Call{
			ID: b.id(k.UID + "/call"), InterviewID: k.InterviewID, BookingID: k.ID, LaneID: p.lanes[l].ID,
			CalledAt: at, StartedAt: &started, EndedAt: &ended, Outcome: hiring.CallDone,
		})
		free[l], k.EndedAt, met[k.ID] = ended, &ended, p.lanes[l].StaffID
		if ended.After(p.lanes[l].ClosedAt) {
			p.lanes[l].ClosedAt = ended
		}
	}
	for k := range p.applications {
		p.applications[k].ChangedAt = *p.bookings[k].EndedAt
	}
	return met
}

// show is how likely somebody expected came: by city and source, less at the ends of the day and on Mondays.
func show(c city, s source, at time.Time) float64 {
	chance := c.show * s.surer
	local := at.In(location(c.zone))
	switch h := local.Hour(); {
	case h < 10:
		chance *= 0.7
	case h >= 16:
		chance *= 0.8
	case h >= 11 && h < 13:
		chance *= 1.2
	}
	if local.Weekday() == time.Monday {
		chance *= 0.85
	}
	return min(chance, 0.9)
}

// outcome draws what became of an invitation: a quarter never answered or said no, the others were expected.
func (b *builder) outcome(k *store.Booking, chance float64) {
	roll := b.people.rand.IntN(100)
	at := func(d time.Duration) *time.Time { t := k.StartsAt.Add(d); return &t }
	answered := k.BookedAt.Add(time.Duration(20+b.people.rand.IntN(600)) * time.Minute)
	switch {
	case roll < 15:
		k.State, k.EndedAt = hiring.BookingNoAnswer, k.ReplyBy
		return
	case roll < 21:
		k.State, k.EndedAt = hiring.BookingDeclined, &answered
		return
	}
	k.ConfirmedAt = &answered
	switch came := b.people.rand.Float64() < chance; {
	case roll < 25:
		k.State, k.EndedAt = hiring.BookingCancelled, at(-20*time.Hour)
	case came && roll < 28:
		k.State, k.ArrivedAt, k.EndedAt, k.HoldsSeat = hiring.BookingLeft, at(5*time.Minute), at(25*time.Minute), false
	case came:
		// Two in five come late (the trade's experience).
		minutes := time.Duration(b.people.rand.IntN(15)-14) * time.Minute
		if b.people.rand.IntN(5) < 2 {
			minutes = time.Duration(11+b.people.rand.IntN(15)) * time.Minute
		}
		k.State, k.ArrivedAt, k.EndedAt, k.HoldsSeat = hiring.BookingInterviewed, at(minutes), at(minutes), true // till he is met
	case roll < 33:
		k.State, k.EndedAt = hiring.BookingCancelledLate, at(-90*time.Minute)
	default:
		k.State, k.EndedAt = hiring.BookingNoShow, at(20*time.Minute)
	}
}
