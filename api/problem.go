package api

import (
	"database/sql/driver"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/fault"
)

// Problem is a refusal as RFC 9457 wants it, with the fault's code, fields and details as members.
type Problem struct {
	Type    string            `json:"type" format:"uri" example:"urn:stazh:fault:seat_taken" doc:"Names the code."`
	Title   string            `json:"title" example:"Conflict"`
	Status  int               `json:"status" example:"409"`
	Detail  string            `json:"detail,omitempty" doc:"The same in words, in the language of Accept-Language (en, bg, ru)."`
	Code    string            `json:"code" example:"seat_taken" doc:"Stable; programs act on this."`
	Fields  map[string]string `json:"fields,omitempty" doc:"What is wrong with the input: a field's path to a code." example:"{\"version\":\"required\"}"`
	Details map[string]string `json:"details,omitempty" doc:"Ids, codes, numbers and times about the refusal."`
	// Alternatives stand beside seat_taken.
	Alternatives []FreeTime `json:"alternatives,omitempty" doc:"With seat_taken: times that are still free."`
}

// Error implements error.
func (p *Problem) Error() string { return p.Code }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return problemJSON }

const problemJSON = "application/problem+json"

// alternatives is a refusal with times to offer instead.
type alternatives struct {
	error
	times []FreeTime
}

func (a alternatives) Unwrap() error { return a.error }

// withStatus is a refusal whose status is not its kind's.
type withStatus struct {
	error
	code int
}

func (w withStatus) Unwrap() error { return w.error }

