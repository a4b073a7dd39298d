package hiring

import (
	"strconv"
	"time"

	"github.com/stazh/stazh/workflows/fault"
)

// Policy holds the numbers people want to change. It is data (table policy); the zero value of a field
// there means the default here. Sources: DOMAIN sections 1 and 2.
type Policy struct {
	ReplyHours       int `json:"reply_hours"`        // to answer an invitation; 24
	ReplyMinHours    int `json:"reply_min_hours"`    // never less; 4
	ReplyBeforeHours int `json:"reply_before_hours"` // the window ends so long before the start; 12
	RemindDayHours   int `json:"remind_day_hours"`   // first reminder before the start; 24
	RemindDayLead    int `json:"remind_day_lead"`    // only if booked so many hours ahead; 48
	RemindHours      int `json:"remind_hours"`       // confirm-or-cancel reminder before the start; 2
	RemindHoursLead  int `json:"remind_hours_lead"`  // only if booked so many hours ahead; 6
	GraceMinutes     int `json:"grace_minutes"`      // after the arrival time before a no-show is marked; 20
	AgainDays        int `json:"again_days"`         // after a missed meeting one may choose again; 3
	UndoMinutes      int `json:"undo_minutes"`       // a decision's mail, and one to somebody noted as left, waits so long, for undo; 10
	LinkLimit        int `json:"link_limit"`         // requests per minute on one candidate's link; 60
	EraseMinutes     int `json:"erase_minutes"`      // from "erase my data" to the erasing, for undo; 60
}

// DefaultPolicy is the handbook's and the field's usual.
func DefaultPolicy() Policy {
	return Policy{
		ReplyHours: 24, ReplyMinHours: 4, ReplyBeforeHours: 12,
		RemindDayHours: 24, RemindDayLead: 48, RemindHours: 2, RemindHoursLead: 6,
		GraceMinutes: 20, AgainDays: 3, UndoMinutes: 10, LinkLimit: 60, EraseMinutes: 60,
	}
}

// PolicyNumber is one number of a policy: its name (as in JSON), what it counts and its bounds.
type PolicyNumber struct {
	Name        string
	Unit        string // hours, days, minutes or requests
	Least, Most int
	In          func(*Policy) *int // where it stands
}

// PolicyNumbers returns all of them, in the order of what happens to a candidate.
func PolicyNumbers() []PolicyNumber {
	return []PolicyNumber{
		{"reply_hours", "hours", 1, 336, func(p *Policy) *int { return &p.ReplyHours }},
		{"reply_min_hours", "hours", 1, 72, func(p *Policy) *int { return &p.ReplyMinHours }},
		{"reply_before_hours", "hours", 0, 168, func(p *Policy) *int { return &p.ReplyBeforeHours }},
		{"remind_day_hours", "hours", 1, 168, func(p *Policy) *int { return &p.RemindDayHours }},
		{"remind_day_lead", "hours", 1, 336, func(p *Policy) *int { return &p.RemindDayLead }},
		{"remind_hours", "hours", 1, 48, func(p *Policy) *int { return &p.RemindHours }},
		{"remind_hours_lead", "hours", 1, 168, func(p *Policy) *int { return &p.RemindHoursLead }},
		{"grace_minutes", "minutes", 0, 240, func(p *Policy) *int { return &p.GraceMinutes }},
		{"again_days", "days", 3, 90, func(p *Policy) *int { return &p.AgainDays }},
		{"undo_minutes", "minutes", 0, 1440, func(p *Policy) *int { return &p.UndoMinutes }},
		{"erase_minutes", "minutes", 0, 10080, func(p *Policy) *int { return &p.EraseMinutes }},
		{"link_limit", "requests", 10, 10000, func(p *Policy) *int { return &p.LinkLimit }},
	}
}

// Check returns an invalid fault naming the numbers that are out of bounds, or nil.
func (p Policy) Check() error {
	var f fault.Fields
	for _, n := range PolicyNumbers() {
		f.Require(*n.In(&p) >= n.Least, n.Name, "too_small:"+strconv.Itoa(n.Least))
		f.Require(*n.In(&p) <= n.Most, n.Name, "too_large:"+strconv.Itoa(n.Most))
	}
	f.Require(p.ReplyMinHours <= p.ReplyHours, "reply_min_hours", "too_large:"+strconv.Itoa(p.ReplyHours))
	f.Require(p.RemindHours < p.RemindDayHours, "remind_hours", "too_large:"+strconv.Itoa(p.RemindDayHours-1))
	return f.Err()
}

// CandidateRules bound what candidates may do by themselves in one session.
type CandidateRules struct {
	NoticeHours int  `json:"notice_hours"` // a time may be chosen only so long ahead; 2
	HorizonDays int  `json:"horizon_days"` // and not further away than this; 14
	Moves       int  `json:"moves"`        // how often one may move; 2
	CutoffHours int  `json:"cutoff_hours"` // a cancel later than this before the start counts as late; 4
	SameDay     bool `json:"same_day"`     // a time on the same day may be chosen; true
}

// DefaultCandidateRules are used where a session names none.
func DefaultCandidateRules() CandidateRules {
	return CandidateRules{NoticeHours: 2, HorizonDays: 14, Moves: 2, CutoffHours: 4, SameDay: true}
}

// ReplyBy returns until when an invitation sent at now for a meeting at start may be answered, and
// whether there is time for one at all: ReplyHours, but not past ReplyBeforeHours before the start; if
// that leaves less than ReplyMinHours it is too late to invite by mail.
func (p Policy) ReplyBy(now, start time.Time) (time.Time, bool) {
	by := now.Add(hours(p.ReplyHours))
	if last := start.Add(-hours(p.ReplyBeforeHours)); by.After(last) {
		by = last
	}
	return by, !by.Before(now.Add(hours(p.ReplyMinHours)))
}

// InviteUntil returns until when somebody may be invited by mail to a meeting at start; see ReplyBy.
func (p Policy) InviteUntil(start time.Time) time.Time {
	return start.Add(-hours(p.ReplyBeforeHours + p.ReplyMinHours))
}

func hours(n int) time.Duration   { return time.Duration(n) * time.Hour }
func minutes(n int) time.Duration { return time.Duration(n) * time.Minute }
