package store

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/intake"
)

// AttendanceBefore is an import that already holds rows of a file, or the file itself.
type AttendanceBefore struct {
	ID   uuid.UUID `json:"id"`
	Name string    `json:"name"`
	At   time.Time `json:"at"` // when it was taken in
	By   string    `json:"by"` // who did: staff/<uuid>, token/<uuid>
	Rows int       `json:"rows"`
	File bool      `json:"file"` // byte for byte the same file
}

// AttendanceAgain says how much of a file was taken in before.
type AttendanceAgain struct {
	Before []AttendanceBefore // the file itself first, then the most rows
	Lines  map[int]bool       // of the rows that are there already
	rows   int
}

// Asks reports whether taking the file in needs somebody's word: it was taken in before, or half of its rows
// were. Fewer may be alike by chance, as rows hold no names.
func (a AttendanceAgain) Asks() bool {
	return len(a.Before) > 0 && (a.Before[0].File || 2*len(a.Lines) >= a.rows)
}

// attendanceKey is what a row says, without where it stands: the expression of the index attendance_same.
const attendanceKey = `md5(day || chr(31) || came::text || chr(31) || reply || chr(31) || fields::text || chr(31) || numbers::text)::uuid`

// attendanceThere finds the rows that an import holds too, and as often: the second of two equal rows is there
// only if the import has two. Rows without a day say too little to be told apart. Each row asks the index, however
// few the database thinks there are: hashing what was taken in cost seconds for a million rows.
const attendanceThere = `WITH sent AS (
		SELECT line, key, row_number() OVER (PARTITION BY key ORDER BY line) AS nth FROM (
			SELECT line, ` + attendanceKey + ` AS key FROM jsonb_to_recordset(?::jsonb) AS x(line int, day text, came boolean, reply text, fields jsonb, numbers jsonb)) s)
	SELECT t.import_id, s.line FROM (SELECT DISTINCT key FROM sent) k
	CROSS JOIN LATERAL (SELECT import_id, count(*) AS n FROM attendance WHERE day <> '' AND ` + attendanceKey + ` = k.key GROUP BY 1) t
	JOIN attendance_import i ON i.id = t.import_id AND i.state = 'done' JOIN sent s ON s.key = k.key AND s.nth <= t.n`

// attendanceSent is a row as it is stored, for the comparison.
type attendanceSent struct {
	Line    int                `json:"line"`
	Day     string             `json:"day"`
	Came    bool               `json:"came"`
	Reply   string             `json:"reply"`
	Fields  map[string]string  `json:"fields"`
	Numbers map[string]float64 `json:"numbers"`
}

// AttendanceAgain looks for a file in preview, and for its rows as they are read now, among what was taken in.
func (r *Reader) AttendanceAgain(ctx context.Context, a AttendanceImport, file *intake.AttendanceFile) (AttendanceAgain, error) {
	out := AttendanceAgain{Lines: map[int]bool{}, rows: len(file.Rows)}
	sent := []attendanceSent{}
	for _, row := range file.Rows {
		if row.Day != "" {
			stored := attendanceStored(a.ID, row)
			sent = append(sent, attendanceSent{row.Line, row.Day, row.Came, row.Reply, stored.Fields, stored.Numbers})
		}
	}
	raw, err := json.Marshal(sent)
	if err != nil {
		return out, err
	}
	var there []struct {
		ImportID uuid.UUID
		Line     int
	}
	if err := r.db.NewRaw(attendanceThere, string(raw)).Scan(ctx, &there); err != nil {
		return out, err
	}
	rows, ids := map[uuid.UUID]int{}, []uuid.UUID{uuid.Nil}
	for _, t := range there {
		out.Lines[t.Line] = true
		if rows[t.ImportID]++; rows[t.ImportID] == 1 {
			ids = append(ids, t.ImportID)
		}
	}
	var before []AttendanceImport
	err = r.db.NewSelect().Model(&before).ExcludeColumn("skipped").Where("state = 'done' AND (sha256 = ? OR id IN (?))", a.Sha256, bun.List(ids)).Scan(ctx)
	for _, b := range before {
		one := AttendanceBefore{ID: b.ID, Name: b.Name, At: b.CreatedAt, By: cmp.Or(b.FinishedBy, b.CreatedBy), Rows: rows[b.ID], File: len(a.Sha256) > 0 && bytes.Equal(b.Sha256, a.Sha256)}
		if b.FinishedAt != nil {
			one.At = *b.FinishedAt
		}
		out.Before = append(out.Before, one)
	}
	slices.SortFunc(out.Before, func(a, b AttendanceBefore) int {
		if a.File != b.File {
			return map[bool]int{true: -1, false: 1}[a.File]
		}
		return cmp.Or(b.Rows-a.Rows, b.At.Compare(a.At), cmp.Compare(a.ID.String(), b.ID.String()))
	})
	return out, err
}

// notAgain leaves out of a file what was taken in before. Fault invalid_input again: attendance_again when it is that
// very file, or nothing else is left.
func (r *Reader) notAgain(ctx context.Context, a *AttendanceImport, file *intake.AttendanceFile) error {
	before, err := r.AttendanceAgain(ctx, *a, file)
	if err != nil || !before.Asks() {
		return err
	}
	if before.Before[0].File || len(before.Lines) == len(file.Rows) {
		return field("again", "attendance_again")
	}
	file.Rows = slices.DeleteFunc(file.Rows, func(row intake.Attendance) bool {
		if before.Lines[row.Line] {
			file.Skipped = append(file.Skipped, intake.AttendanceSkip{Line: row.Line, Why: intake.AttendThere})
		}
		return before.Lines[row.Line]
	})
	slices.SortFunc(file.Skipped, func(a, b intake.AttendanceSkip) int { return a.Line - b.Line })
	return nil
}

// DiscardAttendance throws a file away that nobody took in. Faults: not_found, conflict stale_form, not_in_preview.
func (c *Catalog) DiscardAttendance(ctx context.Context, act Act, id uuid.UUID, version int) (saved Saved, err error) {
	_, err = c.onCatalogue(ctx, act, "attendance/"+id.String(), "attendance.discard", version, &saved, func(ctx context.Context, tx bun.Tx) error {
		a, err := lockAttendance(ctx, tx, id, version)
		if err != nil {
			return err
		}
		if a.State != "preview" {
			return fault.New(fault.Conflict, "not_in_preview", "state", a.State)
		}
		saved = Saved{id, version + 1}
		if _, err := tx.NewDelete().Model(&a).WherePK().Exec(ctx); err != nil || a.DocumentID == nil {
			return err
		}
		_, err = tx.NewDelete().Table("document").Where("id = ?", *a.DocumentID).Exec(ctx)
		return err
	})
	return saved, err
}

func lockAttendance(ctx context.Context, tx bun.Tx, id uuid.UUID, version int) (a AttendanceImport, err error) {
	if err := tx.NewSelect().Model(&a).Where("id = ?", id).For("UPDATE").Scan(ctx); err != nil {
		return a, missing(err, "attendance")
	}
	if a.Version != version {
		return a, fault.New(fault.Conflict, "stale_form")
	}
	return a, nil
}

func attendanceSum(body []byte) []byte {
	sum := sha256.Sum256(body)
	return sum[:]
}
