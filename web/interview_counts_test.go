package web

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/staff"
)

// On its day a session's page, the list and the report say the same of who said yes, came, stayed away and came
// without a place: here one called off in time, and one walked in who had let his invitation pass.
func TestSessionCounters(t *testing.T) {
	f := newFirm(t, 8)
	id, path := f.session(9)
	places := f.booked(id, 7)
	at := func(place store.SessionPlace) (string, workflows.BookingArgs) {
		return place.ApplicationID.String(), workflows.BookingArgs{Booking: place.ID.String(), Version: place.Version}
	}
	app, args := at(places[6])
	_, err := workflows.Do(t.Context(), f.pages.Commands, workflows.Cancel, app, workflows.By{Actor: "candidate/" + app, Key: uuid.NewString()}, args)
	f.command(err)
	silent := f.Applications[7].String()
	f.shortlist(f.Applications[7])
	f.inviteTo(id, f.Applications[7])
	f.now = places[0].StartsAt.Add(-5 * time.Minute)
	f.command(f.engine.Run(t.Context(), "application/"+silent))
	_, err = f.DB.NewRaw("UPDATE booking SET state = 'no_answer' WHERE application_id = ?", silent).Exec(t.Context()) // as if its mail had gone out
	f.command(err)
	for _, place := range places[:4] {
		app, args := at(place)
		_, err := workflows.Do(t.Context(), f.pages.Commands, workflows.CheckIn, app, f.by(staff.Receptionist), args)
		f.command(err)
	}
	_, err = workflows.Do(t.Context(), f.pages.Commands, workflows.WalkIn, silent, f.by(staff.Receptionist), workflows.WalkInArgs{Interview: id.String()})
	f.command(err)
	_, page := f.get(staff.HR, path+"/report")
	f.figures(page, "Came with a place", "4", "Did not come", "0", "Not here yet", "2", "Came without a place", "1", "Here, not met yet", "5")
	f.now = places[0].StartsAt.Add(20 * time.Minute)
	for _, place := range places[4:6] {
		app, args := at(place)
		_, err := workflows.Do(t.Context(), f.pages.Commands, workflows.MarkNoShow, app, f.by(staff.Receptionist), args)
		f.command(err)
	}

	_, page = f.get(staff.HR, path)
	f.figures(page, "Invited", "8", "Said yes", "6", "Came", "4", "Did not come", "2")
	wantPage(t, page, "1 called off after that", "and 1 without a place", "6 of 9")
	_, page = f.get(staff.HR, "/sessions")
	for label, value := range map[string]string{"Invited": "8", "Said yes": "6", "Came": "<span>4", "Did not come": "2"} {
		wantPage(t, page, `data-label="`+label+`">`+value+"<")
	}
	_, page = f.get(staff.HR, path+"/report")
	f.figures(page, "Came with a place", "4", "Did not come", "2", "Came without a place", "1")
	wantPage(t, page, "of 6", "67", "1 had been invited to this session before")
	if strings.Contains(page, "Not here yet") {
		t.Error("nobody is expected any more")
	}
	_, page = f.get(staff.Receptionist, "/")
	wantPage(t, page, "0 expected", "5 here")
}

// figures wants labels and values of a page's figures, one after the other.
func (f *firm) figures(page string, want ...string) {
	f.Helper()
	for n := 0; n+1 < len(want); n += 2 {
		wantPage(f.T, page, `<p class="stat-label">`+want[n]+`</p><p class="stat-value">`+want[n+1]+"</p>")
	}
}
