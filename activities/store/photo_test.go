package store_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"testing"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows/fault"
)

// A venue's picture is set once for a key, in the version seen, takes the place of the one before, and
// leaves no document behind.
func TestVenuePhoto(t *testing.T) {
	ctx := context.Background()
	c := newCompany(t)
	picture := func(side int) []byte {
		var b bytes.Buffer
		if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, side, side))); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	made, err := c.SaveVenue(ctx, doing("venue"), store.Venue{Name: "Office", City: "Moscow", Zone: "Europe/Moscow", Address: "Lenina 1", Room: 12})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.VenuePhoto(ctx, made.ID)
	code(t, "none yet", err, "not_found")
	for range 2 { // sent again: the same answer
		saved, err := c.SetVenuePhoto(ctx, doing("p1"), made.ID, 1, picture(4))
		if err != nil || saved.Version != 2 {
			t.Fatal(saved, err)
		}
	}
	_, err = c.SetVenuePhoto(ctx, doing("p1"), made.ID, 1, picture(5))
	code(t, "another picture under the key", err, "key_reused")
	_, err = c.SetVenuePhoto(ctx, doing("p2"), made.ID, 1, picture(5))
	code(t, "an old version", err, "stale_form")
	_, err = c.SetVenuePhoto(ctx, doing("p3"), uuid.New(), 1, picture(5))
	code(t, "no venue", err, "not_found")
	_, err = c.SetVenuePhoto(ctx, doing("p4"), made.ID, 2, []byte("%PDF"))
	if f := fault.As(err); f == nil || f.Fields["file"] != "not_a_photo" {
		t.Error(err)
	}
	first, err := c.VenuePhoto(ctx, made.ID)
	if err != nil || first.MediaType != "image/jpeg" || first.LinkedAt == nil {
		t.Fatal(first.MediaType, err)
	}
	if _, err := c.SetVenuePhoto(ctx, doing("p5"), made.ID, 2, picture(9)); err != nil {
		t.Fatal(err)
	}
	second, err := c.VenuePhoto(ctx, made.ID)
	if err != nil || second.ID == first.ID || bytes.Equal(first.Body, second.Body) {
		t.Error("the picture was not replaced", err)
	}
	// The venue's own form leaves it.
	if _, err := c.SaveVenue(ctx, doing("v2"), store.Venue{ID: made.ID, Version: 3, Name: "Office", City: "Moscow", Zone: "Europe/Moscow", Address: "Lenina 2", Room: 12}); err != nil {
		t.Fatal(err)
	}
	if n := count(t, c.db, "SELECT count(*) FROM document WHERE kind = 'photo'"); n != 1 {
		t.Error(n, "documents for one picture")
	}
	_, err = c.RemoveVenuePhoto(ctx, doing("r0"), made.ID, 3)
	code(t, "removing in an old version", err, "stale_form")
	for range 2 {
		if saved, err := c.RemoveVenuePhoto(ctx, doing("r"), made.ID, 4); err != nil || saved.Version != 5 {
			t.Fatal(saved, err)
		}
	}
	_, err = c.VenuePhoto(ctx, made.ID)
	code(t, "removed", err, "not_found")
	if n := count(t, c.db, "SELECT count(*) FROM document WHERE kind = 'photo'"); n != 0 {
		t.Error(n, "documents left")
	}
}
