package web

import (
	"github.com/gofiber/fiber/v2"

	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows/fault"
)

func (p *Pages) signInRoutes(r auth.Routes) {
	r.Get("/sign-in", auth.Public, p.signInPage)
	r.Post("/sign-in", auth.Public, p.signIn)
	r.Post("/sign-out", auth.SignedIn.BySession(), p.signOut)
	r.Get("/forgotten", auth.Public, p.forgottenPage)
	r.Post("/forgotten", auth.Public, p.forgotten)
	r.Get("/forgotten/sent", auth.Public, p.forgottenSent)
	r.Get(auth.LinkPath+":token", auth.Candidate, p.passwordPage)
	r.Post(auth.LinkPath+":token", auth.Candidate, p.setPassword)
	r.Post(auth.LinkPath+":token/renew", auth.Candidate, p.renewLink)
}

func (p *Pages) client(c *fiber.Ctx) auth.Client {
	return auth.Client{IP: c.IP(), Browser: c.Get(fiber.HeaderUserAgent), Cookie: c.Cookies(p.Accounts.CookieName())}
}

func (p *Pages) signInPage(c *fiber.Ctx) error {
	if auth.Of(c).Signed() {
		return p.Frame.Redirect(c, c.Query("next"))
	}
	return p.showSignIn(c, fiber.StatusOK, NewForm(map[string]string{"next": c.Query("next")}))
}

func (p *Pages) showSignIn(c *fiber.Ctx, status int, form *Form) error {
	return p.Frame.HTML(c, status, "account/sign_in", Page{Title: p.Frame.T(c, "account.sign_in"), Layout: Plain, Form: form})
}

func (p *Pages) signIn(c *fiber.Ctx) error {
	form := ReadForm(c, "email", "next")
	password := c.FormValue("password")
	if form.Get("email") == "" {
		form.Add("email", "required")
	}
	if password == "" {
		form.Add("password", "required")
	}
	if !form.OK() {
		return p.showSignIn(c, fiber.StatusUnprocessableEntity, form)
	}
	session, err := p.Accounts.SignIn(c.UserContext(), form.Get("email"), password, p.client(c))
	switch fault.KindOf(err) {
	case "":
	case fault.Unauthenticated, fault.TooMany:
		return p.refuse(c, form, err, p.showSignIn)
	default:
		return err
	}
	p.Accounts.SetCookie(c, session)
	return p.Frame.Redirect(c, form.Get("next"))
}

// refuse shows a form again with the fault's words above it.
func (p *Pages) refuse(c *fiber.Ctx, form *Form, err error, show func(*fiber.Ctx, int, *Form) error) error {
	form.Fault = p.Frame.Words(c, err)
	if f := fault.As(err); f != nil && f.Details["retry_after"] != "" {
		c.Set(fiber.HeaderRetryAfter, f.Details["retry_after"])
	}
	return show(c, Status(fault.KindOf(err)), form)
}

func (p *Pages) signOut(c *fiber.Ctx) error {
	if err := p.Accounts.SignOut(c.UserContext(), auth.Of(c)); err != nil {
		return err
	}
	p.Accounts.SetCookie(c, auth.Signed{})
	return p.Frame.RedirectFlash(c, "/sign-in", Flash{Key: "flash.signed_out"})
}

func (p *Pages) forgottenPage(c *fiber.Ctx) error {
	return p.showForgotten(c, fiber.StatusOK, NewForm(nil))
}

func (p *Pages) showForgotten(c *fiber.Ctx, status int, form *Form) error {
	return p.Frame.HTML(c, status, "account/forgotten", Page{
		Title: p.Frame.T(c, "account.forgotten"), Lead: p.Frame.T(c, "account.forgotten_lead"), Layout: Plain, Form: form,
	})
}

func (p *Pages) forgotten(c *fiber.Ctx) error {
	form := ReadForm(c, "email")
	if form.Get("email") == "" {
		form.Add("email", "required")
	}
	if !form.OK() {
		return p.showForgotten(c, fiber.StatusUnprocessableEntity, form)
	}
	err := p.Accounts.Forgotten(c.UserContext(), form.Get("email"), p.client(c))
	switch {
	case fault.KindOf(err) == fault.TooMany:
		return p.refuse(c, form, err, p.showForgotten)
	case err != nil:
		return err
	}
	return p.Frame.Redirect(c, "/forgotten/sent")
}

func (p *Pages) forgottenSent(c *fiber.Ctx) error {
	return p.Frame.HTML(c, fiber.StatusOK, "account/sent", Page{
		Title: p.Frame.T(c, "account.sent"), Lead: p.Frame.T(c, "account.sent_lead"), Layout: Plain,
	})
}

// linkPage is what the page of a link for a password shows.
type linkPage struct {
	auth.LinkState
	Token string
}

// passwordPage shows what a link is good for. It changes nothing: mail scanners open links.
func (p *Pages) passwordPage(c *fiber.Ctx) error {
	return p.showPassword(c, fiber.StatusOK, NewForm(nil))
}

func (p *Pages) showPassword(c *fiber.Ctx, status int, form *Form) error {
	For(c, Plain, "")
	c.Set(fiber.HeaderReferrerPolicy, "no-referrer") // the address is a credential
	c.Set("X-Robots-Tag", "noindex, nofollow, noarchive")
	token := c.Params("token")
	state, err := p.Accounts.OpenLink(c.UserContext(), token)
	page := Page{Layout: Plain, Form: form, Body: linkPage{state, token}}
	switch {
	case fault.KindOf(err) == fault.NotFound:
		page.Title, page.Lead = p.Frame.T(c, "account.link_unknown"), p.Frame.T(c, "account.link_unknown_lead")
		return p.Frame.HTML(c, fiber.StatusNotFound, "account/link_ended", page)
	case err != nil:
		return err
	case state.Ended != "":
		page.Title, page.Lead = p.Frame.T(c, "account.link_"+state.Ended), p.Frame.T(c, "account.link_"+state.Ended+"_lead")
		return p.Frame.HTML(c, fiber.StatusGone, "account/link_ended", page)
	}
	page.Title = p.Frame.T(c, "account.set_password")
	return p.Frame.HTML(c, status, "account/password", page)
}

func (p *Pages) setPassword(c *fiber.Ctx) error {
	form := NewForm(nil)
	session, err := p.Accounts.SetPassword(c.UserContext(), c.Params("token"), c.FormValue("password"), p.client(c))
	switch kind := fault.KindOf(err); {
	case err == nil:
		p.Accounts.SetCookie(c, session)
		return p.Frame.RedirectFlash(c, "/", Flash{Key: "flash.password_set"})
	case kind == fault.NotFound, kind == fault.Conflict: // the page says what is true now
		return p.showPassword(c, fiber.StatusConflict, form)
	case form.Take(err, ""):
		return p.showPassword(c, fiber.StatusUnprocessableEntity, form)
	}
	return err
}

func (p *Pages) renewLink(c *fiber.Ctx) error {
	err := p.Accounts.RenewLink(c.UserContext(), c.Params("token"), p.client(c))
	if fault.KindOf(err) == fault.NotFound {
		return p.showPassword(c, fiber.StatusNotFound, NewForm(nil))
	}
	if err != nil {
		return err
	}
	return p.Frame.Redirect(c, "/forgotten/sent")
}
