package hiring

import (
	"testing"
	"time"

	"github.com/stazh/stazh/workflows/fault"
)

func TestBookingRules(t *testing.T) {
	p, r := DefaultPolicy(), DefaultCandidateRules()
	start := monday.Add(48 * time.Hour)
	b := func(s Attendance) Booking { return Booking{State: s, Version: 3, StartsAt: start} }
	code := func(err error) string { return fault.CodeOf(err) }
	cancel := func(s Attendance, now time.Time) string {
		state, err := b(s).Cancel(now, r, p)
		return string(state) + code(err)
	}
	arrive := func(s Attendance, now time.Time) string {
		state, err := b(s).Arrive(now, start.Add(-time.Hour), start.Add(3*time.Hour))
		return string(state) + code(err)
	}
	back := func(s Attendance, late time.Duration, app State, session SessionState, unasked, elsewhere bool) string {
		one := b(s)
		one.ArrivedAt, one.Unasked = start.Add(late), unasked
		state, err := one.ComeBack(app, session, elsewhere)
		return string(state) + code(err)
	}
	given := b(BookingLeft)
	given.Seatless = true
	_, seatless := given.ComeBack(Shortlisted, SessionRunning, false)
	moved := b(BookingConfirmed)
	moved.Moves = 2
	for name, c := range map[string][2]string{
		"an old form":               {code(b(BookingInvited).CheckVersion(2)), "stale_form"},
		"confirm":                   {code(b(BookingInvited).CheckConfirm(monday)), ""},
		"confirm twice":             {code(b(BookingConfirmed).CheckConfirm(monday)), "not_invited"},
		"confirm after the start":   {code(b(BookingInvited).CheckConfirm(start)), "too_late"},
		"decline":                   {cancel(BookingInvited, monday), "declined"},
		"cancel in time":            {cancel(BookingConfirmed, start.Add(-4*time.Hour)), "cancelled_in_time"},
		"cancel late":               {cancel(BookingConfirmed, start.Add(-4*time.Hour+time.Second)), "cancelled_late"},
		"cancel past the grace":     {cancel(BookingConfirmed, start.Add(20*time.Minute)), "too_late"},
		"cancel when here":          {cancel(BookingArrived, start), "nothing_to_cancel"},
		"move":                      {code(b(BookingConfirmed).CheckMove(monday, r)), ""},
		"move too often":            {code(moved.CheckMove(monday, r)), "no_moves_left"},
		"move when over":            {code(b(BookingNoShow).CheckMove(monday, r)), "nothing_to_move"},
		"move at the start":         {code(b(BookingConfirmed).CheckMove(start, r)), "too_late"},
		"late":                      {code(b(BookingConfirmed).CheckLate(start.Add(-time.Hour), p)), ""},
		"late the day before":       {code(b(BookingConfirmed).CheckLate(monday, p)), "too_early"},
		"late past the grace":       {code(b(BookingConfirmed).CheckLate(start.Add(20*time.Minute), p)), "too_late"},
		"late without a yes":        {code(b(BookingInvited).CheckLate(start, p)), "not_expected"},
		"arrive":                    {arrive(BookingConfirmed, start), "arrived"},
		"arrive unconfirmed":        {arrive(BookingInvited, start), "arrived"},
		"arrive late":               {arrive(BookingConfirmed, start.Add(11*time.Minute)), "arrived_late"},
		"a no-show comes":           {arrive(BookingNoShow, start.Add(40*time.Minute)), "arrived_late"},
		"arrive twice":              {arrive(BookingArrived, start), "already_here"},
		"arrive on the wrong day":   {arrive(BookingConfirmed, monday), "too_early"},
		"arrive the next day":       {arrive(BookingNoShow, start.Add(24*time.Hour)), "too_late"},
		"arrive after cancelling":   {arrive(BookingCancelled, start), "not_expected"},
		"no-show by hand":           {code(b(BookingConfirmed).CheckNoShow(start)), ""},
		"no-show before the time":   {code(b(BookingConfirmed).CheckNoShow(start.Add(-time.Second))), "too_early"},
		"leave":                     {code(b(BookingArrivedLate).CheckPresent()), ""},
		"leave without having come": {code(b(BookingConfirmed).CheckPresent()), "not_here"},
		"here after all":            {back(BookingLeft, 0, Shortlisted, SessionRunning, false, false), "arrived"},
		"here after all, late":      {back(BookingLeft, 11*time.Minute, Shortlisted, SessionRunning, false, false), "arrived_late"},
		"here after all, unasked":   {back(BookingLeft, 0, Shortlisted, SessionRunning, true, false), "walk_in"},
		"back who never left":       {back(BookingArrived, 0, Arrived, SessionRunning, false, false), "not_left"},
		"back after the close":      {back(BookingLeft, 0, Shortlisted, SessionClosed, false, false), "session_closed"},
		"back with another time":    {back(BookingLeft, 0, Booked, SessionRunning, false, true), "has_time"},
		"back without a seat":       {code(seatless), "seat_given_up"},
		"back when withdrawn":       {back(BookingLeft, 0, Withdrawn, SessionRunning, false, false), "cannot_walk_in"},
	} {
		if c[0] != c[1] {
			t.Errorf("%s: got %q, want %q", name, c[0], c[1])
		}
	}
}

