package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/staff"
)

// Who reads about candidates. An interviewer sees those of his own sessions.
var (
	hirers    = []staff.Role{staff.Admin, staff.HR, staff.HeadOfSales, staff.Director}
	onTheDay  = []staff.Role{staff.Admin, staff.HR, staff.HeadOfSales, staff.Director, staff.Receptionist, staff.Interviewer}
	reception = []staff.Role{staff.Admin, staff.HR, staff.Receptionist}
	planners  = []staff.Role{staff.Admin, staff.HR}
	deciders  = []staff.Role{staff.Admin, staff.HR, staff.HeadOfSales, staff.Director}
)

// Named is something with a name.
type Named struct {
	ID   uuid.UUID `json:"id"`
	Name string    `json:"name"`
}

// Person is who applied.
type Person struct {
	ID        uuid.UUID `json:"id"`
	Name      string    `json:"name" example:"Ivanova Anna" doc:"Of the person kept, if the record was merged."`
	FirstName string    `json:"first_name"`
	Email     string    `json:"email,omitempty" doc:"Where mails go. Not for interviewers."`
	Phone     string    `json:"phone,omitempty" doc:"Not for interviewers."`
	City      string    `json:"city"`
	BirthYear *int      `json:"birth_year,omitempty"`
	Language  string    `json:"language" doc:"Of mails to the person."`
	Version   int       `json:"version" doc:"To correct the person in; get-person reads what is to be corrected."`
	Erased    bool      `json:"erased" doc:"The person's data was erased; the numbers stay."`
}

// ApplicationVacancy is what the application is for.
type ApplicationVacancy struct {
	ID    uuid.UUID `json:"id"`
	Title string    `json:"title"`
	City  string    `json:"city"`
	Zone  string    `json:"zone" example:"Europe/Moscow"`
	State string    `json:"state" enum:"draft,open,closed"`
}

// Booking is a place in a session.
type Booking struct {
	ID          uuid.UUID         `json:"id"`
	State       hiring.Attendance `json:"state" example:"confirmed"`
	Version     int               `json:"version" doc:"Commands on the booking carry it; one made for an older version is refused."`
	Interview   uuid.UUID         `json:"interview"`
	Slot        int               `json:"slot"`
	StartsAt    time.Time         `json:"starts_at"`
	Zone        string            `json:"zone,omitempty"`
	Venue       string            `json:"venue,omitempty"`
	ReplyBy     *time.Time        `json:"reply_by,omitempty"`
	BookedAt    *time.Time        `json:"booked_at,omitempty"`
	ConfirmedAt *time.Time        `json:"confirmed_at,omitempty"`
	ArrivedAt   *time.Time        `json:"arrived_at,omitempty"`
	EndedAt     *time.Time        `json:"ended_at,omitempty"`
	LateMinutes *int              `json:"late_minutes,omitempty"`
	Moves       int               `json:"moves" doc:"By the candidate."`
}

// Application is one person's application to one vacancy.
type Application struct {
	ID          uuid.UUID          `json:"id"`
	State       hiring.State       `json:"state" example:"shortlisted"`
	Decision    hiring.Decision    `json:"decision,omitempty" enum:"hire,reserve,reject"`
	Reason      string             `json:"reason,omitempty"`
	Rank        *int               `json:"rank,omitempty" doc:"HR's order in the shortlist; smaller is earlier."`
	Person      Person             `json:"person"`
	Vacancy     ApplicationVacancy `json:"vacancy"`
	Source      *Named             `json:"source,omitempty"`
	Batch       *uuid.UUID         `json:"batch,omitempty" doc:"The import it came with."`
	ConsentAt   *time.Time         `json:"consent_at,omitempty"`
	RespondedAt time.Time          `json:"responded_at"`
	ChangedAt   time.Time          `json:"changed_at"`
	Version     int                `json:"version"`
	Others      int                `json:"others" doc:"The person's applications to other vacancies."`
	Scorecards  int                `json:"scorecards" doc:"How many are filed."`
	Bookings    int                `json:"bookings" doc:"How many there have been."`
	Booking     *Booking           `json:"booking,omitempty" doc:"The one that matters now: an open one if there is, else the latest."`
}

