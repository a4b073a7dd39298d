package api

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/intake"
)

// ResponseCommand is one response to a vacancy.
type ResponseCommand struct {
	Vacancy     string    `json:"vacancy" format:"uuid" maxLength:"36"`
	Source      string    `json:"source,omitempty" format:"uuid" maxLength:"36"`
	Name        string    `json:"name" maxLength:"500" example:"Ivanova Anna"`
	FirstName   string    `json:"first_name,omitempty" maxLength:"200" doc:"Left out: told from the name."`
	Email       string    `json:"email,omitempty" maxLength:"500" doc:"An address or a telephone number is needed."`
	Phone       string    `json:"phone,omitempty" maxLength:"500"`
	City        string    `json:"city,omitempty" maxLength:"200"`
	BirthYear   int       `json:"birth_year,omitempty"`
	Language    string    `json:"language,omitempty" enum:"en,bg,ru" doc:"To write to the person in."`
	Comment     string    `json:"comment,omitempty" maxLength:"5000"`
	RespondedAt time.Time `json:"responded_at,omitzero" doc:"Left out: now."`
	Consent     string    `json:"consent,omitempty" maxLength:"100" doc:"Version of the text the person consented to."`
	Acknowledge bool      `json:"acknowledge,omitempty" doc:"Tell the person by mail that the response arrived."`
}

// Responded is what became of a response.
type Responded struct {
	Application uuid.UUID   `json:"application"`
	Person      uuid.UUID   `json:"person"`
	Outcome     string      `json:"outcome" enum:"added,joined,repeated" doc:"added: a new person; joined: a known one; repeated: has applied to this vacancy already, nothing changed."`
	Probable    []uuid.UUID `json:"probable" doc:"People who are probably the same."`
}

// RejectionsCommand prepares a bulk rejection.
type RejectionsCommand struct {
	Applications []string `json:"applications" minItems:"1" maxItems:"5000"`
	Reason       string   `json:"reason" maxLength:"50" doc:"One of reject's reasons."`
	NoMail       bool     `json:"no_mail,omitempty"`
}

// ShortlistingsCommand names the applications to put on the shortlist.
type ShortlistingsCommand struct {
	Applications []string `json:"applications" minItems:"1" maxItems:"5000"`
}

// Batch is a file of responses, or a bulk rejection or shortlisting, worked off in the background.
type Batch struct {
	ID         uuid.UUID           `json:"id"`
	Kind       string              `json:"kind" enum:"import,reject,shortlist"`
	Vacancy    *uuid.UUID          `json:"vacancy,omitempty"`
	Source     *uuid.UUID          `json:"source,omitempty"`
	State      string              `json:"state" enum:"preview,running,done,reverting,reverted"`
	Settings   store.BatchSettings `json:"settings"`
	Total      int                 `json:"total" doc:"Rows in the file."`
	Position   int                 `json:"position" doc:"Rows worked off."`
	Added      int                 `json:"added"`
	Joined     int                 `json:"joined" doc:"Known person, new application."`
	Repeated   int                 `json:"repeated" doc:"Had applied already."`
	Refused    int                 `json:"refused"`
	Reverted   int                 `json:"reverted"`
	Kept       int                 `json:"kept" doc:"Touched since, so not reverted."`
	CreatedBy  string              `json:"created_by"`
	CreatedAt  time.Time           `json:"created_at"`
	FinishedAt *time.Time          `json:"finished_at,omitempty"`
	Version    int                 `json:"version"`
}

// BatchRow is what became of one row.
type BatchRow struct {
	Line        int        `json:"line"`
	Outcome     string     `json:"outcome" enum:"added,joined,repeated,refused,rejected,shortlisted,skipped"`
	Code        string     `json:"code,omitempty" doc:"Why it was refused or kept."`
	Field       string     `json:"field,omitempty"`
	Application *uuid.UUID `json:"application,omitempty"`
	Name        string     `json:"name,omitempty"`

	Cells map[intake.Field]string `json:"cells,omitempty" doc:"What a refused row said, by field; kept for 14 days after the import."`
}

func batchOf(b store.Batch) Batch {
	return Batch{
		ID: b.ID, Kind: b.Kind, Vacancy: b.VacancyID, Source: b.SourceID, State: b.State, Settings: b.Settings, Total: b.Total, Position: b.Position,
		Added: b.Added, Joined: b.Joined, Repeated: b.Repeated, Refused: b.Refused, Reverted: b.Reverted, Kept: b.Kept,
		CreatedBy: b.CreatedBy, CreatedAt: b.CreatedAt, FinishedAt: b.FinishedAt, Version: b.Version,
	}
}

func optionalID(text string) *uuid.UUID {
	id := parseID(text)
	if id == uuid.Nil {
		return nil
	}
	return &id
}

