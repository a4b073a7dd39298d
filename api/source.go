package api

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
)

// Source is where responses come from.
type Source struct {
	ID         uuid.UUID  `json:"id"`
	Name       string     `json:"name"`
	Kind       string     `json:"kind" enum:"board,referral,site,agency,other"`
	ArchivedAt *time.Time `json:"archived_at,omitempty"`
	Version    int        `json:"version"`
}

// SourceCommand is a source as it is to be.
type SourceCommand struct {
	Version int    `json:"version,omitempty" minimum:"1" doc:"As seen, for a change."`
	Name    string `json:"name" minLength:"1" maxLength:"100"`
	Kind    string `json:"kind" enum:"board,referral,site,agency,other"`
}

func sourceOf(s store.Source) Source { return Source{s.ID, s.Name, s.Kind, s.ArchivedAt, s.Version} }

func (a *API) sources() {
	k := kind{"source", "sources"}
	list := k.op("list-sources", http.MethodGet, "", "List sources of responses", onTheDay)
	list.doc = "All of them, those in use first; there are never many."
	register(a, list, func(ctx context.Context, _ *struct{}) (*listOutput[Source], error) {
		rows, err := a.Reader.Sources(ctx)
		if err != nil {
			return nil, err
		}
		return listOf(rows, "", sourceOf), nil
	})
	register(a, k.op("get-source", http.MethodGet, "/{id}", "Get a source", onTheDay), func(ctx context.Context, in *IDInput) (*one[Source], error) {
		row, err := a.Reader.Source(ctx, in.uuid())
		if err != nil {
			return nil, err
		}
		return &one[Source]{sourceOf(row)}, nil
	})
	saving(a, k, func(b SourceCommand) int { return b.Version },
		func(ctx context.Context, act store.Act, id uuid.UUID, version int, b SourceCommand) (store.Saved, error) {
			return a.Catalog.SaveSource(ctx, act, store.Source{ID: id, Version: version, Name: trimmed(b.Name), Kind: b.Kind})
		})
	archiving(a, k, a.Catalog.ArchiveSource)
}
