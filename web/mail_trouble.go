package web

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/hiring"
)

// What staff are told of mail that does not go.

// mailTrouble is the one line of mails that should have gone and have not; "" when there are none.
func (p *Pages) mailTrouble(c *fiber.Ctx, zone *time.Location) (string, error) {
	now := p.Now()
	q, err := p.Reader.MailQueue(c.UserContext(), now)
	if err != nil || q.Overdue == 0 {
		return "", err
	}
	lang := p.Frame.Lang(c)
	since := i18n.Clock(lang, q.Since, zone)
	if !sameDay(q.Since, now, zone) {
		since = i18n.DateTime(lang, q.Since, zone)
	}
	why := "application.mail_wait_slow"
	if key := "application.mail_wait_" + q.Code; q.Code != "" && i18n.Has(key) {
		why = key
	}
	return i18n.T(lang, "home.mail_waits", "n", q.Overdue, "since", since, "why", i18n.T(lang, why)), nil
}

// unreachedInto asks HR to call whom no mail reaches.
func (p *Pages) unreachedInto(c *fiber.Ctx, body *homeBody) error {
	if !auth.Of(c).Has(planners...) {
		return nil
	}
	people, err := p.Reader.Unreached(c.UserContext(), peopleNamed)
	for _, one := range people {
		key := "home.unreached"
		if one.Phone != "" {
			key = "home.unreached_call"
		}
		body.Todo = append(body.Todo, todo{"phone", p.Frame.T(c, key, "name", one.Name, "phone", one.Phone), "/candidates/" + one.ID.String(), 1})
	}
	return err
}

// mailStatus says what became of a mail, or why it is still here.
func mailStatus(lang string, m store.OutgoingMail) string {
	switch {
	case m.State == "dropped" && (m.Code == "too_late" || m.Code == "no_address"):
		return i18n.T(lang, "application.mail_"+m.Code)
	case m.AddressRefused():
		return i18n.T(lang, "application.mail_refused")
	case m.State == "failed" && m.Code == store.RefusedThen:
		return i18n.T(lang, "application.mail_refused_then")
	case m.State == "queued" && m.Attempts > 0 && i18n.Has("application.mail_wait_"+m.Code):
		return i18n.T(lang, "application.mail_"+m.State) + ": " + i18n.T(lang, "application.mail_wait_"+m.Code)
	}
	return i18n.T(lang, "application.mail_"+m.State)
}

// unreached reports whether the newest of the mails that went or were refused for their address was refused.
func unreached(newestFirst []store.OutgoingMail) bool {
	for _, m := range newestFirst {
		if m.State == "sent" || m.AddressRefused() {
			return m.State == "failed"
		}
	}
	return false
}

// missed reports whether the newest invitation was refused by an address that was corrected since, and in this state the
// person may be invited again.
func missed(state hiring.State, newestFirst []store.OutgoingMail) bool {
	for _, m := range newestFirst {
		if m.Kind == "invitation" {
			return m.State == "failed" && m.Code == store.RefusedThen && state == hiring.Shortlisted
		}
	}
	return false
}
