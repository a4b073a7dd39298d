package web

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/activities/store/storetest"
	"github.com/stazh/stazh/workflows/staff"
)

// onAir serves the firm's pages on a real connection, with news from its database.
func (f *firm) onAir() (address string, live *Live) {
	f.Helper()
	live = f.pages.Live
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		f.Fatal(err)
	}
	go func() { _ = f.app.Listener(listener) }()
	ctx, cancel := context.WithCancel(context.Background())
	heard := make(chan bool, 1)
	go func() {
		_ = store.Listen(ctx, storetest.DSN(f.DB), func(id uuid.UUID) {
			if id == uuid.Nil {
				select {
				case heard <- true:
				default:
				}
			}
			live.Told(id)
		})
	}()
	select {
	case <-heard:
	case <-time.After(20 * time.Second):
		f.Fatal("nobody listens to the database")
	}
	f.Cleanup(func() {
		cancel()
		live.Close()
		_ = f.app.ShutdownWithTimeout(5 * time.Second)
	})
	return "http://" + listener.Addr().String(), live
}

// happening is one event of a stream.
type happening struct {
	name, id, data string
	at             time.Time
}

// watch opens a stream and returns its events; the channel closes when the stream ends.
func watch(t *testing.T, url, cookie string, headers ...string) (events chan happening, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Cookie", cookie)
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
		t.Fatal(res.StatusCode, res.Header)
	}
	events = make(chan happening, 100)
	go func() {
		defer close(events)
		defer res.Body.Close()
		var one happening
		lines := bufio.NewScanner(res.Body)
		lines.Buffer(nil, 1<<22)
		for lines.Scan() {
			name, value, _ := strings.Cut(lines.Text(), ": ")
			switch {
			case lines.Text() == "":
				if one.name != "" {
					one.at = time.Now()
					events <- one
				}
				one = happening{}
			case name == "event":
				one.name = value
			case name == "id":
				one.id = value
			case name == "data":
				one.data += value + "\n"
			}
		}
	}()
	return events, cancel
}

// next waits for an event of a name whose data has the words.
func next(t *testing.T, events chan happening, name string, words ...string) happening {
	t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		select {
		case e, open := <-events:
			if !open {
				t.Fatalf("the stream ended before %s %q", name, words)
			}
			if e.name == name && !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(e.data, w) }) {
				return e
			}
		case <-deadline:
			t.Fatalf("no %s with %q", name, words)
		}
	}
}

