package web

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/hiring"
)

// add puts people in by hand and returns their applications in the order of the list of names.
func (h *house) add(names ...string) (ids []string) {
	h.Helper()
	for i, name := range names {
		to, _ := h.post("/vacancies/"+h.vacancy.String()+"/add", 303, values("name", name, "email", fmt.Sprintf("p%d@example.org", i), "city", "Москва", "comment", "Сам пишу",
			"responded", fmt.Sprintf("2026-11-%02d", i+1), "language", "ru"))
		ids = append(ids, strings.TrimPrefix(to, "/candidates/"))
	}
	return ids
}

func TestShortlistAndReject(t *testing.T) {
	h := newHouse(t)
	h.open()
	ids := h.add("Анна Белая", "Борис Чёрный", "Вера Серая", "Глеб Синий")
	if _, page := h.post("/vacancies/"+h.vacancy.String()+"/add", 422, values("name", "", "email", "x", "comment", "typed")); !strings.Contains(page, "typed") {
		t.Error("what was typed is gone")
	}
	list := h.get("/candidates?vacancy=" + h.vacancy.String() + "&source=" + uuid.NewString())
	if strings.Contains(list, "Белая") {
		t.Error("the source does not filter")
	}
	if list = h.get("/candidates?vacancy=" + h.vacancy.String() + "&state=responded"); strings.Count(list, `name="chosen"`) != 4 {
		t.Error("not all four")
	}
	res, page := do(t, h.app, "POST", "/candidates/search", values("text", "вера").Encode(), "X-Roles", "hr")
	if res.StatusCode != 200 || !strings.Contains(page, "Вера Серая") || strings.Contains(page, "Белая") {
		t.Error("the search finds another")
	}
	soundHTML(t, page)
	h.post("/candidates/selected", 303, values("do", "shortlist"))
	form := values("do", "shortlist", "chosen", ids[0], "chosen", ids[1], "chosen", ids[2], "back", "//evil.example", "_command", "list")
	if to, _ := h.post("/candidates/selected", 303, form); to != "/candidates" {
		t.Error(to)
	}
	h.post("/candidates/selected", 303, form)
	if n := h.count("SELECT count(*) FROM journal WHERE step = 'application.shortlist'"); n != 3 {
		t.Errorf("%d shortlisted", n)
	}
	order := func() string {
		var names []string
		rows, _, err := h.pages.Reader.Applications(context.Background(), store.ApplicationFilter{Vacancy: h.vacancy, States: []hiring.State{hiring.Shortlisted}, ByRank: true}, store.Page{})
		h.must(err)
		for _, r := range rows {
			names = append(names, strings.Fields(r.Name)[0])
		}
		return strings.Join(names, " ")
	}
	if got := order(); got != "Анна Борис Вера" {
		t.Fatal(got)
	}
	move := func(n int, to, want string) {
		t.Helper()
		h.post("/vacancies/"+h.vacancy.String()+"/shortlist/move", 303, values("id", ids[n], "to", to))
		if got := order(); got != want {
			t.Errorf("%s of %d: %s, want %s", to, n, got, want)
		}
	}
	move(2, "up", "Анна Вера Борис")
	move(2, "top", "Вера Анна Борис")
	move(0, "down", "Вера Борис Анна")
	move(1, "up", "Борис Вера Анна")
	move(1, "up", "Борис Вера Анна")
	move(0, "down", "Борис Вера Анна")
	if page := h.get("/vacancies/" + h.vacancy.String() + "/shortlist"); !strings.Contains(page, "banner is-warning") {
		t.Error("three for two places: nothing warns")
	}
	h.post("/candidates/"+ids[0]+"/unshortlist", 303, values())
	h.post("/candidates/"+ids[0]+"/unshortlist", 303, values()) // refused, told
	to, _ := h.post("/candidates/selected", 303, values("do", "reject", "chosen", ids[0], "chosen", ids[3]))
	if to != "/candidates" {
		t.Error("a rejection without a reason leads to", to)
	}
	to, _ = h.post("/candidates/selected", 303, values("do", "reject", "reason", "competence", "chosen", ids[0], "chosen", ids[3]))
	if page := h.get(to); !strings.Contains(page, "Глеб Синий") || h.count("SELECT count(*) FROM decision") != 0 {
		t.Error("the rejection does not ask")
	}
	h.post(to+"/start", 303, values())
	h.get(to)
	if n := h.count("SELECT count(*) FROM application WHERE decision = 'reject'"); n != 2 {
		t.Errorf("%d rejected", n)
	}
	page = h.get("/candidates/" + ids[3])
	if !strings.Contains(page, "Сам пишу") || !strings.Contains(page, i18n.T("en", "reason.competence")) || !strings.Contains(page, i18n.T("en", "application.mail_kind_decision_reject")) {
		t.Error("the application's page lacks the comment, the reason or the mail")
	}
	h.post("/candidates/"+ids[3]+"/undo", 303, values())
	if n := h.count("SELECT count(*) FROM application WHERE decision = 'reject'"); n != 1 {
		t.Errorf("%d rejected after undo", n)
	}
}

