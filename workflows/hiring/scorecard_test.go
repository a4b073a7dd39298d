package hiring

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stazh/stazh/workflows/fault"
)

func TestCheckNotes(t *testing.T) {
	long := strings.Repeat("я", MaxNote)
	for name, c := range map[string]struct {
		motivation, competence, adequacy int
		notes                            map[string]string
		want                             map[string]string
	}{
		"evidence for the extreme":           {5, 3, 4, map[string]string{"motivation": "a"}, nil},
		"evidence for both extremes":         {5, 1, 4, map[string]string{"motivation": "a", "competence": "b", "summary": "c"}, nil},
		"none extreme, one note":             {2, 3, 4, map[string]string{"adequacy": "a"}, nil},
		"the longest":                        {2, 3, 4, map[string]string{"adequacy": long, "summary": long}, nil},
		"a five without":                     {5, 3, 4, map[string]string{"adequacy": "a"}, map[string]string{"n.motivation": "evidence_required"}},
		"a one without":                      {2, 1, 4, map[string]string{"adequacy": "a"}, map[string]string{"n.competence": "evidence_required"}},
		"an extreme, an empty note":          {2, 3, 1, map[string]string{"motivation": "a", "adequacy": ""}, map[string]string{"n.adequacy": "evidence_required"}},
		"nothing written":                    {2, 3, 4, nil, map[string]string{"n.motivation": "one_note_required"}},
		"a summary is no evidence":           {2, 3, 4, map[string]string{"summary": "a"}, map[string]string{"n.motivation": "one_note_required"}},
		"nothing written, the first extreme": {1, 3, 4, nil, map[string]string{"n.motivation": "evidence_required"}},
		"too long":                           {2, 3, 4, map[string]string{"motivation": long + "я", "summary": long + "я"}, map[string]string{"n.motivation": "too_long:2000", "n.summary": "too_long:2000"}},
		"of nothing scored":                  {2, 3, 4, map[string]string{"motivation": "a", "Иванов": "b"}, map[string]string{"n.other": "unknown_field"}},
	} {
		err := CheckNotes("n.", map[string]int{"motivation": c.motivation, "competence": c.competence, "adequacy": c.adequacy}, c.notes)
		got := map[string]string(nil)
		if f := fault.As(err); f != nil {
			got = f.Fields
		}
		if fmt.Sprint(got) != fmt.Sprint(c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}
