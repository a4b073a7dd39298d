package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/hiring"
)

// SessionPlan is what the planner said of a session at one moment, and what became of it.
type SessionPlan struct {
	ID        uuid.UUID              `json:"id"`
	Number    int                    `json:"number"`
	Cause     string                 `json:"cause" enum:"fill,reply,shortlist,clock,taken,manual" doc:"Why it was made: filling began, replies came, the shortlist changed, time passed, or somebody took or set the seats by hand."`
	State     string                 `json:"state" enum:"figures,proposed,taken,dismissed,superseded" doc:"proposed: it awaits a yes; figures: it invites nobody."`
	DecidedBy string                 `json:"decided_by"`
	DecidedAt time.Time              `json:"decided_at"`
	SettledBy string                 `json:"settled_by,omitempty"`
	SettledAt *time.Time             `json:"settled_at,omitempty"`
	Wave      *uuid.UUID             `json:"wave,omitempty" doc:"The wave its invitations went out with."`
	Invite    []hiring.PlanCommitted `json:"invite" doc:"Whom it invites: application, probability to come, arrival time's number."`
	Before    hiring.PlanAnswer      `json:"before" doc:"The figures with nobody more."`
	After     hiring.PlanAnswer      `json:"after" doc:"And with these."`
	Quiet     hiring.Quiet           `json:"quiet,omitempty" enum:"shortlist,most,seats,late,limit,enough" doc:"Why it invites nobody: the shortlist is empty, as many as allowed were invited, the seats bind and are taken, it is too late, the limit is reached, or one more would not pay."`
	Seconds   float64                `json:"seconds" doc:"Of computing."`
}

func planOf(p store.Plan) SessionPlan {
	if p.Invite == nil {
		p.Invite = []hiring.PlanCommitted{}
	}
	return SessionPlan{
		ID: p.ID, Number: p.Number, Cause: p.Cause, State: p.State, DecidedBy: p.DecidedBy, DecidedAt: p.DecidedAt,
		SettledBy: p.SettledBy, SettledAt: p.SettledAt, Wave: p.WaveID, Invite: p.Invite, Before: p.Before, After: p.After, Quiet: p.Quiet, Seconds: p.Seconds,
	}
}

// FillCommand begins to fill a session in waves.
type FillCommand struct {
	Mode     hiring.Filling       `json:"mode" enum:"propose,auto" doc:"propose: each plan awaits a yes; auto: its invitations are sent, within the settings."`
	Settings *hiring.PlanSettings `json:"settings,omitempty" doc:"What the plan is worth; left out: the session's, or the usual."`
}

// PlanIDCommand names a proposed plan.
type PlanIDCommand struct {
	Plan string `json:"plan" format:"uuid" maxLength:"36"`
}

// OverrideCommand sets the seats of each arrival time by hand.
type OverrideCommand struct {
	Seats    []int                `json:"seats" minItems:"1" maxItems:"200" doc:"One number for each arrival time; 0 is a break."`
	Settings *hiring.PlanSettings `json:"settings,omitempty" doc:"Left out: the session's, or the usual."`
	Rate     *float64             `json:"rate,omitempty" minimum:"0" maximum:"1" doc:"The show probability to count with; left out: the learned one."`
	Planned  bool                 `json:"planned,omitempty" doc:"The seats are the planner's own: waves may go beyond them. Otherwise no wave invites more to a time than its seats."`
	Version  int                  `json:"version" minimum:"1" doc:"Of the session, as seen."`
}

// ReshapeCommand gives a session other times.
type ReshapeCommand struct {
	Starts      time.Time            `json:"starts"`
	SlotMinutes int                  `json:"slot_minutes" minimum:"5" maximum:"240"`
	Seats       []int                `json:"seats" minItems:"1" maxItems:"64" doc:"One number for each arrival time there is to be; 0 is a break."`
	Settings    *hiring.PlanSettings `json:"settings,omitempty" doc:"Left out: the session's, or the usual."`
	Rate        *float64             `json:"rate,omitempty" minimum:"0" maximum:"1" doc:"The show probability to count with; left out: the learned one."`
	Version     int                  `json:"version" minimum:"1" doc:"Of the session, as seen."`
}

// ForecastCommand sets a person's probability to come.
type ForecastCommand struct {
	Application string   `json:"application" format:"uuid" maxLength:"36"`
	P           *float64 `json:"p" minimum:"0" maximum:"1" doc:"null takes an earlier word back."`
}

// PersonForecast is one person's probability to come to a session.
type PersonForecast struct {
	Application uuid.UUID `json:"application"`
	hiring.RateForecast
}

// settings are those given, else the session's, else the usual.
func (a *API) settings(ctx context.Context, interview uuid.UUID, given *hiring.PlanSettings) (hiring.PlanSettings, error) {
	if given != nil {
		return *given, nil
	}
	i, err := a.Reader.Interview(ctx, interview)
	if err != nil || i.Settings.WaitingWorth > 0 {
		return i.Settings, err
	}
	s := hiring.DefaultPlanSettings()
	s.LimitMinutes = i.WaitMinutes
	return s, nil
}