// status returns the HTTP status of a fault's kind.
func status(kind fault.Kind) int {
	switch kind {
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.Conflict:
		return http.StatusConflict
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.TooMany:
		return http.StatusTooManyRequests
	case fault.Pending:
		return http.StatusAccepted
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// ofStatus is the fault for a refusal that the router or huma made.
var ofStatus = map[int]*fault.Error{
	http.StatusBadRequest:                  fault.New(fault.Invalid, "bad_request"),
	http.StatusNotFound:                    fault.Missing("page"), // as the matrix refuses, or one could tell a hidden route from none
	http.StatusMethodNotAllowed:            fault.New(fault.Invalid, "method_not_allowed"),
	http.StatusNotAcceptable:               fault.New(fault.Invalid, "not_acceptable"),
	http.StatusRequestTimeout:              fault.New(fault.Invalid, "request_timeout"),
	http.StatusRequestEntityTooLarge:       fault.New(fault.Invalid, "too_large"),
	http.StatusRequestURITooLong:           fault.New(fault.Invalid, "too_large"),
	http.StatusUnsupportedMediaType:        fault.New(fault.Invalid, "unsupported_media_type"),
	http.StatusUnprocessableEntity:         fault.New(fault.Invalid, "invalid_input"),
	http.StatusRequestHeaderFieldsTooLarge: fault.New(fault.Invalid, "too_large"),
}

// problemOf translates any error. Text of errors that are not faults is never shown: it may quote what
// people typed, or our insides.
func problemOf(err error, lang string) *Problem {
	f, code := fault.As(err), 0
	var fe *fiber.Error
	switch {
	case f != nil:
		code = status(f.Kind)
	case errors.As(err, &fe) && fe.Code < 500:
		code = fe.Code
		if f = ofStatus[code]; f == nil {
			f = ofStatus[http.StatusBadRequest]
		}
	case down(err):
		f, code = fault.New(fault.Unavailable, "unavailable"), http.StatusServiceUnavailable
	default:
		f, code = fault.New(fault.Internal, "internal"), http.StatusInternalServerError
	}
	var other withStatus
	if errors.As(err, &other) {
		code = other.code
	}
	p := &Problem{
		Type: "urn:stazh:fault:" + f.Code, Title: http.StatusText(code), Status: code, Code: f.Code,
		Detail: words(lang, f), Fields: f.Fields, Details: f.Details,
	}
	var also alternatives
	if errors.As(err, &also) {
		p.Alternatives = also.times
	}
	return p
}

// words says the fault; one without words of its own, or with a hole in them, is said by its kind.
func words(lang string, f *fault.Error) string {
	key := "fault." + f.Code
	if i18n.Has(key) {
		whole := true
		for _, name := range i18n.Arguments(key) {
			_, ok := f.Details[name]
			whole = whole && ok
		}
		if whole {
			return i18n.TMap(lang, key, f.Details)
		}
	}
	general := map[fault.Kind]string{fault.Invalid: "invalid_input", fault.Conflict: "conflict", fault.NotFound: "not_found"}[f.Kind]
	if general == "" {
		general = string(f.Kind)
	}
	if key = "fault." + general; i18n.Has(key) {
		return i18n.T(lang, key)
	}
	return ""
}

// down reports whether err means that the database cannot be reached or is stopping, which is nobody's
// mistake and passes.
func down(err error) bool {
	var network net.Error
	var sql interface{ SQLState() string }
	if errors.As(err, &sql) {
		state := sql.SQLState()
		return strings.HasPrefix(state, "08") || strings.HasPrefix(state, "53") || strings.HasPrefix(state, "57P")
	}
	return errors.As(err, &network) || errors.Is(err, driver.ErrBadConn)
}

// note logs what is ours to mend, without its text.
func note(p *Problem, method, route string, err error) {
	if p.Status >= 500 {
		slog.Error("an API request failed", "status", p.Status, "method", method, "route", route, "error", fault.Redact(err))
	}
}

// retryAfter is how many seconds a client should wait: for an answer that is late, for a part that is
// down, for a limiter (which says itself).
func retryAfter(p *Problem) string {
	switch p.Status {
	case http.StatusAccepted:
		return "1"
	case http.StatusServiceUnavailable:
		return "5"
	case http.StatusTooManyRequests:
		if wait := p.Details["retry_after"]; wait != "" {
			return wait
		}
		return "30"
	}
	return ""
}

// newError is what huma makes of its own refusals and of the errors that handlers return.
func newError(ctx huma.Context, code int, _ string, errs ...error) huma.StatusError {
	var err error
	switch {
	case len(errs) == 1 && !isDetail(errs[0]):
		err = errs[0]
	case len(errs) > 0:
		err = validation(code, errs)
	case ofStatus[code] != nil:
		err = fiber.NewError(code)
	}
	if err == nil {
		err = fault.New(fault.Internal, "internal")
	}
	lang := i18n.English
	if ctx != nil {
		lang = i18n.Match(ctx.Header("Accept-Language"))
	}
	p := problemOf(err, lang)
	if ctx != nil {
		note(p, ctx.Method(), ctx.Operation().Path, err)
		if wait := retryAfter(p); wait != "" {
			ctx.SetHeader("Retry-After", wait)
		}
	}
	return p
}

func isDetail(err error) bool {
	var d huma.ErrorDetailer
	return errors.As(err, &d)
}

// ErrorHandler returns the app's error handler: problems for the API's paths, next for all others.
func ErrorHandler(next fiber.ErrorHandler) fiber.ErrorHandler {
	return func(c *fiber.Ctx, err error) error {
		if !strings.HasPrefix(c.Path(), "/api/") && !strings.HasPrefix(c.Path(), "/openapi.") {
			return next(c, err)
		}
		lang := i18n.Match(c.Get(fiber.HeaderAcceptLanguage))
		p := problemOf(err, lang)
		if p.Status == http.StatusUnsupportedMediaType && c.Get(fiber.HeaderContentEncoding) != "" {
			p.Code, p.Type, p.Detail = "unsupported_encoding", "urn:stazh:fault:unsupported_encoding", i18n.T(lang, "fault.unsupported_encoding")
		}
		note(p, c.Method(), c.Route().Path, err)
		if wait := retryAfter(p); wait != "" {
			c.Set(fiber.HeaderRetryAfter, wait)
		}
		if p.Status == http.StatusUnauthorized {
			c.Set(fiber.HeaderWWWAuthenticate, "Bearer")
		}
		c.Set(fiber.HeaderCacheControl, "no-store")
		raw, err := json.Marshal(p)
		if err != nil {
			return err
		}
		c.Set(fiber.HeaderContentType, problemJSON)
		return c.Status(p.Status).Send(raw)
	}
}
