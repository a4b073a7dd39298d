package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/workflows/hiring"
)

// CandidatePage is all that a candidate's page shows of his application. Personal; never logged.
type CandidatePage struct {
	ID             uuid.UUID
	PersonID       uuid.UUID
	VacancyID      uuid.UUID
	State          hiring.State
	Rank           *int
	Version        int
	Generation     int // of the link
	RespondedAt    time.Time
	ChangedAt      time.Time
	ConsentAt      *time.Time
	ConsentVersion string
	FirstName      string
	Language       string // the person's, else the vacancy's
	EraseAt        *time.Time
	Erased         bool

	Vacancy, City, VacancyZone string
	Company                    string
	Policy                     hiring.Policy `bun:"-"`
	PolicyBody                 json.RawMessage

	// The booking the page is about: the one that stands, else an invitation, else the latest. Its fields
	// are zero when there is none.
	BookingID      *uuid.UUID
	BookingState   hiring.Attendance
	BookingVersion int
	Replaced       bool // it gave way to a time that he took under another application
	Slot           int
	StartsAt       time.Time
	ReplyBy        *time.Time
	UID            string
	Sequence       int
	Moves          int
	Priority       bool
	LateMinutes    *int
	Asked, Sure    bool       // on the day, whether he comes; and said that he does
	Last           *time.Time // when the last of all bookings ended or was to take place
	SeatFree       bool       // there is room at this very time

	InterviewID  *uuid.UUID
	SessionState hiring.SessionState
	SessionZone  string // by which the rules count days
	SessionEnds  time.Time
	SlotMinutes  int
	WaitMinutes  int
	Rules        hiring.CandidateRules `bun:"rules,type:jsonb"`

	VenueName, VenueZone, Address, MapURL, Directions, Phone string
	PhotoID                                                  *uuid.UUID // of the venue

	Others []CandidateInvitation `bun:"others,type:jsonb"` // further invitations that await an answer
	Held   []uuid.UUID           `bun:"held,type:jsonb"`   // sessions where the person has another live place
	// GaveWay are the times that gave way to another of this application.
	GaveWay []CandidateInvitation `bun:"gave_way,type:jsonb"`
	// Elsewhere are the times that he has under his other applications.
	Elsewhere []OtherTime `bun:"-"`

	// The decision in force, the state before it, and when its mail is due: nobody reads it here earlier.
	Decision      hiring.Decision
	PreviousState hiring.State
	DecidedAt     *time.Time
	ToldAt        *time.Time // nil: decided without a mail

	Promised time.Time `bun:"-"` // until then he may choose a time that comes first (hiring.PromisedUntil); else zero
}

// CandidateInvitation is an invitation beside the one the page is about; of one replaced, place and time.
type CandidateInvitation struct {
	ID       uuid.UUID  `json:"id"`
	Version  int        `json:"version"`
	StartsAt time.Time  `json:"starts_at"`
	ReplyBy  *time.Time `json:"reply_by"`
	Zone     string     `json:"zone"`
	Venue    string     `json:"venue"`
	Address  string     `json:"address"`
}

// Booking returns the booking the page is about as the rules need it, or nil.
func (p *CandidatePage) Booking() *hiring.Booking {
	if p.BookingID == nil {
		return nil
	}
	return &hiring.Booking{
		ID: p.BookingID.String(), InterviewID: p.InterviewID.String(), Slot: p.Slot, State: p.BookingState,
		Version: p.BookingVersion, StartsAt: p.StartsAt, Moves: p.Moves, Asked: p.Asked, Sure: p.Sure,
	}
}

