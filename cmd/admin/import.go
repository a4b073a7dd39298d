package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/cmd/internal/app"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/intake"
)

// importOptions are the flags of import.
type importOptions struct {
	vacancy, source, path string
	encoding              string
	mapping               []string
	dryRun                bool
	settings              store.BatchSettings
}

func importCommand(o *operator) *cobra.Command {
	var i importOptions
	c := &cobra.Command{
		Use:   "import --vacancy ID --file FILE",
		Short: "Import a file of responses to a vacancy, as the page does",
		Long: `Imports a CSV or XLSX file of responses to a vacancy, exactly as the page does: known people are joined, whoever has
applied already changes nothing, a bad row is reported with its line and reason and the good rows go in. Columns
are found by their names and content; name them with --mapping FIELD=HEADER where that fails. Fields:
` + fieldNames() + `.

--dry-run only reports. The import can be reverted on its page. It needs a running server with ROLE=all or worker.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			i.settings.Encoding = intake.Encoding(i.encoding)
			return o.with(cmd.Context(), func(a *app.App) error {
				return i.run(cmd.Context(), a, cmd.OutOrStdout(), cmd.ErrOrStderr())
			})
		},
	}
	f := c.Flags()
	f.StringVar(&i.vacancy, "vacancy", "", "the vacancy's id")
	f.StringVar(&i.source, "source", "", "name or id of the source")
	f.StringVar(&i.path, "file", "", "CSV or XLSX file, at most 10 MB")
	f.StringVar(&i.encoding, "encoding", "", "utf-8, windows-1251, windows-1252, utf-16le, utf-16be (found if left out)")
	f.StringVar(&i.settings.Delimiter, "delimiter", "", "character between cells (found if left out)")
	f.StringVar(&i.settings.Sheet, "sheet", "", "sheet of an XLSX file (the first if left out)")
	f.IntVar(&i.settings.HeaderRow, "header-row", 0, "row with the column names (found if left out; -1: there is none)")
	f.BoolVar(&i.settings.MonthFirst, "month-first", false, "1/2/2026 is the second of January")
	f.StringArrayVar(&i.mapping, "mapping", nil, "FIELD=HEADER; may be given several times")
	f.BoolVar(&i.settings.Acknowledge, "acknowledge", false, "mail each new applicant that the response has come")
	f.BoolVar(&i.dryRun, "dry-run", false, "report what would happen, store nothing")
	require(c, "vacancy", "file")
	return c
}

func fieldNames() string {
	var names []string
	for _, f := range intake.FieldList() {
		names = append(names, string(f))
	}
	return strings.Join(names, ", ")
}

func (i importOptions) run(ctx context.Context, a *app.App, out, progress io.Writer) error {
	id, err := parseID("vacancy", i.vacancy)
	if err != nil {
		return err
	}
	v, err := a.Reader.Vacancy(ctx, id)
	if err != nil {
		return fmt.Errorf("vacancy %s: %s", id, sentence(err))
	}
	source, err := findSource(ctx, a.Reader, i.source)
	if err != nil {
		return err
	}
	doc, table, err := i.read(progress)
	if err != nil {
		return err
	}
	if i.dryRun {
		return i.preview(ctx, a, v, doc, out)
	}
	act := store.Act{Actor: "system", Key: newKey(), Wall: time.Now(), Business: a.Now()}
	batch, err := a.Catalog.NewImport(ctx, act, id, source, doc, len(table.Records), i.settings)
	if err != nil {
		return err
	}
	by := workflows.By{Actor: act.Actor, Key: act.Key + "/start"}
	if _, err := workflows.Do(ctx, a.Client, workflows.StartBatch, batch.String(), by, workflows.None{}); err != nil && fault.KindOf(err) != fault.Pending {
		return err
	}
	return follow(ctx, a.Reader, batch, out, progress)
}

// read reads the file and completes the settings with what it found there.
func (i *importOptions) read(progress io.Writer) (doc store.Document, table *intake.Table, err error) {
	f, err := os.Open(i.path)
	if err != nil {
		return doc, nil, err
	}
	defer f.Close()
	body, err := io.ReadAll(io.LimitReader(f, store.MaxDocument+1))
	if err != nil {
		return doc, nil, err
	}
	doc = store.Document{Name: filepath.Base(i.path), MediaType: "application/octet-stream", Body: body}
	if table, err = intake.Read(doc.Name, body, i.settings.ReadOptions()); err != nil {
		return doc, nil, err
	}
	i.settings.Mapping = intake.GuessMapping(table.Headers, table.Records)
	for _, one := range i.mapping {
		field, header, ok := strings.Cut(one, "=")
		if !ok {
			return doc, nil, fmt.Errorf("--mapping is FIELD=HEADER, not %q", one)
		}
		for f, taken := range i.settings.Mapping.Columns { // a column named by hand is no longer a guess's
			if taken == header {
				delete(i.settings.Mapping.Columns, f)
			}
		}
		i.settings.Mapping.Columns[intake.Field(field)] = header
	}
	for _, f := range intake.FieldList() {
		if header, ok := i.settings.Mapping.Columns[f]; ok {
			fmt.Fprintf(progress, "%-18s from column %q\n", f, header)
		}
	}
	if err := i.settings.Mapping.Check(table.Headers); err != nil {
		return doc, nil, fmt.Errorf("%s\nThe file's columns: %s", sentence(err), strings.Join(table.Headers, ", "))
	}
	return doc, table, nil
}

// preview says what an import would do with each row.
func (i importOptions) preview(ctx context.Context, a *app.App, v store.Vacancy, doc store.Document, out io.Writer) error {
	zone, err := time.LoadLocation(v.Zone)
	if err != nil {
		return err
	}
	_, rows, err := store.Batch{Settings: i.settings, CreatedAt: a.Now()}.Rows(doc, zone)
	if err != nil {
		return err
	}
	var emails, phones []string
	for _, r := range rows {
		if r.Bad == nil && r.Row.Email != "" {
			emails = append(emails, r.Row.Email)
		}
		if r.Bad == nil && r.Row.Phone != "" {
			phones = append(phones, r.Row.Phone)
		}
	}
	byEmail, byPhone, err := a.Reader.KnownContacts(ctx, v.ID, emails, phones)
	if err != nil {
		return err
	}
	var n report
	for _, r := range rows {
		if r.Bad != nil {
			n.refused++
			refusal(out, r.Bad.Line, string(r.Bad.Field), r.Bad.Code)
			continue
		}
		known, ok := byEmail[r.Row.Email]
		if !ok {
			known, ok = byPhone[r.Row.Phone]
		}
		switch {
		case r.Row.DuplicateOf != 0 || ok && known.Applied:
			n.repeated++
		case ok:
			n.joined++
		default:
			n.added++
		}
	}
	n.write(out, "would be ")
	return nil
}

// report counts what became of the rows.
type report struct{ added, joined, repeated, refused int }

func (r report) write(out io.Writer, mood string) {
	fmt.Fprintf(out, "%d rows: %d %sadded, %d %sjoined to known people, %d had applied already, %d %srefused.\n",
		r.added+r.joined+r.repeated+r.refused, r.added, mood, r.joined, mood, r.repeated, r.refused, mood)
}

func refusal(out io.Writer, line int, field, code string) {
	if field != "" {
		field = " (" + field + ")"
	}
	fmt.Fprintf(out, "line %d%s: %s\n", line, field, i18n.Fault(i18n.English, code, nil))
}

// follow waits for the batch's end and prints its report.
func follow(ctx context.Context, r *store.Reader, id uuid.UUID, out, progress io.Writer) error {
	for shown := 0; ; {
		b, err := r.Batch(ctx, id)
		switch {
		case ctx.Err() != nil:
			return errors.New("the import goes on without you; its page shows how it ends")
		case err != nil:
			return err
		case b.State == store.BatchDone:
			return finish(ctx, r, b, out)
		case b.Position > shown:
			shown = b.Position
			fmt.Fprintf(progress, "%d of %d rows\n", b.Position, b.Total)
		}
		select {
		case <-ctx.Done():
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func finish(ctx context.Context, r *store.Reader, b store.Batch, out io.Writer) error {
	for after := 0; ; {
		rows, next, err := r.BatchRows(ctx, b.ID, store.BatchRowQuery{Outcome: store.Refused, After: after, Limit: store.MaxPage})
		if err != nil {
			return err
		}
		for _, row := range rows {
			refusal(out, row.Line, row.Field, row.Code)
		}
		if after = next; next == 0 {
			break
		}
	}
	report{b.Added, b.Joined, b.Repeated, b.Refused}.write(out, "")
	fmt.Fprintf(out, "Import %s\n", b.ID)
	return nil
}

// findSource finds a source by its id or name, nil for none named.
func findSource(ctx context.Context, r *store.Reader, text string) (*uuid.UUID, error) {
	if text == "" {
		return nil, nil
	}
	list, err := r.Sources(ctx)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, s := range list {
		if s.ID.String() == text || strings.EqualFold(s.Name, text) {
			return &s.ID, nil
		}
		names = append(names, s.Name)
	}
	return nil, fmt.Errorf("there is no source %q; there are: %s", text, strings.Join(names, ", "))
}
