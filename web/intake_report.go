package web

import (
	"bytes"
	"cmp"
	"iter"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/intake"
)

type reportPage struct {
	Batch   store.Batch
	Vacancy store.Vacancy // zero for a bulk rejection
	Busy    bool
	Done    int // of Of
	Of      int
	Stats   []Stat
	Noted   int // rows that went in with a remark
	Tabs    []Tab
	Rows    []reportRow
	Until   string // the day until which what the refused rows shown said is kept; empty: it is not
	Gone    int    // days after which it went; 0: nothing went
	May     bool
	Pager   Pager
	Revert  bool
	Reasons bool   // some row shown has one
	Words   string // where the kind's words stand: import, reject, bulk_shortlist
	Outcome string // what a bulk change does
}

// noted is the filter for rows that went in with a remark.
const noted = "noted"

// reportRow is a row with the value it was refused for and the reason in words.
type reportRow struct {
	store.BatchRowNamed
	Value  string
	Reason string
}

// wordsOf says where the words of a kind of batch stand, and what becomes of those it was done to.
func wordsOf(b store.Batch) (words, outcome string) {
	switch b.Kind {
	case store.BatchReject:
		return "reject", store.Rejected
	case store.BatchShortlist:
		return "bulk_shortlist", store.Shortlisted
	}
	return "import", ""
}

func (p *Pages) report(c *fiber.Ctx, b store.Batch) (body reportPage, err error) {
	body = reportPage{
		Batch: b, Busy: b.State == store.BatchRunning || b.State == store.BatchReverting, Done: b.Position, Of: b.Total,
		Revert: b.State == store.BatchDone && p.recruits(c),
	}
	if b.State == store.BatchReverting {
		body.Of = b.Added + b.Joined
	}
	body.Words, body.Outcome = wordsOf(b)
	lang := p.Frame.Lang(c)
	count := map[string]int{store.Added: b.Added, store.Joined: b.Joined, store.Repeated: b.Repeated, store.Refused: b.Refused}
	if b.Kind != store.BatchImport {
		body.Stats = []Stat{
			{Label: i18n.T(lang, "reject.chosen"), Value: i18n.Number(lang, int64(b.Total))},
			{Label: i18n.T(lang, "import.outcome_"+body.Outcome), Value: i18n.Number(lang, int64(b.Added))},
			{Label: i18n.T(lang, "import.outcome_skipped"), Value: i18n.Number(lang, int64(b.Refused))},
		}
	} else {
		if b.State == store.BatchRunning || b.State == store.BatchDone { // what a revert leaves is no summary of the file
			if body.Noted, err = p.Reader.BatchNoted(c.UserContext(), b.ID); err != nil {
				return body, err
			}
		}
		count[noted] = body.Noted
		body.Stats = outcomeStats(lang, b.Total, count)
	}
	if b.State == store.BatchReverting || b.State == store.BatchReverted {
		body.Stats = append(body.Stats, Stat{Label: i18n.T(lang, "import.reverted"), Value: i18n.Number(lang, int64(b.Reverted))},
			Stat{Label: i18n.T(lang, "import.kept"), Value: i18n.Number(lang, int64(b.Kept))})
	}
	if b.VacancyID != nil {
		body.Vacancy, err = p.Reader.Vacancy(c.UserContext(), *b.VacancyID)
	}
	return body, err
}

func (p *Pages) showReport(c *fiber.Ctx, b store.Batch) error {
	body, err := p.report(c, b)
	if err != nil {
		return err
	}
	form := ReadQuery(c, "show", "after")
	show := form.Get("show")
	q := store.BatchRowQuery{Outcome: show, Limit: 100}
	switch {
	case show == store.CodeKept:
		q.Outcome, q.Code = "", store.CodeKept
	case show == noted:
		q.Outcome, q.Noted = "", true
	case show == "" && b.Kind != store.BatchImport:
		show, q.Outcome = body.Outcome, body.Outcome
	case show == "":
		show, q.Outcome = store.Added, store.Added
		if b.Refused > 0 {
			show, q.Outcome = store.Refused, store.Refused
		} else if body.Noted > 0 {
			show, q.Outcome, q.Noted = noted, "", true
		}
	}
	q.After, _ = strconv.Atoi(form.Get("after"))
	rows, next, err := p.Reader.BatchRows(c.UserContext(), b.ID, q)
	if err != nil {
		return err
	}
	body.May = p.recruits(c)
	for _, row := range rows {
		body.Rows = append(body.Rows, reportRow{row, row.Cells[intake.Field(row.Field)], codeWords(p.Frame.Lang(c), row.Code)})
		body.Reasons = body.Reasons || row.Code != ""
		if row.Outcome == store.Refused && row.Cells != nil && b.FinishedAt != nil {
			body.Until = i18n.Date(p.Frame.Lang(c), b.FinishedAt.AddDate(0, 0, store.LeftoverDays), p.Frame.opt.Zone)
		}
	}
	if show == store.Refused && len(rows) > 0 && body.Until == "" {
		body.Gone = store.LeftoverDays
	}
	at := "/imports/" + b.ID.String()
	body.Pager = Pager{Rows: len(rows)}
	if q.After > 0 {
		body.Pager.First = at + "?show=" + show
	}
	if next > 0 {
		body.Pager.Next = at + "?show=" + show + "&after=" + strconv.Itoa(next)
	}
	body.Tabs = p.reportTabs(c, b, body.Noted, show)
	if b.Kind != store.BatchImport {
		return p.Frame.HTML(c, fiber.StatusOK, "intake/report", Page{Title: p.Frame.T(c, body.Words+".title"), Body: body, Crumbs: p.bulkCrumbs(c)})
	}
	return p.Frame.HTML(c, fiber.StatusOK, "intake/report", Page{
		Title: p.Frame.T(c, "import.title"), Lead: position(body.Vacancy.Title, body.Vacancy.City), Body: body,
		Crumbs: p.vacancyCrumbs(c, Crumb{body.Vacancy.Title, "/vacancies/" + body.Vacancy.ID.String()}, Crumb{p.Frame.T(c, "import.list"), "/imports"}),
	})
}