// All that match can be chosen, beyond the page; who matches is decided when the button is pressed, and counted before
// anything is done.
func TestAllThatMatch(t *testing.T) {
	h := newHouse(t)
	h.open()
	h.add("Анна Белая", "Борис Чёрный")
	if page := h.get("/candidates"); strings.Contains(page, `name="all"`) || !strings.Contains(page, `data-all="chosen"`) {
		t.Error("one page offers what is beyond it")
	}
	ctx := context.Background()
	_, err := h.db.NewRaw(`INSERT INTO person (id, name, first_name, created_at) SELECT md5('p' || n)::uuid, 'Ли ' || n, 'Ли', now() FROM generate_series(1, 120) n`).Exec(ctx)
	h.must(err)
	_, err = h.db.NewRaw(`INSERT INTO application (id, person_id, vacancy_id, state, responded_at, changed_at) SELECT id, id, ?, 'responded', now(), now() FROM person WHERE first_name = 'Ли'`, h.vacancy).Exec(ctx)
	h.must(err)
	page := h.get("/candidates?vacancy=" + h.vacancy.String())
	if !strings.Contains(page, i18n.T("en", "application.choose_match", "n", 122)) {
		t.Error("the page does not offer all that match")
	}
	res, found := do(t, h.app, "POST", "/candidates/search", values("text", "Ли").Encode(), "X-Roles", "hr")
	if res.StatusCode != 200 || !strings.Contains(found, i18n.T("en", "application.choose_match", "n", 120)) || !strings.Contains(found, `name="text" value="Ли"`) {
		t.Error("a search does not offer all that it met")
	}
	h.add("Анна Белая", "Борис Чёрный", "Вера Серая") // she after the page was shown
	to, _ := h.post("/candidates/selected", 303, values("do", "shortlist", "all", "yes", "vacancy", h.vacancy.String(), "state", "responded"))
	if page = h.get(to); !strings.Contains(page, i18n.T("en", "bulk_shortlist.ask", "n", 123)) || h.count("SELECT count(*) FROM application WHERE state = 'shortlisted'") != 0 {
		t.Error("it does not ask, or not for all")
	}
	h.post(to+"/start", 303, values())
	if n := h.count("SELECT count(*) FROM application WHERE state = 'shortlisted'"); n != 123 {
		t.Errorf("%d shortlisted", n)
	}
	for _, show := range []string{"", "?show=shortlisted", "?show=skipped"} {
		page := h.get(to + show)
		for _, of := range []string{"import.title", "import.list", "import.field", "import.line"} { // it is no import
			if strings.Contains(page, ">"+i18n.T("en", of)+"<") {
				t.Errorf("%q has %s", show, of)
			}
		}
		wantPage(t, page, i18n.T("en", "bulk_shortlist.title"), `href="/candidates"`)
	}
	if page := h.get(to); !strings.Contains(page, ">Менеджер, Москва<") || strings.Contains(page, ">"+i18n.T("en", "import.reason")+"<") {
		t.Error("the columns are not those of people put on the shortlist")
	}
	if res, report := do(t, h.app, "GET", to+"/report", "", "X-Roles", "hr"); res.StatusCode != 200 || strings.Count(report, "\r\n") != 124 || !strings.Contains(report, i18n.T("en", "bulk.application")+";") {
		t.Errorf("%d %.200s", res.StatusCode, report)
	}
	h.get("/imports")
	again, _ := h.post("/candidates/selected", 303, values("do", "shortlist", "all", "yes", "vacancy", h.vacancy.String(), "state", "shortlisted"))
	h.post(again+"/start", 303, values())
	if page := h.get(again + "?show=skipped"); !strings.Contains(page, ">"+i18n.T("en", "import.reason")+"<") || strings.Contains(page, "fault.") {
		t.Error("whoever was left is not told why")
	}
	h.post(to+"/revert", 303, values())
	if page = h.get(to); !strings.Contains(page, i18n.T("en", "bulk.reverted_all")) || h.count("SELECT count(*) FROM application WHERE state = 'responded'") != 123 {
		t.Error("it is not taken back")
	}
	if to, _ = h.post("/candidates/selected", 303, values("do", "reject", "all", "yes", "text", "Ли", "reason", "competence")); !strings.Contains(h.get(to), i18n.T("en", "reject.ask", "n", 120)) {
		t.Error("not those the search met")
	}
	if to, _ = h.post("/candidates/selected", 303, values("do", "reject", "all", "yes", "text", "Никто")); to != "/candidates" {
		t.Error(to)
	}
}

