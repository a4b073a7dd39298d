package web

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/intake"
	"github.com/stazh/stazh/workflows/staff"
)

func (p *Pages) ratesImportRoutes(r auth.Routes) {
	may := auth.Roles(staff.HR, staff.Admin)
	r.Get("/reports/show-rates/imports", reporters, p.ratesImports)
	r.Post("/reports/show-rates/imports", may, p.ratesUpload)
	r.Get("/reports/show-rates/imports/:id", reporters, p.ratesImport)
	r.Get("/reports/show-rates/imports/:id/skipped", reporters, p.ratesSkipped)
	r.Post("/reports/show-rates/imports/:id/look", may, p.ratesLook)
	r.Post("/reports/show-rates/imports/:id/run", may, p.ratesRun)
	r.Post("/reports/show-rates/imports/:id/discard", may, p.ratesDiscard)
	r.Post("/reports/show-rates/imports/:id/revert", may, p.ratesRevert)
}

const ratesImportsPath = "/reports/show-rates/imports"

type ratesImportsBody struct {
	Imports []ratesListRow
	Pager   Pager
	May     bool
}

func (p *Pages) ratesImports(c *fiber.Ctx) error {
	return p.showRatesImports(c, fiber.StatusOK, NewForm(nil))
}

func (p *Pages) ratesCrumbs(c *fiber.Ctx) []Crumb {
	return []Crumb{{Label: p.Frame.T(c, "nav.reports"), URL: "/reports"}, {Label: p.Frame.T(c, "rates.title"), URL: "/reports/show-rates"}}
}

func (p *Pages) showRatesImports(c *fiber.Ctx, status int, form *Form) error {
	cursor := ReadQuery(c, "cursor").Get("cursor")
	list, next, err := p.Reader.AttendanceImports(c.UserContext(), store.Page{Cursor: cursor})
	if err != nil {
		return err
	}
	rows, err := p.ratesList(c, list)
	if err != nil {
		return err
	}
	body := ratesImportsBody{Imports: rows, May: p.recruits(c)}
	if next != "" {
		body.Pager.Next, _ = address(ratesImportsPath, "cursor", next) // pairs: no fault
	}
	if cursor != "" {
		body.Pager.First = ratesImportsPath
	}
	return p.Frame.HTML(c, status, "report/imports", Page{
		Title: p.Frame.T(c, "rates.imports"), Lead: p.Frame.T(c, "rates.imports_lead"), Crumbs: p.ratesCrumbs(c), Form: form, Body: body,
	})
}

type ratesImportBody struct {
	Import  store.AttendanceImport
	Preview bool
	File    *intake.AttendanceFile
	Stats   []Stat
	Headers []Option // for the outcome
	Maybe   []Option // with "found by itself" and "none"
	Means   []Option // with "none"
	Ignore  []Option
	Why     []store.SkipCount
	Skipped []intake.AttendanceSkip
	Sample  []intake.Attendance
	Fields  []Option // of the sample
	More    int
	Again   *ratesAgain // nil: nothing of it was taken in before
	May     bool
	Discard bool

	SkippedCSV string // address of all skipped rows as a file, read as the page reads them
}

var attendanceChoices = []string{"came", "reply", "day", "city", "source", "vacancy"}

// attendanceColumns reads the choices of a form; before the first there are guesses.
func attendanceColumns(f *Form, learned []string) store.AttendanceColumns {
	if f.Get("chosen") == "" {
		means := intake.GuessMeanings(learned)
		return store.AttendanceColumns{City: means["city"], Source: means["source"], Vacancy: means["vacancy"]}
	}
	return store.AttendanceColumns{
		Came: f.Get("came"), Reply: f.Get("reply"), Day: f.Get("day"), City: f.Get("city"), Source: f.Get("source"), Vacancy: f.Get("vacancy"), Ignore: f.Many["ignore"],
	}
}

func (p *Pages) ratesImport(c *fiber.Ctx) error {
	form := ReadQuery(c, append(slices.Clone(attendanceChoices), "ignore", "chosen")...)
	return p.showRatesImport(c, fiber.StatusOK, form)
}

func (p *Pages) showRatesImport(c *fiber.Ctx, status int, form *Form) error {
	id, err := idIn(c, "id")
	if err != nil {
		return err
	}
	ctx, lang := c.UserContext(), p.Frame.Lang(c)
	a, err := p.Reader.AttendanceImport(ctx, id)
	if err != nil {
		return err
	}
	body := ratesImportBody{Import: a, Preview: a.State == "preview", May: p.recruits(c)}
	body.Discard = body.Preview && body.May
	rows, came, skipped := a.Rows, a.Came, a.SkippedAll
	switch {
	case body.Preview && a.DocumentID != nil:
		if err := p.previewRates(c, form, &body); err != nil {
			return err
		}
		if body.File == nil {
			rows, came, skipped = 0, 0, 0
			break
		}
		rows, came, skipped = len(body.File.Rows), 0, len(body.File.Skipped)
		if rows == 0 {
			form.Fault = i18n.Fault(lang, "attendance_no_rows", nil)
		}
		for _, r := range body.File.Rows {
			if r.Came {
				came++
			}
		}
		body.Why, body.Skipped = store.SkippedBy(body.File.Skipped), body.File.Skipped
		if err := p.ratesBefore(c, &body); err != nil {
			return err
		}
	case body.Preview:
		form.Fault = i18n.Fault(lang, "file_gone", nil)
		body.May = false
	default:
		body.Why, body.Skipped = store.SkippedBy(a.Skipped), a.Skipped
	}
	if body.SkippedCSV, err = skippedAddress(a, form); err != nil {
		return err
	}
	body.More = max(0, skipped-100)
	body.Skipped = body.Skipped[:min(len(body.Skipped), 100)]
	body.Stats = []Stat{
		{Label: i18n.T(lang, "rates.rows"), Value: i18n.Number(lang, int64(rows))},
		{Label: i18n.T(lang, "rates.came"), Value: i18n.Number(lang, int64(came)), Note: i18n.Percent(lang, float64(came)/float64(max(rows, 1)), 0)},
		{Label: i18n.T(lang, "rates.skipped"), Value: i18n.Number(lang, int64(skipped))},
	}
	return p.Frame.HTML(c, status, "report/import", Page{
		Title: a.Name, Crumbs: append(p.ratesCrumbs(c), Crumb{Label: i18n.T(lang, "rates.imports"), URL: ratesImportsPath}), Form: form, Body: body,
	})
}