func TestStateAfter(t *testing.T) {
	for name, c := range map[string]struct {
		open  []Attendance
		ended Attendance
		want  State
	}{
		"declined the only one":        {nil, BookingDeclined, Declined},
		"declined, another is open":    {[]Attendance{BookingInvited}, BookingDeclined, Invited},
		"no answer, another confirmed": {[]Attendance{BookingInvited, BookingConfirmed}, BookingNoAnswer, Booked},
		"here elsewhere":               {[]Attendance{BookingConfirmed, BookingArrived}, BookingNoShow, Arrived},
		"withdrawn by us goes back":    {nil, BookingWithdrawn, Shortlisted},
		"left is owed another":         {nil, BookingLeft, Shortlisted},
		"interviewer absent, the same": {nil, BookingNoInterview, Shortlisted},
		"cancelled late":               {nil, BookingCancelledLate, Declined},
		"interviewed":                  {nil, BookingInterviewed, Interviewed},
		"no-show":                      {nil, BookingNoShow, NoShow},
	} {
		if got := StateAfter(c.open, c.ended); got != c.want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestDecisionRules(t *testing.T) {
	for name, c := range map[string]struct {
		state State
		d     Decision
		cards int
		code  string
	}{
		"hire after an interview":       {Interviewed, Hire, 1, ""},
		"hire without a scorecard":      {Interviewed, Hire, 0, "no_scorecard"},
		"hire without an interview":     {Booked, Hire, 1, "not_interviewed"},
		"reject from the file":          {Responded, Reject, 0, ""},
		"reserve from the shortlist":    {Shortlisted, Reserve, 0, ""},
		"twice":                         {Decided, Reject, 0, "already_decided"},
		"hired already":                 {Hired, Reject, 0, "already_decided"},
		"the withdrawn are not hired":   {Withdrawn, Hire, 1, "cannot_decide"},
		"the withdrawn may be rejected": {Withdrawn, Reject, 0, ""},
	} {
		if got := fault.CodeOf(CheckDecide(c.state, c.d, c.cards)); got != c.code {
			t.Errorf("%s: %q", name, got)
		}
	}
	for d, reasons := range Reasons {
		if len(reasons) == 0 {
			t.Errorf("%s has no reason", d)
		}
	}
}

func TestCheckSlotAndChoose(t *testing.T) {
	moscow, _ := time.LoadLocation("Europe/Moscow")
	r, p := DefaultCandidateRules(), DefaultPolicy()
	noSame := r
	noSame.SameDay = false
	for name, c := range map[string]struct {
		starts time.Time
		state  SessionState
		rules  CandidateRules
		code   string
	}{
		"fine":                 {monday.Add(3 * time.Hour), SessionOpen, r, ""},
		"too short notice":     {monday.Add(time.Hour), SessionOpen, r, "notice_too_short"},
		"too far":              {monday.AddDate(0, 0, 15), SessionOpen, r, "beyond_horizon"},
		"closed":               {monday.Add(3 * time.Hour), SessionClosed, r, "session_closed"},
		"cancelled":            {monday.Add(3 * time.Hour), SessionCancelled, r, "session_closed"},
		"not the same day":     {monday.Add(3 * time.Hour), SessionOpen, noSame, "not_same_day"},
		"tomorrow in Moscow":   {monday.Add(12*time.Hour + 30*time.Minute), SessionOpen, noSame, ""}, // 21:30 UTC is 00:30 there
		"the next day, though": {monday.Add(24 * time.Hour), SessionOpen, noSame, ""},
	} {
		if got := fault.CodeOf(CheckSlot(c.starts, monday, moscow, c.state, c.rules)); got != c.code {
			t.Errorf("%s: %q", name, got)
		}
	}
	for name, c := range map[string]struct {
		state State
		ago   time.Duration
		code  string
	}{
		"missed yesterday":    {NoShow, 24 * time.Hour, ""},
		"missed last week":    {NoShow, 7 * 24 * time.Hour, "too_late"},
		"did not answer":      {NoAnswer, time.Hour, ""},
		"decided":             {Decided, time.Hour, "cannot_choose"},
		"withdrew":            {Withdrawn, time.Hour, "cannot_choose"},
		"sent away, owed":     {Shortlisted, time.Hour, ""},
		"interviewed already": {Interviewed, time.Hour, "cannot_choose"},
	} {
		if got := fault.CodeOf(CheckChoose(c.state, monday.Add(-c.ago), monday, p)); got != c.code {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestCandidateOptions(t *testing.T) {
	p, r := DefaultPolicy(), DefaultCandidateRules()
	start := monday.Add(48 * time.Hour)
	invited := &Booking{State: BookingInvited, StartsAt: start}
	if o := CandidateOptions(Invited, invited, start, monday, r, p); !o.Confirm || !o.Decline || !o.Move || o.Cancel || o.Late || o.Choose || !o.Withdraw {
		t.Errorf("invited: %+v", o)
	}
	booked := &Booking{State: BookingConfirmed, StartsAt: start}
	if o := CandidateOptions(Booked, booked, start, start.Add(-time.Hour), r, p); o.Confirm || o.Decline || !o.Cancel || !o.Late || !o.Move {
		t.Errorf("booked: %+v", o)
	}
	missed := &Booking{State: BookingNoShow, StartsAt: start}
	if o := CandidateOptions(NoShow, missed, start, start.Add(time.Hour), r, p); !o.Choose || o.Cancel {
		t.Errorf("missed: %+v", o)
	}
	if o := CandidateOptions(Shortlisted, nil, time.Time{}, monday, r, p); o.Choose || !o.Withdraw {
		t.Errorf("never invited: %+v", o)
	}
	if o := CandidateOptions(Decided, nil, time.Time{}, monday, r, p); o != (Options{}) {
		t.Errorf("decided: %+v", o)
	}
}

func TestSessionShape(t *testing.T) {
	good := Session{Starts: monday.Add(time.Hour), SlotMinutes: 30, Seats: []int{6, 0, 4}, Lanes: []string{"a"}, Room: 12, WaitMinutes: 60}
	if err := good.Check(monday); err != nil {
		t.Fatal(err)
	}
	for field, broken := range map[string]func(*Session){
		"starts":       func(s *Session) { s.Starts = monday },
		"slot_minutes": func(s *Session) { s.SlotMinutes = 4 },
		"seats":        func(s *Session) { s.Seats = []int{0, 0} },
		"lanes":        func(s *Session) { s.Lanes = []string{"a", "a"} },
		"room":         func(s *Session) { s.Room = 0 },
		"wait_minutes": func(s *Session) { s.WaitMinutes = 500 },
	} {
		s := good
		broken(&s)
		if f := fault.As(s.Check(monday)); f == nil || f.Fields[field] == "" {
			t.Errorf("%s passes", field)
		}
	}
	// The night Sofia turns its clocks back: slots stay half an hour of elapsed time.
	sofia, _ := time.LoadLocation("Europe/Sofia")
	s := Session{Starts: time.Date(2026, 10, 25, 2, 30, 0, 0, sofia), SlotMinutes: 30, Seats: []int{1, 1, 1, 1, 1}}
	times := s.SlotTimes()
	for i := 1; i < len(times); i++ {
		if times[i].Sub(times[i-1]) != 30*time.Minute {
			t.Fatal(times)
		}
	}
	if got := s.Ends().In(sofia).Format("15:04"); got != "04:00" {
		t.Fatal(got)
	}
}

func TestAssignSlots(t *testing.T) {
	for name, c := range map[string]struct {
		free []int
		n    int
		busy map[int]int // the slots before this one, of a person
		want []int
	}{
		"fills from the earliest": {[]int{2, 0, 1}, 3, nil, []int{0, 0, 2}},
		"more people than seats":  {[]int{1}, 3, nil, []int{0, -1, -1}},
		"overfull slots count 0":  {[]int{-2, 1}, 1, nil, []int{1}},
		"no slots":                {nil, 1, nil, []int{-1}},
		"nobody":                  {[]int{3}, 0, nil, []int{}},
		"busy until later":        {[]int{1, 1}, 2, map[int]int{0: 1}, []int{1, 0}},
		"busy all the time":       {[]int{1, 1}, 3, map[int]int{0: 2}, []int{-1, 0, 1}},
	} {
		got := AssignSlots(c.free, c.n, func(person, slot int) bool { return slot >= c.busy[person] })
		if len(got) != len(c.want) {
			t.Errorf("%s: %v", name, got)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%s: %v", name, got)
			}
		}
	}
}
