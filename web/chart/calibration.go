package chart

import (
	"fmt"
	"html/template"
	"math"
	"strings"

	"github.com/stazh/stazh/web/i18n"
)

// Plot sets what was predicted against what happened, a point a group of predictions.
type Plot struct {
	ID, Title, Desc string
	X, Y            string // the axes in words: "Predicted", "Came"
	Count           string // heading of the group's size in the table
	Points          []Pair
}

// Pair is one group: mean prediction and observed share (0 to 1 each) over Count cases.
type Pair struct {
	Predicted, Observed float64
	Count               int
}

// Calibration draws the plot with the diagonal on which a perfect forecast lies; a point's area grows
// with its group.
func Calibration(lang string, p Plot) template.HTML {
	if len(p.Points) == 0 {
		return empty(lang, Chart{Title: p.Title})
	}
	const side, left, top, bottom = 260.0, 58.0, 10.0, 42.0
	x := func(v float64) float64 { return left + side*min(safe(v), 1) }
	y := func(v float64) float64 { return top + side*(1-min(safe(v), 1)) }
	most := 1
	for _, pt := range p.Points {
		most = max(most, pt.Count)
	}
	var b strings.Builder
	Chart{ID: p.ID, Title: p.Title, Desc: p.Desc}.figure(&b)
	w, h := left+side+14, top+side+bottom
	fmt.Fprintf(&b, `<svg class="plot" width="%s" height="%s" viewBox="0 0 %s %s" role="img" aria-labelledby="%s-t %s-d"><title id="%s-t">%s</title><desc id="%s-d">%s</desc>`,
		coord(w), coord(h), coord(w), coord(h), esc(p.ID), esc(p.ID), esc(p.ID), esc(p.Title), esc(p.ID), esc(p.Desc))
	for i := range 5 {
		v := float64(i) / 4
		words := esc(i18n.Percent(lang, v, 0))
		fmt.Fprintf(&b, `<line class="grid" x1="%s" x2="%s" y1="%s" y2="%s"></line><text class="axis" x="%s" y="%s" text-anchor="end">%s</text><text class="axis" x="%s" y="%s" text-anchor="middle">%s</text>`,
			coord(left), coord(left+side), coord(y(v)), coord(y(v)), coord(left-8), coord(y(v)+4), words, coord(x(v)), coord(top+side+18), words)
	}
	fmt.Fprintf(&b, `<line class="diagonal" x1="%s" y1="%s" x2="%s" y2="%s"></line>`, coord(x(0)), coord(y(0)), coord(x(1)), coord(y(1)))
	for _, pt := range p.Points {
		r := 4 + 8*math.Sqrt(float64(max(pt.Count, 0))/float64(most))
		fmt.Fprintf(&b, `<circle class="dot" cx="%s" cy="%s" r="%s"></circle>`, coord(x(pt.Predicted)), coord(y(pt.Observed)), coord(r))
	}
	fmt.Fprintf(&b, `<text class="axis" x="%s" y="%s" text-anchor="middle">%s</text><text class="axis" transform="translate(12 %s) rotate(-90)" text-anchor="middle">%s</text></svg>`,
		coord(left+side/2), coord(h-4), esc(p.X), coord(top+side/2), esc(p.Y))
	fmt.Fprintf(&b, `<details class="chart-table"><summary>%s</summary><div class="table-wrap"><table class="table"><thead><tr><th scope="col" class="num">%s</th><th scope="col" class="num">%s</th><th scope="col" class="num">%s</th></tr></thead><tbody>`,
		esc(i18n.T(lang, "chart.table")), esc(p.X), esc(p.Y), esc(p.Count))
	for _, pt := range p.Points {
		fmt.Fprintf(&b, `<tr><td class="num">%s</td><td class="num">%s</td><td class="num">%s</td></tr>`,
			esc(i18n.Percent(lang, pt.Predicted, 1)), esc(i18n.Percent(lang, pt.Observed, 1)), esc(i18n.Number(lang, int64(pt.Count))))
	}
	b.WriteString(`</tbody></table></div></details></figure>`)
	return template.HTML(b.String()) // #nosec G203 -- escaped above
}
