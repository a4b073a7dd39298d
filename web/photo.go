package web

import (
	"io"

	"github.com/gofiber/fiber/v2"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows/fault"
)

// The picture of a venue, by which people find it. Candidates get it under their own link, staff under the
// venue's address once signed in: nobody else can, nor learn which there are.

func (p *Pages) photoRoutes(r auth.Routes) {
	r.Get("/venues/:id/photo", auth.Roles(onTheDay...), p.venuePhoto)
	r.Post("/venues/:id/photo", recruiters, p.saveVenuePhoto)
	r.Post("/venues/:id/photo/remove", recruiters, p.removeVenuePhoto)
}

// picture is what the block "parts/photo" shows.
type picture struct{ URL, Name string }

// pictureOf returns a venue's for staff, or nil.
func pictureOf(v store.Venue) *picture {
	if v.PhotoID == nil {
		return nil
	}
	return &picture{"/venues/" + v.ID.String() + "/photo?v=" + v.PhotoID.String()[:8], v.Name}
}

func sendPhoto(c *fiber.Ctx, d store.Document) error {
	c.Set(fiber.HeaderContentType, d.MediaType)
	c.Set(fiber.HeaderCacheControl, "private, max-age=3600") // its address changes with it
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
	c.Set("X-Robots-Tag", "noindex")
	return c.Send(d.Body)
}

func (p *Pages) venuePhoto(c *fiber.Ctx) error {
	id, err := idIn(c, "id")
	if err != nil {
		return err
	}
	d, err := p.Reader.VenuePhoto(c.UserContext(), id)
	if err != nil {
		return err
	}
	return sendPhoto(c, d)
}

// candidatePhoto is the picture of the place where the candidate is expected.
func (p *Pages) candidatePhoto(v visit) error {
	if v.facts.PhotoID == nil || !newCandidateView(v).Meeting {
		return fault.Missing("photo")
	}
	d, err := p.Reader.Document(v.UserContext(), *v.facts.PhotoID)
	if err != nil {
		return err
	}
	return sendPhoto(v.Ctx, d)
}

func (p *Pages) saveVenuePhoto(c *fiber.Ctx) error {
	id, err := idIn(c, "id")
	if err != nil {
		return err
	}
	act, err := p.act(c)
	if err != nil {
		return err
	}
	sent := ReadForm(c, "version")
	file, err := photoFile(c)
	if err == nil {
		_, err = p.Catalog.SetVenuePhoto(c.UserContext(), act, id, whole(sent, "version"), file)
	}
	if err == nil {
		return p.Frame.RedirectFlash(c, "/venues/"+id.String(), Flash{Key: "flash.photo_saved"})
	}
	// The picture cannot be shown again in its field; the venue is shown as it is now.
	v, missed := p.Reader.Venue(c.UserContext(), id)
	if missed != nil {
		return missed
	}
	form := venueFields(v)
	if _, err := p.saved(form, p.Frame.Lang(c), err, "file"); err != nil {
		return err
	}
	return p.showVenue(c, fiber.StatusUnprocessableEntity, v, form)
}

// photoFile reads the file; what it is gets judged by its content later. Fault choose_file in its field.
func photoFile(c *fiber.Ctx) ([]byte, error) {
	header, err := c.FormFile("file")
	if err != nil || header.Size == 0 && header.Filename == "" {
		var f fault.Fields
		f.Add("file", "choose_file")
		return nil, f.Err()
	}
	file, err := header.Open()
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // read only
	return io.ReadAll(io.LimitReader(file, store.MaxDocument+1))
}

func (p *Pages) removeVenuePhoto(c *fiber.Ctx) error {
	id, err := idIn(c, "id")
	if err != nil {
		return err
	}
	act, err := p.act(c)
	if err != nil {
		return err
	}
	_, err = p.Catalog.RemoveVenuePhoto(c.UserContext(), act, id, whole(ReadForm(c, "version"), "version"))
	return p.after(c, "/venues/"+id.String(), Flash{Key: "flash.photo_removed"}, err)
}

// Photo is the picture of the venue the page is about, or nil.
func (v candidateView) Photo() *picture {
	if v.Facts.PhotoID == nil || !v.Meeting {
		return nil
	}
	return &picture{v.Base + "/photo?v=" + v.Facts.PhotoID.String()[:8], v.Facts.VenueName}
}
