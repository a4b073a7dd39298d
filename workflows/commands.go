package workflows

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"

	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

// Args is what a command carries; Check judges its shape only (fault invalid), not whether it may be
// done now. Args hold ids, codes, times and numbers: personal or long text is stored as a document
// first, and the command names it.
type Args interface{ Check() error }

// Command is the name of an Update of the process whose facts are F, and of the step that does it.
type Command[A Args, F Facts] string

// Step returns the step that does the command, for the worker to register and the loop to run.
func (c Command[A, F]) Step() Step[In[A], Out[F]] { return Step[In[A], Out[F]](c) }

type (
	onApplication = hiring.ApplicationFacts
	onInterview   = hiring.InterviewFacts
	onIntake      = hiring.IntakeFacts
)

// Commands on an application. Those of the candidate carry the booking and the version his page showed.
const (
	Shortlist     Command[ShortlistArgs, onApplication] = "application.shortlist"
	Unshortlist   Command[None, onApplication]          = "application.unshortlist"
	Confirm       Command[BookingArgs, onApplication]   = "application.confirm"
	Cancel        Command[BookingArgs, onApplication]   = "application.cancel" // declines an invitation, cancels a time
	Choose        Command[ChooseArgs, onApplication]    = "application.choose" // moves a booking, or books anew
	Late          Command[LateArgs, onApplication]      = "application.late"
	Withdraw      Command[None, onApplication]          = "application.withdraw"
	Rejoin        Command[None, onApplication]          = "application.rejoin" // takes back that he withdrew, or asked to be erased
	Erase         Command[None, onApplication]          = "application.erase"
	CheckIn       Command[BookingArgs, onApplication]   = "application.check_in" // also takes a no-show back
	UndoCheckIn   Command[BookingArgs, onApplication]   = "application.undo_check_in"
	MarkNoShow    Command[BookingArgs, onApplication]   = "application.no_show"
	MarkLeft      Command[BookingArgs, onApplication]   = "application.left"
	FileScorecard Command[ScorecardArgs, onApplication] = "application.file_scorecard"
	Decide        Command[DecideArgs, onApplication]    = "application.decide"
	UndoDecision  Command[None, onApplication]          = "application.undo_decision"
	WithdrawByUs  Command[BookingArgs, onApplication]   = "application.withdraw_booking"
)

// Commands on a session.
const (
	Schedule      Command[ScheduleArgs, onInterview] = "interview.schedule" // creates it
	ChangeSeats   Command[SeatsArgs, onInterview]    = "interview.change_seats"
	Invite        Command[InviteArgs, onInterview]   = "interview.invite" // writes a wave of offers
	AddLane       Command[LaneArgs, onInterview]     = "interview.add_lane"
	CloseLane     Command[LaneIDArgs, onInterview]   = "interview.close_lane"
	CancelSession Command[None, onInterview]         = "interview.cancel"
	Fill          Command[FillArgs, onInterview]     = "interview.fill" // begins to invite in waves
	StopFilling   Command[None, onInterview]         = "interview.stop_filling"
	TakeProposal  Command[ProposalArgs, onInterview] = "interview.take_proposal"
	Dismiss       Command[ProposalArgs, onInterview] = "interview.dismiss_proposal"
	OverridePlan  Command[OverrideArgs, onInterview] = "interview.override_plan"
	Reshape       Command[ReshapeArgs, onInterview]  = "interview.reshape"
)

// Commands on a batch.
const (
	StartBatch  Command[None, onIntake] = "intake.start"
	RevertBatch Command[None, onIntake] = "intake.revert"
)

// None is the argument of a command that says everything by its name.
type None struct{}

// Check accepts.
func (None) Check() error { return nil }

// ShortlistArgs: Rank is HR's order, smaller is earlier; nil leaves it to the time of the response.
type ShortlistArgs struct {
	Rank *int `json:"rank,omitempty"`
}

// Check wants a rank between 1 and 100,000.
func (a ShortlistArgs) Check() error {
	var f fault.Fields
	f.Require(a.Rank == nil || *a.Rank >= 1 && *a.Rank <= 100000, "rank", "out_of_range")
	return f.Err()
}

// BookingArgs names a booking in the version that the sender saw.
type BookingArgs struct {
	Booking string `json:"booking"`
	Version int    `json:"version"`
}

// Check wants a UUID and a version.
func (a BookingArgs) Check() error {
	var f fault.Fields
	f.Require(isUUID(a.Booking), "booking", "not_an_id")
	f.Require(a.Version >= 1, "version", "required")
	return f.Err()
}

