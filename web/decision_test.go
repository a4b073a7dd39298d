package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/staff"
)

func card(change map[string]string) url.Values {
	v := url.Values{
		"score_motivation": {"5"}, "score_competence": {"3"}, "score_adequacy": {"4"}, "recommendation": {"hire"},
		"note_motivation": {"Назвал цифры: 12 клиентов"}, "note_summary": {"Берём <сразу>"},
	}
	for name, value := range change {
		v.Set(name, value)
	}
	return v
}

func TestScorecard(t *testing.T) {
	f := newFirm(t, 2)
	_, places := f.met(2)
	path := "/scorecards/" + places[0].ApplicationID.String()
	_, page := f.get(staff.Interviewer, "/scorecards")
	wantPage(t, page, path, "Ivanov Ivan 001", "here since 11:55")
	_, page = f.get(staff.Interviewer, "/")
	wantPage(t, page, "2 people are here, not called yet", "My interviews: ")
	for name, c := range map[string]struct {
		change map[string]string
		words  string
	}{
		"an extreme without evidence": {map[string]string{"score_competence": "1"}, "A score of 1 or 5 needs evidence"},
		"no evidence at all":          {map[string]string{"score_motivation": "4", "note_motivation": ""}, "evidence for at least one"},
		"a score left out":            {map[string]string{"score_adequacy": ""}, "Choose one"},
		"a score beyond":              {map[string]string{"score_adequacy": "6"}, "Choose one"},
		"no recommendation":           {map[string]string{"recommendation": ""}, "Choose one"},
		"too long":                    {map[string]string{"note_competence": strings.Repeat("я", hiring.MaxNote+1)}, "Use at most 2000 characters"},
	} {
		res, page := f.post(staff.Interviewer, path, path, card(c.change))
		if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page, c.words) || !strings.Contains(page, "Берём &lt;сразу&gt;") {
			t.Errorf("%s: %d, lacks %q or what was typed", name, res.StatusCode, c.words)
		}
	}
	f.engine.Down.Store(true)
	res, page := f.post(staff.Interviewer, path, path, card(nil))
	f.want(res, page, http.StatusServiceUnavailable, "Берём &lt;сразу&gt;")
	f.engine.Down.Store(false)
	res, page = f.post(staff.Interviewer, path, path, card(nil))
	f.want(res, page, http.StatusSeeOther)
	// A second one, with other scores, changes nothing and shows the filed one.
	res, page = f.post(staff.Interviewer, path, path, card(map[string]string{"score_competence": "4"}))
	f.want(res, page, http.StatusSeeOther)
	_, page = f.get(staff.Interviewer, path, "Cookie", f.as(staff.Interviewer)+"; "+flashOf(res))
	wantPage(t, page, "filed already", "Назвал цифры: 12 клиентов", "3 of 5", "Берём &lt;сразу&gt;")
	cards, err := f.Reader.ScorecardRows(t.Context(), places[0].ApplicationID)
	if err != nil || len(cards) != 1 || cards[0].Scores["competence"] != 3 || cards[0].Notes["summary"] != "Берём <сразу>" {
		t.Fatalf("%+v %v", cards, err)
	}
	// Whoever has not come cannot be scored: the application is not there for him.
	if code, _ := f.get(staff.Interviewer, "/scorecards/"+uuid.NewString()); code != 404 {
		t.Error(code)
	}
	if res, _ = f.post(staff.HeadOfSales, "/scorecards", path, card(nil)); res.StatusCode != 404 {
		t.Error("scored by somebody without a lane", res.StatusCode)
	}
}