// previewRates reads the file as the form says, and says how it was read.
func (p *Pages) previewRates(c *fiber.Ctx, form *Form, body *ratesImportBody) error {
	ctx, lang := c.UserContext(), p.Frame.Lang(c)
	first, err := p.Reader.AttendancePreview(ctx, body.Import, store.AttendanceColumns{})
	var learned, headers []string
	switch fault.CodeOf(err) {
	case "":
		if err != nil {
			return err
		}
		learned = first.Learned
		for _, h := range append([]string{first.Columns.Came, first.Columns.Reply, first.Columns.Day}, append(slices.Clone(first.Learned), first.Columns.Ignore...)...) {
			if h != "" && !slices.Contains(headers, h) {
				headers = append(headers, h)
			}
		}
	default:
		if headers, err = p.Reader.AttendanceHeaders(ctx, body.Import); err != nil {
			return err
		}
	}
	columns := attendanceColumns(form, learned)
	body.File, err = p.Reader.AttendancePreview(ctx, body.Import, columns)
	if err != nil {
		body.File = nil
		if !p.takeFile(c, form, err) {
			return err
		}
	}
	none := Option{Value: "-", Label: i18n.T(lang, "rates.no_column")}
	body.Maybe, body.Means = []Option{none}, []Option{{Label: i18n.T(lang, "rates.no_column")}}
	for _, h := range headers {
		o := Option{Value: h, Label: h}
		body.Headers, body.Maybe, body.Means = append(body.Headers, o), append(body.Maybe, o), append(body.Means, o)
		if slices.Contains(learned, h) {
			body.Ignore = append(body.Ignore, o)
		}
	}
	if f := body.File; f != nil {
		// what was found stands in the form, so that taking in reads it the same way
		columns.Came, columns.Reply, columns.Day = f.Columns.Came, orNone(f.Columns.Reply), orNone(f.Columns.Day)
		body.Sample = f.Rows[:min(len(f.Rows), 5)]
		fields := map[string]bool{}
		for _, r := range body.Sample {
			for name := range r.Fields {
				fields[name] = true
			}
		}
		for _, name := range slices.Sorted(maps.Keys(fields))[:min(len(fields), 8)] {
			body.Fields = append(body.Fields, Option{Value: name, Label: rateField(lang, name)})
		}
	}
	for name, v := range map[string]string{"came": columns.Came, "reply": columns.Reply, "day": columns.Day, "city": columns.City, "source": columns.Source, "vacancy": columns.Vacancy} {
		form.Values[name] = v
	}
	return nil
}

func orNone(header string) string {
	if header == "" {
		return "-"
	}
	return header
}

func (p *Pages) ratesRun(c *fiber.Ctx) error {
	form := ReadForm(c, append(slices.Clone(attendanceChoices), "ignore", "chosen", "version", "again")...)
	id, err := idIn(c, "id")
	if err != nil {
		return err
	}
	act, err := p.act(c)
	if err != nil {
		return err
	}
	version, _ := strconv.Atoi(form.Get("version")) // 0 is stale
	_, err = p.Catalog.RunAttendance(c.UserContext(), act, id, version, attendanceColumns(form, nil), form.Get("again") == "yes")
	if err == nil {
		return p.Frame.RedirectFlash(c, ratesImportsPath+"/"+id.String(), Flash{Key: "rates.imported"})
	}
	if !p.takeFile(c, form, err) {
		return err
	}
	status := fiber.StatusUnprocessableEntity
	if fault.KindOf(err) == fault.Conflict {
		status = fiber.StatusConflict
	}
	return p.showRatesImport(c, status, form)
}

func (p *Pages) ratesRevert(c *fiber.Ctx) error {
	return p.ratesEnd(c, p.Catalog.RevertAttendance, "", Flash{Key: "rates.reverted", Tone: Info})
}

// ratesEnd ends an import and goes to a page, or stays ("").
func (p *Pages) ratesEnd(c *fiber.Ctx, end func(context.Context, store.Act, uuid.UUID, int) (store.Saved, error), to string, done Flash) error {
	id, err := idIn(c, "id")
	if err != nil {
		return err
	}
	act, err := p.act(c)
	if err != nil {
		return err
	}
	version, _ := strconv.Atoi(ReadForm(c, "version").Get("version")) // 0 is stale
	if _, err := end(c.UserContext(), act, id, version); err != nil {
		return err
	}
	return p.Frame.RedirectFlash(c, cmp.Or(to, ratesImportsPath+"/"+id.String()), done)
}