func applicationOf(p auth.Principal) func(store.ApplicationRow) Application {
	contact := p.Has(reception...) || p.Has(hirers...)
	return func(r store.ApplicationRow) Application {
		a := Application{
			ID: r.ID, State: r.State, Decision: r.Decision, Reason: r.Reason, Rank: r.Rank, Batch: r.BatchID, ConsentAt: r.ConsentAt,
			RespondedAt: r.RespondedAt, ChangedAt: r.ChangedAt, Version: r.Version, Others: r.Others, Scorecards: r.Scorecards, Bookings: r.Bookings,
			Person: Person{
				ID: r.PersonID, Name: r.Name, FirstName: r.FirstName, Email: r.Email, Phone: r.Phone, City: r.PersonCity,
				BirthYear: r.BirthYear, Language: r.Language, Version: r.PersonVersion, Erased: r.ErasedAt != nil,
			},
			Vacancy: ApplicationVacancy{ID: r.VacancyID, Title: r.VacancyTitle, City: r.VacancyCity, Zone: r.VacancyZone, State: r.VacancyState},
		}
		if !contact {
			a.Person.Email, a.Person.Phone = "", ""
		}
		if r.SourceID != nil {
			a.Source = &Named{*r.SourceID, r.SourceName}
		}
		if r.BookingID != nil {
			a.Booking = &Booking{
				ID: *r.BookingID, State: r.BookingState, Version: r.BookingVersion, Interview: *r.BookingInterview, Slot: r.BookingSlot,
				StartsAt: *r.BookingStartsAt, Zone: r.BookingZone, Venue: r.BookingVenue, ReplyBy: r.BookingReplyBy,
				ArrivedAt: r.BookingArrivedAt, LateMinutes: r.BookingLate,
			}
		}
		return a
	}
}

func bookingOf(b store.Booking) Booking {
	return Booking{
		ID: b.ID, State: b.State, Version: b.Version, Interview: b.InterviewID, Slot: b.Slot, StartsAt: b.StartsAt, ReplyBy: b.ReplyBy,
		BookedAt: &b.BookedAt, ConfirmedAt: b.ConfirmedAt, ArrivedAt: b.ArrivedAt, EndedAt: b.EndedAt, LateMinutes: b.LateMinutes, Moves: b.Moves,
	}
}

// Scorecard is one interviewer's judgement.
type Scorecard struct {
	ID             uuid.UUID         `json:"id"`
	Staff          Named             `json:"staff"`
	Booking        *uuid.UUID        `json:"booking,omitempty"`
	Scores         map[string]int    `json:"scores" example:"{\"motivation\":4,\"competence\":3,\"adequacy\":5}"`
	Recommendation string            `json:"recommendation" enum:"hire,reserve,reject"`
	Notes          map[string]string `json:"notes,omitempty" doc:"Evidence by criterion, and summary."`
	FiledAt        time.Time         `json:"filed_at"`
}

// Scorecards are those the reader may see.
type Scorecards struct {
	Items  []Scorecard `json:"items"`
	Filed  int         `json:"filed" doc:"How many there are, seen or not."`
	Hidden int         `json:"hidden" doc:"Who has yet to file his own does not see others'."`
}

type applicationsInput struct {
	PageInput
	Vacancy   string   `query:"vacancy" format:"uuid"`
	Interview string   `query:"interview" format:"uuid" doc:"With a booking in this session, whatever became of it."`
	Source    string   `query:"source" format:"uuid"`
	Batch     string   `query:"batch" format:"uuid"`
	Person    string   `query:"person" format:"uuid"`
	State     []string `query:"state" enum:"responded,shortlisted,invited,booked,arrived,interviewed,decided,offered,accepted,hired,no_answer,declined,no_show,withdrawn,expired" maxItems:"15" doc:"One or several, separated by commas."`
	Decision  string   `query:"decision" enum:"hire,reserve,reject"`
	Text      string   `query:"text" maxLength:"200" doc:"The beginning of a name, or a whole e-mail address or telephone number."`
	Order     string   `query:"order" enum:"newest,rank" default:"newest" doc:"rank: HR's order, then the earliest response."`
}

