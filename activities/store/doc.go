// Package store keeps the facts in PostgreSQL through Bun.
//
// It has three faces, and every table has one of them as its only writer:
//
//	Reader   what pages and API read; each list is one query with a cursor
//	Catalog  catalogue data written by handlers in one transaction (profiles, vacancies, venues, staff,
//	         policy) and intake (responses), who a person is (corrected, merged), documents, account
//	         matters
//	Record   process facts, written by steps alone; only package activities names it (a test checks)
//
// A Record lives in one transaction. Rows are locked in the order person, application, session; judged
// by the rules under that lock; written; journalled. Inside the transaction only its own handle is used.
// SQL never asks now() for business time: the caller says when it is.
//
// Bun writes arguments into the SQL text, so every string is checked once, here, for NUL bytes and
// invalid UTF-8 (CheckText): PostgreSQL would fail the statement.
package store
