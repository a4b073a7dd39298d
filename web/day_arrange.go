package web

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows/hiring"
)

// arrangeLanes puts people and lanes together.
func (b *board) arrangeLanes(lanes []store.Lane, calls []store.Call, people map[uuid.UUID]dayPlace) {
	names := map[uuid.UUID]store.InterviewLane{}
	for _, l := range b.Row.Lanes {
		names[l.ID] = l
	}
	slot := minutes(b.Row.SlotMinutes)
	var closed []dayLane
	for _, l := range lanes {
		named, known := names[l.ID]
		if !known {
			continue
		}
		lane := dayLane{
			InterviewLane: named, Local: b.Row.Local, Session: b.Row.ID, Live: b.Row.Live(), Hands: b.Act, Paused: l.PausedAt != nil, Slot: b.Row.SlotMinutes, Stranded: b.Row.Stranded(),
		}
		if l.ClosedAt != nil {
			closed = append(closed, lane)
			continue
		}
		for _, c := range calls {
			if c.LaneID != l.ID || c.Outcome != hiring.CallLive {
				continue
			}
			lane.Call = &c
			from := c.CalledAt
			if c.StartedAt != nil {
				from = *c.StartedAt
			}
			lane.Since = max(b.Now.Sub(from), 0).Truncate(time.Minute)
			lane.Over = lane.Since > slot
			if guest, ok := people[c.BookingID]; ok {
				guest.With, guest.Waited, guest.Long = named.StaffName, 0, false
				people[c.BookingID] = guest
				lane.Guest = &guest
			}
		}
		b.Lanes = append(b.Lanes, lane)
	}
	if !b.Act || !b.Row.Live() || hiring.CheckLaneOnDay(b.Row.StartsAt, b.Now) != nil {
		return
	}
	for _, l := range closed {
		same := func(other dayLane) bool { return other.StaffID == l.StaffID }
		if !slices.ContainsFunc(b.Lanes, same) && !slices.ContainsFunc(b.Closed, same) {
			b.Closed = append(b.Closed, l)
		}
	}
}

// outlook notes on each of those waiting how it stands with his wait.
func (b *board) outlook(queue []hiring.Waiting, people map[uuid.UUID]dayPlace) []hiring.Outlook {
	var lanes []hiring.LaneNow
	for _, l := range b.Lanes {
		if l.Paused {
			continue
		}
		now := hiring.LaneNow{ID: l.ID.String(), Busy: l.Call != nil, Opens: b.Row.StartsAt}
		if l.Call != nil {
			now.Started = l.Call.CalledAt
			if l.Call.StartedAt != nil {
				now.Started = *l.Call.StartedAt
			}
		}
		lanes = append(lanes, now)
	}
	out := hiring.WaitOutlook(queue, lanes, minutes(b.Row.SlotMinutes), minutes(b.Row.WaitMinutes), b.Now)
	for _, o := range out {
		id, err := uuid.Parse(o.ID)
		if err != nil {
			continue
		}
		guest, ok := people[id]
		if !ok {
			continue
		}
		guest.Long = o.Level != hiring.WaitFine
		guest.Near = o.Level == hiring.WaitNear || o.Level == hiring.WaitOver
		guest.Total = max(o.Total, 0).Truncate(time.Minute)
		people[id] = guest
	}
	return out
}

func minutes(n int) time.Duration { return time.Duration(n) * time.Minute }

// arrange makes the sections, those first on whom somebody has to act.
func (b *board) arrange(order []uuid.UUID, people map[uuid.UUID]dayPlace, queue []hiring.Waiting) {
	sections := []daySection{
		{Key: "waiting"}, {Key: "inside"}, {Key: "on_the_way"}, {Key: "expected"}, {Key: "done", Closed: true}, {Key: "no_show", Closed: true}, {Key: "left", Closed: true},
	}
	if !b.Row.Live() {
		sections[0].Key = "unmet" // nobody will be called any more
	}
	add := func(n int, guest dayPlace) {
		if b.Find != "" && !strings.Contains(guest.Search(), strings.ToLower(strings.TrimSpace(b.Find))) {
			return
		}
		b.Found++
		sections[n].People = append(sections[n].People, guest)
	}
	queued := map[uuid.UUID]bool{}
	var before []string
	for n, w := range hiring.Queue(queue) {
		id, err := uuid.Parse(w.ID)
		guest, ok := people[id]
		if err != nil || !ok {
			continue
		}
		if n == 0 {
			for i := range b.Lanes {
				b.Lanes[i].Next = &guest
			}
		}
		queued[id] = true
		guest.Turn = b.turn(before)
		before = append(before, guest.Name)
		add(0, guest)
	}
	for _, id := range order {
		guest := people[id]
		switch {
		case queued[id]:
		case guest.State.Present():
			add(1, guest)
		case guest.State.Expected() && !guest.LateUntil.IsZero():
			add(2, guest)
		case guest.State.Expected():
			add(3, guest)
		case guest.State == hiring.BookingInterviewed:
			add(4, guest)
		case guest.State == hiring.BookingNoShow, guest.State == hiring.BookingCancelledLate:
			add(5, guest)
		default:
			add(6, guest)
		}
	}
	for _, s := range sections {
		if len(s.People) > 0 {
			s.Closed = s.Closed && b.Find == ""
			b.Sections = append(b.Sections, s)
		}
	}
}
