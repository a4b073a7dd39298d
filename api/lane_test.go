package api_test

import (
	"testing"
	"time"

	"github.com/stazh/stazh/workflows/staff"
)

// Who had finished takes people again when reception says so, on the day; before it, lanes are HR's to plan.
func TestReceptionOpensLanesOnTheDay(t *testing.T) {
	d := newDay(t, 1)
	his := map[string]any{"staff": d.Staff[staff.Interviewer]}
	d.want(200, staff.Receptionist, "POST", d.path+"/close-lane", lane(d.own))
	*d.now = d.starts.Add(-time.Hour - time.Minute)
	d.refused(409, "lane_too_early", staff.Receptionist, "POST", d.path+"/lanes", his)
	*d.now = d.starts.Add(time.Minute)
	again := d.twice(staff.Receptionist, d.path+"/lanes", his, map[string]any{"staff": d.Staff[staff.HeadOfSales]}).text("id")
	d.refused(409, "lane_open_already", staff.Receptionist, "POST", d.path+"/lanes", his)
	d.want(200, staff.Receptionist, "POST", d.path+"/call-next", lane(again))
	d.refused(404, "not_found", staff.Interviewer, "POST", d.path+"/lanes", his)

	later := "/api/v1/interviews/" + d.schedule(1, 1)
	head := map[string]any{"staff": d.Staff[staff.HeadOfSales]}
	d.refused(409, "lane_too_early", staff.Receptionist, "POST", later+"/lanes", head)
	d.want(200, staff.HR, "POST", later+"/lanes", head)
}
