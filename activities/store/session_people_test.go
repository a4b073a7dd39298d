package store

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// fullSession is a company in which one session has 400 bookings, with three mails each, and ten offers;
// others have as much.
func fullSession(t testing.TB) (*Reader, uuid.UUID) {
	t.Helper()
	r := fillLists(t, 8000, 20)
	for _, statement := range []string{
		`UPDATE slot SET seats = 500`,
		`DELETE FROM booking`,
		`INSERT INTO booking (id, application_id, person_id, interview_id, slot, starts_at, state, holds_seat, uid, booked_at, reminded_day, reminded_hours)
			SELECT md5('b' || g)::uuid, md5('app' || g)::uuid, md5('person' || g)::uuid, md5('i' || g % 20)::uuid, g / 20 % 20, '2027-03-01T06:00Z'::timestamptz + g / 20 % 20 * interval '30 minutes',
			CASE g / 400 % 2 WHEN 0 THEN 'confirmed' ELSE 'invited' END, true, g::text, '2027-02-10Z', false, false FROM generate_series(1, 8000) g`,
		`INSERT INTO outgoing_mail (id, key, kind, application_id, booking_id, booking_version, due_at, created_at, state, settled_at)
			SELECT md5('m' || g || k)::uuid, g || '/' || k, (ARRAY['invitation', 'confirmation', 'reminder_day'])[k], md5('app' || g)::uuid, md5('b' || g)::uuid, k, '2027-02-10Z', '2027-02-10Z'::timestamptz + k * interval '1 hour',
			'sent', '2027-02-11Z' FROM generate_series(1, 8000) g, generate_series(1, 3) k`,
		`INSERT INTO wave VALUES (md5('w')::uuid, md5('i7')::uuid, 1, 'system', '2027-02-20Z')`,
		`INSERT INTO offer SELECT md5('o' || g)::uuid, md5('w')::uuid, md5('i7')::uuid, md5('app' || g * 20)::uuid, 3, '2027-02-21Z', '2027-02-20Z' FROM generate_series(1, 10) g`,
		`ANALYZE`,
	} {
		if _, err := r.db.NewRaw(statement).Exec(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	return r, md5id("i7")
}

// asked counts queries.
type asked struct{ n atomic.Int64 }

func (a *asked) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context {
	a.n.Add(1)
	return ctx
}
func (a *asked) AfterQuery(context.Context, *bun.QueryEvent) {}

func TestPeopleOfAFullSessionAreOneQuery(t *testing.T) {
	ctx := context.Background()
	r, session := fullSession(t)
	count := &asked{}
	hooked := NewReader(r.db.(*bun.DB).WithQueryHook(count))
	people, err := hooked.SessionPeople(ctx, session)
	if err != nil {
		t.Fatal(err)
	}
	if n := count.n.Load(); n != 1 {
		t.Errorf("%d queries", n)
	}
	if len(people) != 410 {
		t.Fatalf("%d people", len(people))
	}
	offers := 0
	for i, p := range people {
		if i > 0 && p.StartsAt.Before(people[i-1].StartsAt) {
			t.Fatal("out of order")
		}
		if p.State == "" {
			offers++
			if p.Slot != 3 || p.Version != 0 || len(p.Mails) != 0 || p.PersonID == uuid.Nil || p.ReplyBy == nil {
				t.Fatalf("%+v", p)
			}
		} else if len(p.Mails) != 3 || p.Mails[2].Kind != "reminder_day" || p.Mails[0].State != "sent" || p.Mails[0].SettledAt == nil {
			t.Fatalf("%+v", p)
		}
	}
	if offers != 10 {
		t.Errorf("%d offers", offers)
	}
	text := plan(t, r, r.sessionPlaces(new([]SessionPlace), session))
	for _, all := range []string{"Seq Scan on booking", "Seq Scan on offer", "Seq Scan on outgoing_mail"} {
		if strings.Contains(text, all+" ") && !strings.Contains(all, "offer") { // ten offers are one page
			t.Errorf("%s:\n%s", all, text)
		}
	}
}

// The people of a session with 400 bookings; "x-bare" is against reading the bare booking rows.
func BenchmarkPeopleOf400(b *testing.B) {
	ctx := context.Background()
	r, session := fullSession(b)
	var bare, full time.Duration
	for b.Loop() {
		began := time.Now()
		var rows []Booking
		if err := r.db.NewSelect().Model(&rows).Where("interview_id = ?", session).Scan(ctx); err != nil || len(rows) != 400 {
			b.Fatal(len(rows), err)
		}
		bare += time.Since(began)
		began = time.Now()
		if people, err := r.SessionPeople(ctx, session); err != nil || len(people) != 410 {
			b.Fatal(len(people), err)
		}
		full += time.Since(began)
	}
	b.ReportMetric(float64(full)/float64(bare), "x-bare")
	b.ReportMetric(float64(full.Microseconds())/float64(b.N), "µs/page")
}
