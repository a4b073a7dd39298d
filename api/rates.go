package api

import (
	"context"
	"io"
	"net/http"
	"path/filepath"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/intake"
	"github.com/stazh/stazh/workflows/staff"
)

// ShowRates is what was learned from attendance, and how good forecasts were.
type ShowRates struct {
	LearnedAt *time.Time           `json:"learned_at,omitempty" doc:"Left out: nothing was learned yet, the handbook's one in five stands."`
	Kind      hiring.RateKind      `json:"kind" enum:"shrunk,logistic"`
	All       hiring.RateGroup     `json:"all" doc:"The firm's one rate."`
	By        []store.RateGroups   `json:"by" doc:"Rates by city, source, vacancy, hour, weekday."`
	Replies   []hiring.RateReply   `json:"replies" doc:"What each reply is worth."`
	DayEffect float64              `json:"day_effect" doc:"Correlation of the people of one day; fits a plan's day_effect."`
	HeldOut   map[string]float64   `json:"held_out" doc:"Mean log-loss on days kept out of learning, by kind of model."`
	Scores    store.ForecastScores `json:"scores"`
}

// Attendance is an imported file of past invitations.
type Attendance struct {
	ID         uuid.UUID               `json:"id"`
	Name       string                  `json:"name"`
	State      string                  `json:"state" enum:"preview,done,reverted"`
	Columns    store.AttendanceColumns `json:"columns"`
	Rows       int                     `json:"rows"`
	Came       int                     `json:"came"`
	SkippedAll int                     `json:"skipped_rows"`
	Skipped    []intake.AttendanceSkip `json:"skipped" doc:"The first of them, with line and reason; empty in a list."`
	CreatedAt  time.Time               `json:"created_at"`
	Version    int                     `json:"version"`
}

// AttendancePreview is how a file would be read.
type AttendancePreview struct {
	Columns store.AttendanceColumns `json:"columns" doc:"As found; ignore are those left out."`
	Learned []string                `json:"learned" doc:"Headers that are learned from."`
	Means   map[string]string       `json:"means" doc:"Headers that seem to mean city, source and vacancy; name them when taking the file in."`
	Rows    int                     `json:"rows"`
	Came    int                     `json:"came"`
	Skipped []store.SkipCount       `json:"skipped" doc:"By reason."`
	Again   AttendanceAgain         `json:"again"`
}

// AttendanceAgain says what of a file was taken in before.
type AttendanceAgain struct {
	Asks   bool                     `json:"asks" doc:"Taking the file in leaves these rows out, unless again says that they are meant."`
	Rows   int                      `json:"rows" doc:"Rows that are there already."`
	Before []store.AttendanceBefore `json:"before" doc:"Where they are."`
}

// AttendanceForm is an uploaded file of past invitations.
type AttendanceForm struct {
	File huma.FormFile `form:"file" contentType:"application/octet-stream" required:"true" doc:"CSV or XLSX, at most 10 MB and 50,000 rows; one invitation a row, a column that says who came."`
}

func attendanceOf(a store.AttendanceImport) Attendance {
	return Attendance{
		ID: a.ID, Name: a.Name, State: a.State, Columns: a.Columns, Rows: a.Rows, Came: a.Came, SkippedAll: a.SkippedAll,
		Skipped: append([]intake.AttendanceSkip{}, a.Skipped...), CreatedAt: a.CreatedAt, Version: a.Version,
	}
}

