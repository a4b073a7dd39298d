package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/staff"
)

// Whose lane was closed is told so, at once, by the poll and after reloading, and whom he has to score; when it is opened again his
// screen goes on by itself, though the new lane has another id.
func TestAClosedLaneOnItsOwnScreen(t *testing.T) {
	f := newFirm(t, 2)
	id, places := f.met(2)
	path := sessionPath(id)
	f.now = places[0].StartsAt
	f.pages.Live = &Live{}
	url, _ := f.onAir()
	lanes, err := f.Reader.Lanes(t.Context(), id)
	f.command(err)
	lane := lanes[0].ID
	res, page := f.post(staff.Interviewer, path+"/lane", path+"/lane", f.laneForm("call_next", lane, "from", "lane"))
	f.want(res, page, http.StatusSeeOther)
	f.now = f.now.Add(time.Minute)
	res, page = f.post(staff.Interviewer, path+"/lane", path+"/lane", f.laneForm("finish", lane, "call", f.callOf(id, lane), "from", "lane"))
	f.want(res, page, http.StatusSeeOther)
	events, stop := watch(t, url+path+"/live?lane="+lane.String(), f.as(staff.Interviewer))
	defer stop()
	next(t, events, "board", "next:")
	res, page = f.post(staff.HR, path, path+"/lanes/close", f.laneForm("", lane))
	f.want(res, page, http.StatusSeeOther)
	next(t, events, "board", "Your day here is finished", "To score")
	for _, at := range []string{"/lane", "/lane?lane=" + lane.String(), "/lane/now?lane=" + lane.String()} {
		code, page := f.get(staff.Interviewer, path+at)
		if code != http.StatusOK {
			t.Fatal(at, code)
		}
		wantPage(t, page, "Your day here is finished", "Reception can open it again", "To score")
		if strings.Contains(page, "Call next") || strings.Contains(page, ">Waiting ") {
			t.Error(at, "he may still call")
		}
	}
	_, page = f.get(staff.Interviewer, path+"/day")
	wantPage(t, page, "My interviews")
	res, page = f.post(staff.Interviewer, path+"/day", path+"/lane", f.laneForm("call_next", lane, "from", "lane"), "HX-Request", "true")
	f.want(res, page, http.StatusOK, "This interviewer has finished for today", "Your day here is finished")
	form := f.laneForm("lane", lane, "staff", lanes[0].StaffID.String())
	res, page = f.post(staff.Receptionist, path+"/day", path+"/relief", form)
	f.want(res, page, http.StatusSeeOther)
	lanes, err = f.Reader.Lanes(t.Context(), id)
	f.command(err)
	next(t, events, "board", "Call next", lanes[1].ID.String())
	for _, at := range []string{"/lane", "/lane?lane=" + lane.String(), "/lane/now?lane=" + lane.String()} {
		_, page := f.get(staff.Interviewer, path+at)
		wantPage(t, page, "Call next", `name="lane" value="`+lanes[1].ID.String())
	}
}

// While an interview goes on its interviewer is not idle, also in the first of the day.
func TestAnInterviewThatGoesOnIsNotIdle(t *testing.T) {
	f := newFirm(t, 1)
	id, places := f.met(1)
	path := sessionPath(id)
	lanes, err := f.Reader.Lanes(t.Context(), id)
	f.command(err)
	lane := lanes[0].ID
	f.now = places[0].StartsAt
	res, page := f.post(staff.Interviewer, path+"/lane", path+"/lane", f.laneForm("call_next", lane, "from", "lane"))
	f.want(res, page, http.StatusSeeOther)
	row := func(busy, idle string) {
		t.Helper()
		_, page := f.get(staff.HR, path+"/report")
		cells := strings.Join(strings.Fields(htmlTag.ReplaceAllString(page[strings.LastIndex(page, "<tbody>"):], " ")), " ")
		if !strings.Contains(cells, " 0 "+busy+" "+idle+" 0 min") {
			t.Errorf("%.100s, want busy %s, idle %s", cells, busy, idle)
		}
	}
	f.now = f.now.Add(4 * time.Minute)
	row("4 min", "0 min") // finished now, without Begin, it would have lasted as long
	res, page = f.post(staff.Interviewer, path+"/lane", path+"/lane", f.laneForm("start", lane, "call", f.callOf(id, lane), "from", "lane"))
	f.want(res, page, http.StatusSeeOther)
	f.now = f.now.Add(26 * time.Minute)
	row("26 min", "4 min")
	// On a phone each interviewer is a card whose figures have their names beside them.
	_, page = f.get(staff.HR, path+"/report")
	for _, label := range []string{"Interviews", "In interviews", "Idle", "Overtime"} {
		wantPage(t, page, `data-label="`+label+`">`)
	}
}

// Closing the last open lane is asked with how many would have nobody to meet them.
func TestClosingTheLastLaneWarns(t *testing.T) {
	f := newFirm(t, 3)
	id, path := f.session(3)
	places := f.booked(id, 3)
	f.now = places[0].StartsAt
	res, page := f.post(staff.Receptionist, path+"/day", path+"/day", marking(places[0], "arrived"))
	f.want(res, page, http.StatusSeeOther)
	warned := func(want bool, words string) {
		t.Helper()
		for role, at := range map[staff.Role]string{staff.Receptionist: path + "/day", staff.HR: path} {
			_, page := f.get(role, at)
			if strings.Contains(page, words+", and nobody would be left to meet them.\"") != want {
				t.Errorf("%s: warned %t", at, !want)
			}
		}
	}
	warned(true, "3 people still wait or are expected")
	f.DB.NewRaw("UPDATE booking SET state = 'no_show' WHERE id IN (?, ?)", places[1].ID, places[2].ID).Exec(t.Context())
	warned(true, "1 person still waits or is expected")
	_, err := workflows.Do(t.Context(), f.pages.Commands, workflows.AddLane, id.String(), f.by(staff.HR), workflows.LaneArgs{Staff: f.Staff[staff.HeadOfSales].String()})
	f.command(err)
	warned(false, "1 person still waits or is expected")
}
