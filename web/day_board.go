package web

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/staff"
)

// The board of a day: who is with whom, who waits, who comes. It is one picture, made the same for a
// page, a poll and the live stream.

// Kinds of boards: what one may see and do there.
const (
	boardAct     = "act"     // checks people in, calls, relieves
	boardContact = "contact" // sees telephone numbers
	boardLook    = "look"    // an interviewer
)

func boardKind(who auth.Principal) string {
	switch {
	case who.Has(reception...):
		return boardAct
	case who.Has(hirers...):
		return boardContact
	}
	return boardLook
}

type board struct {
	Row      meeting
	Venue    store.Venue
	Tabs     []Tab
	Kind     string
	Now      time.Time
	Lanes    []dayLane
	Closed   []dayLane // may be opened again: of interviewers who have no other here
	Sections []daySection
	Relief   *dayRelief
	Find     string
	Found    int
	WalkIns  []store.WalkInRow
	Act      bool
	Recruit  bool   // who looks may add responses
	Waiting  int    // people
	Unheard  bool   // the session has begun and nobody was called yet: perhaps no interviewer came
	Said     string // what became of what was pressed
}

// daySection is people in one situation.
type daySection struct {
	Key    string // board.<key> are its words
	Closed bool   // folded: it is over for them
	People []dayPlace
}

// dayLane is an interviewer and who is with him.
type dayLane struct {
	store.InterviewLane
	Local    *time.Location
	Session  uuid.UUID
	Live     bool // the session is
	Hands    bool // who looks may press
	Paused   bool
	Call     *store.Call
	Guest    *dayPlace
	Next     *dayPlace
	Since    time.Duration // of the interview, or of the call
	Over     bool          // longer than one interview should take
	Slot     int           // minutes
	Stranded int           // people, if this lane closes now
}

// State is the lane's state, for its words: closed, paused, free, called, busy.
func (l dayLane) State() string {
	switch {
	case l.ClosedAt != nil:
		return "closed"
	case l.Call != nil && l.Call.StartedAt != nil:
		return "busy"
	case l.Call != nil:
		return "called"
	case l.Paused:
		return "paused"
	}
	return "free"
}

// Tone colours the state.
func (l dayLane) Tone() Tone {
	switch l.State() {
	case "busy":
		if l.Over {
			return Warning
		}
		return Success
	case "called":
		return Info
	}
	return Neutral
}

// board reads and arranges everything. find narrows it to those of a name or number.
func (p *Pages) board(ctx context.Context, s meeting, kind, find string) (board, error) {
	b := board{Row: s, Kind: kind, Now: p.Now(), Find: find, Act: kind == boardAct}
	places, err := p.Reader.SessionPlaces(ctx, s.ID)
	if err != nil {
		return b, err
	}
	calls, err := p.Reader.Calls(ctx, s.ID)
	if err != nil {
		return b, err
	}
	lanes, err := p.Reader.Lanes(ctx, s.ID)
	if err != nil {
		return b, err
	}
	queue, err := p.Reader.InQueue(ctx, s.ID)
	if err != nil {
		return b, err
	}
	people := map[uuid.UUID]dayPlace{}
	var order []uuid.UUID
	for _, place := range places {
		if !onList(place) {
			continue
		}
		if kind == boardLook {
			place.Phone = ""
		}
		people[place.ID] = dayPlaceOf(place, s, b.Act, b.Now)
		order = append(order, place.ID)
	}
	b.arrangeLanes(lanes, calls, people)
	var outlook []hiring.Outlook
	if s.Live() {
		outlook = b.outlook(queue, people)
	}
	b.arrange(order, people, queue)
	b.Waiting = len(queue)
	b.Unheard = b.Act && len(calls) == 0 && s.AbsentAt == nil && s.State != hiring.SessionCancelled && len(queue) > 0 && b.Now.After(s.StartsAt.Add(hiring.WarnWait))
	if b.Act && s.Live() {
		b.Relief, err = p.reliefOf(ctx, &b, outlook, people)
	}
	return b, err
}

// liveSession streams the board, or a lane's screen (?lane=), to one screen.
func (p *Pages) liveSession(c *fiber.Ctx) error {
	s, err := p.session(c)
	if err != nil {
		return err
	}
	if p.Live == nil {
		return fiber.ErrNotFound
	}
	who := auth.Of(c)
	v := view{Lang: p.Frame.Lang(c), Kind: boardKind(who)}
	if lane := c.Query("lane"); lane != "" {
		if !slices.ContainsFunc(s.Lanes, func(l store.InterviewLane) bool { return l.ID.String() == lane && mayRun(who, l) }) {
			return fiber.ErrNotFound
		}
		v.Kind = "lane/" + lane
	}
	header, secret := c.Get(fiber.HeaderAuthorization), c.Cookies(p.Accounts.CookieName())
	still := func(ctx context.Context) error {
		again, err := p.Accounts.Again(ctx, header, secret)
		if err == nil && boardKind(again) != boardKind(who) || err == nil && !again.Has(onTheDay...) {
			return fiber.ErrNotFound
		}
		return err
	}
	return p.Live.stream(c, s.ID, v, func(ctx context.Context, v view) ([]byte, error) { return p.picture(ctx, s.ID, v) }, still)
}

// picture renders what a view shows of a session. Its forms carry no token of anybody's: board.js adds
// the page's own.
func (p *Pages) picture(ctx context.Context, id uuid.UUID, v view) ([]byte, error) {
	row, err := p.Reader.InterviewRow(ctx, id)
	if err != nil {
		return nil, err
	}
	s := localRow(row)
	page := Page{Lang: v.Lang, Now: p.Now(), Zone: s.Local, newID: func() string { return "" }}
	if lane, ok := strings.CutPrefix(v.Kind, "lane/"); ok {
		body, err := p.laneBody(ctx, s, lane)
		if err != nil {
			return nil, err
		}
		page.Body = body
		return p.Frame.Block("interview/lane", "now", page)
	}
	if page.Body, err = p.board(ctx, s, v.Kind, ""); err != nil {
		return nil, err
	}
	return p.Frame.Block("interview/day", "list", page)
}

// mayRun says whether somebody may call and finish for a lane: reception for any, an interviewer for his own.
func mayRun(who auth.Principal, lane store.InterviewLane) bool {
	return who.Has(reception...) || who.Has(staff.Interviewer) && lane.StaffID == who.StaffID
}

// Unmet counts those of a session that is over of whom it is not noted whether they were met.
func (s meeting) Unmet() int {
	if s.State != hiring.SessionClosed {
		return 0
	}
	return s.Arrived
}

// Unlisted says that whoever was looked for is not on the list: perhaps he came unasked.
func (b board) Unlisted() bool { return len(b.WalkIns) > 0 || b.Find != "" && b.Found == 0 }

// Photo is the venue's picture, or nil.
func (b board) Photo() *picture { return pictureOf(b.Venue) }

// Line pairs a place with its session for the block "row".
func (b board) Line(place dayPlace) dayRow { return dayRow{b.Row, place} }