// CandidatePage reads a candidate's page, in three queries. Fault not_found.
func (r *Reader) CandidatePage(ctx context.Context, application uuid.UUID) (CandidatePage, error) {
	p := CandidatePage{Policy: hiring.DefaultPolicy()}
	err := r.db.NewRaw(`SELECT a.id, a.person_id, a.vacancy_id, a.state, a.rank, a.version, a.link_generation AS generation,
			a.responded_at, a.changed_at, a.consent_at, a.consent_version,
			p.first_name, coalesce(nullif(p.language, ''), v.language) AS language, p.erase_at, p.erased_at IS NOT NULL AS erased,
			v.title AS vacancy, v.city, v.zone AS vacancy_zone, c.name AS company,
			(SELECT body FROM policy ORDER BY version DESC LIMIT 1) AS policy_body,
			b.id AS booking_id, b.state AS booking_state, b.version AS booking_version, b.replaced_by IS NOT NULL AS replaced, b.slot, b.starts_at, b.reply_by, b.uid, b.sequence,
			b.moves, coalesce(b.priority, false) AS priority, b.late_minutes, coalesce(b.reminded_hours, false) AS asked, b.sure_at IS NOT NULL AS sure, t.last, coalesce(s.taken < s.seats, false) AS seat_free,
			i.id AS interview_id, i.state AS session_state, i.zone AS session_zone, i.ends_at AS session_ends, i.slot_minutes, i.wait_minutes, coalesce(i.rules, '{}') AS rules,
			w.name AS venue_name, w.zone AS venue_zone, w.address, w.map_url, w.directions, w.phone, w.photo_id,
			coalesce(o.others, '[]') AS others, coalesce(h.held, '[]') AS held, coalesce(g.gave_way, '[]') AS gave_way, d.decision, d.previous_state, d.decided_at, m.due_at AS told_at
		FROM application a JOIN person p ON p.id = a.person_id JOIN vacancy v ON v.id = a.vacancy_id CROSS JOIN company c
		LEFT JOIN LATERAL (SELECT * FROM booking WHERE application_id = a.id
			ORDER BY state IN ('confirmed', 'arrived', 'arrived_late', 'walk_in') DESC, state = 'invited' DESC, replaced_by IS NOT NULL, booked_at DESC, id DESC LIMIT 1) b ON true
		LEFT JOIN interview i ON i.id = b.interview_id LEFT JOIN venue w ON w.id = i.venue_id
		LEFT JOIN slot s ON s.interview_id = b.interview_id AND s.number = b.slot
		CROSS JOIN LATERAL (SELECT max(greatest(starts_at, coalesce(ended_at, starts_at))) AS last FROM booking WHERE application_id = a.id) t
		LEFT JOIN LATERAL (SELECT jsonb_agg(jsonb_build_object('id', x.id, 'version', x.version, 'starts_at', x.starts_at, 'reply_by', x.reply_by,
				'zone', xw.zone, 'venue', xw.name, 'address', xw.address) ORDER BY x.starts_at, x.id) AS others
			FROM booking x JOIN interview xi ON xi.id = x.interview_id AND xi.state <> 'cancelled' JOIN venue xw ON xw.id = xi.venue_id
			WHERE x.application_id = a.id AND x.state = 'invited' AND x.id <> b.id) o ON true
		LEFT JOIN LATERAL (SELECT jsonb_agg(x.interview_id) AS held FROM booking x WHERE x.person_id IN (`+sameAsP+`) AND x.id IS DISTINCT FROM b.id
			AND x.state IN ('invited', 'confirmed', 'arrived', 'arrived_late', 'walk_in', 'interviewed')) h ON true
		LEFT JOIN LATERAL (SELECT jsonb_agg(jsonb_build_object('id', x.id, 'starts_at', x.starts_at, 'zone', xw.zone, 'venue', xw.name, 'address', xw.address) ORDER BY x.starts_at, x.id) AS gave_way
			FROM booking x JOIN interview xi ON xi.id = x.interview_id JOIN venue xw ON xw.id = xi.venue_id
			WHERE x.application_id = a.id AND EXISTS (SELECT FROM booking y WHERE y.id = x.replaced_by AND y.application_id = a.id)) g ON true
		LEFT JOIN decision d ON d.application_id = a.id AND d.undone_at IS NULL
		LEFT JOIN outgoing_mail m ON m.key = 'application/' || a.id || '/decision_' || d.decision || '/' || d.id
		WHERE a.id = ?`, application).Scan(ctx, &p)
	if err != nil {
		return p, missing(err, "application")
	}
	if len(p.PolicyBody) > 0 {
		if err = json.Unmarshal(p.PolicyBody, &p.Policy); err != nil {
			return p, err
		}
	}
	elsewhere, err := r.OtherTimes(ctx, application)
	p.Elsewhere = elsewhere[application]
	if err != nil || p.BookingID == nil {
		return p, err
	}
	bookings, err := r.Bookings(ctx, application)
	p.Promised = hiring.PromisedUntil(Rules(bookings), p.Policy)
	return p, err
}
