package web

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/staff"
)

// What the pages of the catalogue and of intake have in common.

// Who keeps the catalogue and takes responses in, and who may look on.
var (
	recruiters = auth.Roles(staff.HR, staff.Admin)
	onlookers  = auth.Roles(staff.HR, staff.HeadOfSales, staff.Director, staff.Admin)
)

// act says who does what the form asks, under the form's command id.
func (p *Pages) act(c *fiber.Ctx) (store.Act, error) {
	key, err := CommandID(c)
	return store.Act{Actor: auth.From(c.UserContext()).Actor(), Key: key, Wall: time.Now(), Business: p.Now()}, err
}

// by is act for commands of processes.
func (p *Pages) by(c *fiber.Ctx) (workflows.By, error) {
	key, err := CommandID(c)
	return workflows.By{Actor: auth.From(c.UserContext()).Actor(), Key: key}, err
}

// idIn reads the id in a route's path; what is none is not there.
func idIn(c *fiber.Ctx, name string) (uuid.UUID, error) {
	id, err := uuid.Parse(c.Params(name))
	if err != nil {
		return id, fault.Missing(name)
	}
	return id, nil
}

// whole reads a whole number; what is none is noted.
func whole(f *Form, name string) int {
	n, err := strconv.Atoi(strings.ReplaceAll(f.Get(name), " ", ""))
	if err != nil {
		f.Add(name, cmp.Or(map[bool]string{true: "required"}[f.Get(name) == ""], "invalid_whole"))
	}
	return n
}

// uuidOf reads an id that a select gave; uuid.Nil for none.
func uuidOf(text string) uuid.UUID {
	id, _ := uuid.Parse(text)
	return id
}

// minor reads an amount such as 25000, 25 000,50 or 25000.5 into minor units; blank is nothing.
func minor(text string) (int64, bool) {
	text = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", ",", ".").Replace(text)
	units, cents, _ := strings.Cut(text, ".")
	if text == "" {
		return 0, true
	}
	n, err := strconv.ParseInt(units, 10, 64)
	if err != nil || n < 0 || n > store.MaxCostMinor || len(cents) > 2 || strings.Trim(cents, "0123456789") != "" {
		return 0, false
	}
	c, _ := strconv.ParseInt((cents + "00")[:2], 10, 64)
	return n*100 + c, true
}

// amount writes minor units as minor reads them.
func amount(n int64) string {
	if n%100 == 0 {
		return strconv.FormatInt(n/100, 10)
	}
	return strconv.FormatInt(n/100, 10) + "." + strconv.FormatInt(n%100+100, 10)[1:]
}

// zones are the time zones offered, from west to east; a form may hold any other IANA name.
var zones = []string{
	"Europe/London", "Europe/Berlin", "Europe/Kaliningrad", "Europe/Sofia", "Europe/Minsk", "Europe/Moscow", "Europe/Samara",
	"Asia/Yekaterinburg", "Asia/Omsk", "Asia/Almaty", "Asia/Novosibirsk", "Asia/Krasnoyarsk", "Asia/Irkutsk", "Asia/Yakutsk", "Asia/Vladivostok",
}

// zoneOptions names the zones as they are at now; chosen is offered too if it is another.
func zoneOptions(lang, chosen string, now time.Time) []Option {
	var out []Option
	names := zones
	if chosen != "" && !slices.Contains(zones, chosen) {
		names = append([]string{chosen}, zones...)
	}
	for _, name := range names {
		if zone, err := time.LoadLocation(name); err == nil {
			out = append(out, Option{Value: name, Label: i18n.Zone(lang, now, zone)})
		}
	}
	return out
}

func languageOptions() []Option {
	var out []Option
	for _, l := range store.Languages {
		out = append(out, Option{Value: l, Label: i18n.Name(l)})
	}
	return out
}

// keyed makes options of values whose words stand at prefix + value.
func keyed(lang, prefix string, values []string) []Option {
	out := make([]Option, len(values))
	for i, v := range values {
		out[i] = Option{Value: v, Label: i18n.T(lang, prefix+v)}
	}
	return out
}

// catalogueFilter reads a catalogue list's filters.
func catalogueFilter(c *fiber.Ctx) (store.CatalogueFilter, store.Page, *Form) {
	form := ReadQuery(c, "q", "archived", "cursor")
	return store.CatalogueFilter{Text: form.Get("q"), Archived: form.Get("archived") != ""}, store.Page{Cursor: form.Get("cursor")}, form
}

// inUse are the two views of a catalogue.
func inUse(lang, path string, archived bool) []Tab {
	return []Tab{
		{Label: i18n.T(lang, "catalogue.in_use"), URL: path, Active: !archived},
		{Label: i18n.T(lang, "catalogue.archived"), URL: path + "?archived=1", Active: archived},
	}
}

// pagerOf makes the ways on of a list at path with these filters.
func pagerOf(path string, form *Form, next string, rows int, filters ...string) Pager {
	query := func(cursor string) string {
		var q []string
		for _, name := range filters {
			if v := form.Get(name); v != "" {
				q = append(q, name+"="+url.QueryEscape(v))
			}
		}
		if cursor != "" {
			q = append(q, "cursor="+url.QueryEscape(cursor))
		}
		if len(q) == 0 {
			return path
		}
		return path + "?" + strings.Join(q, "&")
	}
	p := Pager{Rows: rows}
	if form.Get("cursor") != "" {
		p.First = query("")
	}
	if next != "" {
		p.Next = query(next)
	}
	return p
}

// saved answers a catalogue form: on success the next page with a flash; an input fault puts codes on
// the form and returns false; anything else is the error.
func (p *Pages) saved(form *Form, lang string, err error, nameField string) (bool, error) {
	switch {
	case err == nil:
		return true, nil
	case fault.CodeOf(err) == "name_taken":
		form.Add(nameField, "taken")
		return false, nil
	case fault.CodeOf(err) == "stale_form":
		form.Fault = i18n.T(lang, "fault.stale_form")
		return false, nil
	case form.Take(err, ""):
		return false, nil
	}
	return false, err
}

// capital begins a text with a capital letter: states are written small, for badges.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}
