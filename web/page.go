package web

import (
	"crypto/sha256"
	"encoding/hex"
	"html/template"
	"net/url"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/hiring"
)

// Layout is the shell around a page's content.
type Layout string

// The shells. The zero value is Staff.
const (
	Staff     Layout = "staff"     // sidebar by role; a bar at the bottom on a phone
	Candidate Layout = "candidate" // one calm column; no-store, noindex, no-referrer
	Plain     Layout = "plain"     // a card in the middle: sign-in, problems for strangers
)

// Page is what a template is given as its dot. A handler sets Title and Body and, where they apply,
// Form, Crumbs, Layout; HTML fills the rest from the request unless set.
type Page struct {
	Title  string // words, not a key; stands in the tab and as the h1
	Lead   string // a sentence under the h1, may be empty
	Layout Layout
	Crumbs []Crumb // the way here, without the page itself
	Form   *Form   // its faults are listed on top and beside the fields
	Body   any     // the page's own data
	Wide   bool    // use the window's whole width (boards, comparisons)
	Open   bool    // a Candidate page for anybody: nothing personal in its foot

	Lang  string
	Theme string         // "light", "dark" or "auto"
	Brand string         // whose page it is, on a Candidate's; empty: the product's
	Zone  *time.Location // the reader's; a meeting's time is written in the venue's, see moment
	Now   time.Time
	Clock hiring.Clock // what Now goes by
	User  *User        // nil when nobody is signed in
	CSRF  string
	Flash *Flash
	Nav   []NavGroup
	Path  string // the request's path, without the query
	Back  string // the path with the query, for the language switch
	Again string // the page a form stood on that is shown again; empty: the page was asked for by its address

	Content template.HTML // the rendered "content", while the layout is rendered around it
	Actions template.HTML // the rendered "actions", the buttons beside the h1; may be empty
	newID   func() string
}

// User is the signed-in person as the frame shows him.
type User struct {
	ID    string
	Name  string
	Roles []string
}

// Mark tells one person from another to a script that keeps something in the tab; it names nobody.
func (u *User) Mark() string {
	if u == nil {
		return ""
	}
	sum := sha256.Sum256([]byte("mark/" + u.ID))
	return hex.EncodeToString(sum[:8])
}

// Crumb is one step of the way to a page.
type Crumb struct{ Label, URL string }

// Command returns a fresh command id for a form: sent twice, it is one command.
func (p Page) Command() string { return p.newID() }

// With returns the page with another body, for a block that shows one of many.
func (p Page) With(body any) *Page {
	p.Body = body
	return &p
}

// Languages lists the codes for the switch.
func (p Page) Languages() []string { return i18n.Languages() }

// Phone returns the items of the phone's bottom bar.
func (p Page) Phone() []NavItem {
	var out []NavItem
	for _, g := range p.Nav {
		for _, item := range g.Items {
			if item.Phone && len(out) < 4 {
				out = append(out, item)
			}
		}
	}
	return out
}

// fill completes a page from the request.
func (f *Frame) fill(c *fiber.Ctx, p *Page) {
	if p.Layout == "" {
		p.Layout = Staff
	}
	if p.Lang == "" {
		p.Lang = f.Lang(c)
	}
	if p.Theme = c.Cookies("theme"); p.Theme != "light" && p.Theme != "dark" {
		p.Theme = "auto"
	}
	p.Path = c.Path()
	p.Back = c.OriginalURL()
	if c.Method() != fiber.MethodGet { // a form shown again: go back to the page it stood on
		if u, err := url.Parse(c.Get(fiber.HeaderReferer)); err == nil && u.Path != "" {
			p.Back, p.Again = u.RequestURI(), u.RequestURI()
		}
	}
	p.Now = f.opt.Now()
	if f.opt.Clock != nil {
		p.Clock = f.opt.Clock()
	}
	p.newID = f.opt.NewID
	if p.Zone == nil {
		p.Zone = f.opt.Zone
	}
	if p.Layout == Candidate && f.opt.Company != nil {
		p.Brand = f.opt.Company(c)
	}
	who := f.opt.Principal(c)
	if who == nil || p.Layout == Candidate {
		if p.Layout == Staff {
			p.Layout = Plain
		}
		return
	}
	if z := who.Zone(); z != nil {
		p.Zone = z
	}
	p.User = &User{ID: who.ID(), Name: who.Name(), Roles: who.Roles()}
	p.CSRF = who.CSRF()
	if p.Nav == nil {
		paths := f.paths(c.App())
		p.Nav = navFor(f.opt.Nav, p.User.Roles, func(path string) bool { return paths[path] }, p.Path)
	}
}
