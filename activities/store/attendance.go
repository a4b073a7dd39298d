package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/intake"
)

// AttendanceColumns says how a file of past invitations is read: headers; "" lets the outcome, the reply
// and the day be found, "-" says there is none.
type AttendanceColumns struct {
	Came    string   `json:"came,omitempty"`
	Reply   string   `json:"reply,omitempty"`
	Day     string   `json:"day,omitempty"`
	City    string   `json:"city,omitempty"`
	Source  string   `json:"source,omitempty"`
	Vacancy string   `json:"vacancy,omitempty"`
	Ignore  []string `json:"ignore,omitempty"` // not to learn from
}

// AttendanceImport is a file of past invitations.
type AttendanceImport struct {
	bun.BaseModel `bun:"table:attendance_import"`
	ID            uuid.UUID               `bun:"id,pk"`
	Name          string                  `bun:"name"`
	DocumentID    *uuid.UUID              `bun:"document_id"` // while it is in preview
	Columns       AttendanceColumns       `bun:"columns,type:jsonb"`
	State         string                  `bun:"state"` // preview, done, reverted
	Rows          int                     `bun:"rows"`
	Came          int                     `bun:"came"`
	Skipped       []intake.AttendanceSkip `bun:"skipped,type:jsonb"`
	SkippedAll    int                     `bun:"skipped_all"`
	CreatedBy     string                  `bun:"created_by"`
	CreatedAt     time.Time               `bun:"created_at"`
	FinishedAt    *time.Time              `bun:"finished_at"` // taken in, or back
	FinishedBy    string                  `bun:"finished_by"`
	Sha256        []byte                  `bun:"sha256"` // of the file; none for those from before it was kept
	Version       int                     `bun:"version"`
}

type attendanceRow struct {
	bun.BaseModel `bun:"table:attendance"`
	ImportID      uuid.UUID          `bun:"import_id"`
	Line          int                `bun:"line"`
	Day           string             `bun:"day"`
	Came          bool               `bun:"came"`
	Reply         string             `bun:"reply"`
	Fields        map[string]string  `bun:"fields,type:jsonb"`
	Numbers       map[string]float64 `bun:"numbers,type:jsonb"`
}

func attendanceStored(of uuid.UUID, r intake.Attendance) attendanceRow {
	row := attendanceRow{ImportID: of, Line: r.Line, Day: r.Day, Came: r.Came, Reply: r.Reply, Fields: r.Fields, Numbers: r.Numbers}
	if row.Numbers == nil {
		row.Numbers = map[string]float64{}
	}
	return row
}

// ReadAttendance reads a file of past invitations as the columns say. Faults are those of
// intake.ReadAttendanceFile.
func ReadAttendance(name string, body []byte, c AttendanceColumns) (*intake.AttendanceFile, error) {
	if err := CheckText(append([]string{name, c.Came, c.Reply, c.Day, c.City, c.Source, c.Vacancy}, c.Ignore...)...); err != nil {
		return nil, err
	}
	return intake.ReadAttendanceFile(name, body, intake.ReadOptions{}, intake.AttendanceColumns{
		Came: c.Came, Reply: c.Reply, Day: c.Day, City: c.City, Source: c.Source, Vacancy: c.Vacancy, Ignore: c.Ignore,
	})
}