// A row that changes nothing is named before it is lost, with the name of whom it is taken for.
func TestPreviewNamesRowsThatChangeNothing(t *testing.T) {
	h := newHouse(t)
	h.open()
	file := "Name;E-mail\nAnna Belova;anna@example.org\n"
	res, _ := h.upload("first.csv", []byte(file))
	h.post(res.Header.Get("Location")+"/start", 303, values())
	res, _ = h.upload("second.csv", []byte(file+"Boris Chernov;anna@example.org\nVera Seraya;vera@example.org\nGleb Siniy;vera@example.org\nvera seraya;vera@example.org\n"))
	page := h.get(res.Header.Get("Location"))
	rows := regexp.MustCompile(`(?s)` + regexp.QuoteMeta(i18n.T("en", "import.repeats")) + `.*?</table>`).FindString(page)
	for _, line := range []string{
		"<td>Anna Belova</td><td>" + i18n.T("en", "import.outcome_repeated") + "</td>",
		"<td>Boris Chernov</td><td>" + i18n.T("en", "import.outcome_repeated") + "<small>" + i18n.T("en", "import.other_name", "name", "Anna Belova") + "</small>",
		"<td>Gleb Siniy</td><td>" + i18n.T("en", "intake.duplicate_in_file", "line", 4) + "<small>" + i18n.T("en", "import.other_name", "name", "Vera Seraya") + "</small>",
		"<td>Vera Seraya</td><td>" + i18n.T("en", "intake.duplicate_in_file", "line", 4) + "</td>",
	} {
		if !strings.Contains(rows, line) {
			t.Errorf("not listed: %s\n%s", line, rows)
		}
	}
	if strings.Count(rows, "<tr>") != 5 {
		t.Error(rows)
	}
}

// Every page in every language, with data and without; whoever may only look sees no button.
func TestIntakePagesInEveryLanguage(t *testing.T) {
	h := newHouse(t)
	paths := []string{"/vacancies", "/vacancies?state=draft", "/profiles", "/profiles?archived=1", "/sources", "/venues", "/imports", "/candidates", "/vacancies/new", "/profiles/new", "/venues/new"}
	for range 2 {
		for _, lang := range i18n.Languages() {
			for _, path := range paths {
				if page := h.get(path, "X-Lang", lang); !strings.Contains(page, `<html lang="`+lang+`"`) {
					t.Errorf("%s is not in %s", path, lang)
				}
			}
		}
		if h.vacancy != uuid.Nil {
			break
		}
		h.open()
		h.post("/venues", 303, values("name", "Office", "city", "Moscow", "zone", "Europe/Moscow", "address", "Lenina 1", "room", "12"))
		ids := h.add("Анна Белая", "Борис Чёрный")
		h.post("/candidates/"+ids[0]+"/shortlist", 303, values())
		res, _ := h.upload("a.csv", []byte("Имя;Почта\nАнна Белая;new@example.org\nБорис Чёрный;p1@example.org\nНикто;\n"))
		v := "/vacancies/" + h.vacancy.String()
		paths = append(paths, v, v+"/edit", v+"/import", v+"/add", v+"/shortlist", "/candidates?vacancy="+h.vacancy.String(), "/candidates/"+ids[0], res.Header.Get("Location"),
			"/profiles/"+h.id("SELECT id FROM profile").String(), "/venues/"+h.id("SELECT id FROM venue").String(), "/sources/"+h.source.String())
	}
	for _, path := range []string{"/vacancies/" + h.vacancy.String(), "/candidates", "/sources", "/venues", "/vacancies"} {
		res, page := do(t, h.app, "GET", path, "", "X-Roles", "director")
		if main := page[strings.Index(page, "<main"):strings.Index(page, "</main>")]; res.StatusCode != 200 || strings.Contains(main, "is-primary") || strings.Contains(main, `name="chosen"`) {
			t.Errorf("%s offers what only HR may do", path)
		}
	}
}

// Who did not come is rarely meant along with the new: chosen together, it is asked, and said how many of each.
func TestShortlistingMixedStatesAsks(t *testing.T) {
	h := newHouse(t)
	h.open()
	ids := h.add("Анна Белая", "Борис Чёрный", "Вера Серая")
	_, err := h.db.NewRaw(`UPDATE application SET state = 'no_show' WHERE id = ?`, ids[2]).Exec(context.Background())
	h.must(err)
	form := values("do", "shortlist", "chosen", ids[0], "chosen", ids[1], "chosen", ids[2], "_command", "mixed")
	to, _ := h.post("/candidates/selected", 303, form)
	page := h.get(to)
	wantPage(t, page, i18n.T("en", "bulk_shortlist.ask", "n", 3), "<dt>"+i18n.T("en", "status.responded")+"</dt><dd>2</dd>", "<dt>"+i18n.T("en", "status.no_show")+"</dt><dd>1</dd>")
	if n := h.count("SELECT count(*) FROM application WHERE state = 'shortlisted'"); n != 0 {
		t.Errorf("%d are shortlisted before the answer", n)
	}
	if again, _ := h.post("/candidates/selected", 303, form); again != to {
		t.Errorf("a second press makes %s beside %s", again, to)
	}
	// Chosen alone he is meant.
	if to, _ = h.post("/candidates/selected", 303, values("do", "shortlist", "chosen", ids[2], "_command", "alone")); to != "/candidates" {
		t.Error(to)
	}
}
