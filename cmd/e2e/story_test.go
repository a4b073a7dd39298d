package e2e

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"

	"github.com/stazh/stazh/activities/mail/mailsink"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/hiring"
)

// The people of the story.
const (
	anna  = "Соловьёва Анна Павловна"
	boris = "Градов Борис Ильич"
	vera  = "Ландышева Вера Олеговна"
	emily = "Emily Carterwood"

	annaMail, borisMail, veraMail, emilyMail = "anna.solo@primer.example", "boris.grad@primer.example", "vera.land@primer.example", "emily.carterwood@primer.example"
)

// responses is a job board's file as it comes: a row that is nobody, one person twice.
const responses = "ФИО;Телефон;E-mail;Город;Комментарий\r\n" +
	anna + ";+7 900 555-11-01;" + annaMail + ";Москва;Тайный комментарий Анны\r\n" +
	boris + ";8 (900) 555-11-02;" + borisMail + ";Москва;\r\n" +
	"Никто Никто;;;Москва;ни почты, ни телефона\r\n" +
	vera + ";+79005551103;" + veraMail + ";Москва;\r\n" +
	anna + ";+7 900 555-11-01;" + annaMail + ";Москва;ещё раз\r\n"

// personal is what may stand in no history, log line or address.
var personal = []string{
	"Соловьёва", "Анна", "Градов", "Борис", "Ландышева", "Вера", "Carterwood", "Emily", "primer.example", "555-11", "5551101", "5551102", "5551103", "4477001",
	"Тайный комментарий", "A quiet remark", "Тихая заметка", "Рассказала о трёх сделках", "Secret note", "Ольга", "Маргарита", "Игорь Лебедев", "Петра", "Нина Дверева",
	"margarita@", "igor@", "petra@", "nina@",
}

// say is a text of the catalogue in the language of the page.
func (w *window) say(key string, args ...any) string {
	w.i.t.Helper()
	lang := eval[string](w, `document.documentElement.lang`)
	if !i18n.Has(key) {
		w.i.t.Fatalf("no words for %s", key)
	}
	return i18n.T(lang, key, args...)
}

// subject is the part of a mail's subject that is the same in all mails of its kind.
func subject(lang, kind string) string {
	s, _, _ := strings.Cut(i18n.T(lang, "mail."+kind+".subject", "moment", "\x00", "vacancy", "\x00", "company", "\x00"), "\x00")
	return strings.TrimSpace(s)
}

// named sets a field by its name in the form, where people see no label of its own.
func (w *window) named(name, value string) {
	w.i.t.Helper()
	script := fmt.Sprintf(`(() => { const e = document.querySelector('[name=%s]'); if (!e) return false; e.value = %s; e.dispatchEvent(new Event("change", { bubbles: true })); return true })()`, quoted(name), quoted(value))
	if !eval[bool](w, script) {
		w.fail("has no field %s", name)
	}
}

// choose ticks the radio or box of this name and value.
func (w *window) choose(name, value string) {
	w.i.t.Helper()
	script := fmt.Sprintf(`(() => { const e = document.querySelector('input[name=%s][value=%s]'); if (!e || e.disabled) return false; e.click(); return e.checked })()`, quoted(name), quoted(value))
	if !eval[bool](w, script) {
		w.fail("cannot choose %s of %s", value, name)
	}
}

// story is what the steps hand on.
type story struct {
	*installation
	browser                      context.Context
	admin, hr, igor, petra, desk *window
	annaW, borisW, emilyW        *window
	vacancy, session             string // paths
	links                        map[string]string
	starts, second               time.Time
}

func TestTheStoryInChromium(t *testing.T) {
	browser := browsers(t)
	s := &story{installation: install(t), browser: browser, links: map[string]string{}}
	s.step("accounts by invitation", s.accounts)
	s.step("profile, source, venue, vacancy", s.catalogue)
	s.step("a file of responses", s.responses)
	s.step("an application by the public form", s.apply)
	s.step("the shortlist", s.shortlist)
	s.step("a session and its invitations", s.invite)
	s.step("a scanner opens every link", s.scanner)
	s.step("answers by link", s.answers)
	s.step("reminders, and late", s.reminders)
	s.step("the day at reception, on a phone", s.day)
	s.step("scorecards, blind until filed", s.score)
	s.step("decisions, undone and taken", s.decide)
	s.step("the journal", s.journal)
	s.step("nothing personal where it may not be", func() { s.discreet("story", personal...) })
}

