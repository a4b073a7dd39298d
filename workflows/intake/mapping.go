package intake

import (
	"slices"
	"strings"
	"unicode"

	"github.com/stazh/stazh/workflows/fault"
)

// Mapping says which column is which field. It names columns by header, not by number, so that one
// saved for a source fits the next file even if a column was added. It is plain JSON:
// {"columns":{"email":"E-mail","name":"ФИО"}}.
type Mapping struct {
	Columns map[Field]string `json:"columns"`
}

// FieldOf returns the field that a header is mapped to, "" for none.
func (m Mapping) FieldOf(header string) Field {
	for _, f := range FieldList() {
		if h, ok := m.Columns[f]; ok && h == header {
			return f
		}
	}
	return ""
}

// Check judges a mapping against a table's headers. Fault: invalid_input with a code for each field:
// mapping_column_missing (no such header), mapping_column_twice (the header has another field
// already), mapping_no_name (on "name": neither name nor first or last name), mapping_no_contact (on
// "email": none of e-mail, phone, contacts), mapping_field_unknown (on "columns").
func (m Mapping) Check(headers []string) error {
	var bad fault.Fields
	used := map[string]bool{}
	known := 0
	for _, f := range FieldList() {
		h, ok := m.Columns[f]
		if !ok {
			continue
		}
		known++
		bad.Require(slices.Contains(headers, h), string(f), "mapping_column_missing")
		bad.Require(!used[h], string(f), "mapping_column_twice")
		used[h] = true
	}
	bad.Require(known == len(m.Columns), "columns", "mapping_field_unknown")
	bad.Require(m.has(FieldName, FieldFirstName, FieldLastName), string(FieldName), "mapping_no_name")
	bad.Require(m.has(FieldEmail, FieldPhone, FieldContacts), string(FieldEmail), "mapping_no_contact")
	return bad.Err()
}

func (m Mapping) has(fields ...Field) bool {
	return slices.ContainsFunc(fields, func(f Field) bool { _, ok := m.Columns[f]; return ok })
}

// SampleRows is how many rows GuessMapping looks into.
const SampleRows = 200

// GuessMapping proposes a mapping from the column names, checked against and completed from what the
// cells look like. It may be incomplete; Check says what is missing.
func GuessMapping(headers []string, sample []Record) Mapping {
	sample = sample[:min(len(sample), SampleRows)]
	m := Mapping{Columns: map[Field]string{}}
	taken := make([]bool, len(headers))
	looks := make([]look, len(headers))
	for i := range headers {
		looks[i] = lookAt(sample, i)
	}
	take := func(f Field, i int) {
		if _, ok := m.Columns[f]; !ok && !taken[i] {
			m.Columns[f], taken[i] = headers[i], true
		}
	}
	for strength := 2; strength > 0; strength-- {
		for i, h := range headers {
			if f, s := fieldOfHeader(h); s == strength && !looks[i].contradicts(f) {
				take(f, i)
			}
		}
	}
	for _, f := range []Field{FieldEmail, FieldPhone, FieldResume, FieldContacts, FieldBirth, FieldRespondedAt, FieldName} {
		if f == FieldName && m.has(FieldName, FieldFirstName, FieldLastName) {
			continue
		}
		if f == FieldContacts && m.has(FieldEmail) && m.has(FieldPhone) {
			continue
		}
		for i := range headers {
			if !taken[i] && looks[i].suggests(f) {
				take(f, i)
				break
			}
		}
	}
	// A second telephone is worth keeping where the first is blank.
	for i, h := range headers {
		if f, s := fieldOfHeader(strings.TrimSuffix(h, " (2)")); s > 0 && !taken[i] && !looks[i].contradicts(f) && (f == FieldPhone || f == FieldEmail) {
			take(FieldContacts, i)
		}
	}
	// "Имя" or "Name" is the whole name only when no surname has a column.
	if h, ok := m.Columns[FieldName]; ok && m.has(FieldLastName) && !m.has(FieldFirstName) {
		delete(m.Columns, FieldName)
		m.Columns[FieldFirstName] = h
	}
	return m
}

// look counts what the cells of one column are.
type look struct {
	filled                                          int
	email, phone, contacts, link, birth, date, name int
	distinct                                        map[string]bool
}

func lookAt(sample []Record, column int) look {
	l := look{distinct: map[string]bool{}}
	for _, r := range sample {
		c := r.Cell(column)
		if c == "" {
			continue
		}
		l.filled++
		l.distinct[c] = true
		if _, err := NormaliseEmail(c); err == nil {
			l.email++
		}
		if _, err := NormalisePhone(c); err == nil {
			l.phone++
		}
		if e, p := findContacts(c); e != "" || p != "" {
			l.contacts++
		}
		if strings.Contains(c, "://") && parseLink(c) != "" {
			l.link++
		}
		if t, ok := ParseDate(c, DateOptions{DayFirst: true}); ok {
			// Who applies was born before 2015, and no response is older.
			if t.Year() < 2015 {
				l.birth++
			} else {
				l.date++
			}
		}
		if looksLikeName(c) {
			l.name++
		}
	}
	return l
}

func looksLikeName(c string) bool {
	words := strings.Fields(c)
	if len(words) < 2 || len(words) > 4 {
		return false
	}
	for _, w := range words {
		for i, r := range w {
			if !unicode.IsLetter(r) && !strings.ContainsRune("-.'’", r) || i == 0 && !unicode.IsUpper(r) {
				return false
			}
		}
	}
	return true
}

// contradicts says that a column called f holds hardly any f.
func (l look) contradicts(f Field) bool {
	if l.filled < 3 {
		return false
	}
	switch f {
	case FieldEmail:
		return l.email*5 < l.filled
	case FieldPhone:
		return l.phone*5 < l.filled
	case FieldName:
		return l.email*2 > l.filled || l.phone*2 > l.filled
	}
	return false
}

// suggests says that a column looks like f in at least three cells of five.
func (l look) suggests(f Field) bool {
	most := func(n int) bool { return l.filled > 0 && n*5 >= l.filled*3 }
	switch f {
	case FieldEmail:
		return most(l.email)
	case FieldPhone:
		return most(l.phone)
	case FieldContacts:
		return most(l.contacts)
	case FieldResume:
		return most(l.link)
	case FieldBirth:
		return most(l.birth)
	case FieldRespondedAt:
		return most(l.date)
	case FieldName:
		return most(l.name) && len(l.distinct)*2 > l.filled
	}
	return false
}

// findContacts takes the first e-mail and telephone out of a text.
func findContacts(s string) (email, phone string) {
	if v, err := NormaliseEmail(s); err == nil {
		email = v
	}
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return strings.ContainsRune(",;/|\n", r) }) {
		// Letters around a number ("моб. 8 916 ...", "WhatsApp: +359 ...") are no part of it.
		part = strings.TrimFunc(part, func(r rune) bool { return r != '+' && r != '(' && !unicode.IsDigit(r) })
		if v, err := NormalisePhone(part); err == nil {
			return email, v
		}
		for _, word := range strings.Fields(part) {
			if v, err := NormalisePhone(word); err == nil {
				return email, v
			}
		}
	}
	return email, phone
}
