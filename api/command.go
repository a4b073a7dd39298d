package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows"
)

// Answer is what a command did; when it arrives the facts are committed.
type Answer struct {
	Code    string   `json:"code" example:"confirmed" doc:"What was done."`
	ID      string   `json:"id,omitempty" doc:"What it made or changed, if that is not the subject."`
	Version int      `json:"version,omitempty" doc:"Of the subject or booking after the change."`
	Count   int      `json:"count,omitempty"`
	Left    []string `json:"left,omitempty" doc:"Those named in the command that it could not be done to."`
}

func answerOf(a workflows.Answer) *one[Answer] {
	return &one[Answer]{Answer{Code: a.Code, ID: a.ID, Version: a.Version, Count: a.Count, Left: a.Left}}
}

// commandInput is a command with a body.
type commandInput[B any] struct {
	IDInput
	KeyInput
	Body B
}

// BareInput is a command that says everything by its name.
type BareInput struct {
	IDInput
	KeyInput
}

// asked is who gives a command, and under which key.
type asked struct {
	auth.Principal
	by workflows.By
}

// command registers a command with a body as POST; args makes its argument.
func command[B any, A workflows.Args, F workflows.Facts](a *API, o op, c workflows.Command[A, F], args func(context.Context, asked, uuid.UUID, B) (A, error)) {
	o.method = http.MethodPost
	o.errors = append(o.errors, http.StatusAccepted)
	register(a, o, func(ctx context.Context, in *commandInput[B]) (*one[Answer], error) {
		who := asked{Principal: auth.From(ctx)}
		var err error
		if who.by, err = in.by(who.Principal); err != nil {
			return nil, err
		}
		argument, err := args(ctx, who, in.uuid(), in.Body)
		if err != nil {
			return nil, err
		}
		answer, err := workflows.Do(ctx, a.Commands, c, in.uuid().String(), who.by, argument)
		if err != nil {
			return nil, a.withAlternatives(ctx, err, in.uuid())
		}
		return answerOf(answer), nil
	})
}

// bare registers a command without a body as POST.
func bare[F workflows.Facts](a *API, o op, c workflows.Command[workflows.None, F]) {
	o.method = http.MethodPost
	o.errors = append(o.errors, http.StatusAccepted)
	register(a, o, func(ctx context.Context, in *BareInput) (*one[Answer], error) {
		by, err := in.by(auth.From(ctx))
		if err != nil {
			return nil, err
		}
		answer, err := workflows.Do(ctx, a.Commands, c, in.uuid().String(), by, workflows.None{})
		if err != nil {
			return nil, err
		}
		return answerOf(answer), nil
	})
}

// document stores what somebody wrote, for a command to link. Its key holds the text's hash, so the same
// command key with another text makes another document, and the command is refused as key_reused.
func (a *API) document(ctx context.Context, who asked, kind, media string, body []byte) (string, error) {
	if len(body) == 0 {
		return "", nil
	}
	now, err := a.business(ctx)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(body)
	id, err := a.Catalog.PutDocument(ctx, store.Document{
		Key: who.by.Actor + "/" + who.by.Key + "/" + kind + "/" + hex.EncodeToString(sum[:16]), Kind: kind, MediaType: media, Body: body, CreatedAt: now,
	})
	return id.String(), err
}
