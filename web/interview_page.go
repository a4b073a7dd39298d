package web

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/hiring"
)

// sessionTitle names a session by its day, place and hour.
func sessionTitle(lang string, s meeting) string {
	return sessionName(lang, s.VenueName, s.StartsAt, s.Local)
}

func sessionName(lang, place string, at time.Time, zone *time.Location) string {
	return i18n.T(lang, "interview.session_title", "place", place, "time", i18n.DayDated(lang, at, zone)+", "+i18n.Clock(lang, at, zone))
}

// sessionTabs are the views of one session.
func (p *Pages) sessionTabs(c *fiber.Ctx, s meeting, active string) []Tab {
	path := sessionPath(s.ID)
	tabs := []Tab{
		{Label: p.Frame.T(c, "interview.tab_session"), URL: path, Active: active == "session"},
		{Label: p.Frame.T(c, "interview.tab_day"), URL: path + "/day", Active: active == "day", Count: s.Arrived},
	}
	if auth.Of(c).Has(hirers...) {
		tabs = slices.Insert(tabs, 1, Tab{Label: p.Frame.T(c, "plan.tab"), URL: planPath(s), Active: active == "plan"})
	}
	if s.Live() && s.Meets(auth.Of(c).StaffID) { // also when his lane is closed: the page says so, and whom he has to score
		tabs = append(tabs, Tab{Label: p.Frame.T(c, "board.my_lane"), URL: path + "/lane", Active: active == "lane"})
	}
	if !s.StartsAt.After(p.Now()) && s.State != hiring.SessionCancelled {
		tabs = append(tabs, Tab{Label: p.Frame.T(c, "board.tab_report"), URL: path + "/report", Active: active == "report"})
	}
	if auth.Of(c).Has(deciders...) {
		tabs = append(tabs, Tab{Label: p.Frame.T(c, "interview.tab_decisions"), URL: "/decisions?session=" + s.ID.String(), Active: active == "decisions"})
	}
	return tabs
}

func (p *Pages) showSession(c *fiber.Ctx) error {
	s, err := p.session(c)
	if err != nil {
		return err
	}
	return p.sessionPage(c, fiber.StatusOK, s, nil)
}

func (p *Pages) sessionPage(c *fiber.Ctx, status int, s meeting, form *Form) error {
	body, err := p.sessionView(c, s)
	if err != nil {
		return err
	}
	if body.Manage {
		var left []uuid.UUID
		query := ReadQuery(c, "left", "invited", "more")
		body.Invited, body.More = count(query.Get("invited")), count(query.Get("more"))
		for _, text := range query.Many["left"] {
			if id := uuidOf(text); id != uuid.Nil && len(left) < maxLeft {
				left = append(left, id)
			}
		}
		if body.Left, err = p.Reader.ApplicationsByID(c.UserContext(), left); err != nil {
			return err
		}
	}
	if form != nil && len(form.Many["seats"]) > 0 {
		body.typed(form.Many["seats"])
	}
	return p.Frame.HTML(c, status, "interview/session", Page{
		Title: sessionTitle(p.Frame.Lang(c), s), Lead: i18n.List(p.Frame.Lang(c), s.Titles()), Form: form, Body: body,
		Crumbs: []Crumb{{Label: p.Frame.T(c, "interview.title"), URL: "/sessions"}},
	})
}

// count reads a number of people from an address, 0 if it is none.
func count(text string) int {
	n, _ := strconv.Atoi(text)
	return min(max(n, 0), 10000)
}

// sessionBody is what one session's page shows.
type sessionBody struct {
	Row     meeting
	Venue   store.Venue
	Tabs    []Tab
	Slots   []slotRow
	Free    int // seats that can still be offered by mail
	People  []placeRow
	Others  []Option // interviewers without a lane here
	Manage  bool
	Links   bool // who asks may open the page of a person
	Waves   *wavesView
	List    shortlist
	Left    []store.ApplicationRow // whom the invitation just sent left out
	Invited int                    // of those it left out: with a place here by now
	More    int                    // of those it left out: not named
	TooLate string                 // that nobody can be invited by mail any more, in words
	Comes   float64                // of all who have a time, by their own forecasts
	News    bool                   // of a page that stands already
	Listed  bool                   // the shortlist is shown
	Places  string                 // stands for who has which place, and how; the shortlist is told anew when it changes
}

