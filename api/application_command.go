package api

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/staff"
)

// BookingCommand names a booking in the version that was seen.
type BookingCommand struct {
	Booking string `json:"booking" format:"uuid" maxLength:"36"`
	Version int    `json:"version" minimum:"1" doc:"As seen; an older one is refused as stale_form."`
}

func (b BookingCommand) args() workflows.BookingArgs {
	return workflows.BookingArgs{Booking: b.Booking, Version: b.Version}
}

// LateCommand notes that somebody will be late.
type LateCommand struct {
	Booking string `json:"booking" format:"uuid" maxLength:"36"`
	Version int    `json:"version" minimum:"1"`
	Minutes int    `json:"minutes" minimum:"5" maximum:"120"`
}

// ShortlistCommand puts on the shortlist, or changes the rank there.
type ShortlistCommand struct {
	Rank *int `json:"rank,omitempty" minimum:"1" maximum:"100000" doc:"HR's order, smaller is earlier; left out, the time of the response decides."`
}

// ChooseCommand books a time.
type ChooseCommand struct {
	Booking   string `json:"booking,omitempty" format:"uuid" maxLength:"36" doc:"The booking to move; left out: a new one after a missed or cancelled time."`
	Version   int    `json:"version,omitempty" minimum:"1" doc:"Of that booking."`
	Interview string `json:"interview" format:"uuid" maxLength:"36"`
	Slot      int    `json:"slot" minimum:"0" maximum:"199"`
	First     bool   `json:"first,omitempty" doc:"Only as a time that comes first, which was promised to who was not met; where it cannot be given as such now: 409 no_longer_first, nothing changed. Left out: it comes first if that is promised and can be."`
}

// ScorecardCommand files the asker's own scorecard.
type ScorecardCommand struct {
	Scores         map[string]int    `json:"scores" doc:"motivation, competence and adequacy, 1 to 5 each." example:"{\"motivation\":4,\"competence\":3,\"adequacy\":5}"`
	Recommendation string            `json:"recommendation" enum:"hire,reserve,reject"`
	Notes          map[string]string `json:"notes,omitempty" doc:"Evidence by criterion, and summary, 2000 characters each. A score of 1 or 5 needs evidence, and one score at least." example:"{\"adequacy\":\"Answered to the point.\"}"`
}

// DecideCommand decides.
type DecideCommand struct {
	Decision string `json:"decision" enum:"hire,reserve,reject"`
	Reason   string `json:"reason" maxLength:"50" doc:"A code: for hire fits, best_of_session, urgent_need; for reserve next_vacancy, needs_experience, headcount_filled; for reject requirements_not_met, motivation, competence, adequacy, pay_expectation, headcount_filled, duplicate, other."`
	Note     string `json:"note,omitempty" maxLength:"10000" doc:"For colleagues; the candidate does not get it."`
	NoMail   bool   `json:"no_mail,omitempty" doc:"The candidate is not told by mail."`
}