// StartAttendance keeps an uploaded file of past invitations to look at; nothing is learned from it until
// RunAttendance. A file nobody takes in is swept with the other documents after two days. Faults are
// ReadAttendance's; an outcome column that is not found is none, as it can be named later.
func (c *Catalog) StartAttendance(ctx context.Context, act Act, name string, body []byte) (Saved, error) {
	var saved Saved
	_, err := ReadAttendance(name, body, AttendanceColumns{})
	if err != nil && fault.CodeOf(err) != "attendance_no_outcome" {
		return saved, err
	}
	doc, err := c.PutDocument(ctx, Document{
		Key: act.Actor + "\n" + act.Key + "\nattendance", Kind: "attendance", Name: name, MediaType: "application/octet-stream", Body: body, CreatedAt: act.Business,
	})
	if err != nil {
		return saved, err
	}
	id := act.NewID()
	_, err = c.onCatalogue(ctx, act, "attendance/"+id.String(), "attendance.upload", nil, &saved, func(ctx context.Context, tx bun.Tx) error {
		saved = Saved{id, 1}
		_, err := tx.NewInsert().Model(&AttendanceImport{
			ID: id, Name: name, DocumentID: &doc, State: "preview", Skipped: []intake.AttendanceSkip{}, CreatedBy: act.Actor, CreatedAt: act.Business, Sha256: attendanceSum(body), Version: 1,
		}).Exec(ctx)
		return err
	})
	return saved, err
}

// RunAttendance takes a file in preview in, by these columns, and deletes the file: it may name people,
// the rows do not. What was taken in before (AttendanceAgain.Asks) is left out unless again says that it is
// meant. Faults: not_found, conflict stale_form, not_in_preview, file_gone after two days; attendance_no_rows when
// none tells who came; invalid_input again: attendance_again when there is nothing new; ReadAttendance's.
func (c *Catalog) RunAttendance(ctx context.Context, act Act, id uuid.UUID, version int, columns AttendanceColumns, again bool) (Saved, error) {
	slices.Sort(columns.Ignore)
	return c.onAttendance(ctx, act, id, version, "attendance.import", []any{columns, again}, func(ctx context.Context, tx bun.Tx, a *AttendanceImport) error {
		if err := lockSubject(ctx, tx, "attendance"); err != nil { // the same file in two tabs
			return err
		}
		if a.State != "preview" {
			return fault.New(fault.Conflict, "not_in_preview", "state", a.State)
		}
		if a.DocumentID == nil {
			return fault.New(fault.Conflict, "file_gone")
		}
		doc, err := (&Reader{tx}).Document(ctx, *a.DocumentID)
		if err != nil {
			return err
		}
		file, err := ReadAttendance(doc.Name, doc.Body, columns)
		if err == nil && len(file.Rows) == 0 {
			err = fault.New(fault.Invalid, "attendance_no_rows")
		}
		if a.Sha256 == nil && err == nil {
			a.Sha256 = attendanceSum(doc.Body)
		}
		if err == nil && !again {
			err = (&Reader{tx}).notAgain(ctx, a, file)
		}
		if err != nil {
			return err
		}
		a.State, a.Columns, a.Rows, a.Came, a.SkippedAll = "done", columns, len(file.Rows), 0, len(file.Skipped)
		a.Skipped = append([]intake.AttendanceSkip{}, file.Skipped...)
		rows := make([]attendanceRow, 0, 2000)
		for chunk := range slices.Chunk(file.Rows, 2000) {
			rows = rows[:0]
			for _, r := range chunk {
				if r.Came {
					a.Came++
				}
				rows = append(rows, attendanceStored(id, r))
			}
			if _, err := tx.NewInsert().Model(&rows).Exec(ctx); err != nil {
				return err
			}
		}
		a.DocumentID = nil
		_, err = tx.NewDelete().Table("document").Where("id = ?", doc.ID).Exec(ctx)
		return err
	})
}

// RevertAttendance takes an import back; the next learning forgets it. Faults: not_found, conflict
// stale_form, not_done.
func (c *Catalog) RevertAttendance(ctx context.Context, act Act, id uuid.UUID, version int) (Saved, error) {
	return c.onAttendance(ctx, act, id, version, "attendance.revert", nil, func(ctx context.Context, tx bun.Tx, a *AttendanceImport) error {
		if a.State != "done" {
			return fault.New(fault.Conflict, "not_done", "state", a.State)
		}
		a.State = "reverted"
		_, err := tx.NewDelete().Table("attendance").Where("import_id = ?", id).Exec(ctx)
		return err
	})
}

