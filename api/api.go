package api

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows"
)

// Options are what the API is made from; all but Now and Version are needed.
type Options struct {
	Reader   *store.Reader
	Catalog  *store.Catalog
	Commands *workflows.Client
	Accounts *auth.Accounts
	Matrix   *auth.Matrix     // gets a row for every operation
	Now      func() time.Time // wall time; nil: time.Now
	Version  string           // of the program, for the document
}

// API holds the operations.
type API struct {
	Options
	huma huma.API
}

// prefix of every operation's path.
const prefix = "/api/v1"

// once sets huma's package-wide settings: the shape of errors, and lists that are never null.
var once sync.Once

// Mount registers every operation, the document and its page on app, whose error handler must be made
// by ErrorHandler. Authenticate comes before, the matrix's Guard after.
func Mount(app *fiber.App, o Options) *API {
	once.Do(func() {
		huma.DefaultArrayNullable = false
		huma.NewErrorWithContext = newError
		huma.NewError = func(code int, message string, errs ...error) huma.StatusError {
			return newError(nil, code, message, errs...)
		}
	})
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Version == "" {
		o.Version = "1"
	}
	app.Use("/api/", screen)
	a := &API{Options: o}
	a.huma = humafiber.New(app, config(o.Version))
	a.applications()
	a.applicationCommands()
	a.interviews()
	a.interviewCommands()
	a.day()
	a.plans()
	a.waves()
	a.rates()
	a.vacancies()
	a.profiles()
	a.sources()
	a.venues()
	a.intake()
	a.policy()
	a.company()
	a.audit()
	a.mail()
	a.staff()
	a.documents(app)
	return a
}

// op is one operation.
type op struct {
	id, method, path string // path below prefix: "/applications/{id}"
	tag              string
	summary, doc     string
	access           auth.Access
	status           int    // of success; 0: 200, or 204 without a body
	maxBody          int64  // bytes; 0: 256 KiB
	errors           []int  // beyond those every operation of its kind has
	media            string // of an answer that is a file
}

const defaultBody = 256 << 10

// register adds an operation to the router, the matrix and the document.
func register[I, O any](a *API, o op, handle func(context.Context, *I) (*O, error)) {
	errs := []int{http.StatusUnprocessableEntity, http.StatusServiceUnavailable}
	if o.access.String() != auth.Public.String() {
		errs = append(errs, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound)
	}
	if o.method != http.MethodGet {
		errs = append(errs, http.StatusBadRequest, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	errs = append(errs, o.errors...)
	slices.Sort(errs)
	if o.maxBody == 0 {
		o.maxBody = defaultBody
	}
	doc := o.doc
	if who := o.access.String(); who != "" {
		doc = strings.TrimSpace(doc + "\n\nOpen to: " + who + ".")
	}
	a.Matrix.Add(o.method, strings.NewReplacer("{", ":", "}", "").Replace(prefix+o.path), o.access)
	operation := huma.Operation{
		OperationID: o.id, Method: o.method, Path: prefix + o.path, Summary: o.summary, Description: doc, Tags: []string{o.tag},
		DefaultStatus: o.status, MaxBodyBytes: o.maxBody, Errors: slices.Compact(errs), RejectUnknownQueryParameters: true,
		Middlewares: huma.Middlewares{private},
	}
	if o.media != "" {
		operation.Responses = map[string]*huma.Response{"200": {Description: http.StatusText(http.StatusOK), Content: map[string]*huma.MediaType{
			o.media: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}},
		}}}
	}
	if o.access.String() != auth.Public.String() {
		operation.Security = []map[string][]string{{"token": {}}, {"session": {}}}
	}
	huma.Register(a.huma, operation, handle)
}

// private keeps answers out of every cache.
func private(ctx huma.Context, next func(huma.Context)) {
	ctx.SetHeader("Cache-Control", "no-store")
	next(ctx)
}

// business returns the business time now.
func (a *API) business(ctx context.Context) (time.Time, error) {
	clock, err := a.Reader.Clock(ctx)
	return clock.At(a.Now()), err
}
