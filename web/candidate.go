package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/link"
)

// candidateRoutes are the pages behind the link in a candidate's mails. The link in the path is the
// credential: every handler goes through candidate, which verifies it. GET changes nothing: mail scanners
// open links, and every action is a form with a button. An action's address opened by GET leads to the
// page, because people reload and share what stands in the address bar.
func (p *Pages) candidateRoutes(r auth.Routes) {
	may := auth.Candidate
	r.Get("/c/:token", may, p.candidate(p.showCandidate))
	r.Get("/c/:token/times", may, p.candidate(p.showTimes))
	r.Post("/c/:token/times", may, p.candidate(p.chooseTime))
	r.Get("/c/:token/find", may, p.candidate(p.showFind))
	r.Get("/c/:token/photo", may, p.candidate(p.candidatePhoto))
	r.Get("/c/:token/calendar.ics", may, p.candidate(p.candidateCalendar))
	for _, ask := range []string{"cancel", "withdraw", "erase"} {
		r.Get("/c/:token/"+ask, may, p.candidate(p.ask(ask)))
	}
	for _, action := range []string{"confirm", "late", "rejoin"} {
		r.Get("/c/:token/"+action, may, p.candidate(p.backToPage))
	}
	r.Post("/c/:token/confirm", may, p.candidate(command(p, workflows.Confirm, bookingArgs)))
	r.Post("/c/:token/cancel", may, p.candidate(command(p, workflows.Cancel, bookingArgs)))
	r.Post("/c/:token/late", may, p.candidate(command(p, workflows.Late, lateArgs)))
	r.Post("/c/:token/withdraw", may, p.candidate(command(p, workflows.Withdraw, noArgs)))
	r.Post("/c/:token/rejoin", may, p.candidate(command(p, workflows.Rejoin, noArgs)))
	r.Post("/c/:token/erase", may, p.candidate(command(p, workflows.Erase, noArgs)))
}

// visit is one request by a candidate whose link is good.
type visit struct {
	*fiber.Ctx
	base  string // "/c/<token>"
	facts store.CandidatePage
	now   time.Time
	lang  string
}

func (v visit) t(key string, args ...any) string { return i18n.T(v.lang, key, args...) }

// candidate verifies the link and reads the facts. A link that is unknown or renewed gets a plain page
// that says what to do; too many requests on one link are refused, counted by all processes together.
func (p *Pages) candidate(serve func(visit) error) fiber.Handler {
	return func(c *fiber.Ctx) error {
		lang := p.Frame.LangOr(c, "")
		For(c, Candidate, lang)
		token := c.Params("token")
		facts, err := p.byLink(c.UserContext(), token)
		if fault.KindOf(err) == fault.NotFound {
			return p.Frame.HTML(c, fiber.StatusNotFound, "candidate/unknown", Page{
				Layout: Candidate, Lang: lang, Title: i18n.T(lang, "candidate.unknown_title"), Lead: i18n.T(lang, "candidate.unknown_lead"),
			})
		}
		if err != nil {
			return err
		}
		lang = p.Frame.LangOr(c, facts.Language)
		For(c, Candidate, lang)
		sum := sha256.Sum256([]byte(token)) // the table of counters must not hold a working link
		limit := store.Limit{Tries: facts.Policy.LinkLimit, Window: time.Minute}
		if err := p.Catalog.Hit(c.UserContext(), "link/"+hex.EncodeToString(sum[:16]), limit, time.Now()); err != nil {
			return err
		}
		return serve(visit{Ctx: c, base: "/c/" + token, facts: facts, now: p.Now(), lang: lang})
	}
}

func (p *Pages) byLink(ctx context.Context, token string) (store.CandidatePage, error) {
	id, err := link.ID(token)
	if err != nil {
		return store.CandidatePage{}, err
	}
	facts, err := p.Reader.CandidatePage(ctx, id)
	if err == nil {
		err = p.Keys.Verify(token, link.Application, facts.Generation)
	}
	return facts, err
}

func (p *Pages) page(v visit, status int, name string, page Page) error {
	page.Layout, page.Lang = Candidate, v.lang
	return p.Frame.HTML(v.Ctx, status, name, page)
}

func (p *Pages) backToPage(v visit) error { return p.Frame.Redirect(v.Ctx, v.base) }

func (p *Pages) showCandidate(v visit) error {
	view := newCandidateView(v)
	return p.page(v, fiber.StatusOK, "candidate/page", Page{Title: view.title(), Lead: view.lead(), Body: view})
}

// showFind is "I cannot find it": the way and reception's telephone, large.
func (p *Pages) showFind(v visit) error {
	view := newCandidateView(v)
	if !view.Meeting {
		return p.backToPage(v)
	}
	return p.page(v, fiber.StatusOK, "candidate/find", Page{Title: v.t("candidate.find_title"), Body: view})
}

