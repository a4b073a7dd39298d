package intake

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/stazh/stazh/workflows/fault"
)

// Attendance is one past invitation: what was known before, and whether the person came. It holds no
// name and nothing that identifies him; protected traits are left out too.
type Attendance struct {
	Line int    // in the source
	Day  string // 2006-01-02, or the cell as it is when it is no date, or ""
	// Fields are the columns worth learning from, by folded header: answers as yes, no, uncertain or
	// na, other texts lower-cased.
	Fields  map[string]string
	Numbers map[string]float64 // columns of numbers, e.g. days of notice
	Reply   string             // confirmed, silent, uncertain, declined
	Came    bool
}

// Replies to an invitation, as Attendance names them.
const (
	attendConfirmed = "confirmed"
	attendSilent    = "silent"
	attendUncertain = "uncertain"
	attendDeclined  = "declined"
)

// AttendanceColumns names columns by header (case and spaces do not matter): "" lets the first three be
// found, "-" says there is none. City, Source and Vacancy are taken whatever they hold, because somebody who knows
// named them; "" names none. Ignore lists columns not to learn from.
type AttendanceColumns struct {
	Came, Reply, Day      string
	City, Source, Vacancy string
	Ignore                []string
	like                  *AttendanceFile
}

// Like returns the columns for another file that is read as f was: with the columns found there, as far as it
// has them, and nothing else learned. By itself each file says anew what is worth learning, and a short one nothing.
func (c AttendanceColumns) Like(f *AttendanceFile) AttendanceColumns {
	c.like = f
	return c
}

// AttendThere is why a row was left out that is there already: outside of the file, ReadAttendance never says it.
const AttendThere = "there_already"

// AttendanceSkip is a row that teaches nothing: Why is outcome_missing, outcome_unknown,
// not_counted (moved, cancelled in time, withdrawn by us...), AttendThere or a Record's code.
type AttendanceSkip struct {
	Line int    `json:"line"`
	Why  string `json:"why"`
}

// AttendanceFile is what a table of past invitations says.
type AttendanceFile struct {
	Rows    []Attendance
	Skipped []AttendanceSkip
	Columns AttendanceColumns // as found; Ignore lists the columns left out
	Learned []string          // the headers that made Fields and Numbers, in order
	kinds   map[string]attendanceKind
}

// ReadAttendance reads past invitations from any firm's table. Faults, Invalid: column_unknown with
// the option's name for a named column that is not there; attendance_no_outcome when no column tells
// who came; file_only_header when no row follows the header. Fault invalid_input at city, source or vacancy:
// column_twice, column_alike, column_left_out, column_personal.
func ReadAttendance(t *Table, want AttendanceColumns) (*AttendanceFile, error) {
	if len(t.Records) == 0 {
		return nil, fault.New(fault.Invalid, "file_only_header")
	}
	a := &attendanceReader{table: t, file: &AttendanceFile{kinds: map[string]attendanceKind{}}}
	if err := a.findColumns(want); err != nil {
		return nil, err
	}
	if err := a.findMeanings(want); err != nil {
		return nil, err
	}
	a.chooseFields(want)
	for _, r := range t.Records {
		if r.Code != "" {
			a.skip(r.Line, r.Code)
			continue
		}
		a.row(r)
	}
	return a.file, nil
}

type attendanceReader struct {
	table            *Table
	file             *AttendanceFile
	came, reply, day int
	inverted         bool           // the outcome column is "no-show"
	means            map[int]string // columns that were named as a city, source or vacancy
	fields           []attendanceField
}

type attendanceField struct {
	column int
	key    string
	kind   attendanceKind
}

type attendanceKind int

const (
	attendText attendanceKind = iota
	attendAnswer
	attendNumber
	attendLeave
)

func (a *attendanceReader) skip(line int, why string) {
	a.file.Skipped = append(a.file.Skipped, AttendanceSkip{line, why})
}

func (a *attendanceReader) row(r Record) {
	cell := r.Cell(a.came)
	if cell == "" {
		a.skip(r.Line, "outcome_missing")
		return
	}
	came, why := outcomeOf(cell)
	if why != "" {
		a.skip(r.Line, why)
		return
	}
	row := Attendance{Line: r.Line, Came: came != a.inverted, Fields: map[string]string{}, Reply: attendSilent}
	if a.reply >= 0 {
		row.Reply = replyOf(r.Cell(a.reply))
	}
	if a.day >= 0 {
		row.Day = dayOf(r.Cell(a.day))
	}
	for _, f := range a.fields {
		v := r.Cell(f.column)
		switch f.kind {
		case attendAnswer:
			row.Fields[f.key] = answerOf(v)
		case attendText:
			row.Fields[f.key] = foldValue(v)
		case attendNumber:
			if n, ok := numberOf(v); ok {
				if row.Numbers == nil {
					row.Numbers = map[string]float64{}
				}
				row.Numbers[f.key] = n
			}
		case attendLeave:
		}
	}
	a.file.Rows = append(a.file.Rows, row)
}