func (a *API) rates() {
	readers := auth.Roles(staff.Admin, staff.HR, staff.HeadOfSales, staff.Director)
	at := func(id, method, path, summary, doc string, access auth.Access) op {
		return op{id: id, method: method, path: path, tag: "Reports", summary: summary, doc: doc, access: access}
	}
	register(a, at("get-show-rates", http.MethodGet, "/show-rates", "Get show rates", "What was learned from closed sessions and imported attendance, and how forecasts did beside one rate for all.", readers), a.showRates)
	register(a, at("list-attendance", http.MethodGet, "/attendance", "List imports of past attendance", "The newest first.", readers), func(ctx context.Context, in *struct{ PageInput }) (*listOutput[Attendance], error) {
		rows, next, err := a.Reader.AttendanceImports(ctx, in.page())
		if err != nil {
			return nil, err
		}
		return listOf(rows, next, attendanceOf), nil
	})
	register(a, at("get-attendance", http.MethodGet, "/attendance/{id}", "Get an import of past attendance", "", readers), func(ctx context.Context, in *IDInput) (*one[Attendance], error) {
		return a.attendance(ctx, in.uuid())
	})
	upload := at("upload-attendance", http.MethodPost, "/attendance", "Upload past attendance", "Nothing is learned until it is taken in.", auth.Roles(planners...))
	upload.status, upload.maxBody = http.StatusCreated, store.MaxDocument+1<<20
	register(a, upload, a.uploadAttendance)
	register(a, at("preview-attendance", http.MethodPost, "/attendance/{id}/preview", "Preview an import of past attendance", "It changes nothing.", auth.Roles(planners...)), a.previewAttendance)
	register(a, at("take-attendance", http.MethodPost, "/attendance/{id}/take", "Take an import in", "Its rows are learned from within a minute; the file itself is deleted.", auth.Roles(planners...)), func(ctx context.Context, in *struct {
		IDInput
		KeyInput
		Body struct {
			Version int                     `json:"version" minimum:"1"`
			Columns store.AttendanceColumns `json:"columns"`
			Again   bool                    `json:"again,omitempty" doc:"Take in what was taken in before, too; it counts twice."`
		}
	},
	) (*one[Attendance], error) {
		act, err := a.act(ctx, auth.From(ctx), in.KeyInput)
		if err != nil {
			return nil, err
		}
		if _, err := a.Catalog.RunAttendance(ctx, act, in.uuid(), in.Body.Version, in.Body.Columns, in.Body.Again); err != nil {
			return nil, err
		}
		return a.attendance(ctx, in.uuid())
	})
	register(a, at("discard-attendance", http.MethodPost, "/attendance/{id}/discard", "Throw a file in preview away", "Nothing was learned from it.", auth.Roles(planners...)), func(ctx context.Context, in *struct {
		IDInput
		KeyInput
		Body struct {
			Version int `json:"version" minimum:"1"`
		}
	},
	) (*struct{}, error) {
		act, err := a.act(ctx, auth.From(ctx), in.KeyInput)
		if err != nil {
			return nil, err
		}
		_, err = a.Catalog.DiscardAttendance(ctx, act, in.uuid(), in.Body.Version)
		return nil, err
	})
	register(a, at("revert-attendance", http.MethodPost, "/attendance/{id}/revert", "Take an import back", "The next learning forgets it.", auth.Roles(planners...)), func(ctx context.Context, in *struct {
		IDInput
		KeyInput
		Body struct {
			Version int `json:"version" minimum:"1"`
		}
	},
	) (*one[Attendance], error) {
		act, err := a.act(ctx, auth.From(ctx), in.KeyInput)
		if err != nil {
			return nil, err
		}
		if _, err := a.Catalog.RevertAttendance(ctx, act, in.uuid(), in.Body.Version); err != nil {
			return nil, err
		}
		return a.attendance(ctx, in.uuid())
	})
	register(a, at("get-funnel", http.MethodGet, "/funnel", "Get the hiring funnel", "People who responded within a time, by how far they came, with costs in minor units. A source's price is spread over all responses it ever brought.", readers), func(ctx context.Context, in *struct {
		By   string    `query:"by" enum:"vacancy,source,city,week" default:"vacancy"`
		From time.Time `query:"from" doc:"Left out: since ever."`
		To   time.Time `query:"to" doc:"Left out: until now."`
		Zone string    `query:"zone" maxLength:"60" doc:"Of weeks." example:"Europe/Moscow"`
	},
	) (*one[store.Funnel], error) {
		f, err := a.Reader.Funnel(ctx, store.FunnelQuery{By: in.By, From: in.From, To: in.To, Zone: in.Zone})
		if err != nil {
			return nil, err
		}
		return &one[store.Funnel]{f}, nil
	})
}

func (a *API) attendance(ctx context.Context, id uuid.UUID) (*one[Attendance], error) {
	row, err := a.Reader.AttendanceImport(ctx, id)
	if err != nil {
		return nil, err
	}
	return &one[Attendance]{attendanceOf(row)}, nil
}

func (a *API) showRates(ctx context.Context, _ *struct{}) (*one[ShowRates], error) {
	model, err := a.Reader.RateModel(ctx)
	if err != nil {
		return nil, err
	}
	groups, err := a.Reader.RateGroups(ctx)
	if err != nil {
		return nil, err
	}
	scores, err := a.Reader.ForecastScores(ctx)
	if err != nil {
		return nil, err
	}
	m := model.Model
	out := ShowRates{
		Kind: m.Kind, All: m.Overall(), By: append([]store.RateGroups{}, groups...), Replies: m.Worth(), DayEffect: m.DayEffect,
		HeldOut: map[string]float64{}, Scores: scores,
	}
	for kind, loss := range m.HeldOut {
		out.HeldOut[kind] = loss
	}
	if model.ID != nil {
		out.LearnedAt = &model.LearnedAt
	}
	return &one[ShowRates]{out}, nil
}

func (a *API) uploadAttendance(ctx context.Context, in *struct {
	KeyInput
	RawBody huma.MultipartFormFiles[AttendanceForm]
},
) (*one[Attendance], error) {
	act, err := a.act(ctx, auth.From(ctx), in.KeyInput)
	if err != nil {
		return nil, err
	}
	f := in.RawBody.Data()
	defer f.File.Close()
	body, err := io.ReadAll(io.LimitReader(f.File, store.MaxDocument+1))
	if err != nil {
		return nil, fault.New(fault.Invalid, "bad_request")
	}
	name := filepath.Base(f.File.Filename)
	if len([]rune(name)) > 200 {
		name = "upload" + filepath.Ext(name)
	}
	saved, err := a.Catalog.StartAttendance(ctx, act, name, body)
	if err != nil {
		return nil, err
	}
	return a.attendance(ctx, saved.ID)
}

func (a *API) previewAttendance(ctx context.Context, in *struct {
	IDInput
	Body store.AttendanceColumns
},
) (*one[AttendancePreview], error) {
	row, err := a.Reader.AttendanceImport(ctx, in.uuid())
	if err != nil {
		return nil, err
	}
	file, err := a.Reader.AttendancePreview(ctx, row, in.Body)
	if err != nil {
		return nil, err
	}
	out := AttendancePreview{
		Columns: store.AttendanceColumns{Came: file.Columns.Came, Reply: file.Columns.Reply, Day: file.Columns.Day, Ignore: file.Columns.Ignore}, Learned: append([]string{}, file.Learned...), Means: intake.GuessMeanings(file.Learned), Rows: len(file.Rows),
		Skipped: append([]store.SkipCount{}, store.SkippedBy(file.Skipped)...),
	}
	for _, r := range file.Rows {
		if r.Came {
			out.Came++
		}
	}
	again, err := a.Reader.AttendanceAgain(ctx, row, file)
	if err != nil {
		return nil, err
	}
	out.Again = AttendanceAgain{Asks: again.Asks(), Rows: len(again.Lines), Before: append([]store.AttendanceBefore{}, again.Before...)}
	return &one[AttendancePreview]{out}, nil
}
