package api

import (
	"context"
	"net/http"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
)

// MergeCommand names the person whom another is, under whose name both go on.
type MergeCommand struct {
	Into string `json:"into" format:"uuid" maxLength:"36"`
}

// DistinctCommand names the person who is another.
type DistinctCommand struct {
	Other string `json:"other" format:"uuid" maxLength:"36"`
}

func (a *API) people() {
	at := func(id, path, summary, doc string) op {
		return op{id: id, method: http.MethodPost, path: "/people/{id}/" + path, tag: "Intake", summary: summary, doc: doc, access: auth.Roles(planners...)}
	}
	register(a, at("merge-people", "merge", "Say that two people are one", "Nothing is moved: applications keep their addresses. It can be taken back at any time."),
		func(ctx context.Context, in *commandInput[MergeCommand]) (*one[Answer], error) {
			return a.person(ctx, in.KeyInput, "merged", func(act store.Act) error { return a.Catalog.MergePeople(ctx, act, in.uuid(), parseID(in.Body.Into)) })
		})
	register(a, at("unmerge-person", "unmerge", "Take a merge back", "The record is a person of its own again, with those merged into it before."),
		func(ctx context.Context, in *BareInput) (*one[Answer], error) {
			return a.person(ctx, in.KeyInput, "unmerged", func(act store.Act) error { return a.Catalog.UnmergePerson(ctx, act, in.uuid()) })
		})
	register(a, at("distinguish-people", "distinct", "Say that two people are not one", "They are no longer shown as probably the same."),
		func(ctx context.Context, in *commandInput[DistinctCommand]) (*one[Answer], error) {
			return a.person(ctx, in.KeyInput, "distinct", func(act store.Act) error {
				return a.Catalog.PeopleDistinct(ctx, act, in.uuid(), parseID(in.Body.Other))
			})
		})
}

func (a *API) person(ctx context.Context, key KeyInput, code string, do func(store.Act) error) (*one[Answer], error) {
	act, err := a.act(ctx, auth.From(ctx), key)
	if err != nil {
		return nil, err
	}
	if err := do(act); err != nil {
		return nil, err
	}
	return &one[Answer]{Answer{Code: code}}, nil
}
