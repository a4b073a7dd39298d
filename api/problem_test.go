package api

import (
	"errors"
	"fmt"
	"net"
	"testing"

	"github.com/gofiber/fiber/v2"

	"github.com/stazh/stazh/workflows/fault"
)

type sqlState string

func (s sqlState) Error() string    { return "ivan@example.net" }
func (s sqlState) SQLState() string { return string(s) }

func TestProblemOfEveryKindOfError(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
		code   string
	}{
		{fault.New(fault.Pending, "pending"), 202, "pending"},
		{fault.New(fault.Unavailable, "unavailable"), 503, "unavailable"},
		{fmt.Errorf("wrapped: %w", fault.New(fault.TooMany, "too_many", "retry_after", "9")), 429, "too_many"},
		{&net.OpError{Op: "dial", Err: errors.New("ivan@example.net")}, 503, "unavailable"},
		{sqlState("57P01"), 503, "unavailable"},
		{sqlState("53300"), 503, "unavailable"},
		{sqlState("23505"), 500, "internal"},
		{errors.New("ivan@example.net"), 500, "internal"},
		{fiber.ErrMethodNotAllowed, 405, "method_not_allowed"},
		{fiber.NewError(418, "ivan@example.net"), 418, "bad_request"},
	} {
		p := problemOf(c.err, "en")
		if p.Status != c.status || p.Code != c.code || p.Detail == "" || p.Detail == "ivan@example.net" {
			t.Errorf("%v: %+v", c.err, p)
		}
	}
	if wait := retryAfter(problemOf(fault.New(fault.TooMany, "too_many", "retry_after", "9"), "en")); wait != "9" {
		t.Error(wait)
	}
	if p := problemOf(fault.New(fault.Conflict, "a_code_without_words"), "ru"); p.Detail == "" || p.Code != "a_code_without_words" {
		t.Errorf("%+v", p)
	}
}