// invited makes an account as the administrator does, and sets its password by the link in the mail.
func (s *story) invited(email, name, lang, role string) *window {
	s.t.Helper()
	a := s.admin
	a.visit("/people")
	a.press(a.say("people.invite"))
	a.fill(a.say("account.email"), email)
	a.fill(a.say("account.name"), name)
	a.tick(a.say("role." + role))
	a.fill(a.say("account.language"), i18n.Name(lang))
	a.press(a.say("people.invite_do"))
	a.sees(a.say("flash.invited"))
	w := s.open(s.browser, role+" "+lang)
	link := s.link(s.mail(email, subject(lang, "staff_invitation")))
	w.visit(link)
	w.fill(w.say("account.new_password"), password)
	w.press(w.say("account.set_password_do"))
	w.sees(w.say("flash.password_set"))
	if got := eval[string](w, `document.documentElement.lang`); got != lang {
		w.fail("the pages speak %s", got)
	}
	w.visit(link)
	w.sees(w.say("account.link_used"))
	return w
}

func (s *story) accounts() {
	s.admin = s.open(s.browser, "admin")
	s.admin.signIn("root@stazh.example")
	s.hr = s.invited("margarita@stazh.example", "Маргарита Кадрова", "bg", "hr")
	s.igor = s.invited("igor@stazh.example", "Игорь Лебедев", "ru", "interviewer")
	s.petra = s.invited("petra@stazh.example", "Петра Вопросова", "en", "interviewer")
	s.desk = s.invited("nina@stazh.example", "Нина Дверева", "ru", "receptionist")
}

func (s *story) catalogue() {
	w := s.hr
	w.visit("/profiles/new")
	w.fill(w.say("profile.name"), "Менеджер по работе с клиентами")
	w.named("text_0", "Грамотная речь")
	w.fill(w.say("profile.duties"), "Ведёт клиентов")
	w.press(w.say("action.save"))
	w.visit("/sources")
	w.fill(w.say("source.name"), "HeadHunter")
	w.press(w.say("action.add"))
	w.visit("/venues/new")
	w.fill(w.say("venue.name"), "Главный офис")
	w.fill(w.say("venue.city"), "Москва")
	w.fill(w.say("venue.address"), "Тверская, 1")
	w.fill(w.say("venue.directions"), "Вторая дверь от угла")
	w.fill(w.say("venue.phone"), "+74950000000")
	w.fill(w.say("venue.room"), "12")
	w.press(w.say("action.save"))
	w.visit("/vacancies/new")
	w.fill(w.say("vacancy.profile"), "Менеджер по работе с клиентами")
	w.fill(w.say("vacancy.name"), "Менеджер по продажам")
	w.fill(w.say("vacancy.city"), "Москва")
	w.fill(w.say("vacancy.headcount"), "2")
	w.fill(w.say("vacancy.language"), i18n.Name("ru"))
	w.fill(w.say("vacancy.state"), w.say("vacancy.state_open"))
	w.tick(w.say("vacancy.public"))
	w.tick("HeadHunter")
	w.press(w.say("action.save"))
	s.vacancy = w.path()
	w.sees("Менеджер по продажам", "HeadHunter")
}

