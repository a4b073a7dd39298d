package fault

import (
	"errors"
	"fmt"
	"testing"
)

func TestFaultTravelsThroughWrapping(t *testing.T) {
	err := fmt.Errorf("while booking: %w", New(Conflict, "seat_taken", "slot", "3", "odd"))
	if KindOf(err) != Conflict || CodeOf(err) != "seat_taken" {
		t.Fatalf("got %v %v", KindOf(err), CodeOf(err))
	}
	if !errors.Is(err, New(Invalid, "seat_taken")) || errors.Is(err, New(Conflict, "other")) {
		t.Fatal("Is compares codes")
	}
	if got := As(err).Error(); got != "conflict: seat_taken slot=3" {
		t.Fatalf("got %q", got)
	}
	if KindOf(errors.New("x")) != Internal || KindOf(nil) != "" {
		t.Fatal("other errors are internal, nil has no kind")
	}
}

func TestFieldsKeepTheFirstCode(t *testing.T) {
	var f Fields
	if f.Err() != nil {
		t.Fatal("no field, no fault")
	}
	f.Require(true, "a", "x")
	f.Require(false, "b", "required")
	f.Add("b", "too_long")
	if e := As(f.Err()); e.Fields["b"] != "required" || len(e.Fields) != 1 || e.Kind != Invalid {
		t.Fatalf("got %v", e)
	}
}
