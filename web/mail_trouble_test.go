package web

import (
	"context"
	"html"
	"strings"
	"testing"
	"time"

	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/staff"
)

// HR and administrators learn of mail that does not go on the first page, in a line of his own language; nobody else,
// and nobody when it went. Who was not invited is not waited for.
func TestHomeSaysThatMailDoesNotGo(t *testing.T) {
	f := newFirm(t, 2)
	id, _ := f.session(2, 2)
	var args workflows.InviteArgs
	for _, app := range f.Applications {
		_, err := workflows.Do(context.Background(), f.pages.Commands, workflows.Shortlist, app.String(), f.by(staff.HR), workflows.ShortlistArgs{})
		f.command(err)
		args.Applications = append(args.Applications, app.String())
	}
	_, err := workflows.Do(context.Background(), f.pages.Commands, workflows.Invite, id.String(), f.by(staff.HR), args)
	f.command(err)
	exec := func(query string, args ...any) {
		t.Helper()
		if _, err := f.DB.NewRaw(query, args...).Exec(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	if _, page := f.get(staff.HR, "/"); strings.Contains(page, "to be sent") || strings.Contains(page, "without an answer") {
		t.Error("at once", text(page))
	}
	_, page := f.get(staff.HR, "/audit")
	wantPage(t, page, i18n.T("en", "audit.do_take_offer"))
	exec(`UPDATE outgoing_mail SET attempts = 5, code = 'smtp_4xx'`)
	f.now = f.now.Add(10 * time.Minute)
	_, page = f.get(staff.HR, "/")
	wantPage(t, page, "2 mails have been waiting to be sent since 12:00: the mail server asks to try again later")
	_, page = f.get(staff.Admin, "/")
	wantPage(t, page, "2 mails have been waiting")
	for _, lang := range i18n.Languages() {
		_, page = f.get(staff.HR, "/", "Cookie", f.as(staff.HR)+"; lang="+lang)
		wantPage(t, page, "12:00")
	}
	if _, page = f.get(staff.Receptionist, "/"); strings.Contains(page, "mails have been waiting") {
		t.Error("reception is told")
	}
	_, page = f.get(staff.HR, "/candidates/"+f.Applications[0].String())
	wantPage(t, page, "to be sent: the mail server asks to try again later")
	f.now = f.now.Add(24 * time.Hour)
	_, page = f.get(staff.HR, "/")
	wantPage(t, page, "2027, 12:00: the mail server")

	// One address takes none, the other has its mail.
	exec(`UPDATE outgoing_mail SET state = 'failed', code = 'smtp_address' WHERE application_id = ?`, f.Applications[0])
	exec(`UPDATE outgoing_mail SET state = 'sent', code = '' WHERE application_id = ?`, f.Applications[1])
	exec(`UPDATE person SET phone = '+79161234567' WHERE id = (SELECT person_id FROM application WHERE id = ?)`, f.Applications[0])
	_, page = f.get(staff.HR, "/")
	wantPage(t, html.UnescapeString(page), "1 invitation without an answer", "takes no mail, call +79161234567", "/candidates/"+f.Applications[0].String())
	if strings.Contains(page, "to be sent since") {
		t.Error("nothing waits any more")
	}
	_, page = f.get(staff.HR, "/candidates/"+f.Applications[0].String())
	wantPage(t, html.UnescapeString(page), "Mail does not reach this person", "tel:+79161234567", "refused: the address takes no mail")

	// A letter that could not be written, or was refused for what it is, says nothing of the address.
	for _, code := range []string{"unrenderable", "mail_unsendable", "smtp_5xx"} {
		exec(`UPDATE outgoing_mail SET code = ? WHERE application_id = ?`, code, f.Applications[0])
		if _, page = f.get(staff.HR, "/"); strings.Contains(page, "takes no mail") {
			t.Error(code, text(page))
		}
		_, page = f.get(staff.HR, "/candidates/"+f.Applications[0].String())
		wantPage(t, page, "could not be sent")
		if strings.Contains(page, "Mail does not reach") {
			t.Error(code, text(page))
		}
	}
	exec(`UPDATE outgoing_mail SET state = 'dropped', code = 'too_late' WHERE application_id = ?`, f.Applications[0])
	_, page = f.get(staff.HR, "/candidates/"+f.Applications[0].String())
	wantPage(t, page, "could not be sent in time")
}