func (s *story) responses() {
	raw, err := charmap.Windows1251.NewEncoder().String(responses)
	if err != nil {
		s.t.Fatal(err)
	}
	file := filepath.Join(s.t.TempDir(), "отклики.csv")
	if err := os.WriteFile(file, []byte(raw), 0o600); err != nil {
		s.t.Fatal(err)
	}
	w := s.hr
	w.visit(s.vacancy)
	w.press(w.say("import.title"))
	w.upload(w.say("import.file"), file)
	w.fill(w.say("import.source"), "HeadHunter")
	w.press(w.say("import.upload"))
	w.sees(anna, boris, vera, w.say("import.problems"), i18n.T("bg", "intake.duplicate_in_file", "line", 2))
	// The column of comments is read otherwise, and back again.
	w.press(w.say("import.read_again"))
	w.sees(anna, annaMail)
	w.press(w.say("import.start"))
	w.sees(w.say("import.see_people"))
	w.press(w.say("import.see_people"))
	w.sees(anna, boris, vera)
	w.blind("Никто")
	if n := read[int](s.installation, `SELECT count(*) FROM application`); n != 3 {
		s.t.Fatalf("%d went in", n)
	}
}

func (s *story) apply() {
	s.hr.visit(s.vacancy)
	address := eval[string](s.hr, `document.querySelector('a[href*="/apply/"]').href`)
	w := s.open(s.browser, "Emily")
	s.emilyW = w
	w.visit(address)
	w.press(w.say("apply.send")) // forgotten everything
	w.sees(w.say("form.problems"))
	w.visit(address) // back from here would be the browser's own question whether to send again
	for range 2 {    // and once more by the back button: the same response
		w.fill(w.say("application.name"), emily)
		w.fill(w.say("application.email"), emilyMail)
		w.fill(w.say("application.phone"), "+359 88 447 7001")
		w.fill(w.say("apply.language"), i18n.Name("en"))
		w.fill(w.say("apply.comment"), "A quiet remark")
		w.tick(w.say("apply.consent"))
		w.press(w.say("apply.send"))
		w.sees(w.say("apply.thanks"))
		w.back()
		w.sees(w.say("apply.title"))
	}
	m := s.mail(emilyMail, subject("en", "acknowledgement"))
	w.visit(s.link(m))
	w.sees(w.say("candidate.responded.title"))
	if n := read[int](s.installation, `SELECT count(*) FROM application`); n != 4 {
		s.t.Fatalf("there are %d applications", n)
	}
}

func (s *story) shortlist() {
	w := s.hr
	w.visit("/candidates")
	w.press(anna)
	w.sees("Тайный комментарий Анны")
	w.press(w.say("application.shortlist"))
	w.sees(w.say("status.shortlisted"))
	w.visit("/candidates")
	for _, name := range []string{boris, vera, emily} {
		w.click(w.say("application.choose", "name", name), name)
	}
	w.leave(func() { eval[bool](w, `(document.querySelector("button[name=do][value=shortlist]").click(), true)`) })
	w.visit(s.vacancy + "/shortlist")
	w.sees(anna, boris, vera, emily)
}

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

func (s *story) day() {
	s.travel(s.starts.Add(-5 * time.Minute))
	w := s.desk
	w.size(390, 800)
	w.visit("/arrivals")
	w.sees(anna, boris, emily, i18n.T("ru", "day.directions"))
	w.click(w.say("day.arrived"), emily)
	w.seesIn(emily, w.say("status.arrived"))
	w.click(w.say("day.arrived"), anna)
	w.seesIn(anna, w.say("status.arrived"))
	w.click(w.say("day.undo"), emily) // the wrong person was pressed
	w.seesIn(emily, w.say("status.confirmed"))
	w.click(w.say("day.arrived"), emily)
	w.seesIn(emily, w.say("status.arrived"))
	if wide := eval[int](w, `document.documentElement.scrollWidth`); wide > 390 {
		w.fail("the list is %d pixels wide", wide)
	}
	// Boris does not come until his grace has passed, and then he does.
	s.travel(s.second.Add(time.Duration(hiring.DefaultPolicy().GraceMinutes+1) * time.Minute))
	eventually(s.t, "who did not come is marked", func() bool {
		return read[string](s.installation, `SELECT a.state FROM application a JOIN person p ON p.id = a.person_id WHERE p.email = ?`, borisMail) == string(hiring.NoShow)
	})
	s.borisW.visit(s.links[borisMail])
	s.borisW.sees(s.borisW.say("candidate.missed.title"))
	w.visit("/arrivals")
	w.click(w.say("board.no_show"), "") // folded: it is over for them
	w.seesIn(boris, w.say("status.no_show"))
	w.click(w.say("day.arrived_after"), boris)
	w.seesIn(boris, w.say("status.arrived_late"))
	s.borisW.visit(s.links[borisMail])
	s.borisW.sees(s.borisW.say("candidate.here.title"))
}

