package api

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/intake"
)

// ImportForm is an uploaded file of responses with how to read it.
type ImportForm struct {
	File        huma.FormFile `form:"file" contentType:"application/octet-stream" required:"true" doc:"CSV or XLSX, at most 10 MB and 50,000 rows."`
	Vacancy     string        `form:"vacancy" format:"uuid" required:"true"`
	Source      string        `form:"source" required:"false" format:"uuid"`
	Mapping     string        `form:"mapping" required:"false" maxLength:"10000" doc:"JSON, field to column name; left out: guessed from names and contents." example:"{\"name\":\"ФИО\",\"email\":\"Почта\"}"`
	Encoding    string        `form:"encoding" required:"false" maxLength:"20" doc:"Left out: detected."`
	Delimiter   string        `form:"delimiter" required:"false" maxLength:"4"`
	Sheet       string        `form:"sheet" required:"false" maxLength:"200"`
	HeaderRow   int           `form:"header_row" required:"false" minimum:"-1" maximum:"1000000" doc:"0 detects, -1: there is none."`
	MonthFirst  bool          `form:"month_first" required:"false" doc:"1/2/26 is the second of January."`
	Acknowledge bool          `form:"acknowledge" required:"false" doc:"Tell each person by mail that the response arrived."`
}

// ImportCommand changes how a file in preview is read.
type ImportCommand struct {
	Version  int                 `json:"version" minimum:"1"`
	Source   string              `json:"source,omitempty" format:"uuid" maxLength:"36"`
	Settings store.BatchSettings `json:"settings"`
}

// Preview is how a file is read, and some of its rows as they would go in.
type Preview struct {
	Batch    Batch            `json:"batch"`
	Format   string           `json:"format"`
	Encoding string           `json:"encoding,omitempty"`
	Sheets   []string         `json:"sheets,omitempty"`
	Headers  []string         `json:"headers"`
	Warnings []intake.Warning `json:"warnings" doc:"About the whole file."`
	Refused  int              `json:"refused" doc:"How many rows cannot go in."`
	Rows     []PreviewRow     `json:"rows"`
	Next     string           `json:"next" doc:"Cursor of the next rows; empty at the end."`
}

// PreviewRow is a row as it would go in, or why it cannot.
type PreviewRow struct {
	Line    int         `json:"line"`
	Row     *intake.Row `json:"row,omitempty"`
	Code    string      `json:"code,omitempty" doc:"Why it cannot go in."`
	Field   string      `json:"field,omitempty"`
	Outcome string      `json:"outcome" enum:"added,joined,repeated,refused" doc:"What would become of it now."`
}

