package hiring

// State is where an application stands. Its history is in the journal.
type State string

// The states of an application, in the order a successful one passes them.
const (
	Responded   State = "responded"   // intake: nobody has acted on it
	Shortlisted State = "shortlisted" // HR wants to meet the person
	Invited     State = "invited"     // an invitation awaits an answer
	Booked      State = "booked"      // the person said yes to a time
	Arrived     State = "arrived"
	Interviewed State = "interviewed"
	Decided     State = "decided" // with a Decision
	Offered     State = "offered"
	Accepted    State = "accepted"
	Hired       State = "hired"
	Withdrawn   State = "withdrawn" // by the person
	Declined    State = "declined"  // said no to an invitation, or cancelled
	NoAnswer    State = "no_answer"
	NoShow      State = "no_show"
	Expired     State = "expired"
)

// States lists every state in the order pages show them.
var States = []State{
	Responded, Shortlisted, Invited, Booked, Arrived, Interviewed, Decided, Offered, Accepted, Hired,
	NoAnswer, Declined, NoShow, Withdrawn, Expired,
}

// Decision is what was decided after (or without) an interview.
type Decision string

// The decisions.
const (
	Hire    Decision = "hire"
	Reserve Decision = "reserve"
	Reject  Decision = "reject"
)

// Attendance is the state of a booking: one person's place in one session.
type Attendance string

// The attendance states (DOMAIN section 2).
const (
	BookingInvited       Attendance = "invited"
	BookingConfirmed     Attendance = "confirmed"
	BookingArrived       Attendance = "arrived"
	BookingArrivedLate   Attendance = "arrived_late"
	BookingWalkIn        Attendance = "walk_in"
	BookingInterviewed   Attendance = "interviewed"
	BookingMoved         Attendance = "moved" // to another session; a new booking took its place
	BookingDeclined      Attendance = "declined"
	BookingNoAnswer      Attendance = "no_answer"
	BookingCancelled     Attendance = "cancelled_in_time"
	BookingCancelledLate Attendance = "cancelled_late"
	BookingWithdrawn     Attendance = "withdrawn_by_us"
	BookingLeft          Attendance = "left_without_interview"
	BookingNoShow        Attendance = "no_show"
	BookingNoInterview   Attendance = "interviewer_no_show"
)

// Open reports whether the person is still expected or present: the booking can change by itself.
func (a Attendance) Open() bool {
	switch a {
	case BookingInvited, BookingConfirmed, BookingArrived, BookingArrivedLate, BookingWalkIn:
		return true
	}
	return false
}

// Expected reports whether the person has not come yet and still may.
func (a Attendance) Expected() bool { return a == BookingInvited || a == BookingConfirmed }

// Present reports whether the person is on the premises, waiting or being met.
func (a Attendance) Present() bool {
	return a == BookingArrived || a == BookingArrivedLate || a == BookingWalkIn
}

// Came says what a booking teaches about turning up: came, stayed away, or nothing at all (nil).
// Withdrawn by us, interviewer's absence and cancelling in time never lower a person's rate; leaving
// without an interview counts as having come.
func (a Attendance) Came() *bool {
	yes, no := true, false
	switch a {
	case BookingArrived, BookingArrivedLate, BookingWalkIn, BookingInterviewed, BookingLeft, BookingNoInterview:
		return &yes
	case BookingNoShow, BookingCancelledLate:
		return &no
	}
	return nil
}

// SessionState is where a session stands.
type SessionState string

// The states of a session.
const (
	SessionOpen      SessionState = "open"    // may be filled
	SessionRunning   SessionState = "running" // its day has come
	SessionClosed    SessionState = "closed"
	SessionCancelled SessionState = "cancelled"
)

// Criteria are what an interviewer scores, 1 to 5, anchored (DOMAIN section 4).
var Criteria = []string{"motivation", "competence", "adequacy"}

// Reasons are the codes a decision may carry.
var Reasons = map[Decision][]string{
	Hire:    {"fits", "best_of_session", "urgent_need"},
	Reserve: {"next_vacancy", "needs_experience", "headcount_filled"},
	Reject:  {"requirements_not_met", "motivation", "competence", "adequacy", "pay_expectation", "headcount_filled", "duplicate", "other"},
}
