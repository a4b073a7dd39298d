package auth

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/gofiber/fiber/v2"

	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/staff"
)

// Access says who may use a route.
type Access struct {
	kind        accessKind
	roles       []staff.Role
	scope       Scope // beyond what the method asks
	sessionOnly bool
}

type accessKind int

const (
	public accessKind = iota + 1 // the zero Access is nobody's
	candidate
	signedIn
)

// The kinds of access.
var (
	Public    = Access{kind: public}    // everybody
	Candidate = Access{kind: candidate} // whoever holds the link in the path; the handler verifies it
	SignedIn  = Access{kind: signedIn}  // any member of staff
)

// Roles lets in staff with one of these roles. A route for administrators alone also asks a token for
// scope admin.
func Roles(roles ...staff.Role) Access {
	if len(roles) == 0 {
		panic("auth: Roles without a role; SignedIn is for everybody on the staff")
	}
	a := Access{kind: signedIn, roles: roles}
	if len(roles) == 1 && roles[0] == staff.Admin {
		a.scope = Admin
	}
	return a
}

// BySession is a without API tokens: passwords, sessions, and tokens themselves.
func (a Access) BySession() Access { a.sessionOnly = true; return a }

// InScope is a with a scope that a token needs whatever the method.
func (a Access) InScope(s Scope) Access { a.scope = s; return a }

// Check judges p for a request of this method. Faults: unauthenticated; not_found for a role that is
// not his; forbidden scope for a token that is too narrow.
func (a Access) Check(p Principal, method string) error {
	switch a.kind {
	case public, candidate:
		return nil
	case signedIn:
	default:
		return fault.Missing("page")
	}
	if !p.Signed() {
		return fault.New(fault.Unauthenticated, "unauthenticated")
	}
	if len(a.roles) > 0 && !p.Has(a.roles...) {
		return fault.Missing("page")
	}
	need := Write
	if safe(method) {
		need = Read
	}
	if a.scope != "" && slices.Index(Scopes, a.scope) > slices.Index(Scopes, need) {
		need = a.scope
	}
	if p.Kind == Program && a.sessionOnly || !p.InScope(need) {
		return fault.New(fault.Forbidden, "token_scope", "scope", string(need))
	}
	return nil
}

// String writes the access for the written matrix: "public", "candidate", "signed in", "admin hr".
func (a Access) String() string {
	s := map[accessKind]string{public: "public", candidate: "candidate", signedIn: "signed in"}[a.kind]
	if len(a.roles) > 0 {
		words := make([]string, len(a.roles))
		for i, r := range a.roles {
			words[i] = string(r)
		}
		s = strings.Join(words, " ")
	}
	if a.sessionOnly {
		s += ", by session"
	}
	if a.scope != "" {
		s += ", scope " + string(a.scope)
	}
	return s
}

func safe(method string) bool {
	return method == fiber.MethodGet || method == fiber.MethodHead || method == fiber.MethodOptions
}

// Route is one row of the matrix.
type Route struct {
	Method, Path string
	Access       Access
}

// Matrix is the one table of every route of pages and API and of who may use it.
type Matrix struct {
	mu      sync.Mutex
	rows    map[[2]string]Access
	guarded bool
	// same checks that an unsafe request comes from our own pages; NewMatrix's caller gives it.
	same func(c *fiber.Ctx, a Access) error
}

// NewMatrix returns an empty matrix whose guard checks forms by a.
func NewMatrix(a *Accounts) *Matrix {
	return &Matrix{rows: map[[2]string]Access{}, same: a.sameSite}
}

// Add states who may use a route, by its method and the path as the router has it ("/people/:id"). GET
// covers HEAD. A row stated twice panics: one of them would be a mistake nobody sees.
func (m *Matrix) Add(method, path string, a Access) {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := [2]string{method, path}
	if _, twice := m.rows[key]; twice {
		panic("auth: in the matrix twice: " + method + " " + path)
	}
	m.rows[key] = a
}

