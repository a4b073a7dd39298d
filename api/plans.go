package api

import (
	"context"
	"net/http"
	"time"

	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/staff"
)

// How long one plan may be searched, and how many are searched at once: a request bounded in size can
// still ask for minutes of work, and pages want the processor too.
const (
	planWithin  = 8 * time.Second
	plansAtOnce = 2
)

func (a *API) plans() {
	turn := make(chan struct{}, plansAtOnce)
	register(a, op{
		id: "plan", method: http.MethodPost, path: "/plans", tag: "Plans", summary: "How many to invite, and to which time",
		doc: "The best plan of a streaming session, or the exact figures of a given one (evaluate). It changes nothing. " +
			"Model: Zacharias and Pinedo (MSOM 2017); figures are computed, never simulated. slots[].nobody is the chance that the interviewers find nobody in a slot, wait_90_minutes what nine of ten who come do not wait longer than, counted in whole slots. A search that takes too long answers with the best found, proven_optimal false.",
		access: auth.Roles(staff.Admin, staff.HR, staff.HeadOfSales, staff.Director), errors: []int{http.StatusTooManyRequests},
	}, func(ctx context.Context, in *struct{ Body hiring.PlanRequest }) (*one[hiring.PlanAnswer], error) {
		ctx, cancel := context.WithTimeout(ctx, planWithin)
		defer cancel()
		select {
		case turn <- struct{}{}:
			defer func() { <-turn }()
		case <-ctx.Done():
			return nil, fault.New(fault.TooMany, "too_many", "retry_after", "5")
		}
		answer, err := hiring.Plan(in.Body, func() bool { return ctx.Err() != nil })
		if err != nil {
			return nil, err
		}
		return &one[hiring.PlanAnswer]{*answer}, nil
	})
}
