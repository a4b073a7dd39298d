package intake

import (
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/stazh/stazh/workflows/fault"
)

// Bounds of free text, in letters; longer text is cut with a note.
const (
	MaxShortText = 200  // source, education
	MaxComment   = 5000 // comment
)

// Row is one response, normalised. Unknown values are zero.
type Row struct {
	Line       int    `json:"line"`
	Name       string `json:"name"` // the whole name as it is to be shown
	FirstName  string `json:"first_name,omitempty"`
	LastName   string `json:"last_name,omitempty"`
	Patronymic string `json:"patronymic,omitempty"`
	Email      string `json:"email,omitempty"`
	Phone      string `json:"phone,omitempty"`
	// OtherPhone is a second number from the contacts column.
	OtherPhone       string    `json:"other_phone,omitempty"`
	City             string    `json:"city,omitempty"`
	BirthYear        int       `json:"birth_year,omitempty"`
	BirthDate        string    `json:"birth_date,omitempty"` // 2006-01-02; "" when only the year is known
	RespondedAt      time.Time `json:"responded_at,omitzero"`
	Source           string    `json:"source,omitempty"`
	Language         string    `json:"language,omitempty"`          // en, bg, ru
	ExperienceMonths *int      `json:"experience_months,omitempty"` // nil is unknown, 0 is none
	Education        string    `json:"education,omitempty"`
	ExpectedPay      int64     `json:"expected_pay,omitempty"` // whole units a month, the lower end of a range
	PayCurrency      string    `json:"pay_currency,omitempty"` // ISO 4217; "" when none was written
	Comment          string    `json:"comment,omitempty"`
	ResumeLink       string    `json:"resume_link,omitempty"`
	// DuplicateOf is the line of the first row with this e-mail or telephone, 0 when there is none.
	DuplicateOf int        `json:"duplicate_of,omitempty"`
	Notes       []RowError `json:"notes,omitempty"` // values that were left out or cut
}

// Identity returns what tells this person apart.
func (r Row) Identity() Identity {
	return Identity{Name: r.Name, Email: r.Email, Phone: r.Phone, BirthYear: r.BirthYear, City: r.City}
}

// RowError says why a row did not go in, or (in Notes) why a value did not. It holds no value.
type RowError struct {
	Line  int    `json:"line"`
	Field Field  `json:"field,omitempty"`
	Code  string `json:"code"`
}

// Error implements error for logs.
func (e RowError) Error() string { return fmt.Sprintf("line %d: %s %s", e.Line, e.Field, e.Code) }

// RowOptions say how to read what the file does not say.
type RowOptions struct {
	DefaultZone *time.Location // of times without an offset; nil is UTC
	DayFirst    bool           // 1/2/26 is the first of February
	Now         time.Time      // to judge dates by; zero judges none
}

// Rows yields each record of t as a Row, or with a *RowError when it cannot go in: no name, or no
// usable e-mail or telephone (the code of the bad one, if there was one). Rows with the same e-mail or
// telephone as an earlier one are yielded with DuplicateOf set. m should have passed Check; columns that
// do not exist are read as blank.
func Rows(t *Table, m Mapping, o RowOptions) iter.Seq2[Row, *RowError] {
	column := map[Field]int{}
	for i, h := range t.Headers {
		if f := m.FieldOf(h); f != "" {
			column[f] = i
		}
	}
	return func(yield func(Row, *RowError) bool) {
		first := map[string]int{}
		for _, rec := range t.Records {
			b := builder{rec: rec, column: column, o: o, dates: DateOptions{o.DefaultZone, o.DayFirst, o.Now, t.Date1904}}
			row, bad := b.build()
			if bad == nil {
				for _, key := range []string{row.Email, row.Phone} {
					if line, again := first[key]; again && key != "" {
						row.DuplicateOf = line
						break
					}
				}
				// A duplicate's other contact leads to the same first row.
				for _, key := range []string{row.Email, row.Phone} {
					if _, again := first[key]; !again && key != "" {
						first[key] = row.Line
						if row.DuplicateOf != 0 {
							first[key] = row.DuplicateOf
						}
					}
				}
			}
			if !yield(row, bad) {
				return
			}
		}
	}
}