func lineCursor(line int) string {
	if line == 0 {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString([]byte("line " + strconv.Itoa(line)))
}

func readLine(cursor string) (int, error) {
	if cursor == "" {
		return 0, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil && len(raw) > 5 && string(raw[:5]) == "line " {
		if line, err := strconv.Atoi(string(raw[5:])); err == nil && line > 0 && line < 1<<31 {
			return line, nil
		}
	}
	return 0, fault.New(fault.Invalid, "bad_cursor")
}

func (a *API) imports() {
	register(a, op{
		id: "create-import", method: http.MethodPost, path: "/imports", tag: "Intake", summary: "Upload a file of responses",
		doc:    "It becomes a batch in preview; nothing goes in until it is started.",
		access: auth.Roles(planners...), status: http.StatusCreated, maxBody: store.MaxDocument + 1<<20,
	}, a.createImport)
	register(a, op{
		id: "preview-import", method: http.MethodGet, path: "/batches/{id}/preview", tag: "Intake", summary: "Preview an import",
		doc: "Rows as they would go in now.", access: auth.Roles(planners...),
	}, func(ctx context.Context, in *struct {
		IDInput
		PageInput
	},
	) (*one[Preview], error) {
		return a.preview(ctx, in.IDInput, in.PageInput)
	})
	register(a, op{
		id: "change-import", method: http.MethodPut, path: "/batches/{id}", tag: "Intake", summary: "Change how a file in preview is read",
		access: auth.Roles(planners...),
	}, a.changeImport)
}

func (a *API) createImport(ctx context.Context, in *struct {
	KeyInput
	RawBody huma.MultipartFormFiles[ImportForm]
},
) (*one[Batch], error) {
	act, err := a.act(ctx, auth.From(ctx), in.KeyInput)
	if err != nil {
		return nil, err
	}
	f := in.RawBody.Data()
	defer f.File.Close()
	body, err := io.ReadAll(io.LimitReader(f.File, store.MaxDocument+1))
	if err != nil {
		return nil, fault.New(fault.Invalid, "bad_request")
	}
	name := filepath.Base(f.File.Filename)
	if err := store.CheckText(name, f.Mapping, f.Sheet, f.Delimiter, f.Encoding); err != nil {
		return nil, err
	}
	s := store.BatchSettings{
		Encoding: intake.Encoding(f.Encoding), Delimiter: f.Delimiter, Sheet: f.Sheet, HeaderRow: f.HeaderRow, MonthFirst: f.MonthFirst, Acknowledge: f.Acknowledge,
	}
	table, err := intake.Read(name, body, s.ReadOptions())
	if err != nil {
		return nil, err
	}
	if f.Mapping == "" {
		s.Mapping = intake.GuessMapping(table.Headers, table.Records)
	} else if json.Unmarshal([]byte(f.Mapping), &s.Mapping.Columns) != nil {
		return nil, &fault.Error{Kind: fault.Invalid, Code: "invalid_input", Fields: map[string]string{"mapping": "invalid"}}
	}
	if err := s.Mapping.Check(table.Headers); err != nil {
		return nil, err
	}
	id, err := a.Catalog.NewImport(ctx, act, parseID(f.Vacancy), optionalID(f.Source), store.Document{Name: name, MediaType: "application/octet-stream", Body: body}, len(table.Records), s)
	if err != nil {
		return nil, err
	}
	return a.batch(ctx, id)
}

func (a *API) changeImport(ctx context.Context, in *commandInput[ImportCommand]) (*one[Batch], error) {
	act, err := a.act(ctx, auth.From(ctx), in.KeyInput)
	if err != nil {
		return nil, err
	}
	b, err := a.Reader.Batch(ctx, in.uuid())
	if err != nil {
		return nil, err
	}
	if b.Kind != store.BatchImport || b.DocumentID == nil {
		return nil, fault.Missing("batch")
	}
	file, err := a.Reader.Document(ctx, *b.DocumentID)
	if err != nil {
		return nil, err
	}
	table, err := intake.Read(file.Name, file.Body, in.Body.Settings.ReadOptions())
	if err != nil {
		return nil, err
	}
	if err := in.Body.Settings.Mapping.Check(table.Headers); err != nil {
		return nil, err
	}
	if _, err := a.Catalog.ChangeImport(ctx, act, in.uuid(), in.Body.Version, optionalID(in.Body.Source), in.Body.Settings, len(table.Records)); err != nil {
		return nil, err
	}
	return a.batch(ctx, in.uuid())
}

func (a *API) preview(ctx context.Context, id IDInput, p PageInput) (*one[Preview], error) {
	after, err := readLine(p.Cursor)
	if err != nil {
		return nil, err
	}
	b, err := a.Reader.Batch(ctx, id.uuid())
	if err != nil {
		return nil, err
	}
	if b.Kind != store.BatchImport || b.DocumentID == nil || b.VacancyID == nil {
		return nil, fault.Missing("batch")
	}
	file, err := a.Reader.Document(ctx, *b.DocumentID)
	if err != nil {
		return nil, err
	}
	v, err := a.Reader.Vacancy(ctx, *b.VacancyID)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(v.Zone)
	if err != nil {
		return nil, err
	}
	table, rows, err := b.Rows(file, zone)
	if err != nil {
		return nil, err
	}
	out := Preview{
		Batch: batchOf(b), Format: string(table.Format), Encoding: string(table.Encoding), Sheets: table.Sheets,
		Headers: append([]string{}, table.Headers...), Warnings: append([]intake.Warning{}, table.Warnings...), Rows: []PreviewRow{},
	}
	var shown []store.ImportRow
	for _, r := range rows {
		if r.Bad != nil {
			out.Refused++
		}
		switch {
		case lineOf(r) <= after:
		case len(shown) < p.Limit:
			shown = append(shown, r)
		default:
			if out.Next == "" {
				out.Next = lineCursor(lineOf(shown[len(shown)-1]))
			}
		}
	}
	var emails, phones []string
	for _, r := range shown {
		emails, phones = append(emails, r.Row.Email), append(phones, r.Row.Phone)
	}
	byEmail, byPhone, err := a.Reader.KnownContacts(ctx, v.ID, present(emails), present(phones))
	if err != nil {
		return nil, err
	}
	for _, r := range shown {
		out.Rows = append(out.Rows, previewRow(r, byEmail, byPhone))
	}
	return &one[Preview]{out}, nil
}

func lineOf(r store.ImportRow) int {
	if r.Bad != nil {
		return r.Bad.Line
	}
	return r.Row.Line
}

func previewRow(r store.ImportRow, byEmail, byPhone map[string]store.Known) PreviewRow {
	if r.Bad != nil {
		return PreviewRow{Line: r.Bad.Line, Code: r.Bad.Code, Field: string(r.Bad.Field), Outcome: store.Refused}
	}
	row := r.Row
	known, there := byEmail[row.Email]
	if !there {
		known, there = byPhone[row.Phone]
	}
	outcome := store.Added
	switch {
	case known.Applied || row.DuplicateOf != 0:
		outcome = store.Repeated
	case there:
		outcome = store.Joined
	}
	return PreviewRow{Line: row.Line, Row: &row, Outcome: outcome}
}

// present drops blanks.
func present(texts []string) []string {
	var out []string
	for _, t := range texts {
		if t != "" {
			out = append(out, t)
		}
	}
	return out
}
