package web

import (
	"errors"
	"log/slog"
	"maps"
	"net/url"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/fault"
)

// Problem turns an error into a page (or, for htmx, a notice): the status of its kind, words in the
// reader's language and what to do now. It is the app's ErrorHandler, so a handler simply returns its
// error. Nobody signed in: a GET goes to the sign-in page and comes back afterwards.
func (f *Frame) Problem(c *fiber.Ctx, err error) error {
	status, code, details := classify(err)
	token := c.Get(fiber.HeaderAuthorization) != "" // signing in would not mend a bad token
	if status == fiber.StatusUnauthorized && !token && c.Method() == fiber.MethodGet && c.Get("HX-Request") != "true" {
		return f.Redirect(c, f.opt.SignIn+"?next="+url.QueryEscape(localPath(c.OriginalURL())))
	}
	p := Page{}
	if layout, ok := c.Locals(layoutLocal).(Layout); ok {
		p.Layout = layout
		p.Lang, _ = c.Locals(langLocal).(string)
	}
	f.fill(c, &p)
	data := problem{Status: status, Say: i18n.TMap(p.Lang, "fault."+code, words(p, details)), SignIn: f.opt.SignIn}
	key := code
	if !i18n.Has("problem." + key + "_title") {
		key = strconv.Itoa(status)
	}
	if !i18n.Has("problem." + key + "_title") {
		key = "500"
	}
	data.Do = "problem." + key + "_do"
	if status >= 500 {
		data.ID = f.opt.NewID()
		f.log("a request failed", err, "problem", data.ID, "status", status, "route", c.Route().Path, "method", c.Method())
	}
	if status == fiber.StatusTooManyRequests || status == fiber.StatusServiceUnavailable {
		wait := details["retry_after"]
		if _, bad := strconv.Atoi(wait); bad != nil {
			wait = "30"
		}
		c.Set(fiber.HeaderRetryAfter, wait)
	}
	p.Title = i18n.T(p.Lang, "problem."+key+"_title")
	p.Body = data
	if c.Get("HX-Request") == "true" && c.Get("HX-Boosted") != "true" {
		return f.Fragment(c, status, "page/problem", "notice", p)
	}
	renderErr := f.HTML(c, status, "page/problem", p)
	if renderErr != nil { // the last resort must not need a template
		f.log("the problem page failed", renderErr)
		return c.Status(status).SendString(p.Title)
	}
	return nil
}

type problem struct {
	Status int
	Say    string // what happened
	Do     string // catalogue key: what to do now
	ID     string // to find it in the log; only of faults on our side
	SignIn string
}

const (
	layoutLocal = "web.layout"
	langLocal   = "web.lang"
)

// For tells the frame how to show a problem on this request before the page is known: the candidate's
// routes say Candidate and the language of the application once they have read it.
func For(c *fiber.Ctx, layout Layout, lang string) {
	c.Locals(layoutLocal, layout)
	if i18n.Known(lang) {
		c.Locals(langLocal, lang)
	}
}

// Status returns the HTTP status of a fault's kind.
func Status(kind fault.Kind) int {
	switch kind {
	case fault.Invalid:
		return fiber.StatusUnprocessableEntity
	case fault.Conflict:
		return fiber.StatusConflict
	case fault.NotFound:
		return fiber.StatusNotFound
	case fault.Unauthenticated:
		return fiber.StatusUnauthorized
	case fault.Forbidden:
		return fiber.StatusForbidden
	case fault.TooMany:
		return fiber.StatusTooManyRequests
	case fault.Pending:
		return fiber.StatusAccepted
	case fault.Unavailable:
		return fiber.StatusServiceUnavailable
	default:
		return fiber.StatusInternalServerError
	}
}

// classify returns the status, the fault code that has words, and the facts the words need.
func classify(err error) (int, string, map[string]string) {
	if e := fault.As(err); e != nil {
		code := e.Code
		for _, name := range i18n.Arguments("fault." + code) {
			if _, ok := e.Details[name]; !ok {
				code = "" // a sentence with a hole is worse than the kind's own
			}
		}
		if code == "" || !i18n.Has("fault."+code) {
			code = general(Status(e.Kind))
		}
		return Status(e.Kind), code, e.Details
	}
	var fe *fiber.Error
	if errors.As(err, &fe) && fe.Code >= 400 && fe.Code < 600 {
		return fe.Code, general(fe.Code), nil
	}
	return fiber.StatusInternalServerError, "internal", nil
}

// general is the code whose words fit any fault of a status.
func general(status int) string {
	code, ok := map[int]string{
		202: "pending", 401: "unauthenticated", 403: "forbidden", 404: "not_found", 405: "method_not_allowed",
		409: "conflict", 413: "too_large", 415: "unsupported_encoding", 429: "too_many", 503: "unavailable",
	}[status]
	switch {
	case ok:
		return code
	case status < 500:
		return "invalid_input"
	default:
		return "internal"
	}
}

// words writes the times among a fault's details as the reader would.
func words(p Page, details map[string]string) map[string]string {
	out := maps.Clone(details)
	for k, v := range out {
		if t, err := time.Parse(time.RFC3339, v); err == nil {
			out[k] = i18n.Moment(p.Lang, t, p.Zone)
		}
	}
	return out
}

// Words returns what a fault says to this page's reader, for a banner on a page that goes on.
func (f *Frame) Words(c *fiber.Ctx, err error) string {
	p := Page{}
	f.fill(c, &p)
	_, code, details := classify(err)
	return i18n.TMap(p.Lang, "fault."+code, words(p, details))
}

// log notes a failure without the error's text, which may quote what people typed; in dev, where people
// are made up and templates are being written, with it.
func (f *Frame) log(what string, err error, args ...any) {
	args = append(args, "error", fault.Redact(err))
	if f.opt.Dev {
		args = append(args, "text", err.Error())
	}
	slog.Error(what, args...)
}
