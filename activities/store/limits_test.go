package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/staff"
)

func TestLimiterIsShared(t *testing.T) {
	db, ctx := database(t), context.Background()
	limit := store.Limit{Tries: 10, Window: time.Minute}
	at := noon.Add(20 * time.Second)
	var group sync.WaitGroup
	var mu sync.Mutex
	passed := 0
	for range 2 { // two processes
		c := store.NewCatalog(db)
		for range 20 {
			group.Go(func() {
				err := c.Hit(ctx, "k", limit, at)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					passed++
				} else if fault.KindOf(err) != fault.TooMany || fault.As(err).Details["retry_after"] != "41" {
					t.Error(err)
				}
			})
		}
	}
	group.Wait()
	if passed != 10 {
		t.Fatal(passed)
	}
	c := store.NewCatalog(db)
	if err := c.Hit(ctx, "k", limit, noon.Add(time.Minute)); err != nil {
		t.Fatal("the next window", err)
	}
	if err := c.Forgive(ctx, "k"); err != nil {
		t.Fatal(err)
	}
	one := store.Limit{Tries: 1, Window: time.Minute}
	for range 3 {
		if err := errors.Join(c.Hit(ctx, "k", one, at), c.Unhit(ctx, "k", one, at)); err != nil {
			t.Fatal(err)
		}
	}
	n, err := c.SweepAccounts(ctx, noon.Add(time.Hour))
	if err != nil || n != 1 {
		t.Fatal(n, err)
	}
}

func TestTokensAreBounded(t *testing.T) {
	db, ctx := database(t), context.Background()
	c, r := store.NewCatalog(db), store.NewReader(db)
	s := must(c.CreateStaff(ctx, act("a"), newcomer("a@example.com", staff.HR), "hash"))(t)
	add := func(i int) error {
		return c.AddToken(ctx, act(fmt.Sprint("t", i)), store.APIToken{
			ID: uuid.New(), StaffID: s.ID, Name: "n", Hash: fmt.Append(nil, i), Scopes: []string{"read"}, ExpiresAt: noon.Add(time.Hour),
		})
	}
	for i := range store.MaxTokens {
		if err := add(i); err != nil {
			t.Fatal(err)
		}
	}
	wantCode(t, add(1000), "too_many_tokens")
	wantCode(t, add(0), "token_made")
	list := must(r.Tokens(ctx, s.ID))(t)
	if len(list) != store.MaxTokens || list[0].Hash != nil {
		t.Fatal(len(list))
	}
	wantCode(t, c.RevokeToken(ctx, act("r"), uuid.New(), list[0].ID), "not_found")
	if err := c.RevokeToken(ctx, act("r"), s.ID, list[0].ID); err != nil {
		t.Fatal(err)
	}
	if err := add(1001); err != nil {
		t.Fatal("one is free", err)
	}
	owners := must(r.TokenOwners(ctx, []uuid.UUID{list[0].ID, uuid.New()}))(t)
	if len(owners) != 1 || owners[list[0].ID] != s.ID {
		t.Fatal(owners)
	}
}

func TestJournalList(t *testing.T) {
	db, ctx := database(t), context.Background()
	c, r := store.NewCatalog(db), store.NewReader(db)
	s := must(c.CreateStaff(ctx, act("a"), newcomer("a@example.com", staff.HR), "hash"))(t)
	for i := range 5 {
		if err := c.SetLanguage(ctx, store.Act{Actor: "staff/" + s.ID.String(), Key: fmt.Sprint(i), Wall: noon, Business: noon}, s.ID, "en"); err != nil {
			t.Fatal(err)
		}
	}
	count := func(q store.JournalQuery) (n int) {
		q.Limit = 2
		for {
			list, next, err := r.JournalList(ctx, q)
			if err != nil {
				t.Fatal(err)
			}
			n += len(list)
			if next == "" {
				return n
			}
			q.Cursor = next
		}
	}
	for name, c := range map[string]struct {
		q    store.JournalQuery
		want int
	}{
		"all": {store.JournalQuery{}, 6}, "actor": {store.JournalQuery{Actor: "system"}, 1}, "step": {store.JournalQuery{Step: "staff.change"}, 5},
		"kind": {store.JournalQuery{Kind: "staff"}, 6}, "other kind": {store.JournalQuery{Kind: "application"}, 0},
		"subject": {store.JournalQuery{Subject: "staff/" + s.ID.String()}, 6},
	} {
		if got := count(c.q); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
	_, _, err := r.JournalList(ctx, store.JournalQuery{Cursor: "x"})
	wantCode(t, err, "bad_cursor")
	labels := must(r.Labels(ctx, []string{"staff/" + s.ID.String(), "system", "application/" + uuid.NewString(), "interview/" + uuid.NewString(), "vacancy/" + uuid.NewString(), "token/x"}))(t)
	if len(labels.Names) != 1 || labels.Names["staff/"+s.ID.String()] != s.Name {
		t.Fatal(labels)
	}
}
