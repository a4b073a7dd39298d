package workflows

import (
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

// Commands of the day on a session. Calls are written by Interview alone, under the session's lock, so
// two screens never call one person.
const (
	CallNext        Command[LaneIDArgs, onInterview] = "interview.call_next"
	Call            Command[CallArgs, onInterview]   = "interview.call" // a person out of turn
	StartInterview  Command[CallIDArgs, onInterview] = "interview.start_call"
	FinishInterview Command[CallIDArgs, onInterview] = "interview.finish_call"
	ReturnToQueue   Command[CallIDArgs, onInterview] = "interview.return_call"
	PauseLane       Command[LaneIDArgs, onInterview] = "interview.pause_lane"
	ResumeLane      Command[LaneIDArgs, onInterview] = "interview.resume_lane"
	MarkAbsent      Command[None, onInterview]       = "interview.absent" // no interviewer came
)

// Commands of the day on an application.
const (
	WalkIn Command[WalkInArgs, onApplication] = "application.walk_in"
	Rebook Command[RebookArgs, onApplication] = "application.rebook" // by staff, a place that comes first
)

// CallArgs calls one person to a lane.
type CallArgs struct {
	Booking string `json:"booking"`
	Lane    string `json:"lane"`
}

// Check wants ids.
func (a CallArgs) Check() error {
	var f fault.Fields
	f.Require(isUUID(a.Booking), "booking", "not_an_id")
	f.Require(isUUID(a.Lane), "lane", "required")
	return f.Err()
}

// CallIDArgs names a call.
type CallIDArgs struct {
	Call string `json:"call"`
}

// Check wants a UUID.
func (a CallIDArgs) Check() error {
	var f fault.Fields
	f.Require(isUUID(a.Call), "call", "not_an_id")
	return f.Err()
}

// WalkInArgs: the session the person came to without an invitation.
type WalkInArgs struct {
	Interview string `json:"interview"`
}

// Check wants a UUID.
func (a WalkInArgs) Check() error {
	var f fault.Fields
	f.Require(isUUID(a.Interview), "interview", "not_an_id")
	return f.Err()
}

// RebookArgs: the time that staff give the person.
type RebookArgs struct {
	Interview string `json:"interview"`
	Slot      int    `json:"slot"`
}

// Check wants an id and a slot number.
func (a RebookArgs) Check() error {
	var f fault.Fields
	f.Require(isUUID(a.Interview), "interview", "not_an_id")
	f.Require(a.Slot >= 0 && a.Slot < hiring.MaxSlots, "slot", "out_of_range")
	return f.Err()
}
