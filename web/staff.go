package web

import (
	"strconv"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/staff"
)

func (p *Pages) staffRoutes(r auth.Routes) {
	admin := auth.Roles(staff.Admin)
	r.Get("/people", auth.Roles(staff.Admin, staff.HR), p.people)
	r.Post("/people/search", auth.Roles(staff.Admin, staff.HR), p.searchPeople)
	r.Get("/people/new", admin, p.invitePage)
	r.Post("/people", admin, p.invite)
	r.Get("/people/:id", admin, p.personPage)
	r.Post("/people/:id", admin, p.changePerson)
	r.Post("/people/:id/link", admin, p.sendLink)
	r.Post("/people/:id/disable", admin, p.disable)
	r.Post("/people/:id/enable", admin, p.enable)
}

// peopleBody is the staff list. Search is posted: names do not belong in addresses.
type peopleBody struct {
	Tabs   []Tab
	People []store.Staff
	Roles  []Option
	Pager  Pager
	Search string
	Edit   bool // the reader may open and invite
	Closed bool // the list of closed accounts
}

func (p *Pages) people(c *fiber.Ctx) error {
	form := ReadQuery(c, "role", "closed", "cursor")
	return p.showPeople(c, form, store.StaffQuery{
		Role: staff.Role(form.Get("role")), Disabled: form.Get("closed") != "", Cursor: form.Get("cursor"),
	})
}

func (p *Pages) searchPeople(c *fiber.Ctx) error {
	form := ReadForm(c, "search")
	return p.showPeople(c, form, store.StaffQuery{Search: form.Get("search"), Limit: 200})
}

func (p *Pages) showPeople(c *fiber.Ctx, form *Form, q store.StaffQuery) error {
	list, next, err := p.Reader.StaffList(c.UserContext(), q)
	if err != nil {
		return err
	}
	body := peopleBody{
		People: list, Search: q.Search, Closed: q.Disabled, Edit: auth.Of(c).Has(staff.Admin), Roles: p.roleOptions(c),
		Tabs: []Tab{
			{Label: p.Frame.T(c, "people.open"), URL: "/people", Active: !q.Disabled},
			{Label: p.Frame.T(c, "people.closed"), URL: "/people?closed=yes", Active: q.Disabled},
		},
	}
	body.Roles = append([]Option{{Label: p.Frame.T(c, "people.every_role")}}, body.Roles...)
	on := func(cursor string) (string, error) {
		return address("/people", "role", form.Get("role"), "closed", form.Get("closed"), "cursor", cursor)
	}
	if next != "" && q.Search == "" {
		if body.Pager.Next, err = on(next); err != nil {
			return err
		}
	}
	if q.Cursor != "" {
		if body.Pager.First, err = on(""); err != nil {
			return err
		}
	}
	return p.Frame.HTML(c, fiber.StatusOK, "staff/list", Page{Title: p.Frame.T(c, "nav.people"), Form: form, Body: body})
}

func (p *Pages) roleOptions(c *fiber.Ctx) []Option {
	var options []Option
	for _, r := range staff.Roles {
		options = append(options, Option{Value: string(r), Label: p.Frame.T(c, "role."+string(r))})
	}
	return options
}

// personBody is the form of an account, one to be or one there is.
type personBody struct {
	Roles, Languages, Zones []Option
	Person                  store.Staff
}

func (p *Pages) personBody(c *fiber.Ctx, s store.Staff, zone string) personBody {
	b := personBody{Roles: p.roleOptions(c), Person: s}
	b.Languages, b.Zones = p.choices(c, zone)
	return b
}

func (p *Pages) peopleCrumbs(c *fiber.Ctx) []Crumb {
	return []Crumb{{Label: p.Frame.T(c, "nav.people"), URL: "/people"}}
}

func (p *Pages) invitePage(c *fiber.Ctx) error {
	who := auth.Of(c)
	return p.showInvite(c, fiber.StatusOK, NewForm(map[string]string{"language": who.Language, "zone": who.Zone}))
}

func (p *Pages) showInvite(c *fiber.Ctx, status int, form *Form) error {
	return p.Frame.HTML(c, status, "staff/new", Page{
		Title: p.Frame.T(c, "people.invite"), Lead: p.Frame.T(c, "people.invite_lead"), Crumbs: p.peopleCrumbs(c),
		Form: form, Body: p.personBody(c, store.Staff{}, auth.Of(c).Zone),
	})
}

func roles(form *Form) []staff.Role {
	list := []staff.Role{}
	for _, r := range form.Many["roles"] {
		list = append(list, staff.Role(r))
	}
	return list
}

