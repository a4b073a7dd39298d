package main

import (
	"fmt"
	"strings"

	"github.com/stazh/stazh/workflows/hiring"
)

// ruleColors tell the rules apart in the curves.
var ruleColors = map[string]string{
	hiring.RuleOneEach: "#718096",
	hiring.RuleOnePerP: "#9b2c2c",
	hiring.RulePlan:    "#2b6cb0",
	hiring.RuleTopUp:   "#2f6f4f",
}

// simulatePicture draws the results as SVG: bars of what each rule gives and costs, and the queue
// over the day.
func simulatePicture(r hiring.SimulationRequest, results []hiring.SimulationResult) string {
	const width, panel, left, row = 860, 132, 150, 24
	height := 70 + len(simulateParts)*panel + 230
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="13">`, width, height)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#ffffff"/>`, width, height)
	fmt.Fprintf(&b, `<text x="20" y="30" font-size="18">%d slots of %d minutes, %d interviewer(s), %g %% come, day effect %g</text>`,
		r.Session.Slots, r.Session.SlotMinutes, r.Session.Lanes, 100*r.P, r.Session.DayEffect)
	fmt.Fprintf(&b, `<text x="20" y="50" fill="#4a5568">%d simulated days; utility in interviewer-slots:`, r.Days)
	for _, x := range results {
		fmt.Fprintf(&b, ` %s %.2f;`, simulateNames[x.Rule], x.Utility)
	}
	b.WriteString(`</text>`)
	y := 80
	for _, part := range simulateParts {
		fmt.Fprintf(&b, `<text x="20" y="%d" font-weight="bold">%s</text>`, y, part.title)
		most := 0.0
		for _, x := range results {
			most = max(most, part.value(x))
		}
		for i, x := range results {
			at, v := y+10+i*row, part.value(x)
			length := 0.0
			if most > 0 {
				length = v / most * (width - left - 90)
			}
			fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end">%s</text>`, left-8, at+14, simulateNames[x.Rule])
			fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%.1f" height="%d" rx="2" fill="%s"/>`, left, at+2, length, row-8, part.color)
			fmt.Fprintf(&b, `<text x="%.1f" y="%d" fill="#4a5568">%.2f</text>`, left+length+6, at+14, v)
		}
		y += panel
	}
	simulateQueue(&b, results, y, width, left)
	b.WriteString("</svg>\n")
	return b.String()
}

// simulateQueue draws the mean number waiting when each slot ends.
func simulateQueue(b *strings.Builder, results []hiring.SimulationResult, y, width, left int) {
	const high = 150.0
	fmt.Fprintf(b, `<text x="20" y="%d" font-weight="bold">people waiting at the end of each slot</text>`, y)
	most := 0.1
	for _, x := range results {
		for _, q := range x.Queue {
			most = max(most, q)
		}
	}
	bottom := float64(y) + 20 + high
	fmt.Fprintf(b, `<line x1="%d" y1="%.1f" x2="%d" y2="%.1f" stroke="#cbd5e0"/>`, left, bottom, width-140, bottom)
	fmt.Fprintf(b, `<text x="%d" y="%.1f" text-anchor="end" fill="#4a5568">%.1f</text>`, left-8, bottom-high+5, most)
	fmt.Fprintf(b, `<text x="%d" y="%.1f" text-anchor="end" fill="#4a5568">0</text>`, left-8, bottom+5)
	for i, x := range results {
		var points []string
		for t, q := range x.Queue {
			px := float64(left) + float64(t)/float64(max(len(x.Queue)-1, 1))*float64(width-140-left)
			points = append(points, fmt.Sprintf("%.1f,%.1f", px, bottom-q/most*high))
		}
		fmt.Fprintf(b, `<polyline points="%s" fill="none" stroke="%s" stroke-width="2.5"/>`, strings.Join(points, " "), ruleColors[x.Rule])
		fmt.Fprintf(b, `<text x="%d" y="%d" fill="%s">%s</text>`, width-130, y+30+i*20, ruleColors[x.Rule], simulateNames[x.Rule])
	}
}