func (a *API) intake() {
	at := func(id, method, path, summary, doc string) op {
		return op{id: id, method: method, path: path, tag: "Intake", summary: summary, doc: doc, access: auth.Roles(planners...)}
	}
	respond := at("add-response", http.MethodPost, "/responses", "Add a response", "Finds the person by address or telephone, or makes one, and his application.")
	respond.status = http.StatusCreated
	register(a, respond, a.addResponse)
	reject := at("prepare-rejections", http.MethodPost, "/rejections", "Prepare a bulk rejection", "It becomes a batch in preview; starting it rejects.")
	reject.status, reject.maxBody = http.StatusCreated, 512<<10
	register(a, reject, func(ctx context.Context, in *struct {
		KeyInput
		Body RejectionsCommand
	},
	) (*one[Batch], error) {
		return a.bulk(ctx, in.KeyInput, in.Body.Applications, func(ctx context.Context, act store.Act, ids []uuid.UUID) (uuid.UUID, error) {
			return a.Catalog.NewReject(ctx, act, ids, in.Body.Reason, in.Body.NoMail)
		})
	})
	shortlist := at("prepare-shortlisting", http.MethodPost, "/shortlistings", "Prepare a bulk shortlisting", "It becomes a batch in preview; starting it puts them on the shortlist.")
	shortlist.status, shortlist.maxBody = http.StatusCreated, 512<<10
	register(a, shortlist, func(ctx context.Context, in *struct {
		KeyInput
		Body ShortlistingsCommand
	},
	) (*one[Batch], error) {
		return a.bulk(ctx, in.KeyInput, in.Body.Applications, a.Catalog.NewShortlist)
	})
	register(a, at("list-batches", http.MethodGet, "/batches", "List imports and bulk rejections", "The newest first."), func(ctx context.Context, in *struct {
		PageInput
		Vacancy string `query:"vacancy" format:"uuid"`
	},
	) (*listOutput[Batch], error) {
		rows, next, err := a.Reader.Batches(ctx, optionalID(in.Vacancy), in.page())
		if err != nil {
			return nil, err
		}
		return listOf(rows, next, batchOf), nil
	})
	register(a, at("get-batch", http.MethodGet, "/batches/{id}", "Get a batch", ""), func(ctx context.Context, in *IDInput) (*one[Batch], error) {
		return a.batch(ctx, in.uuid())
	})
	register(a, at("list-batch-rows", http.MethodGet, "/batches/{id}/rows", "List what became of each row", "In the order of lines; code=kept lists what a revert left."), a.batchRows)
	start := at("start-batch", "", "/batches/{id}/start", "Start a batch that was previewed", "It is worked off in the background; get-batch shows how far.")
	bare(a, start, workflows.StartBatch)
	bare(a, at("revert-batch", "", "/batches/{id}/revert", "Take a finished batch back", "What an import added and nobody has touched is removed, a bulk change is undone; the others are listed."), workflows.RevertBatch)
	a.imports()
	a.people()
}

// bulk prepares a change of many applications.
func (a *API) bulk(ctx context.Context, key KeyInput, texts []string, prepare func(context.Context, store.Act, []uuid.UUID) (uuid.UUID, error)) (*one[Batch], error) {
	act, err := a.act(ctx, auth.From(ctx), key)
	if err != nil {
		return nil, err
	}
	var ids []uuid.UUID
	var f fault.Fields
	for _, text := range texts {
		id, err := uuid.Parse(text)
		f.Require(err == nil, "applications", "not_an_id")
		ids = append(ids, id)
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	id, err := prepare(ctx, act, ids)
	if err != nil {
		return nil, err
	}
	return a.batch(ctx, id)
}

func (a *API) batch(ctx context.Context, id uuid.UUID) (*one[Batch], error) {
	row, err := a.Reader.Batch(ctx, id)
	if err != nil {
		return nil, err
	}
	return &one[Batch]{batchOf(row)}, nil
}

func (a *API) addResponse(ctx context.Context, in *struct {
	KeyInput
	Body ResponseCommand
},
) (*one[Responded], error) {
	act, err := a.act(ctx, auth.From(ctx), in.KeyInput)
	if err != nil {
		return nil, err
	}
	b := in.Body
	out, err := a.Catalog.AddResponse(ctx, act, store.Response{
		Vacancy: parseID(b.Vacancy), Source: optionalID(b.Source), Name: b.Name, FirstName: b.FirstName, Email: b.Email, Phone: b.Phone, City: b.City,
		BirthYear: b.BirthYear, Language: b.Language, Comment: b.Comment, RespondedAt: b.RespondedAt, Consent: b.Consent, Acknowledge: b.Acknowledge,
	})
	if err != nil {
		return nil, err
	}
	return &one[Responded]{Responded{out.Application, out.Person, out.Outcome, append([]uuid.UUID{}, out.Probable...)}}, nil
}

func (a *API) batchRows(ctx context.Context, in *struct {
	IDInput
	PageInput
	Outcome string `query:"outcome" enum:"added,joined,repeated,refused,rejected,shortlisted,skipped"`
	Code    string `query:"code" maxLength:"60"`
},
) (*listOutput[BatchRow], error) {
	if _, err := a.Reader.Batch(ctx, in.uuid()); err != nil {
		return nil, err
	}
	after, err := readLine(in.Cursor)
	if err != nil {
		return nil, err
	}
	rows, next, err := a.Reader.BatchRows(ctx, in.uuid(), store.BatchRowQuery{Outcome: in.Outcome, Code: in.Code, After: after, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	return listOf(rows, lineCursor(next), func(r store.BatchRowNamed) BatchRow {
		return BatchRow{r.Line, r.Outcome, r.Code, r.Field, r.ApplicationID, r.Name, r.Cells}
	}), nil
}
