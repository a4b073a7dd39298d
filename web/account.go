package web

import (
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/fault"
)

func (p *Pages) accountRoutes(r auth.Routes) {
	mine := auth.SignedIn.BySession()
	r.Get("/account", mine, p.accountPage)
	r.Post("/account", mine, p.changeAccount)
	r.Get("/account/password", mine, p.ownPasswordPage)
	r.Post("/account/password", mine, p.changePassword)
	r.Get("/account/sessions", mine, p.sessionsPage)
	r.Post("/account/sessions/end", mine, p.endOthers)
	r.Post("/account/sessions/:id/end", mine, p.endSession)
	p.tokenRoutes(r)
}

// accountTabs are the views of one's own account.
func (p *Pages) accountTabs(c *fiber.Ctx, active string) []Tab {
	var tabs []Tab
	for _, t := range [][2]string{
		{"account.profile", "/account"}, {"account.password", "/account/password"}, {"account.sessions", "/account/sessions"}, {"account.tokens", "/account/tokens"},
	} {
		tabs = append(tabs, Tab{Label: p.Frame.T(c, t[0]), URL: t[1], Active: t[1] == active})
	}
	return tabs
}

// accountBody is what the pages of an account share: the choices of its form, and tabs.
type accountBody struct {
	Tabs      []Tab
	Email     string
	Languages []Option
	Zones     []Option
	Rows      any
}

func (p *Pages) accountBody(c *fiber.Ctx, active, zone string, rows any) accountBody {
	b := accountBody{Tabs: p.accountTabs(c, active), Email: auth.Of(c).Email, Rows: rows}
	b.Languages, b.Zones = p.choices(c, zone)
	return b
}

// choices are the languages and time zones to choose from; zone is offered whatever it is.
func (p *Pages) choices(c *fiber.Ctx, zone string) (languages, zones []Option) {
	for _, lang := range i18n.Languages() {
		languages = append(languages, Option{Value: lang, Label: i18n.Name(lang)})
	}
	names := slices.Clone(auth.Zones)
	if zone != "" && !slices.Contains(names, zone) {
		names = append(names, zone)
	}
	for _, name := range names {
		if z, err := time.LoadLocation(name); err == nil {
			zones = append(zones, Option{Value: name, Label: i18n.Zone(p.Frame.Lang(c), p.now(), z)})
		}
	}
	return languages, zones
}

func (p *Pages) now() time.Time {
	if p.Now == nil {
		return time.Now()
	}
	return p.Now()
}

func (p *Pages) accountPage(c *fiber.Ctx) error {
	who := auth.Of(c)
	return p.showAccount(c, fiber.StatusOK, NewForm(map[string]string{
		"name": who.Name, "language": who.Language, "zone": who.Zone, "version": strconv.Itoa(who.Version),
	}))
}

func (p *Pages) showAccount(c *fiber.Ctx, status int, form *Form) error {
	return p.Frame.HTML(c, status, "account/profile", Page{
		Title: p.Frame.T(c, "nav.account"), Form: form, Body: p.accountBody(c, "/account", auth.Of(c).Zone, nil),
	})
}

func (p *Pages) changeAccount(c *fiber.Ctx) error {
	key, err := CommandID(c)
	if err != nil {
		return err
	}
	form := ReadForm(c, "name", "language", "zone", "version")
	version, _ := strconv.Atoi(form.Get("version"))
	if form.OK() {
		_, err = p.Accounts.ChangeOwn(c.UserContext(), auth.Of(c), key, store.StaffChange{
			Version: version, Name: form.Get("name"), Language: form.Get("language"), Zone: form.Get("zone"),
		})
		switch {
		case err == nil:
			return p.Frame.RedirectFlash(c, "/account", Flash{Key: "flash.saved"})
		case fault.CodeOf(err) == "stale_form":
			form = NewForm(nil)
			who := auth.Of(c)
			form.Values = map[string]string{"name": who.Name, "language": who.Language, "zone": who.Zone, "version": strconv.Itoa(who.Version)}
			return p.refuse(c, form, err, p.showAccount)
		case !form.Take(err, ""):
			return err
		}
	}
	return p.showAccount(c, fiber.StatusUnprocessableEntity, form)
}

func (p *Pages) ownPasswordPage(c *fiber.Ctx) error {
	return p.showOwnPassword(c, fiber.StatusOK, NewForm(nil))
}

func (p *Pages) showOwnPassword(c *fiber.Ctx, status int, form *Form) error {
	return p.Frame.HTML(c, status, "account/own_password", Page{
		Title: p.Frame.T(c, "nav.account"), Form: form, Body: p.accountBody(c, "/account/password", "", nil),
	})
}

func (p *Pages) changePassword(c *fiber.Ctx) error {
	key, err := CommandID(c)
	if err != nil {
		return err
	}
	form := NewForm(nil)
	err = p.Accounts.ChangePassword(c.UserContext(), auth.Of(c), key, c.FormValue("old"), c.FormValue("password"))
	switch kind := fault.KindOf(err); {
	case err == nil:
		return p.Frame.RedirectFlash(c, "/account/password", Flash{Key: "flash.password_changed"})
	case kind == fault.TooMany, kind == fault.Conflict:
		return p.refuse(c, form, err, p.showOwnPassword)
	case form.Take(err, ""):
		return p.showOwnPassword(c, fiber.StatusUnprocessableEntity, form)
	}
	return err
}

// sessionRow is one browser in the list.
type sessionRow struct {
	store.Session
	Device string // browser and system as far as the User-Agent tells, in words
	Mine   bool   // the one that asks
}

func (p *Pages) sessionsPage(c *fiber.Ctx) error {
	who := auth.Of(c)
	sessions, err := p.Accounts.Sessions(c.UserContext(), who)
	if err != nil {
		return err
	}
	rows := make([]sessionRow, len(sessions))
	for i, s := range sessions {
		rows[i] = sessionRow{Session: s, Device: p.device(c, s.Browser), Mine: s.ID == who.SessionID}
	}
	return p.Frame.HTML(c, fiber.StatusOK, "account/sessions", Page{
		Title: p.Frame.T(c, "nav.account"), Body: p.accountBody(c, "/account/sessions", "", rows),
	})
}

// device names a browser and system from a User-Agent: enough to recognise one's own.
func (p *Pages) device(c *fiber.Ctx, agent string) string {
	browser, system := device(agent)
	switch {
	case browser == "" && system == "":
		return p.Frame.T(c, "account.device_unknown")
	case browser == "" || system == "":
		return browser + system
	}
	return p.Frame.T(c, "account.device", "browser", browser, "system", system)
}

func (p *Pages) endSession(c *fiber.Ctx) error {
	key, err := CommandID(c)
	if err != nil {
		return err
	}
	id, err := uuid.Parse(c.Params("id"))
	if err != nil {
		return fault.Missing("session")
	}
	if err := p.Accounts.EndSession(c.UserContext(), auth.Of(c), key, id); err != nil && fault.KindOf(err) != fault.NotFound {
		return err // one that has ended meanwhile is what was wanted
	}
	return p.Frame.RedirectFlash(c, "/account/sessions", Flash{Key: "flash.session_ended"})
}

func (p *Pages) endOthers(c *fiber.Ctx) error {
	key, err := CommandID(c)
	if err != nil {
		return err
	}
	if err := p.Accounts.EndOthers(c.UserContext(), auth.Of(c), key); err != nil {
		return err
	}
	return p.Frame.RedirectFlash(c, "/account/sessions", Flash{Key: "flash.sessions_ended"})
}
