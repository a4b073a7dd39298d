package store

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/intake"
)

// The states of a batch.
const (
	BatchPreview   = "preview"
	BatchRunning   = "running"
	BatchDone      = "done"
	BatchReverting = "reverting"
	BatchReverted  = "reverted"
)

// The kinds of batches.
const (
	BatchImport    = "import"
	BatchReject    = "reject"
	BatchShortlist = "shortlist"
)

// MaxBulk bounds one bulk rejection or shortlisting.
const MaxBulk = 5000

// BatchSettings say how a file is read, or with which reason applications are rejected.
type BatchSettings struct {
	Encoding    intake.Encoding `json:"encoding,omitempty"`
	Delimiter   string          `json:"delimiter,omitempty"` // one of , ; tab |; "" detects
	Sheet       string          `json:"sheet,omitempty"`
	HeaderRow   int             `json:"header_row,omitempty"` // 0 detects, -1 there is none
	MonthFirst  bool            `json:"month_first,omitempty"`
	Mapping     intake.Mapping  `json:"mapping,omitzero"`
	Acknowledge bool            `json:"acknowledge,omitempty"`
	Reason      string          `json:"reason,omitempty"`
	NoMail      bool            `json:"no_mail,omitempty"`
}

// ReadOptions returns the settings as intake.Read takes them.
func (s BatchSettings) ReadOptions() intake.ReadOptions {
	o := intake.ReadOptions{Encoding: s.Encoding, Sheet: s.Sheet, HeaderRow: s.HeaderRow}
	for _, r := range s.Delimiter {
		o.Delimiter = r
	}
	return o
}

// Rows reads the batch's file: the table, and every row as the import takes it or why it cannot go in.
// Preview and import judge dates by one clock, the batch's creation; times without an offset are in zone.
// Faults are intake.Read's.
func (b Batch) Rows(file Document, zone *time.Location) (*intake.Table, []ImportRow, error) {
	table, err := intake.Read(file.Name, file.Body, b.Settings.ReadOptions())
	if err != nil {
		return nil, nil, err
	}
	m := b.Settings.Mapping
	options := intake.RowOptions{DefaultZone: zone, DayFirst: !b.Settings.MonthFirst, Now: b.CreatedAt}
	rows := make([]ImportRow, 0, len(table.Records))
	for row, bad := range intake.Rows(table, m, options) { // one for each record
		one := ImportRow{Row: row, Bad: bad}
		if bad != nil {
			one.Cells = m.Cells(table.Headers, table.Records[len(rows)])
		}
		rows = append(rows, one)
	}
	return table, rows, nil
}

// NewImport stores an uploaded file and a batch that previews it. The file must have been read with
// these settings: total is its number of rows. Faults: not_found (vacancy); invalid_input (source
// unknown); conflict vacancy_closed; invalid file_too_large.
func (c *Catalog) NewImport(ctx context.Context, act Act, vacancy uuid.UUID, source *uuid.UUID, file Document, total int, s BatchSettings) (uuid.UUID, error) {
	v, err := (&Reader{c.db}).Vacancy(ctx, vacancy)
	switch {
	case err != nil:
		return uuid.Nil, err
	case v.State == VacancyClosed:
		return uuid.Nil, fault.New(fault.Conflict, "vacancy_closed")
	case len(file.Body) > MaxDocument:
		return uuid.Nil, fault.New(fault.Invalid, "file_too_large", "limit", strconv.Itoa(MaxDocument>>20))
	}
	file.Kind = "import"
	return c.newBatch(ctx, act, Batch{Kind: BatchImport, VacancyID: &vacancy, SourceID: source, Settings: s, Total: total}, file)
}

// NewReject stores a bulk rejection of these applications, to be confirmed by starting it. Fault
// invalid_input: applications (required, too_long over MaxBulk), reason.
func (c *Catalog) NewReject(ctx context.Context, act Act, applications []uuid.UUID, reason string, noMail bool) (uuid.UUID, error) {
	var f fault.Fields
	f.Require(slices.Contains(hiring.Reasons[hiring.Reject], reason), "reason", "choose_one")
	return c.newBulk(ctx, act, f, Batch{Kind: BatchReject, Settings: BatchSettings{Reason: reason, NoMail: noMail}}, applications)
}

