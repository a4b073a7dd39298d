package chart

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
)

// wellFormed reads markup as XML, which catches every unclosed tag and unescaped value.
func wellFormed(t *testing.T, markup string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(markup))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("%v in %s", err, markup)
		}
	}
}

func sample() Chart {
	return Chart{ID: "c", Title: "A <b> & c", Desc: "d", Expected: "Plan", Points: []Point{
		{Label: "x<y", Value: 2, Expected: 1}, {Label: "z", Value: 4, Tone: "warning"}, {Label: "n", Value: math.NaN(), Expected: math.Inf(1)}, {Label: "m", Value: -3},
	}}
}

func TestColumns(t *testing.T) {
	out := string(Columns("ru", sample()))
	wellFormed(t, out)
	for _, want := range []string{`<title id="c-t">A &lt;b&gt; &amp; c</title>`, `role="img"`, "x&lt;y", "is-warning", "Показать таблицей"} {
		if !strings.Contains(out, want) {
			t.Errorf("lacks %s", want)
		}
	}
	if strings.Contains(out, "NaN") || strings.Contains(out, "Inf") || strings.Contains(out, `height="-`) {
		t.Error("a value that is no length was drawn")
	}
	// the axis ends at 4: a value of 4 takes the whole plot, 2 half of it
	if !strings.Contains(out, `y="18" width=`) || !strings.Contains(out, `height="160" rx="3"`) || !strings.Contains(out, `height="80" rx="3"`) {
		t.Error("columns are not to scale")
	}
}

func TestBars(t *testing.T) {
	out := string(Bars("en", sample()))
	wellFormed(t, out)
	if !strings.Contains(out, `<rect class="bar-fill" width="50" height="10">`) || !strings.Contains(out, `width="100" height="10"></rect><rect class="bar-mark"`) {
		t.Errorf("bars are not to scale: %s", out)
	}
	few := string(Bars("en", Chart{ID: "f", Percent: true, Top: 1, Points: []Point{{Label: "none", Value: 0.0004}, {Label: "few", Value: 0.001}}}))
	if !strings.Contains(few, `class="bar-fill" width="0" height`) || !strings.Contains(few, `class="bar-fill" width="0.8" height`) {
		t.Errorf("0%% is drawn, or 0.1%% is not: %s", few)
	}
	if low := string(Columns("en", Chart{ID: "l", Points: []Point{{Label: "a", Value: 0.03}}})); !strings.Contains(low, `height="0" rx`) || !strings.Contains(low, ">0.5</text>") {
		t.Errorf("what reads 0 is drawn: %s", low)
	}
	if empty := string(Bars("en", Chart{Title: "t"})); !strings.Contains(empty, "No data yet") {
		t.Error("an empty chart says nothing")
	}
}

func TestCalibration(t *testing.T) {
	out := string(Calibration("bg", Plot{ID: "p", Title: "T", X: "X", Y: "Y", Count: "N", Points: []Pair{{0.5, 0.25, 4}, {1.2, -1, 16}}}))
	wellFormed(t, out)
	if !strings.Contains(out, `cx="188" cy="205" r="8"`) || !strings.Contains(out, `cx="318" cy="270" r="12"`) {
		t.Errorf("points are not in place: %s", out)
	}
}

func TestRoundUp(t *testing.T) {
	for v, want := range map[float64]float64{0: 1, 0.3: 0.4, 1: 1, 3: 4, 7: 8, 11: 20, 95: 100, 412: 500} {
		if got := roundUp(v); math.Abs(got-want) > 1e-9 {
			t.Errorf("%v: %v, want %v", v, got, want)
		}
	}
}

func TestIntervals(t *testing.T) {
	got := string(Intervals("en", Ranges{
		Title: "City <b>", Values: "Came", Mark: 0.2, MarkText: "All: 20%",
		Rows: []Range{{Label: "Moscow & co", Value: 0.25, Low: 0.2, High: 0.4, Text: "34 of 120"}, {Label: "odd", Value: math.NaN(), Low: -1, High: math.Inf(1)}},
	}))
	// the scale ends at 40 %: 0.25 stands at 1.5+97*0.625
	for _, part := range []string{"City &lt;b&gt;", "Moscow &amp; co", "25%", "20%–40% · 34 of 120", `x="50" width="48.5"`, `x="61.42" width="1.4"`, "All: 20%"} {
		if !strings.Contains(got, part) {
			t.Errorf("no %q in %s", part, got)
		}
	}
	if strings.Contains(got, "NaN<") || strings.Contains(got, `"NaN"`) || !strings.Contains(string(Intervals("en", Ranges{Title: "x"})), "x") {
		t.Error(got)
	}
}
