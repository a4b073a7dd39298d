package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/intake"
)

// forecast says what would become of every row, as the import will decide it.
func (p *Pages) forecast(c *fiber.Ctx, body *previewPage, f batchFile) error {
	var emails, phones []string
	for _, r := range f.rows {
		if r.Row.Email != "" {
			emails = append(emails, r.Row.Email)
		}
		if r.Row.Phone != "" {
			phones = append(phones, r.Row.Phone)
		}
	}
	byEmail, byPhone, err := p.Reader.KnownContacts(c.UserContext(), f.vacancy.ID, emails, phones)
	if err != nil {
		return err
	}
	count := map[string]int{}
	var unknown []intake.Identity
	var lines []int
	names := map[int]string{} // by line
	for _, r := range f.rows {
		if r.Bad != nil {
			count[store.Refused]++
			if len(body.Problems) < previewProblems {
				body.Problems = append(body.Problems, problemRow{r.Bad.Line, string(r.Bad.Field), r.Bad.Code})
			} else {
				body.More++
			}
			continue
		}
		known, ok := byEmail[r.Row.Email]
		if !ok {
			known, ok = byPhone[r.Row.Phone]
		}
		outcome := store.Added
		switch {
		case known.Applied || r.Row.DuplicateOf != 0:
			outcome = store.Repeated
		case ok:
			outcome = store.Joined
		default:
			unknown, lines = append(unknown, r.Row.Identity()), append(lines, r.Row.Line)
		}
		count[outcome]++
		names[r.Row.Line] = r.Row.Name
		if outcome == store.Repeated {
			body.repeat(r.Row, known, names)
		}
		if len(r.Row.Notes) > 0 && outcome != store.Repeated {
			count[noted]++
		}
		for _, n := range r.Row.Notes {
			if len(body.Notes) < previewProblems {
				body.Notes = append(body.Notes, problemRow{n.Line, string(n.Field), n.Code})
			}
		}
		if len(body.Rows) < previewRows {
			body.Rows = append(body.Rows, previewRow{r.Row, outcome})
		}
	}
	found, err := p.Reader.ProbablyKnown(c.UserContext(), unknown)
	if err != nil {
		return err
	}
	for i := range unknown {
		if len(found[i]) > 0 && len(body.Probable) < previewProblems {
			body.Probable = append(body.Probable, probableRow{lines[i], unknown[i].Name, found[i]})
		}
	}
	body.Stats = outcomeStats(p.Frame.Lang(c), len(f.rows), count)
	return nil
}

// repeat lists a row that changes nothing. Two people who share an address are one person here: whoever reads
// another name in the other row sees it before the second is lost.
func (body *previewPage) repeat(row intake.Row, known store.Known, names map[int]string) {
	if len(body.Repeats) == previewProblems {
		body.MoreSame++
		return
	}
	same := repeatRow{Line: row.Line, Name: row.Name, Of: row.DuplicateOf, Other: names[row.DuplicateOf]}
	if known.Applied {
		same.Of, same.Other = 0, known.Name
	}
	if strings.EqualFold(same.Other, same.Name) {
		same.Other = ""
	}
	body.Repeats = append(body.Repeats, same)
}

// outcomeStats are the figures over a preview or a report.
func outcomeStats(lang string, total int, count map[string]int) []Stat {
	out := []Stat{{Label: i18n.T(lang, "import.rows"), Value: i18n.Number(lang, int64(total))}}
	for _, o := range []string{store.Added, store.Joined, noted, store.Repeated, store.Refused} {
		if o == noted && count[o] == 0 {
			continue
		}
		s := Stat{Label: i18n.T(lang, "import.outcome_"+o), Value: i18n.Number(lang, int64(count[o]))}
		if (o == store.Refused || o == noted) && count[o] > 0 {
			s.Tone = Warning
		}
		out = append(out, s)
	}
	return out
}

// repeatRow is a row that changes nothing, because its person is in an earlier one or has applied already.
type repeatRow struct {
	Line  int
	Name  string
	Of    int    // the earlier line; 0: he has applied
	Other string // how he is called there, if otherwise
}

type probableRow struct {
	Line   int
	Name   string
	People []store.Person
}

type problemRow struct {
	Line  int
	Field string
	Code  string
}
