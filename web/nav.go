package web

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// NavGroup is a heading in the sidebar and what stands under it; an empty Key has no heading.
type NavGroup struct {
	Key   string // catalogue key of the heading
	Items []NavItem
}

// NavItem is one place to go.
type NavItem struct {
	Key    string   // catalogue key of the words
	Path   string   // exact path of a GET route; also lit for every path below it
	Icon   string   // name in static/icons.svg
	Roles  []string // who sees it; empty: everyone signed in
	Letter string   // "g" then this letter goes there; Latin, one for each item
	Phone  bool     // stands in the phone's bottom bar (at most four for one role); the rest under "More"
	Active bool     // filled in per request
}

// Navigation is the product's sidebar. An item whose path has no GET route yet is not shown, so the
// whole plan can stand here from the start; who may open the page is the route's business, and the
// roles here only keep the bar short.
var Navigation = []NavGroup{
	{Items: []NavItem{
		{Key: "nav.home", Path: "/", Icon: "home", Letter: "h", Phone: true},
	}},
	{Key: "nav.group_hiring", Items: []NavItem{
		{Key: "nav.vacancies", Path: "/vacancies", Icon: "briefcase", Letter: "v", Roles: []string{"hr", "head_of_sales", "director", "admin"}},
		{Key: "nav.candidates", Path: "/candidates", Icon: "users", Letter: "c", Phone: true, Roles: []string{"hr", "head_of_sales", "director", "admin"}},
		{Key: "nav.sessions", Path: "/sessions", Icon: "calendar", Letter: "s", Phone: true, Roles: []string{"hr", "interviewer", "receptionist", "head_of_sales", "director", "admin"}},
		{Key: "nav.arrivals", Path: "/arrivals", Icon: "door-open", Letter: "a", Phone: true, Roles: []string{"hr", "receptionist", "interviewer", "admin"}},
		{Key: "nav.scorecards", Path: "/scorecards", Icon: "clipboard", Letter: "m", Roles: []string{"interviewer", "head_of_sales"}},
		{Key: "nav.decisions", Path: "/decisions", Icon: "gavel", Letter: "d", Roles: []string{"hr", "head_of_sales", "director", "admin"}},
		{Key: "nav.reports", Path: "/reports", Icon: "chart", Letter: "r", Roles: []string{"hr", "head_of_sales", "director", "admin"}},
	}},
	{Key: "nav.group_growth", Items: []NavItem{
		{Key: "nav.training", Path: "/training", Icon: "graduation-cap", Letter: "t"},
		{Key: "nav.pay", Path: "/pay", Icon: "wallet", Letter: "p", Roles: []string{"hr", "head_of_sales", "director", "payroll", "employee", "admin"}},
	}},
	{Key: "nav.group_company", Items: []NavItem{
		{Key: "nav.people", Path: "/people", Icon: "building", Letter: "e", Roles: []string{"hr", "admin"}},
		{Key: "nav.audit", Path: "/audit", Icon: "shield-check", Letter: "u", Roles: []string{"hr", "director", "admin"}},
		{Key: "nav.settings", Path: "/settings", Icon: "settings", Letter: "o", Roles: []string{"admin"}},
	}},
}

// served lists the exact GET paths of an app.
func served(app *fiber.App) map[string]bool {
	paths := map[string]bool{}
	for _, r := range app.GetRoutes(true) {
		if r.Method == fiber.MethodGet {
			paths[r.Path] = true
		}
	}
	return paths
}

// navFor keeps what these roles see and what exists, and lights the longest item that holds path.
func navFor(groups []NavGroup, roles []string, exists func(string) bool, path string) []NavGroup {
	var out []NavGroup
	best := ""
	for _, g := range groups {
		kept := NavGroup{Key: g.Key}
		for _, item := range g.Items {
			if !exists(item.Path) || (len(item.Roles) > 0 && !slices.ContainsFunc(roles, func(r string) bool { return slices.Contains(item.Roles, r) })) {
				continue
			}
			if (path == item.Path || (item.Path != "/" && strings.HasPrefix(path, item.Path+"/"))) && len(item.Path) > len(best) {
				best = item.Path
			}
			kept.Items = append(kept.Items, item)
		}
		if len(kept.Items) > 0 {
			out = append(out, kept)
		}
	}
	for _, g := range out {
		for i := range g.Items {
			g.Items[i].Active = g.Items[i].Path == best
		}
	}
	return out
}
