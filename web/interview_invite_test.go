package web

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/staff"
)

func TestInviteFromAnEmptyShortlist(t *testing.T) {
	f := newFirm(t, 1)
	_, path := f.session(2, 1)
	res, page := f.post(staff.HR, path, path+"/invite", url.Values{"first": {"2"}})
	f.want(res, page, http.StatusSeeOther)
	_, page = f.get(staff.HR, path, "Cookie", f.as(staff.HR)+"; "+flashOf(res))
	wantPage(t, page, i18n.T("en", "flash.wave_none"))
}

func TestInviteAndWithdraw(t *testing.T) {
	f := newFirm(t, 6)
	id, path := f.session(2, 1)
	for _, a := range f.Applications[:5] {
		_, err := workflows.Do(t.Context(), f.pages.Commands, workflows.Shortlist, a.String(), f.by(staff.HR), workflows.ShortlistArgs{})
		f.command(err)
	}
	_, page := f.get(staff.HR, path)
	wantPage(t, page, "3 people fit into the free seats; 5 are on the shortlist", "Invite 3 in order", "Ivanov Ivan 001")
	res, page := f.post(staff.HR, path, path+"/invite", url.Values{})
	f.want(res, page, http.StatusUnprocessableEntity, "There is a problem")
	// A colleague takes somebody off the list after the page was shown: those shown are invited, he is named.
	shown := shownIn(page)
	if len(shown) != 3 || shown[0] != f.Applications[0].String() {
		t.Fatal(shown)
	}
	_, err := workflows.Do(t.Context(), f.pages.Commands, workflows.Unshortlist, shown[2], f.by(staff.HR), workflows.None{})
	f.command(err)
	res, page = f.post(staff.HR, path, path+"/invite", url.Values{"first": {"3"}, "shown": {shown[2], shown[0], shown[1], f.Applications[4].String()}})
	f.want(res, page, http.StatusSeeOther)
	at := res.Header.Get("Location")
	if at != path+"?left="+shown[2] {
		t.Fatal(at)
	}
	_, page = f.get(staff.HR, at)
	wantPage(t, page, "These people were not invited", "Ivanov Ivan 003</a> (responded)")
	_, err = workflows.Do(t.Context(), f.pages.Commands, workflows.Shortlist, shown[2], f.by(staff.HR), workflows.ShortlistArgs{})
	f.command(err)
	places, _ := f.Reader.SessionPlaces(t.Context(), id)
	if len(places) != 2 || places[0].Name != "Ivanov Ivan 001" || places[1].Name != "Ivanov Ivan 002" {
		t.Fatalf("%+v", places)
	}
	// Three ticked, one seat: the flash says so.
	form := url.Values{"applications": {f.Applications[2].String(), f.Applications[3].String(), f.Applications[4].String()}}
	res, page = f.post(staff.HR, path, path+"/invite", form)
	f.want(res, page, http.StatusSeeOther)
	_, page = f.get(staff.HR, path, "Cookie", f.as(staff.HR)+"; "+flashOf(res))
	wantPage(t, page, "1 of 3 were invited", "People in this session", "Invitation")
	// Withdraw one; the second try meets another version and says what is true.
	form = url.Values{"booking": {places[0].ID.String()}, "version": {strconv.Itoa(places[0].Version)}}
	res, page = f.post(staff.HR, path, path+"/withdraw", form)
	f.want(res, page, http.StatusSeeOther)
	form.Del("_command")
	res, page = f.post(staff.HR, path, path+"/withdraw", form)
	f.want(res, page, http.StatusSeeOther)
	_, page = f.get(staff.HR, path, "Cookie", f.as(staff.HR)+"; "+flashOf(res))
	wantPage(t, page, "This has changed since you opened the page", "withdrawn by us")
	// A booking of another session is not this one's.
	_, other := f.otherSession()
	form.Del("_command")
	if res, _ = f.post(staff.HR, other, other+"/withdraw", form); res.StatusCode != http.StatusNotFound {
		t.Error(res.StatusCode)
	}
}

// shownIn are the applications that "invite the first" of a page stands for.
func shownIn(page string) (ids []string) {
	for _, part := range strings.Split(page, `name="shown" value="`)[1:] {
		ids = append(ids, part[:36])
	}
	return ids
}

func (f *firm) otherSession() (uuid.UUID, string) {
	id := uuid.New()
	_, err := workflows.Do(context.Background(), f.pages.Commands, workflows.Schedule, id.String(), f.by(staff.HR), workflows.ScheduleArgs{
		Venue: f.Venue.String(), Vacancies: []string{f.Vacancy.String()}, Rules: hiring.DefaultCandidateRules(),
		Session: hiring.Session{Starts: f.now.AddDate(0, 0, 6), SlotMinutes: 30, Seats: []int{1}, Lanes: []string{f.Staff[staff.HeadOfSales].String()}, Room: 10, WaitMinutes: 60},
	})
	f.command(err)
	return id, sessionPath(id)
}

