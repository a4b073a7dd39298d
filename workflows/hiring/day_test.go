package hiring

import (
	"slices"
	"testing"
	"time"
)

var nine = time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)

func after(m int) time.Time { return nine.Add(time.Duration(m) * time.Minute) }

func TestQueue(t *testing.T) {
	queue := Queue([]Waiting{
		{ID: "walked in", State: BookingWalkIn, Promised: after(1), Arrived: after(1)},
		{ID: "late, came first", State: BookingArrivedLate, Promised: after(-30), Arrived: after(0)},
		{ID: "late, came last", State: BookingArrivedLate, Promised: after(-60), Arrived: after(9)},
		{ID: "early", State: BookingArrived, Promised: after(30), Arrived: after(-20)},
		{ID: "b on time", State: BookingArrived, Promised: after(0), Arrived: after(-5)},
		{ID: "a on time", State: BookingArrived, Promised: after(0), Arrived: after(-5)},
		{ID: "called, did not come", State: BookingArrived, Promised: after(-30), Arrived: after(-30), Returned: 1},
		{ID: "came again", State: BookingArrived, Promised: after(30), Arrived: after(25), Priority: true},
		{ID: "came again, late", State: BookingArrivedLate, Promised: after(0), Arrived: after(11), Priority: true},
	})
	var got []string
	for _, w := range queue {
		got = append(got, w.ID)
	}
	want := []string{
		"came again", "a on time", "b on time", "early", "called, did not come", "late, came first", "walked in", "late, came last", "came again, late",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if _, somebody := NextCalled(nil); somebody {
		t.Error("somebody is next of nobody")
	}
}

func TestWaitOutlook(t *testing.T) {
	here := func(id string, promised, arrived int) Waiting {
		return Waiting{ID: id, State: BookingArrived, Promised: after(promised), Arrived: after(arrived)}
	}
	waiting := []Waiting{here("a", 0, -10), here("b", 0, 0), here("c", 30, 20), here("d", 30, 30)}
	slot, limit := 30*time.Minute, time.Hour
	for _, c := range []struct {
		name  string
		lanes []LaneNow
		now   int
		total []int // minutes; -1: nobody can say
		level []WaitLevel
	}{
		{"nobody calls", nil, 25, []int{-1, -1, -1, -1}, []WaitLevel{WaitLong, WaitLong, WaitFine, WaitFine}},
		{"one lane, idle", []LaneNow{{}}, 30, []int{30, 60, 60, 90}, []WaitLevel{WaitLong, WaitLong, WaitFine, WaitNear}},
		{"one lane, busy", []LaneNow{{Busy: true, Started: after(20)}}, 30, []int{50, 80, 80, 110}, []WaitLevel{WaitLong, WaitNear, WaitNear, WaitNear}},
		{"one lane, overdue", []LaneNow{{Busy: true, Started: after(-60)}}, 30, []int{30, 60, 60, 90}, []WaitLevel{WaitLong, WaitLong, WaitFine, WaitNear}},
		{"early ones wait nothing yet", []LaneNow{{}}, 10, []int{10, 40, 40, 70}, []WaitLevel{WaitFine, WaitFine, WaitFine, WaitFine}},
		{"before the start", []LaneNow{{Opens: after(0)}}, -15, []int{0, 30, 30, 60}, []WaitLevel{WaitFine, WaitFine, WaitFine, WaitFine}},
		{"two lanes", []LaneNow{{}, {Busy: true, Started: after(5)}}, 10, []int{10, 35, 10, 35}, []WaitLevel{WaitFine, WaitFine, WaitFine, WaitFine}},
		{"much later", []LaneNow{{}}, 61, []int{61, 91, 91, 121}, []WaitLevel{WaitOver, WaitOver, WaitNear, WaitNear}},
		{"four fifths of the limit", []LaneNow{{}, {}, {}, {}}, 48, []int{48, 48, 18, 18}, []WaitLevel{WaitNear, WaitNear, WaitFine, WaitFine}},
	} {
		out := WaitOutlook(waiting, c.lanes, slot, limit, after(c.now))
		for i, o := range out {
			total := -1
			if o.Total >= 0 {
				total = int(o.Total / time.Minute)
			}
			if total != c.total[i] || o.Level != c.level[i] {
				t.Errorf("%s: %s waits %d in all, %s; want %d, %s", c.name, o.ID, total, o.Level, c.total[i], c.level[i])
			}
		}
	}
	if _, needed := ProposeRelief(WaitOutlook(waiting[:2], []LaneNow{{}, {}}, slot, limit, after(5)), 3, 3); needed {
		t.Error("relief where nobody waits long")
	}
	if _, needed := ProposeRelief(WaitOutlook(waiting, []LaneNow{{Opens: after(0)}}, slot, 20*time.Minute, after(-5)), 3, 3); needed {
		t.Error("relief for people who came before their time")
	}
}

// Whoever waits longest is asked first, and late ones after those who came in time.
func TestProposeRelief(t *testing.T) {
	outlook := WaitOutlook([]Waiting{
		{ID: "long", State: BookingArrived, Promised: after(0), Arrived: after(-10)},
		{ID: "over", State: BookingArrived, Promised: after(15), Arrived: after(10)},
		{ID: "near", State: BookingArrived, Promised: after(30), Arrived: after(20)},
		{ID: "nearly", State: BookingArrived, Promised: after(40), Arrived: after(40)},
		{ID: "away when called", State: BookingArrived, Promised: after(0), Arrived: after(0), Returned: 1},
		{ID: "late", State: BookingArrivedLate, Promised: after(-60), Arrived: after(5)},
		{ID: "walked in", State: BookingWalkIn, Promised: after(35), Arrived: after(35)},
		{ID: "early", State: BookingArrived, Promised: after(90), Arrived: after(10)},
	}, []LaneNow{{}}, 30*time.Minute, time.Hour, after(80))
	r, needed := ProposeRelief(outlook, 1, 1)
	if !needed || !r.Lane || r.Longest != 80*time.Minute {
		t.Errorf("%+v %v", r, needed)
	}
	if want := []string{"long", "over", "away when called", "late", "near", "nearly", "walked in"}; !slices.Equal(r.Move, want) {
		t.Errorf("asked are %q, want %q", r.Move, want)
	}
	if want := []string{"long", "over", "away when called", "late"}; !slices.Equal(r.Over, want) {
		t.Errorf("over the limit are %q, want %q", r.Over, want)
	}
	if want := []string{"near", "nearly", "walked in"}; !slices.Equal(r.Near, want) {
		t.Errorf("near it are %q, want %q", r.Near, want)
	}
	if r, needed = ProposeRelief(outlook, 0, 0); !needed || r.Lane || r.Move != nil {
		t.Errorf("%+v %v", r, needed)
	}
}

// A wait is elapsed time: a night on which the clocks change makes it neither longer nor shorter.
func TestWaitsAcrossAClockChange(t *testing.T) {
	sofia, err := time.LoadLocation("Europe/Sofia")
	if err != nil {
		t.Fatal(err)
	}
	arrived := time.Date(2027, 10, 31, 3, 50, 0, 0, sofia) // ten minutes later it is three again
	w := Waiting{State: BookingArrived, Promised: arrived, Arrived: arrived}
	if got := w.Waited(arrived.Add(25 * time.Minute)); got != 25*time.Minute {
		t.Error(got)
	}
}

func TestReportDay(t *testing.T) {
	start, end := after(0), after(120)
	r := ReportDay([]DayPlace{
		{State: BookingInterviewed, Promised: after(0), Arrived: after(-10), Met: true, Started: after(5)},
		{State: BookingInterviewed, Promised: after(0), Arrived: after(20), Met: true, Started: after(50)},
		{State: BookingInterviewed, Promised: after(30), Arrived: after(30), Ended: after(90)}, // scored without a call
		{State: BookingLeft, Promised: after(30), Arrived: after(30), Ended: after(100)},
		{State: BookingNoInterview, Promised: after(60), Arrived: after(60), Ended: after(300)},
		{State: BookingArrived, Promised: after(61), Arrived: after(61), WalkIn: true, Asked: true},
		{State: BookingNoShow, Promised: after(60)},
		{State: BookingCancelledLate, Promised: after(60)},
		{State: BookingCancelled, Promised: after(60)},
		{State: BookingMoved, Promised: after(60)},
		{State: BookingNoAnswer, Promised: after(60)},
	}, []DayLane{
		{ID: "1", Meetings: []Meeting{{From: after(5), Until: after(35)}, {From: after(110), Until: after(140)}}},
		{ID: "2", Opened: after(60), Closed: after(100), Meetings: []Meeting{{From: after(60), Until: after(70)}}},
		{ID: "3", Meetings: []Meeting{{From: after(20)}}},
	}, start, end, time.Hour, true)
	lanes := r.Lanes
	r.Lanes = nil
	if want := (DayReport{
		Places: 7, Came: 6, Late: 1, WalkIns: 1, Interviewed: 3, NoShow: 1, Left: 1, Unmet: 2,
		Waits: 3, WaitMedian: 30, WaitMax: 70, OverLimit: 1, Idle: 110, Overtime: 20,
	}); r.Places != want.Places || r.Came != want.Came || r.Late != want.Late || r.WalkIns != 1 || r.Interviewed != 3 || r.NoShow != 1 || r.Left != 1 ||
		r.Unmet != 2 || r.Waits != 3 || r.WaitMedian != 30 || r.WaitMax != 70 || r.OverLimit != 1 || r.Idle != want.Idle || r.Overtime != 20 {
		t.Errorf("%+v", r)
	}
	if lanes[0].Idle != 80 || lanes[0].Busy != 60 || lanes[1].Idle != 30 || lanes[2].Idle != 0 || lanes[2].Interviews != 1 {
		t.Errorf("%+v", lanes)
	}
	if r.Kept() != 5 || r.Missed() != 1 || r.CalledOff != 1 || r.Expected != 0 || r.Asked != 1 || r.Rate() != 5./7 {
		t.Errorf("%+v: the places do not add up", r)
	}
	waiting := []DayPlace{{State: BookingArrived, Arrived: after(0)}, {State: BookingConfirmed}, {State: BookingInvited}, {State: BookingNoShow}}
	if now := ReportDay(waiting, nil, start, end, time.Hour, false); now.Places != 4 || now.Kept() != 1 || now.Missed() != 1 || now.Expected != 2 {
		t.Errorf("%+v", now)
	}
	if now := ReportDay(waiting, nil, start, end, time.Hour, true); now.Kept() != 1 || now.Missed() != 3 || now.Expected != 0 {
		t.Errorf("%+v: it is over, and somebody is still expected", now)
	}
	going := DayLane{Closed: after(40), Meetings: []Meeting{{From: after(0), Until: after(10)}, {From: after(14), Until: after(40), Live: true}}}
	if now := ReportDay(nil, []DayLane{going}, start, end, time.Hour, false); now.Idle != 4 || now.Lanes[0].Busy != 36 || now.Lanes[0].Interviews != 1 {
		t.Errorf("%+v: who is in an interview is idle", now)
	}
	if empty := ReportDay(nil, nil, start, end, time.Hour, true); empty.Waits != 0 || empty.Came != 0 {
		t.Errorf("%+v", empty)
	}
}

func TestLanesOpen(t *testing.T) {
	all, shut := DayLane{}, func(from, to int) DayLane { return DayLane{Opened: after(from), Closed: after(to)} }
	for name, one := range map[string]struct {
		lanes []DayLane
		want  int
	}{
		"planned and kept":                      {[]DayLane{all, all}, 2},
		"closed and opened again":               {[]DayLane{all, {Closed: after(100)}, {Opened: after(110)}}, 2},
		"relief in the last hour":               {[]DayLane{all, all, {Opened: after(420)}}, 2},
		"relief after the planned end":          {[]DayLane{all, {Opened: after(500)}}, 1},
		"closed before the day":                 {[]DayLane{all, {Closed: after(-60)}}, 1},
		"went home early":                       {[]DayLane{all, {Closed: after(100)}}, 1},
		"went home late":                        {[]DayLane{all, {Closed: after(400)}}, 2},
		"one takes over from another":           {[]DayLane{{Closed: after(240)}, {Opened: after(240)}}, 1},
		"a mistake of minutes, again and again": {[]DayLane{all, shut(0, 5), shut(6, 10), shut(11, 480)}, 2},
		"half a day is a whole interviewer":     {[]DayLane{all, shut(240, 480)}, 2},
		"hardly anybody":                        {[]DayLane{shut(0, 60)}, 1},
		"nobody":                                {nil, 1},
	} {
		if got := LanesOpen(one.lanes, after(0), after(480)); got != one.want {
			t.Errorf("%s: %d, want %d", name, got, one.want)
		}
	}
	if LanesOpen([]DayLane{all}, after(0), after(0)) != 1 {
		t.Error("a day of no length")
	}
}

func TestRulesOfTheDay(t *testing.T) {
	if CheckPriority(1, 2) != nil || CheckPriority(2, 2) == nil || CheckPriority(0, 0) == nil {
		t.Error("a place that comes first needs a lane of its own")
	}
	if SlotAt([]time.Time{after(0), after(30), after(60)}, after(59)) != 1 || SlotAt([]time.Time{after(0)}, after(-60)) != 0 {
		t.Error("slot")
	}
	if CheckWalkIn(Responded, SessionRunning, after(0), after(60), after(-10)) != nil ||
		CheckWalkIn(Decided, SessionRunning, after(0), after(60), after(0)) == nil ||
		CheckWalkIn(Responded, SessionClosed, after(0), after(60), after(0)) == nil ||
		CheckWalkIn(Responded, SessionRunning, after(0), after(60), after(61)) == nil {
		t.Error("walk in")
	}
	here := BookingFact{ID: "b", State: BookingArrived, StartsAt: after(0)}
	if a := here.next(after(500), DefaultPolicy()); !a.End {
		t.Error(a)
	}
	here.Unmet = true
	if a := here.next(after(500), DefaultPolicy()); a.Do != DoUnmet {
		t.Error(a)
	}
	here.MetAt = after(20)
	if a := here.next(after(500), DefaultPolicy()); a.Do != DoInterviewed || a.Subject != "b" {
		t.Error(a)
	}
	if a := (InterviewFacts{State: SessionRunning, Over: []string{"c"}}).Next(after(0)); a.Do != DoEndCall || a.Subject != "c" {
		t.Error(a)
	}
}
