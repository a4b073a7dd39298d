package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/activities/store/localpg/pgtest"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/staff"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func database(t *testing.T) *bun.DB {
	t.Helper()
	db, err := store.Open(pgtest.Migrated(t), 20)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func act(key string) store.Act {
	return store.Act{Actor: "system", Key: key, Wall: noon, Business: noon.AddDate(0, 1, 0)}
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	if fault.CodeOf(err) != code {
		t.Fatalf("got %v, want fault %q", err, code)
	}
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func newcomer(email string, roles ...staff.Role) store.NewStaff {
	return store.NewStaff{Email: email, Name: "Name of " + email, Language: "ru", Zone: "Europe/Moscow", Roles: roles}
}

func TestInviteOnce(t *testing.T) {
	db, ctx := database(t), context.Background()
	c, r := store.NewCatalog(db), store.NewReader(db)
	ends := noon.Add(time.Hour)
	first := must(c.InviteStaff(ctx, act("invite"), newcomer("Anna@example.com", staff.HR), ends))(t)
	again := must(c.InviteStaff(ctx, act("invite"), newcomer("Anna@example.com", staff.HR), ends))(t)
	if first.ID != again.ID || !first.Invited() {
		t.Fatal(first, again)
	}
	_, err := c.InviteStaff(ctx, act("invite"), newcomer("other@example.com", staff.HR), ends)
	wantCode(t, err, "key_reused")
	_, err = c.InviteStaff(ctx, act("invite2"), newcomer("ANNA@example.com", staff.HR), ends)
	if f := fault.As(err); f == nil || f.Fields["email"] != "taken" {
		t.Fatal(err)
	}
	var mails []store.OutgoingMail
	if err := db.NewSelect().Model(&mails).Scan(ctx); err != nil || len(mails) != 1 {
		t.Fatal(mails, err)
	}
	m := mails[0]
	l, who, err := r.StaffLink(ctx, uuid.MustParse(m.Params["link"]))
	if err != nil || m.Kind != "staff_invitation" || *m.StaffID != first.ID || who.ID != first.ID || l.Purpose != store.Invitation || !l.ExpiresAt.Equal(ends) {
		t.Fatal(m, l, who, err)
	}
	if !m.DueAt.Equal(noon.AddDate(0, 1, 0)) {
		t.Fatal("a mail is due by business time", m.DueAt)
	}
	if found := must(r.StaffByEmail(ctx, "anna@EXAMPLE.com"))(t); found.ID != first.ID {
		t.Fatal(found)
	}
	_, err = r.StaffByEmail(ctx, "a\x00")
	wantCode(t, err, "not_found")
}

func TestInviteInParallel(t *testing.T) {
	db, ctx := database(t), context.Background()
	c := store.NewCatalog(db)
	var group sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		group.Go(func() {
			_, errs[i] = c.InviteStaff(ctx, act(fmt.Sprint("key", i/4)), newcomer("one@example.com", staff.HR), noon)
		})
	}
	group.Wait()
	fine := 0
	for _, err := range errs {
		if err == nil {
			fine++
		} else if f := fault.As(err); f == nil || f.Fields["email"] != "taken" {
			t.Error(err)
		}
	}
	n, _ := db.NewSelect().Model((*store.OutgoingMail)(nil)).Count(ctx)
	if fine != 4 || n != 1 {
		t.Fatal(fine, n)
	}
}

func TestStaffListPages(t *testing.T) {
	db, ctx := database(t), context.Background()
	c, r := store.NewCatalog(db), store.NewReader(db)
	for i := range 7 {
		n := newcomer(fmt.Sprintf("p%d@example.com", i), staff.HR)
		n.Name = "Same Name"
		if i == 3 {
			n.Name, n.Roles = "Ёлкин 50%_", []staff.Role{staff.Curator, staff.Admin}
		}
		must(c.CreateStaff(ctx, act(fmt.Sprint(i)), n, "hash"))(t)
	}
	seen := map[uuid.UUID]bool{}
	pages := 0
	for q := (store.StaffQuery{Limit: 3}); ; {
		list, next, err := r.StaffList(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		pages++
		for _, s := range list {
			seen[s.ID] = true
		}
		if next == "" {
			break
		}
		q.Cursor = next
	}
	if len(seen) != 7 || pages != 3 {
		t.Fatal(len(seen), pages)
	}
	for name, q := range map[string]store.StaffQuery{
		"name": {Search: "ёлк"}, "wildcards are letters": {Search: "50%_"}, "address": {Search: "P3@"}, "role": {Role: staff.Curator},
	} {
		list, _, err := r.StaffList(ctx, q)
		if err != nil || len(list) != 1 || !slices.Equal(list[0].Roles, []string{"admin", "curator"}) {
			t.Errorf("%s: %v %v", name, list, err)
		}
	}
	for _, bad := range []string{"?", "e30", "WyJhIiwiYiJd"} {
		_, _, err := r.StaffList(ctx, store.StaffQuery{Cursor: bad})
		wantCode(t, err, "bad_cursor")
	}
}

func TestChangeStaff(t *testing.T) {
	db, ctx := database(t), context.Background()
	c, r := store.NewCatalog(db), store.NewReader(db)
	s := must(c.CreateStaff(ctx, act("a"), newcomer("a@example.com", staff.HR), "hash"))(t)
	change := store.StaffChange{Version: 1, Name: "New", Language: "bg", Zone: "Europe/Sofia", Roles: []staff.Role{staff.Payroll, staff.HR}}
	s = must(c.ChangeStaff(ctx, act("b"), s.ID, change))(t)
	if s.Name != "New" || s.Version != 2 || !slices.Equal(s.Roles, []string{"hr", "payroll"}) {
		t.Fatal(s)
	}
	if again := must(c.ChangeStaff(ctx, act("b"), s.ID, change))(t); again.Version != 2 {
		t.Fatal("done twice", again)
	}
	change.Name = "Other"
	_, err := c.ChangeStaff(ctx, act("b"), s.ID, change)
	wantCode(t, err, "key_reused")
	_, err = c.ChangeStaff(ctx, act("c"), s.ID, change)
	wantCode(t, err, "stale_form")
	_, err = c.ChangeStaff(ctx, act("d"), uuid.New(), change)
	wantCode(t, err, "not_found")
	change.Version, change.Name = 2, "bad\x00"
	_, err = c.ChangeStaff(ctx, act("e"), s.ID, change)
	wantCode(t, err, "bad_text")
	if err := c.SetLanguage(ctx, act("f"), s.ID, "en"); err != nil {
		t.Fatal(err)
	}
	if now := must(r.StaffByID(ctx, s.ID))(t); now.Language != "en" || now.Version != 3 || now.Name != "New" {
		t.Fatal(now)
	}
}

// Two administrators who take each other out at the same moment: one of them must stay.
func TestLastAdmin(t *testing.T) {
	db, ctx := database(t), context.Background()
	c, r := store.NewCatalog(db), store.NewReader(db)
	for round := range 10 {
		key := func(s string) store.Act { return act(fmt.Sprint(round, s)) }
		a := must(c.CreateStaff(ctx, key("a"), newcomer(fmt.Sprintf("a%d@example.com", round), staff.Admin), "hash"))(t)
		b := must(c.CreateStaff(ctx, key("b"), newcomer(fmt.Sprintf("b%d@example.com", round), staff.Admin), "hash"))(t)
		must(c.InviteStaff(ctx, key("i"), newcomer(fmt.Sprintf("i%d@example.com", round), staff.Admin), noon))(t)
		var group sync.WaitGroup
		var errs [2]error
		group.Go(func() { errs[0] = c.DisableStaff(ctx, key("x"), a.ID) })
		group.Go(func() {
			_, errs[1] = c.ChangeStaff(ctx, key("y"), b.ID, store.StaffChange{Version: 1, Name: "B", Language: "en", Zone: "UTC", Roles: []staff.Role{staff.HR}})
		})
		group.Wait()
		refused := 0
		for _, err := range errs {
			if err != nil {
				wantCode(t, err, "last_admin")
				refused++
			}
		}
		if refused != 1 {
			t.Fatalf("round %d: %v", round, errs)
		}
		for _, id := range []uuid.UUID{a.ID, b.ID} { // leave nobody for the next round
			if _, err := db.NewUpdate().Table("staff").Set("disabled_at = now()").Where("id = ?", id).Exec(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
	if rows, broken, err := r.VerifyJournal(ctx); err != nil || len(broken) > 0 || rows == 0 {
		t.Fatal(rows, broken, err)
	}
}

func TestDisableEndsEverything(t *testing.T) {
	db, ctx := database(t), context.Background()
	c, r := store.NewCatalog(db), store.NewReader(db)
	s := must(c.CreateStaff(ctx, act("a"), newcomer("a@example.com", staff.HR), "hash"))(t)
	session := store.Session{Hash: []byte("h"), ID: uuid.New(), StaffID: s.ID, Generation: 1, CreatedAt: noon, SeenAt: noon, ExpiresAt: noon.Add(time.Hour)}
	token := store.APIToken{ID: uuid.New(), StaffID: s.ID, Name: "n", Hash: []byte("t"), Scopes: []string{"read"}, ExpiresAt: noon.Add(time.Hour)}
	if err := errors.Join(c.StartSession(ctx, act("b"), session, nil), c.AddToken(ctx, act("c"), token)); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := c.DisableStaff(ctx, act(uuid.NewString()), s.ID); err != nil {
			t.Fatal(err)
		}
	}
	_, _, err := r.SessionByHash(ctx, []byte("h"), noon, noon.Add(-time.Hour))
	wantCode(t, err, "not_found")
	wantCode(t, c.SendLink(ctx, act("l"), s.ID, func(string) time.Time { return noon }), "account_disabled")
	wantCode(t, c.AddToken(ctx, act("t"), token), "account_disabled")
	wantCode(t, c.StartSession(ctx, act("s"), session, nil), "stale_form")
	if err := c.EnableStaff(ctx, act("d"), s.ID); err != nil {
		t.Fatal(err)
	}
	_, _, err = r.SessionByHash(ctx, []byte("h"), noon, noon.Add(-time.Hour))
	wantCode(t, err, "not_found")
	_, _, err = r.TokenByHash(ctx, []byte("t"), noon)
	wantCode(t, err, "not_found")
}