type slotRow struct {
	store.Slot
	Typed    string // what stands in the field
	Wrong    string // the code of what is wrong with it
	Expected float64
	Late     bool // too late to invite by mail
}

// placeRow is one person's line in a session.
type placeRow struct {
	store.SessionPlace
	Key   string // of the state's words
	Tone  Tone
	Other string // what he has elsewhere, in words
}

// LastMail is the newest mail about the place.
func (r placeRow) LastMail() *store.MailMark {
	if len(r.Mails) == 0 {
		return nil
	}
	return &r.Mails[len(r.Mails)-1]
}

// LateMinutesNumber is how late the person said he would be; 0 if he said nothing.
func (r placeRow) LateMinutesNumber() int {
	if r.LateMinutes == nil {
		return 0
	}
	return *r.LateMinutes
}

// LateAt is when he then comes.
func (r placeRow) LateAt() time.Time {
	return r.StartsAt.Add(time.Duration(r.LateMinutesNumber()) * time.Minute)
}

// Reminders counts those that went out.
func (r placeRow) Reminders() (n int) {
	for _, m := range r.Mails {
		if (m.Kind == "reminder_day" || m.Kind == "reminder_hours") && m.State == "sent" {
			n++
		}
	}
	return n
}

func placeOf(place store.SessionPlace) placeRow {
	row := placeRow{SessionPlace: place, Key: placeKey(place.Booking), Tone: toneOf(place.State)}
	if place.State == "" {
		row.Key, row.Tone = "status.offer_waiting", Neutral
	}
	return row
}

func (b *sessionBody) typed(seats []string) {
	for i := range b.Slots {
		if i < len(seats) {
			b.Slots[i].Typed = seats[i]
			_, b.Slots[i].Wrong = seatsIn(seats[i])
		}
	}
}

func (p *Pages) sessionView(c *fiber.Ctx, s meeting) (sessionBody, error) {
	ctx := c.UserContext()
	body, err := p.sessionNews(c, s)
	if err != nil {
		return body, err
	}
	body.Tabs = p.sessionTabs(c, s, "session")
	if body.Venue, err = p.Reader.Venue(ctx, s.VenueID); err != nil || !body.Manage {
		return body, err
	}
	if body.Waves, err = p.wavesOf(c, s, "session"); err != nil {
		return body, err
	}
	body.Others, err = p.interviewers(ctx, body.Venue, func(id uuid.UUID) bool {
		return slices.ContainsFunc(s.Lanes, func(l store.InterviewLane) bool { return l.StaffID == id && l.ClosedAt == nil })
	})
	return body, err
}

// tooLate says, in words, that nobody can be invited by mail to any of the times (breaks left out), since no time
// is left for a reply, and what can be done; "" while somebody can.
func (p *Pages) tooLate(ctx context.Context, lang string, times []time.Time, seats []int) (string, error) {
	policy, err := p.Reader.Policy(ctx)
	if err != nil {
		return "", err
	}
	met := false
	for n, at := range times {
		if seats[n] > 0 && !p.Now().After(policy.InviteUntil(at)) {
			return "", nil
		}
		met = met || seats[n] > 0
	}
	if !met {
		return "", nil
	}
	return i18n.T(lang, "interview.too_late", "n", policy.ReplyBeforeHours+policy.ReplyMinHours), nil
}

// clockText writes the time of day where a tag cannot stand: in attributes and inside sentences.
func clockText(lang string, at any, zone *time.Location) string {
	switch at := at.(type) {
	case time.Time:
		return i18n.Clock(lang, at, zone)
	case *time.Time:
		if at != nil {
			return i18n.Clock(lang, *at, zone)
		}
	}
	return "–"
}

// mailKind names a kind of mail.
func mailKind(lang, kind string) string {
	if i18n.Has("interview.mail_" + kind) {
		return i18n.T(lang, "interview.mail_"+kind)
	}
	return i18n.T(lang, "interview.mail_other")
}
