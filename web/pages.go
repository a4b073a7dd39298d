package web

import (
	"time"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/link"
)

// Pages holds what page handlers need. Handlers are methods on it, in the file named after their
// process or catalogue; each such file has a method "<name>Routes(auth.Routes)" that states its routes
// with their roles, called from Register (routes.go).
type Pages struct {
	Frame     *Frame
	Reader    *store.Reader
	Catalog   *store.Catalog
	Accounts  *auth.Accounts
	Commands  *workflows.Client // workflows.Do(ctx, p.Commands, workflows.Confirm, id, by, args)
	Keys      link.Keys
	PublicURL string           // without a slash at the end
	Now       func() time.Time // business time
	Live      *Live            // nil: a process without live news; pages poll
}
