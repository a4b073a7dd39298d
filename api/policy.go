package api

import (
	"context"
	"net/http"
	"time"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/staff"
)

// PolicyInForce is the numbers people may change.
type PolicyInForce struct {
	Version   int           `json:"version"`
	Policy    hiring.Policy `json:"policy"`
	ChangedAt time.Time     `json:"changed_at"`
}

// PolicyCommand puts a policy in force.
type PolicyCommand struct {
	Version int           `json:"version" minimum:"1" doc:"The version it was made from; another in force refuses it as stale_form."`
	Policy  hiring.Policy `json:"policy"`
}

func (a *API) policy() {
	read := func(ctx context.Context) (*one[PolicyInForce], error) {
		row, err := a.Reader.PolicyNow(ctx)
		if err != nil {
			return nil, err
		}
		return &one[PolicyInForce]{PolicyInForce{Version: row.Version, Policy: row.Policy, ChangedAt: row.ChangedAt}}, nil
	}
	register(a, op{
		id: "get-policy", method: http.MethodGet, path: "/policy", tag: "Office", summary: "Get the policy in force", access: auth.SignedIn,
	}, func(ctx context.Context, _ *struct{}) (*one[PolicyInForce], error) { return read(ctx) })
	register(a, op{
		id: "set-policy", method: http.MethodPut, path: "/policy", tag: "Office", summary: "Put a policy in force",
		doc: "Processes take it up when they next read their facts; what is decided stays.", access: auth.Roles(staff.Admin),
	}, func(ctx context.Context, in *struct {
		KeyInput
		Body PolicyCommand
	},
	) (*one[PolicyInForce], error) {
		p := auth.From(ctx)
		act, err := a.act(ctx, p, in.KeyInput)
		if err != nil {
			return nil, err
		}
		if _, err := a.Catalog.SetPolicy(ctx, act, p.StaffID, in.Body.Version, in.Body.Policy); err != nil {
			return nil, err
		}
		return read(ctx)
	})
}

// act is a catalogue change by p under the request's key.
func (a *API) act(ctx context.Context, p auth.Principal, k KeyInput) (store.Act, error) {
	by, err := k.by(p)
	if err != nil {
		return store.Act{}, err
	}
	now, err := a.business(ctx)
	return actOf(by, a.Now(), now), err
}

func actOf(by workflows.By, wall, business time.Time) store.Act {
	return store.Act{Actor: by.Actor, Key: by.Key, Wall: wall, Business: business}
}
