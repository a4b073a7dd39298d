package web

import (
	"time"
)

// startField reads date and time as the clock of the place shows them. A night on which the clocks are
// changed has an hour that does not exist, or one that comes twice: neither is guessed at. What is over already, or
// too far off (hiring.Session), is said at the field that is wrong: of today it is the hour.
func startField(form *Form, zone *time.Location, now time.Time) time.Time {
	day, err := time.Parse(time.DateOnly, form.Get("date"))
	if err != nil {
		form.Add("date", "invalid_date")
	}
	clock, bad := time.Parse("15:04", form.Get("time"))
	if bad != nil {
		form.Add("time", "invalid_time")
	}
	if err != nil || bad != nil {
		return time.Time{}
	}
	at, code := localTime(day, clock, zone)
	today := now.In(zone)
	switch {
	case code != "":
		form.Add("time", code)
	case !at.After(now) && at.Format(time.DateOnly) == today.Format(time.DateOnly):
		form.Add("time", "past_hour:"+today.Format("15:04"))
	case !at.After(now):
		form.Add("date", "past_day")
	case !at.Before(now.AddDate(1, 0, 0)):
		form.Add("date", "too_far")
	}
	return at
}

// localTime returns the moment at which clocks in zone show that day and hour; code no_such_time or
// time_twice where there is none or there are two.
func localTime(day, clock time.Time, zone *time.Location) (at time.Time, code string) {
	const layout = "2006-01-02 15:04"
	want := day.Format(time.DateOnly) + " " + clock.Format("15:04")
	at = time.Date(day.Year(), day.Month(), day.Day(), clock.Hour(), clock.Minute(), 0, 0, zone)
	if at.Format(layout) != want {
		return at, "no_such_time"
	}
	for shift := -3 * time.Hour; shift <= 3*time.Hour; shift += 15 * time.Minute {
		if shift != 0 && at.Add(shift).Format(layout) == want {
			return at, "time_twice"
		}
	}
	return at, ""
}
