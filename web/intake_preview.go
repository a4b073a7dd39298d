package web

import (
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/intake"
)

type intakeFacts = hiring.IntakeFacts

// How many rows a preview shows, and how many of its problems.
const (
	previewRows     = 20
	previewProblems = 100
)

type previewPage struct {
	Batch     store.Batch
	Vacancy   store.Vacancy
	Name      string // of the file
	Format    intake.Format
	Zone      *time.Location
	Stats     []Stat
	Columns   []previewColumn
	Fields    []Option
	Rows      []previewRow
	Problems  []problemRow
	More      int // problems beyond those shown
	Repeats   []repeatRow
	MoreSame  int // repeats beyond those shown
	Notes     []problemRow
	Warnings  []string // words
	Probable  []probableRow
	Encodings []Option
	Delims    []Option
	Sheets    []Option
	Sources   []Option
	Ready     bool // may be started
	May       bool
}

// previewColumn is a column of the file, some of its values, and the field it goes into.
type previewColumn struct {
	Index  int
	Header string
	Sample []string
}

type previewRow struct {
	intake.Row
	Outcome string // added, joined, repeated
}

// batchFile is a batch's file as its settings read it.
type batchFile struct {
	doc     store.Document
	vacancy store.Vacancy
	zone    *time.Location
	table   *intake.Table
	rows    []store.ImportRow
	lacks   error // what the mapping lacks, nil if it can be imported
}

func (p *Pages) readBatch(c *fiber.Ctx, b store.Batch) (f batchFile, err error) {
	if f.doc, err = p.Reader.Document(c.UserContext(), *b.DocumentID); err != nil {
		return f, err
	}
	if f.vacancy, err = p.Reader.Vacancy(c.UserContext(), *b.VacancyID); err != nil {
		return f, err
	}
	if f.zone, err = time.LoadLocation(f.vacancy.Zone); err != nil {
		return f, err
	}
	if f.table, f.rows, err = b.Rows(f.doc, f.zone); err != nil {
		return f, err
	}
	f.lacks = b.Settings.Mapping.Check(f.table.Headers)
	return f, nil
}

// showPreview shows what would go in. form, if not nil, is what was sent and is wrong.
func (p *Pages) showPreview(c *fiber.Ctx, status int, b store.Batch, form *Form) error {
	f, err := p.readBatch(c, b)
	if err != nil {
		return err
	}
	lang := p.Frame.Lang(c)
	if form == nil {
		form = settingsForm(b, f.table)
	}
	body := previewPage{
		Batch: b, Vacancy: f.vacancy, Name: f.doc.Name, Format: f.table.Format, Zone: f.zone, Ready: f.lacks == nil && len(f.rows) > 0, May: p.recruits(c),
		Columns: columns(f.table), Fields: append([]Option{{Value: "", Label: i18n.T(lang, "import.leave_out")}}, fieldOptions(lang)...),
	}
	if lacks := fault.As(f.lacks); lacks != nil {
		for _, code := range slices.Sorted(valuesOf(lacks.Fields)) {
			body.Warnings = append(body.Warnings, i18n.Fault(lang, code, nil))
		}
	}
	for _, w := range f.table.Warnings {
		body.Warnings = append(body.Warnings, i18n.T(lang, "intake."+w.Code))
	}
	for _, e := range intake.Encodings() {
		body.Encodings = append(body.Encodings, Option{Value: string(e), Label: i18n.T(lang, "intake.encoding."+string(e))})
	}
	for _, d := range []string{",", ";", "\t", "|"} {
		body.Delims = append(body.Delims, Option{Value: delimName[d], Label: i18n.T(lang, "import.delimiter_"+delimName[d])})
	}
	for _, s := range f.table.Sheets {
		body.Sheets = append(body.Sheets, Option{Value: s, Label: s})
	}
	if body.Sources, err = p.sourceOptions(c, form.Get("source")); err != nil {
		return err
	}
	if err := p.forecast(c, &body, f); err != nil {
		return err
	}
	return p.Frame.HTML(c, status, "intake/preview", Page{
		Title: p.Frame.T(c, "import.preview"), Lead: position(f.vacancy.Title, f.vacancy.City), Form: form, Body: body, Wide: true,
		Crumbs: p.vacancyCrumbs(c, Crumb{f.vacancy.Title, "/vacancies/" + f.vacancy.ID.String()}, Crumb{i18n.T(lang, "import.list"), "/imports"}),
	})
}

func valuesOf(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		seen := map[string]bool{}
		for _, v := range m {
			if !seen[v] && !yield(v) {
				return
			}
			seen[v] = true
		}
	}
}

