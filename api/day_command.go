package api

import (
	"context"

	"github.com/google/uuid"

	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/staff"
)

// CallCommand calls one person out of turn.
type CallCommand struct {
	Booking string `json:"booking" format:"uuid" maxLength:"36"`
	Lane    string `json:"lane" format:"uuid" maxLength:"36"`
}

// CallIDCommand names a call.
type CallIDCommand struct {
	Call string `json:"call" format:"uuid" maxLength:"36"`
}

// WalkInCommand names the session that somebody came to unasked.
type WalkInCommand struct {
	Interview string `json:"interview" format:"uuid" maxLength:"36"`
}

// RebookCommand gives somebody another time that comes first.
type RebookCommand struct {
	Interview string `json:"interview" format:"uuid" maxLength:"36"`
	Slot      int    `json:"slot" minimum:"0" maximum:"199"`
}

func (a *API) dayCommands() {
	at := func(id, path, summary, doc string, roles ...staff.Role) op {
		return op{id: id, path: path, tag: "The day", summary: summary, doc: doc, access: auth.Roles(roles...)}
	}
	own := "An interviewer for his own lane."
	lane := func(id, path, summary string, c workflows.Command[workflows.LaneIDArgs, hiring.InterviewFacts]) {
		command(a, at(id, "/interviews/{id}/"+path, summary, own, atLanes...), c,
			func(ctx context.Context, who asked, interview uuid.UUID, b LaneIDCommand) (workflows.LaneIDArgs, error) {
				return workflows.LaneIDArgs(b), a.ownLane(ctx, who, interview, b.Lane)
			})
	}
	command(a, at("add-lane", "/interviews/{id}/lanes", "Open a lane for an interviewer", "On the day from now on, again for one whose lane was closed too. 409 lane_open_already: the interviewer has an open one here. 409 lane_too_early: reception does so from an hour before the start, HR at any time.", reception...), workflows.AddLane,
		func(ctx context.Context, who asked, interview uuid.UUID, b LaneCommand) (workflows.LaneArgs, error) {
			return workflows.LaneArgs(b), a.laneOnDay(ctx, who, interview)
		})
	lane("close-lane", "close-lane", "Close a lane", workflows.CloseLane)
	lane("call-next", "call-next", "Call whoever is next to a lane", workflows.CallNext)
	lane("pause-lane", "pause-lane", "Let a lane pause", workflows.PauseLane)
	lane("resume-lane", "resume-lane", "Let a lane go on", workflows.ResumeLane)
	command(a, at("call", "/interviews/{id}/call", "Call a person out of turn", own, atLanes...), workflows.Call,
		func(ctx context.Context, who asked, interview uuid.UUID, b CallCommand) (workflows.CallArgs, error) {
			return workflows.CallArgs(b), a.ownLane(ctx, who, interview, b.Lane)
		})
	call := func(id, path, summary string, c workflows.Command[workflows.CallIDArgs, hiring.InterviewFacts]) {
		command(a, at(id, "/interviews/{id}/"+path, summary, own, atLanes...), c,
			func(ctx context.Context, who asked, interview uuid.UUID, b CallIDCommand) (workflows.CallIDArgs, error) {
				one, err := a.Reader.Call(ctx, interview, parseID(b.Call))
				if err != nil {
					return workflows.CallIDArgs{}, err
				}
				return workflows.CallIDArgs(b), a.ownLane(ctx, who, interview, one.LaneID.String())
			})
	}
	call("start-call", "start-call", "Note that an interview has begun", workflows.StartInterview)
	call("finish-call", "finish-call", "Note that an interview is over", workflows.FinishInterview)
	call("return-call", "return-call", "Put who was called back into the queue", workflows.ReturnToQueue)
	bare(a, at("mark-absent", "/interviews/{id}/absent", "Note that no interviewer came", "Everybody who is here is told and offered another time.", reception...), workflows.MarkAbsent)
	command(a, at("walk-in", "/applications/{id}/walk-in", "Take in somebody who came unasked", "Behind those who were promised a time.", reception...), workflows.WalkIn,
		func(_ context.Context, _ asked, _ uuid.UUID, b WalkInCommand) (workflows.WalkInArgs, error) {
			return workflows.WalkInArgs(b), nil
		})
	command(a, at("rebook", "/applications/{id}/rebook", "Give somebody another time that comes first", "Never overbooked: fewer promised places than lanes. Other invitations end as by confirm; 409 time_overlaps or vacancy_booked as there.", reception...), workflows.Rebook,
		func(_ context.Context, _ asked, _ uuid.UUID, b RebookCommand) (workflows.RebookArgs, error) {
			return workflows.RebookArgs(b), nil
		})
}

// laneOnDay lets HR open a lane at any time, reception on the day. Fault not_found, conflict lane_too_early.
func (a *API) laneOnDay(ctx context.Context, who asked, interview uuid.UUID) error {
	if who.Has(planners...) {
		return nil
	}
	s, err := a.Reader.InterviewRow(ctx, interview)
	if err != nil {
		return err
	}
	now, err := a.business(ctx)
	if err != nil {
		return err
	}
	return hiring.CheckLaneOnDay(s.StartsAt, now)
}

// ownLane lets reception run any lane of the session, an interviewer his own. Fault not_found.
func (a *API) ownLane(ctx context.Context, who asked, interview uuid.UUID, lane string) error {
	if who.Has(reception...) {
		return nil
	}
	l, err := a.Reader.Lane(ctx, interview, parseID(lane))
	if err == nil && l.StaffID != who.StaffID {
		err = fault.Missing("lane")
	}
	return err
}