func (p *Pages) invite(c *fiber.Ctx) error {
	key, err := CommandID(c)
	if err != nil {
		return err
	}
	form := ReadForm(c, "email", "name", "roles", "language", "zone")
	if form.OK() {
		_, err := p.Accounts.Invite(c.UserContext(), auth.Of(c), key, store.NewStaff{
			Email: form.Get("email"), Name: form.Get("name"), Language: form.Get("language"), Zone: form.Get("zone"), Roles: roles(form),
		})
		if err == nil {
			return p.Frame.RedirectFlash(c, "/people", Flash{Key: "flash.invited"})
		}
		if !form.Take(err, "") {
			return err
		}
	}
	return p.showInvite(c, fiber.StatusUnprocessableEntity, form)
}

func (p *Pages) personPage(c *fiber.Ctx) error {
	s, err := p.person(c)
	if err != nil {
		return err
	}
	return p.showPerson(c, fiber.StatusOK, personForm(s), s)
}

// person reads the account that the path names.
func (p *Pages) person(c *fiber.Ctx) (store.Staff, error) {
	id, err := uuid.Parse(c.Params("id"))
	if err != nil {
		return store.Staff{}, fault.Missing("staff")
	}
	return p.Reader.StaffByID(c.UserContext(), id)
}

func personForm(s store.Staff) *Form {
	form := NewForm(map[string]string{"name": s.Name, "language": s.Language, "zone": s.Zone, "version": strconv.Itoa(s.Version)})
	form.Many["roles"] = s.Roles
	return form
}

func (p *Pages) showPerson(c *fiber.Ctx, status int, form *Form, s store.Staff) error {
	return p.Frame.HTML(c, status, "staff/edit", Page{
		Title: s.Name, Lead: s.Email, Crumbs: p.peopleCrumbs(c), Form: form, Body: p.personBody(c, s, s.Zone),
	})
}

func (p *Pages) changePerson(c *fiber.Ctx) error {
	key, err := CommandID(c)
	if err != nil {
		return err
	}
	s, err := p.person(c)
	if err != nil {
		return err
	}
	form := ReadForm(c, "name", "roles", "language", "zone", "version")
	version, _ := strconv.Atoi(form.Get("version"))
	if !form.OK() {
		return p.showPerson(c, fiber.StatusUnprocessableEntity, form, s)
	}
	_, err = p.Accounts.Change(c.UserContext(), auth.Of(c), key, s.ID, store.StaffChange{
		Version: version, Name: form.Get("name"), Language: form.Get("language"), Zone: form.Get("zone"), Roles: roles(form),
	})
	switch {
	case err == nil:
		return p.Frame.RedirectFlash(c, "/people", Flash{Key: "flash.saved"})
	case fault.CodeOf(err) == "stale_form":
		return p.refusePerson(c, personForm(s), s, err)
	case fault.KindOf(err) == fault.Conflict:
		return p.refusePerson(c, form, s, err)
	case form.Take(err, ""):
		return p.showPerson(c, fiber.StatusUnprocessableEntity, form, s)
	}
	return err
}

func (p *Pages) refusePerson(c *fiber.Ctx, form *Form, s store.Staff, err error) error {
	return p.refuse(c, form, err, func(c *fiber.Ctx, status int, form *Form) error { return p.showPerson(c, status, form, s) })
}

// onPerson does one of the buttons of a person's page.
func (p *Pages) onPerson(c *fiber.Ctx, said string, do func(key string, s store.Staff) error) error {
	key, err := CommandID(c)
	if err != nil {
		return err
	}
	s, err := p.person(c)
	if err != nil {
		return err
	}
	if err := do(key, s); err != nil {
		if fault.KindOf(err) == fault.Conflict {
			return p.refusePerson(c, personForm(s), s, err)
		}
		return err
	}
	return p.Frame.RedirectFlash(c, "/people/"+s.ID.String(), Flash{Key: said})
}

func (p *Pages) sendLink(c *fiber.Ctx) error {
	return p.onPerson(c, "flash.link_sent", func(key string, s store.Staff) error {
		return p.Accounts.SendLink(c.UserContext(), auth.Of(c), key, s.ID)
	})
}

func (p *Pages) disable(c *fiber.Ctx) error {
	return p.onPerson(c, "flash.account_closed", func(key string, s store.Staff) error {
		return p.Accounts.Disable(c.UserContext(), auth.Of(c), key, s.ID)
	})
}

func (p *Pages) enable(c *fiber.Ctx) error {
	return p.onPerson(c, "flash.account_opened", func(key string, s store.Staff) error {
		return p.Accounts.Enable(c.UserContext(), auth.Of(c), key, s.ID)
	})
}