// ChooseArgs: the time wanted. With a Booking it is moved (Version as seen), without one it is booked anew.
type ChooseArgs struct {
	Booking   string `json:"booking,omitempty"`
	Version   int    `json:"version,omitempty"`
	Interview string `json:"interview"`
	Slot      int    `json:"slot"`
}

// Check wants ids and a slot number.
func (a ChooseArgs) Check() error {
	var f fault.Fields
	f.Require(a.Booking == "" || isUUID(a.Booking), "booking", "not_an_id")
	f.Require(a.Booking == "" || a.Version >= 1, "version", "required")
	f.Require(isUUID(a.Interview), "interview", "not_an_id")
	f.Require(a.Slot >= 0 && a.Slot < hiring.MaxSlots, "slot", "out_of_range")
	return f.Err()
}

// LateArgs: how many minutes late the person expects to be.
type LateArgs struct {
	BookingArgs
	Minutes int `json:"minutes"`
}

// Check wants 5 to 120 minutes.
func (a LateArgs) Check() error {
	if err := a.BookingArgs.Check(); err != nil {
		return err
	}
	var f fault.Fields
	f.Require(a.Minutes >= 5 && a.Minutes <= 120, "minutes", "out_of_range")
	return f.Err()
}

// ScorecardArgs: Scores are 1 to 5 for each of hiring.Criteria; Note is a document with the evidence.
type ScorecardArgs struct {
	Staff          string         `json:"staff"` // whose scorecard; the sender himself
	Scores         map[string]int `json:"scores"`
	Recommendation string         `json:"recommendation"`
	Note           string         `json:"note,omitempty"`
}

// Check wants every criterion scored and a recommendation. The note's text is judged by hiring.CheckNotes, by
// whoever stores it and again by the step.
func (a ScorecardArgs) Check() error {
	var f fault.Fields
	f.Require(isUUID(a.Staff), "staff", "not_an_id")
	for _, c := range hiring.Criteria {
		f.Require(a.Scores[c] >= 1 && a.Scores[c] <= 5, "score_"+c, "required")
	}
	f.Require(len(a.Scores) == len(hiring.Criteria), "scores", "unknown_choice")
	_, known := hiring.Reasons[hiring.Decision(a.Recommendation)]
	f.Require(known, "recommendation", "required")
	f.Require(a.Note == "" || isUUID(a.Note), "note", "not_an_id")
	return f.Err()
}

// DecideArgs: a decision with its reason code; Note is a document.
type DecideArgs struct {
	Decision hiring.Decision `json:"decision"`
	Reason   string          `json:"reason"`
	Note     string          `json:"note,omitempty"`
	NoMail   bool            `json:"no_mail,omitempty"`
}

// Check wants a known decision with one of its reasons.
func (a DecideArgs) Check() error {
	var f fault.Fields
	reasons, known := hiring.Reasons[a.Decision]
	f.Require(known, "decision", "required")
	if known {
		f.Require(slices.Contains(reasons, a.Reason), "reason", "required")
	}
	f.Require(a.Note == "" || isUUID(a.Note), "note", "not_an_id")
	return f.Err()
}

// ScheduleArgs creates a session.
type ScheduleArgs struct {
	Venue     string                `json:"venue"`
	Vacancies []string              `json:"vacancies"`
	Session   hiring.Session        `json:"session"`
	Rules     hiring.CandidateRules `json:"rules"`
}

// Check judges the shape against the session's own start; that it lies ahead is judged by the step.
func (a ScheduleArgs) Check() error {
	var f fault.Fields
	f.Require(isUUID(a.Venue), "venue", "required")
	f.Require(len(a.Vacancies) >= 1 && len(a.Vacancies) <= 20, "vacancies", "required")
	for _, v := range a.Vacancies {
		f.Require(isUUID(v), "vacancies", "not_an_id")
	}
	for _, s := range a.Session.Lanes {
		f.Require(isUUID(s), "lanes", "not_an_id")
	}
	r := a.Rules
	f.Require(r.NoticeHours >= 0 && r.NoticeHours <= 168, "notice_hours", "out_of_range")
	f.Require(r.HorizonDays >= 1 && r.HorizonDays <= 90, "horizon_days", "out_of_range")
	f.Require(r.Moves >= 0 && r.Moves <= 10, "moves", "out_of_range")
	f.Require(r.CutoffHours >= 0 && r.CutoffHours <= 168, "cutoff_hours", "out_of_range")
	if err := a.Session.Check(a.Session.Starts.Add(-time.Second)); err != nil {
		for field, code := range fault.As(err).Fields {
			f.Add(field, code)
		}
	}
	return f.Err()
}

// SeatsArgs sets how many may be invited to each arrival time; Version is the session's.
type SeatsArgs struct {
	Seats   []int `json:"seats"`
	Version int   `json:"version"`
}

