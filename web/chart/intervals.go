package chart

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/stazh/stazh/web/i18n"
)

// Ranges is a list of shares, each with the interval it is known to lie in, and one share to compare
// them with.
type Ranges struct {
	Title, Desc string
	Values      string // heading of the values, in words
	Mark        float64
	MarkText    string // what the mark is: "All: 21 %"
	Rows        []Range
}

// Range is one share, 0 to 1, and its interval.
type Range struct {
	Label            string
	Value, Low, High float64
	Text             string // beside the value: "34 of 120"
}

// Intervals draws one line a range: its interval as a bar, its value as a dot, the mark through all. The
// scale ends at a round share above the highest. It is itself a table.
func Intervals(lang string, c Ranges) template.HTML {
	if len(c.Rows) == 0 {
		return empty(lang, Chart{Title: c.Title})
	}
	top := safe(c.Mark)
	for _, r := range c.Rows {
		top = max(top, safe(r.High))
	}
	top = min(roundUp(top), 1)
	x := func(v float64) float64 { return 1.5 + 97*min(safe(v)/top, 1) }
	var b strings.Builder
	fmt.Fprintf(&b, `<table class="bars"><caption><span class="chart-title">%s</span>`, esc(c.Title))
	if c.Desc != "" {
		fmt.Fprintf(&b, `<span class="chart-desc">%s</span>`, esc(c.Desc))
	}
	fmt.Fprintf(&b, `</caption><thead class="visually-hidden"><tr><th scope="col">%s</th><th scope="col">%s</th></tr></thead><tbody>`,
		esc(i18n.T(lang, "chart.label")), esc(c.Values))
	for _, r := range c.Rows {
		fmt.Fprintf(&b, `<tr><th scope="row">%s</th><td><span class="bar-row"><svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="bar-track" width="100" height="10"></rect><rect class="bar-range" x="%s" width="%s" height="10"></rect><rect class="bar-fill" x="%s" width="1.4" height="10"></rect><rect class="bar-mark" x="%s" width="0.5" height="10"></rect></svg>`,
			esc(r.Label), coord(x(r.Low)), coord(max(x(r.High)-x(r.Low), 0.5)), coord(x(r.Value)-0.7), coord(x(c.Mark)-0.25))
		fmt.Fprintf(&b, `<span class="bar-value">%s <span class="range-note muted">%s–%s · %s</span></span></span></td></tr>`,
			esc(i18n.Percent(lang, r.Value, 0)), esc(i18n.Percent(lang, r.Low, 0)), esc(i18n.Percent(lang, r.High, 0)), esc(r.Text))
	}
	b.WriteString(`</tbody></table>`)
	if c.MarkText != "" {
		fmt.Fprintf(&b, `<ul class="legend"><li><span class="key key-mark"></span>%s</li></ul>`, esc(c.MarkText))
	}
	return template.HTML(b.String()) // #nosec G203 -- escaped above
}