// delimName are the delimiters as a form may carry them: a tab would be trimmed.
var delimName = map[string]string{",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}

func delimOf(name string) string {
	for d, n := range delimName {
		if n == name {
			return d
		}
	}
	return ""
}

func fieldOptions(lang string) []Option {
	var out []Option
	for _, f := range intake.FieldList() {
		out = append(out, Option{Value: string(f), Label: i18n.T(lang, "intake.field."+string(f))})
	}
	return out
}

func settingsForm(b store.Batch, t *intake.Table) *Form {
	s := b.Settings
	form := NewForm(map[string]string{
		"encoding": string(s.Encoding), "delimiter": delimName[s.Delimiter], "sheet": s.Sheet, "header": strconv.Itoa(max(s.HeaderRow, 0)), "version": strconv.Itoa(b.Version),
	})
	if b.SourceID != nil {
		form.Values["source"] = b.SourceID.String()
	}
	if s.MonthFirst {
		form.Values["month_first"] = "yes"
	}
	if s.Acknowledge {
		form.Values["acknowledge"] = "yes"
	}
	for i, h := range t.Headers {
		form.Values["column_"+strconv.Itoa(i)] = string(s.Mapping.FieldOf(h))
	}
	return form
}

func columns(t *intake.Table) []previewColumn {
	out := make([]previewColumn, len(t.Headers))
	for i, h := range t.Headers {
		out[i] = previewColumn{Index: i, Header: h}
		for _, r := range t.Records {
			if v := r.Cell(i); v != "" && !slices.Contains(out[i].Sample, v) {
				if cut := []rune(v); len(cut) > 60 {
					v = string(cut[:60]) + "…"
				}
				if out[i].Sample = append(out[i].Sample, v); len(out[i].Sample) == 3 {
					break
				}
			}
		}
	}
	return out
}

// changeImport reads the file anew as the form says. Whoever changes encoding, delimiter, sheet or header
// gets the columns guessed anew, because they are others then.
func (p *Pages) changeImport(c *fiber.Ctx) error {
	b, err := p.batchOf(c)
	if err != nil {
		return err
	}
	act, err := p.act(c)
	if err != nil {
		return err
	}
	at := "/imports/" + b.ID.String()
	if b.Kind != store.BatchImport || b.State != store.BatchPreview {
		return p.Frame.RedirectFlash(c, at, Flash{Key: "fault.batch_started", Tone: Warning})
	}
	names := []string{"encoding", "delimiter", "sheet", "header", "month_first", "acknowledge", "source", "version"}
	for i := range intake.MaxColumns {
		names = append(names, "column_"+strconv.Itoa(i))
	}
	form := ReadForm(c, names...)
	s := store.BatchSettings{
		Encoding: intake.Encoding(form.Get("encoding")), Delimiter: delimOf(form.Get("delimiter")), Sheet: form.Get("sheet"), HeaderRow: whole(form, "header"),
		MonthFirst: form.Get("month_first") == "yes", Acknowledge: form.Get("acknowledge") == "yes",
	}
	if s.HeaderRow <= 0 {
		s.HeaderRow = -1
	}
	doc, err := p.Reader.Document(c.UserContext(), *b.DocumentID)
	if err != nil {
		return err
	}
	table, err := intake.Read(doc.Name, doc.Body, s.ReadOptions())
	if f := fault.As(err); f != nil && f.Kind == fault.Invalid {
		form.Fault = i18n.Fault(p.Frame.Lang(c), f.Code, f.Details)
		return p.showPreview(c, fiber.StatusUnprocessableEntity, b, form)
	} else if err != nil {
		return err
	}
	old := b.Settings
	if s.Encoding == old.Encoding && s.Delimiter == old.Delimiter && s.Sheet == old.Sheet && s.HeaderRow == old.HeaderRow {
		s.Mapping = mappingOf(form, table)
	} else {
		s.Mapping = intake.GuessMapping(table.Headers, table.Records)
	}
	if !form.OK() {
		return p.showPreview(c, fiber.StatusUnprocessableEntity, b, form)
	}
	var source *uuid.UUID
	if id := uuidOf(form.Get("source")); id != uuid.Nil {
		source = &id
	}
	_, err = p.Catalog.ChangeImport(c.UserContext(), act, b.ID, whole(form, "version"), source, s, len(table.Records))
	switch {
	case err == nil:
		return p.Frame.Redirect(c, at)
	case fault.KindOf(err) != fault.Conflict && form.Take(err, ""):
		return p.showPreview(c, fiber.StatusUnprocessableEntity, b, form)
	}
	return p.after(c, at, Flash{}, err)
}

// mappingOf reads which column goes into which field; a field chosen twice is noted on the second column.
func mappingOf(form *Form, t *intake.Table) intake.Mapping {
	m := intake.Mapping{Columns: map[intake.Field]string{}}
	for i, h := range t.Headers {
		name := "column_" + strconv.Itoa(i)
		f := intake.Field(form.Get(name))
		if !slices.Contains(intake.FieldList(), f) {
			continue
		}
		if _, twice := m.Columns[f]; twice {
			form.Add(name, "duplicate")
			continue
		}
		m.Columns[f] = h
	}
	return m
}
