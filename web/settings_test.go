package web

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stazh/stazh/workflows/staff"
)

// An administrator changes the company's name and a rule; a second one who saves an older page is told
// and keeps what he typed; numbers out of bounds say their bounds; nobody else finds the page.
func TestSettings(t *testing.T) {
	f := newFirm(t, 0)
	code, page := f.get(staff.Admin, "/settings")
	if code != 200 {
		t.Fatal(code)
	}
	wantPage(t, page, "Settings", "Time to answer an invitation", "usually 24", `value="20"`)
	if code, _ := f.get(staff.HR, "/settings"); code != 404 {
		t.Error("HR finds the settings:", code)
	}

	res, page := f.post(staff.Admin, "/settings", "/settings/company", url.Values{"name": {"Мост"}, "language": {"bg"}, "reply_to": {"x"}, "version": {"1"}})
	f.want(res, page, 422, "Мост", `value="x"`)
	res, _ = f.post(staff.Admin, "/settings", "/settings/company", url.Values{"name": {"Мост"}, "language": {"bg"}, "reply_to": {"hr@example.org"}, "version": {"1"}})
	if res.StatusCode != 303 {
		t.Fatal(res.StatusCode)
	}
	if s, err := f.Reader.Company(t.Context()); err != nil || s.Name != "Мост" || s.Language != "bg" || s.ReplyTo != "hr@example.org" || s.Version != 2 {
		t.Fatalf("%+v %v", s, err)
	}
	res, page = f.post(staff.Admin, "/settings", "/settings/company", url.Values{"name": {"Другое имя"}, "language": {"ru"}, "version": {"1"}})
	f.want(res, page, 409, "Другое имя", "This has changed since you opened the page")

	policy := func(version, grace string) url.Values {
		return url.Values{
			"reply_hours": {"30"}, "reply_min_hours": {"4"}, "reply_before_hours": {"12"}, "remind_day_hours": {"24"}, "remind_day_lead": {"48"}, "remind_hours": {"2"},
			"remind_hours_lead": {"6"}, "grace_minutes": {grace}, "again_days": {"3"}, "undo_minutes": {"10"}, "erase_minutes": {"60"}, "link_limit": {"60"}, "version": {version},
		}
	}
	res, page = f.post(staff.Admin, "/settings", "/settings/policy", policy("1", "999"))
	f.want(res, page, 422, `value="999"`, "240", `value="30"`)
	res, page = f.post(staff.Admin, "/settings", "/settings/policy", policy("1", "полчаса"))
	f.want(res, page, 422, `value="полчаса"`)
	if res, _ = f.post(staff.Admin, "/settings", "/settings/policy", policy("1", "25")); res.StatusCode != 303 {
		t.Fatal(res.StatusCode)
	}
	if row, err := f.Reader.PolicyNow(t.Context()); err != nil || row.Policy.GraceMinutes != 25 || row.Policy.ReplyHours != 30 || row.Version != 2 {
		t.Fatalf("%+v %v", row, err)
	}
	res, page = f.post(staff.Admin, "/settings", "/settings/policy", policy("1", "35"))
	f.want(res, page, 409, `value="35"`)
	if _, page = f.get(staff.Admin, "/"); !strings.Contains(page, `href="/settings"`) {
		t.Error("the navigation does not lead there")
	}
}