func (a *API) applications() {
	register(a, op{
		id: "list-applications", method: http.MethodGet, path: "/applications", tag: "Applications", summary: "List applications",
		access: auth.Roles(hirers...),
	}, func(ctx context.Context, in *applicationsInput) (*listOutput[Application], error) {
		f := store.ApplicationFilter{
			Vacancy: parseID(in.Vacancy), Interview: parseID(in.Interview), Source: parseID(in.Source), Batch: parseID(in.Batch), Person: parseID(in.Person),
			Decision: hiring.Decision(in.Decision), Text: in.Text, ByRank: in.Order == "rank",
		}
		for _, s := range in.State {
			f.States = append(f.States, hiring.State(s))
		}
		rows, next, err := a.Reader.Applications(ctx, f, in.page())
		if err != nil {
			return nil, err
		}
		return listOf(rows, next, applicationOf(auth.From(ctx))), nil
	})
	register(a, op{
		id: "get-application", method: http.MethodGet, path: "/applications/{id}", tag: "Applications", summary: "Get an application",
		doc: "An interviewer gets those of his own sessions.", access: auth.Roles(onTheDay...),
	}, func(ctx context.Context, in *IDInput) (*one[Application], error) {
		row, err := a.mayRead(ctx, in.uuid())
		if err != nil {
			return nil, err
		}
		return &one[Application]{applicationOf(auth.From(ctx))(row)}, nil
	})
	register(a, op{
		id: "list-application-bookings", method: http.MethodGet, path: "/applications/{id}/bookings", tag: "Applications",
		summary: "List an application's bookings", doc: "The latest first.", access: auth.Roles(onTheDay...),
	}, func(ctx context.Context, in *IDInput) (*listOutput[Booking], error) {
		if _, err := a.mayRead(ctx, in.uuid()); err != nil {
			return nil, err
		}
		rows, err := a.Reader.Bookings(ctx, in.uuid())
		if err != nil {
			return nil, err
		}
		return listOf(rows, "", bookingOf), nil
	})
	register(a, op{
		id: "list-application-scorecards", method: http.MethodGet, path: "/applications/{id}/scorecards", tag: "Applications",
		summary: "List an application's scorecards", doc: "Blind until filed: who is to score sees only his own until he has filed it.",
		access: auth.Roles(staff.Admin, staff.HR, staff.HeadOfSales, staff.Director, staff.Interviewer),
	}, a.scorecards)
	register(a, op{
		id: "list-application-journal", method: http.MethodGet, path: "/applications/{id}/journal", tag: "Applications",
		summary: "List what was done to an application", doc: "The newest first; ids and codes only.", access: auth.Roles(hirers...),
	}, func(ctx context.Context, in *struct {
		IDInput
		PageInput
	},
	) (*listOutput[JournalEntry], error) {
		if _, err := a.Reader.Application(ctx, in.uuid()); err != nil {
			return nil, err
		}
		return a.journal(ctx, store.JournalQuery{Subject: "application/" + in.uuid().String()}, in.PageInput)
	})
}

// mayRead returns an application that the asker may read. Fault not_found.
func (a *API) mayRead(ctx context.Context, id uuid.UUID) (store.ApplicationRow, error) {
	row, err := a.Reader.ApplicationRow(ctx, id)
	p := auth.From(ctx)
	if err != nil || p.Has(hirers...) || p.Has(reception...) {
		return row, err
	}
	his, err := a.Reader.Scores(ctx, p.StaffID, []uuid.UUID{id})
	if err == nil && !his[id] {
		err = fault.Missing("application")
	}
	return row, err
}

func (a *API) scorecards(ctx context.Context, in *IDInput) (*one[Scorecards], error) {
	if _, err := a.mayRead(ctx, in.uuid()); err != nil {
		return nil, err
	}
	rows, err := a.Reader.ScorecardRows(ctx, in.uuid())
	if err != nil {
		return nil, err
	}
	p := auth.From(ctx)
	scores, err := a.Reader.Scores(ctx, p.StaffID, []uuid.UUID{in.uuid()})
	if err != nil {
		return nil, err
	}
	filed := false
	for _, r := range rows {
		filed = filed || r.StaffID == p.StaffID
	}
	out := &one[Scorecards]{Scorecards{Items: []Scorecard{}, Filed: len(rows)}}
	for _, r := range rows {
		if !staff.SeesScorecard(p.StaffID.String(), r.StaffID.String(), filed, scores[in.uuid()], p.Roles) {
			out.Body.Hidden++
			continue
		}
		out.Body.Items = append(out.Body.Items, Scorecard{
			ID: r.ID, Staff: Named{r.StaffID, r.StaffName}, Booking: r.BookingID, Scores: r.Scores,
			Recommendation: r.Recommendation, Notes: r.Notes, FiledAt: r.FiledAt,
		})
	}
	return out, nil
}

// trimmed is text without blanks around it.
func trimmed(s string) string { return strings.TrimSpace(s) }