// Rows returns the matrix, sorted by path and method.
func (m *Matrix) Rows() []Route {
	m.mu.Lock()
	defer m.mu.Unlock()
	rows := make([]Route, 0, len(m.rows))
	for key, a := range m.rows {
		rows = append(rows, Route{key[0], key[1], a})
	}
	slices.SortFunc(rows, func(a, b Route) int {
		return strings.Compare(a.Path+"\x00"+a.Method, b.Path+"\x00"+b.Method)
	})
	return rows
}

// of returns a route's row; the zero Access, which lets nobody in, if it has none.
func (m *Matrix) of(method, path string) Access {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, ok := m.rows[[2]string{method, path}]
	if !ok && method == fiber.MethodHead {
		a = m.rows[[2]string{fiber.MethodGet, path}]
	}
	return a
}

// Guard puts every route of app behind its row; one without a row answers not_found. Call it once, after
// the last route: adding one later panics.
func (m *Matrix) Guard(app *fiber.App) {
	m.guarded = true
	real := app.GetRoutes(true) // without middleware, in the order of the stack
	next := 0
	for _, stack := range app.Stack() {
		for _, route := range stack {
			if next == len(real) || !sameRoute(real[next], *route) {
				continue // middleware
			}
			next++
			guard := m.guard(m.of(route.Method, route.Path))
			route.Handlers = append([]fiber.Handler{guard}, route.Handlers...)
		}
	}
	if next != len(real) {
		panic("auth: the router's table is not as expected; nothing would be guarded")
	}
	app.Hooks().OnRoute(func(r fiber.Route) error {
		return fmt.Errorf("auth: route %s %s was added after the guard", r.Method, r.Path)
	})
}

func sameRoute(a, b fiber.Route) bool {
	return a.Method == b.Method && a.Path == b.Path && len(a.Handlers) == len(b.Handlers) && &a.Handlers[0] == &b.Handlers[0]
}

func (m *Matrix) guard(a Access) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if err := a.Check(Of(c), c.Method()); err != nil {
			return err
		}
		if !safe(c.Method()) {
			if err := m.same(c, a); err != nil {
				return err
			}
		}
		return c.Next()
	}
}

// Compare says where the router and the matrix differ: routes without a row, rows without a route, and
// a router that is not guarded. For the role-matrix test; it is empty when all is well.
func (m *Matrix) Compare(app *fiber.App) []string {
	var wrong []string
	if !m.guarded {
		wrong = append(wrong, "the matrix guards nothing yet")
	}
	served := map[[2]string]bool{}
	for _, r := range app.GetRoutes(true) {
		served[[2]string{r.Method, r.Path}] = true
		if m.of(r.Method, r.Path).kind == 0 {
			wrong = append(wrong, "not in the matrix: "+r.Method+" "+r.Path)
		}
	}
	for key := range maps.Keys(m.rows) {
		if !served[key] {
			wrong = append(wrong, "not in the router: "+key[0]+" "+key[1])
		}
	}
	slices.Sort(wrong)
	return wrong
}

// Routes registers a route and its row together.
type Routes struct {
	App    *fiber.App
	Matrix *Matrix
}

// Get registers a page to read.
func (r Routes) Get(path string, a Access, handlers ...fiber.Handler) {
	r.Add(fiber.MethodGet, path, a, handlers...)
}

// Post registers a form's target.
func (r Routes) Post(path string, a Access, handlers ...fiber.Handler) {
	r.Add(fiber.MethodPost, path, a, handlers...)
}

// Add registers handlers for a method and path and states who may use them. GET serves HEAD too.
func (r Routes) Add(method, path string, a Access, handlers ...fiber.Handler) {
	r.Matrix.Add(method, path, a)
	if method == fiber.MethodGet {
		r.App.Get(path, handlers...)
		return
	}
	r.App.Add(method, path, handlers...)
}
