// Package fault is Stazh's one error type: what kind of refusal it is, a stable code that pages and
// API clients may act on, and the few plain facts a sentence about it needs. It is translated at
// exactly three borders: Temporal (workflows), HTTP problem+json (api) and HTML forms (web).
//
// A fault never carries personal text: it travels through workflow histories and logs. Details are
// ids, codes, numbers and times; the words are made at the border, in the reader's language, from
// the catalogue key "fault.<code>".
package fault

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Kind says how a refusal is to be treated, not what it is about.
type Kind string

// The kinds and the HTTP status each becomes.
const (
	Invalid         Kind = "invalid"         // 422: the input's shape or value is wrong; fields say where
	Conflict        Kind = "conflict"        // 409: the state met does not allow it
	NotFound        Kind = "not_found"       // 404: absent, or not for this reader's eyes
	Unauthenticated Kind = "unauthenticated" // 401: nobody is signed in
	Forbidden       Kind = "forbidden"       // 403: signed in, but a token or form check failed
	TooMany         Kind = "too_many"        // 429: a limiter said wait
	Pending         Kind = "pending"         // 202: accepted for saving, the answer is not there yet
	Unavailable     Kind = "unavailable"     // 503: a part is down; nothing was written
	Internal        Kind = "internal"        // 500: ours to mend
)

// Error is a refusal. The zero value is not useful; make one with New or Field.
type Error struct {
	Kind Kind   `json:"kind"`
	Code string `json:"code"` // stable, snake_case: "seat_taken"
	// Details are ids, codes, numbers and RFC 3339 times that the sentence needs: never names,
	// addresses or free text.
	Details map[string]string `json:"details,omitempty"`
	// Fields maps an input's name to a code, for Kind Invalid.
	Fields map[string]string `json:"fields,omitempty"`
}

// New returns a fault. Details come as key, value pairs; an odd one out is dropped.
func New(kind Kind, code string, details ...string) *Error {
	e := &Error{Kind: kind, Code: code}
	for i := 0; i+1 < len(details); i += 2 {
		if e.Details == nil {
			e.Details = map[string]string{}
		}
		e.Details[details[i]] = details[i+1]
	}
	return e
}

// Error implements error with kind, code and sorted details; it is for logs, never for people.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", e.Kind, e.Code)
	for _, k := range slices.Sorted(maps.Keys(e.Details)) {
		fmt.Fprintf(&b, " %s=%s", k, e.Details[k])
	}
	for _, k := range slices.Sorted(maps.Keys(e.Fields)) {
		fmt.Fprintf(&b, " field.%s=%s", k, e.Fields[k])
	}
	return b.String()
}

// Is matches a target fault of the same code, so errors.Is(err, fault.New(k, "seat_taken")) works.
func (e *Error) Is(target error) bool {
	var t *Error
	return errors.As(target, &t) && t.Code == e.Code
}

// As returns the fault in err's chain, or nil.
func As(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// KindOf returns the kind of the fault in err's chain; Internal for any other error, "" for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	if e := As(err); e != nil {
		return e.Kind
	}
	return Internal
}

// CodeOf returns the code of the fault in err's chain, or "".
func CodeOf(err error) string {
	if e := As(err); e != nil {
		return e.Code
	}
	return ""
}

// Missing is the answer for what is absent or not for this reader.
func Missing(what string) *Error { return New(NotFound, "not_found", "what", what) }

// Fields gathers what is wrong with an input, field by field. The zero value is ready.
type Fields struct{ codes map[string]string }

// Add notes a code for a field; the first code for a field stays.
func (f *Fields) Add(field, code string) {
	if f.codes == nil {
		f.codes = map[string]string{}
	}
	if _, ok := f.codes[field]; !ok {
		f.codes[field] = code
	}
}

// Require adds code for field unless ok.
func (f *Fields) Require(ok bool, field, code string) {
	if !ok {
		f.Add(field, code)
	}
}

// Err returns an Invalid fault with code "invalid_input" and the fields noted, or nil when there are none.
func (f *Fields) Err() error {
	if len(f.codes) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Code: "invalid_input", Fields: f.codes}
}

// Redact describes an error that is not a fault without its text, which may quote what people typed: the
// types in its chain, and the SQLSTATE and constraint where the database refused.
func Redact(err error) string {
	if err == nil {
		return ""
	}
	if e := As(err); e != nil {
		return e.Error()
	}
	var sql interface{ SQLState() string }
	if errors.As(err, &sql) {
		return fmt.Sprintf("sqlstate %s (%T)", sql.SQLState(), err)
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return "context ended"
	}
	names := []string{}
	for e := err; e != nil && len(names) < 6; e = errors.Unwrap(e) {
		names = append(names, fmt.Sprintf("%T", e))
	}
	return strings.Join(names, " > ")
}
