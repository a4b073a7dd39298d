package web

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/google/uuid"

	"github.com/stazh/stazh/workflows/staff"
)

// How many of those with a time are expected is one number: on the session's page and on its plan's, however each of
// them is known.
func TestExpectedIsOneNumber(t *testing.T) {
	f := newFirm(t, 7)
	id, path := f.session(3, 2, 2)
	f.booked(id, 7)
	if _, err := f.DB.NewRaw("UPDATE booking SET state = 'invited' WHERE interview_id = ?", id).Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
	sum := func() (session, plan string) {
		t.Helper()
		_, page := f.get(staff.HR, path)
		_, desk := f.get(staff.HR, path+"/plan")
		return regexp.MustCompile(`<span id="comes">([^<]*)`).FindStringSubmatch(page)[1], regexp.MustCompile(`by their own forecasts about (\S+)`).FindStringSubmatch(desk)[1]
	}
	before, plan := sum()
	if before != plan {
		t.Fatalf("%s are expected, and %s on the plan's page", before, plan)
	}
	// HR's word on one of them counts on both.
	res, page := f.post(staff.HR, path+"/forecasts/"+f.Applications[0].String(), path+"/forecasts/"+f.Applications[0].String(), url.Values{"p": {"100"}})
	f.want(res, page, 303)
	after, plan := sum()
	if after != plan || after == before {
		t.Fatalf("%s are expected, then %s, and %s on the plan's page", before, after, plan)
	}
	if _, page := f.get(staff.Receptionist, path); !strings.Contains(page, `<span id="comes">`+after) {
		t.Error("reception sees another number")
	}
}

// While the page stands, what waves do is seen on it: the figures, the seats and the shortlist, but not under a hand.
func TestWavesAreSeenAtOnceInBrowser(t *testing.T) {
	f := newFirm(t, 12)
	id, path := f.planned(4, 4)
	ctx, address := f.browse(staff.HR, 1200, new(atomic.Int64))
	run := func(actions ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(ctx, actions...); err != nil {
			t.Fatal(err)
		}
	}
	read := func() string {
		t.Helper()
		got, err := chromedp.Run(ctx, chromedp.Evaluate[string](`[...document.querySelectorAll("#counts .stat-value")].map((s) => s.textContent.trim()).concat(["taken-0", "comes-0", "taken", "comes"].map((id) => document.getElementById(id).textContent), [document.querySelectorAll("#shortlist tbody tr").length]).join("; ")`))
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	poll := func() {
		t.Helper()
		run(chromedp.Evaluate[chromedp.Void](`(() => { document.body.dataset.polled = ""; document.addEventListener("htmx:afterRequest", (e) => { if (e.target.id === "people") document.body.dataset.polled = "yes"; }, {once: true}); htmx.ajax("GET", "`+path+`/people", {target: "#people", source: "#people", swap: "outerHTML"}).then(() => document.body.dataset.polled = "yes"); })()`),
			chromedp.WaitVisible(`body[data-polled="yes"]`))
	}
	run(chromedp.Navigate(address+path), chromedp.WaitVisible("#counts"))
	if got := read(); got != "0 of 8; 0; 0; 0; 0; 0; 0; 0; 0; 12" {
		t.Fatal(got)
	}
	run(chromedp.Click(`input[value="auto"]`), chromedp.Click(`form[action$="/fill"] button`), chromedp.WaitVisible(`form[action$="/fill/stop"]`))
	// The word on what was done has the focus, and not the page's body.
	if at, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.activeElement.className + " " + document.activeElement.textContent.trim()`)); err != nil || !strings.Contains(at, "banner") || !strings.Contains(at, "has begun") {
		t.Error(at, err)
	}
	f.command(f.engine.Run(t.Context(), "interview/"+id.String()))
	poll()
	got := read()
	if strings.HasPrefix(got, "0 of 8") || strings.Contains(got, "; 0; 12") {
		t.Fatal("nothing is seen of the waves:", got)
	}
	_, page := f.get(staff.HR, path)
	if now := regexp.MustCompile(`<span id="comes">([^<]*)`).FindStringSubmatch(page)[1]; !strings.Contains(got, "; "+now+"; ") {
		t.Error(got, "and after a reload", now)
	}
	// What is ticked stays ticked.
	run(chromedp.Click(`#shortlist tbody input[type="checkbox"]`), chromedp.Evaluate[chromedp.Void](`document.activeElement.blur()`))
	_, err := f.DB.NewRaw("UPDATE application SET rank = 99 WHERE id = ?", f.Applications[11]).Exec(t.Context())
	f.command(err)
	poll()
	if ticked, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`!!document.querySelector("#shortlist tbody input:checked")`)); err != nil || !ticked {
		t.Error("the tick is gone", err)
	}
}

