package api

import (
	"context"
	"net/http"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows/staff"
)

// Company is what mails and candidates' pages say about the company.
type Company struct {
	Version  int    `json:"version" minimum:"1" doc:"As seen, for a change."`
	Name     string `json:"name" minLength:"1" maxLength:"200"`
	Language string `json:"language" enum:"en,bg,ru" doc:"Of mails to people whose own is not known."`
	ReplyTo  string `json:"reply_to,omitempty" maxLength:"254" doc:"Where answers to mails go; left out: to the sender."`
}

func (a *API) company() {
	read := func(ctx context.Context) (*one[Company], error) {
		s, err := a.Reader.Company(ctx)
		return &one[Company]{Company{s.Version, s.Name, s.Language, s.ReplyTo}}, err
	}
	register(a, op{
		id: "get-company", method: http.MethodGet, path: "/company", tag: "Office", summary: "Get what the company says of itself", access: auth.SignedIn,
	}, func(ctx context.Context, _ *struct{}) (*one[Company], error) { return read(ctx) })
	register(a, op{
		id: "set-company", method: http.MethodPut, path: "/company", tag: "Office", summary: "Change what the company says of itself", access: auth.Roles(staff.Admin),
	}, func(ctx context.Context, in *struct {
		KeyInput
		Body Company
	},
	) (*one[Company], error) {
		act, err := a.act(ctx, auth.From(ctx), in.KeyInput)
		if err != nil {
			return nil, err
		}
		b := in.Body
		if err := a.Catalog.SetCompany(ctx, act, store.CompanySettings{Name: b.Name, Language: b.Language, ReplyTo: b.ReplyTo, Version: b.Version}); err != nil {
			return nil, err
		}
		return read(ctx)
	})
}