func (p *Pages) reportTabs(c *fiber.Ctx, b store.Batch, remarks int, show string) []Tab {
	outcomes := map[string]int{store.Refused: b.Refused, store.Added: b.Added, store.Joined: b.Joined, store.Repeated: b.Repeated}
	order := []string{store.Refused, store.Added, store.Joined, store.Repeated}
	if _, done := wordsOf(b); b.Kind != store.BatchImport {
		outcomes = map[string]int{done: b.Added, store.Skipped: b.Refused}
		order = []string{done, store.Skipped}
	}
	if remarks > 0 {
		outcomes[noted] = remarks
		order = slices.Insert(order, 1, noted)
	}
	if b.Kept > 0 {
		outcomes[store.CodeKept] = b.Kept
		order = append([]string{store.CodeKept}, order...)
	}
	var tabs []Tab
	for _, o := range order {
		tabs = append(tabs, Tab{Label: p.Frame.T(c, "import.outcome_"+o), URL: "/imports/" + b.ID.String() + "?show=" + o, Active: show == o, Count: outcomes[o]})
	}
	return tabs
}

// batchProgress is the part of the report that moves while a batch is at work.
func (p *Pages) batchProgress(c *fiber.Ctx) error {
	b, err := p.batchOf(c)
	if err != nil {
		return err
	}
	at := "/imports/" + b.ID.String()
	if c.Get("HX-Request") == "" {
		return p.Frame.Redirect(c, at)
	}
	body, err := p.report(c, b)
	if err != nil {
		return err
	}
	if !body.Busy { // the whole page is another now
		c.Set("HX-Redirect", at)
		return c.SendStatus(fiber.StatusOK)
	}
	return p.Frame.Fragment(c, fiber.StatusOK, "intake/report", "progress", Page{Body: body})
}

// batchReport is what became of each row as a file: lines, codes and words; no personal data.
func (p *Pages) batchReport(c *fiber.Ctx) error {
	b, err := p.batchOf(c)
	if err != nil {
		return err
	}
	lang := p.Frame.Lang(c)
	var failed error
	if b.Kind != store.BatchImport {
		return sendCSV(c, "bulk-report.csv", p.bulkReport(c, b, &failed), &failed)
	}
	rows := func(yield func([]string) bool) {
		if !yield([]string{i18n.T(lang, "import.line"), i18n.T(lang, "import.outcome"), i18n.T(lang, "import.field"), i18n.T(lang, "import.reason")}) {
			return
		}
		for r := range p.batchRows(c, b.ID, "", &failed) {
			if !yield([]string{strconv.Itoa(r.Line), i18n.T(lang, "import.outcome_"+r.Outcome), fieldWords(lang, r.Field), codeWords(lang, r.Code)}) {
				return
			}
		}
	}
	return sendCSV(c, "import-report.csv", rows, &failed)
}

// bulkReport is what became of each application: its id is what the API and the export know it by.
func (p *Pages) bulkReport(c *fiber.Ctx, b store.Batch, failed *error) iter.Seq[[]string] {
	lang := p.Frame.Lang(c)
	return func(yield func([]string) bool) {
		if !yield([]string{i18n.T(lang, "bulk.application"), i18n.T(lang, "import.outcome"), i18n.T(lang, "import.reason")}) {
			return
		}
		for r := range p.batchRows(c, b.ID, "", failed) {
			id := ""
			if r.ApplicationID != nil {
				id = r.ApplicationID.String()
			}
			if !yield([]string{id, i18n.T(lang, "import.outcome_"+r.Outcome), codeWords(lang, r.Code)}) {
				return
			}
		}
	}
}

// sendCSV answers with rows as a file that spreadsheets open; failed is what stopped the rows, if anything did.
func sendCSV(c *fiber.Ctx, name string, rows iter.Seq[[]string], failed *error) error {
	var out bytes.Buffer
	if err := intake.WriteCSV(&out, intake.WriteOptions{Delimiter: ';', BOM: true}, rows); err != nil || *failed != nil {
		return cmp.Or(*failed, err)
	}
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	return c.Send(out.Bytes())
}

// fieldWords names a field of a row; "" for none.
func fieldWords(lang, field string) string {
	if key := "intake.field." + field; field != "" && i18n.Has(key) {
		return i18n.T(lang, key)
	}
	return ""
}

// codeWords says why a row or an application was refused, or what was left out of it.
func codeWords(lang, code string) string {
	switch key := "fault." + code; {
	case code == "":
		return ""
	case code == store.CodeKept:
		return i18n.T(lang, "import.kept_why")
	case i18n.Has(key) && len(i18n.Arguments(key)) == 0:
		return i18n.T(lang, key)
	}
	return i18n.T(lang, "fault.conflict")
}
