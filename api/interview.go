package api

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/staff"
)

// Interview is a session of interviews.
type Interview struct {
	ID          uuid.UUID             `json:"id"`
	Kind        string                `json:"kind" enum:"streaming,group"`
	State       hiring.SessionState   `json:"state" enum:"open,running,closed,cancelled"`
	Title       string                `json:"title,omitempty"`
	Venue       InterviewVenue        `json:"venue"`
	Vacancies   []InterviewVacancy    `json:"vacancies"`
	StartsAt    time.Time             `json:"starts_at"`
	EndsAt      time.Time             `json:"ends_at"`
	Zone        string                `json:"zone"`
	SlotMinutes int                   `json:"slot_minutes"`
	Room        int                   `json:"room" doc:"How many the waiting room holds."`
	WaitMinutes int                   `json:"wait_minutes" doc:"The longest wait the invitation names."`
	Rules       hiring.CandidateRules `json:"rules"`
	Lanes       []Lane                `json:"lanes"`
	Slots       int                   `json:"slots"`
	Seats       int                   `json:"seats"`
	Taken       int                   `json:"taken"`
	OwnSeats    bool                  `json:"own_seats" doc:"The seats were set by hand: no wave invites more to a time than its seats. Otherwise they are a first guess."`
	Offers      int                   `json:"offers" doc:"Invitations decided and not yet sent."`
	Invited     int                   `json:"invited" doc:"People who ever had a place here, without those who moved away, whose invitation we withdrew, and who came unasked."`
	Confirmed   int                   `json:"confirmed" doc:"Who of those invited said yes and did not call it off."`
	CalledOff   int                   `json:"called_off" doc:"Who said yes and called it off, in time or late."`
	Came        int                   `json:"came" doc:"Who turned up, walk-ins too."`
	WalkIns     int                   `json:"walk_ins" doc:"Who of those came unasked."`
	Interviewed int                   `json:"interviewed" doc:"Who of those who came was interviewed."`
	NoShow      int                   `json:"no_show" doc:"Who did not come."`
	Expected    int                   `json:"expected" doc:"Now: places and offers of people who may still come."`
	Arrived     int                   `json:"arrived" doc:"Now: who is here, waiting or in an interview."`
	Version     int                   `json:"version"`
}

// InterviewVenue is where it takes place.
type InterviewVenue struct {
	ID      uuid.UUID `json:"id"`
	Name    string    `json:"name"`
	City    string    `json:"city"`
	Address string    `json:"address"`
}

// InterviewVacancy is what it is for.
type InterviewVacancy struct {
	ID    uuid.UUID `json:"id"`
	Title string    `json:"title"`
	City  string    `json:"city"`
}

// Lane is an interviewer's time in a session.
type Lane struct {
	ID       uuid.UUID  `json:"id"`
	Number   int        `json:"number"`
	Staff    Named      `json:"staff"`
	ClosedAt *time.Time `json:"closed_at,omitempty"`
}

func interviewOf(r store.InterviewRow) Interview {
	i := Interview{
		ID: r.ID, Kind: r.Kind, State: r.State, Title: r.Title, StartsAt: r.StartsAt, EndsAt: r.EndsAt, Zone: r.Zone,
		Venue:       InterviewVenue{ID: r.VenueID, Name: r.VenueName, City: r.VenueCity, Address: r.VenueAddress},
		SlotMinutes: r.SlotMinutes, Room: r.Room, WaitMinutes: r.WaitMinutes, Rules: r.Rules, Slots: r.Slots, Seats: r.Seats, Taken: r.Taken, OwnSeats: r.OwnSeats,
		Offers: r.Offers, Invited: r.Invited, Confirmed: r.Confirmed, CalledOff: r.CalledOff, Came: r.Came, WalkIns: r.WalkIns, Interviewed: r.Interviewed, NoShow: r.NoShow,
		Expected: r.Expected, Arrived: r.Arrived,
		Version: r.Version, Vacancies: []InterviewVacancy{}, Lanes: []Lane{},
	}
	for _, v := range r.Vacancies {
		i.Vacancies = append(i.Vacancies, InterviewVacancy(v))
	}
	for _, l := range r.Lanes {
		i.Lanes = append(i.Lanes, Lane{ID: l.ID, Number: l.Number, Staff: Named{l.StaffID, l.StaffName}, ClosedAt: l.ClosedAt})
	}
	return i
}

// Slot is an arrival time.
type Slot struct {
	Number   int       `json:"number"`
	StartsAt time.Time `json:"starts_at"`
	Seats    int       `json:"seats" doc:"How many may be invited to this time."`
	Taken    int       `json:"taken"`
}

// Place is one person's place in a session.
type Place struct {
	Application uuid.UUID    `json:"application"`
	Booking     *Booking     `json:"booking,omitempty" doc:"Absent while the invitation is decided and not yet sent."`
	Slot        int          `json:"slot"`
	StartsAt    time.Time    `json:"starts_at"`
	Name        string       `json:"name"`
	Phone       string       `json:"phone,omitempty" doc:"Not for interviewers."`
	Vacancy     Named        `json:"vacancy"`
	State       hiring.State `json:"state" doc:"Of the application."`
	Scorecards  int          `json:"scorecards"`
}

