package web

import (
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/hiring"
)

// peopleNamed is how many of those whom HR is to see to Today names, of each kind; the others follow as these are seen to.
const peopleNamed = 5

func (p *Pages) homeRoutes(r auth.Routes) {
	r.Get("/", auth.SignedIn, p.home)
}

// homeBody is what waits for the person who signed in: the day's sessions, and what he is to do.
type homeBody struct {
	Sessions []meeting
	Next     []meeting // the next ones, on a day without any
	Day      bool      // he has to do with sessions
	Todo     []todo
	Running  int    // imports
	Mail     string // of mails that should have gone
}

// todo is one thing to do and where.
type todo struct {
	Icon, Text, URL string
	N               int
}

// unmetWithin is for how long Today asks what became of people of a session that is over.
const unmetWithin = 7 * 24 * time.Hour

// unmetInto asks reception for what is not noted of sessions that are over.
func (p *Pages) unmetInto(c *fiber.Ctx, who auth.Principal, body *homeBody) error {
	if !who.Has(reception...) {
		return nil
	}
	rows, _, err := p.Reader.Interviews(c.UserContext(), store.InterviewFilter{
		From: p.Now().Add(-unmetWithin), To: p.Now(), States: []hiring.SessionState{hiring.SessionClosed},
	}, store.Page{Limit: store.MaxPage})
	lang := p.Frame.Lang(c)
	for _, s := range localRows(rows) {
		if n := s.Unmet(); n > 0 {
			body.Todo = append(body.Todo, todo{
				"triangle-alert", i18n.T(lang, "home.unmet", "n", n, "session", sessionName(lang, s.VenueName, s.StartsAt, s.Local)), sessionPath(s.ID) + "/day", n,
			})
		}
	}
	return err
}

func (p *Pages) home(c *fiber.Ctx) error {
	who := auth.Of(c)
	body := homeBody{Day: who.Has(onTheDay...)}
	var err error
	if body.Day {
		if body.Sessions, err = p.today(c, store.InterviewFilter{Staff: ownOnly(who)}); err != nil {
			return err
		}
	}
	if body.Day && len(body.Sessions) == 0 {
		next, _, err := p.Reader.Interviews(c.UserContext(), store.InterviewFilter{
			Staff: ownOnly(who), From: p.Now(), Earliest: true, States: []hiring.SessionState{hiring.SessionOpen},
		}, store.Page{Limit: 3})
		if err != nil {
			return err
		}
		body.Next = localRows(next)
	}
	zone := who.Location()
	if zone == nil {
		zone = p.Frame.opt.Zone
	}
	for _, s := range body.Sessions {
		if s.runs(who.StaffID) {
			body.Todo = append(body.Todo, todo{"bell", p.Frame.T(c, "home.my_lane", "session", sessionName(p.Frame.Lang(c), s.VenueName, s.StartsAt, s.Local)), sessionPath(s.ID) + "/lane", 1})
		}
	}
	if who.Has(planners...) {
		if body.Mail, err = p.mailTrouble(c, zone); err != nil {
			return err
		}
	}
	if err := p.owedInto(c, &body, zone); err != nil {
		return err
	}
	if err := p.unmetInto(c, who, &body); err != nil {
		return err
	}
	if err := p.todoInto(c, who, &body); err != nil {
		return err
	}
	return p.Frame.HTML(c, fiber.StatusOK, "home/home", Page{
		Title: p.Frame.T(c, "home.title"), Lead: i18n.DayLong(p.Frame.Lang(c), p.Now(), zone), Body: body,
	})
}

func (p *Pages) todoInto(c *fiber.Ctx, who auth.Principal, body *homeBody) error {
	add := func(icon, key, path string, n int) {
		if n > 0 {
			body.Todo = append(body.Todo, todo{icon, p.Frame.T(c, key, "n", n), path, n})
		}
	}
	if who.Has(scorers...) && who.StaffID != uuid.Nil {
		open, err := p.Reader.ToScore(c.UserContext(), who.StaffID)
		if err != nil {
			return err
		}
		due, here := 0, 0
		for _, row := range open {
			switch {
			case row.Due():
				due++
			case row.Lane == 0 && row.On:
				here++
			}
		}
		add("clipboard", "home.to_score", "/scorecards", due)
		add("users", "home.to_meet", "/scorecards", here)
	}
	if !who.Has(hirers...) {
		return nil
	}
	w, err := p.Reader.Waiting(c.UserContext())
	if err != nil {
		return err
	}
	body.Running = w.Imports
	if err := p.unreachedInto(c, body); err != nil {
		return err
	}
	add("gavel", "home.to_decide", "/decisions", w.Decide)
	if who.Has(planners...) {
		add("send", "home.to_invite", "/sessions", w.Shortlist)
		add("inbox", "home.to_read", "/candidates?state=responded", w.Responses)
	}
	add("hourglass", "home.unsure", "/sessions", w.Unsure)
	return nil
}

// owedInto names to HR who was promised a time that comes first and has none: he may find none to choose, or have no address.
func (p *Pages) owedInto(c *fiber.Ctx, body *homeBody, zone *time.Location) error {
	if !auth.Of(c).Has(planners...) {
		return nil
	}
	people, err := p.Reader.Owed(c.UserContext(), p.Now())
	for _, one := range people[:min(len(people), peopleNamed)] {
		key := "home.owed"
		if one.Email == "" && one.Phone != "" {
			key = "home.owed_call"
		}
		text := p.Frame.T(c, key, "name", one.Name, "phone", one.Phone, "until", i18n.Moment(p.Frame.Lang(c), one.Until, zone))
		body.Todo = append(body.Todo, todo{"calendar-clock", text, "/candidates/" + one.ID.String(), 1})
	}
	if more := len(people) - peopleNamed; more > 0 {
		body.Todo = append(body.Todo, todo{"calendar-clock", p.Frame.T(c, "home.owed_more", "n", more), "/candidates?state=shortlisted", more})
	}
	return err
}
