package intake

import (
	"slices"
	"strings"
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

// Rename gives the columns of these headers the names of the facts they mean, in every row. A header
// that no row has changes nothing.
func (f *AttendanceFile) Rename(meaning map[string]string) {
	for _, field := range []string{"city", "source", "vacancy"} {
		from := foldValue(meaning[field])
		if from == "" || from == field {
			continue
		}
		for _, r := range f.Rows {
			if v, ok := r.Fields[from]; ok {
				r.Fields[field] = v
				delete(r.Fields, from)
			}
		}
	}
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
