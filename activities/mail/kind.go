package mail

import (
	"maps"
	"slices"

	"github.com/stazh/stazh/workflows/calendar"
)

// Kind names a mail. The values are stored in the outbox: never change one.
type Kind string

// Mails to candidates.
const (
	Acknowledgement  Kind = "acknowledgement"   // the response has arrived
	Invitation       Kind = "invitation"        // an offer of a time, shared session, reply by; calendar REQUEST, tentative
	Booked           Kind = "booked"            // the place is his; calendar REQUEST
	Moved            Kind = "moved"             // another time or place; calendar REQUEST, higher sequence
	Cancelled        Kind = "cancelled"         // he cancelled or declined; calendar CANCEL
	Withdrawn        Kind = "withdrawn"         // we cancelled; calendar CANCEL
	Replaced         Kind = "replaced"          // he has taken another time; calendar CANCEL
	NoAnswer         Kind = "no_answer"         // the offer ran out; calendar CANCEL
	ReminderDay      Kind = "reminder_day"      // 24 h before
	ReminderHours    Kind = "reminder_hours"    // 2 h before: confirm or cancel
	NoShow           Kind = "no_show"           // we missed him; he may choose again
	LeftRebook       Kind = "left_rebook"       // he left unseen: our fault, a priority place
	Thanks           Kind = "thanks"            // after the interview
	DecisionHire     Kind = "decision_hire"     // we want him
	DecisionReserve  Kind = "decision_reserve"  // not now
	DecisionReject   Kind = "decision_reject"   // no
	DecisionUndone   Kind = "decision_undone"   // the last decision mail no longer holds
	WithdrawnConfirm Kind = "withdrawn_confirm" // he withdrew his application; calendar CANCEL if an entry was sent
	ErasedConfirm    Kind = "erased_confirm"    // his data are erased; the last mail, without a link
)

// Mails to staff.
const (
	StaffInvitation Kind = "staff_invitation" // set a first password
	PasswordReset   Kind = "password_reset"
	PasswordChanged Kind = "password_changed" // a password was set, also the first
)

// Kinds returns all kinds, sorted.
func Kinds() []Kind { return slices.Sorted(maps.Keys(plans)) }

// Known says whether Render knows the kind.
func (k Kind) Known() bool { _, ok := plans[k]; return ok }

// Staff says whether the mail goes to staff, not to a candidate.
func (k Kind) Staff() bool { return plans[k].staff }

// Calendar returns the method of the calendar part the kind carries, or "".
func (k Kind) Calendar() calendar.Method { return plans[k].method }

type need int

const (
	needLink need = 1 << iota
	needVacancy
	needStart
	needVenue
	needLength
	needWait
	needReplyBy
	needChooseBy
	needExpires
	needUID
	needChanged

	needMeeting = needLink | needVacancy | needStart | needVenue
	needEvent   = needMeeting | needLength | needUID
)

// facts is which table of facts a mail shows.
type facts int

const (
	noFacts facts = iota
	applicationFacts
	meetingFacts
)

// para is one paragraph: the last part of its catalogue key, and when it is said (nil: always).
type para struct {
	key  string
	when func(Letter) bool
}

// plan is one kind's mail: catalogue keys mail.<kind>.subject, .title, .button and its paragraphs,
// before and after the facts, and in small print below the button.
type plan struct {
	needs                need
	staff                bool
	method               calendar.Method
	facts                facts
	before, after, small []para
}

func always(keys ...string) (ps []para) {
	for _, k := range keys {
		ps = append(ps, para{key: k})
	}
	return ps
}

func hasReason(l Letter) bool { return reason(l) != "" }
func isFirst(l Letter) bool   { return l.Priority }
func isShared(l Letter) bool  { return l.LongestWaitMinutes > 0 && !l.Priority }

