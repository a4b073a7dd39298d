package store

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/intake"
)

// Response is one response to a vacancy as a form, the API or HR by hand gives it.
type Response struct {
	Vacancy     uuid.UUID
	Source      *uuid.UUID
	Name        string
	FirstName   string // "": told from Name
	Email       string
	Phone       string
	City        string
	BirthYear   int // 0: unknown
	Language    string
	Comment     string
	RespondedAt time.Time // zero: when the act happens
	Consent     string    // version of the text consented to; "" for none
	Acknowledge bool      // queue the acknowledgement mail, if there is an address
	// Public says the response comes from the open form: the vacancy must be open and public, an e-mail
	// address is needed, only that address tells who it is, and nothing known about a person is changed.
	Public bool
}

// Responded is what became of a response; the journal keeps it.
type Responded struct {
	Application uuid.UUID   `json:"application"`
	Person      uuid.UUID   `json:"person"`
	Outcome     string      `json:"outcome"`            // added, joined (known person), repeated (has applied already)
	Probable    []uuid.UUID `json:"probable,omitempty"` // people who are probably the same
}

// The outcomes of a response, of a row of a file, and of a bulk change.
const (
	Added    = "added"    // a new person
	Joined   = "joined"   // a known person, a new application
	Repeated = "repeated" // has applied to this vacancy already
	Refused  = "refused"  // the row cannot go in
	Rejected = "rejected"
	Skipped  = "skipped" // cannot be done any more

	Shortlisted = "shortlisted"
)

// MaxComment is the longest comment of a response, in characters.
const MaxComment = intake.MaxComment

// ResponseNote is what a response said beyond a person's own data, as it said it; kept as a document.
type ResponseNote struct {
	Comment          string   `json:"comment,omitempty"`
	Email            string   `json:"email,omitempty"` // where the person is known under another
	Phone            string   `json:"phone,omitempty"`
	OtherPhone       string   `json:"other_phone,omitempty"`
	Source           string   `json:"source,omitempty"` // as the file names it
	ExperienceMonths *int     `json:"experience_months,omitempty"`
	Education        string   `json:"education,omitempty"`
	ExpectedPay      int64    `json:"expected_pay,omitempty"` // whole units a month
	PayCurrency      string   `json:"pay_currency,omitempty"`
	ResumeLink       string   `json:"resume_link,omitempty"`
	Codes            []string `json:"codes,omitempty"` // values of the row that were left out: "<field>:<code>"
}

func (n ResponseNote) empty() bool {
	raw, _ := json.Marshal(n)
	return string(raw) == "{}"
}

// document is the note's row, linked from the start.
func (n ResponseNote) document(key string, at time.Time) Document {
	raw, _ := json.Marshal(n) // strings and numbers only
	return Document{ID: uuid.New(), Key: key, Kind: "response", MediaType: "application/json", Body: raw, CreatedAt: at, LinkedAt: &at}
}

// Normalise returns the response with one spelling of everything, or fault invalid_input with fields
// name, email, phone, city, birth_year, language, comment, consent (public form without one).
func (r Response) Normalise(now time.Time) (Response, error) {
	var f fault.Fields
	var err error
	if r.Name, err = intake.NormaliseName(r.Name); err != nil {
		f.Add("name", fault.CodeOf(err))
	}
	if r.FirstName != "" {
		if r.FirstName, err = intake.NormaliseName(r.FirstName); err != nil {
			f.Add("first_name", fault.CodeOf(err))
		}
	}
	if r.Email != "" || r.Public {
		if r.Email, err = intake.NormaliseEmail(r.Email); err != nil {
			f.Add("email", fault.CodeOf(err))
		}
	}
	if r.Phone != "" {
		if r.Phone, err = intake.NormalisePhone(r.Phone); err != nil {
			f.Add("phone", fault.CodeOf(err))
		}
	}
	f.Require(r.Email != "" || r.Phone != "", "email", "row_no_contact")
	f.Require(CheckText(r.City) == nil, "city", "invalid_text")
	r.City = intake.NormaliseCity(r.City)
	f.Require(r.BirthYear == 0 || r.BirthYear >= 1900 && r.BirthYear <= now.Year()-14, "birth_year", "birth_implausible")
	f.Require(r.Language == "" || slices.Contains(Languages, r.Language), "language", "invalid_choice")
	text(&f, "comment", r.Comment, false, MaxComment, "5000")
	f.Require(!r.Public || r.Consent != "", "consent", "must_accept")
	if r.RespondedAt.IsZero() {
		r.RespondedAt = now
	}
	f.Require(!r.RespondedAt.After(now.Add(24*time.Hour)), "responded_at", "in_future")
	return r, f.Err()
}

// AddResponse takes in one response, once for the act's key: finds the person by e-mail or telephone or
// makes one, adds his application, the acknowledgement mail and the consent, in one transaction. Whoever
// has applied already changes nothing (Outcome Repeated). Faults: invalid_input; not_found (vacancy, or
// one that is not open to this form); conflict vacancy_closed; key_reused.
//
// The answer tells whether the person was known: a public form must not show it.
func (c *Catalog) AddResponse(ctx context.Context, act Act, r Response) (out Responded, err error) {
	if r, err = r.Normalise(act.Business); err != nil {
		return out, err
	}
	args := []any{r.Vacancy, r.Source, r.Name, r.FirstName, r.Email, r.Phone, r.City, r.BirthYear, r.Language, r.Comment, r.Consent, r.Acknowledge, r.Public}
	id := act.NewID()
	_, err = c.onCatalogue(ctx, act, "application/"+id.String(), "application.respond", args, &out, func(ctx context.Context, tx bun.Tx) error {
		if err := c.openFor(ctx, tx, r); err != nil {
			return err
		}
		out, err = respond(ctx, tx, act.Business, id, r)
		return err
	})
	if violates(err, "application_source_id_fkey") {
		return out, field("source", "unknown")
	}
	return out, err
}

