package api

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/staff"
)

// ScheduleCommand makes a session. Bounds between fields are judged by the rules.
type ScheduleCommand struct {
	ID          string                 `json:"id,omitempty" format:"uuid" maxLength:"36" doc:"Of the new session, chosen by the caller; left out: made from the Idempotency-Key."`
	Venue       string                 `json:"venue" format:"uuid" maxLength:"36"`
	Vacancies   []string               `json:"vacancies" minItems:"1" maxItems:"20"`
	Starts      time.Time              `json:"starts"`
	SlotMinutes int                    `json:"slot_minutes" minimum:"5" maximum:"240" example:"30"`
	Seats       []int                  `json:"seats" minItems:"1" maxItems:"200" doc:"How many may be invited to each arrival time, from the start on; 0 is a break." example:"[6,4,4,4,3,4,4,2]"`
	Lanes       []string               `json:"lanes" minItems:"1" maxItems:"50" doc:"Ids of the interviewers."`
	OwnSeats    bool                   `json:"own_seats,omitempty" doc:"The seats bind: no wave invites more to a time. Left out: they are a first guess."`
	Room        int                    `json:"room" minimum:"1" maximum:"1000"`
	WaitMinutes int                    `json:"wait_minutes,omitempty" minimum:"5" maximum:"480" default:"60" doc:"The longest wait the invitation names."`
	Rules       *hiring.CandidateRules `json:"rules,omitempty" doc:"What candidates may do by themselves; left out: the usual."`
}

// SeatsCommand sets how many may be invited to each arrival time.
type SeatsCommand struct {
	Seats   []int `json:"seats" minItems:"1" maxItems:"200"`
	Version int   `json:"version" minimum:"1" doc:"Of the session, as seen."`
}

// InviteCommand invites a wave.
type InviteCommand struct {
	Applications []string `json:"applications" minItems:"1" maxItems:"500" doc:"In order of rank. Who cannot be invited is left out; count in the answer says how many were."`
	Slot         *int     `json:"slot,omitempty" minimum:"0" maximum:"199" doc:"All to this time; left out: the free seats from the earliest on."`
}

// LaneCommand opens a lane.
type LaneCommand struct {
	Staff string `json:"staff" format:"uuid" maxLength:"36"`
}

// LaneIDCommand names a lane.
type LaneIDCommand struct {
	Lane string `json:"lane" format:"uuid" maxLength:"36"`
}

// sessionSpace makes a session's id from actor and key, so that a command sent twice is about one session.
var sessionSpace = uuid.MustParse("0b2c4f2e-7d3b-4a55-9f0e-2f6f7f0f3a61")

func (a *API) interviewCommands() {
	register(a, op{
		id: "schedule-interview", method: http.MethodPost, path: "/interviews", tag: "Interviews", summary: "Schedule a session",
		doc: "The answer's id is the session's.", access: auth.Roles(planners...), status: http.StatusCreated, errors: []int{http.StatusAccepted},
	}, func(ctx context.Context, in *struct {
		KeyInput
		Body ScheduleCommand
	},
	) (*one[Answer], error) {
		b := in.Body
		by, err := in.by(auth.From(ctx))
		if err != nil {
			return nil, err
		}
		if b.ID == "" {
			b.ID = uuid.NewSHA1(sessionSpace, []byte(by.Actor+"\x00"+by.Key)).String()
		}
		args := workflows.ScheduleArgs{
			Venue: b.Venue, Vacancies: b.Vacancies, Rules: hiring.DefaultCandidateRules(), OwnSeats: b.OwnSeats,
			Session: hiring.Session{Starts: b.Starts.UTC(), SlotMinutes: b.SlotMinutes, Seats: b.Seats, Lanes: b.Lanes, Room: b.Room, WaitMinutes: b.WaitMinutes},
		}
		if b.Rules != nil {
			args.Rules = *b.Rules
		}
		answer, err := workflows.Do(ctx, a.Commands, workflows.Schedule, parseID(b.ID).String(), by, args)
		if err != nil {
			return nil, err
		}
		return answerOf(answer), nil
	})
	at := func(id, path, summary, doc string, roles ...staff.Role) op {
		return op{id: id, path: "/interviews/{id}/" + path, tag: "Interviews", summary: summary, doc: doc, access: auth.Roles(roles...)}
	}
	command(a, at("change-seats", "seats", "Change how many may be invited to each time", "Not below what is taken.", planners...), workflows.ChangeSeats,
		func(_ context.Context, _ asked, _ uuid.UUID, b SeatsCommand) (workflows.SeatsArgs, error) {
			return workflows.SeatsArgs(b), nil
		})
	command(a, at("invite", "invite", "Invite a wave of candidates", "Each gets a seat, an arrival time and a mail with the time to answer by. Whoever cannot be invited any more is named in left. 409 busy_elsewhere: seats are free only at hours when everybody named has said yes to another session.", planners...), workflows.Invite,
		func(_ context.Context, _ asked, _ uuid.UUID, b InviteCommand) (workflows.InviteArgs, error) {
			return workflows.InviteArgs(b), nil
		})
	bare(a, at("close-interview", "close", "Close a session", "When its last time has come, and nobody is expected or with an interviewer any more; by itself it closes three hours after its end. Who still waits is told that we are sorry, and offered a time that comes first.", planners...), workflows.CloseSession)
	bare(a, at("cancel-interview", "cancel", "Call a session off", "Everybody with a place is told.", planners...), workflows.CancelSession)
}
