package web

import (
	"io"
	"path"
	"strconv"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/intake"
)

func (p *Pages) intakeRoutes(r auth.Routes) {
	r.Get("/vacancies/:id/import", recruiters, p.importForm)
	r.Post("/vacancies/:id/import", recruiters, p.upload)
	r.Get("/vacancies/:id/add", recruiters, p.addForm)
	r.Post("/vacancies/:id/add", recruiters, p.addResponse)
	r.Get("/imports", onlookers, p.batches)
	r.Get("/imports/:id", onlookers, p.batch)
	r.Get("/imports/:id/progress", onlookers, p.batchProgress)
	r.Get("/imports/:id/report", onlookers, p.batchReport)
	r.Get("/imports/:id/refused", recruiters, p.refusedRows)
	r.Post("/imports/:id/settings", recruiters, p.changeImport)
	r.Post("/imports/:id/start", recruiters, p.startBatch)
	r.Post("/imports/:id/revert", recruiters, p.revertBatch)
}

type importPage struct {
	Vacancy store.Vacancy
	Sources []Option
}

// sourceOptions are the sources in use; the first choice is none. chosen is offered whatever it is.
func (p *Pages) sourceOptions(c *fiber.Ctx, chosen string) ([]Option, error) {
	all, err := p.Reader.Sources(c.UserContext())
	out := []Option{{Value: "", Label: p.Frame.T(c, "source.unknown")}}
	for _, s := range all {
		if s.ArchivedAt == nil || s.ID.String() == chosen {
			out = append(out, Option{Value: s.ID.String(), Label: s.Name})
		}
	}
	return out, err
}

// openVacancy reads the vacancy of the path.
func (p *Pages) vacancyOf(c *fiber.Ctx) (store.Vacancy, error) {
	id, err := idIn(c, "id")
	if err != nil {
		return store.Vacancy{}, err
	}
	return p.Reader.Vacancy(c.UserContext(), id)
}

func (p *Pages) importForm(c *fiber.Ctx) error {
	v, err := p.vacancyOf(c)
	if err != nil {
		return err
	}
	return p.showImportForm(c, fiber.StatusOK, v, NewForm(map[string]string{"acknowledge": "yes"}))
}

func (p *Pages) showImportForm(c *fiber.Ctx, status int, v store.Vacancy, form *Form) error {
	sources, err := p.sourceOptions(c, form.Get("source"))
	if err != nil {
		return err
	}
	return p.Frame.HTML(c, status, "intake/upload", Page{
		Title: p.Frame.T(c, "import.title"), Lead: position(v.Title, v.City), Form: form, Body: importPage{v, sources},
		Crumbs: p.vacancyCrumbs(c, Crumb{v.Title, "/vacancies/" + v.ID.String()}),
	})
}

func (p *Pages) upload(c *fiber.Ctx) error {
	v, err := p.vacancyOf(c)
	if err != nil {
		return err
	}
	form := ReadForm(c, "source", "acknowledge")
	act, err := p.act(c)
	if err != nil {
		return err
	}
	file, settings, total, err := readUpload(c)
	if err == nil {
		settings.Acknowledge = form.Get("acknowledge") == "yes"
		var source *uuid.UUID
		if id := uuidOf(form.Get("source")); id != uuid.Nil {
			source = &id
		}
		var id uuid.UUID
		if id, err = p.Catalog.NewImport(c.UserContext(), act, v.ID, source, file, total, settings); err == nil {
			return p.Frame.Redirect(c, "/imports/"+id.String())
		}
	}
	f := fault.As(err)
	switch {
	case f == nil:
		return err
	case len(f.Fields) > 0:
		form.Take(err, "")
	case f.Kind == fault.Invalid || f.Kind == fault.Conflict:
		form.Fault = i18n.Fault(p.Frame.Lang(c), f.Code, f.Details)
	default:
		return err
	}
	return p.showImportForm(c, fiber.StatusUnprocessableEntity, v, form)
}

// readUpload reads the file and finds out how it is to be read.
func readUpload(c *fiber.Ctx) (doc store.Document, s store.BatchSettings, total int, err error) {
	header, err := c.FormFile("file")
	if err != nil || header.Size == 0 {
		code := "choose_file"
		if err == nil && header.Filename != "" {
			code = "file_empty"
		}
		var f fault.Fields
		f.Add("file", code)
		return doc, s, 0, f.Err()
	}
	if header.Size > intake.MaxBytes {
		return doc, s, 0, fault.New(fault.Invalid, "file_too_large", "limit", strconv.Itoa(intake.MaxBytes>>20))
	}
	file, err := header.Open()
	if err != nil {
		return doc, s, 0, err
	}
	defer file.Close() //nolint:errcheck // read only
	if doc.Body, err = io.ReadAll(file); err != nil {
		return doc, s, 0, err
	}
	name, ok := cleanText(path.Base(header.Filename))
	if !ok || len([]rune(name)) > 200 {
		name = "upload" + path.Ext(name)
	}
	doc.Name, doc.MediaType = name, "application/octet-stream"
	table, err := intake.Read(doc.Name, doc.Body, intake.ReadOptions{})
	if err != nil {
		return doc, s, 0, err
	}
	return doc, detected(table), len(table.Records), nil
}

