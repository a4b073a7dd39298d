package api

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows/staff"
)

// Mail is a mail to an application's person, without address or text.
type Mail struct {
	ID        uuid.UUID  `json:"id"`
	Kind      string     `json:"kind" example:"invitation"`
	State     string     `json:"state" enum:"queued,sent,dropped,failed"`
	Booking   *uuid.UUID `json:"booking,omitempty"`
	Code      string     `json:"code,omitempty" doc:"Why it was dropped or failed."`
	Attempts  int        `json:"attempts"`
	CreatedAt time.Time  `json:"created_at"`
	DueAt     time.Time  `json:"due_at"`
	NotAfter  *time.Time `json:"not_after,omitempty" doc:"Not sent later than this."`
	SettledAt *time.Time `json:"settled_at,omitempty"`
}

func (a *API) mail() {
	register(a, op{
		id: "list-application-mail", method: http.MethodGet, path: "/applications/{id}/mail", tag: "Office",
		summary: "List the mails to an application's person", doc: "The newest first.",
		access: auth.Roles(staff.Admin, staff.HR, staff.HeadOfSales, staff.Director, staff.Receptionist),
	}, func(ctx context.Context, in *struct {
		IDInput
		PageInput
	},
	) (*listOutput[Mail], error) {
		if _, err := a.Reader.Application(ctx, in.uuid()); err != nil {
			return nil, err
		}
		rows, next, err := a.Reader.MailOf(ctx, in.uuid(), in.page())
		if err != nil {
			return nil, err
		}
		return listOf(rows, next, func(m store.OutgoingMail) Mail {
			return Mail{
				ID: m.ID, Kind: m.Kind, State: m.State, Booking: m.BookingID, Code: m.Code, Attempts: m.Attempts,
				CreatedAt: m.CreatedAt, DueAt: m.DueAt, NotAfter: m.NotAfter, SettledAt: m.SettledAt,
			}
		}), nil
	})
}