type builder struct {
	rec    Record
	column map[Field]int
	o      RowOptions
	dates  DateOptions
	row    Row
}

func (b *builder) cell(f Field) string {
	i, ok := b.column[f]
	if !ok {
		return ""
	}
	switch c := b.rec.Cell(i); strings.ToLower(c) {
	case "-", "--", "—", "–", "n/a", "na", "null", "nil", "none", "нет", "не указано", "не указан", "не указана", "няма", "#n/a":
		switch f {
		case FieldExperience:
			return c // "нет" is an answer there
		case FieldName, FieldFirstName, FieldLastName:
			if strings.EqualFold(c, "na") {
				return c // a Korean surname
			}
		}
		return ""
	default:
		return c
	}
}

func (b *builder) note(f Field, code string) {
	b.row.Notes = append(b.row.Notes, RowError{b.rec.Line, f, code})
}

func (b *builder) build() (Row, *RowError) {
	b.row.Line = b.rec.Line
	refuse := func(f Field, code string) (Row, *RowError) {
		return Row{Line: b.rec.Line}, &RowError{b.rec.Line, f, code}
	}
	if b.rec.Code != "" {
		return refuse("", b.rec.Code)
	}
	if f, code := b.name(); code != "" {
		return refuse(f, code)
	}
	if f, code := b.contacts(); code != "" {
		return refuse(f, code)
	}
	b.row.City = NormaliseCity(b.cell(FieldCity))
	b.birth()
	b.responded()
	b.rest()
	return b.row, nil
}

func (b *builder) name() (Field, string) {
	parts := map[Field]*string{FieldName: &b.row.Name, FieldFirstName: &b.row.FirstName, FieldLastName: &b.row.LastName, FieldPatronymic: &b.row.Patronymic}
	for _, f := range []Field{FieldName, FieldLastName, FieldFirstName, FieldPatronymic} {
		c := b.cell(f)
		if c == "" {
			continue
		}
		v, err := NormaliseName(c)
		if err != nil {
			return f, fault.CodeOf(err)
		}
		*parts[f] = v
	}
	r := &b.row
	if r.Name == "" {
		words := []string{r.FirstName, r.Patronymic, r.LastName}
		// The Russian custom is surname first where there is a patronymic.
		if patronymic(r.Patronymic) {
			words = []string{r.LastName, r.FirstName, r.Patronymic}
		}
		r.Name = strings.Join(strings.Fields(strings.Join(words, " ")), " ")
	} else if r.FirstName == "" && r.LastName == "" {
		p := SplitName(r.Name)
		r.FirstName, r.Patronymic, r.LastName = p.First, p.Middle, p.Last
	}
	if r.Name == "" {
		return FieldName, CodeNoName
	}
	return "", ""
}

// contacts refuses only when nothing usable is left; one bad contact beside a good one is a note.
func (b *builder) contacts() (Field, string) {
	r := &b.row
	var badField Field
	badCode := ""
	read := func(f Field, normalise func(string) (string, error)) string {
		c := b.cell(f)
		if c == "" {
			return ""
		}
		v, err := normalise(c)
		if err == nil {
			return v
		}
		if badCode == "" {
			badField, badCode = f, fault.CodeOf(err)
		}
		b.note(f, fault.CodeOf(err))
		// E-mail in the telephone column and the other way round are common slips.
		e, p := findContacts(c)
		r.Email, r.Phone = first(r.Email, e), first(r.Phone, p)
		return ""
	}
	email := read(FieldEmail, NormaliseEmail)
	phone := read(FieldPhone, NormalisePhone)
	r.Email, r.Phone = first(email, r.Email), first(phone, r.Phone)
	if c := b.cell(FieldContacts); c != "" {
		e, p := findContacts(c)
		r.Email = first(r.Email, e)
		if r.Phone == "" {
			r.Phone = p
		} else if p != r.Phone {
			r.OtherPhone = p
		}
	}
	if r.Email != "" || r.Phone != "" {
		return "", ""
	}
	if badCode != "" {
		return badField, badCode
	}
	return FieldEmail, CodeNoContact
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
