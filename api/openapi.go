package api

import (
	"bytes"
	"embed"
	"encoding/json"
	"reflect"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows/hiring"
)

// docs is the page that shows the document: Swagger UI (versions and checksums in docs/VERSIONS), served
// from here because a page that fetches its parts from elsewhere does not open on a closed network.
//
//go:embed docs/index.html docs/init.js docs/swagger-ui-bundle.js docs/swagger-ui.css
var docs embed.FS

const introduction = `Hiring with streaming interviews: responses, sessions, invitations, the day, scorecards, decisions.

**Who asks.** A token (` + "`Authorization: Bearer stz_...`" + `, made under one's account) or a signed-in browser's session, whose unsafe requests also carry X-CSRF-Token. What one may not see answers 404.

**Commands** carry an ` + "`Idempotency-Key`" + `: the same key again gets the same answer and nothing is done twice. 200 means the facts are committed; 202 that the answer is late: ask again with the same key; 503 that nothing was written.

**Lists** take ` + "`cursor`" + ` and ` + "`limit`" + ` and answer ` + "`{\"items\": [], \"next\": \"\"}`" + `.

**Refusals** are RFC 9457 problems with a stable ` + "`code`" + `. Times are RFC 3339; business time, which on a development machine may run faster than the wall's.`

// planWeights describes hiring.PlanWeights, of which a request may name only those it changes.
type planWeights struct {
	Interviewed float64 `json:"interviewed,omitempty" default:"1" doc:"The gain of an interview."`
	Waiting     float64 `json:"waiting,omitempty" default:"0.5" doc:"The cost of a candidate's slot of waiting."`
	Idle        float64 `json:"idle,omitempty" default:"1" doc:"The cost of an interviewer's idle slot."`
	Overtime    float64 `json:"overtime,omitempty" default:"1.5" doc:"The cost of an interview after hours."`
	Invitation  float64 `json:"invitation,omitempty" default:"0" doc:"The cost of an invitation."`
}

func config(version string) huma.Config {
	schemas := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	schemas.RegisterTypeAlias(reflect.TypeFor[hiring.PlanWeights](), reflect.TypeFor[planWeights]())
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info:    &huma.Info{Title: "Stazh", Version: version, Description: introduction, License: &huma.License{Name: "See LICENSE"}},
			Servers: []*huma.Server{{URL: "/"}},
			Components: &huma.Components{
				Schemas: schemas,
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"token":   {Type: "http", Scheme: "bearer", BearerFormat: "stz_", Description: "An API token, within its scope (read, write, admin) and its owner's roles."},
					"session": {Type: "apiKey", In: "cookie", Name: "__Host-stazh", Description: "A signed-in browser. Unsafe requests also carry X-CSRF-Token."},
				},
			},
			Tags: []*huma.Tag{
				{Name: "Applications", Description: "One person's application to one vacancy, from response to decision."},
				{Name: "Interviews", Description: "Sessions of streaming interviews: slots, lanes, invitations."},
				{Name: "Plans", Description: "How many to invite, and to which time."},
				{Name: "Catalogue", Description: "Vacancies, profiles, sources, venues."},
				{Name: "Intake", Description: "Responses, one by one or as a file."},
				{Name: "Accounts", Description: "People who work here, their sessions and tokens."},
				{Name: "Office", Description: "Policy, journal, mail."},
			},
		},
		Formats:       map[string]huma.Format{"application/json": jsonFormat, "json": jsonFormat},
		DefaultFormat: "application/json",
	}
}

// documents serves the document and its page. huma's own routes would take their scripts from a CDN and
// build links from the Host header.
func (a *API) documents(app *fiber.App) {
	asJSON := sync.OnceValues(func() ([]byte, error) { return json.Marshal(a.huma.OpenAPI()) })
	asYAML := sync.OnceValues(a.huma.OpenAPI().YAML)
	serve := func(path, kind string, body func() ([]byte, error)) {
		a.Matrix.Add(fiber.MethodGet, path, auth.Public)
		app.Get(path, func(c *fiber.Ctx) error {
			raw, err := body()
			if err != nil {
				return err
			}
			c.Set(fiber.HeaderContentType, kind)
			c.Set(fiber.HeaderCacheControl, "no-cache")
			c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
			c.Set(fiber.HeaderContentSecurityPolicy, docsPolicy)
			return c.Send(raw)
		})
	}
	serve("/openapi.json", "application/openapi+json", asJSON)
	serve("/openapi.yaml", "application/openapi+yaml", asYAML)
	for path, file := range map[string][2]string{
		"/api/docs":                      {"index.html", "text/html; charset=utf-8"},
		"/api/docs/init.js":              {"init.js", "text/javascript; charset=utf-8"},
		"/api/docs/swagger-ui-bundle.js": {"swagger-ui-bundle.js", "text/javascript; charset=utf-8"},
		"/api/docs/swagger-ui.css":       {"swagger-ui.css", "text/css; charset=utf-8"},
	} {
		raw, err := docs.ReadFile("docs/" + file[0])
		if err != nil {
			panic(err) // embedded above
		}
		serve(path, file[1], func() ([]byte, error) { return bytes.Clone(raw), nil })
	}
}

// docsPolicy lets the page load its parts and ask the API, both from here only. Swagger UI writes no
// inline script or style; its icons are data: images.
const docsPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
