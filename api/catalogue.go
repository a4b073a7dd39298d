package api

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/staff"
)

// What profiles, sources, vacancies and venues have in common: created, changed in the version seen,
// taken out of use and put back, each by one journalled change.

// Saved is what a change of catalogue data made.
type Saved struct {
	ID      uuid.UUID `json:"id"`
	Version int       `json:"version"`
}

// VersionCommand names a row's version as seen.
type VersionCommand struct {
	Version int `json:"version" minimum:"1" doc:"As seen; an older one is refused as stale_form."`
}

// CatalogueInput lists rows by text.
type CatalogueInput struct {
	PageInput
	Text     string `query:"text" maxLength:"200" doc:"Anywhere in the name."`
	Archived bool   `query:"archived" doc:"Those out of use instead of those in use."`
}

func (in CatalogueInput) filter() store.CatalogueFilter {
	return store.CatalogueFilter{Text: in.Text, Archived: in.Archived}
}

// kind is a kind of catalogue data: its word in ids and paths.
type kind struct{ one, many string }

func (k kind) op(id, method, path, summary string, roles []staff.Role) op {
	return op{id: id, method: method, path: "/" + k.many + path, tag: "Catalogue", summary: summary, access: auth.Roles(roles...)}
}

// saving registers creation and change; save gets uuid.Nil and version 0 to create. version reads a body's.
func saving[B any](a *API, k kind, version func(B) int, save func(context.Context, store.Act, uuid.UUID, int, B) (store.Saved, error)) {
	create := k.op("create-"+k.one, http.MethodPost, "", "Create a "+k.one, planners)
	create.status = http.StatusCreated
	register(a, create, func(ctx context.Context, in *struct {
		KeyInput
		Body B
	},
	) (*one[Saved], error) {
		act, err := a.act(ctx, auth.From(ctx), in.KeyInput)
		if err != nil {
			return nil, err
		}
		saved, err := save(ctx, act, uuid.Nil, 0, in.Body)
		if err != nil {
			return nil, err
		}
		return &one[Saved]{Saved(saved)}, nil
	})
	change := k.op("change-"+k.one, http.MethodPut, "/{id}", "Change a "+k.one, planners)
	change.doc = "In the version seen; fields left out are emptied."
	register(a, change, func(ctx context.Context, in *commandInput[B]) (*one[Saved], error) {
		act, err := a.act(ctx, auth.From(ctx), in.KeyInput)
		if err != nil {
			return nil, err
		}
		var f fault.Fields
		f.Require(version(in.Body) >= 1, "version", "required")
		if err := f.Err(); err != nil {
			return nil, err
		}
		saved, err := save(ctx, act, in.uuid(), version(in.Body), in.Body)
		if err != nil {
			return nil, err
		}
		return &one[Saved]{Saved(saved)}, nil
	})
}

// archiving registers taking out of use and putting back.
func archiving(a *API, k kind, archive func(context.Context, store.Act, uuid.UUID, int, bool) (store.Saved, error)) {
	for path, out := range map[string]bool{"archive": true, "restore": false} {
		summary := map[bool]string{true: "Take a " + k.one + " out of use", false: "Put a " + k.one + " back into use"}[out]
		register(a, k.op(path+"-"+k.one, http.MethodPost, "/{id}/"+path, summary, planners), func(ctx context.Context, in *commandInput[VersionCommand]) (*one[Saved], error) {
			act, err := a.act(ctx, auth.From(ctx), in.KeyInput)
			if err != nil {
				return nil, err
			}
			saved, err := archive(ctx, act, in.uuid(), in.Body.Version, out)
			if err != nil {
				return nil, err
			}
			return &one[Saved]{Saved(saved)}, nil
		})
	}
}
