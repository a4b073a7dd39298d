package chart

import (
	"fmt"
	"html/template"
	"math"
	"strings"

	"github.com/stazh/stazh/web/i18n"
)

// Chart is one series of named values, with an optional second value beside each.
type Chart struct {
	ID     string // unique on the page, for the labels; letters, digits and dashes
	Title  string
	Desc   string // one sentence: what to see here
	Values string // the table's heading of the value, in words; "" takes the catalogue's
	// Expected is the heading of the second value, drawn as a mark; "" when there is none.
	Expected string
	Points   []Point
	Percent  bool // values are shares, 0 to 1
	// Top is where the axis ends at least, so that pictures drawn apart can be compared; 0: at the values.
	Top float64
}

// Point is one named value. A value that is not finite or is below zero is drawn as zero.
type Point struct {
	Label    string
	Value    float64
	Expected float64
	Text     string // how the value is written; "" writes the number
	Tone     string // "", success, warning, danger, info, neutral
}

func (c Chart) text(lang string, v float64) string {
	if c.Percent {
		return i18n.Percent(lang, v, 1)
	}
	return i18n.Decimal(lang, v, 1)
}

func (c Chart) valueOf(lang string, p Point) string {
	if p.Text != "" {
		return p.Text
	}
	return c.text(lang, p.Value)
}

func (c Chart) valuesHeading(lang string) string {
	if c.Values != "" {
		return c.Values
	}
	return i18n.T(lang, "chart.value")
}

// drawn is how large a value is drawn: one that is written as nothing is not drawn either.
func (c Chart) drawn(lang string, v float64) float64 {
	if c.text(lang, safe(v)) == c.text(lang, 0) {
		return 0
	}
	return safe(v)
}

func safe(v float64) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) || v < 0 {
		return 0
	}
	return v
}

// top is a round number not below any value, for the end of the axis: 1, 2 or 5 times a power of ten.
func (c Chart) top() float64 {
	most := safe(c.Top)
	if !c.Percent {
		most = max(most, 1) // below, one decimal cannot tell the axis apart
	}
	for _, p := range c.Points {
		most = max(most, safe(p.Value))
		if c.Expected != "" {
			most = max(most, safe(p.Expected))
		}
	}
	return roundUp(most)
}

func roundUp(v float64) float64 {
	if v <= 0 {
		return 1
	}
	unit := math.Pow(10, math.Floor(math.Log10(v)))
	for _, step := range []float64{1, 2, 4, 5, 6, 8, 10} {
		if v <= step*unit*(1+1e-9) {
			return step * unit
		}
	}
	return 10 * unit
}

var esc = template.HTMLEscapeString

func class(tone string) string {
	switch tone {
	case "success", "warning", "danger", "info", "neutral":
		return " is-" + tone
	default:
		return ""
	}
}

func empty(lang string, c Chart) template.HTML {
	return template.HTML(`<figure class="chart"><figcaption>` + esc(c.Title) + `</figcaption><p class="muted">` + esc(i18n.T(lang, "chart.no_data")) + `</p></figure>`) // #nosec G203 -- escaped
}

