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

// ContactCommand is what is known of a person, as it is read and written back.
type ContactCommand struct {
	Version   int    `json:"version" minimum:"1" doc:"Of the person, as seen; an older one is refused as stale_form."`
	Name      string `json:"name" maxLength:"500" example:"Ivanova Anna"`
	Email     string `json:"email,omitempty" maxLength:"500" doc:"An address or a telephone number is needed, but of a record that was merged into another: without an address its mails go to that of the person kept."`
	Phone     string `json:"phone,omitempty" maxLength:"500"`
	City      string `json:"city,omitempty" maxLength:"200"`
	BirthYear int    `json:"birth_year,omitempty"`
	Language  string `json:"language,omitempty" enum:"en,bg,ru" doc:"To write to the person in. Left out: the vacancy's."`
}

// Corrected is what a correction did.
type Corrected struct {
	Saved
	Changed []string `json:"changed" enum:"name,email,phone,city,birth_year,language"`
	Mails   int      `json:"mails" doc:"Queued to the new address: open invitations and times, and what the old one refused, if it still holds."`
}

// DistinctCommand names the person who is another.
type DistinctCommand struct {
	Other string `json:"other" format:"uuid" maxLength:"36"`
}

func (a *API) people() {
	register(a, op{
		id: "get-person", method: http.MethodGet, path: "/people/{id}", tag: "Intake", summary: "Read what is known of a person, to correct it", access: auth.Roles(planners...),
		doc: "The record as it is, to be changed and put back; an application shows the name and the address of the person kept, if its record was merged.",
	}, func(ctx context.Context, in *IDInput) (*one[ContactCommand], error) {
		p, err := a.Reader.Person(ctx, in.uuid())
		if err != nil {
			return nil, err
		}
		n := p.Contact()
		return &one[ContactCommand]{ContactCommand{p.Version, n.Name, n.Email, n.Phone, n.City, n.BirthYear, n.Language}}, nil
	})
	register(a, op{
		id: "correct-person", method: http.MethodPut, path: "/people/{id}", tag: "Intake", summary: "Correct what is known of a person", access: auth.Roles(planners...),
		doc: "In the version seen; fields left out are emptied. With another address all mails of the record's applications go there, also what waits, and so do those of records merged into it that have no address of their own; links sent to the old one end, open invitations and times are told again, and letters that the old one refused go again if they still hold. An address of somebody else is refused as email_taken, with his id.",
	}, a.correctPerson)
	at := func(id, path, summary, doc string) op {
		return op{id: id, method: http.MethodPost, path: "/people/{id}/" + path, tag: "Intake", summary: summary, doc: doc, access: auth.Roles(planners...)}
	}
	register(a, at("merge-people", "merge", "Say that two people are one", "Nothing is moved: applications keep their addresses; one without uses that of the person kept. It can be taken back at any time."),
		func(ctx context.Context, in *commandInput[MergeCommand]) (*one[Answer], error) {
			return a.person(ctx, in.KeyInput, "merged", func(act store.Act) (store.Readdressed, error) {
				return a.Catalog.MergePeople(ctx, act, in.uuid(), parseID(in.Body.Into))
			})
		})
	register(a, at("unmerge-person", "unmerge", "Take a merge back", "The record is a person of its own again, with those merged into it before and with their addresses. Where mails go elsewhere than they did, links sent before end, and open invitations and times are told again; so it is with merging."),
		func(ctx context.Context, in *BareInput) (*one[Answer], error) {
			return a.person(ctx, in.KeyInput, "unmerged", func(act store.Act) (store.Readdressed, error) {
				return a.Catalog.UnmergePerson(ctx, act, in.uuid())
			})
		})
	register(a, at("distinguish-people", "distinct", "Say that two people are not one", "They are no longer shown as probably the same."),
		func(ctx context.Context, in *commandInput[DistinctCommand]) (*one[Answer], error) {
			return a.person(ctx, in.KeyInput, "distinct", func(act store.Act) (store.Readdressed, error) {
				return store.Readdressed{}, a.Catalog.PeopleDistinct(ctx, act, in.uuid(), parseID(in.Body.Other))
			})
		})
}

func (a *API) correctPerson(ctx context.Context, in *commandInput[ContactCommand]) (*one[Corrected], error) {
	act, err := a.act(ctx, auth.From(ctx), in.KeyInput)
	if err != nil {
		return nil, err
	}
	b := in.Body
	out, err := a.Catalog.CorrectPerson(ctx, act, in.uuid(), b.Version, store.Contact{Name: b.Name, Email: b.Email, Phone: b.Phone, City: b.City, BirthYear: b.BirthYear, Language: b.Language})
	if err != nil {
		return nil, err
	}
	a.nudge(ctx, out.Readdressed)
	return &one[Corrected]{Corrected{Saved(out.Saved), out.Changed, out.Mails}}, nil
}

func (a *API) person(ctx context.Context, key KeyInput, code string, do func(store.Act) (store.Readdressed, error)) (*one[Answer], error) {
	act, err := a.act(ctx, auth.From(ctx), key)
	if err != nil {
		return nil, err
	}
	out, err := do(act)
	if err != nil {
		return nil, err
	}
	a.nudge(ctx, out)
	return &one[Answer]{Answer{Code: code}}, nil
}

// nudge wakes the sessions being filled that may invite a person now.
func (a *API) nudge(ctx context.Context, out store.Readdressed) {
	for _, session := range out.Nudge {
		a.Commands.Nudge(ctx, session)
	}
}