func (c *Catalog) openFor(ctx context.Context, tx bun.Tx, r Response) error {
	v, err := (&Reader{tx}).Vacancy(ctx, r.Vacancy)
	switch {
	case err != nil:
		return err
	case r.Public && (!v.Public || v.State == VacancyDraft):
		return fault.Missing("vacancy")
	case v.State == VacancyClosed:
		return fault.New(fault.Conflict, "vacancy_closed")
	}
	return nil
}

func respond(ctx context.Context, tx bun.Tx, at time.Time, id uuid.UUID, r Response) (Responded, error) {
	given := newPerson(r.Name, r.FirstName, r.Email, r.Phone, r.City, r.BirthYear, r.Language, at)
	person, known, err := findOrAdd(ctx, tx, given, r.Public)
	if err != nil {
		return Responded{}, err
	}
	out := Responded{Application: id, Person: person.ID, Outcome: Added}
	if known {
		out.Outcome = Joined
	}
	note := ResponseNote{Comment: r.Comment}
	if r.Email != person.Email {
		note.Email = r.Email
	}
	if r.Phone != person.Phone {
		note.Phone = r.Phone
	}
	var comment *uuid.UUID
	if !note.empty() {
		doc := note.document("application/"+id.String()+"/response", at)
		if _, err := tx.NewInsert().Model(&doc).Exec(ctx); err != nil {
			return out, err
		}
		comment = &doc.ID
	}
	app := Application{
		ID: id, PersonID: person.ID, VacancyID: r.Vacancy, SourceID: r.Source, State: hiring.Responded, CommentID: comment,
		ConsentVersion: r.Consent, LinkGeneration: 1, RespondedAt: r.RespondedAt, ChangedAt: at, Version: 1,
	}
	if r.Consent != "" {
		app.ConsentAt = &at
	}
	before, err := appliedTo(ctx, tx, r.Vacancy, []uuid.UUID{person.ID}) // by any of his records
	if err != nil {
		return out, err
	}
	var added int64
	if before[person.ID] == uuid.Nil {
		res, err := tx.NewInsert().Model(&app).On("CONFLICT (person_id, vacancy_id) DO NOTHING").Exec(ctx)
		if err != nil {
			return out, err
		}
		added, _ = res.RowsAffected()
	}
	if added == 0 {
		if comment != nil {
			if _, err := tx.NewDelete().Model((*Document)(nil)).Where("id = ?", *comment).Exec(ctx); err != nil {
				return out, err
			}
		}
		out.Outcome = Repeated
		if out.Application = before[person.ID]; out.Application != uuid.Nil {
			return out, nil
		}
		return out, tx.NewSelect().Model((*Application)(nil)).Column("id").Where("person_id = ? AND vacancy_id = ?", person.ID, r.Vacancy).Scan(ctx, &out.Application)
	}
	if r.Acknowledge && person.Email != "" {
		if err := queueMail(ctx, tx, acknowledgement(id, at)); err != nil {
			return out, err
		}
	}
	given.ID, given.MergedInto = person.ID, person.MergedInto // what the response says, of the person it came from
	same, err := probablySame(ctx, tx, given)
	for _, p := range same {
		out.Probable = append(out.Probable, p.ID)
	}
	return out, err
}

func acknowledgement(application uuid.UUID, at time.Time) OutgoingMail {
	return OutgoingMail{
		Key: "application/" + application.String() + "/acknowledgement/1", Kind: "acknowledgement", ApplicationID: &application,
		DueAt: at, CreatedAt: at,
	}
}

// findOrAdd returns the person with this e-mail, else this telephone, completing what is blank; or adds
// him. With strict only the e-mail tells, and nothing is completed: whoever fills in an open form may
// type anyone's telephone, and must not so receive that person's mail.
func findOrAdd(ctx context.Context, tx bun.Tx, given Person, strict bool) (Person, bool, error) {
	for try := 0; ; try++ {
		var emails, phones []string
		if given.Email != "" {
			emails = []string{given.Email}
		}
		if given.Phone != "" && !strict {
			phones = []string{given.Phone}
		}
		byEmail, byPhone, err := peopleBy(ctx, tx, emails, phones)
		if err != nil {
			return given, false, err
		}
		found, known := byEmail[given.Email]
		if !known {
			found, known = byPhone[given.Phone]
		}
		if known {
			if strict || !found.fill(given) {
				return found, true, nil
			}
			found.Version++
			_, err := tx.NewUpdate().Model(&found).WherePK().Column("email", "phone", "city", "birth_year", "language", "version").Exec(ctx)
			return found, true, err
		}
		res, err := tx.NewInsert().Model(&given).On("CONFLICT (email) WHERE email <> '' AND merged_into IS NULL DO NOTHING").Exec(ctx)
		if err != nil {
			return given, false, err
		}
		if n, _ := res.RowsAffected(); n == 1 || try == 3 {
			return given, false, nil
		}
		// Another response of the same person came in this moment; it is committed now, so find it.
	}
}