// dayOf reads the day of a date cell, with whatever was added to it ("28.08.2016 & 9.30 AM").
func dayOf(s string) string {
	for _, cut := range []string{"&", ";", " at ", " в "} {
		if before, _, found := strings.Cut(s, cut); found {
			s = before
		}
	}
	s = strings.TrimSpace(s)
	// Dates with slashes are read day first: outside one country that is how they are written.
	if t, ok := ParseDate(s, DateOptions{DayFirst: true}); ok {
		return t.Format(time.DateOnly)
	}
	return foldValue(s)
}

// numberOf reads a number; "NaN" and "Inf", which a program wrote, are none.
func numberOf(s string) (float64, bool) {
	n, err := strconv.ParseFloat(strings.Replace(s, ",", ".", 1), 64)
	return n, err == nil && !math.IsNaN(n) && !math.IsInf(n, 0)
}

// foldValue makes different spellings of a text the same: case, spaces, punctuation at the ends.
func foldValue(s string) string {
	return strings.Trim(strings.Join(strings.Fields(strings.ToLower(s)), " "), " .,;:-–")
}

func (a *attendanceReader) findColumns(want AttendanceColumns) error {
	var err error
	var before AttendanceColumns
	if want.like != nil {
		before = want.like.Columns
	}
	find := func(option, header, before string, score func(i int, h string) int) int {
		if header == "-" || err != nil {
			return -1
		}
		if header != "" {
			i, _ := a.named(header)
			if i < 0 {
				err = fault.New(fault.Invalid, "column_unknown", "option", option)
			}
			return i
		}
		best, bestScore := -1, 0
		for i, h := range a.table.Headers {
			if before != "" && foldValue(h) == foldValue(before) {
				return i
			}
			if s := score(i, foldValue(h)); s > bestScore && i != a.came {
				best, bestScore = i, s
			}
		}
		return best
	}
	a.came = -1
	a.came = find("came", want.Came, before.Came, a.outcomeScore)
	a.reply = find("reply", want.Reply, before.Reply, a.replyScore)
	a.day = find("day", want.Day, before.Day, a.dayScore)
	if err != nil {
		return err
	}
	if a.came < 0 {
		return fault.New(fault.Invalid, "attendance_no_outcome")
	}
	header := foldValue(a.table.Headers[a.came])
	a.inverted = hasAny(header, "no-show", "no show", "noshow", "no_show", "неявка", "не яв", "absent")
	a.file.Columns = AttendanceColumns{Came: a.table.Headers[a.came]}
	if a.reply >= 0 {
		a.file.Columns.Reply = a.table.Headers[a.reply]
	}
	if a.day >= 0 {
		a.file.Columns.Day = a.table.Headers[a.day]
	}
	return nil
}

// sample calls yes for up to 2,000 filled cells of a column, and returns the share that it said yes to.
func (a *attendanceReader) sample(column int, yes func(string) bool) (share float64, filled int) {
	hits := 0
	for _, r := range a.table.Records {
		if c := r.Cell(column); c != "" && filled < 2000 {
			filled++
			if yes(c) {
				hits++
			}
		}
	}
	return float64(hits) / float64(max(filled, 1)), filled
}

// ReadAttendanceFile reads a file of past invitations in one go: the header is the first row if that
// names an outcome, else wherever Read finds it. Faults are Read's and ReadAttendance's.
func ReadAttendanceFile(name string, body []byte, opts ReadOptions, want AttendanceColumns) (*AttendanceFile, error) {
	if opts.HeaderRow == 0 {
		first := opts
		first.HeaderRow = 1
		if t, err := Read(name, body, first); err == nil {
			if f, err := ReadAttendance(t, want); err == nil || fault.CodeOf(err) == "file_only_header" || fault.CodeOf(err) == "invalid_input" {
				return f, err
			}
		}
	}
	t, err := Read(name, body, opts)
	if err != nil {
		return nil, err
	}
	return ReadAttendance(t, want)
}
