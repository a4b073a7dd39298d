package activities

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/mail"
)

// One recipient who is put off is no outage, however often; several without one that goes between them are, and a door
// that is closed to everybody is one at once.
func TestWhenAnOutageBegins(t *testing.T) {
	var out safeBuffer
	log := slog.New(slog.NewTextHandler(&out, nil))
	now := time.Date(2027, 3, 1, 12, 0, 0, 0, time.UTC)
	warned := func() int { return strings.Count(out.String(), "level=WARN") }
	later := &mail.Failure{Class: mail.CodeTemporary, Reply: 450}

	var tr trouble
	one := uuid.New()
	for range 10 {
		tr.met(log, one, later, now)
	}
	if n := strings.Count(out.String(), "put off"); warned() != 0 || n != 1 {
		t.Error("greylisted:", out.String())
	}
	tr.met(log, uuid.New(), later, now)
	tr.over(log, now) // one goes: it begins anew
	tr.met(log, one, later, now)
	tr.met(log, uuid.New(), later, now)
	if warned() != 0 {
		t.Error("two:", out.String())
	}
	tr.met(log, uuid.New(), later, now)
	if warned() != 1 || !strings.Contains(out.String(), "takes no mail") {
		t.Error("three in a row:", out.String())
	}
	tr.over(log, now)
	if warned() != 2 {
		t.Error("over:", out.String())
	}
	for _, class := range []string{mail.CodeUnreachable, mail.CodeLogin, mail.CodeSender} {
		before := warned()
		var tr trouble
		now = now.Add(time.Hour)
		tr.met(log, one, &mail.Failure{Class: class}, now)
		if warned() != before+1 {
			t.Error(class)
		}
	}
}
