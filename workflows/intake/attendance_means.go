package intake

import (
	"slices"
	"strings"

	"github.com/stazh/stazh/workflows/fault"
)

// meanings are the facts that every installation knows itself, and how firms head their columns.
var meanings = []struct {
	field string
	words []string
}{
	{"city", []string{"city", "location", "interview venue", "town", "град", "город", "филиал"}},
	{"source", []string{"source", "channel", "job board", "источник", "канал", "източник"}},
	{"vacancy", []string{"vacancy", "position", "role", "job title", "вакансия", "должность", "позиция", "длъжност"}},
}

// GuessMeanings finds, among the headers that are learned from, those that mean a city, a source and a
// vacancy: by field, the header. The header that is the word wins over one that contains it.
func GuessMeanings(learned []string) map[string]string {
	out, taken := map[string]string{}, map[string]bool{}
	for _, exact := range []bool{true, false} {
		for _, m := range meanings {
			for _, h := range learned {
				folded := foldValue(h)
				hit := slices.Contains(m.words, folded)
				if !exact {
					hit = hasAny(folded, m.words...)
				}
				if hit && out[m.field] == "" && !taken[h] {
					out[m.field], taken[h] = h, true
				}
			}
		}
	}
	return out
}

// findMeanings finds the columns that were named as a city, a source and a vacancy. Each must be one column of the
// file, and none of another use: what is chosen twice would vanish from one of the two without a word.
func (a *attendanceReader) findMeanings(want AttendanceColumns) error {
	var f fault.Fields
	f.Require(a.reply < 0 || a.reply != a.came, "reply", "column_twice")
	f.Require(a.day < 0 || a.day != a.came && a.day != a.reply, "day", "column_twice")
	a.means = map[int]string{}
	used := map[int]bool{a.came: true, a.reply: true, a.day: true}
	for _, m := range []struct{ field, header string }{{"city", want.City}, {"source", want.Source}, {"vacancy", want.Vacancy}} {
		key := foldValue(m.header)
		if key == "" { // "-" too
			continue
		}
		column, alike := a.named(m.header)
		if column < 0 {
			return fault.New(fault.Invalid, "column_unknown", "option", m.field)
		}
		f.Require(!alike, m.field, "column_alike")
		f.Require(!used[column], m.field, "column_twice")
		f.Require(!slices.ContainsFunc(want.Ignore, func(h string) bool { return foldValue(h) == key }), m.field, "column_left_out")
		f.Require(!protectedHeader(key) && !personalHeader(key), m.field, "column_personal")
		used[column], a.means[column] = true, m.field
	}
	return f.Err()
}

// named finds a column by its header: as it is written, else whatever its case and spaces. It is -1 when there is none;
// alike says that more than one would do.
func (a *attendanceReader) named(header string) (column int, alike bool) {
	if i := slices.Index(a.table.Headers, header); i >= 0 {
		return i, false
	}
	column = -1
	for i, h := range a.table.Headers {
		if foldValue(h) == foldValue(header) {
			column, alike = i, column >= 0
		}
	}
	return column, alike
}

// meant asks whether a column was named for this fact.
func (a *attendanceReader) meant(field string) bool {
	for _, m := range a.means {
		if m == field {
			return true
		}
	}
	return false
}

// personalWords head columns that name or reach a person, personalHeaders do when nothing else stands
// there ("client name" is none of them).
var (
	personalWords = []string{
		"фио", "имя", "фамилия", "отчество", "име", "презиме", "телефон", "тел", "почта", "имейл", "комментарий", "комментарии", "коментар", "бележка",
		"surname", "email", "e-mail", "mail", "phone", "mobile", "telephone", "comment", "comments", "note", "notes", "address", "адрес",
	}
	personalHeaders = []string{"name", "names", "full name", "first name", "last name", "candidate name", "candidate", "applicant", "ф.и.о", "кандидат", "соискатель"}
)

// personalHeader asks whether a column of few different values may still name people: a small file, or
// one in which people come back.
func personalHeader(header string) bool {
	return slices.Contains(personalHeaders, header) || slices.ContainsFunc(strings.FieldsFunc(header, func(r rune) bool {
		return strings.ContainsRune(" _/()[],.?:", r)
	}), func(w string) bool { return slices.Contains(personalWords, w) })
}
