package hiring

import (
	"strconv"
	"unicode/utf8"

	"github.com/stazh/stazh/workflows/fault"
)

// MaxNote is the longest note on a scorecard or a decision, in characters.
const MaxNote = 2000

// SummaryNote is the note of a scorecard that belongs to no criterion.
const SummaryNote = "summary"

// CheckNotes judges what an interviewer wrote beside his scores: evidence is required for the extremes, 1 and 5
// (DOMAIN section 4), and for one score at least, so that no card is numbers alone. Notes are by criterion, and
// SummaryNote, without space round them. An invalid fault names the fields prefix + criterion: evidence_required,
// one_note_required, too_long:2000; and prefix + "other": unknown_field.
func CheckNotes(prefix string, scores map[string]int, notes map[string]string) error {
	var f fault.Fields
	evidence, known := 0, 0
	for _, name := range append([]string{SummaryNote}, Criteria...) {
		note, there := notes[name]
		if there {
			known++
		}
		f.Require(utf8.RuneCountInString(note) <= MaxNote, prefix+name, "too_long:"+strconv.Itoa(MaxNote))
		if name == SummaryNote {
			continue
		}
		if note != "" {
			evidence++
		}
		f.Require(note != "" || scores[name] != 1 && scores[name] != 5, prefix+name, "evidence_required")
	}
	f.Require(evidence > 0, prefix+Criteria[0], "one_note_required")
	f.Require(known == len(notes), prefix+"other", "unknown_field")
	return f.Err()
}
