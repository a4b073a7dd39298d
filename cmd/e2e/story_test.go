package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"

	"github.com/stazh/stazh/web/i18n"
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
