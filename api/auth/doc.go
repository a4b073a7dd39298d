// Package auth says who asks, and whether he may.
//
// # For handlers
//
// The middleware Authenticate puts a Principal into every request; Of(c) and, in huma's operations,
// From(ctx) return it. A route states who may come in one table, the Matrix, and is registered through
// Routes, so that a handler need not ask for roles again; ownership ("only my own trainee") is asked of
// the rules in workflows/staff.
//
//	r := auth.Routes{App: app, Matrix: matrix}
//	r.Get("/people", auth.Roles(staff.Admin, staff.HR), p.list)
//	...
//	matrix.Guard(app) // last, after every route: what is not in the matrix answers 404
//
// huma registers with Fiber itself; its rows are added by Matrix.Add with the same method and path.
//
// Guard puts the check in front of each route's own handlers, in Fiber's route table, so the row asked
// is the row of the route that serves: a middleware that matched paths by itself could disagree with
// the router about which of two patterns a path belongs to.
//
// # Order of middleware
//
// security headers, RefuseEncoded, Authenticate, routes, Guard. Faults are returned; the app's error
// handler makes pages or problem+json of them.
//
// # Sessions
//
// The cookie holds 32 random bytes; the database their SHA-256. The form token is an HMAC keyed with the
// cookie's bytes: bound to the session, stored nowhere. Signing in always makes a new session and ends
// the browser's older one. Expiry is absolute and by idleness, on wall time. A new password ends all
// other sessions and all links by raising the account's generation.
//
// # Forms
//
// An unsafe request that a browser says came from another site is refused whatever it carries
// (Sec-Fetch-Site, else Origin), so sign-in and candidates' forms are covered too. A session's unsafe
// requests also carry the form token, in field _csrf or header X-CSRF-Token. API tokens need neither:
// no browser adds them by itself.
//
// # Limits
//
// Tries to sign in are counted for each account and each address (IPv6: each /64) before the password
// is hashed, by all processes together. Someone who keeps failing on purpose can keep an account's owner
// from signing in for a quarter of an hour; setting a new password by mail lifts it at once.
package auth
