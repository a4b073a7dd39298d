package web

import (
	"context"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

// MaxSelected is how many applications one form may choose, selectedWithin how long they may take.
const (
	MaxSelected    = store.MaxPage
	selectedWithin = 25 * time.Second
)

// backOf is the page a form came from, if it is one of ours that lists applications; else the list.
func backOf(form *Form, fallback string) string {
	if at := form.Get("back"); localPath(at) == at && at != "" {
		return at
	}
	return fallback
}

// onOne sends a command without further arguments to the application of the path.
func onOne[A workflows.Args](p *Pages, c *fiber.Ctx, command workflows.Command[A, hiring.ApplicationFacts], args A, done string) error {
	id, err := idIn(c, "id")
	if err != nil {
		return err
	}
	by, err := p.by(c)
	if err != nil {
		return err
	}
	_, err = workflows.Do(c.UserContext(), p.Commands, command, id.String(), by, args)
	return p.after(c, backOf(ReadForm(c, "back"), "/candidates/"+id.String()), Flash{Key: done}, err)
}

func (p *Pages) shortlistOne(c *fiber.Ctx) error {
	return onOne(p, c, workflows.Shortlist, workflows.ShortlistArgs{}, "flash.shortlisted_one")
}

func (p *Pages) unshortlistOne(c *fiber.Ctx) error {
	return onOne(p, c, workflows.Unshortlist, workflows.None{}, "flash.unshortlisted")
}

func (p *Pages) undoDecision(c *fiber.Ctx) error {
	return onOne(p, c, workflows.UndoDecision, workflows.None{}, "flash.decision_undone")
}

// selected does to every application chosen what the button says: puts them on the shortlist, or
// prepares their rejection, which the next page confirms.
func (p *Pages) selected(c *fiber.Ctx) error {
	form := ReadForm(c, append(listFilters, "text", "all", "chosen", "do", "back", "reason", "no_mail")...)
	at := backOf(form, "/candidates")
	if form.Get("all") == "yes" {
		return p.allMatching(c, form, at)
	}
	var ids []uuid.UUID
	for _, text := range form.Many["chosen"] {
		if id := uuidOf(text); id != uuid.Nil && len(ids) < MaxSelected {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return p.Frame.RedirectFlash(c, at, Flash{Key: "flash.nobody_chosen", Tone: Warning})
	}
	if form.Get("do") == "reject" {
		return p.prepare(c, ids, form, at)
	}
	by, err := p.by(c)
	if err != nil {
		return err
	}
	rows, err := p.Reader.ApplicationsByID(c.UserContext(), ids)
	if err != nil {
		return err
	}
	ranked, states := map[uuid.UUID]bool{}, map[hiring.State]bool{} // who is on the shortlist keeps his rank
	for _, a := range rows {
		ranked[a.ID] = a.State == hiring.Shortlisted
		states[a.State] = states[a.State] || !ranked[a.ID]
	}
	delete(states, hiring.Shortlisted)
	if len(states) > 1 { // who declined or did not come is rarely meant along with others: it is asked
		return p.prepare(c, ids, form, at)
	}
	// Without a worker each command waits its ten seconds: two hundred of them would outlive the browser's
	// patience. Those cut off are pending; the same form sent again does the rest.
	ctx, cancel := context.WithTimeout(c.UserContext(), selectedWithin)
	defer cancel()
	done, left, pending := 0, 0, false
	for _, id := range ids {
		if ranked[id] {
			done++
			continue
		}
		one := workflows.By{Actor: by.Actor, Key: keyFor(by.Key, id)}
		_, err := workflows.Do(ctx, p.Commands, workflows.Shortlist, id.String(), one, workflows.ShortlistArgs{})
		switch fault.KindOf(err) {
		case "":
			done++
		case fault.Conflict, fault.NotFound:
			left++
		case fault.Pending:
			pending = true
		default:
			return err
		}
	}
	flash := Flash{Key: "flash.shortlisted", Args: map[string]string{"n": strconv.Itoa(done)}}
	switch {
	case pending:
		flash = Flash{Key: "flash.still_saving", Tone: Info}
	case left > 0:
		flash = Flash{Key: "flash.shortlisted_some", Tone: Warning, Args: map[string]string{"n": strconv.Itoa(done), "left": strconv.Itoa(left)}}
	}
	return p.Frame.RedirectFlash(c, at, flash)
}

// keyFor is the key of one of the commands that a form's id stands for; at most 255 characters.
func keyFor(key string, id uuid.UUID) string {
	if len(key) > 200 {
		key = key[:200]
	}
	return key + "/" + id.String()
}

// allMatching does to all that the list's filter meets at this moment what the button says: a batch, which the next
// page counts and confirms.
func (p *Pages) allMatching(c *fiber.Ctx, form *Form, at string) error {
	ids, err := p.Reader.MatchingApplications(c.UserContext(), filterOf(form, form.Get("text")), store.MaxBulk+1)
	switch {
	case err != nil:
		return err
	case len(ids) == 0:
		return p.Frame.RedirectFlash(c, at, Flash{Key: "flash.nobody_chosen", Tone: Warning})
	case len(ids) > store.MaxBulk:
		return p.Frame.RedirectFlash(c, at, Flash{Key: "bulk.too_many", Tone: Warning, Args: map[string]string{"n": strconv.Itoa(store.MaxBulk)}})
	}
	return p.prepare(c, ids, form, at)
}

// prepare makes a batch of what the button says, to be confirmed on its page.
func (p *Pages) prepare(c *fiber.Ctx, ids []uuid.UUID, form *Form, at string) error {
	act, err := p.act(c)
	if err != nil {
		return err
	}
	var id uuid.UUID
	if form.Get("do") == "reject" {
		id, err = p.Catalog.NewReject(c.UserContext(), act, ids, form.Get("reason"), form.Get("no_mail") == "yes")
	} else {
		id, err = p.Catalog.NewShortlist(c.UserContext(), act, ids)
	}
	if f := fault.As(err); f != nil && f.Fields["reason"] != "" {
		return p.Frame.RedirectFlash(c, at, Flash{Key: "flash.reason_wanted", Tone: Warning})
	} else if err != nil {
		return err
	}
	return p.Frame.Redirect(c, "/imports/"+id.String())
}
