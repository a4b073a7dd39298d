package api

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
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
	return Venue{v.ID, v.Name, v.City, v.Zone, v.Address, v.MapURL, v.Directions, v.Phone, v.Room, v.ArchivedAt, v.CreatedAt, v.Version}
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
}