// Nobody sees another's scores before he has filed his own: not on the card, not in the comparison, not
// on the decision, and not by the order of the rows.
func TestBlindUntilFiled(t *testing.T) {
	f := newFirm(t, 2)
	session, places := f.met(2)
	f.as(staff.HeadOfSales)
	_, err := workflows.Do(context.Background(), f.pages.Commands, workflows.AddLane, session.String(), f.by(staff.HR), workflows.LaneArgs{Staff: f.Staff[staff.HeadOfSales].String()})
	f.command(err)
	for i, change := range []map[string]string{{"score_motivation": "2", "score_competence": "2", "score_adequacy": "2"}, nil} {
		path := "/scorecards/" + places[i].ApplicationID.String()
		res, page := f.post(staff.Interviewer, path, path, card(change))
		f.want(res, page, http.StatusSeeOther)
	}
	mine := "/scorecards/" + places[1].ApplicationID.String()
	decision := "/decisions/" + places[1].ApplicationID.String()
	for _, path := range []string{mine, decision, "/decisions", "/decisions?session=" + session.String()} {
		_, page := f.get(staff.HeadOfSales, path)
		for _, secret := range []string{"Назвал цифры", "Берём", "5 of 5", "signed-interviewer"} {
			if strings.Contains(page, secret) {
				t.Errorf("%s shows %q to one who has yet to score", path, secret)
			}
		}
	}
	_, page := f.get(staff.HeadOfSales, "/decisions")
	wantPage(t, page, "1 hidden until you file yours", "File your scorecard")
	order := func(role staff.Role) bool { // the weaker one first?
		_, page := f.get(role, "/decisions")
		return strings.Index(page, "Ivanov Ivan 001") < strings.Index(page, "Ivanov Ivan 002")
	}
	if order(staff.HR) {
		t.Error("HR sees the weaker one first")
	}
	res, page := f.post(staff.HeadOfSales, mine, mine, card(map[string]string{"note_motivation": "Мне не показалось", "score_motivation": "1"}))
	f.want(res, page, http.StatusSeeOther)
	_, page = f.get(staff.HeadOfSales, mine)
	wantPage(t, page, "Назвал цифры", "Мне не показалось")
	_, page = f.get(staff.HeadOfSales, decision)
	wantPage(t, page, "Назвал цифры", "Мне не показалось")
}

func TestDecideAndUndo(t *testing.T) {
	f := newFirm(t, 3)
	session, places := f.met(2)
	app := places[0].ApplicationID
	path, score := "/decisions/"+app.String(), "/scorecards/"+app.String()
	_, page := f.get(staff.HR, path)
	wantPage(t, page, "Nobody can be hired before the interview")
	res, page := f.post(staff.HR, path, path, url.Values{"decision": {"hire"}, "reason_hire": {"fits"}, "note": {"Сказал <b>да</b>"}})
	f.want(res, page, http.StatusConflict, "Nobody can be hired", "Сказал &lt;b&gt;да&lt;/b&gt;")
	res, page = f.post(staff.Interviewer, score, score, card(nil))
	f.want(res, page, http.StatusSeeOther)
	_, page = f.get(staff.Director, "/")
	wantPage(t, page, "1 decision waits")
	_, page = f.get(staff.Director, "/decisions?session="+session.String())
	// The session goes along to each person and back.
	within := "?session=" + session.String()
	wantPage(t, page, "Ivanov Ivan 001", "5 of 5", "Head office", `href="`+path+within+`"`)
	_, card := f.get(staff.Director, path+within)
	wantPage(t, card, `action="`+path+within+`"`, `href="/decisions`+within+`"`)
	if strings.Contains(page, "Ivanov Ivan 002") {
		t.Error("somebody not interviewed is compared")
	}
	for name, form := range map[string]url.Values{
		"nothing": {}, "no reason": {"decision": {"hire"}}, "another's reason": {"decision": {"hire"}, "reason_hire": {"duplicate"}},
		"a long note": {"decision": {"hire"}, "reason_hire": {"fits"}, "note": {strings.Repeat("n", hiring.MaxNote+1)}},
	} {
		if res, _ = f.post(staff.Director, path, path, form); res.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, res.StatusCode)
		}
	}
	res, page = f.post(staff.Director, path, path+within, url.Values{"decision": {"hire"}, "reason_hire": {"fits"}, "note": {"Сказал <b>да</b>"}})
	f.want(res, page, http.StatusSeeOther)
	if at := res.Header.Get("Location"); at != "/decisions?done="+app.String()+"&"+within[1:] {
		t.Fatal(at)
	}
	_, page = f.get(staff.Director, "/decisions?done="+app.String())
	wantPage(t, page, "Decided on Ivanov Ivan 001: hire.", "The mail goes at 12:05", path+"/undo")
	_, page = f.get(staff.HR, "/decisions?view=decided")
	wantPage(t, page, "Ivanov Ivan 001", "Fits the requirements", "Пётр &lt;director&gt;", "The mail goes at 12:05")
	_, page = f.get(staff.HR, path)
	wantPage(t, page, "Сказал &lt;b&gt;да&lt;/b&gt;", "The mail has not gone out")
	// A second decision meets the first.
	res, page = f.post(staff.HR, path, path, url.Values{"decision": {"reject"}, "reason_reject": {"other"}})
	f.want(res, page, http.StatusConflict, "decided already")
	// Taken back in time: the person is told nothing.
	res, page = f.post(staff.HR, path, path+"/undo?session=x", url.Values{})
	f.want(res, page, http.StatusSeeOther)
	_, page = f.get(staff.HR, path, "Cookie", f.as(staff.HR)+"; "+flashOf(res))
	wantPage(t, page, "the person was told nothing", "Save the decision")
	if kinds := f.mails(app, "queued"); strings.Contains(kinds, "decision") {
		t.Error("a mail is still to go:", kinds)
	}
	res, _ = f.post(staff.HR, path, path+"/undo", url.Values{}) // there is none any more
	_, page = f.get(staff.HR, path, "Cookie", f.as(staff.HR)+"; "+flashOf(res))
	wantPage(t, page, "There is no decision to take back")
	// Decided again, the mail goes, and then it is taken back: the person is told that it was a mistake.
	res, page = f.post(staff.HR, path, path, url.Values{"decision": {"reserve"}, "reason_reserve": {"next_vacancy"}})
	f.want(res, page, http.StatusSeeOther)
	f.DB.NewRaw("UPDATE outgoing_mail SET state = 'sent', settled_at = due_at WHERE application_id = ? AND state = 'queued' AND kind = 'decision_reserve'", app).Exec(t.Context())
	f.now = f.now.Add(time.Hour)
	_, page = f.get(staff.HR, path)
	wantPage(t, page, "The person has been told", "will get a second mail", "Undo and tell")
	res, page = f.post(staff.HR, path, path+"/undo", url.Values{})
	f.want(res, page, http.StatusSeeOther)
	_, page = f.get(staff.HR, path, "Cookie", f.as(staff.HR)+"; "+flashOf(res))
	wantPage(t, page, "gets a mail that it was a mistake")
	if kinds := f.mails(app, "queued"); !strings.Contains(kinds, "decision_undone") {
		t.Error(kinds)
	}
	// Told in person: no mail. A response can be rejected without an interview.
	other := "/decisions/" + f.Applications[2].String()
	res, page = f.post(staff.HeadOfSales, other, other, url.Values{"decision": {"reject"}, "reason_reject": {"requirements_not_met"}, "no_mail": {"yes"}})
	f.want(res, page, http.StatusSeeOther)
	row, err := f.Reader.ApplicationRow(t.Context(), f.Applications[2])
	if err != nil || row.Decision != hiring.Reject || f.mails(f.Applications[2], "queued") != "" {
		t.Errorf("%+v %v %s", row, err, f.mails(f.Applications[2], "queued"))
	}
	_, page = f.get(staff.HR, "/decisions?view=decided&vacancy="+f.Vacancy.String())
	wantPage(t, page, "No mail", "Ivanov Ivan 003")
}

