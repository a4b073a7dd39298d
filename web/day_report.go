package web

import (
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/hiring"
)

// interviewFacts shortens the names of commands' types.
type interviewFacts = hiring.InterviewFacts

type reportBody struct {
	Lang    string
	Row     meeting
	Tabs    []Tab
	Report  hiring.DayReport
	Names   map[string]string // of interviewers, by lane
	Kept    bool              // as it was counted when the session closed; else as it stands now
	Planned *hiring.PlanAnswer
	Stats   []Stat
	Board   bool   // calls were made: waits and idle time are known
	Absent  bool   // it may be noted that no interviewer came
	Close   bool   // the session may be closed
	Not     string // or why it may not yet
}

// Min is a number of minutes in words.
func (b reportBody) Min(n int) string {
	if n == 0 {
		return "0\u00a0" + i18n.T(b.Lang, "unit.min") // not "0 s"
	}
	return i18n.Duration(b.Lang, time.Duration(n)*time.Minute)
}

// Owed counts those who came and of whose interview nothing is noted.
func (b reportBody) Owed() int { return b.Report.Unmet + b.Report.Here }

// PlannedWait, PlannedIdle and PlannedOvertime are the plan's expectations in minutes.
func (b reportBody) PlannedWait() int { return int(b.Planned.MeanWaitMinutes + 0.5) }

// PlannedIdle is over all lanes together.
func (b reportBody) PlannedIdle() int { return b.slots(b.Planned.Expected.IdleSlots) }

// PlannedOvertime is the work left at the planned end, shared by the interviewers it was planned with.
func (b reportBody) PlannedOvertime() int {
	return b.slots(b.Planned.Expected.Overtime / float64(b.Planned.Lanes()))
}

func (b reportBody) slots(n float64) int { return int(n*float64(b.Row.SlotMinutes) + 0.5) }

// dayReport shows what a day came to, beside what was planned.
func (p *Pages) dayReport(c *fiber.Ctx) error {
	s, err := p.session(c)
	if err != nil {
		return err
	}
	ctx := c.UserContext()
	body := reportBody{Lang: p.Frame.Lang(c), Row: s, Tabs: p.sessionTabs(c, s, "report"), Names: map[string]string{}}
	if body.Report, body.Kept, err = p.Reader.Report(ctx, s.ID); err == nil && !body.Kept {
		body.Report, err = p.Reader.DayReport(ctx, s.Interview, p.Now(), s.State == hiring.SessionClosed)
	}
	if err != nil {
		return err
	}
	lanesOf := map[uuid.UUID]int{}
	for _, l := range s.Lanes {
		lanesOf[l.StaffID]++
	}
	for _, l := range s.Lanes {
		name := l.StaffName
		if lanesOf[l.StaffID] > 1 { // closed and opened again
			name += ", " + i18n.T(body.Lang, "interview.lane_number", "n", l.Number)
		}
		body.Names[l.ID.String()] = name
	}
	for _, l := range body.Report.Lanes {
		body.Board = body.Board || l.Interviews > 0 || len(l.Meetings) > 0 // the first one may still go on
	}
	plans, err := p.Reader.Plans(ctx, s.ID, 1)
	if err != nil {
		return err
	}
	if len(plans) > 0 {
		body.Planned = &plans[0].After
		if plans[0].State != "taken" {
			body.Planned = &plans[0].Before
		}
	}
	body.Absent = auth.Of(c).Has(reception...) && !body.Board && s.AbsentAt == nil && body.Owed() > 0 && p.Now().After(s.StartsAt)
	if s.State == hiring.SessionRunning && auth.Of(c).Has(planners...) {
		closing, err := p.Reader.Closing(ctx, s.ID)
		if err != nil {
			return err
		}
		not := closing.Check(s.State, p.Now())
		if message, refused := refusal(not); refused {
			body.Not = message.Text(body.Lang)
		}
		body.Close = not == nil
	}
	body.Stats = reportStats(body.Lang, body.Report)
	return p.Frame.HTML(c, fiber.StatusOK, "interview/report", Page{Title: p.Frame.T(c, "board.report"), Lead: sessionTitle(p.Frame.Lang(c), s), Body: body})
}

// closeSession closes a session whose day is over, before it would close by itself.
func (p *Pages) closeSession(c *fiber.Ctx) error {
	s, err := p.session(c)
	if err != nil {
		return err
	}
	who, err := p.by(c)
	if err != nil {
		return err
	}
	here := ReadForm(c, "here").Get("here")
	if now, err := p.Reader.DayReport(c.UserContext(), s.Interview, p.Now(), false); err != nil {
		return err
	} else if s.State == hiring.SessionRunning && here != strconv.Itoa(now.Here) { // somebody came, or was met, since
		return p.Frame.RedirectFlash(c, sessionPath(s.ID)+"/report", Flash{Key: "flash.close_changed", Tone: Warning})
	}
	_, err = workflows.Do(c.UserContext(), p.Commands, workflows.CloseSession, s.ID.String(), who, workflows.None{})
	return p.after(c, sessionPath(s.ID)+"/report", Flash{Key: "flash.session_closed"}, err)
}

// reportStats are the figures of a day: what became of the places, which they add up to, who came without one,
// and what became of all who came.
func reportStats(lang string, r hiring.DayReport) (stats []Stat) {
	for _, one := range []struct {
		key    string
		n      int
		always bool
	}{
		{"r_came", r.Kept(), true},
		{"no_show", r.Missed(), true},
		{"r_called_off", r.CalledOff, false},
		{"r_expected", r.Expected, false},
		{"r_walk_ins", r.WalkIns, true},
		{"r_interviewed", r.Interviewed, true},
		{"r_left", r.Left, true},
		{"r_unmet", r.Unmet, false},
		{"r_here", r.Here, false},
	} {
		if one.n == 0 && !one.always {
			continue
		}
		stat := Stat{Label: i18n.T(lang, "board."+one.key), Value: i18n.Number(lang, int64(one.n))}
		switch {
		case one.key == "r_came":
			stat.Note = i18n.T(lang, "board.r_of", "n", r.Places)
		case one.key == "r_walk_ins" && r.Asked > 0:
			stat.Note = i18n.T(lang, "board.r_asked", "n", r.Asked)
		}
		stats = append(stats, stat)
	}
	return stats
}
