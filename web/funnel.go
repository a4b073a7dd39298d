package web

import (
	"bytes"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/web/chart"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/intake"
	"github.com/stazh/stazh/workflows/staff"
)

// reporters see reports.
var reporters = auth.Roles(staff.HR, staff.HeadOfSales, staff.Director, staff.Admin)

func (p *Pages) funnelRoutes(r auth.Routes) {
	r.Get("/reports", reporters, func(c *fiber.Ctx) error {
		return p.Frame.HTML(c, fiber.StatusOK, "report/list", Page{Title: p.Frame.T(c, "nav.reports"), Lead: p.Frame.T(c, "funnel.reports_lead")})
	})
	r.Get("/reports/funnel", reporters, p.funnel)
	r.Get("/reports/funnel.csv", reporters, p.funnelCSV)
}

// funnelStages are the columns, in order.
var funnelStages = []string{"responded", "invited", "confirmed", "came", "fit", "hired"}

func stageCounts(f store.FunnelCounts) []int {
	return []int{f.Responded, f.Invited, f.Confirmed, f.Came, f.Fit, f.Hired}
}

type funnelBody struct {
	Tabs     []Tab
	Periods  []Option
	By       string
	ByWords  string
	Stages   []string // heads
	Funnel   chart.Chart
	Compare  *chart.Chart
	Lines    []funnelLine
	Costs    []funnelCost
	Divided  bool // some lines have people that no price stands for
	Needs    []funnelNeed
	Lacks    []funnelLack
	Sessions int // of how many, the next, Lacks are; 0: of all
	Download string
	Any      bool
}

type funnelLine struct {
	Name, URL string
	Cells     []funnelCell
}

type funnelCell struct {
	Head  string
	Count int
	Of    float64 // share of the stage before
	Shown bool    // the share means something
}

type funnelCost struct {
	Name string
	store.FunnelCost
	Divided bool // the line has other people too: say by how many it is divided
}

// funnelPeriods are the times to choose from, in days back; 0 is everything.
var funnelPeriods = []int{30, 90, 365, 0}

// funnelQuery reads the cut and the time; what is not offered is the first.
func (p *Pages) funnelQuery(c *fiber.Ctx) (q store.FunnelQuery, days int) {
	form := ReadQuery(c, "by", "days")
	q.By = form.Get("by")
	if !slices.Contains(store.FunnelCuts, q.By) {
		q.By = store.FunnelByVacancy
	}
	days, err := strconv.Atoi(form.Get("days"))
	if err != nil || !slices.Contains(funnelPeriods, days) {
		days = 90
	}
	zone := auth.Of(c).Location()
	q.Zone = zone.String()
	if days > 0 {
		now := p.Now().In(zone)
		q.From = time.Date(now.Year(), now.Month(), now.Day()-days, 0, 0, 0, 0, zone)
	}
	return q, days
}

func (p *Pages) funnel(c *fiber.Ctx) error {
	q, days := p.funnelQuery(c)
	f, err := p.Reader.Funnel(c.UserContext(), q)
	if err != nil {
		return err
	}
	lang := p.Frame.Lang(c)
	body := funnelBody{By: q.By, ByWords: i18n.T(lang, "funnel.by_"+q.By), Any: f.Total.Responded > 0}
	to := func(path, by string, days int) string {
		at, _ := address(path, "by", by, "days", strconv.Itoa(days)) // pairs: no fault
		return at
	}
	for _, by := range store.FunnelCuts {
		body.Tabs = append(body.Tabs, Tab{Label: i18n.T(lang, "funnel.by_"+by), URL: to("/reports/funnel", by, days), Active: by == q.By})
	}
	for _, d := range funnelPeriods {
		label := i18n.T(lang, "funnel.all_time")
		if d > 0 {
			label = i18n.T(lang, "funnel.days", "n", d)
		}
		body.Periods = append(body.Periods, Option{Value: strconv.Itoa(d), Label: label})
	}
	body.Download = to("/reports/funnel.csv", q.By, days)
	for _, s := range funnelStages {
		body.Stages = append(body.Stages, i18n.T(lang, "funnel."+s))
	}
	body.Funnel = funnelChart(lang, f.Total)
	for _, l := range f.Lines {
		line := funnelLine{Name: funnelName(lang, q.By, l)}
		if q.By == store.FunnelByVacancy {
			line.URL = "/vacancies/" + l.Key
		}
		counts := stageCounts(l.FunnelCounts)
		for i, n := range counts {
			cell := funnelCell{Head: body.Stages[i], Count: n}
			if i > 0 && counts[i-1] > 0 {
				cell.Of, cell.Shown = float64(n)/float64(counts[i-1]), true
			}
			line.Cells = append(line.Cells, cell)
		}
		body.Lines = append(body.Lines, line)
		for _, cost := range l.Costs {
			divided := cost.Responded != l.Responded || cost.Came != l.Came || cost.Hired != l.Hired
			body.Costs, body.Divided = append(body.Costs, funnelCost{line.Name, cost, divided}), body.Divided || divided
		}
	}
	body.Compare = funnelCompare(lang, q.By, f)
	if q.By == store.FunnelByVacancy {
		if err := p.funnelNeeds(c, &body); err != nil {
			return err
		}
	}
	return p.Frame.HTML(c, fiber.StatusOK, "report/funnel", Page{
		Title: p.Frame.T(c, "funnel.title"), Lead: p.Frame.T(c, "funnel.lead"), Crumbs: []Crumb{{Label: p.Frame.T(c, "nav.reports"), URL: "/reports"}},
		Form: NewForm(map[string]string{"by": q.By, "days": strconv.Itoa(days)}), Body: body, Wide: true,
	})
}