func (c *Catalog) onAttendance(ctx context.Context, act Act, id uuid.UUID, version int, step string, args any,
	fn func(context.Context, bun.Tx, *AttendanceImport) error,
) (saved Saved, err error) {
	_, err = c.onCatalogue(ctx, act, "attendance/"+id.String(), step, []any{version, args}, &saved, func(ctx context.Context, tx bun.Tx) error {
		a, err := lockAttendance(ctx, tx, id, version)
		if err != nil {
			return err
		}
		if err := fn(ctx, tx, &a); err != nil {
			return err
		}
		a.Version++
		a.FinishedAt, a.FinishedBy = &act.Business, act.Actor
		saved = Saved{id, a.Version}
		_, err = tx.NewUpdate().Model(&a).WherePK().ExcludeColumn("created_at", "created_by").Exec(ctx)
		return err
	})
	return saved, err
}

// AttendanceImport returns one import. Fault not_found.
func (r *Reader) AttendanceImport(ctx context.Context, id uuid.UUID) (AttendanceImport, error) {
	var a AttendanceImport
	err := r.db.NewSelect().Model(&a).Where("id = ?", id).Scan(ctx)
	return a, missing(err, "attendance")
}

// AttendanceImports returns a page of imports, the newest first.
func (r *Reader) AttendanceImports(ctx context.Context, p Page) ([]AttendanceImport, string, error) {
	at, id, more, err := readTimeCursor(p.Cursor)
	if err != nil {
		return nil, "", err
	}
	var list []AttendanceImport
	q := r.db.NewSelect().Model(&list).ExcludeColumn("skipped").OrderExpr("created_at DESC, id DESC").Limit(int64(p.limit()) + 1)
	if more {
		q = q.Where("(created_at, id) < (?, ?)", at, id)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, "", err
	}
	list, next := cut(list, p.limit(), func(a AttendanceImport) string { return timeCursor(a.CreatedAt, a.ID) })
	return list, next, nil
}

// AttendancePreview reads a file in preview as the columns say. Fault conflict file_gone when it is taken
// in already or was swept; otherwise ReadAttendance's.
func (r *Reader) AttendancePreview(ctx context.Context, a AttendanceImport, columns AttendanceColumns) (*intake.AttendanceFile, error) {
	doc, err := r.attendanceDocument(ctx, a)
	if err != nil {
		return nil, err
	}
	return ReadAttendance(doc.Name, doc.Body, columns)
}

// AttendanceHeaders are the columns of a file in preview, as they stand in it.
func (r *Reader) AttendanceHeaders(ctx context.Context, a AttendanceImport) ([]string, error) {
	doc, err := r.attendanceDocument(ctx, a)
	if err != nil {
		return nil, err
	}
	t, err := intake.Read(doc.Name, doc.Body, intake.ReadOptions{HeaderRow: 1})
	if err != nil {
		return nil, err
	}
	return t.Headers, nil
}

func (r *Reader) attendanceDocument(ctx context.Context, a AttendanceImport) (Document, error) {
	if a.DocumentID == nil {
		return Document{}, fault.New(fault.Conflict, "file_gone")
	}
	return r.Document(ctx, *a.DocumentID)
}

// SkippedBy counts skipped rows by reason, the most frequent first.
func SkippedBy(skipped []intake.AttendanceSkip) []SkipCount {
	n := map[string]int{}
	for _, s := range skipped {
		n[s.Why]++
	}
	var out []SkipCount
	for why, count := range n {
		out = append(out, SkipCount{why, count})
	}
	slices.SortFunc(out, func(a, b SkipCount) int { return cmp.Or(b.Rows-a.Rows, cmp.Compare(a.Why, b.Why)) })
	return out
}

// SkipCount is how many rows were skipped for one reason.
type SkipCount struct {
	Why  string `json:"why"`
	Rows int    `json:"rows"`
}