// NewShortlist stores a bulk shortlisting of these applications, to be confirmed by starting it. Fault invalid_input:
// applications (required, too_long over MaxBulk).
func (c *Catalog) NewShortlist(ctx context.Context, act Act, applications []uuid.UUID) (uuid.UUID, error) {
	return c.newBulk(ctx, act, fault.Fields{}, Batch{Kind: BatchShortlist}, applications)
}

func (c *Catalog) newBulk(ctx context.Context, act Act, f fault.Fields, b Batch, applications []uuid.UUID) (uuid.UUID, error) {
	f.Require(len(applications) > 0, "applications", "required")
	f.Require(len(applications) <= MaxBulk, "applications", "too_long")
	if err := f.Err(); err != nil {
		return uuid.Nil, err
	}
	seen, ids := map[uuid.UUID]bool{}, []uuid.UUID{}
	for _, id := range applications {
		if !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	raw, err := json.Marshal(ids)
	if err != nil {
		return uuid.Nil, err
	}
	b.Total = len(ids)
	return c.newBatch(ctx, act, b, Document{Kind: b.Kind, MediaType: "application/json", Body: raw})
}

func (c *Catalog) newBatch(ctx context.Context, act Act, b Batch, doc Document) (uuid.UUID, error) {
	if err := CheckText(doc.Name, doc.MediaType); err != nil {
		return uuid.Nil, err
	}
	b.ID, b.State, b.CreatedBy, b.CreatedAt, b.Version = act.NewID(), BatchPreview, act.Actor, act.Business, 1
	doc.ID, doc.Key, doc.CreatedAt, doc.LinkedAt = uuid.New(), "intake/"+b.ID.String(), act.Business, &act.Business
	b.DocumentID = &doc.ID
	sum := sha256.Sum256(doc.Body)
	saved := Saved{b.ID, 1}
	_, err := c.onCatalogue(ctx, act, "intake/"+b.ID.String(), "intake.create", []any{b.Kind, b.VacancyID, b.SourceID, sum[:], b.Settings.Reason},
		&saved, func(ctx context.Context, tx bun.Tx) error {
			if _, err := tx.NewInsert().Model(&doc).Exec(ctx); err != nil {
				return err
			}
			_, err := tx.NewInsert().Model(&b).Exec(ctx)
			return err
		})
	if violates(err, "batch_source_id_fkey") {
		return uuid.Nil, field("source", "unknown")
	}
	return saved.ID, err
}

// ChangeImport changes how a file in preview is read; total is its number of rows then. Conflict
// stale_form, batch_started; not_found.
func (c *Catalog) ChangeImport(ctx context.Context, act Act, id uuid.UUID, version int, source *uuid.UUID, s BatchSettings, total int) (saved Saved, err error) {
	_, err = c.onCatalogue(ctx, act, "intake/"+id.String(), "intake.change", []any{version, source, s}, &saved, func(ctx context.Context, tx bun.Tx) error {
		var b Batch
		if err := tx.NewSelect().Model(&b).Where("id = ? AND kind = ?", id, BatchImport).For("UPDATE").Scan(ctx); err != nil {
			return missing(err, "batch")
		}
		switch {
		case b.State != BatchPreview:
			return fault.New(fault.Conflict, "batch_started", "state", b.State)
		case b.Version != version:
			return fault.New(fault.Conflict, "stale_form")
		}
		b.Settings, b.Total, b.SourceID = s, total, source
		b.Version++
		saved = Saved{id, b.Version}
		_, err := tx.NewUpdate().Model(&b).WherePK().Column("settings", "total", "source_id", "version").Exec(ctx)
		return err
	})
	if violates(err, "batch_source_id_fkey") {
		return saved, field("source", "unknown")
	}
	return saved, err
}

// SweepPreviews deletes batches that nobody has started since before, with their files: a file of
// responses is full of people, and erasing one of them does not reach into it. It returns how many went.
func (c *Catalog) SweepPreviews(ctx context.Context, before time.Time) (int, error) {
	var files []uuid.UUID
	err := c.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		err := tx.NewRaw("DELETE FROM batch WHERE state = ? AND created_at < ? RETURNING document_id", BatchPreview, before).Scan(ctx, &files)
		if err != nil || len(files) == 0 {
			return err
		}
		_, err = tx.NewDelete().Model((*Document)(nil)).Where("id IN (?)", bun.List(files)).Exec(ctx)
		return err
	})
	return len(files), err
}
