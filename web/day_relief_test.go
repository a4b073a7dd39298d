package web

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
)

// Times go to people in the order they are asked, each to one whose vacancy is met there, none twice.
func TestTimesForRelief(t *testing.T) {
	bank, shop := uuid.New(), uuid.New()
	s := meeting{InterviewRow: store.InterviewRow{Interview: store.Interview{ID: uuid.New()}}}
	people := map[uuid.UUID]dayPlace{}
	var ask []string
	for _, one := range []struct {
		name    string
		vacancy uuid.UUID
		slot    int
	}{{"first", bank, 0}, {"second", shop, 3}, {"third", bank, 0}, {"nobody meets his", uuid.New(), 0}, {"fourth", shop, 0}, {"one too many", bank, 0}} {
		var guest dayPlace
		guest.ID, guest.Name, guest.VacancyID, guest.Slot = uuid.New(), one.name, one.vacancy, one.slot
		people[guest.ID] = guest
		ask = append(ask, guest.ID.String())
	}
	today, other := s.ID, uuid.New()
	at := time.Date(2027, 3, 1, 12, 0, 0, 0, time.UTC)
	slots := []store.PrioritySlot{
		{InterviewID: today, Number: 3, StartsAt: at, Free: 1, Vacancies: []uuid.UUID{shop}},
		{InterviewID: other, Number: 0, StartsAt: at.Add(time.Hour), Free: 1, Vacancies: []uuid.UUID{bank}},
		{InterviewID: other, Number: 1, StartsAt: at.Add(2 * time.Hour), Free: 3, Vacancies: []uuid.UUID{bank, shop}},
	}
	got := ""
	for _, way := range movesOf(s, ask, slots, people) {
		got += way.Guest.Name + " " + way.Slot.StartsAt.Format("15:04") + "; "
	}
	// The second has that place himself already.
	if want := "first 13:00; second 14:00; third 14:00; "; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	// One way is in sight, unless an interviewer is free: calling somebody helps sooner.
	r := dayRelief{Ways: make([]reliefWay, 3)}
	if len(r.First()) != 1 || len(r.More()) != 2 {
		t.Error("in sight", len(r.First()), "folded", len(r.More()))
	}
	if r.Free = []string{"Галя Шум"}; len(r.First()) != 0 || len(r.More()) != 3 {
		t.Error("with one free: in sight", len(r.First()), "folded", len(r.More()))
	}
	if slots[1].Free != 1 {
		t.Error("the times given were changed")
	}
}
