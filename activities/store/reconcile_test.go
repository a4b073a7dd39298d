package store

import (
	"context"
	"strings"
	"testing"
)

// Whatever the pages' length, each process that awaits something comes once, and none that does not.
func TestAwaitedComesInPages(t *testing.T) {
	ctx := context.Background()
	r := fillLists(t, 400, 3)
	for _, statement := range []string{
		`UPDATE application SET due_at = '2027-03-01Z', loaded_at = changed_at WHERE state = 'responded' AND id::text < '4'`,
		`UPDATE interview SET due_at = '2027-03-01Z' WHERE id = md5('i0')::uuid`,
		`INSERT INTO batch (id, kind, state, created_by, created_at) VALUES (md5('reject')::uuid, 'reject', 'running', 'system', '2027-03-01Z')`,
	} {
		if _, err := r.db.NewRaw(statement).Exec(ctx); err != nil {
			t.Fatal(err)
		}
	}
	want, err := r.db.NewSelect().Table("application").Where("due_at IS NOT NULL").Count(ctx)
	if err != nil || want < 50 {
		t.Fatal(want, err)
	}
	for _, most := range []int{1, 7, int(want), 1000} {
		seen := map[string]int{}
		stale := 0
		if err := r.Awaited(ctx, most, func(page []Awaited) error {
			if len(page) == 0 || len(page) > most {
				t.Errorf("a page of %d", len(page))
			}
			for _, a := range page {
				kind, _, _ := strings.Cut(a.ID, "/")
				seen[a.ID]++
				seen[kind]++
				if seen[a.ID] > 1 {
					t.Errorf("%s twice", a.ID)
				}
				if a.Stale {
					stale++
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if seen["application"] != int(want) || seen["interview"] != 1 || seen["intake"] != 1 || stale != 2 {
			t.Errorf("pages of %d: %d applications of %d, %d sessions, %d batches, %d stale", most, seen["application"], want, seen["interview"], seen["intake"], stale)
		}
	}
}
