package web

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var token = regexp.MustCompile(`(--[a-z0-9-]+): ([^;]+);`)

// tokensOf reads the custom properties of the rule that opens with head.
func tokensOf(t *testing.T, css, head string) map[string]string {
	t.Helper()
	_, rest, ok := strings.Cut(css, head+" {\n")
	if !ok {
		t.Fatalf("tokens.css has no rule %s", head)
	}
	rule, _, _ := strings.Cut(rest, "}")
	out := map[string]string{}
	for _, m := range token.FindAllStringSubmatch(rule, -1) {
		out[m[1]] = m[2]
	}
	return out
}

// luminance is WCAG 2.2's relative luminance of a #rrggbb colour.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	if len(hex) != 7 {
		t.Fatalf("colour %q is not #rrggbb", hex)
	}
	l := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		l += weight * c
	}
	return l
}

func TestContrast(t *testing.T) {
	b, err := staticFiles.ReadFile("static/css/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	css := string(b)
	light := tokensOf(t, css, ":root")
	dark := tokensOf(t, css, `:root[data-theme="dark"]`)
	system := tokensOf(t, css, `:root:not([data-theme="light"])`)
	if len(dark) < 20 || len(dark) != len(system) {
		t.Fatalf("the two dark lists have %d and %d tokens", len(dark), len(system))
	}
	for name, v := range dark {
		if system[name] != v {
			t.Errorf("%s is %s by the system's dark and %s by the switch", name, system[name], v)
		}
		if _, ok := light[name]; !ok {
			t.Errorf("%s has no light value", name)
		}
	}
	const text, graphic = 4.5, 3.0 // WCAG 2.2: 1.4.3 for text, 1.4.11 for controls and graphics
	pairs := []struct {
		front string
		backs string
		least float64
	}{
		{"--text", "--bg --surface --sunken --hover --accent-soft --neutral-soft", text},
		{"--text-2", "--bg --surface --sunken --hover --neutral-soft", text},
		{"--accent", "--bg --surface --sunken --hover", text},
		{"--accent-hover", "--bg --surface --sunken --hover", text},
		{"--on-accent", "--accent --accent-hover", text},
		{"--accent-text", "--accent-soft", text},
		{"--on-danger", "--danger-solid", text},
		{"--danger", "--surface --sunken --danger-soft", text},
		{"--success", "--success-soft --surface", text},
		{"--warning", "--warning-soft --surface", text},
		{"--info", "--info-soft --surface", text},
		{"--neutral", "--neutral-soft", text},
		{"--line-strong", "--surface --sunken", graphic},
		{"--danger-solid", "--surface", graphic},
		{"--chart", "--surface --chart-track", graphic},
		{"--chart-success", "--surface --chart-track", graphic},
		{"--chart-warning", "--surface --chart-track", graphic},
		{"--chart-danger", "--surface --chart-track", graphic},
		{"--chart-info", "--surface --chart-track", graphic},
		{"--chart-mark", "--surface --chart", graphic},
		{"--accent", "--accent-soft", graphic},
	}
	for theme, colours := range map[string]map[string]string{"light": light, "dark": dark} {
		for _, p := range pairs {
			for back := range strings.FieldsSeq(p.backs) {
				a, b := luminance(t, colours[p.front]), luminance(t, colours[back])
				if ratio := (max(a, b) + 0.05) / (min(a, b) + 0.05); ratio < p.least {
					t.Errorf("%s: %s on %s is %.2f:1, want %.1f:1", theme, p.front, back, ratio, p.least)
				}
			}
		}
	}
}
