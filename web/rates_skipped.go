package web

import (
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/web/i18n"
)

func skippedAddress(a store.AttendanceImport, form *Form) (string, error) {
	path := ratesImportsPath + "/" + a.ID.String() + "/skipped"
	if a.State != "preview" {
		return path, nil
	}
	return chosenAddress(path, form)
}

// ratesSkipped is every skipped row of a file with the reason, as a file.
func (p *Pages) ratesSkipped(c *fiber.Ctx) error {
	form := ReadQuery(c, append(slices.Clone(attendanceChoices), "ignore", "chosen")...)
	id, err := idIn(c, "id")
	if err != nil {
		return err
	}
	a, err := p.Reader.AttendanceImport(c.UserContext(), id)
	if err != nil {
		return err
	}
	skipped := a.Skipped
	if a.State == "preview" && a.DocumentID != nil {
		body := ratesImportBody{Import: a}
		if err := p.previewRates(c, form, &body); err != nil {
			return err
		}
		if body.File != nil {
			skipped = body.File.Skipped
		}
	}
	lang := p.Frame.Lang(c)
	var failed error
	return sendCSV(c, "skipped-rows.csv", func(yield func([]string) bool) {
		if !yield([]string{i18n.T(lang, "rates.line"), i18n.T(lang, "rates.why")}) {
			return
		}
		for _, s := range skipped {
			why := codeWords(lang, s.Why)
			if key := "rates.why_" + s.Why; i18n.Has(key) {
				why = i18n.T(lang, key)
			}
			if !yield([]string{strconv.Itoa(s.Line), why}) {
				return
			}
		}
	}, &failed)
}
