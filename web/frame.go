package web

import (
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/hiring"
)

// Principal is the signed-in person as pages need him; by default who api/auth says it is.
type Principal interface {
	ID() string
	Name() string
	Roles() []string      // role names as in the route table: "hr", "receptionist"...
	Language() string     // i18n code; "" lets the cookie or the browser choose
	Zone() *time.Location // nil: the company's
	CSRF() string         // the session's form token
}

// Options are what a Frame is made from. The zero value works for pages that nobody signs in to.
type Options struct {
	// Principal returns who asks, or a nil interface (not a typed nil) when nobody is signed in. nil asks
	// api/auth.
	Principal func(*fiber.Ctx) Principal
	// SaveLanguage, if set, keeps a signed-in person's choice of language beyond the cookie.
	SaveLanguage func(c *fiber.Ctx, p Principal, lang string) error
	Zone         *time.Location            // the company's zone; nil: UTC
	Now          func() time.Time          // business time for relative times; nil: time.Now
	Clock        func() hiring.Clock       // what Now goes by, shown when it is not wall time; nil: it is
	NewID        func() string             // command and request ids; nil: random UUIDs
	Company      func(c *fiber.Ctx) string // its name, above candidates' pages; nil or empty: the product's
	Nav          []NavGroup                // nil: Navigation
	SignIn       string                    // path of the sign-in page; "" means "/sign-in"
	Secure       bool                      // served over https: cookies Secure, HSTS sent
	Dev          bool                      // GET /styleguide exists
}

// Frame renders pages and problems and serves the static files. One per process; safe for
// concurrent use.
type Frame struct {
	opt    Options
	assets *assets
	sets   map[string]*set // by language
	paths  func(*fiber.App) map[string]bool
}

// New parses every template in every language and hashes every asset, about 100 ms in all, so a
// mistake in a template stops the start and not a page. It panics on such a mistake: the templates
// are part of the binary.
func New(opt Options) *Frame {
	if opt.Principal == nil {
		opt.Principal = signedIn
	}
	if opt.Zone == nil {
		opt.Zone = time.UTC
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.NewID == nil {
		opt.NewID = uuid.NewString
	}
	if opt.Nav == nil {
		opt.Nav = Navigation
	}
	if opt.SignIn == "" {
		opt.SignIn = "/sign-in"
	}
	f := &Frame{opt: opt, assets: loadAssets(), sets: map[string]*set{}}
	for _, lang := range i18n.Languages() {
		f.sets[lang] = f.parse(lang)
	}
	var once sync.Once
	var paths map[string]bool
	f.paths = func(app *fiber.App) map[string]bool {
		once.Do(func() { paths = served(app) })
		return paths
	}
	return f
}

// routes are the frame's own: static files, the choice of language and appearance, and in dev the
// style guide. /preferences is open as candidates' routes are: it is posted from their pages, whose
// no-referrer policy makes the browser's Origin "null", and it changes no more than how pages look.
func (f *Frame) routes(add func(method, path string, a auth.Access, h ...fiber.Handler)) {
	add(fiber.MethodGet, "/static/*", auth.Public, f.assets.serve)
	add(fiber.MethodPost, "/preferences", auth.Candidate, f.preferences)
	if f.opt.Dev {
		add(fiber.MethodGet, "/styleguide", auth.Public, f.styleguide)
		add(fiber.MethodPost, "/styleguide", auth.Candidate, f.styleguide)
		add(fiber.MethodGet, "/styleguide/candidate", auth.Public, f.styleguideCandidate)
		add(fiber.MethodGet, "/styleguide/problem/:status", auth.Public, f.styleguideProblem)
	}
}

// Register adds the frame's own routes and their rows of the matrix. The app needs besides:
//
//	app := fiber.New(fiber.Config{..., ErrorHandler: frame.Problem})
//	app.Use(frame.Headers, web.RefuseEncoded)
func (f *Frame) Register(r auth.Routes) { f.routes(r.Add) }

// Mount is Register for an app without a matrix, whose routes nobody guards.
func (f *Frame) Mount(app fiber.Router) {
	f.routes(func(method, path string, _ auth.Access, h ...fiber.Handler) {
		if method == fiber.MethodGet {
			app.Get(path, h...) // serves HEAD too
			return
		}
		app.Add(method, path, h...)
	})
}

// Lang returns the reader's language: the signed-in person's, else the cookie's, else the browser's.
// A candidate's page sets Page.Lang by LangOr instead.
func (f *Frame) Lang(c *fiber.Ctx) string {
	if p := f.opt.Principal(c); p != nil && i18n.Known(p.Language()) {
		if f.opt.SaveLanguage == nil { // the switch has only the cookie to write to
			return f.LangOr(c, p.Language())
		}
		return p.Language()
	}
	return f.LangOr(c, "")
}

// LangOr returns the language chosen with the switch in this browser, else own, else the browser's. A
// candidate's page asks with the application's language: Page{Lang: f.LangOr(c, application.Language)}.
func (f *Frame) LangOr(c *fiber.Ctx, own string) string {
	if lang := c.Cookies("lang"); i18n.Known(lang) {
		return lang
	}
	if i18n.Known(own) {
		return own
	}
	return i18n.Match(c.Get(fiber.HeaderAcceptLanguage))
}

// T is a text in the reader's language, for titles.
func (f *Frame) T(c *fiber.Ctx, key string, args ...any) string {
	return i18n.T(f.Lang(c), key, args...)
}

// Redirect answers 303 to a path of our own. Anything that could leave the site ("//host", a scheme,
// a control character) goes to the first page instead, so a path from a form is safe to give.
func (f *Frame) Redirect(c *fiber.Ctx, path string) error {
	if c.Get("HX-Request") == "true" && c.Get("HX-Boosted") != "true" {
		c.Set("HX-Redirect", localPath(path)) // a swapped-in whole page would nest the frame in itself
		return c.SendStatus(fiber.StatusOK)
	}
	c.Set(fiber.HeaderLocation, localPath(path))
	return c.SendStatus(fiber.StatusSeeOther)
}

// RedirectFlash is Redirect with a message for the next page.
func (f *Frame) RedirectFlash(c *fiber.Ctx, path string, m Flash) error {
	f.SetFlash(c, m)
	return f.Redirect(c, path)
}

func localPath(path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t\x00") {
		return "/"
	}
	u, err := url.Parse(path)
	if err != nil || u.Host != "" || u.Scheme != "" {
		return "/"
	}
	return path
}

// preferences keeps the choice of language or appearance in a cookie and goes back to the page.
func (f *Frame) preferences(c *fiber.Ctx) error {
	keep := func(name, value string, httpOnly bool) {
		c.Cookie(&fiber.Cookie{
			Name: name, Value: value, Path: "/", MaxAge: 365 * 24 * 3600,
			HTTPOnly: httpOnly, Secure: f.opt.Secure, SameSite: fiber.CookieSameSiteLaxMode,
		})
	}
	if lang := c.FormValue("lang"); i18n.Known(lang) {
		keep("lang", lang, true)
		// The route asks for no form token, since strangers and candidates use it too; an account is
		// changed only by a form that carried its session's.
		if p := f.opt.Principal(c); p != nil && f.opt.SaveLanguage != nil && c.FormValue(auth.FormField) == p.CSRF() {
			if err := f.opt.SaveLanguage(c, p, lang); err != nil {
				return f.Problem(c, err)
			}
		}
	}
	if theme := c.FormValue("theme"); theme == "light" || theme == "dark" || theme == "auto" {
		keep("theme", theme, false) // the switch in app.js writes it without a round trip
	}
	return f.Redirect(c, c.FormValue("back"))
}
