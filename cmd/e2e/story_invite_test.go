package e2e

import (
	"context"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/stazh/stazh/activities/mail/mailsink"
	"github.com/stazh/stazh/web/i18n"
)

func (s *story) invite() {
	w := s.hr
	w.visit("/sessions/new?vacancy=" + strings.TrimPrefix(s.vacancy, "/vacancies/"))
	settled := func() {
		eventually(s.t, "the plan has come", func() bool {
			return eval[bool](w, `!document.querySelector(".htmx-request, .htmx-settling, .htmx-swapping") && !!document.querySelector("input[name=seats]")`)
		})
	}
	w.tick("Игорь Лебедев")
	settled()
	w.tick("Петра Вопросова")
	settled()
	w.press(w.say("interview.create"))
	w.sees(w.say("flash.session_added"), anna, emily)
	s.session = w.path()
	id := strings.TrimPrefix(s.session, "/sessions/")
	s.starts = read[time.Time](s.installation, `SELECT starts_at FROM interview WHERE id = ?`, id)
	if until := s.starts.Sub(s.now()); until < 48*time.Hour {
		s.t.Fatalf("the session proposed is in %s", until)
	}
	for _, name := range []string{anna, boris, vera, emily} {
		w.tick(name, name)
	}
	w.agree(w.say("interview.invite_chosen"))
	w.sees(w.say("flash.wave_invited", "n", 4))
	for mail, lang := range map[string]string{annaMail: "ru", borisMail: "ru", veraMail: "ru", emilyMail: "en"} {
		m := s.mail(mail, subject(lang, "invitation"))
		s.links[mail] = s.link(m)
		if !strings.Contains(string(m.Raw), "text/calendar") {
			s.t.Errorf("the invitation to %s has no calendar entry", mail)
		}
	}
}

// scanner opens every link as mail scanners do. Nothing may happen.
func (s *story) scanner() {
	rows := func() string {
		return read[string](s.installation, `SELECT (SELECT count(*) FROM journal)::text || ' ' || (SELECT string_agg(id::text || state || version, ' ' ORDER BY id) FROM booking)`)
	}
	before := rows()
	for _, link := range s.links {
		for _, end := range []string{"", "/times", "/confirm", "/cancel", "/late", "/withdraw", "/erase", "/rejoin", "/find", "/calendar.ics"} {
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				r, err := http.NewRequest(method, link+end, nil)
				if err != nil {
					s.t.Fatal(err)
				}
				r.Header.Set("Purpose", "prefetch")
				answer, err := http.DefaultClient.Do(r)
				if err != nil {
					s.t.Fatal(err)
				}
				body, _ := io.ReadAll(answer.Body)
				_ = answer.Body.Close()
				if answer.StatusCode != http.StatusOK {
					s.t.Errorf("%s %s: %d", method, end, answer.StatusCode)
				}
				if end == "/calendar.ics" && method == http.MethodGet && (!strings.HasPrefix(answer.Header.Get("Content-Type"), "text/calendar") || !strings.HasPrefix(string(body), "BEGIN:VCALENDAR")) {
					s.t.Errorf("the calendar file is %q", answer.Header.Get("Content-Type"))
				}
			}
		}
	}
	if after := rows(); after != before {
		s.t.Fatalf("opening links changed something:\n%s\n%s", before, after)
	}
}

