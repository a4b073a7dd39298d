package store

import (
	"context"
	"crypto/md5"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/activities/store/localpg/pgtest"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

const (
	listVacancy = "00000000-0000-4000-8000-0000000000a1"
	listVenue   = "00000000-0000-4000-8000-0000000000b1"
	listStaff   = "00000000-0000-4000-8000-0000000000c1"
)

var listStart = time.Date(2027, 3, 1, 6, 0, 0, 0, time.UTC)

// fillLists writes a company with n responses over ten vacancies and sessions of 20 slots.
func fillLists(t testing.TB, n, sessions int) *Reader {
	t.Helper()
	db, err := Open(pgtest.Migrated(t), 4)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	for _, statement := range []string{
		`INSERT INTO profile (id, title, created_at) VALUES (md5('p')::uuid, 'Account manager', '2027-01-01Z')`,
		`INSERT INTO source (id, name, created_at) VALUES (md5('s')::uuid, 'HeadHunter', '2027-01-01Z')`,
		`INSERT INTO staff (id, email, name, roles, created_at) VALUES ('` + listStaff + `', 'anna@example.org', 'Anna', '{interviewer}', '2027-01-01Z')`,
		`INSERT INTO vacancy (id, profile_id, title, city, zone, headcount, pay_level, public, created_at)
			SELECT CASE g WHEN 1 THEN '` + listVacancy + `'::uuid ELSE md5('v' || g)::uuid END, md5('p')::uuid, 'Vacancy ' || g, 'Moscow', 'Europe/Moscow', 3, 1, true, '2027-01-01Z' FROM generate_series(1, 10) g`,
		`INSERT INTO venue (id, name, city, zone, address, created_at) VALUES ('` + listVenue + `', 'Office', 'Moscow', 'Europe/Moscow', 'Lenina 1', '2027-01-01Z')`,
		fmt.Sprintf(`INSERT INTO person (id, name, first_name, email, phone, created_at)
			SELECT md5('person' || g)::uuid, 'Person ' || g, 'Person', 'p' || g || '@example.org', '+7900' || lpad(g::text, 7, '0'), '2027-01-01Z' FROM generate_series(1, %d) g`, n),
		fmt.Sprintf(`INSERT INTO application (id, person_id, vacancy_id, source_id, state, rank, responded_at, changed_at)
			SELECT md5('app' || g)::uuid, md5('person' || g)::uuid, CASE g %% 10 WHEN 0 THEN '`+listVacancy+`'::uuid ELSE md5('v' || g %% 10 + 1)::uuid END, md5('s')::uuid,
			CASE WHEN g %% 40 = 0 THEN 'shortlisted' ELSE 'responded' END, CASE WHEN g %% 80 = 0 THEN g END,
			'2027-02-01Z'::timestamptz + g / 3 * interval '1 second', '2027-02-01Z' FROM generate_series(1, %d) g`, n),
		fmt.Sprintf(`INSERT INTO interview (id, venue_id, zone, starts_at, ends_at, slot_minutes, room, wait_minutes, rules, state, created_by, created_at, changed_at)
			SELECT md5('i' || g)::uuid, '`+listVenue+`', 'Europe/Moscow', '%[2]s'::timestamptz + g * interval '1 day', '%[2]s'::timestamptz + g * interval '1 day' + interval '10 hours',
			30, 12, 60, '{"horizon_days": 14, "same_day": true}', 'open', 'system', '2027-01-01Z', '2027-01-01Z' FROM generate_series(0, %[1]d - 1) g`, sessions, listStart.Format(time.RFC3339)),
		fmt.Sprintf(`INSERT INTO slot SELECT md5('i' || g)::uuid, n, '%[2]s'::timestamptz + g * interval '1 day' + n * interval '30 minutes', 5, CASE n WHEN 0 THEN 5 ELSE 0 END
			FROM generate_series(0, %[1]d - 1) g, generate_series(0, 19) n`, sessions, listStart.Format(time.RFC3339)),
		fmt.Sprintf(`INSERT INTO interview_vacancy SELECT md5('i' || g)::uuid, '`+listVacancy+`' FROM generate_series(0, %d - 1) g`, sessions),
		fmt.Sprintf(`INSERT INTO lane SELECT md5('l' || g)::uuid, md5('i' || g)::uuid, 1, '`+listStaff+`', tstzrange('%[2]s'::timestamptz + g * interval '1 day', '%[2]s'::timestamptz + g * interval '1 day' + interval '10 hours')
			FROM generate_series(0, %[1]d - 1) g`, sessions, listStart.Format(time.RFC3339)),
		fmt.Sprintf(`INSERT INTO booking (id, application_id, person_id, interview_id, slot, starts_at, state, holds_seat, uid, booked_at, confirmed_at, reminded_day, reminded_hours)
			SELECT md5('b' || g)::uuid, md5('app' || g)::uuid, md5('person' || g)::uuid, md5('i' || g %% %[2]d)::uuid, 0, '2027-03-01T06:00Z', CASE g %% 20 WHEN 0 THEN 'confirmed' ELSE 'declined' END,
			true, g::text, '2027-02-10Z', CASE g %% 20 WHEN 0 THEN '2027-02-11Z'::timestamptz END, false, false FROM generate_series(10, %[1]d, 10) g`, n, sessions),
		`ANALYZE`,
	} {
		if _, err := db.Exec(strings.ReplaceAll(statement, "?", "")); err != nil {
			t.Fatalf("%v\n%s", err, statement)
		}
	}
	return NewReader(db)
}

func plan(t *testing.T, r *Reader, q *bun.SelectQuery) string {
	t.Helper()
	var lines []string
	if err := r.db.NewRaw("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, BUFFERS OFF) ?", bun.Safe(q.String())).Scan(context.Background(), &lines); err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}

func TestListsReadPagesFromAnIndex(t *testing.T) {
	r := fillLists(t, 20000, 400)
	vacancy := uuid.MustParse(listVacancy)
	deep := timeCursor(time.Date(2027, 2, 1, 1, 0, 0, 0, time.UTC), uuid.Max)
	for _, c := range []struct {
		name, index string
		filter      ApplicationFilter
	}{
		{"all", "application_all", ApplicationFilter{}},
		{"of a vacancy", "Index Scan using application_", ApplicationFilter{Vacancy: vacancy}},
		{"in one state", "application_state", ApplicationFilter{Vacancy: vacancy, States: []hiring.State{hiring.Shortlisted}}},
		{"shortlist", "application_rank", ApplicationFilter{Vacancy: vacancy, States: []hiring.State{hiring.Shortlisted}, ByRank: true}},
		{"every shortlist", "application_rank_any", ApplicationFilter{States: []hiring.State{hiring.Shortlisted}, ByRank: true}},
		{"by name", "person_name", ApplicationFilter{Text: "Person 1777"}},
		{"by telephone", "person_phone", ApplicationFilter{Text: "+7 900 000-17-77"}},
		{"of a session", "booking_interview", ApplicationFilter{Interview: md5id("i7")}},
	} {
		p := Page{Limit: 50, Cursor: deep}
		if c.filter.ByRank || c.filter.Text != "" || c.filter.Interview != uuid.Nil {
			p.Cursor = ""
		}
		q, err := r.applicationQuery(new([]ApplicationRow), c.filter, p)
		if err != nil {
			t.Fatal(err)
		}
		text := plan(t, r, q)
		if !strings.Contains(text, c.index) || strings.Contains(text, "Seq Scan on application ") || strings.Contains(text, "Seq Scan on person") {
			t.Errorf("%s does not use %s:\n%s", c.name, c.index, text)
		}
	}
	q, err := r.interviewQuery(new([]InterviewRow), InterviewFilter{From: listStart.AddDate(0, 0, 200), Earliest: true}, Page{Limit: 20})
	if err != nil {
		t.Fatal(err)
	}
	if text := plan(t, r, q); !strings.Contains(text, "interview_page") || strings.Contains(text, "Seq Scan on booking") || strings.Contains(text, "Seq Scan on slot") {
		t.Errorf("sessions to come:\n%s", text)
	}
}

// md5id is the id that fillLists gives.
func md5id(s string) uuid.UUID { return uuid.UUID(md5.Sum([]byte(s))) }

func TestPagesOfAListMeetEveryRowOnce(t *testing.T) {
	ctx := context.Background()
	r := fillLists(t, 1000, 30)
	vacancy := uuid.MustParse(listVacancy)
	for _, f := range []ApplicationFilter{{}, {Vacancy: vacancy}, {Vacancy: vacancy, ByRank: true}, {States: []hiring.State{hiring.Shortlisted}, ByRank: true}} {
		want, err := r.db.NewSelect().Table("application").Apply(func(q *bun.SelectQuery) *bun.SelectQuery {
			if f.Vacancy != uuid.Nil {
				q = q.Where("vacancy_id = ?", f.Vacancy)
			}
			if len(f.States) > 0 {
				q = q.Where("state = ?", f.States[0])
			}
			return q
		}).Count(ctx)
		if err != nil {
			t.Fatal(err)
		}
		seen, last := map[uuid.UUID]bool{}, ApplicationRow{}
		for p := (Page{Limit: 7}); ; {
			rows, next, err := r.Applications(ctx, f, p)
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range rows {
				if seen[a.ID] {
					t.Fatalf("%+v: %s twice", f, a.ID)
				}
				if f.ByRank && rankOf(a.Rank) < rankOf(last.Rank) && len(seen) > 0 || !f.ByRank && a.RespondedAt.After(last.RespondedAt) && len(seen) > 0 {
					t.Fatalf("%+v: out of order", f)
				}
				seen[a.ID], last = true, a
			}
			if next == "" {
				break
			}
			p.Cursor = next
		}
		if int64(len(seen)) != want || want == 0 {
			t.Errorf("%+v: %d of %d", f, len(seen), want)
		}
	}
	seen := map[uuid.UUID]bool{}
	for p := (Page{Limit: 7}); ; {
		rows, next, err := r.Interviews(ctx, InterviewFilter{Vacancy: vacancy, Earliest: true}, p)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range rows {
			seen[i.ID] = true
		}
		if next == "" {
			break
		}
		p.Cursor = next
	}
	if len(seen) != 30 {
		t.Errorf("%d of 30 sessions", len(seen))
	}
	for _, bad := range []string{"x", cursor("a", "b"), cursor("2027-01-01T00:00:00Z"), cursor("2027-01-01T00:00:00Z", "\x00")} {
		if _, _, err := r.Applications(ctx, ApplicationFilter{}, Page{Cursor: bad}); fault.CodeOf(err) != "bad_cursor" {
			t.Errorf("cursor %q: %v", bad, err)
		}
		if _, _, err := r.Applications(ctx, ApplicationFilter{ByRank: true}, Page{Cursor: bad}); fault.CodeOf(err) != "bad_cursor" {
			t.Errorf("rank cursor %q: %v", bad, err)
		}
	}
}

func TestRowsAreComplete(t *testing.T) {
	ctx := context.Background()
	r := fillLists(t, 200, 3)
	session := md5id("i2") // application 20's booking: 20 mod 3 = 2
	a, err := r.ApplicationRow(ctx, md5id("app20"))
	if err != nil {
		t.Fatal(err)
	}
	if a.Name != "Person 20" || a.VacancyTitle != "Vacancy 1" || a.SourceName != "HeadHunter" || a.BookingState != hiring.BookingConfirmed ||
		a.BookingInterview == nil || *a.BookingInterview != session || a.BookingVenue != "Office" || a.Bookings != 1 || a.Language != "ru" {
		t.Errorf("%+v", a)
	}
	i, err := r.InterviewRow(ctx, session)
	if err != nil {
		t.Fatal(err)
	}
	if i.Slots != 20 || i.Seats != 100 || i.Taken != 5 || len(i.Lanes) != 1 || i.Lanes[0].StaffName != "Anna" || len(i.Vacancies) != 1 || i.VenueName != "Office" {
		t.Errorf("%+v", i)
	}
	places, err := r.SessionPlaces(ctx, session)
	if err != nil {
		t.Fatal(err)
	}
	confirmed := slices.DeleteFunc(slices.Clone(places), func(p SessionPlace) bool { return p.State != hiring.BookingConfirmed })
	if len(confirmed) != i.Confirmed || len(places) != i.Invited || len(places) <= len(confirmed) || len(confirmed) == 0 || confirmed[0].Name == "" {
		t.Errorf("%d places, %d confirmed, counted %d", len(places), len(confirmed), i.Confirmed)
	}
	// An offer that no booking has taken up yet is a place too.
	for _, statement := range []string{
		`INSERT INTO wave VALUES (md5('w')::uuid, md5('i2')::uuid, 1, 'system', '2027-02-20Z')`,
		`INSERT INTO offer VALUES (md5('o')::uuid, md5('w')::uuid, md5('i2')::uuid, md5('app30')::uuid, 3, '2027-02-21Z', '2027-02-20Z')`,
	} {
		if _, err := r.db.NewRaw(statement).Exec(ctx); err != nil {
			t.Fatal(err)
		}
	}
	with, err := r.SessionPlaces(ctx, session)
	if err != nil {
		t.Fatal(err)
	}
	if last := with[len(with)-1]; len(with) != len(places)+1 || last.State != "" || last.Slot != 3 || last.Name != "Person 30" || last.ApplicationID != md5id("app30") {
		t.Errorf("%d places with the offer, last %+v", len(with), last)
	}
	if i, err = r.InterviewRow(ctx, session); err != nil || i.Offers != 1 {
		t.Errorf("%+v %v", i, err)
	}
	free, err := r.FreeTimes(ctx, uuid.MustParse(listVacancy), listStart.Add(-time.Hour), 5, false)
	if err != nil {
		t.Fatal(err)
	}
	if len(free) != 5 || free[0].Slot != 1 || free[0].Free != 5 {
		t.Errorf("%+v", free)
	}
	counts, err := r.CountByState(ctx, uuid.MustParse(listVacancy))
	if err != nil || counts[hiring.Shortlisted] != 5 || counts[hiring.Responded] != 15 {
		t.Errorf("%v %v", counts, err)
	}
	anna, his := uuid.MustParse(listStaff), md5id("app20")
	for closed, meets := range map[time.Duration]bool{-time.Hour: false, time.Hour: true} {
		if _, err := r.db.NewRaw("UPDATE lane SET closed_at = (SELECT starts_at FROM interview WHERE id = ?) + ? * interval '1 second' WHERE interview_id = ? AND staff_id = ?",
			session, int(closed.Seconds()), session, anna).Exec(ctx); err != nil {
			t.Fatal(err)
		}
		scores, err := r.Scores(ctx, anna, []uuid.UUID{his})
		if err != nil || scores[his] != meets {
			t.Errorf("a lane closed %s after the beginning scores: %v %v", closed, scores, err)
		}
		row, err := r.InterviewRow(ctx, session)
		if err != nil || row.Meets(anna) != meets {
			t.Errorf("a lane closed %s after the beginning meets: %v", closed, err)
		}
		list, _, err := r.Interviews(ctx, InterviewFilter{Staff: anna}, Page{Limit: MaxPage})
		if err != nil || slices.ContainsFunc(list, func(i InterviewRow) bool { return i.ID == session }) != meets {
			t.Errorf("a lane closed %s after the beginning lists: %v", closed, err)
		}
	}
	if _, err := r.ApplicationRow(ctx, uuid.New()); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
	if _, err := r.InterviewRow(ctx, uuid.New()); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
}