func TestLiveBoard(t *testing.T) {
	f := newFirm(t, 2)
	id, path := f.session(2)
	places := f.booked(id, 2)
	f.now = places[0].StartsAt
	f.pages.Live = &Live{Ping: 50 * time.Millisecond, Again: 100 * time.Millisecond}
	url, live := f.onAir()
	events, stop := watch(t, url+path+"/live", f.as(staff.Receptionist))
	first := next(t, events, "board", "Ivanov Ivan 001", "Expected", "7900000")
	if strings.Contains(first.data, "_csrf\" value=\"y") || strings.Contains(first.data, "The hr") {
		t.Error("somebody's own things are in what everybody gets")
	}
	next(t, events, "ping")
	res, page := f.post(staff.HR, path+"/day", path+"/day", marking(places[0], "arrived"))
	f.want(res, page, http.StatusSeeOther)
	e := next(t, events, "board", "is-here", "Waiting")
	stop()
	// Back with what it has: nothing is sent again but what changed since.
	events, stop = watch(t, url+path+"/live", f.as(staff.Receptionist), "Last-Event-ID", e.id)
	if got := <-events; got.name != "ping" {
		t.Error("sent again:", got.name)
	}
	// The connection to the database is killed: it is made anew, and news goes on.
	if _, err := f.DB.NewRaw(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'stazh live' AND datname = current_database()`).Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.DB.NewRaw("UPDATE person SET name = 'Юлия Щукина' WHERE id = ?", places[1].PersonID).Exec(t.Context())
	next(t, events, "board", "Юлия Щукина")
	res, page = f.post(staff.HR, path+"/day", path+"/day", marking(places[1], "arrived"))
	f.want(res, page, http.StatusSeeOther)
	next(t, events, "board", ">Waiting <span class=\"count\">2<")
	// An interviewer sees the same without telephone numbers and without buttons.
	looking, stopLooking := watch(t, url+path+"/live", f.as(staff.Interviewer))
	seen := next(t, looking, "board", "Юлия Щукина")
	if strings.Contains(seen.data, "7900000") || strings.Contains(seen.data, "<form") {
		t.Error("an interviewer sees what is reception's")
	}
	stopLooking()
	// Signed out: the stream ends by itself.
	if _, err := f.DB.NewRaw("DELETE FROM staff_session").Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
	next(t, events, "end")
	stop()
	f.cookie = map[staff.Role]string{}
	deadline := time.Now().Add(10 * time.Second)
	for live.Screens() > 0 && time.Now().Before(deadline) {
		live.Told(id)
		time.Sleep(20 * time.Millisecond)
	}
	if n := live.Screens(); n != 0 {
		t.Error(n, "screens are left")
	}
}

func TestLiveEndsAtShutdown(t *testing.T) {
	f := newFirm(t, 1)
	id, path := f.session(1)
	f.booked(id, 1)
	f.pages.Live = &Live{}
	url, live := f.onAir()
	events, stop := watch(t, url+path+"/live", f.as(staff.HR))
	defer stop()
	next(t, events, "board")
	began := time.Now()
	live.Close()
	next(t, events, "end")
	if err := f.app.ShutdownWithTimeout(5 * time.Second); err != nil || time.Since(began) > 4*time.Second {
		t.Error("streams hold the server up", err, time.Since(began))
	}
}

func TestWhoMayWatch(t *testing.T) {
	f := newFirm(t, 1)
	id, path := f.session(1)
	f.booked(id, 1)
	f.pages.Live = &Live{}
	for _, role := range staff.Roles {
		code := 404
		if slices.Contains(onTheDay, role) {
			code = 200
		}
		if got, _ := f.get(role, path+"/day"); got != code {
			t.Errorf("the board as %s: %d, want %d", role, got, code)
		}
		if code == 200 {
			continue // the stream has no end; TestLiveBoard reads it
		}
		if got, _ := f.get(role, path+"/live"); got != code {
			t.Errorf("the stream as %s: %d, want %d", role, got, code)
		}
	}
	if got, _ := f.get(staff.Interviewer, path+"/live?lane="+uuid.NewString()); got != 404 {
		t.Error("somebody else's lane", got)
	}
	if res, _ := do(t, f.app, "GET", path+"/live", ""); res.StatusCode != http.StatusSeeOther && res.StatusCode != http.StatusUnauthorized {
		t.Error("a stranger watches", res.StatusCode)
	}
}

// Fifty screens at five events a second: how long news takes is logged; that each screen gets the last
// picture is checked.
func TestFiftyScreens(t *testing.T) {
	f := newFirm(t, 1)
	id, path := f.session(1)
	places := f.booked(id, 1)
	f.now = places[0].StartsAt
	f.pages.Live = &Live{}
	url, _ := f.onAir()
	const screens = 50
	all := make([]chan happening, screens)
	for i := range all {
		events, stop := watch(t, url+path+"/live", f.as(staff.Receptionist))
		defer stop()
		all[i] = events
		next(t, events, "board")
	}
	var took []time.Duration
	for n := range 10 {
		name := "Person " + string(rune('A'+n))
		began := time.Now()
		if _, err := f.DB.NewRaw("UPDATE person SET name = ? WHERE id = ?; UPDATE booking SET sequence = sequence + 1 WHERE id = ?", name, places[0].PersonID, places[0].ID).Exec(t.Context()); err != nil {
			t.Fatal(err)
		}
		var wait sync.WaitGroup
		times := make([]time.Duration, screens)
		for i, events := range all {
			wait.Go(func() { times[i] = next(t, events, "board", name).at.Sub(began) })
		}
		wait.Wait()
		took = append(took, slices.Max(times))
		time.Sleep(max(0, 200*time.Millisecond-time.Since(began))) // five a second
	}
	slices.Sort(took)
	t.Logf("the slowest of %d screens: median %v, longest %v", screens, took[len(took)/2], took[len(took)-1])
}

// A screen that reads nothing neither holds the others up nor fills the memory: it is dropped.
func TestSlowScreenIsDropped(t *testing.T) {
	l := &Live{Gather: time.Microsecond}
	id := uuid.New()
	s := &screen{news: make(chan []byte, 1), gone: make(chan struct{})}
	if !l.join(id, s) {
		t.Fatal("not let in")
	}
	for range slowAfter + 2 {
		l.offer(s, []byte("x"))
	}
	select {
	case <-s.gone:
	default:
		t.Error("a screen that reads nothing stays")
	}
	l.leave(id, s)
	l.Close()
	if l.join(id, s) || l.Screens() != 0 {
		t.Error("a screen is let in after the end")
	}
}