func (f *firm) mails(application uuid.UUID, state string) string {
	f.Helper()
	list, err := f.Reader.ApplicationMails(f.Context(), application)
	f.command(err)
	var kinds []string
	for _, m := range list {
		if m.State == state {
			kinds = append(kinds, m.Kind)
		}
	}
	return strings.Join(kinds, " ")
}

// The decided list leads on by cursor, page by page, nobody twice and nobody lost.
func TestDecisionsArePaged(t *testing.T) {
	f := newFirm(t, 5)
	for _, app := range f.Applications {
		f.now = f.now.Add(time.Minute)
		_, err := workflows.Do(t.Context(), f.pages.Commands, workflows.Decide, app.String(), f.by(staff.HR), workflows.DecideArgs{Decision: hiring.Reject, Reason: "other"})
		f.command(err)
	}
	seen, cursor := map[uuid.UUID]bool{}, ""
	for range 3 {
		rows, next, err := f.Reader.Decisions(t.Context(), store.DecisionFilter{}, store.Page{Limit: 2, Cursor: cursor})
		f.command(err)
		for _, row := range rows {
			if seen[row.ApplicationID] || row.MailState != "queued" {
				t.Errorf("%+v", row)
			}
			seen[row.ApplicationID] = true
		}
		cursor = next
	}
	if len(seen) != 5 || cursor != "" {
		t.Fatal(len(seen), cursor)
	}
	if code, _ := f.get(staff.HR, "/decisions?view=decided&cursor=nonsense"); code != http.StatusUnprocessableEntity {
		t.Error(code)
	}
}