func (a *API) applicationCommands() {
	at := func(id, path, summary, doc string, roles ...staff.Role) op {
		return op{id: id, path: "/applications/{id}/" + path, tag: "Applications", summary: summary, doc: doc, access: auth.Roles(roles...)}
	}
	command(a, at("shortlist-application", "shortlist", "Put on the shortlist", "Again with another rank changes the order.", planners...), workflows.Shortlist,
		func(_ context.Context, _ asked, _ uuid.UUID, b ShortlistCommand) (workflows.ShortlistArgs, error) {
			return workflows.ShortlistArgs(b), nil
		})
	bare(a, at("unshortlist-application", "unshortlist", "Take off the shortlist", "", planners...), workflows.Unshortlist)
	booking := func(o op, c workflows.Command[workflows.BookingArgs, hiring.ApplicationFacts]) {
		command(a, o, c, func(_ context.Context, _ asked, _ uuid.UUID, b BookingCommand) (workflows.BookingArgs, error) {
			return b.args(), nil
		})
	}
	booking(at("confirm-booking", "confirm", "Confirm an invitation for the candidate", "As he said on the telephone; other invitations of the application are withdrawn, and those of his other applications whose hours overlap or that are for the same vacancy. 409 time_overlaps or vacancy_booked: he said yes to another time that cannot go with it; replaced: he has taken another instead.", reception...), workflows.Confirm)
	booking(at("cancel-booking", "cancel", "Decline an invitation or cancel a time for the candidate", "", reception...), workflows.Cancel)
	command(a, at("choose-time", "choose", "Book a time for the candidate", "Moves a booking, or books anew; other invitations end as by confirm. 409 seat_taken carries alternatives; time_overlaps, vacancy_booked, replaced as by confirm.", reception...), workflows.Choose,
		func(_ context.Context, _ asked, _ uuid.UUID, b ChooseCommand) (workflows.ChooseArgs, error) {
			return workflows.ChooseArgs(b), nil
		})
	command(a, at("note-late", "late", "Note that the candidate will be late", "", reception...), workflows.Late,
		func(_ context.Context, _ asked, _ uuid.UUID, b LateCommand) (workflows.LateArgs, error) {
			return workflows.LateArgs{BookingArgs: workflows.BookingArgs{Booking: b.Booking, Version: b.Version}, Minutes: b.Minutes}, nil
		})
	bare(a, at("withdraw-application", "withdraw", "Withdraw the application for the candidate", "", planners...), workflows.Withdraw)
	bare(a, at("rejoin-application", "rejoin", "Take back for the candidate that he withdrew, or asked to be erased", "", planners...), workflows.Rejoin)
	bare(a, at("erase-application", "erase", "Erase the candidate's data on his wish", "Done after a while for second thoughts (policy erase_minutes); numbers stay.", planners...), workflows.Erase)
	booking(at("check-in", "check-in", "Check in", "Also takes a no-show back.", reception...), workflows.CheckIn)
	booking(at("undo-check-in", "undo-check-in", "Undo a check-in", "", reception...), workflows.UndoCheckIn)
	booking(at("mark-no-show", "no-show", "Mark a no-show", "", reception...), workflows.MarkNoShow)
	booking(at("mark-left", "left", "Note that the person left without an interview", "", reception...), workflows.MarkLeft)
	booking(at("undo-left", "undo-left", "Note that the person is here after all", "While the session goes on and he has no other time; the mail that offers one is taken back if it has not gone.", reception...), workflows.UndoLeft)
	booking(at("withdraw-booking", "withdraw-booking", "Take an invitation or a time back", "The person is told, and his rate is not lowered.", planners...), workflows.WithdrawByUs)
	command(a, at("file-scorecard", "scorecard", "File one's own scorecard", "One an interviewer; filing it ends the interview.",
		staff.Admin, staff.HR, staff.HeadOfSales, staff.Director, staff.Interviewer), workflows.FileScorecard, a.scorecardArgs)
	command(a, at("decide-application", "decide", "Decide", "The mail waits a few minutes for second thoughts. Hiring needs an interview with a scorecard.", deciders...), workflows.Decide,
		func(ctx context.Context, who asked, id uuid.UUID, b DecideCommand) (workflows.DecideArgs, error) {
			args := workflows.DecideArgs{Decision: hiring.Decision(b.Decision), Reason: b.Reason, NoMail: b.NoMail}
			if err := args.Check(); err != nil {
				return args, err
			}
			if _, err := a.Reader.Application(ctx, id); err != nil {
				return args, err
			}
			var err error
			args.Note, err = a.document(ctx, who, "note", "text/plain; charset=utf-8", []byte(trimmed(b.Note)))
			return args, err
		})
	bare(a, at("undo-decision", "undo-decision", "Take a decision back", "A mail that has not gone out does not go; else the candidate is told it was a mistake.", deciders...), workflows.UndoDecision)
}

// scorecardArgs judges a scorecard and stores its notes.
func (a *API) scorecardArgs(ctx context.Context, who asked, id uuid.UUID, b ScorecardCommand) (workflows.ScorecardArgs, error) {
	args := workflows.ScorecardArgs{Staff: who.StaffID.String(), Scores: b.Scores, Recommendation: b.Recommendation}
	if err := args.Check(); err != nil {
		return args, err
	}
	if _, err := a.mayRead(ctx, id); err != nil {
		return args, err
	}
	notes := map[string]string{}
	for name, text := range b.Notes {
		if text = trimmed(text); text != "" {
			notes[name] = text
		}
	}
	if err := hiring.CheckNotes("notes.", b.Scores, notes); err != nil {
		return args, err
	}
	raw, err := json.Marshal(notes)
	if err != nil {
		return args, err
	}
	args.Note, err = a.document(ctx, who, "scorecard", "application/json", raw)
	return args, err
}

// FreeTime is a time somebody may choose.
type FreeTime struct {
	Interview uuid.UUID `json:"interview"`
	Slot      int       `json:"slot"`
	StartsAt  time.Time `json:"starts_at"`
	Zone      string    `json:"zone"`
	Venue     string    `json:"venue"`
	Free      int       `json:"free" doc:"Seats; they may be gone when one is chosen."`
}

func freeTimeOf(t store.FreeTime) FreeTime {
	return FreeTime{t.InterviewID, t.Slot, t.StartsAt, t.Zone, t.VenueName, t.Free}
}

// withAlternatives puts free times beside seat_taken.
func (a *API) withAlternatives(ctx context.Context, err error, application uuid.UUID) error {
	if fault.CodeOf(err) != "seat_taken" {
		return err
	}
	app, lookup := a.Reader.Application(ctx, application)
	if lookup != nil {
		return err
	}
	now, lookup := a.business(ctx)
	if lookup != nil {
		return err
	}
	rows, lookup := a.Reader.FreeTimes(ctx, app.VacancyID, now, 10, false)
	if lookup != nil {
		return err
	}
	return alternatives{err, listOf(rows, "", freeTimeOf).Body.Items}
}
