package web

import (
	"context"
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/web/i18n"
)

// ratesAgain is what a preview says of a file that was taken in before, whole or in part.
type ratesAgain struct {
	Say  []string // where it was, the nearest first
	Asks bool
	Tick string // key of the words for taking it in all the same
	Rest string // what is taken in without
}

// actorNames names who did something, by actor; who is gone is said to be.
func (p *Pages) actorNames(ctx context.Context, lang string, actors []string) (map[string]string, error) {
	slices.Sort(actors)
	actors = slices.Compact(actors)
	labels, err := p.Reader.Labels(ctx, actors)
	names := map[string]string{}
	for _, a := range actors {
		if names[a] = labels.Names[a]; names[a] == "" {
			names[a] = i18n.T(lang, "audit.gone")
		}
	}
	return names, err
}

func (p *Pages) ratesBefore(c *fiber.Ctx, body *ratesImportBody) error {
	ctx, lang := c.UserContext(), p.Frame.Lang(c)
	again, err := p.Reader.AttendanceAgain(ctx, body.Import, body.File)
	if err != nil || len(again.Before) == 0 {
		return err
	}
	var actors []string
	for _, b := range again.Before {
		actors = append(actors, b.By)
	}
	names, err := p.actorNames(ctx, lang, actors)
	if err != nil {
		return err
	}
	rows := len(body.File.Rows)
	out := &ratesAgain{Asks: again.Asks(), Tick: "rates.again_rows_tick"}
	for _, b := range again.Before[:min(len(again.Before), 3)] {
		when, who := i18n.DateTime(lang, b.At, auth.Of(c).Location()), names[b.By]
		if b.File {
			out.Say = append(out.Say, i18n.T(lang, "rates.again_file", "when", when, "who", who))
			continue
		}
		out.Say = append(out.Say, i18n.T(lang, "rates.again_rows", "n", b.Rows, "rows", rows, "name", b.Name, "when", when, "who", who))
	}
	switch rest := rows - len(again.Lines); {
	case again.Before[0].File:
		out.Tick, out.Rest = "rates.again_file_tick", i18n.T(lang, "rates.again_nothing")
	case rest == 0:
		out.Rest = i18n.T(lang, "rates.again_nothing")
	default:
		out.Rest = i18n.T(lang, "rates.again_rest", "n", rest)
	}
	body.Again = out
	return nil
}

// ratesLook reads the file as the form says: back to the preview, whose address holds the choices and nothing else of
// the form.
func (p *Pages) ratesLook(c *fiber.Ctx) error {
	form := ReadForm(c, append(slices.Clone(attendanceChoices), "ignore")...)
	id, err := idIn(c, "id")
	if err != nil {
		return err
	}
	to, err := chosenAddress(ratesImportsPath+"/"+id.String(), form)
	if err != nil {
		return err
	}
	return p.Frame.Redirect(c, to)
}

// chosenAddress is path with the choices of how a file is read.
func chosenAddress(path string, form *Form) (string, error) {
	pairs := []any{"chosen", "yes"}
	for _, name := range attendanceChoices {
		pairs = append(pairs, name, form.Get(name))
	}
	for _, header := range form.Many["ignore"] {
		pairs = append(pairs, "ignore", header)
	}
	return address(path, pairs...)
}

func (p *Pages) ratesDiscard(c *fiber.Ctx) error {
	return p.ratesEnd(c, p.Catalog.DiscardAttendance, ratesImportsPath, Flash{Key: "rates.discarded", Tone: Info})
}

// ratesListRow is an import in the list, with who uploaded it and who ended it.
type ratesListRow struct {
	store.AttendanceImport
	By, Ended string
}

func (p *Pages) ratesList(c *fiber.Ctx, list []store.AttendanceImport) ([]ratesListRow, error) {
	var actors []string
	for _, a := range list {
		actors = append(actors, a.CreatedBy, a.FinishedBy)
	}
	names, err := p.actorNames(c.UserContext(), p.Frame.Lang(c), actors)
	rows := make([]ratesListRow, len(list))
	for i, a := range list {
		rows[i] = ratesListRow{AttendanceImport: a, By: names[a.CreatedBy]}
		if a.FinishedBy != "" {
			rows[i].Ended = names[a.FinishedBy]
		}
	}
	return rows, err
}