// What is wrong with a start is said at its field as it is typed, and no plan is made of it.
func TestAStartThatIsOver(t *testing.T) {
	f := newFirm(t, 0)
	f.now = time.Date(2027, 3, 1, 9, 20, 0, 0, time.UTC) // 12:20 in Moscow
	_, path := f.session(2, 2)
	for _, c := range []struct{ date, time, field, words string }{
		{"2027-02-26", "10:00", "date", "This day is over"},
		{"2027-03-01", "10:00", "time", "it is 12:20 there"},
		{"2027-03-01", "12:20", "time", "This time is over"},
		{"2028-06-01", "10:00", "date", "year"},
		{"2027-03-01", "12:30", "", ""},
	} {
		change := map[string]string{"date": c.date, "time": c.time}
		for to, form := range map[string]url.Values{"/sessions/new": f.typed(change), "/sessions": f.typed(change), path + "/plan/try": deskOf("2", "2"), path + "/plan": deskOf("2", "2")} {
			form.Set("date", c.date)
			form.Set("time", c.time)
			form.Set("version", "1")
			if c.field == "" && !strings.HasSuffix(to, "new") && !strings.HasSuffix(to, "try") {
				continue
			}
			from := strings.TrimSuffix(to, "/try")
			if to == "/sessions" {
				from = "/sessions/new"
			}
			res, page := f.post(staff.HR, from, to, form)
			if c.field == "" {
				f.want(res, page, 200, "plan-sentence")
				continue
			}
			f.want(res, page, 422, c.words, `id="f-`+c.field+`-error"`)
			other := map[string]string{"date": "time", "time": "date"}[c.field]
			if strings.Contains(page, `id="f-`+other+`-error"`) || strings.Contains(page, "too late") && strings.Contains(to, "new") {
				t.Errorf("%s %+v: %s", to, c, text(page))
			}
		}
	}
}

func TestASessionPastMidnight(t *testing.T) {
	f := newFirm(t, 0)
	_, path := f.session(2, 2)
	for start, asked := range map[string]bool{"22:00": true, "20:00": false, "19:30": false, "23:30": true} {
		form := f.typed(map[string]string{"time": start, "slots": "8", "step": "propose"})
		form.Del("seats")
		res, page := f.post(staff.HR, "/sessions/new", "/sessions/new", form)
		f.want(res, page, 200)
		if strings.Contains(page, "ends only after midnight") != asked {
			t.Errorf("from %s: asked is %t", start, !asked)
		}
	}
	form := deskOf("2", "2")
	form.Set("time", "23:30")
	form.Set("date", "2027-03-04")
	res, page := f.post(staff.HR, path+"/plan", path+"/plan/try", form)
	f.want(res, page, 200, "ends only after midnight: Fri 5\u00a0Mar, 00:30")
}

// Whoever is nearest to the place is offered first: who has worked in its city, then whose clock is the same.
func TestInterviewersOfThePlaceFirst(t *testing.T) {
	f := newFirm(t, 0)
	f.session(1) // the interviewer's, in Moscow
	sofia := uuid.New()
	for _, q := range []string{
		`INSERT INTO venue (id, name, city, zone, address, room, created_at, version) VALUES ('` + sofia.String() + `', 'Vitosha', 'Sofia', 'Europe/Sofia', 'Vitosha 48', 8, '2027-01-01Z', 1)`,
		`INSERT INTO staff (id, email, name, roles, language, zone, password_hash, generation, created_at, version)
			SELECT gen_random_uuid(), lower(n) || '@example.org', n, '{interviewer}', 'bg', z, '', 1, '2027-01-01Z', 1 FROM (VALUES ('Aaa', 'Asia/Yerevan'), ('Bbb', 'Europe/Sofia'), ('Ccc', 'Europe/Moscow')) x (n, z)`,
	} {
		if _, err := f.DB.NewRaw(q).Exec(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	label := regexp.MustCompile(`name="lanes"[^>]*><span>([^<]*)`)
	for venue, want := range map[string]string{f.Venue.String(): "Пётр <interviewer> Ccc", sofia.String(): "Bbb"} {
		res, page := f.post(staff.HR, "/sessions/new", "/sessions/new", f.typed(map[string]string{"venue": venue}))
		f.want(res, page, 200)
		var got []string
		for _, m := range label.FindAllStringSubmatch(page, -1) {
			got = append(got, html.UnescapeString(m[1]))
		}
		first := strings.Join(got, " ")
		if !strings.HasPrefix(strings.ReplaceAll(first, "  ", " "), want) || len(got) < 4 {
			t.Errorf("%s: %q", venue, got)
		}
	}
}

// On a phone the seats of a session are read without scrolling sideways, in the language with the longest words.
func TestSeatsFitAPhoneInBrowser(t *testing.T) {
	f := newFirm(t, 0)
	_, path := f.session(3, 2, 2)
	ctx, address := f.browse(staff.HR, 360, new(atomic.Int64))
	if _, err := f.DB.NewRaw("UPDATE staff SET language = 'ru' WHERE id = ?", f.Staff[staff.HR]).Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(address+path), chromedp.WaitVisible(".seats-at")); err != nil {
		t.Fatal(err)
	}
	if got, err := chromedp.Run(ctx, chromedp.Evaluate[string](`(() => { const wrap = document.querySelector(".seats-at").parentElement; return document.documentElement.lang + (wrap.scrollWidth - wrap.clientWidth); })()`)); err != nil || got != "ru0" {
		t.Error(got, err)
	}
}

// The poll tells the shortlist anew only when somebody's place has changed: it is the dearest part of the page.
func TestAPollTellsTheShortlistOnlyWhenPlacesChanged(t *testing.T) {
	f := newFirm(t, 2)
	id, path := f.planned(4, 4)
	poll := func(at string) (next string, listed bool) {
		t.Helper()
		_, page := f.get(staff.HR, at)
		return path + "/people?places=" + regexp.MustCompile(`people\?places=([^"]*)`).FindStringSubmatch(page)[1], strings.Contains(page, `id="shortlist"`)
	}
	next, listed := poll(path)
	if !listed {
		t.Fatal("the page has no shortlist")
	}
	if again, listed := poll(next); listed || again != next {
		t.Error("nothing has changed, and the shortlist is told anew")
	}
	f.booked(id, 1)
	if again, listed := poll(next); !listed || again == next {
		t.Error("somebody has a place, and the shortlist is as it was")
	}
}
