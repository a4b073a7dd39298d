package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stazh/stazh/workflows/staff"
)

// HR ends the day on the report: it says what still stands in the way, and what becomes of those who wait.
func TestCloseTheDay(t *testing.T) {
	f := newFirm(t, 2)
	id, path := f.session(2)
	places := f.booked(id, 2)
	report := path + "/report"
	here := "0"
	end := func() string {
		res, page := f.post(staff.HR, report, path+"/close", url.Values{"here": {here}})
		f.want(res, page, http.StatusSeeOther)
		_, page = f.get(staff.HR, report, "Cookie", f.as(staff.HR)+"; "+flashOf(res))
		return page
	}
	if page := end(); !strings.Contains(page, "The session is not running") || strings.Contains(page, ">Close the session<") {
		t.Error(text(page))
	}
	f.now = places[0].StartsAt.Add(time.Minute)
	f.command(f.engine.Run(t.Context(), "interview/"+id.String()))
	_, page := f.get(staff.HR, report)
	wantPage(t, page, "can be closed once the day is over", "2 people are still expected")
	wantPage(t, end(), "2 people are still expected")
	for n, do := range []string{"arrived", "no_show"} {
		f.post(staff.Receptionist, path+"/day", path+"/day", marking(f.placeNow(id, places[n].ID), do))
	}
	if _, page = f.get(staff.Receptionist, report); strings.Contains(page, "Close the session") {
		t.Error("reception closes the day")
	}
	_, page = f.get(staff.HR, report)
	wantPage(t, page, "1 person is noted as here and not met", ">Close the session<")
	wantPage(t, end(), "who is here has changed since you opened this page", ">Close the session<") // by a page from before he came
	here = "1"
	wantPage(t, end(), "The session is closed.")
	if _, page = f.get(staff.HR, report); strings.Contains(page, "not closed yet") {
		t.Error("the report is still open")
	}
	// Who comes now is noted, and HR is asked what became of him.
	res, row := f.post(staff.Receptionist, path+"/day", path+"/day", marking(f.placeNow(id, places[1].ID), "arrived"), "HX-Request", "true")
	f.want(res, row, http.StatusOK, ">Left<")
	_, page = f.get(staff.HR, path+"/day")
	wantPage(t, page, "of 2 people who came it is not noted what became of them")
}
