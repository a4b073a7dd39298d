// Package api is Stazh over HTTP for programs: huma's operations on the Fiber router, described by an
// OpenAPI 3.1 document at /openapi.json (and .yaml) with a page to read it at /api/docs, served from here.
//
// # Conventions
//
// Lists take ?cursor=&limit= and answer {"items": [], "next": ""}: next is the cursor of the next page,
// empty at the end. Unknown query parameters and body fields are refused. Commands (POST .../{id}/decide)
// carry an Idempotency-Key; the same key again gets the same answer, with other arguments it is 422
// key_reused. A command's answer means the facts are committed.
//
// # Refusals
//
// Every refusal is an RFC 9457 problem with the fault's code, fields and details (problem.go, the second
// of fault's three borders). 202 means the command was taken and its answer is not there yet: ask again
// with the same key. 503 means nothing was written. What a request carried is never echoed.
//
// # Shape
//
// One file a process. An operation is a row of op, which registers it with huma, with the role matrix of
// package auth and with the document at once. Handlers read through store.Reader, change catalogue data
// through store.Catalog, and everything else by a command through workflows.Client.
package api