func (a *API) waves() {
	at := func(id, path, summary, doc string) op {
		return op{id: id, path: "/interviews/{id}/" + path, tag: "Plans", summary: summary, doc: doc, access: auth.Roles(planners...)}
	}
	command(a, at("fill-interview", "fill", "Invite in waves", "The session is planned anew after replies and by the clock until it is full or too late to invite. To set it otherwise, stop it first: 409 already_filling."), workflows.Fill,
		func(ctx context.Context, _ asked, id uuid.UUID, b FillCommand) (workflows.FillArgs, error) {
			s, err := a.settings(ctx, id, b.Settings)
			return workflows.FillArgs{Mode: b.Mode, Settings: s}, err
		})
	bare(a, at("stop-filling", "stop-filling", "Stop inviting in waves", "Who is invited keeps his time."), workflows.StopFilling)
	command(a, at("take-proposal", "take-proposal", "Take a proposed plan", "Its invitations are sent. A newer plan or a faster colleague: 409 proposal_gone."), workflows.TakeProposal,
		func(_ context.Context, _ asked, _ uuid.UUID, b PlanIDCommand) (workflows.ProposalArgs, error) {
			return workflows.ProposalArgs(b), nil
		})
	command(a, at("dismiss-proposal", "dismiss-proposal", "Dismiss a proposed plan", ""), workflows.Dismiss,
		func(_ context.Context, _ asked, _ uuid.UUID, b PlanIDCommand) (workflows.ProposalArgs, error) {
			return workflows.ProposalArgs(b), nil
		})
	command(a, at("override-plan", "override-plan", "Set the seats by hand", "Not below what is taken. The exact figures before and after are kept as a plan of cause manual (planned: taken); id is the plan's. Waves invite no more than these seats, until a call with planned."), workflows.OverridePlan,
		func(ctx context.Context, _ asked, id uuid.UUID, b OverrideCommand) (workflows.OverrideArgs, error) {
			s, err := a.settings(ctx, id, b.Settings)
			return workflows.OverrideArgs{Seats: b.Seats, Settings: s, Rate: b.Rate, Planned: b.Planned, Version: b.Version}, err
		})
	command(a, at("reshape-interview", "reshape", "Give a session other times", "Times are added or taken off at the end, never one that somebody holds (slot_held) or that has begun (slot_past). "+
		"Another start or length only while nobody holds a time (times_promised). The interviewers' hours follow; interviewer_busy if one is elsewhere then. The figures before and after are kept as a plan of cause manual; id is the plan's."), workflows.Reshape,
		func(ctx context.Context, _ asked, id uuid.UUID, b ReshapeCommand) (workflows.ReshapeArgs, error) {
			s, err := a.settings(ctx, id, b.Settings)
			return workflows.ReshapeArgs{
				OverrideArgs: workflows.OverrideArgs{Seats: b.Seats, Settings: s, Rate: b.Rate, Version: b.Version},
				Starts:       b.Starts.UTC(), SlotMinutes: b.SlotMinutes,
			}, err
		})
	register(a, op{
		id: "list-interview-plans", method: http.MethodGet, path: "/interviews/{id}/plans", tag: "Plans", summary: "List a session's plans",
		doc: "The newest first.", access: auth.Roles(hirers...),
	}, func(ctx context.Context, in *struct {
		IDInput
		Limit int `query:"limit" minimum:"1" maximum:"200" default:"50"`
	},
	) (*listOutput[SessionPlan], error) {
		if _, err := a.session(ctx, in.uuid()); err != nil {
			return nil, err
		}
		rows, err := a.Reader.Plans(ctx, in.uuid(), in.Limit)
		if err != nil {
			return nil, err
		}
		return listOf(rows, "", planOf), nil
	})
	a.forecasts()
}

func (a *API) forecasts() {
	register(a, op{
		id: "list-interview-forecasts", method: http.MethodGet, path: "/interviews/{id}/forecasts", tag: "Plans", summary: "List how likely each person with a time is to come",
		doc: "With the reasons, in order. Who is invited or not yet told counts with both his yes and his coming.", access: auth.Roles(hirers...),
	}, func(ctx context.Context, in *IDInput) (*listOutput[PersonForecast], error) {
		now, err := a.business(ctx)
		if err != nil {
			return nil, err
		}
		committed, err := a.Reader.CommittedTo(ctx, in.uuid())
		if err != nil {
			return nil, err
		}
		var ids []uuid.UUID
		for _, one := range committed {
			ids = append(ids, one.ApplicationID)
		}
		found, _, err := a.Reader.Forecasts(ctx, in.uuid(), now, ids)
		if err != nil {
			return nil, err
		}
		return listOf(slices.Compact(ids), "", func(id uuid.UUID) PersonForecast { return PersonForecast{id, found[id]} }), nil
	})
	register(a, op{
		id: "override-forecast", method: http.MethodPost, path: "/interviews/{id}/forecasts", tag: "Plans", summary: "Set how likely a person is to come",
		doc: "Kept beside the model's own forecast; both are scored after the day.", access: auth.Roles(planners...),
	}, func(ctx context.Context, in *commandInput[ForecastCommand]) (*one[store.Forecast], error) {
		act, err := a.act(ctx, auth.From(ctx), in.KeyInput)
		if err != nil {
			return nil, err
		}
		f, err := a.Catalog.OverrideForecast(ctx, act, in.uuid(), parseID(in.Body.Application), in.Body.P)
		if err != nil {
			return nil, err
		}
		a.Commands.Nudge(ctx, "interview/"+in.ID) // a session that is being filled plans with it at once
		return &one[store.Forecast]{f}, nil
	})
}
