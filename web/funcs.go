package web

import (
	"fmt"
	"html/template"
	"math"
	"net/url"
	"strings"
	"time"

	"github.com/stazh/stazh/web/chart"
	"github.com/stazh/stazh/web/i18n"
)

// funcs are what templates may call; words bound to one language, parts from the set (which is
// complete by the time anything is rendered).
func (f *Frame) funcs(lang string, s *set) template.FuncMap {
	words := template.FuncMap{
		"t":        func(key string, args ...any) string { return i18n.T(lang, key, args...) },
		"invalid":  func(code string) string { return i18n.Invalid(lang, code) },
		"langname": i18n.Name,
		"number":   func(n any) (string, error) { return number(lang, n) },
		"decimal":  func(v float64, places int) string { return i18n.Decimal(lang, v, places) },
		"percent":  func(v float64) string { return i18n.Percent(lang, v, 0) },
		"share":    func(v float64) string { return share(lang, v) },
		"rough":    func(v float64) string { return rough(lang, v) },
		// decimalshare writes a share, or a dash where there is none
		"decimalshare": func(v float64) string {
			if math.IsNaN(v) {
				return "–"
			}
			return i18n.Percent(lang, v, 1)
		},
		"money":    func(minor int64, currency string) string { return i18n.Money(lang, minor, currency) },
		"duration": func(d time.Duration) string { return i18n.Duration(lang, d) },
		"list":     func(items []string) string { return i18n.List(lang, items) },
		"zonename": func(t time.Time, z *time.Location) string { return i18n.Zone(lang, t, z) },

		"moment":   stamp(lang, i18n.Moment, true),
		"dated":    stamp(lang, i18n.MomentDated, true),
		"datetime": stamp(lang, i18n.DateTime, false),
		"date":     stamp(lang, i18n.Date, false),
		"day":      stamp(lang, i18n.DayDated, false),
		"daylong":  stamp(lang, i18n.DayLong, false),
		"clock":    stamp(lang, i18n.Clock, true),
		"ago": func(t, now time.Time, z *time.Location) template.HTML {
			return timeTag(t, i18n.Relative(lang, t, now), i18n.Moment(lang, t, z), false)
		},

		"clocktext":  func(at any, z *time.Location) string { return clockText(lang, at, z) },
		"daytext":    func(at time.Time, z *time.Location) string { return i18n.Day(lang, at, z) },
		"momenttext": func(at time.Time, z *time.Location) string { return i18n.Moment(lang, at, z) },
		"mailkind":   func(kind string) string { return mailKind(lang, kind) },
		"sessionname": func(at time.Time, z *time.Location, place string) string {
			return sessionName(lang, place, at, z)
		},

		"position": position,

		"static": f.assets.url,
		"icon":   f.icon,
		"tone":   func(s string) Tone { return Tone(s) },
		"join":   strings.Join,
		"url":    address,
		"dict":   dict,
		"roles": func(roles []string) string {
			names := make([]string, len(roles))
			for i, r := range roles {
				names[i] = i18n.T(lang, "role."+r)
			}
			return strings.Join(names, ", ")
		},
		"initials": initials,
		"hue":      hue,
		"bars":     func(c chart.Chart) template.HTML { return chart.Bars(lang, c) },
		"columns":  func(c chart.Chart) template.HTML { return chart.Columns(lang, c) },
		"plot":     func(p chart.Plot) template.HTML { return chart.Calibration(lang, p) },
		"ranges":   func(r chart.Ranges) template.HTML { return chart.Intervals(lang, r) },
	}
	for name, fn := range parts(lang, s) {
		words[name] = fn
	}
	return words
}

// position names a vacancy with its city, which many a title already says: "Manager, Sofia" stays so.
func position(title, city string) string {
	if strings.Contains(strings.ToLower(title), strings.ToLower(city)) {
		return title
	}
	return title + ", " + city
}

// stamp makes a template function that writes a moment inside a <time>; with yours, app.js adds what
// it is on the reader's own clock when his zone is another.
func stamp(lang string, write func(string, time.Time, *time.Location) string, yours bool) any {
	return func(t time.Time, z *time.Location) template.HTML {
		if t.IsZero() {
			return "–"
		}
		return timeTag(t, write(lang, t, z), "", yours)
	}
}

func timeTag(t time.Time, text, title string, yours bool) template.HTML {
	var b strings.Builder
	fmt.Fprintf(&b, `<time datetime="%s"`, t.UTC().Format(time.RFC3339))
	if title != "" {
		fmt.Fprintf(&b, ` title="%s"`, template.HTMLEscapeString(title))
	}
	if yours {
		b.WriteString(" data-yours")
	}
	b.WriteString(">" + template.HTMLEscapeString(text) + "</time>")
	return template.HTML(b.String()) // #nosec G203 -- escaped above
}

func number(lang string, n any) (string, error) {
	switch n := n.(type) {
	case int:
		return i18n.Number(lang, int64(n)), nil
	case int32:
		return i18n.Number(lang, int64(n)), nil
	case int64:
		return i18n.Number(lang, n), nil
	default:
		return "", fmt.Errorf("web: number of %T", n)
	}
}

// icon draws one from static/icons.svg; it is decoration, so a button with nothing else needs a label.
func (f *Frame) icon(name string) (template.HTML, error) {
	sprite, err := f.assets.url("icons.svg")
	if err != nil {
		return "", err
	}
	if !f.assets.hasIcon(name) {
		return "", fmt.Errorf("web: no icon %q", name)
	}
	return template.HTML(`<svg class="icon" aria-hidden="true" focusable="false"><use href="` + sprite + `#` + name + `"></use></svg>`), nil // #nosec G203 -- a known name
}

// address adds query parameters (name, value pairs) to a path, leaving out the empty ones.
func address(path string, pairs ...any) (string, error) {
	if len(pairs)%2 != 0 {
		return "", fmt.Errorf("web: url %s: parameters come in pairs", path)
	}
	q := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		if v := fmt.Sprint(pairs[i+1]); v != "" {
			q.Add(fmt.Sprint(pairs[i]), v)
		}
	}
	if len(q) == 0 {
		return path, nil
	}
	return path + "?" + q.Encode(), nil
}

// dict gathers pairs for a {{template}} that needs more than one thing.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("web: dict of an odd number of arguments")
	}
	m := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		k, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("web: dict key %v is not a string", pairs[i])
		}
		m[k] = pairs[i+1]
	}
	return m, nil
}

// initials returns the first letters of the first two words of a name.
func initials(name string) string {
	var out []rune
	for word := range strings.FieldsSeq(name) {
		if out = append(out, []rune(strings.ToUpper(word))[0]); len(out) == 2 {
			break
		}
	}
	return string(out)
}

// hue picks one of eight avatar colours, the same for the same name.
func hue(name string) int {
	h := uint32(2166136261) // FNV-1a
	for _, b := range []byte(name) {
		h = (h ^ uint32(b)) * 16777619
	}
	return int(h % 8)
}
