package api

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
)

// Requirement is one line of what a profile asks.
type Requirement struct {
	Kind string `json:"kind" enum:"education,experience,skill,language,quality"`
	Text string `json:"text" minLength:"1" maxLength:"500"`
	Must bool   `json:"must" doc:"Else: should."`
}

// Profile describes a position.
type Profile struct {
	ID           uuid.UUID     `json:"id"`
	Title        string        `json:"title"`
	Duties       string        `json:"duties"`
	Rights       string        `json:"rights"`
	Liability    string        `json:"liability"`
	Requirements []Requirement `json:"requirements"`
	ArchivedAt   *time.Time    `json:"archived_at,omitempty"`
	CreatedAt    time.Time     `json:"created_at"`
	Version      int           `json:"version"`
}

// ProfileCommand is a profile as it is to be.
type ProfileCommand struct {
	Version      int           `json:"version,omitempty" minimum:"1" doc:"As seen, for a change."`
	Title        string        `json:"title" minLength:"1" maxLength:"200"`
	Duties       string        `json:"duties,omitempty" maxLength:"20000"`
	Rights       string        `json:"rights,omitempty" maxLength:"20000"`
	Liability    string        `json:"liability,omitempty" maxLength:"20000"`
	Requirements []Requirement `json:"requirements,omitempty" maxItems:"60"`
}

func profileOf(p store.Profile) Profile {
	out := Profile{
		ID: p.ID, Title: p.Title, Duties: p.Duties, Rights: p.Rights, Liability: p.Liability, Requirements: []Requirement{},
		ArchivedAt: p.ArchivedAt, CreatedAt: p.CreatedAt, Version: p.Version,
	}
	for _, r := range p.Requirements {
		out.Requirements = append(out.Requirements, Requirement(r))
	}
	return out
}

func (a *API) profiles() {
	k := kind{"profile", "profiles"}
	register(a, k.op("list-profiles", http.MethodGet, "", "List profiles", onTheDay), func(ctx context.Context, in *CatalogueInput) (*listOutput[Profile], error) {
		rows, next, err := a.Reader.Profiles(ctx, in.filter(), in.page())
		if err != nil {
			return nil, err
		}
		return listOf(rows, next, profileOf), nil
	})
	register(a, k.op("get-profile", http.MethodGet, "/{id}", "Get a profile", onTheDay), func(ctx context.Context, in *IDInput) (*one[Profile], error) {
		row, err := a.Reader.Profile(ctx, in.uuid())
		if err != nil {
			return nil, err
		}
		return &one[Profile]{profileOf(row)}, nil
	})
	saving(a, k, func(b ProfileCommand) int { return b.Version },
		func(ctx context.Context, act store.Act, id uuid.UUID, version int, b ProfileCommand) (store.Saved, error) {
			p := store.Profile{ID: id, Version: version, Title: trimmed(b.Title), Duties: b.Duties, Rights: b.Rights, Liability: b.Liability}
			for _, r := range b.Requirements {
				p.Requirements = append(p.Requirements, store.Requirement(r))
			}
			return a.Catalog.SaveProfile(ctx, act, p)
		})
	archiving(a, k, a.Catalog.ArchiveProfile)
}