var plans = map[Kind]plan{
	Acknowledgement: {
		needs: needLink | needVacancy, facts: applicationFacts,
		before: always("received"), after: always("next"), small: always("page"),
	},
	Invitation: {
		needs: needEvent | needWait | needReplyBy, method: calendar.Request, facts: meetingFacts,
		before: always("lead"), after: always("shared", "reply"), small: always("only_button"),
	},
	Booked: {
		needs: needEvent, method: calendar.Request, facts: meetingFacts,
		before: always("lead"), after: []para{{"shared", isShared}, {"first", isFirst}}, small: always("page"),
	},
	Moved: {
		needs: needEvent, method: calendar.Request, facts: meetingFacts,
		before: []para{{"lead", nil}, {"old", func(l Letter) bool { return !l.PreviousStartsAt.IsZero() }}, {"reason", hasReason}},
		after:  []para{{"shared", isShared}, {"first", isFirst}}, small: always("page"),
	},
	Cancelled: {
		needs: needLink | needVacancy | needStart, method: calendar.Cancel,
		before: always("lead", "again"),
	},
	Withdrawn: {
		needs: needLink | needVacancy | needStart, method: calendar.Cancel,
		before: []para{{"lead", nil}, {"reason", hasReason}, {"next", func(l Letter) bool { return l.Reason != "decision" }}},
	},
	Replaced: {
		needs: needLink | needVacancy | needStart, method: calendar.Cancel,
		before: []para{
			{"lead", func(l Letter) bool { return l.Reason != "came" && l.Reason != "overlaps" }},
			{"came", func(l Letter) bool { return l.Reason == "came" }},
			{"overlaps", func(l Letter) bool { return l.Reason == "overlaps" }}, // of another application
			{"held", func(l Letter) bool { return l.Reason != "came" && !l.HeldAt.IsZero() }},
			{"again", func(l Letter) bool { return l.Reason == "overlaps" }},
			{"calendar", nil},
		},
	},
	NoAnswer: {
		needs: needLink | needVacancy | needStart, method: calendar.Cancel,
		before: always("lead", "again"),
	},
	ReminderDay: {
		needs: needMeeting, facts: meetingFacts,
		before: always("lead"), after: always("cannot"),
	},
	ReminderHours: {
		needs: needMeeting, facts: meetingFacts,
		before: always("lead"), after: always("cannot"),
	},
	NoShow: {
		needs:  needLink | needVacancy | needStart | needChooseBy,
		before: always("lead", "again"), small: always("mistake"),
	},
	LeftRebook: {
		needs:  needLink | needVacancy | needStart,
		before: []para{{"lead", nil}, {"again", nil}, {"until", func(l Letter) bool { return !l.ChooseBy.IsZero() }}},
	},
	Thanks: {needs: needLink | needVacancy, before: []para{
		{"lead", nil},
		{"decide", func(l Letter) bool { return l.DecideBy.IsZero() }},
		{"decide_by", func(l Letter) bool { return !l.DecideBy.IsZero() }},
	}},
	DecisionHire:    {needs: needLink | needVacancy, before: always("lead", "next")},
	DecisionReserve: {needs: needLink | needVacancy, before: always("lead", "next"), small: always("page")},
	DecisionReject: {
		needs:  needLink | needVacancy,
		before: []para{{"lead", nil}, {"reason", hasReason}, {"wish", nil}}, small: always("page"),
	},
	DecisionUndone:   {needs: needLink | needVacancy, before: always("lead", "next")},
	WithdrawnConfirm: {needs: needLink | needVacancy, method: calendar.Cancel, before: always("lead", "undo")},
	ErasedConfirm:    {before: always("lead", "rest")},

	StaffInvitation: {staff: true, needs: needLink | needExpires, before: always("lead", "expires"), small: always("ignore")},
	PasswordReset:   {staff: true, needs: needLink | needExpires, before: always("lead", "expires"), small: always("ignore")},
	PasswordChanged: {staff: true, needs: needLink | needChanged, before: always("lead", "not_you")},
}
