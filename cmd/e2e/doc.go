// Package e2e drives whole journeys on real parts: in-process Temporal, PostgreSQL, an SMTP sink,
// Chromium. Its tests and cmd/dev are the only packages that link the Temporal server.
package e2e
