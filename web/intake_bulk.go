package web

import (
	"encoding/json"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows/hiring"
)

// bulkCrumbs lead to a bulk change: it is of candidates, whatever the address of its batch.
func (p *Pages) bulkCrumbs(c *fiber.Ctx) []Crumb {
	return []Crumb{{p.Frame.T(c, "nav.candidates"), "/candidates"}}
}

type bulkPage struct {
	Batch  store.Batch
	Words  string
	Rows   []bulkRow
	Can    int
	Total  int
	More   int
	Reason string
	States []bulkState // of those it can be done to
}

type bulkState struct {
	State hiring.State
	N     int
}

type bulkRow struct {
	store.ApplicationRow
	Can bool
}

// maxBulkRows is how many of those chosen the question names.
const maxBulkRows = 200

// showBulk asks whether to do it to those chosen.
func (p *Pages) showBulk(c *fiber.Ctx, b store.Batch) error {
	doc, err := p.Reader.Document(c.UserContext(), *b.DocumentID)
	if err != nil {
		return err
	}
	var ids []uuid.UUID
	if err := json.Unmarshal(doc.Body, &ids); err != nil {
		return err
	}
	states, err := p.Reader.StatesOf(c.UserContext(), ids)
	if err != nil {
		return err
	}
	rows, err := p.Reader.ApplicationsByID(c.UserContext(), ids[:min(len(ids), maxBulkRows)])
	if err != nil {
		return err
	}
	can := func(s hiring.State) bool {
		if b.Kind == store.BatchShortlist {
			return hiring.CheckShortlist(s) == nil
		}
		return hiring.CheckDecide(s, hiring.Reject, 0) == nil
	}
	body := bulkPage{Batch: b, Total: len(ids), More: max(0, len(ids)-maxBulkRows), Reason: b.Settings.Reason}
	body.Words, _ = wordsOf(b)
	for _, s := range hiring.States {
		if n := states[s]; n > 0 && can(s) {
			body.Can += n
			body.States = append(body.States, bulkState{s, n})
		}
	}
	for _, a := range rows {
		body.Rows = append(body.Rows, bulkRow{a, can(a.State)})
	}
	return p.Frame.HTML(c, fiber.StatusOK, "intake/bulk", Page{
		Title: p.Frame.T(c, body.Words+".title"), Body: body, Crumbs: p.bulkCrumbs(c),
	})
}