// detected are the settings by which a table was read, so that it is read the same way again.
func detected(t *intake.Table) store.BatchSettings {
	s := store.BatchSettings{Encoding: t.Encoding, Delimiter: t.Delimiter, Sheet: t.Sheet, HeaderRow: t.HeaderLine}
	if t.HeaderLine == 0 {
		s.HeaderRow = -1
	}
	s.Mapping = intake.GuessMapping(t.Headers, t.Records)
	return s
}

type batchList struct {
	Batches []batchRow
	Pager   Pager
}

type batchRow struct {
	store.Batch
	Vacancy store.Vacancy // zero for a bulk rejection
}

func (p *Pages) batches(c *fiber.Ctx) error {
	form := ReadQuery(c, "vacancy", "cursor")
	var of *uuid.UUID
	if id := uuidOf(form.Get("vacancy")); id != uuid.Nil {
		of = &id
	}
	list, next, err := p.Reader.Batches(c.UserContext(), of, store.Page{Cursor: form.Get("cursor")})
	if err != nil {
		return err
	}
	var ids []uuid.UUID
	for _, b := range list {
		if b.VacancyID != nil {
			ids = append(ids, *b.VacancyID)
		}
	}
	vacancies, err := p.Reader.VacanciesByID(c.UserContext(), ids)
	if err != nil {
		return err
	}
	rows := make([]batchRow, len(list))
	for i, b := range list {
		rows[i].Batch = b
		if b.VacancyID != nil {
			rows[i].Vacancy = vacancies[*b.VacancyID]
		}
	}
	return p.Frame.HTML(c, fiber.StatusOK, "intake/list", Page{
		Title: p.Frame.T(c, "import.list"), Lead: p.Frame.T(c, "import.list_lead"), Crumbs: p.vacancyCrumbs(c),
		Body: batchList{rows, pagerOf("/imports", form, next, len(list), "vacancy")},
	})
}

// batch shows a batch as its state asks: the preview, the progress, the report.
func (p *Pages) batch(c *fiber.Ctx) error {
	b, err := p.batchOf(c)
	if err != nil {
		return err
	}
	switch {
	case b.State != store.BatchPreview:
		return p.showReport(c, b)
	case b.Kind != store.BatchImport:
		return p.showBulk(c, b)
	}
	return p.showPreview(c, fiber.StatusOK, b, nil)
}

func (p *Pages) batchOf(c *fiber.Ctx) (store.Batch, error) {
	id, err := idIn(c, "id")
	if err != nil {
		return store.Batch{}, err
	}
	return p.Reader.Batch(c.UserContext(), id)
}

func (p *Pages) startBatch(c *fiber.Ctx) error {
	b, err := p.batchOf(c)
	if err != nil {
		return err
	}
	by, err := p.by(c)
	if err != nil {
		return err
	}
	if b.Kind == store.BatchImport && b.State == store.BatchPreview {
		file, err := p.readBatch(c, b)
		if err != nil {
			return err
		}
		if file.lacks != nil || len(file.rows) == 0 { // nothing to start; the preview says why
			return p.showPreview(c, fiber.StatusUnprocessableEntity, b, nil)
		}
	}
	return p.command(c, b, by, workflows.StartBatch)
}

func (p *Pages) revertBatch(c *fiber.Ctx) error {
	b, err := p.batchOf(c)
	if err != nil {
		return err
	}
	by, err := p.by(c)
	if err != nil {
		return err
	}
	return p.command(c, b, by, workflows.RevertBatch)
}

// command sends a command to a batch and shows the batch, whatever became of it.
func (p *Pages) command(c *fiber.Ctx, b store.Batch, by workflows.By, command workflows.Command[workflows.None, intakeFacts]) error {
	_, err := workflows.Do(c.UserContext(), p.Commands, command, b.ID.String(), by, workflows.None{})
	at := "/imports/" + b.ID.String()
	if err == nil { // its state says it all
		return p.Frame.Redirect(c, at)
	}
	return p.after(c, at, Flash{}, err)
}