// scorecard fills and files one.
func (w *window) scorecard(name, scores, note, advice string) {
	w.i.t.Helper()
	w.visit("/scorecards")
	w.press(w.say("decision.score_of", "name", name))
	for n, criterion := range hiring.Criteria {
		w.choose("score_"+criterion, scores[n:n+1])
	}
	w.choose("recommendation", advice)
	w.press(w.say("decision.file"))
	w.sees(w.say("form.problems")) // a 5 without evidence
	w.named("note_"+hiring.Criteria[0], note)
	w.press(w.say("decision.file"))
	w.sees(w.say("flash.scorecard_filed"))
}

func (s *story) score() {
	i, p := s.igor, s.petra
	i.scorecard(anna, "544", "Рассказала о трёх сделках", "hire")
	// Petra has not filed hers: she sees the form and nothing of Igor's.
	p.visit("/scorecards")
	p.press(p.say("decision.score_of", "name", anna))
	p.sees(p.say("decision.score_lead"))
	p.blind("Рассказала о трёх сделках", "Игорь Лебедев")
	p.scorecard(anna, "533", "Secret note", "reserve")
	p.visit("/scorecards")
	p.press(anna)
	p.sees("Рассказала о трёх сделках", "Secret note")
	i.scorecard(emily, "533", "Тихая заметка", "reject")
}

// decided takes a decision by the page.
func (w *window) decided(name, decision, reason string) {
	w.i.t.Helper()
	w.visit("/decisions")
	w.press(w.say("decision.decide_on", "name", name))
	w.choose("decision", decision)
	w.choose("reason_"+decision, reason)
	w.named("note", "Тихая заметка")
	w.press(w.say("decision.save"))
	w.sees(w.say("decision.just", "name", name, "decision", w.say("status."+decision)))
}

func (s *story) decide() {
	w := s.hr
	w.visit("/decisions")
	w.sees(anna, emily)
	w.decided(anna, "reject", "motivation")
	w.agree(w.say("decision.undo_of", "name", anna)) // a slip, taken back unseen
	w.sees(w.say("flash.decision_taken_back"))
	w.decided(anna, "hire", "fits")
	w.decided(emily, "reject", "competence")
	// Nobody reads it on his page before the mail is due.
	s.annaW.visit(s.links[annaMail])
	s.annaW.blind(s.annaW.say("candidate.hire.title"))
	s.travel(s.now().Add(time.Duration(hiring.DefaultPolicy().UndoMinutes)*time.Minute + time.Minute))
	s.mail(annaMail, subject("ru", "decision_hire"))
	if m := s.mail(emilyMail, subject("en", "decision_reject")); !strings.Contains(m.Text, i18n.T("en", "mail.decision_reject.title")) {
		s.t.Errorf("Emily reads %s", m.Text)
	}
	s.annaW.visit(s.links[annaMail])
	s.annaW.sees(i18n.T("ru", "candidate.hire.title"))
	s.emilyW.visit(s.links[emilyMail])
	s.emilyW.sees(i18n.T("en", "candidate.reject.title"))
	s.untold(annaMail, "decision_reject")
	s.untold(borisMail, "no_show") // it waits for the end of the session, and he came after all
}

func (s *story) journal() {
	rows, broken, err := s.app.Reader.VerifyJournal(context.Background())
	if err != nil || rows < 40 || len(broken) > 0 {
		s.t.Fatal(rows, broken, err)
	}
	s.admin.visit("/audit")
	s.admin.sees(s.admin.say("journal.application.decide"), s.admin.say("journal.application.undo_decision"))
	counts, err := s.sink.Store().Counts(context.Background())
	if err != nil {
		s.t.Fatal(err)
	}
	for id, n := range counts {
		if n != 1 || id == "" {
			s.t.Errorf("the mail %q arrived %d times", id, n)
		}
	}
}
