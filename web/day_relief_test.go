package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/staff"
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

// An interviewer who had finished is opened again where reception closed him, but not before the day.
func TestALaneIsOpenedAgainOnTheBoard(t *testing.T) {
	f := newFirm(t, 1)
	id, places := f.met(1)
	path := sessionPath(id)
	lanes, err := f.Reader.Lanes(t.Context(), id)
	f.command(err)
	again := func() bool {
		_, page := f.get(staff.Receptionist, path+"/day")
		return strings.Contains(page, ">Open again<") && strings.Contains(page, `name="staff" value="`+lanes[0].StaffID.String()+`"`)
	}
	if again() {
		t.Error("an open lane is offered to be opened")
	}
	res, page := f.post(staff.Receptionist, path+"/day", path+"/lane", f.laneForm("close", lanes[0].ID), "HX-Request", "true")
	f.want(res, page, http.StatusOK, ">Open again<", ">finished<")
	if _, page := f.get(staff.Interviewer, path+"/day"); strings.Contains(page, "Open again") {
		t.Error("an interviewer opens lanes")
	}
	open := url.Values{"do": {"lane"}, "staff": {lanes[0].StaffID.String()}}
	f.now = places[0].StartsAt.Add(-hiring.CallBefore - time.Second)
	if again() {
		t.Error("offered before the day")
	}
	res, page = f.post(staff.Receptionist, path+"/day", path+"/relief", open, "HX-Request", "true")
	f.want(res, page, http.StatusOK, "Reception opens an interviewer’s lane from an hour before the session begins")
	f.now = places[0].StartsAt
	res, page = f.post(staff.Receptionist, path+"/day", path+"/relief", open, "HX-Request", "true")
	f.want(res, page, http.StatusOK, ">Call next<")
	if strings.Contains(page, "Open again") || again() {
		t.Error("offered twice")
	}
	// Another screen still offers it; so also after the planned end, when the lane claims nobody's time any more.
	for _, at := range []time.Time{f.now, places[0].StartsAt.Add(2 * time.Hour)} {
		f.now = at
		res, page = f.post(staff.HR, path+"/day", path+"/relief", url.Values{"do": {"lane"}, "staff": {lanes[0].StaffID.String()}}, "HX-Request", "true")
		f.want(res, page, http.StatusOK, "lane is open here already")
	}
	now, err := f.Reader.Lanes(t.Context(), id)
	f.command(err)
	if len(now) != 2 || now[1].StaffID != lanes[0].StaffID || now[1].ClosedAt != nil {
		t.Errorf("%+v", now)
	}
}
