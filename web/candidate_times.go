package web

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
)

// timesView is the page of times to choose from.
type timesView struct {
	candidateView
	Days   []dayOfTimes
	Moved  bool   // an open booking is moved; else one is booked anew
	Notice string // why the time chosen a moment ago is not to be had
	Left   int    // how often it may still be moved after this
	Owed   string // of the time that comes first, to whom we promised one
}

// dayOfTimes are the times of one day at one place, in one reading of its clock: in the night when clocks
// go back the repeated hour stands under its own heading.
type dayOfTimes struct {
	Day     time.Time
	Zone    *time.Location
	Venue   string
	Address string
	Times   []timeOption
}

type timeOption struct {
	Value string // "<session>/<slot>", see chooseArgs
	At    time.Time
	First bool // it is the one that comes first, which was promised him
}

// owed reports whether he may choose a time that comes first.
func (v visit) owed() bool { return !v.now.After(v.facts.Promised) }

func (p *Pages) showTimes(v visit) error { return p.times(v, fiber.StatusOK, nil, "") }

// times shows the free times, or goes back to the page when there is nothing to choose for.
func (p *Pages) times(v visit, status int, form *Form, notice string) error {
	view := timesView{candidateView: newCandidateView(v), Notice: notice}
	if !view.Options.Move && !view.Options.Choose {
		return p.backToPage(v)
	}
	view.Moved = view.Options.Move
	free, err := p.freeTimes(v)
	if err != nil {
		return err
	}
	if v.owed() && len(free) > 0 {
		key := "candidate.times_owed_none"
		if slices.ContainsFunc(free, func(t store.FreeTime) bool { return t.First }) {
			key = "candidate.times_owed"
		}
		view.Owed = v.t(key, "until", view.when(v.facts.Promised, view.Zone))
	}
	view.Days = days(v.lang, free)
	view.Left = v.facts.Rules.Moves - v.facts.Moves - 1
	title := "candidate.times_title"
	if view.Moved {
		title = "candidate.move_title"
	}
	return p.page(v, status, "candidate/times", Page{Title: v.t(title), Form: form, Body: view})
}

// freeTimes are those that the rules let this candidate choose now. How many seats are left, or how many
// people share a time, is nobody's business here.
func (p *Pages) freeTimes(v visit) ([]store.FreeTime, error) {
	f := v.facts
	b := f.Booking()
	moving := b != nil && b.State.Open()
	times, err := p.Reader.FreeTimes(v.UserContext(), f.VacancyID, v.now, maxTimes, v.owed())
	times = slices.DeleteFunc(times, func(t store.FreeTime) bool {
		if slices.Contains(f.Held, t.InterviewID) || !canTake(f.Elsewhere, t.StartsAt, t.WaitMinutes, t.SlotMinutes) {
			return true
		}
		// Two sessions at one place and hour are one time to him.
		same := moving && t.StartsAt.Equal(f.StartsAt) && t.VenueName == f.VenueName && t.VenueAddress == f.Address
		return same || moving && b.CheckMove(v.now, t.Rules) != nil
	})
	if moving { // who can stay in his session does
		slices.SortStableFunc(times, func(a, b store.FreeTime) int {
			own := func(t store.FreeTime) int {
				if t.InterviewID == *f.InterviewID {
					return 0
				}
				return 1
			}
			return cmp.Or(a.StartsAt.Compare(b.StartsAt), own(a)-own(b))
		})
	}
	return times, err
}

// maxTimes bounds the page: more than a person can choose from.
const maxTimes = 400

// days groups the times.
func days(lang string, free []store.FreeTime) []dayOfTimes {
	var list []dayOfTimes
	at := map[string]int{}
	for _, t := range free {
		zone := zoneOf(t.Zone)
		key := fmt.Sprint(t.StartsAt.In(zone).Format(time.DateOnly), "|", i18n.Zone(lang, t.StartsAt, zone), "|", t.VenueName, "|", t.VenueAddress)
		n, ok := at[key]
		if !ok {
			n = len(list)
			at[key] = n
			list = append(list, dayOfTimes{Day: t.StartsAt, Zone: zone, Venue: t.VenueName, Address: t.VenueAddress})
		}
		day := &list[n]
		o := timeOption{Value: fmt.Sprintf("%s/%d", t.InterviewID, t.Slot), At: t.StartsAt, First: t.First}
		if o.First {
			o.Value += "/first"
		}
		// Two sessions at one place and hour are one choice: the first with a free seat, or where he comes first.
		if n := slices.IndexFunc(day.Times, func(o timeOption) bool { return o.At.Equal(t.StartsAt) }); n < 0 {
			day.Times = append(day.Times, o)
		} else if o.First && !day.Times[n].First {
			day.Times[n] = o
		}
	}
	return list
}

// retriable are the refusals after which another time may be chosen on the same page.
var retriable = []string{"seat_taken", "no_longer_first", "session_closed", "notice_too_short", "beyond_horizon", "not_same_day", "same_time", "already_in_session", "time_overlaps"}

func (p *Pages) chooseTime(v visit) error {
	args := chooseArgs(v.Ctx)
	if args.Interview == "" {
		form := NewForm(nil)
		form.Add("time", "choose_one")
		return p.times(v, fiber.StatusUnprocessableEntity, form, "")
	}
	answer, err := send(p, v, workflows.Choose, args)
	if err == nil {
		return p.Frame.RedirectFlash(v.Ctx, v.base, Flash{Key: "candidate.done_" + answer.Code})
	}
	code := fault.CodeOf(err)
	if fault.KindOf(err) != fault.Conflict || !slices.Contains(retriable, code) {
		return p.refused(v, err)
	}
	// Facts may have changed meanwhile; what is offered now must be free now.
	if v.facts, err = p.Reader.CandidatePage(v.UserContext(), v.facts.ID); err != nil {
		return err
	}
	return p.times(v, fiber.StatusConflict, nil, v.t("candidate.refused_"+code))
}
