package web

import (
	"iter"
	"strconv"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/intake"
)

// refusedRows is what the refused rows said, under the names of the file's own columns, and why they were refused: a
// file to mend and import again.
func (p *Pages) refusedRows(c *fiber.Ctx) error {
	b, err := p.batchOf(c)
	if err != nil {
		return err
	}
	lang := p.Frame.Lang(c)
	var fields []intake.Field
	var header []string
	for _, f := range intake.FieldList() {
		if name, mapped := b.Settings.Mapping.Columns[f]; mapped {
			if b.Settings.HeaderRow < 0 { // A, B, C tell nothing
				name = fieldWords(lang, string(f))
			}
			fields, header = append(fields, f), append(header, name)
		}
	}
	var failed error
	rows := func(yield func([]string) bool) {
		if !yield(append(header, i18n.T(lang, "import.line"), i18n.T(lang, "import.refused_why"))) {
			return
		}
		for r := range p.batchRows(c, b.ID, store.Refused, &failed) {
			if r.Cells == nil {
				continue
			}
			var cells []string
			for _, f := range fields {
				cells = append(cells, r.Cells[f])
			}
			if !yield(append(cells, strconv.Itoa(r.Line), joinWords(fieldWords(lang, r.Field), codeWords(lang, r.Code)))) {
				return
			}
		}
	}
	return sendCSV(c, "refused-rows.csv", rows, &failed)
}

// joinWords says what is wrong with which field.
func joinWords(field, why string) string {
	if field == "" {
		return why
	}
	return field + ": " + why
}

// batchRows yields the rows of a batch with an outcome ("" is any), page by page.
func (p *Pages) batchRows(c *fiber.Ctx, id uuid.UUID, outcome string, failed *error) iter.Seq[store.BatchRowNamed] {
	return func(yield func(store.BatchRowNamed) bool) {
		for after := 0; ; {
			list, next, err := p.Reader.BatchRows(c.UserContext(), id, store.BatchRowQuery{Outcome: outcome, After: after, Limit: store.MaxPage})
			if err != nil {
				*failed = err
				return
			}
			for _, r := range list {
				if !yield(r) {
					return
				}
			}
			if after = next; next == 0 {
				return
			}
		}
	}
}
