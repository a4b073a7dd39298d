package intake

import (
	"strings"
	"time"
)

// Ages at which somebody may apply. Outside them the birth date is a slip (1899, the day of filling
// in) and is left out.
const (
	youngest = 14
	oldest   = 100
)

// earliestResponse is older than any job board's export.
const earliestResponse = 2000

func (b *builder) birth() {
	c := b.cell(FieldBirth)
	if c == "" {
		return
	}
	fail := func(code string) { b.note(FieldBirth, code) }
	digits := strings.TrimSuffix(strings.TrimRight(strings.ToLower(c), " гр."), ".0")
	year, ok := number(digits, 4)
	full := time.Time{}
	if !ok || len(digits) != 4 {
		if full, ok = ParseDate(c, b.dates); !ok {
			fail(CodeDateInvalid)
			return
		}
		year = full.Year()
		// Two digits of a year: 61 may have been read as 2061's century or 15 as this one's.
		if now := b.o.Now; !now.IsZero() && year > now.Year()-youngest && !strings.Contains(c, full.Format("2006")) {
			full = full.AddDate(-100, 0, 0)
			year = full.Year()
		}
	}
	if now := b.o.Now; !now.IsZero() && (year > now.Year()-youngest || year < now.Year()-oldest) || year < 1900 {
		fail(CodeBirthInvalid)
		return
	}
	b.row.BirthYear = year
	if !full.IsZero() {
		b.row.BirthDate = full.Format(time.DateOnly)
	}
}

func (b *builder) responded() {
	c := b.cell(FieldRespondedAt)
	if c == "" {
		return
	}
	t, ok := ParseDate(c, b.dates)
	if !ok {
		b.note(FieldRespondedAt, CodeDateInvalid)
		return
	}
	// A day of grace: the board's zone may be ahead of ours.
	if now := b.o.Now; t.Year() < earliestResponse || !now.IsZero() && t.After(now.Add(24*time.Hour)) {
		b.note(FieldRespondedAt, CodeDateImplausible)
		return
	}
	b.row.RespondedAt = t
}

func (b *builder) text(f Field, most int) string {
	c, long := cut(b.cell(f), most)
	if long {
		b.note(f, CodeTooLong)
	}
	return c
}

func (b *builder) rest() {
	r := &b.row
	r.Source = strings.Join(strings.Fields(b.text(FieldSource, MaxShortText)), " ")
	r.Education = strings.Join(strings.Fields(b.text(FieldEducation, MaxShortText)), " ")
	r.Comment = b.text(FieldComment, MaxComment)
	if c := b.cell(FieldLanguage); c != "" {
		if r.Language = parseLanguage(c); r.Language == "" {
			b.note(FieldLanguage, CodeLanguage)
		}
	}
	if c := b.cell(FieldExperience); c != "" {
		if months, ok := parseExperience(c); ok {
			r.ExperienceMonths = &months
		} else {
			b.note(FieldExperience, CodeExperience)
		}
	}
	if c := b.cell(FieldPay); c != "" {
		var ok bool
		if r.ExpectedPay, r.PayCurrency, ok = parsePay(c); !ok {
			b.note(FieldPay, CodePay)
		}
	}
	if c := b.cell(FieldResume); c != "" {
		if r.ResumeLink = parseLink(c); r.ResumeLink == "" {
			b.note(FieldResume, CodeLink)
		}
	}
}
