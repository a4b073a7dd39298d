package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows/staff"
)

// JournalEntry is one thing that was done: ids and codes only.
type JournalEntry struct {
	Seq     int64          `json:"seq"`
	At      time.Time      `json:"at"`
	Subject string         `json:"subject" example:"application/3fa85f64-5717-4562-b3fc-2c963f66afa6"`
	Actor   string         `json:"actor" example:"staff/3fa85f64-5717-4562-b3fc-2c963f66afa6"`
	Step    string         `json:"step" example:"application.decide"`
	Result  map[string]any `json:"result"`
}

func (a *API) audit() {
	register(a, op{
		id: "list-journal", method: http.MethodGet, path: "/journal", tag: "Office", summary: "List what was done",
		doc: "The newest first. Rows are chained by hashes and cannot be changed.", access: auth.Roles(staff.Admin, staff.Director),
	}, func(ctx context.Context, in *struct {
		PageInput
		Actor   string `query:"actor" maxLength:"100" doc:"staff/<id>, token/<id>, candidate/<id> or system."`
		Subject string `query:"subject" maxLength:"100" doc:"application/<id>, interview/<id>, ..."`
		Kind    string `query:"kind" maxLength:"40" doc:"The first part of the subject."`
		Step    string `query:"step" maxLength:"100"`
	},
	) (*listOutput[JournalEntry], error) {
		return a.journal(ctx, store.JournalQuery{Actor: in.Actor, Subject: in.Subject, Kind: in.Kind, Step: in.Step}, in.PageInput)
	})
}

func (a *API) journal(ctx context.Context, q store.JournalQuery, p PageInput) (*listOutput[JournalEntry], error) {
	q.Cursor, q.Limit = p.Cursor, p.Limit
	rows, next, err := a.Reader.JournalList(ctx, q)
	if err != nil {
		return nil, err
	}
	return listOf(rows, next, func(j store.JournalRow) JournalEntry {
		e := JournalEntry{Seq: j.Seq, At: j.At, Subject: j.Subject, Actor: j.Actor, Step: j.Step, Result: map[string]any{}}
		_ = json.Unmarshal(j.Result, &e.Result) // a result that is not an object says nothing here
		return e
	}), nil
}
