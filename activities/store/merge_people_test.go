package store

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

func TestErasingAndMerging(t *testing.T) {
	f := newFamily(t)
	ctx := context.Background()
	a, b, c := f.respond(1, "a@example.org", ""), f.respond(2, "b@example.org", ""), f.respond(3, "c@example.org", "")
	f.merge(b.Person, a.Person, "")
	if err := f.rec.Do(ctx, func(r *Record) error { return r.SetErase(ctx, b.Person, &f.now) }); err != nil {
		t.Fatal(err)
	}
	f.merge(c.Person, a.Person, "person_erasing")
	f.unmerge(b.Person, "person_erasing")
	if err := f.rec.Do(ctx, func(r *Record) error { _, err := r.Erase(ctx, a.Person, f.now); return err }); err != nil {
		t.Fatal(err)
	}
	var left int
	if err := f.r.db.NewRaw("SELECT count(*) FROM person WHERE email <> ''").Scan(ctx, &left); err != nil || left != 1 {
		t.Error("erasing one leaves the other", left, err)
	}
	f.merge(c.Person, a.Person, "person_erased")
	f.merge(a.Person, c.Person, "person_erased")
	f.unmerge(b.Person, "person_erased")
}

// What the surviving person got of a merged one by a later response goes back with him.
func TestAnAddressGoesBack(t *testing.T) {
	f := newFamily(t)
	a, b := f.respond(1, "", "+79161111111"), f.respond(2, "b@example.org", "")
	f.merge(b.Person, a.Person, "")
	f.respond(3, "b@example.org", "+79161111111")
	if p, err := f.r.Person(context.Background(), a.Person); err != nil || p.Email != "b@example.org" {
		t.Fatal(p.Email, err)
	}
	f.unmerge(b.Person, "")
	if again := f.respond(1, "b@example.org", ""); again.Person != b.Person || again.Outcome != Joined {
		t.Errorf("%+v", again)
	}
}

func TestOnePersonIsInASessionOnce(t *testing.T) {
	f := newFamily(t)
	ctx := context.Background()
	a, b := f.respond(1, "a@example.org", ""), f.respond(2, "b@example.org", "")
	session := uuid.UUID{}
	if err := f.r.db.NewRaw("SELECT md5('i')::uuid").Scan(ctx, &session); err != nil {
		t.Fatal(err)
	}
	book := func(of Responded, state hiring.Attendance) (uuid.UUID, error) {
		id := uuid.New()
		return id, f.rec.Do(ctx, func(r *Record) error {
			if _, err := r.LockApplication(ctx, of.Application); err != nil {
				return err
			}
			return r.AddBooking(ctx, &Booking{ID: id, ApplicationID: of.Application, PersonID: of.Person, InterviewID: session, StartsAt: f.now, State: state, UID: id.String(), BookedAt: f.now})
		})
	}
	first, err := book(a, hiring.BookingConfirmed)
	if err != nil {
		t.Fatal(err)
	}
	second, err := book(b, hiring.BookingConfirmed)
	if err != nil {
		t.Fatal(err)
	}
	f.merge(b.Person, a.Person, "both_in_session")
	f.exec("UPDATE booking SET state = 'cancelled_in_time' WHERE id = ?", second)
	f.merge(b.Person, a.Person, "")
	if _, err = book(b, hiring.BookingInvited); fault.CodeOf(err) != "already_in_session" {
		t.Error(err)
	}
	err = f.rec.Do(ctx, func(r *Record) error { // a cancellation taken back
		place, err := r.LockBooking(ctx, b.Application, second)
		if err != nil {
			return err
		}
		place.State = hiring.BookingConfirmed
		return r.SaveBooking(ctx, &place)
	})
	if fault.CodeOf(err) != "already_in_session" {
		t.Error(err)
	}
	f.exec("UPDATE application SET state = 'shortlisted' WHERE id = ?", b.Application)
	if rows, n, err := f.r.SessionShortlist(ctx, session, f.now, 10); err != nil || n != 0 {
		t.Errorf("he is offered again: %+v %v", rows, err)
	}
	if err := f.rec.Do(ctx, func(r *Record) error {
		in, err := r.InSession(ctx, session)
		if !in[a.Person] || in[b.Person] {
			t.Error(in)
		}
		who, err2 := r.Invitees(ctx, session, []uuid.UUID{b.Application})
		if who[b.Application].Surviving != a.Person {
			t.Errorf("%+v", who)
		}
		if twice, err := r.HasLiveBooking(ctx, b.Person, session); !twice || err != nil {
			t.Error("the record he was merged from seems free", err)
		}
		if err == nil {
			err = err2
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	// Both records at once, for one seat each: one of them gets in.
	f.exec("UPDATE booking SET state = 'cancelled_in_time' WHERE id = ?", first)
	var wait sync.WaitGroup
	var mu sync.Mutex
	in := 0
	for n := range 10 {
		wait.Go(func() {
			_, err := book([]Responded{a, b}[n%2], hiring.BookingConfirmed)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				in++
			} else if fault.CodeOf(err) != "already_in_session" {
				t.Error(err)
			}
		})
	}
	if wait.Wait(); in != 1 {
		t.Errorf("%d places", in)
	}
}

// Two of HR merge at one moment, this way and that, and others take it apart: whatever comes of it is a forest, and
// everybody's surviving person is a person of his own.
func TestMergingAtTheSameMoment(t *testing.T) {
	f := newFamily(t)
	var p []uuid.UUID
	for n := range 3 {
		p = append(p, f.respond(1, fmt.Sprintf("p%d@example.org", n), "").Person)
	}
	for round := range 15 {
		var wait sync.WaitGroup
		for n := range 9 {
			act := f.act()
			wait.Go(func() {
				var err error
				if n < 6 {
					_, err = f.c.MergePeople(context.Background(), act, p[n%3], p[(n%3+1+n/3)%3])
				} else if round%2 == 1 {
					_, err = f.c.UnmergePerson(context.Background(), act, p[n%3])
				}
				if err != nil && fault.KindOf(err) != fault.Conflict {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		var broken int
		err := f.r.db.NewRaw(`SELECT (SELECT count(*) FROM person p JOIN person k ON k.id = p.merged_into WHERE k.merged_into IS NOT NULL)
			+ (SELECT count(*) FROM person p LEFT JOIN person_merge m ON m.person_id = p.id WHERE (p.merged_into IS NULL) <> (m.person_id IS NULL))`).Scan(context.Background(), &broken)
		if err != nil || broken != 0 {
			t.Fatal(broken, err)
		}
		if round%2 == 0 && f.roots(p...) != strings.Repeat(f.roots(p...)[:1], 3) {
			t.Fatal("nobody was merged", f.roots(p...))
		}
	}
}
