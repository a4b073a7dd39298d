package web

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/staff"
)

// What an administrator sets for the whole installation: what the company says of itself, and the rules
// that processes go by. Two forms on one page, each with the version it was made from.

func (p *Pages) settingsRoutes(r auth.Routes) {
	r.Get("/settings", auth.Roles(staff.Admin), p.settings)
	r.Post("/settings/company", auth.Roles(staff.Admin), p.saveCompany)
	r.Post("/settings/policy", auth.Roles(staff.Admin), p.savePolicy)
}

type settingsBody struct {
	Languages       []Option
	Company, Policy *Form
	Numbers         []policyField
}

// policyField is one number on the page.
type policyField struct {
	hiring.PolicyNumber
	Usual int
}

func (p *Pages) settings(c *fiber.Ctx) error { return p.settingsPage(c, fiber.StatusOK, nil, nil) }

// settingsPage shows both forms; one that is nil as things are.
func (p *Pages) settingsPage(c *fiber.Ctx, status int, company, policy *Form) error {
	shown := company
	if policy != nil {
		shown = policy
	}
	if company == nil {
		s, err := p.Reader.Company(c.UserContext())
		if err != nil {
			return err
		}
		company = NewForm(map[string]string{"name": s.Name, "language": s.Language, "reply_to": s.ReplyTo, "version": strconv.Itoa(s.Version)})
	}
	if policy == nil {
		row, err := p.Reader.PolicyNow(c.UserContext())
		if err != nil {
			return err
		}
		policy = NewForm(map[string]string{"version": strconv.Itoa(row.Version)})
		for _, n := range hiring.PolicyNumbers() {
			policy.Values[n.Name] = strconv.Itoa(*n.In(&row.Policy))
		}
	}
	body := settingsBody{Languages: languageOptions(), Company: company, Policy: policy}
	usual := hiring.DefaultPolicy()
	for _, n := range hiring.PolicyNumbers() {
		body.Numbers = append(body.Numbers, policyField{n, *n.In(&usual)})
	}
	return p.Frame.HTML(c, status, "settings/show", Page{Title: p.Frame.T(c, "settings.title"), Lead: p.Frame.T(c, "settings.lead"), Form: shown, Body: body})
}

func (p *Pages) saveCompany(c *fiber.Ctx) error {
	form := ReadForm(c, "name", "language", "reply_to", "version")
	act, err := p.act(c)
	if err != nil {
		return err
	}
	s := store.CompanySettings{Name: form.Get("name"), Language: form.Get("language"), ReplyTo: form.Get("reply_to"), Version: whole(form, "version")}
	if form.OK() {
		err = p.Catalog.SetCompany(c.UserContext(), act, s)
	}
	return p.settingsSaved(c, form, err, func(status int) error { return p.settingsPage(c, status, form, nil) })
}

func (p *Pages) savePolicy(c *fiber.Ctx) error {
	names := []string{"version"}
	for _, n := range hiring.PolicyNumbers() {
		names = append(names, n.Name)
	}
	form := ReadForm(c, names...)
	act, err := p.act(c)
	if err != nil {
		return err
	}
	var policy hiring.Policy
	for _, n := range hiring.PolicyNumbers() {
		*n.In(&policy) = whole(form, n.Name)
	}
	version := whole(form, "version")
	if form.OK() {
		_, err = p.Catalog.SetPolicy(c.UserContext(), act, auth.Of(c).StaffID, version, policy)
	}
	return p.settingsSaved(c, form, err, func(status int) error { return p.settingsPage(c, status, nil, form) })
}

// settingsSaved ends a save: back to the page, or the form again with what was typed and what is wrong.
func (p *Pages) settingsSaved(c *fiber.Ctx, form *Form, err error, again func(status int) error) error {
	switch {
	case fault.CodeOf(err) == "stale_form":
		form.Fault = i18n.T(p.Frame.Lang(c), "fault.stale_form")
		return again(fiber.StatusConflict)
	case err != nil && !form.Take(err, ""):
		return err
	case !form.OK():
		return again(fiber.StatusUnprocessableEntity)
	}
	return p.Frame.RedirectFlash(c, "/settings", Flash{Key: "flash.saved"})
}
