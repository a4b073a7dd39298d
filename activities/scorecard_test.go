package activities

import (
	"testing"

	"github.com/google/uuid"

	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
)

// Whoever sent the command, a scorecard without the evidence it needs is not filed, and nothing of it is done.
func TestAScorecardNeedsItsNotes(t *testing.T) {
	w := newWorld(t)
	app := w.arrived()
	before := w.counts()["scorecard"]
	for name, c := range map[string]struct{ note, kind, field, code string }{
		"no document":       {"", "", "notes.motivation", "evidence_required"},
		"of another score":  {`{"adequacy": "a"}`, "scorecard", "notes.motivation", "evidence_required"},
		"not by criterion":  {`["motivation"]`, "scorecard", "notes", "invalid_text"},
		"not even JSON":     {"Анна", "scorecard", "notes", "invalid_text"},
		"of another nature": {`{"motivation": "a"}`, "note", "", "not_found"},
	} {
		card := w.card()
		card.Note = ""
		if c.note != "" {
			card.Note = w.document(c.kind, c.note).String()
		}
		_, err := call(w, workflows.FileScorecard.Step(), inOf(w, app, card, w.key()))
		if f := fault.As(err); f == nil || c.field == "" && f.Code != c.code || c.field != "" && f.Fields[c.field] != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	card := w.card()
	card.Note = uuid.NewString()
	if _, err := call(w, workflows.FileScorecard.Step(), inOf(w, app, card, w.key())); fault.CodeOf(err) != "not_found" {
		t.Error(err)
	}
	if n := w.counts()["scorecard"]; n != before {
		t.Error("a refused card was kept")
	}
	w.expect(app, "arrived [arrived+] [booked invitation]")
	twice(w, workflows.FileScorecard.Step(), inOf(w, app, w.card(), w.key()))
}