// ask is the page between a button that ends something and its doing.
func (p *Pages) ask(action string) func(visit) error {
	return func(v visit) error {
		view := newCandidateView(v)
		key := action
		switch {
		case action == "cancel" && view.Options.Decline:
			key = "decline"
		case action == "cancel" && !view.Options.Cancel, action == "withdraw" && !view.Options.Withdraw, action == "erase" && !view.Erasable:
			return p.backToPage(v)
		}
		return p.page(v, fiber.StatusOK, "candidate/ask", Page{
			Title: v.t("candidate." + key + "_title"), Lead: v.t("candidate."+key+"_lead", view.args()...),
			Body: askView{candidateView: view, Action: action, Key: key},
		})
	}
}

// askView is the page that asks once more.
type askView struct {
	candidateView
	Action string // the last part of the form's address
	Key    string // of the words
}

func bookingArgs(c *fiber.Ctx) workflows.BookingArgs {
	version, _ := strconv.Atoi(c.FormValue("version")) // what is no number fails Check
	return workflows.BookingArgs{Booking: c.FormValue("booking"), Version: version}
}

func lateArgs(c *fiber.Ctx) workflows.LateArgs {
	minutes, _ := strconv.Atoi(c.FormValue("minutes"))
	return workflows.LateArgs{BookingArgs: bookingArgs(c), Minutes: minutes}
}

func noArgs(*fiber.Ctx) workflows.None { return workflows.None{} }

// chooseArgs reads the time chosen, "<session>/<slot>", with "/first" if it was shown as the one that comes first.
func chooseArgs(c *fiber.Ctx) workflows.ChooseArgs {
	a := workflows.ChooseArgs{Slot: -1}
	if b := bookingArgs(c); b.Booking != "" {
		a.Booking, a.Version = b.Booking, b.Version
	}
	session, slot, _ := strings.Cut(c.FormValue("time"), "/")
	slot, a.First = strings.CutSuffix(slot, "/first")
	if n, err := strconv.Atoi(slot); err == nil {
		a.Interview, a.Slot = session, n
	}
	return a
}

// send does a command of this candidate under the form's id.
func send[A workflows.Args](p *Pages, v visit, c workflows.Command[A, hiring.ApplicationFacts], args A) (workflows.Answer, error) {
	key, err := CommandID(v.Ctx)
	if err != nil {
		return workflows.Answer{}, err
	}
	id := v.facts.ID.String()
	return workflows.Do(v.UserContext(), p.Commands, c, id, workflows.By{Actor: "candidate/" + id, Key: key}, args)
}

// command is the target of a form with one button: it does the command and goes back to the page, which
// says what was done or, of a form from before, what is true now.
func command[A workflows.Args](p *Pages, c workflows.Command[A, hiring.ApplicationFacts], args func(*fiber.Ctx) A) func(visit) error {
	return func(v visit) error {
		answer, err := send(p, v, c, args(v.Ctx))
		if err != nil {
			return p.refused(v, err)
		}
		return p.Frame.RedirectFlash(v.Ctx, v.base, Flash{Key: "candidate.done_" + answer.Code})
	}
}

// refused answers a form whose command was not done, or not yet.
func (p *Pages) refused(v visit, err error) error {
	switch fault.KindOf(err) {
	case fault.Pending, fault.Unavailable:
		return p.notYet(v, err)
	case fault.Conflict, fault.Invalid, fault.NotFound:
		key := "candidate.refused_" + fault.CodeOf(err)
		if !i18n.Has(key) {
			key = "candidate.refused"
		}
		return p.Frame.RedirectFlash(v.Ctx, v.base, Flash{Key: key, Tone: Warning})
	}
	return err
}

// notYet offers the same form again: under the same id it is done once, however often it is sent.
func (p *Pages) notYet(v visit, err error) error {
	key := "pending"
	if fault.KindOf(err) == fault.Unavailable {
		key = "unavailable"
		v.Set(fiber.HeaderRetryAfter, "30")
	}
	view := againView{Base: v.base, Path: v.Path(), Key: key}
	for _, name := range []string{"_command", "booking", "version", "time", "minutes"} {
		if value := v.FormValue(name); value != "" {
			view.Fields = append(view.Fields, [2]string{name, value})
		}
	}
	return p.page(v, Status(fault.KindOf(err)), "candidate/again", Page{
		Title: v.t("candidate." + key + "_title"), Lead: v.t("candidate." + key + "_lead"), Body: view,
	})
}

// againView repeats a form.
type againView struct {
	Base, Path, Key string
	Fields          [][2]string // name, value
}
