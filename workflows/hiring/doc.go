// Package hiring holds the pure rules of hiring: what an application and a session may become, who is
// awaited and until when, how seats are given, how many to invite, how likely a person is to come.
//
// Nothing here reads a clock, a database or a history; every function answers from its arguments. The
// same rule is asked twice: by the process for a quick refusal, and by the activity under the row's
// lock, whose answer is the truth. Files:
//
//	state.go       states of applications and bookings
//	policy.go      the numbers people want to change, with defaults from the handbook
//	clock.go       business time
//	plan.go        facts of a process and Next(now): what to do, or until when to wait
//	application.go may this be done to this application or booking now
//	candidate.go   what a candidate may do by himself
//	promise.go     until when a person whom we did not meet may choose a time that comes first
//	invitation.go  when an invitation runs out, that may not have been sent
//	elsewhere.go   times that one person cannot have together
//	scorecard.go   what must be written beside scores
//	interview.go   sessions: shape, slots, who is seated where
//	planner*.go    the optimal plan of invitations
//	showrate*.go   how likely people are to come
//	funnel*.go     what is still needed for the headcount, and for the seats of the sessions to come
package hiring
