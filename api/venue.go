package api

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/photo"
)

// Venue is a place where people meet.
type Venue struct {
	ID         uuid.UUID  `json:"id"`
	Name       string     `json:"name"`
	City       string     `json:"city"`
	Zone       string     `json:"zone" example:"Europe/Moscow"`
	Address    string     `json:"address"`
	MapURL     string     `json:"map_url,omitempty"`
	Directions string     `json:"directions,omitempty" doc:"Read out to the caller who cannot find it."`
	Phone      string     `json:"phone,omitempty" doc:"Of reception."`
	Room       int        `json:"room" doc:"How many the waiting room holds."`
	Photo      bool       `json:"photo" doc:"Whether get-venue-photo has one."`
	ArchivedAt *time.Time `json:"archived_at,omitempty"`
	CreatedAt  time.Time  `json:"created_at"`
	Version    int        `json:"version"`
}

// VenueCommand is a venue as it is to be.
type VenueCommand struct {
	Version    int    `json:"version,omitempty" minimum:"1" doc:"As seen, for a change."`
	Name       string `json:"name" minLength:"1" maxLength:"100"`
	City       string `json:"city" minLength:"1" maxLength:"100"`
	Zone       string `json:"zone" maxLength:"64" example:"Europe/Moscow"`
	Address    string `json:"address" minLength:"1" maxLength:"300"`
	MapURL     string `json:"map_url,omitempty" maxLength:"1000" doc:"https only."`
	Directions string `json:"directions,omitempty" maxLength:"5000"`
	Phone      string `json:"phone,omitempty" maxLength:"100"`
	Room       int    `json:"room" minimum:"1" maximum:"1000"`
}

func venueOf(v store.Venue) Venue {
	return Venue{v.ID, v.Name, v.City, v.Zone, v.Address, v.MapURL, v.Directions, v.Phone, v.Room, v.PhotoID != nil, v.ArchivedAt, v.CreatedAt, v.Version}
}

func (a *API) venues() {
	k := kind{"venue", "venues"}
	register(a, k.op("list-venues", http.MethodGet, "", "List venues", onTheDay), func(ctx context.Context, in *CatalogueInput) (*listOutput[Venue], error) {
		rows, next, err := a.Reader.Venues(ctx, in.filter(), in.page())
		if err != nil {
			return nil, err
		}
		return listOf(rows, next, venueOf), nil
	})
	register(a, k.op("get-venue", http.MethodGet, "/{id}", "Get a venue", onTheDay), func(ctx context.Context, in *IDInput) (*one[Venue], error) {
		row, err := a.Reader.Venue(ctx, in.uuid())
		if err != nil {
			return nil, err
		}
		return &one[Venue]{venueOf(row)}, nil
	})
	saving(a, k, func(b VenueCommand) int { return b.Version },
		func(ctx context.Context, act store.Act, id uuid.UUID, version int, b VenueCommand) (store.Saved, error) {
			return a.Catalog.SaveVenue(ctx, act, store.Venue{
				ID: id, Version: version, Name: trimmed(b.Name), City: trimmed(b.City), Zone: b.Zone, Address: trimmed(b.Address),
				MapURL: trimmed(b.MapURL), Directions: trimmed(b.Directions), Phone: trimmed(b.Phone), Room: b.Room,
			})
		})
	archiving(a, k, a.Catalog.ArchiveVenue)
	a.venuePhotos(k)
}

// VenuePhotoForm is a picture by which people find a venue.
type VenuePhotoForm struct {
	File    huma.FormFile `form:"file" contentType:"application/octet-stream" required:"true" doc:"JPEG, PNG or WebP, at most 10 MB and 50 million pixels, told by its content."`
	Version int           `form:"version" required:"true" minimum:"1" doc:"Of the venue as seen."`
}

// file is an answer that is one.
type file struct {
	ContentType string `header:"Content-Type"`
	Body        []byte
}

func (a *API) venuePhotos(k kind) {
	get := k.op("get-venue-photo", http.MethodGet, "/{id}/photo", "Get the photo of a venue", onTheDay)
	get.media, get.doc = photo.MediaType, "404 when it has none."
	register(a, get, func(ctx context.Context, in *IDInput) (*file, error) {
		d, err := a.Reader.VenuePhoto(ctx, in.uuid())
		if err != nil {
			return nil, err
		}
		return &file{d.MediaType, d.Body}, nil
	})
	set := k.op("set-venue-photo", http.MethodPost, "/{id}/photo", "Set the photo of a venue", planners)
	set.maxBody, set.doc = store.MaxDocument+1<<20, "In place of the one there was. It is kept upright as a JPEG of at most 1600 pixels, without what the camera wrote into it."
	register(a, set, func(ctx context.Context, in *struct {
		IDInput
		KeyInput
		RawBody huma.MultipartFormFiles[VenuePhotoForm]
	},
	) (*one[Saved], error) {
		act, err := a.act(ctx, auth.From(ctx), in.KeyInput)
		if err != nil {
			return nil, err
		}
		f := in.RawBody.Data()
		defer f.File.Close()
		body, err := io.ReadAll(io.LimitReader(f.File, store.MaxDocument+1))
		if err != nil {
			return nil, fault.New(fault.Invalid, "bad_request")
		}
		saved, err := a.Catalog.SetVenuePhoto(ctx, act, in.uuid(), f.Version, body)
		if err != nil {
			return nil, err
		}
		return &one[Saved]{Saved(saved)}, nil
	})
	register(a, k.op("remove-venue-photo", http.MethodPost, "/{id}/photo/remove", "Remove the photo of a venue", planners), func(ctx context.Context, in *commandInput[VersionCommand]) (*one[Saved], error) {
		act, err := a.act(ctx, auth.From(ctx), in.KeyInput)
		if err != nil {
			return nil, err
		}
		saved, err := a.Catalog.RemoveVenuePhoto(ctx, act, in.uuid(), in.Body.Version)
		if err != nil {
			return nil, err
		}
		return &one[Saved]{Saved(saved)}, nil
	})
}
