package web

import (
	"context"
	"strconv"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/staff"
)

func (p *Pages) venueRoutes(r auth.Routes) {
	r.Get("/venues", onlookers, p.venues)
	r.Get("/venues/new", recruiters, p.venueForm)
	r.Post("/venues", recruiters, p.saveVenue)
	r.Get("/venues/:id", recruiters, p.venueForm)
	r.Post("/venues/:id", recruiters, p.saveVenue)
	r.Post("/venues/:id/archive", recruiters, p.archiveVenue)
	p.photoRoutes(r)
}

// recruits says whether the reader may change the catalogue, so that a page shows no button that answers
// "not found".
func (p *Pages) recruits(c *fiber.Ctx) bool {
	return auth.From(c.UserContext()).Has(staff.HR, staff.Admin)
}

type venueList struct {
	Tabs     []Tab
	Search   string
	Archived bool
	Venues   []store.Venue
	Pager    Pager
	May      bool
}

func (p *Pages) venues(c *fiber.Ctx) error {
	filter, page, form := catalogueFilter(c)
	list, next, err := p.Reader.Venues(c.UserContext(), filter, page)
	if err != nil {
		return err
	}
	return p.Frame.HTML(c, fiber.StatusOK, "venue/list", Page{
		Title: p.Frame.T(c, "venue.title"), Lead: p.Frame.T(c, "venue.lead"),
		Body: venueList{inUse(p.Frame.Lang(c), "/venues", filter.Archived), filter.Text, filter.Archived, list, pagerOf("/venues", form, next, len(list), "q", "archived"), p.recruits(c)},
	})
}

type venuePage struct {
	Venue store.Venue
	Zones []Option
}

// Photo is its picture, or nil.
func (v venuePage) Photo() *picture { return pictureOf(v.Venue) }

func (p *Pages) venueForm(c *fiber.Ctx) error {
	if c.Params("id") == "" {
		return p.showVenue(c, fiber.StatusOK, store.Venue{}, NewForm(map[string]string{"room": "12", "zone": "Europe/Moscow"}))
	}
	id, err := idIn(c, "id")
	if err != nil {
		return err
	}
	v, err := p.Reader.Venue(c.UserContext(), id)
	if err != nil {
		return err
	}
	return p.showVenue(c, fiber.StatusOK, v, venueFields(v))
}

func venueFields(v store.Venue) *Form {
	return NewForm(map[string]string{
		"name": v.Name, "city": v.City, "zone": v.Zone, "address": v.Address, "map_url": v.MapURL, "directions": v.Directions,
		"phone": v.Phone, "room": strconv.Itoa(v.Room), "version": strconv.Itoa(v.Version),
	})
}

func (p *Pages) showVenue(c *fiber.Ctx, status int, v store.Venue, form *Form) error {
	title := p.Frame.T(c, "venue.new")
	if v.ID != uuid.Nil {
		title = form.Get("name")
	}
	return p.Frame.HTML(c, status, "venue/form", Page{
		Title: title, Form: form, Body: venuePage{v, zoneOptions(p.Frame.Lang(c), form.Get("zone"), p.Now())},
		Crumbs: []Crumb{{p.Frame.T(c, "venue.title"), "/venues"}},
	})
}

func (p *Pages) saveVenue(c *fiber.Ctx) error {
	form := ReadForm(c, "name", "city", "zone", "address", "map_url", "directions", "phone", "room", "version")
	v := store.Venue{
		Name: form.Get("name"), City: form.Get("city"), Zone: form.Get("zone"), Address: form.Get("address"), MapURL: form.Get("map_url"),
		Directions: form.Get("directions"), Phone: form.Get("phone"), Room: whole(form, "room"),
	}
	if c.Params("id") != "" {
		id, err := idIn(c, "id")
		if err != nil {
			return err
		}
		v.ID, v.Version = id, whole(form, "version")
	}
	act, err := p.act(c)
	if err != nil {
		return err
	}
	if !form.OK() {
		form.Take(v.Check(), "") // everything that is wrong at once
	} else {
		_, err = p.Catalog.SaveVenue(c.UserContext(), act, v)
		if ok, err := p.saved(form, p.Frame.Lang(c), err, "name"); err != nil {
			return err
		} else if ok {
			return p.Frame.RedirectFlash(c, "/venues", Flash{Key: "flash.saved"})
		}
	}
	return p.showVenue(c, fiber.StatusUnprocessableEntity, v, form)
}

func (p *Pages) archiveVenue(c *fiber.Ctx) error {
	return p.archive(c, "/venues", p.Catalog.ArchiveVenue)
}

// archive takes something out of use, or (field "archived" empty) back into it.
func (p *Pages) archive(c *fiber.Ctx, path string, do func(context.Context, store.Act, uuid.UUID, int, bool) (store.Saved, error)) error {
	id, err := idIn(c, "id")
	if err != nil {
		return err
	}
	form := ReadForm(c, "version", "archived")
	act, err := p.act(c)
	if err != nil {
		return err
	}
	archived := form.Get("archived") != ""
	_, err = do(c.UserContext(), act, id, whole(form, "version"), archived)
	if code := fault.CodeOf(err); i18n.Has("fault."+code) && fault.KindOf(err) == fault.Conflict {
		return p.Frame.RedirectFlash(c, path, Flash{Key: "fault." + code, Tone: Warning})
	} else if err != nil {
		return err
	}
	key := "flash.restored"
	if archived {
		key = "flash.archived"
	}
	return p.Frame.RedirectFlash(c, path, Flash{Key: key})
}
