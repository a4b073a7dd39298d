package web

import (
	"strconv"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/fault"
)

func (p *Pages) tokenRoutes(r auth.Routes) {
	mine := auth.SignedIn.BySession()
	r.Get("/account/tokens", mine, p.tokensPage)
	r.Post("/account/tokens", mine, p.createToken)
	r.Post("/account/tokens/:id/revoke", mine, p.revokeToken)
}

// tokensBody is the page of API tokens; Secret stands there once, right after it was made.
type tokensBody struct {
	Tabs   []Tab
	Tokens []tokenRow
	Secret string
	Scopes []Option
	Days   []Option
}

type tokenRow struct {
	store.APIToken
	Scope   string // in words
	Expired bool
}

func (p *Pages) tokensPage(c *fiber.Ctx) error {
	return p.showTokens(c, fiber.StatusOK, NewForm(map[string]string{"scope": string(auth.Read), "days": "90"}), "")
}

func (p *Pages) showTokens(c *fiber.Ctx, status int, form *Form, secret string) error {
	tokens, err := p.Accounts.Tokens(c.UserContext(), auth.Of(c))
	if err != nil {
		return err
	}
	body := tokensBody{Tabs: p.accountTabs(c, "/account/tokens"), Secret: secret}
	now := p.Accounts.Now() // tokens expire by wall time
	for _, t := range tokens {
		var scopes []string
		for _, s := range t.Scopes {
			scopes = append(scopes, p.Frame.T(c, "account.scope_"+s))
		}
		body.Tokens = append(body.Tokens, tokenRow{t, i18n.List(p.Frame.Lang(c), scopes), !t.Live(now)})
	}
	for _, s := range auth.Scopes {
		body.Scopes = append(body.Scopes, Option{Value: string(s), Label: p.Frame.T(c, "account.scope_"+string(s)), Hint: p.Frame.T(c, "account.scope_"+string(s)+"_hint")})
	}
	for _, days := range []int{7, 30, 90, 180, 365} {
		body.Days = append(body.Days, Option{Value: strconv.Itoa(days), Label: p.Frame.T(c, "account.days", "n", days)})
	}
	return p.Frame.HTML(c, status, "account/tokens", Page{Title: p.Frame.T(c, "nav.account"), Form: form, Body: body})
}

// createToken answers with the page itself, not a redirect: the secret is kept nowhere, so no later
// request could show it. Sent again, the form is told that its token was made.
func (p *Pages) createToken(c *fiber.Ctx) error {
	key, err := CommandID(c)
	if err != nil {
		return err
	}
	form := ReadForm(c, "name", "scope", "days")
	days, err := strconv.Atoi(form.Get("days"))
	if err != nil {
		form.Add("days", "invalid_whole")
	}
	if !form.OK() {
		return p.showTokens(c, fiber.StatusUnprocessableEntity, form, "")
	}
	secret, _, err := p.Accounts.CreateToken(c.UserContext(), auth.Of(c), key, auth.NewToken{
		Name: form.Get("name"), Scope: auth.Scope(form.Get("scope")), Days: days,
	})
	switch {
	case err == nil:
		return p.showTokens(c, fiber.StatusCreated, NewForm(map[string]string{"scope": string(auth.Read), "days": "90"}), secret)
	case fault.KindOf(err) == fault.Conflict:
		return p.refuse(c, form, err, func(c *fiber.Ctx, status int, form *Form) error { return p.showTokens(c, status, form, "") })
	case form.Take(err, ""):
		return p.showTokens(c, fiber.StatusUnprocessableEntity, form, "")
	}
	return err
}

func (p *Pages) revokeToken(c *fiber.Ctx) error {
	key, err := CommandID(c)
	if err != nil {
		return err
	}
	id, err := uuid.Parse(c.Params("id"))
	if err != nil {
		return fault.Missing("token")
	}
	if err := p.Accounts.RevokeToken(c.UserContext(), auth.Of(c), key, id); err != nil {
		return err
	}
	return p.Frame.RedirectFlash(c, "/account/tokens", Flash{Key: "flash.token_revoked"})
}