// flashOf is the cookie of a redirect's message.
func flashOf(res *http.Response) string {
	for _, c := range res.Cookies() {
		if c.Name == "flash" {
			return "flash=" + c.Value
		}
	}
	return "flash="
}

func TestSeatsLanesAndCancel(t *testing.T) {
	f := newFirm(t, 4)
	id, path := f.session(2, 2)
	f.booked(id, 2)
	_, page := f.get(staff.HR, path)
	version := strings.SplitN(strings.SplitN(page, `/seats"`, 2)[1], `name="version" value="`, 2)[1]
	version = version[:strings.IndexByte(version, '"')]
	res, page := f.post(staff.HR, path, path+"/seats", url.Values{"seats": {"1", "5"}, "version": {version}})
	f.want(res, page, http.StatusConflict, "fewer seats than are already taken", `value="5"`)
	res, page = f.post(staff.HR, path, path+"/seats", url.Values{"seats": {"2", "many"}, "version": {version}})
	f.want(res, page, http.StatusUnprocessableEntity, "Enter a whole number", `value="many"`, `aria-invalid="true" aria-describedby="f-seats-1-error"`)
	res, page = f.post(staff.HR, path, path+"/seats", url.Values{"seats": {"3", "5"}, "version": {version}})
	f.want(res, page, http.StatusSeeOther)
	res, _ = f.post(staff.HR, path, path+"/seats", url.Values{"seats": {"9", "9"}, "version": {version}}) // as another tab had it
	_, page = f.get(staff.HR, path, "Cookie", f.as(staff.HR)+"; "+flashOf(res))
	wantPage(t, page, "This has changed since you opened the page", `value="5"`)

	f.as(staff.HeadOfSales)
	res, page = f.post(staff.HR, path, path+"/lanes", url.Values{"staff": {f.Staff[staff.HeadOfSales].String()}})
	f.want(res, page, http.StatusSeeOther)
	lanes, _ := f.Reader.Lanes(t.Context(), id)
	res, page = f.post(staff.HR, path, path+"/lanes/close", url.Values{"lane": {lanes[1].ID.String()}})
	f.want(res, page, http.StatusSeeOther)
	_, page = f.get(staff.HR, path)
	wantPage(t, page, "closed 12:00", "2 people are invited or expected")
	res, page = f.post(staff.HR, path, path+"/cancel", url.Values{})
	f.want(res, page, http.StatusSeeOther)
	_, page = f.get(staff.HR, path)
	wantPage(t, page, "This session was called off")
	if strings.Contains(page, path+"/invite") || strings.Contains(page, path+"/seats") {
		t.Error("a session called off can be changed")
	}
	places, _ := f.Reader.SessionPlaces(t.Context(), id)
	for _, place := range places {
		if place.State != hiring.BookingWithdrawn {
			t.Errorf("%s is still %s", place.Name, place.State)
		}
	}
}

// Two pages invite the same people in order: the second is told how many were invited a moment ago, offers too, and is
// not given their names as if they stood on the shortlist; of others ten names at most.
func TestTwoPagesInviteInOrder(t *testing.T) {
	f := newFirm(t, 30)
	_, path := f.session(2, 8)
	for _, a := range f.Applications {
		_, err := workflows.Do(t.Context(), f.pages.Commands, workflows.Shortlist, a.String(), f.by(staff.HR), workflows.ShortlistArgs{})
		f.command(err)
	}
	_, page := f.get(staff.HR, path)
	shown := shownIn(page)
	form := func() url.Values { return url.Values{"first": {strconv.Itoa(len(shown))}, "shown": shown} }
	res, page := f.post(staff.HR, path, path+"/invite", form())
	f.want(res, page, http.StatusSeeOther)
	res, page = f.post(staff.HR, path, path+"/invite", form())
	f.want(res, page, http.StatusSeeOther)
	at := res.Header.Get("Location")
	_, page = f.get(staff.HR, at)
	wantPage(t, page, i18n.T("en", "interview.invited_meanwhile", "n", len(shown)))
	if strings.Contains(page, i18n.T("en", "interview.left_out")) {
		t.Error("who was invited is named as left out:", at)
	}
	// Fourteen others for no free seat.
	res, page = f.post(staff.HR, path, path+"/invite", url.Values{"applications": shownFrom(f, len(shown))})
	f.want(res, page, http.StatusSeeOther)
	at = res.Header.Get("Location")
	if n := strings.Count(at, "left="); n != maxLeft {
		t.Fatal(at)
	}
	_, page = f.get(staff.HR, at)
	wantPage(t, page, i18n.T("en", "interview.left_out"), i18n.T("en", "rates.and_more", "n", 30-len(shown)-maxLeft))
}

func shownFrom(f *firm, n int) (ids []string) {
	for _, a := range f.Applications[n:] {
		ids = append(ids, a.String())
	}
	return ids
}
