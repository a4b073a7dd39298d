package e2e

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/hiring"
)

// answered is what a candidate was told: where he then stands.
type answered struct {
	state hiring.Attendance
	slot  string // of a move
}

// person is a candidate with a browser that has no script.
type person struct {
	p      *processes
	link   string
	client *http.Client
}

func (c person) get(path string) (string, error) {
	r, err := c.client.Get(c.link + path)
	if err != nil {
		return "", err
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err == nil && r.StatusCode != http.StatusOK {
		err = fmt.Errorf("GET %s: %d", path, r.StatusCode)
	}
	return string(body), err
}

// press sends the form of an action as the page has it, again and again while it is told that saving takes
// longer, as people do. It reports whether it was told that it is done.
func (c person) press(page, action string, extra url.Values) (bool, error) {
	for _, form := range aForm.FindAllStringSubmatch(page, -1) {
		if !strings.HasSuffix(form[1], "/"+action) {
			continue
		}
		values := url.Values{}
		for _, field := range hiddenField.FindAllStringSubmatch(form[2], -1) {
			values.Set(field[1], field[2])
		}
		for name, value := range extra {
			values[name] = value
		}
		for deadline := time.Now().Add(90 * time.Second); time.Now().Before(deadline); {
			r, err := c.client.PostForm(c.link+"/"+action, values)
			if err != nil {
				return false, err
			}
			_, _ = io.Copy(io.Discard, r.Body)
			_ = r.Body.Close()
			switch r.StatusCode {
			case http.StatusOK: // after the redirect
				return r.Request.Method == http.MethodGet, nil
			case http.StatusAccepted, http.StatusServiceUnavailable:
				continue // the same form again, the same command
			case http.StatusConflict:
				return false, nil
			default:
				return false, fmt.Errorf("POST %s: %d", action, r.StatusCode)
			}
		}
		return false, fmt.Errorf("POST %s: never answered", action)
	}
	return false, fmt.Errorf("no form for %s", action)
}

// decide confirms, moves or cancels by the page, and says what the person was told.
func (c person) decide(n int) (answered, error) {
	page, err := c.get("")
	if err != nil {
		return answered{}, err
	}
	if done, err := c.press(page, "confirm", nil); err != nil || !done {
		return answered{}, fmt.Errorf("not confirmed: %w", err)
	}
	switch n % 3 {
	case 1:
		if page, err = c.get("/times"); err != nil {
			return answered{}, err
		}
		times := aTime.FindAllStringSubmatch(page, -1)
		if len(times) == 0 {
			return answered{}, fmt.Errorf("no other time")
		}
		slot := times[n%len(times)][1]
		done, err := c.press(page, "times", url.Values{"time": {slot}})
		if err != nil || !done {
			return answered{}, fmt.Errorf("not moved: %w", err)
		}
		return answered{hiring.BookingConfirmed, slot}, nil
	case 2:
		if page, err = c.get("/cancel"); err != nil {
			return answered{}, err
		}
		done, err := c.press(page, "cancel", nil)
		if err != nil || !done {
			return answered{}, fmt.Errorf("not cancelled: %w", err)
		}
		return answered{hiring.BookingCancelled, ""}, nil
	}
	return answered{hiring.BookingConfirmed, ""}, nil
}

// invitedPeople makes a session and invites people to it.
func (p *processes) invitedPeople(n int) []uuid.UUID {
	p.t.Helper()
	h := p.place()
	vacancy, venue, interviewer := h.vacancy()
	session := uuid.New()
	seats := make([]int, 8)
	for i := range seats {
		seats[i] = n
	}
	do(h, workflows.Schedule, session, h.hr, workflows.ScheduleArgs{
		Venue: venue.String(), Vacancies: []string{vacancy.String()}, Rules: hiring.DefaultCandidateRules(),
		Session: hiring.Session{Starts: time.Now().Add(72 * time.Hour).Truncate(time.Minute), SlotMinutes: 30, Seats: seats, Lanes: []string{interviewer.String()}, Room: n, WaitMinutes: 60},
	})
	var people []uuid.UUID
	var args workflows.InviteArgs
	for range n {
		app := h.application(vacancy)
		do(h, workflows.Shortlist, app, h.hr, workflows.ShortlistArgs{})
		people = append(people, app)
		args.Applications = append(args.Applications, app.String())
	}
	do(h, workflows.Invite, session, h.hr, args)
	for _, app := range people {
		h.booking(app)
	}
	return people
}