type interviewsInput struct {
	PageInput
	Vacancy string    `query:"vacancy" format:"uuid"`
	Venue   string    `query:"venue" format:"uuid"`
	Staff   string    `query:"staff" format:"uuid" doc:"With a lane of this interviewer, not closed before it began."`
	State   []string  `query:"state" enum:"open,running,closed,cancelled" maxItems:"4"`
	From    time.Time `query:"from" doc:"Sessions that end after it."`
	To      time.Time `query:"to" doc:"Sessions that start before it."`
	Order   string    `query:"order" enum:"latest,earliest" default:"latest"`
}

func (a *API) interviews() {
	register(a, op{
		id: "list-interviews", method: http.MethodGet, path: "/interviews", tag: "Interviews", summary: "List sessions",
		doc: "An interviewer gets his own.", access: auth.Roles(onTheDay...),
	}, func(ctx context.Context, in *interviewsInput) (*listOutput[Interview], error) {
		f := store.InterviewFilter{
			Vacancy: parseID(in.Vacancy), Venue: parseID(in.Venue), Staff: parseID(in.Staff), From: in.From, To: in.To, Earliest: in.Order == "earliest",
		}
		for _, s := range in.State {
			f.States = append(f.States, hiring.SessionState(s))
		}
		if p := auth.From(ctx); !p.Has(hirers...) && !p.Has(reception...) {
			f.Staff = p.StaffID
		}
		rows, next, err := a.Reader.Interviews(ctx, f, in.page())
		if err != nil {
			return nil, err
		}
		return listOf(rows, next, interviewOf), nil
	})
	get := func(id, path, summary string) op {
		return op{id: id, method: http.MethodGet, path: "/interviews/{id}" + path, tag: "Interviews", summary: summary, doc: "An interviewer gets his own.", access: auth.Roles(onTheDay...)}
	}
	register(a, get("get-interview", "", "Get a session"), func(ctx context.Context, in *IDInput) (*one[Interview], error) {
		row, err := a.session(ctx, in.uuid())
		if err != nil {
			return nil, err
		}
		return &one[Interview]{interviewOf(row)}, nil
	})
	register(a, get("list-interview-slots", "/slots", "List a session's arrival times"), func(ctx context.Context, in *IDInput) (*listOutput[Slot], error) {
		if _, err := a.session(ctx, in.uuid()); err != nil {
			return nil, err
		}
		rows, err := a.Reader.Slots(ctx, in.uuid())
		if err != nil {
			return nil, err
		}
		return listOf(rows, "", func(s store.Slot) Slot { return Slot{s.Number, s.StartsAt, s.Seats, s.Taken} }), nil
	})
	register(a, get("list-interview-places", "/places", "List everybody with a place in a session"), func(ctx context.Context, in *IDInput) (*listOutput[Place], error) {
		if _, err := a.session(ctx, in.uuid()); err != nil {
			return nil, err
		}
		rows, err := a.Reader.SessionPlaces(ctx, in.uuid())
		if err != nil {
			return nil, err
		}
		p := auth.From(ctx)
		contact := p.Has(hirers...) || p.Has(reception...)
		return listOf(rows, "", func(r store.SessionPlace) Place {
			place := Place{
				Application: r.ApplicationID, Slot: r.Slot, StartsAt: r.StartsAt, Name: r.Name, Phone: r.Phone,
				Vacancy: Named{r.VacancyID, r.VacancyTitle}, State: r.ApplicationState, Scorecards: len(r.Scorers),
			}
			if r.State != "" {
				b := bookingOf(r.Booking)
				place.Booking = &b
			}
			if !contact {
				place.Phone = ""
			}
			return place
		}), nil
	})
	register(a, op{
		id: "list-free-times", method: http.MethodGet, path: "/free-times", tag: "Interviews", summary: "List times a vacancy's candidates may choose now",
		doc: "By the sessions' rules; the earliest first.", access: auth.Roles(staff.Admin, staff.HR, staff.HeadOfSales, staff.Director, staff.Receptionist),
	}, func(ctx context.Context, in *struct {
		Vacancy string `query:"vacancy" format:"uuid" required:"true"`
		Limit   int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	},
	) (*listOutput[FreeTime], error) {
		now, err := a.business(ctx)
		if err != nil {
			return nil, err
		}
		rows, err := a.Reader.FreeTimes(ctx, parseID(in.Vacancy), now, in.Limit, false)
		if err != nil {
			return nil, err
		}
		return listOf(rows, "", freeTimeOf), nil
	})
}

// session returns a session that the asker may read. Fault not_found.
func (a *API) session(ctx context.Context, id uuid.UUID) (store.InterviewRow, error) {
	row, err := a.Reader.InterviewRow(ctx, id)
	p := auth.From(ctx)
	if err != nil || p.Has(hirers...) || p.Has(reception...) {
		return row, err
	}
	if !row.Meets(p.StaffID) {
		err = fault.Missing("interview")
	}
	return row, err
}
