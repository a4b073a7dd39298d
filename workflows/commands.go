package workflows

import (
	"slices"
	"strings"
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
	UndoLeft      Command[BookingArgs, onApplication]   = "application.undo_left"
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
	CloseSession  Command[None, onInterview]         = "interview.close"
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

// ChooseArgs: the time wanted. With a Booking it is moved (Version as seen), without one it is booked anew. With First it
// is wanted only as the time that comes first, as it was shown: else the promise would be spent on a place like everybody's.
type ChooseArgs struct {
	Booking   string `json:"booking,omitempty"`
	Version   int    `json:"version,omitempty"`
	Interview string `json:"interview"`
	Slot      int    `json:"slot"`
	First     bool   `json:"first,omitempty"`
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