func funnelChart(lang string, total store.FunnelCounts) chart.Chart {
	out := chart.Chart{ID: "funnel", Title: i18n.T(lang, "funnel.picture"), Desc: i18n.T(lang, "funnel.picture_desc"), Values: i18n.T(lang, "funnel.people")}
	for i, n := range stageCounts(total) {
		out.Points = append(out.Points, chart.Point{Label: i18n.T(lang, "funnel."+funnelStages[i]), Value: float64(n), Text: i18n.Number(lang, int64(n))})
	}
	return out
}

// funnelCompare sets the lines side by side: of a hundred responses so many came. Lines of a few
// responses would only show luck.
func funnelCompare(lang, by string, f store.Funnel) *chart.Chart {
	out := chart.Chart{ID: "compare", Title: i18n.T(lang, "funnel.compare"), Desc: i18n.T(lang, "funnel.compare_desc"), Percent: true}
	for _, l := range f.Lines {
		if l.Responded >= 10 && len(out.Points) < 12 {
			share := float64(l.Came) / float64(l.Responded)
			out.Points = append(out.Points, chart.Point{Label: funnelName(lang, by, l), Value: share, Text: i18n.Percent(lang, share, 1)})
		}
	}
	if len(out.Points) < 2 {
		return nil
	}
	return &out
}

// share writes a share of people; a few of very many are not nobody.
func share(lang string, v float64) string {
	switch {
	case v <= 0 || v >= 0.01:
		return i18n.Percent(lang, v, 0)
	case v < 0.0005:
		return "< " + i18n.Percent(lang, 0.001, 1)
	}
	return i18n.Percent(lang, v, 1)
}

func funnelName(lang, by string, l store.FunnelLine) string {
	if by == store.FunnelByWeek {
		if day, err := time.Parse(time.DateOnly, l.Key); err == nil {
			return i18n.T(lang, "funnel.week_of", "day", i18n.Date(lang, day, time.UTC))
		}
	}
	if l.Name == "" {
		return i18n.T(lang, "funnel.no_source")
	}
	return l.Name
}

// funnelCSV is the table with its costs; amounts in minor units, as a spreadsheet's own separators would
// spoil others.
func (p *Pages) funnelCSV(c *fiber.Ctx) error {
	q, _ := p.funnelQuery(c)
	f, err := p.Reader.Funnel(c.UserContext(), q)
	if err != nil {
		return err
	}
	lang := p.Frame.Lang(c)
	head := []string{i18n.T(lang, "funnel.by_"+q.By)}
	for _, s := range funnelStages {
		head = append(head, i18n.T(lang, "funnel."+s))
	}
	for _, s := range []string{"currency", "cost_minor", "per_response_minor", "per_arrival_minor", "per_hire_minor"} {
		head = append(head, i18n.T(lang, "funnel."+s))
	}
	rows := [][]string{head}
	for _, l := range f.Lines {
		row := []string{funnelName(lang, q.By, l)}
		for _, n := range stageCounts(l.FunnelCounts) {
			row = append(row, strconv.Itoa(n))
		}
		if len(l.Costs) == 0 {
			rows = append(rows, append(row, "", "", "", "", ""))
		}
		for i, cost := range l.Costs {
			if i > 0 { // a second currency repeats the line without its people, or sums would count them twice
				row = append([]string{row[0]}, make([]string, len(funnelStages))...)
			}
			line := append(slices.Clone(row), cost.Currency)
			for _, minor := range []int64{cost.Total, cost.PerResponse, cost.PerArrival, cost.PerHire} {
				line = append(line, strconv.FormatInt(minor, 10))
			}
			rows = append(rows, line)
		}
	}
	var out bytes.Buffer
	if err := intake.WriteCSV(&out, intake.WriteOptions{Delimiter: ';', BOM: true}, slices.Values(rows)); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="funnel-`+q.By+`.csv"`)
	c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	return c.Send(out.Bytes())
}