// Bars draws one horizontal bar a point. It is itself a table, so it needs no other alternative.
func Bars(lang string, c Chart) template.HTML {
	if len(c.Points) == 0 {
		return empty(lang, c)
	}
	most := safe(c.Top)
	for _, p := range c.Points {
		most = max(most, safe(p.Value), safe(p.Expected))
	}
	if most == 0 {
		most = 1
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<table class="bars"><caption><span class="chart-title">%s</span>`, esc(c.Title))
	if c.Desc != "" {
		fmt.Fprintf(&b, `<span class="chart-desc">%s</span>`, esc(c.Desc))
	}
	fmt.Fprintf(&b, `</caption><thead class="visually-hidden"><tr><th scope="col">%s</th><th scope="col">%s</th></tr></thead><tbody>`,
		esc(i18n.T(lang, "chart.label")), esc(c.valuesHeading(lang)))
	for _, p := range c.Points {
		fill := c.drawn(lang, p.Value) / most * 100
		if fill > 0 {
			fill = max(fill, 0.8) // few, but not none
		}
		fmt.Fprintf(&b, `<tr><th scope="row">%s</th><td><span class="bar-row"><svg class="bar%s" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="bar-track" width="100" height="10"></rect><rect class="bar-fill" width="%s" height="10"></rect>`,
			esc(p.Label), class(p.Tone), coord(fill))
		if c.Expected != "" {
			fmt.Fprintf(&b, `<rect class="bar-mark" x="%s" width="0.6" height="10"></rect>`, coord(min(safe(p.Expected)/most*100, 99.4)))
		}
		fmt.Fprintf(&b, `</svg><span class="bar-value">%s`, esc(c.valueOf(lang, p)))
		if c.Expected != "" {
			fmt.Fprintf(&b, ` <span class="muted">/ %s</span>`, esc(c.text(lang, p.Expected)))
		}
		b.WriteString(`</span></span></td></tr>`)
	}
	b.WriteString(`</tbody></table>`)
	return template.HTML(b.String()) // #nosec G203 -- escaped above
}

func coord(v float64) string {
	return strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.2f", v), "0"), ".")
}

// Columns geometry, in CSS pixels.
const (
	plotHeight = 160.0
	labelSpace = 26.0
	axisSpace  = 38.0
	topSpace   = 18.0
)

// Columns draws one upright column a point, with a mark at the expected value. Wide ones scroll.
func Columns(lang string, c Chart) template.HTML {
	if len(c.Points) == 0 {
		return empty(lang, c)
	}
	longest := 0
	for _, p := range c.Points {
		longest = max(longest, len([]rune(p.Label)))
	}
	step := max(32.0, float64(longest)*6.2+9)
	if n := float64(len(c.Points)); step*n < 300 {
		step = 300 / n // few columns still fill a card
	}
	column := min(step*0.62, 44)
	width := axisSpace + step*float64(len(c.Points)) + 8
	height := topSpace + plotHeight + labelSpace
	top := c.top()
	y := func(v float64) float64 { return topSpace + plotHeight*(1-safe(v)/top) }

	var b strings.Builder
	c.figure(&b)
	fmt.Fprintf(&b, `<div class="chart-scroll" tabindex="0" role="group" aria-labelledby="%s-title"><svg class="columns" width="%s" height="%s" viewBox="0 0 %s %s" role="img" aria-labelledby="%s-t %s-d"><title id="%s-t">%s</title><desc id="%s-d">%s</desc>`,
		esc(c.ID), coord(width), coord(height), coord(width), coord(height), esc(c.ID), esc(c.ID), esc(c.ID), esc(c.Title), esc(c.ID), esc(c.Desc))
	for i := range 3 {
		v := top * float64(i) / 2
		fmt.Fprintf(&b, `<line class="grid" x1="%s" x2="%s" y1="%s" y2="%s"></line><text class="axis" x="%s" y="%s" text-anchor="end">%s</text>`,
			coord(axisSpace), coord(width), coord(y(v)), coord(y(v)), coord(axisSpace-8), coord(y(v)+4), esc(c.text(lang, v)))
	}
	for i, p := range c.Points {
		middle := axisSpace + step*(float64(i)+0.5)
		barTop := y(c.drawn(lang, p.Value))
		fmt.Fprintf(&b, `<rect class="column%s" x="%s" y="%s" width="%s" height="%s" rx="3"></rect>`,
			class(p.Tone), coord(middle-column/2), coord(barTop), coord(column), coord(topSpace+plotHeight-barTop))
		valueY := barTop
		if c.Expected != "" {
			valueY = min(barTop, y(p.Expected))
			fmt.Fprintf(&b, `<line class="mark" x1="%s" x2="%s" y1="%s" y2="%s"></line>`,
				coord(middle-column/2-4), coord(middle+column/2+4), coord(y(p.Expected)), coord(y(p.Expected)))
		}
		fmt.Fprintf(&b, `<text class="value" x="%s" y="%s" text-anchor="middle">%s</text><text class="axis" x="%s" y="%s" text-anchor="middle">%s</text>`,
			coord(middle), coord(valueY-6), esc(c.valueOf(lang, p)), coord(middle), coord(height-6), esc(p.Label))
	}
	b.WriteString(`</svg></div>`)
	if c.Expected != "" {
		fmt.Fprintf(&b, `<ul class="legend"><li><span class="key key-fill"></span>%s</li><li><span class="key key-mark"></span>%s</li></ul>`,
			esc(c.valuesHeading(lang)), esc(c.Expected))
	}
	c.table(lang, &b)
	b.WriteString(`</figure>`)
	return template.HTML(b.String()) // #nosec G203 -- escaped above
}

func (c Chart) figure(b *strings.Builder) {
	fmt.Fprintf(b, `<figure class="chart"><figcaption id="%s-title"><span class="chart-title">%s</span>`, esc(c.ID), esc(c.Title))
	if c.Desc != "" {
		fmt.Fprintf(b, `<span class="chart-desc">%s</span>`, esc(c.Desc))
	}
	b.WriteString(`</figcaption>`)
}

// table writes the numbers for those who read rather than look.
func (c Chart) table(lang string, b *strings.Builder) {
	fmt.Fprintf(b, `<details class="chart-table"><summary>%s</summary><div class="table-wrap"><table class="table"><thead><tr><th scope="col">%s</th><th scope="col" class="num">%s</th>`,
		esc(i18n.T(lang, "chart.table")), esc(i18n.T(lang, "chart.label")), esc(c.valuesHeading(lang)))
	if c.Expected != "" {
		fmt.Fprintf(b, `<th scope="col" class="num">%s</th>`, esc(c.Expected))
	}
	b.WriteString(`</tr></thead><tbody>`)
	for _, p := range c.Points {
		fmt.Fprintf(b, `<tr><th scope="row">%s</th><td class="num">%s</td>`, esc(p.Label), esc(c.valueOf(lang, p)))
		if c.Expected != "" {
			fmt.Fprintf(b, `<td class="num">%s</td>`, esc(c.text(lang, p.Expected)))
		}
		b.WriteString(`</tr>`)
	}
	b.WriteString(`</tbody></table></div></details>`)
}
