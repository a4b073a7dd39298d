// Package web is the pages: html/template on the server, a little htmx for what moves, and no page that
// needs JavaScript. Handlers are thin: read the input, ask the Reader or send a command, render.
//
// # Adding a page
//
// Four places, in this order. The words, web/i18n/{en,bg,ru}/venues.json (same keys in all three):
//
//	{"venues.title": "Venues", "venues.add": "Add a venue", "venues.name": "Name", "venues.seats": "{n} {n|seat|seats}",
//	 "venues.none": "No venues yet", "flash.venue_added": "The venue was added."}
//
// The template, web/templates/venues/list.html, which is rendered with a *Page as its dot:
//
//	{{define "actions"}}<a class="button is-primary" href="/venues/new">{{icon "plus"}}{{t "venues.add"}}</a>{{end}}
//	{{define "content"}}
//	{{if .Body.Venues}}<div class="table-wrap"><table class="table is-cards"><tbody>
//	{{range .Body.Venues}}<tr><th scope="row">{{.Name}}</th><td>{{t "venues.seats" "n" .Seats}}</td></tr>{{end}}
//	</tbody></table></div>{{pager .Body.Pager}}{{else}}{{empty "map-pin" "venues.none" "" "/venues/new" "venues.add"}}{{end}}
//	{{end}}
//
// and one for its form, web/templates/venues/new.html:
//
//	{{define "content"}}<form class="form" method="post" action="/venues">{{tokens .}}
//	{{field .Form "name" "venues.name" "max" 200}}
//	<div class="actions"><button class="button is-primary">{{t "action.save"}}</button></div></form>{{end}}
//
// The handler, web/venues.go, a method of Pages, which holds the Frame, the stores and the commands:
//
//	func (p *Pages) addVenue(c *fiber.Ctx) error {
//		form := ReadForm(c, "name")                                      // what was typed stays
//		page := Page{Title: p.Frame.T(c, "venues.add"), Form: form}
//		if form.OK() {
//			err := p.Catalog.AddVenue(c.UserContext(), form.Get("name")) // judges the input itself
//			if err == nil {
//				return p.Frame.RedirectFlash(c, "/venues", Flash{Key: "flash.venue_added"}) // 303
//			}
//			if !form.Take(err, "") { // not the input's fault: let ErrorHandler make a page of it
//				return err
//			}
//		}
//		return p.Frame.HTML(c, fiber.StatusUnprocessableEntity, "venues/new", page)
//	}
//
// The route, with the roles that may use it, in the same file; and, for a place people go to, a line in
// Navigation (nav.go), which shows itself once its path is served:
//
//	func (p *Pages) venuesRoutes(r auth.Routes) {
//		r.Get("/venues", auth.Roles(staff.HR), p.listVenues)
//		r.Post("/venues", auth.Roles(staff.HR), p.addVenue)
//	}
//
// # What the frame does
//
//   - Frame.HTML renders into memory, first the content and then the layout around it, so a fault
//     leaves no half page, and the layout can list the form's errors on top by the labels of the fields.
//   - Page.Layout is Staff (sidebar by role), Candidate (one column, no-store, noindex, no-referrer) or
//     Plain (sign-in). A Staff page for somebody not signed in becomes Plain.
//   - Frame.Problem is the app's ErrorHandler. Return the error; a fault becomes its status, its words
//     in the reader's language and what to do now. For htmx it is a notice in #notices.
//   - Frame.Fragment renders one {{define}}d block, for htmx; Frame.Block the same without a request.
//   - ReadQuery reads a list's filters into a Form, so that the same fields show them.
//   - Frame.LangOr is the language of a candidate's page; For tells Problem that a route is a candidate's.
//   - Where business time is not wall time (-speed, -until), every page says what time it is there.
//   - CommandID reads the id that {{tokens .}} put into the form: pass it on as the command's key.
//
// # What templates may call
//
// Words: t key [name value...], number, decimal v places, rough v, percent share, money minor currency,
// duration, list, roles, langname, invalid code; url path [name value...]. Times, always with a zone (the venue's for anything in
// person, .Zone for the reader's own): moment, datetime, date, day, daylong, clock, zonename, and
// ago t .Now zone. Things: icon name, static file, avatar name, badge tone text, banner tone text,
// field form name label [option value...], opt, opts, tabs, pager, search action name value label,
// stat, progress label done total, timeline events zone, empty icon title text [url action], tokens page,
// and from package chart: bars, columns, plot, ranges. GET /styleguide in dev shows them all.
//
// A field's options: type, hint (a key), value, optional, options ([]Option), rows, max, min, upper,
// step, width (s, m, l), autocomplete, mode, placeholder, accept, suffix, inline, focus, several, id.
//
// # Rules
//
// No inline script or style: the content policy forbids both. No word outside the catalogues
// (templates_test.go looks). GET and HEAD change nothing. A posting form carries {{tokens .}}; one that
// destroys carries data-confirm with a question. A flash and a URL never carry personal text. An icon
// alone needs an aria-label. Colours and measures come from tokens.css only.
//
// # What app.js adds
//
// Nothing that a page needs. By attribute: data-confirm="question" on a form or its button asks first;
// data-open="id" shows that <dialog class="dialog">; data-copy="text", data-print, data-dismiss; a
// posting form that answers with a file says data-download, others are sent once; data-search is what "/"
// focuses. "?" lists the keys, "g" and a letter goes to a place of Navigation. .js-only hides what would do
// nothing without it.
//
// An answer to htmx may carry fields beside what it replaces (hx-select-oob="#f-<name>-field"): of a field only
// what the answer says about it is taken over, its error and its aria, never its value.
//
// A form shown again takes the address of the page it was on when it is left (data-again): browsers do not go back
// to an answer to a POST without asking whether to send it once more.
//
// htmx settles without delay (parts/head.html): for its usual 20 ms the forms it brought were bound to nothing, and a
// press in that moment, on a lost connection, was gone with the page.
//
// The word on what was done, or the list of errors, has the focus when a page comes (data-focus), unless a field of
// the page has autofocus. desk.js keeps a plan from passing for one of other numbers when its answer fails.
//
// # Candidates' pages
//
// candidate.go and its neighbours, for people without an account or JavaScript. Every handler goes through
// Pages.candidate, which verifies the link in the path; GET changes nothing, since mail scanners open
// links. situation names what is the case, and hiring.CandidateOptions which buttons stand there; a new
// situation is a case there, two keys candidate.<case>.title and .lead in three languages, and a step in
// TestEverySituationInEveryLanguage. Forms carry {{template "parts/sealed"}} instead of tokens: the
// command's id follows from what the page shows, so two tabs send one command.
//
// # Static files
//
// static/css/*.css are one app.css, in the order of assets.go. Every file is served under a name with
// its hash and kept by browsers for a year. Fonts, htmx and icons are vendored: static/VENDORED.md.
package web