func (s *story) answers() {
	// Anna confirms by a double click: one effect, one mail.
	w := s.open(s.browser, "Anna")
	s.annaW = w
	w.visit(s.links[annaMail])
	w.sees(w.say("candidate.invited.title"), w.say("candidate.hello", "name", "Анна"))
	if lang := eval[string](w, `document.documentElement.lang`); lang != "ru" {
		w.fail("Anna's page speaks %s", lang)
	}
	w.leave(func() {
		at := eval[[]float64](w, `(() => { const b = document.querySelector('form[action$="/confirm"] button'); b.scrollIntoView({block: "center"}); const r = b.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2] })()`)
		w.doubleClick(at[0], at[1])
	})
	w.sees(w.say("candidate.booked.title"))
	s.mail(annaMail, subject("ru", "booked"))

	// Emily's browser sends the same form twice at once, as one without our script would.
	e := s.emilyW
	e.visit(s.links[emilyMail])
	twice := e.await(`(async () => {
		const form = document.querySelector('form[action$="/confirm"]');
		const send = () => fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) }).then((r) => r.status + " " + r.redirected);
		return (await Promise.all([send(), send(), send()])).join(", ");
	})()`)
	if twice != "200 true, 200 true, 200 true" {
		e.fail("the same form three times: %s", twice)
	}
	e.visit(s.links[emilyMail])
	e.sees(e.say("candidate.booked.title"))

	// Boris has the page open in two tabs; in one he moves, in the other he then confirms what no longer is.
	b := s.open(s.browser, "Boris")
	s.borisW = b
	b.visit(s.links[borisMail])
	old := b.tab()
	old.visit(s.links[borisMail])
	b.press(b.say("candidate.another"))
	last := eval[string](b, `(() => { const all = [...document.querySelectorAll("input[name=time]")]; const one = all[all.length - 1]; one.click(); return one.value })()`)
	b.press(b.say("candidate.times_take"))
	b.sees(b.say("candidate.booked.title"))
	old.press(old.say("candidate.confirm"))
	old.sees(old.say("candidate.refused"), old.say("candidate.booked.title"))
	slot := read[string](s.installation, `SELECT interview_id || '/' || slot FROM booking WHERE state = 'confirmed' AND person_id = (SELECT id FROM person WHERE email = ?)`, borisMail)
	if slot != last {
		s.t.Fatalf("Boris took %s and has %s", last, slot)
	}
	s.second = read[time.Time](s.installation, `SELECT starts_at FROM booking WHERE state = 'confirmed' AND person_id = (SELECT id FROM person WHERE email = ?)`, borisMail)
	// Back to the page of times, and once more: the same choice again changes nothing.
	b.back()
	b.visit(s.links[borisMail])
	b.sees(b.say("candidate.booked.title"))

	// Vera cannot come.
	v := s.open(s.browser, "Vera")
	v.visit(s.links[veraMail])
	v.press(v.say("candidate.cannot"))
	v.sees(v.say("candidate.decline_title"))
	v.press(v.say("candidate.decline_do"))
	v.sees(v.say("candidate.declined.title"))
	s.mail(veraMail, subject("ru", "cancelled"))

	for mail, kind := range map[string]string{annaMail: "booked", emilyMail: "booked"} {
		confirms := read[int](s.installation, `SELECT count(*) FROM journal j JOIN application a ON j.subject = 'application/' || a.id JOIN person p ON p.id = a.person_id WHERE p.email = ? AND j.step = 'application.confirm'`, mail)
		mails := read[int](s.installation, `SELECT count(*) FROM outgoing_mail m JOIN application a ON a.id = m.application_id JOIN person p ON p.id = a.person_id WHERE p.email = ? AND m.kind = ?`, mail, kind)
		if confirms != 1 || mails != 1 {
			s.t.Errorf("%d confirmations and %d mails", confirms, mails)
		}
	}
}

func (s *story) reminders() {
	s.travel(s.starts.Add(-24 * time.Hour).Add(time.Minute))
	s.mail(annaMail, subject("ru", "reminder_day"))
	s.mail(emilyMail, subject("en", "reminder_day"))
	s.travel(s.starts.Add(-110 * time.Minute))
	s.mail(annaMail, subject("ru", "reminder_hours"))
	w := s.annaW
	w.visit(s.link(s.mail(annaMail, subject("ru", "reminder_hours"))))
	w.press(w.say("candidate.late_by", "n", 20))
	w.sees(w.say("candidate.done_late_noted"))
	s.untold(veraMail, "reminder_day") // she cancelled
}

// untold fails if a Russian mail of a kind has gone out.
func (s *story) untold(to, kind string) {
	s.t.Helper()
	all, err := s.sink.Store().List(context.Background(), mailsink.Filter{To: to})
	if err != nil || len(all) == 0 {
		s.t.Fatal("no mail at all", err)
	}
	for _, m := range all {
		if strings.Contains(m.Text, i18n.T("ru", "mail."+kind+".title")) {
			s.t.Errorf("%s was sent to %s", kind, to)
		}
	}
}