// Check wants seats within the bounds of a session.
func (a SeatsArgs) Check() error {
	var f fault.Fields
	f.Require(len(a.Seats) >= 1 && len(a.Seats) <= hiring.MaxSlots, "seats", "out_of_range")
	for _, n := range a.Seats {
		f.Require(n >= 0 && n <= hiring.MaxSeats, "seats", "out_of_range")
	}
	f.Require(a.Version >= 1, "version", "required")
	return f.Err()
}

// InviteArgs names applications in order of rank. Slot, if not nil, puts all of them at that time;
// otherwise they fill the free seats from the earliest on.
type InviteArgs struct {
	Applications []string `json:"applications"`
	Slot         *int     `json:"slot,omitempty"`
}

// Check wants 1 to 500 different applications.
func (a InviteArgs) Check() error {
	var f fault.Fields
	f.Require(len(a.Applications) >= 1, "applications", "required")
	f.Require(len(a.Applications) <= hiring.MaxSeats, "applications", "too_many")
	seen := map[string]bool{}
	for _, id := range a.Applications {
		f.Require(isUUID(id), "applications", "not_an_id")
		f.Require(!seen[id], "applications", "twice")
		seen[id] = true
	}
	f.Require(a.Slot == nil || *a.Slot >= 0 && *a.Slot < hiring.MaxSlots, "slot", "out_of_range")
	return f.Err()
}

// FillArgs: how the session is to be filled, and what the plan is worth to HR.
type FillArgs struct {
	Mode     hiring.Filling      `json:"mode"`
	Settings hiring.PlanSettings `json:"settings"`
}

// Check wants propose or auto and settings within bounds.
func (a FillArgs) Check() error {
	var f fault.Fields
	f.Require(a.Mode == hiring.FillPropose || a.Mode == hiring.FillAuto, "mode", "required")
	if e := fault.As(a.Settings.Check()); e != nil {
		for field, code := range e.Fields {
			f.Add(field, code)
		}
	}
	return f.Err()
}

// ProposalArgs names the plan whose invitations are taken or dismissed.
type ProposalArgs struct {
	Plan string `json:"plan"`
}

// Check wants a UUID.
func (a ProposalArgs) Check() error {
	var f fault.Fields
	f.Require(isUUID(a.Plan), "plan", "not_an_id")
	return f.Err()
}

// OverrideArgs sets how many may be invited to each arrival time, with what HR thinks the plan is worth;
// Version is the session's. Its figures are kept as a plan, to be scored after the day.
type OverrideArgs struct {
	Seats    []int               `json:"seats"`
	Settings hiring.PlanSettings `json:"settings"`
	// Rate is the show probability HR counts with, 0 to 1; nil: the learned one.
	Rate *float64 `json:"rate,omitempty"`
	// Planned says that the seats are the planner's own, taken as they were proposed.
	Planned bool `json:"planned,omitempty"`
	Version int  `json:"version"`
}

// Check wants seats and settings within bounds.
func (a OverrideArgs) Check() error {
	var f fault.Fields
	for _, err := range []error{SeatsArgs{a.Seats, a.Version}.Check(), a.Settings.Check()} {
		if e := fault.As(err); e != nil {
			for field, code := range e.Fields {
				f.Add(field, code)
			}
		}
	}
	total := 0
	for _, n := range a.Seats {
		total += min(max(n, 0), hiring.MaxSeats+1)
	}
	f.Require(total <= hiring.MaxSeats, "seats", "out_of_range")
	f.Require(a.Rate == nil || *a.Rate >= 0 && *a.Rate <= 1, "rate", "out_of_range") // NaN is neither
	return f.Err()
}

// LaneArgs opens a lane for an interviewer.
type LaneArgs struct {
	Staff string `json:"staff"`
}

// Check wants a UUID.
func (a LaneArgs) Check() error { return wantID("staff", a.Staff) }

// LaneIDArgs names a lane.
type LaneIDArgs struct {
	Lane string `json:"lane"`
}

// Check wants a UUID.
func (a LaneIDArgs) Check() error { return wantID("lane", a.Lane) }

// CheckKey says whether text may be a command's key: 1 to 255 printable characters.
func CheckKey(key string) error {
	if key == "" || len(key) > 255 || strings.ContainsFunc(key, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return fault.New(fault.Invalid, "bad_key")
	}
	return nil
}

// wantID is the Check of arguments that are one id.
func wantID(field, id string) error {
	var f fault.Fields
	f.Require(isUUID(id), field, "required")
	return f.Err()
}

func isUUID(s string) bool {
	_, err := uuid.Parse(s)
	return err == nil && len(s) == 36
}
