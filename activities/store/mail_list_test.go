package store

import (
	"context"
	"strings"
	"testing"

	"github.com/uptrace/bun"
)

// Whom no mail reaches is found from the mails that were refused, whatever the number of those who are to be met.
func TestUnreachedBeginsWithTheMailsThatFailed(t *testing.T) {
	r := fillLists(t, 20000, 10)
	exec := func(query string) {
		t.Helper()
		if _, err := r.db.NewRaw(query).Exec(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	mails := func(key, state, code, at, people string) {
		t.Helper()
		exec(`INSERT INTO outgoing_mail (id, key, kind, application_id, due_at, created_at, state, code)
			SELECT md5('` + key + `' || g)::uuid, '` + key + `/' || g, 'invitation', md5('app' || g)::uuid, '` + at + `', '` + at + `', '` + state + `', '` + code + `' FROM generate_series(40, 20000, 40) g ` + people)
	}
	exec(`UPDATE vacancy SET state = 'open'`)
	mails("first", "sent", "", "2027-02-01Z", "")
	mails("second", "failed", "smtp_address", "2027-02-02Z", "WHERE g IN (400, 800, 1200)")
	mails("third", "failed", "smtp_address", "2027-02-03Z", "WHERE g = 400")   // twice: he is one
	mails("fourth", "sent", "", "2027-02-03Z", "WHERE g = 800")                // reached since
	mails("fifth", "failed", "unrenderable", "2027-02-04Z", "WHERE g <= 1200") // not their fault
	exec(`ANALYZE`)
	list, err := r.Unreached(context.Background(), 5)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, one := range list {
		names = append(names, one.Name)
	}
	if got := strings.Join(names, ", "); got != "Person 400, Person 1200" && got != "Person 1200, Person 400" {
		t.Error(got)
	}
	if list, err := r.Unreached(context.Background(), 1); err != nil || len(list) != 1 {
		t.Error(list, err)
	}
	var lines []string
	if err := r.db.NewRaw("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, BUFFERS OFF) ?", bun.Safe(strings.Replace(unreachedPeople, "?", "5", 1))).Scan(context.Background(), &lines); err != nil {
		t.Fatal(err)
	}
	text := strings.Join(lines, "\n")
	t.Log(text)
	if !strings.Contains(text, "outgoing_mail_failed") || strings.Contains(text, "Seq Scan on application") || strings.Contains(text, "Seq Scan on outgoing_mail") {
		t.Error(text)
	}
}
